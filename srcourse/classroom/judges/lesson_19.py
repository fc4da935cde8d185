"""Judges of lesson 19, The report card."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from srcourse import images
from srcourse.classroom.exercises import Wrong, exercise
from srcourse.metrics import psnr, ssim

# 1. Does it move along?

OPERATIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], bool]] = {
    "a blur": (lambda x: ndimage.uniform_filter(x, 3, mode="wrap"), True),
    "a mirror": (lambda x: x[:, ::-1].copy(), False),
    "a square, pixel by pixel": (lambda x: x**2, True),
    "a ramp that darkens the left": (lambda x: x * np.linspace(0.5, 1, x.shape[1]), False),
    "twice smaller and larger again": (
        lambda x: x[:, ::2].repeat(2, axis=1)[:, : x.shape[1]],
        False,
    ),
    "no change": (lambda x: x.copy(), True),
    "a frame that is made black on top and below": (
        lambda x: np.pad(x[1:-1], ((1, 1), (0, 0))),
        True,
    ),
    "the mean of all": (lambda x: np.full_like(x, x.mean()), True),
    "an error of a thousandth at one place": (
        lambda x: x + 1e-3 * (np.arange(x.size).reshape(x.shape) == 5),
        False,
    ),
}


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.allclose(a, b, rtol=0, atol=1e-9))


@exercise("19-moves-along", "Does it move along?")
def moves_along(answer: Any) -> None:
    picture = np.random.default_rng(19).random((8, 10))
    got = {}
    for name, (operation, _) in OPERATIONS.items():
        found = answer(operation, picture.copy())
        if found is None:
            raise Wrong("It returned nothing. Return True or False.")
        if np.shape(found):
            raise Wrong("It should be one bool for the whole picture: np.allclose, or .all().")
        got[name] = bool(found)
    right = {name: moves for name, (_, moves) in OPERATIONS.items()}
    if got == right:
        return
    right_of = np.roll(picture, 1, axis=1)
    down = np.roll(picture, 1, axis=0)
    every = {name: operation for name, (operation, _) in OPERATIONS.items()}

    def by(rule: Callable[[Callable], bool]) -> dict[str, bool]:
        return {name: rule(operation) for name, operation in every.items()}

    hints = {
        "It always says yes. A check that cannot fail checks nothing.": by(lambda f: True),
        "It always says no.": by(lambda f: False),
        "It asks whether moving changes nothing. Move the result of the other side too.": by(
            lambda f: _close(f(right_of), f(picture))
        ),
        "It compares the moved picture's result with the moved picture itself. Compare with the "
        "result, moved.": by(lambda f: _close(f(right_of), right_of)),
        "Both sides move the picture before the operation. On one side the operation comes first, "
        "and its result is moved.": by(lambda f: _close(f(right_of), f(right_of))),
        "One side moves right, the other left.": by(
            lambda f: _close(f(right_of), np.roll(f(picture), -1, axis=1))
        ),
        "That moves down: axis 0 goes over the rows. To the right is axis 1.": by(
            lambda f: _close(f(down), np.roll(f(picture), 1, axis=0))
        ),
        "Without an axis, np.roll carries the last pixel of each row to the row below. Give it "
        "axis=1.": by(lambda f: _close(f(np.roll(picture, 1)), np.roll(f(picture), 1))),
        "A small difference slipped through: np.allclose allows more than 1e-9 unless told "
        "(rtol=0, atol=1e-9), and a mean of differences hides a single pixel.": right
        | {"an error of a thousandth at one place": True},
        "It says no where only the last digits differ. Allow 1e-9, instead of asking for "
        "equality.": by(lambda f: np.array_equal(f(right_of), np.roll(f(picture), 1, axis=1))),
        "It says the opposite: True is for what moves along.": {n: not m for n, m in right.items()},
    }
    for hint, wrong in hints.items():
        if got == wrong and wrong != right:
            raise Wrong(hint)
    name = next(n for n in right if got[n] != right[n])
    raise Wrong(f"For {name} it said {got[name]}; moving before and after gives {right[name]}.")


# 2. One counterexample is enough


@exercise("19-refute", "One counterexample is enough")
def refute(answer: Any) -> None:
    for name in ("camera", "brick"):
        original = images.sample(name)[64:192, 64:192]
        found = answer(original.copy())
        if found is None:
            raise Wrong("It returned nothing. Return two pictures: a, b.")
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Wrong("Return two pictures, as `return a, b`.")
        pair = [np.asarray(picture) for picture in found]
        for letter, picture in zip("ab", pair, strict=True):
            if picture.shape != original.shape:
                raise Wrong(
                    f"{letter} has shape {picture.shape}; the original's is {original.shape}."
                )
            if picture.dtype != np.uint8:
                raise Wrong(
                    f"{letter} is {picture.dtype}; make it uint8, after np.rint and np.clip to 0 "
                    "to 255."
                )
            if np.array_equal(picture, original):
                raise Wrong(
                    f"{letter} is the original itself: its PSNR is infinite, its SSIM 1. Change "
                    "something."
                )
        decibels = [psnr(original, picture) for picture in pair]
        alike = [ssim(original, picture) for picture in pair]
        shown = (
            f"On {name!r}: a has {decibels[0]:.2f} dB and an SSIM of {alike[0]:.3f}, b "
            f"{decibels[1]:.2f} dB and {alike[1]:.3f}."
        )
        lead, trail = decibels[0] - decibels[1], alike[1] - alike[0]
        if lead < 0 and trail < 0 and -lead >= 0.5 and -trail >= 0.02:
            raise Wrong(f"You have it the wrong way round: return b first. {shown}")
        if lead <= 0 <= trail or lead < 0.5 <= -trail:
            raise Wrong(
                f"b is the better one by PSNR too. {shown} A change of brightness costs many "
                "decibels and almost no SSIM: let b be darker."
            )
        if trail <= 0:
            raise Wrong(
                f"a is the better one by SSIM too. {shown} Noise costs SSIM more than PSNR: let a "
                "be noisier."
            )
        if lead < 0.5 or trail < 0.02:
            raise Wrong(f"That way round, but not clearly: 0.5 dB and 0.02 are asked for. {shown}")


# 3. The verdict

WORDS = ("holds", "does not hold", "not settled")


def _of_interval(mean: float, half: float) -> str:
    return WORDS[0] if mean - half > 0 else WORDS[1] if mean + half < 0 else WORDS[2]


def _sample(mean: float, spread: float, n: int) -> np.ndarray:
    """n numbers with exactly this mean and sample standard deviation."""
    raw = np.random.default_rng(n).normal(size=n)
    return mean + spread * (raw - raw.mean()) / raw.std(ddof=1)


@exercise("19-verdict", "The verdict")
def verdict(answer: Any) -> None:
    # In units of s/√n the means lie on both sides of 1.96, and close to it for small n.
    cases = [
        _sample(z * spread / np.sqrt(n), spread, n)
        for z, spread, n in (
            (3.0, 0.2, 5),
            (-3.0, 0.4, 14),
            (0.5, 0.3, 8),
            (1.8, 0.2, 12),
            (1.8, 0.2, 4),
            (2.05, 0.2, 6),
            (1.3, 0.3, 20),
            (0.8, 0.1, 20),
            (-1.8, 1.5, 100),
            (-2.3, 0.1, 30),
            (30.0, 0.5, 30),
            (0.6, 2.0, 3),
        )
    ]

    def by(rule: Callable[[np.ndarray], str]) -> list[str]:
        return [rule(gains) for gains in cases]

    def interval(z: float = 1.96, ddof: int = 1, root: bool = True) -> list[str]:
        return by(
            lambda g: _of_interval(
                g.mean(), z * g.std(ddof=ddof) / (np.sqrt(len(g)) if root else len(g))
            )
        )

    right = interval()
    got = []
    for gains in cases:
        found = answer(gains.copy())
        if found is None:
            raise Wrong("It returned nothing. Return one of three words.")
        if not isinstance(found, str) or found not in WORDS:
            raise Wrong(f"It returned {found!r}; accepted: {', '.join(map(repr, WORDS))}.")
        got.append(found)
    if got == right:
        return
    hints = {
        "It looks at the mean alone. A mean above 0 may be chance: that is what the interval is "
        "for.": by(lambda g: _of_interval(g.mean(), 0)),
        "That is how far the single pictures spread. The mean of n is surer than one: divide s by "
        "√n.": by(lambda g: _of_interval(g.mean(), 1.96 * g.std(ddof=1))),
        "It divides by n. The mean's uncertainty shrinks with √n only.": interval(root=False),
        "That is one standard error to either side, a 68 % interval. Take 1.96 of them.": interval(
            z=1.0
        ),
        "That divides the squares by n. Of a sample, s takes ddof=1; with 4 pictures it matters.": (
            interval(ddof=0)
        ),
        "With 1.645 that is a 90 % interval. For 95 % it is 1.96.": interval(z=1.645),
        "That is the variance, where the standard deviation belongs: take its root.": by(
            lambda g: _of_interval(g.mean(), 1.96 * g.var(ddof=1) / np.sqrt(len(g)))
        ),
        "It counts on how many pictures the first is ahead. The statement is about the mean.": by(
            lambda g: _of_interval(float(np.mean(g > 0)) - 0.5, 0)
        ),
        "“Holds” and “does not hold” are exchanged: a positive gain speaks for the first.": [
            {WORDS[0]: WORDS[1], WORDS[1]: WORDS[0]}.get(word, word) for word in right
        ],
        "Not settled is not the same as refuted: it does not hold only where the whole interval "
        "lies below 0.": [WORDS[0] if word == WORDS[0] else WORDS[1] for word in right],
        "All of the interval must lie above 0, its lower end too.": by(
            lambda g: _of_interval(g.mean(), -1.96 * g.std(ddof=1) / np.sqrt(len(g)))
        ),
    }
    for hint, wrong in hints.items():
        if got == wrong:
            raise Wrong(hint)
    number = next(n for n, (g, r) in enumerate(zip(got, right, strict=True)) if g != r)
    gains = cases[number]
    half = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains))
    raise Wrong(
        f"{len(gains)} gains with a mean of {gains.mean():.3f} ± {half:.3f}: that is "
        f"{right[number]!r}, not {got[number]!r}."
    )
