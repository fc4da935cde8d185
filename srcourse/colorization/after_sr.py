"""Colour before and after super-resolution: the source's experiment (its section 6.3), and one
whose outcome is not settled beforehand.

A colorizer that first shrinks every picture to one size is shown nearly the same picture before
and after enlarging. Run at the picture's own resolution it is not.
"""

from collections.abc import Callable, Iterable

import numpy as np

from srcourse.colorization.measure import auc, rarity
from srcourse.colorization.picture import SIDE, colours, lightness
from srcourse.images import check, lab_to_rgb, rgb, rgb_to_lab, to_uint8
from srcourse.metrics import make_lr
from srcourse.models.colorful import Colorful
from srcourse.resampling import imresize

Enlarge = Callable[[np.ndarray, int], np.ndarray]


def inputs(picture: np.ndarray, scale: int, enlarge: Enlarge) -> dict[str, np.ndarray]:
    """The grey pictures that a colorizer is given, uint8, from a colour `picture` (H, W, 3).

    ``"lr"``: its grey, shrunk `scale` times as the protocol does; ``"bicubic"`` and ``"sr"``: that,
    enlarged again, by `enlarge` in the latter; ``"hr"``: its grey, as a bound.
    Raises ValueError for a grey picture.
    """
    if check(picture, "picture").ndim == 2:
        raise ValueError("picture is grey; its true colours are not known")
    light = lightness(picture)
    grey = to_uint8(lab_to_rgb(np.dstack([light, np.zeros((*light.shape, 2))]))[..., 0])
    lr = make_lr(grey, scale)
    hr = grey[: scale * len(lr), : scale * lr.shape[1]]
    return {"lr": lr, "bicubic": imresize(lr, scale), "sr": enlarge(lr, scale), "hr": hr}


def compare(
    network: Colorful,
    pictures: Iterable[np.ndarray],
    scale: int,
    enlarge: Enlarge,
    temperature: float = 0.38,
) -> list[dict]:
    """What `network` makes of each of `inputs`, at a fixed side and at each one's own resolution.

    Returns a row for each: ``"input"``, ``"resolution"`` (``"fixed"`` or ``"own"``), ``"auc"`` and
    ``"auc_rebalanced"`` in [0, 1] against the true colours at HR, and ``"change"``: how far, in
    units of ab on the mean over pixels, its colours lie from those of the LR picture under the same
    resolution. Raises ValueError where there is no picture, and as `inputs` does.
    """
    true: list[np.ndarray] = []
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    for picture in pictures:
        given = inputs(picture, scale, enlarge)
        shape = given["hr"].shape
        true.append(rgb_to_lab(rgb(picture)[: shape[0], : shape[1]])[..., 1:].reshape(-1, 2))
        for name, grey in given.items():
            for resolution, side in (("fixed", SIDE), ("own", max(grey.shape))):
                ab = colours(network, grey, temperature, side, shape)
                found.setdefault((name, resolution), []).append(ab.reshape(-1, 2))
    if not true:
        raise ValueError("pictures is empty; there is nothing to compare")
    truth = np.concatenate(true)
    rare = rarity(truth)
    rows = []
    for (name, resolution), parts in found.items():
        ab, before = np.concatenate(parts), np.concatenate(found["lr", resolution])
        distance = np.hypot(*(ab - truth).T)
        rows.append(
            {
                "input": name,
                "resolution": resolution,
                "auc": auc(distance),
                "auc_rebalanced": auc(distance, rare),
                "change": float(np.hypot(*(ab - before).T).mean()),
            }
        )
    return rows
