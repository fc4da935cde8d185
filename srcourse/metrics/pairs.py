"""Two pictures made comparable: same shape and type, channel chosen, border cut."""

from math import inf
from numbers import Integral

import numpy as np

from srcourse.images import check, luma


def comparable(
    reference: np.ndarray,
    image: np.ndarray,
    *,
    channel: str | None,
    border: int,
    data_range: float | None,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Both pictures as float64 in their own units, and the largest value they can hold.

    Raises ValueError for transparency, for shapes or types that differ, an unknown channel, a
    border that is negative, not whole or leaves no pixel, a range that is not positive.
    """
    check(reference, "reference", alpha=False)
    check(image, alpha=False)
    if reference.shape != image.shape:
        raise ValueError(f"shapes differ: reference {reference.shape}, image {image.shape}")
    kinds = [np.issubdtype(a.dtype, np.integer) and a.dtype for a in (reference, image)]
    if kinds[0] != kinds[1]:
        raise ValueError(f"types differ: reference {reference.dtype}, image {image.dtype}")
    peak = float(np.iinfo(reference.dtype).max) if kinds[0] else 1.0
    if data_range is not None and not 0 < data_range < inf:
        raise ValueError(f"data_range is {data_range}; it must be positive")
    if channel not in (None, "y"):
        raise ValueError(f"channel is {channel!r}; accepted: None, 'y'")
    if channel == "y":
        # luma works in [0, 1]; back to the pictures' own units.
        reference, image = (luma(a) * peak for a in (reference, image))
    if not isinstance(border, Integral):
        raise ValueError(f"border is {border!r}; it must be a whole number of pixels")
    if border < 0 or 2 * border >= min(reference.shape[:2]):
        height, width = reference.shape[:2]
        raise ValueError(f"border is {border}; it leaves nothing of a picture of {height}×{width}")
    inner = slice(border, -border or None)
    x, y = (a[inner, inner].astype(np.float64) for a in (reference, image))
    return x, y, float(data_range or peak)
