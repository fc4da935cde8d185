"""Judges of lesson 14, the performance recovery score."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise

DRAWS = 2000
Interval = tuple[float, float]
Tables = tuple[np.ndarray, np.ndarray]


def _tables(seeds: int, images: int, accuracies: list[Interval], seed: int) -> Tables:
    """`right` of the SR and of the originals; what is hard for one is mostly hard for all."""
    random = np.random.default_rng(seed)
    hard = random.random(images)
    tables = []
    for arm in range(2):
        noise = random.normal(0, 0.04, (seeds, images))
        share = np.array([pair[arm] for pair in accuracies])[:, None]
        tables.append((hard + noise < share).astype(int))
    return tables[0], tables[1]


# One seed; two that differ much, so that it matters what is divided; and six that hardly do, so
# that it matters what is drawn.
_TESTS = (
    _tables(1, 400, [(0.60, 0.75)], 1),
    _tables(2, 400, [(0.30, 0.35), (0.50, 0.85)], 2),
    _tables(6, 300, [(0.55, 0.7)] * 6, 3),
)


def _drawn(table: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The table's mean over DRAWS sets of images: (DRAWS,)."""
    return table.mean(axis=0)[random.integers(table.shape[1], size=(DRAWS, table.shape[1]))].mean(1)


def _paired(sr: np.ndarray, top: np.ndarray) -> np.ndarray:
    return _drawn(sr, np.random.default_rng(0)) / _drawn(top, np.random.default_rng(0))


def _unpaired(sr: np.ndarray, top: np.ndarray) -> np.ndarray:
    return _drawn(sr, np.random.default_rng(0)) / _drawn(top, np.random.default_rng(1))


def _of_seeds(sr: np.ndarray, top: np.ndarray) -> np.ndarray:
    return _drawn(sr.T, np.random.default_rng(0)) / _drawn(top.T, np.random.default_rng(0))


def _of_cells(sr: np.ndarray, top: np.ndarray) -> np.ndarray:
    return _paired(sr.reshape(1, -1), top.reshape(1, -1))


def _mean_of_ratios(sr: np.ndarray, top: np.ndarray) -> np.ndarray:
    each = [_paired(s[None], t[None]) for s, t in zip(sr, top, strict=True)]
    return np.mean(each, axis=0)


def _between(values: np.ndarray, low: float = 0.025, high: float = 0.975) -> Interval:
    a, b = np.quantile(values, (low, high))
    return float(a), float(b)


def _deviation(values: np.ndarray, times: float = 1) -> Interval:
    half = times * values.std()
    return float(values.mean() - half), float(values.mean() + half)


_MISTAKES: dict[str, Callable[[np.ndarray, np.ndarray], Interval]] = {
    "It is too wide: each arm has images of its own there. Draw once, and use the same images for "
    "both.": lambda s, t: _between(_unpaired(s, t)),
    "That draws the seeds, the rows. Which images there are is in the columns: draw those.": (
        lambda s, t: _between(_of_seeds(s, t))
    ),
    "It is too narrow: it draws single answers, as if each seed had images of its own. Draw whole "
    "columns.": lambda s, t: _between(_of_cells(s, t)),
    "Between the percentiles 5 and 95 lie 90 % of the draws. Leave out 2.5 % at each end.": (
        lambda s, t: _between(_paired(s, t), 0.05, 0.95)
    ),
    "One standard deviation to each side holds about 68 %. Take the percentiles of the draws.": (
        lambda s, t: _deviation(_paired(s, t))
    ),
    "The deviation of the draws is already that of the mean. Do not divide it by a root of their "
    "number.": lambda s, t: _deviation(_paired(s, t), 1.96 / np.sqrt(DRAWS)),
    "That is the mean of the seeds' own ratios. Take the mean of each table, then divide.": (
        lambda s, t: _between(_mean_of_ratios(s, t))
    ),
    "The ratio is upside down: the SR's accuracy by the originals'.": (
        lambda s, t: _between(1 / _paired(s, t))
    ),
    "That is an interval of the difference. Divide.": lambda s, t: _between(
        _drawn(s, np.random.default_rng(0)) - _drawn(t, np.random.default_rng(0))
    ),
}


def _fits(got: list[Interval], wanted: list[Interval]) -> bool:
    """Within what 2000 draws leave to chance: together as wide, and each near its place."""
    own, width = (np.diff(ends, axis=1)[:, 0] for ends in (got, wanted))
    apart = np.mean(got, axis=1) - np.mean(wanted, axis=1)
    return bool(
        abs(own.sum() - width.sum()) < 0.07 * width.sum()
        and (abs(own - width) < 0.15 * width + 1e-9).all()
        and (abs(apart) < 0.1 * width + 0.003).all()
    )


