"""How near predicted colours come to the true ones (Zhang, Isola and Efros 2016, section 3.1)."""

from collections.abc import Callable, Iterable
from math import inf

import numpy as np

from srcourse.colorization.bins import bins, nearest, smoothed
from srcourse.colorization.picture import SIDE
from srcourse.images import check, rgb, rgb_to_lab
from srcourse.resampling import imresize

FARTHEST = 150  # units of ab: up to where the paper integrates
PEAK = 220.0  # the range of a and of b, −110 to 110, for their PSNR

Colours = Callable[[np.ndarray], np.ndarray]  # lightness (h, w), sides multiples of 8 → (h, w, 2)


def auc(distance: np.ndarray, weight: np.ndarray | None = None) -> float:
    """The area under the share of pixels that are right to within 0 to 150 units of ab, in [0, 1].

    distance: between predicted and true ab, (N,). weight: of each pixel, all alike if None; the
    inverse of how common its true colour is makes it the rebalanced AuC.
    Raises ValueError for distances that are negative or none, and for other weights.
    """
    distance = np.asarray(distance, float).ravel()
    weight = np.ones(len(distance)) if weight is None else np.asarray(weight, float).ravel()
    if not len(distance) or not (distance >= 0).all():
        raise ValueError("distance holds no numbers, or negative ones")
    if weight.shape != distance.shape or not (weight >= 0).all() or not weight.any():
        raise ValueError("weight must hold one number from 0 for each distance, not all 0")
    # The integral of a share of steps is a mean of what each pixel adds: 1 from its distance on.
    return float(np.average(np.clip(1 - distance / FARTHEST, 0, 1), weights=weight))


def rarity(ab: np.ndarray) -> np.ndarray:
    """The inverse of how common each of the true colours `ab`, (N, 2), is among them, (N,)."""
    number = np.concatenate([nearest(part) for part in np.array_split(ab, len(ab) // 20_000 + 1)])
    return 1 / smoothed(np.bincount(number, minlength=len(bins())))[number]


def truth(picture: np.ndarray, side: int = SIDE) -> np.ndarray:
    """A colour picture as Lab, (h, w, 3), at most `side` pixels large, sides multiples of 8.

    Raises ValueError for a grey picture, and for one smaller than 8 pixels.
    """
    if check(picture, "picture").ndim == 2:
        raise ValueError("picture is grey; its true colours are not known")
    scale = min(1.0, side / max(picture.shape[:2]))
    shrunk = rgb(picture) if scale == 1 else imresize(rgb(picture), scale)
    height, width = (n - n % 8 for n in shrunk.shape[:2])
    if not height or not width:
        raise ValueError(f"picture is {picture.shape[0]}×{picture.shape[1]}, too small to measure")
    if np.issubdtype(shrunk.dtype, np.floating):
        shrunk = np.clip(shrunk, 0, 1)
    return rgb_to_lab(shrunk[:height, :width])


def measure(colours: Colours, pictures: Iterable[np.ndarray]) -> dict[str, float]:
    """What `colours` makes of the lightness of `pictures`, against their true a and b.

    Returns ``"auc"`` and ``"auc_rebalanced"`` in [0, 1]; ``"psnr_ab"`` in dB, infinite if exact;
    ``"saturation"`` and ``"saturation_truth"``, the mean of √(a² + b²). Each pixel counts alike.
    Raises ValueError where there is no picture, and as `truth` does.
    """
    true, found = [], []
    for picture in pictures:
        lab = truth(picture)
        true.append(lab[..., 1:].reshape(-1, 2))
        found.append(np.asarray(colours(lab[..., 0])).reshape(-1, 2))
    if not true:
        raise ValueError("pictures is empty; there is nothing to measure")
    t, f = np.concatenate(true), np.concatenate(found)
    distance, error = np.hypot(*(f - t).T), np.mean((f - t) ** 2)
    return {
        "auc": auc(distance),
        "auc_rebalanced": auc(distance, rarity(t)),
        "psnr_ab": float(10 * np.log10(PEAK**2 / error)) if error else inf,
        "saturation": float(np.hypot(*f.T).mean()),
        "saturation_truth": float(np.hypot(*t.T).mean()),
    }
