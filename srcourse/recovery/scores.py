"""PRS and what it should be read with: the ratio, its floor, and how sure one may be of it.

Everything here starts from `right`: bool or 0/1, (seeds, images), whether a classifier trained with
that seed named that image rightly. Arms are compared on the same images and the same seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

DRAWS = 2000
LEVEL = 0.95


@dataclass(frozen=True)
class Score:
    """A score and its 95 % intervals.

    value: None where it is undefined. over_images: had other images of the same kind been drawn
    (a paired bootstrap: the same images for all arms; the mean of the seeds). over_seeds: had the
    classifiers been trained again (Student's t over the seeds); None for one seed.
    """

    value: float | None
    over_images: tuple[float, float] | None
    over_seeds: tuple[float, float] | None

    def __str__(self) -> str:
        if self.value is None or self.over_images is None:
            return "undefined"
        low, high = self.over_images
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}]"


def accuracy(right: np.ndarray) -> float:
    """The share of right answers, over all seeds and images."""
    return float(_table(right).mean())


def ratio(sr: np.ndarray, top: np.ndarray, draws: int = DRAWS) -> Score:
    """PRS = accuracy(SR) / accuracy(originals): `matched`, the source's (section 5.4), where each
    arm has classifiers trained on its own pictures; `fixed` where those of the originals judge all.

    sr, top: `right` of the two. Raises ValueError for tables that do not fit each other, and where
    not one original is named rightly.
    """
    sr, top = _paired(sr, top)
    if not top.any(axis=1).all():
        raise ValueError("a classifier named none of the originals rightly; the ratio is undefined")
    return Score(
        float(sr.mean() / top.mean()),
        _bootstrap(lambda s, t: s / t, draws, sr, top),
        _over_seeds(sr.mean(axis=1) / top.mean(axis=1)),
    )


def normalized(sr: np.ndarray, top: np.ndarray, floor: np.ndarray, draws: int = DRAWS) -> Score:
    """(accuracy(SR) − accuracy(floor)) / (accuracy(originals) − accuracy(floor)): which share of
    what the floor loses is won back; 0 for bicubic, if that is the floor, and 1 for the originals.

    Undefined, not infinite, where the originals and the floor do not differ: where the 95 % paired
    interval of their difference includes 0. Raises ValueError as `ratio` does.
    """
    sr, top = _paired(sr, top)
    floor, _ = _paired(floor, top)
    low, high = _bootstrap(lambda t, f: t - f, draws, top, floor)
    if low <= 0 <= high:
        return Score(None, None, None)
    value = float((sr - floor).mean() / (top - floor).mean())
    # One seed's gap may be near 0, so that its own share says nothing: by the delta method, each
    # seed moves the share by what it adds to the numerator, over the mean gap.
    moves = ((sr - floor) - value * (top - floor)).mean(axis=1) / (top - floor).mean()
    return Score(
        value,
        _bootstrap(lambda s, t, f: (s - f) / (t - f), draws, sr, top, floor),
        _over_seeds(value + moves),
    )


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """The share of images that two sets of classifiers name alike, rightly or wrongly.

    first, second: what was named, (seeds, images). Raises ValueError where the shapes differ.
    """
    if first.shape != second.shape or first.ndim != 2:
        raise ValueError(f"answers have shapes {first.shape} and {second.shape}; accepted: one")
    return float((first == second).mean())


def _table(right: np.ndarray) -> np.ndarray:
    table = np.asarray(right)
    if table.ndim != 2 or not table.size or not np.isin(table, (0, 1)).all():
        raise ValueError(
            f"right has shape {table.shape}; accepted: (seeds, images) of 0 and 1, none empty"
        )
    return table.astype(float)


def _paired(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = _table(first), _table(second)
    if first.shape != second.shape:
        raise ValueError(
            f"shapes differ: {first.shape} and {second.shape}; arms share seeds and images"
        )
    return first, second


def _bootstrap(
    score: Callable[..., np.ndarray], draws: int, *tables: np.ndarray
) -> tuple[float, float]:
    """The interval of `score` of the arms' accuracies, over images drawn with replacement.

    Efron 1979; the same draw for all arms, which is what makes it paired. Draws in which it is not
    finite are left out.
    """
    per_image = np.stack([table.mean(axis=0) for table in tables])
    random = np.random.default_rng(0)
    n = per_image.shape[1]
    means = np.stack([per_image[:, random.integers(n, size=n)].mean(axis=1) for _ in range(draws)])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = score(*means.T)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(found[np.isfinite(found)], (tail, 1 - tail))
    return float(low), float(high)


def _over_seeds(values: np.ndarray) -> tuple[float, float] | None:
    n = len(values)
    if n < 2:
        return None
    half = student.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)
    return float(values.mean() - half), float(values.mean() + half)