@exercise("14-interval", "An interval for PRS")
def interval(answer: Any) -> None:
    got = []
    for sr, top in _TESTS:
        ends = answer(sr.copy(), top.copy())
        if ends is None:
            raise Wrong("It returned nothing. Return the two ends, low and high.")
        if np.shape(ends) != (2,):
            raise Wrong("It should return two numbers, low and high.")
        low, high = (float(end) for end in ends)
        if not np.isfinite([low, high]).all():
            raise Wrong(
                "It is not finite: a single image may have no right answer to divide by. Take the "
                "mean over the images first, then divide."
            )
        if low > high:
            raise Wrong("The ends are exchanged: low comes first.")
        got.append((low, high))
    if _fits(got, [_between(_paired(*tables)) for tables in _TESTS]):
        return
    for hint, wrong in _MISTAKES.items():
        if _fits(got, [wrong(*tables) for tables in _TESTS]):
            raise Wrong(hint)
    low, high = _between(_paired(*_TESTS[0]))
    raise Wrong(
        f"For 400 images it gives {got[0][0]:.3f} to {got[0][1]:.3f}; about {low:.2f} to "
        f"{high:.2f} was expected. Draw columns with replacement, {DRAWS} times."
    )


@exercise("14-normalized", "The floor taken out")
def normalized(answer: Any) -> None:
    # accuracy of the SR, the originals and the floor, and the interval of originals − floor
    cases = (
        (0.65, 0.70, 0.55, (0.12, 0.18)),
        (0.50, 0.70, 0.55, (0.12, 0.18)),  # below the floor
        (0.72, 0.70, 0.55, (0.12, 0.18)),  # above the originals
    )
    undefined = ((0.65, 0.70, 0.69, (-0.01, 0.03)), (0.70, 0.70, 0.70, (-0.02, 0.02)))
    got = [answer(*case) for case in cases]
    if all(one is None for one in got):
        raise Wrong("It returned nothing, even where the gap is sure: (0.12, 0.18) is without 0.")
    mistakes: dict[str, Callable[[float, float, float], float]] = {
        "The floor is missing below the line: divide by what it loses, `top - floor`.": (
            lambda s, t, f: (s - f) / t
        ),
        "The floor is missing above the line: what is won back is `sr - floor`.": (
            lambda s, t, f: s / (t - f)
        ),
        "That is the plain ratio; the floor is not in it.": lambda s, t, f: s / t,
        "That is the share that stays lost. Count from the floor, not from the top.": (
            lambda s, t, f: (t - s) / (t - f)
        ),
        "A value below 0 or above 1 says something: do not cut it off.": lambda s, t, f: float(
            np.clip((s - f) / (t - f), 0, 1)
        ),
    }
    right = [(s - f) / (t - f) for s, t, f, _ in cases]
    if any(one is None for one in got) or not np.allclose(np.array(got, float), right):
        for hint, wrong in mistakes.items():
            expected = [wrong(s, t, f) for s, t, f, _ in cases]
            if None not in got and np.allclose(np.array(got, float), expected):
                raise Wrong(hint)
        raise Wrong(
            f"For {cases[0][:3]} it gives {got[0]}; of what the floor lost {right[0]:.3f} is won "
            "back."
        )
    for case in undefined:
        try:
            found = answer(*case)
        except ZeroDivisionError:
            raise Wrong(
                "Where originals and floor are equal it divides by zero. Return None there."
            ) from None
        if found is None:
            continue
        if not np.isfinite(found):
            raise Wrong(
                "Nothing was lost, so no share of it can be won back: return None, not infinity."
            )
        raise Wrong(
            f"With a gap anywhere in {case[3]} it gives {found:.2f}. The gap may be 0: return None."
        )


@exercise("14-agreement", "Agreement")
def agreement(answer: Any) -> None:
    random = np.random.default_rng(4)
    first = random.integers(0, 5, (3, 60))
    second = np.where(random.random((3, 60)) < 0.7, first, random.integers(0, 5, (3, 60)))
    right = float((first == second).mean())
    got = answer(first.copy(), second.copy())
    if got is None:
        raise Wrong("It returned nothing. Compare the tables, and take the share that is equal.")
    if np.shape(got) != ():
        raise Wrong("It should return one number: the share over all seeds and images.")
    mistakes = {
        "That is the number of equal answers. Divide by how many there are.": (
            first == second
        ).sum(),
        "That divides by the number of images; each seed has answers of its own.": (
            first == second
        ).sum()
        / first.shape[1],
        "That is the share that differs.": 1 - right,
        "That counts an image only where all seeds agree. Count every answer.": (first == second)
        .all(axis=0)
        .mean(),
        "That counts an image if any seed agrees. Count every answer.": (first == second)
        .any(axis=0)
        .mean(),
        "That compares every seed with every seed. Compare each with its twin.": (
            first[:, None] == second[None]
        ).mean(),
        "That compares how often each class was named, not the answers one by one.": np.minimum(
            np.bincount(first.ravel(), minlength=5), np.bincount(second.ravel(), minlength=5)
        ).sum()
        / first.size,
    }
    if not np.isclose(got, right):
        for hint, wrong in mistakes.items():
            if np.isclose(got, wrong):
                raise Wrong(hint)
        raise Wrong(f"It gives {float(got):.3f}; {right:.3f} of the answers are equal.")
    if not np.isclose(answer(first, first), 1):
        raise Wrong("Of a table with itself it should be 1.")
