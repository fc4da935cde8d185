"""Peak signal-to-noise ratio, from its formula."""

import numpy as np

from srcourse.metrics.pairs import comparable


def mse(
    reference: np.ndarray, image: np.ndarray, *, channel: str | None = None, border: int = 0
) -> float:
    """Mean squared error, MSE = 1/N Σ (I(i) − Î(i))², in the pictures' own units squared.

    reference, image: (H, W) or (H, W, 3) of one shape and type. channel: None for all channels,
    ``"y"`` for BT.601 luma only. border: pixels left out on each side.

    Raises ValueError where shapes or types differ, or the border leaves nothing.
    """
    x, y, _ = comparable(reference, image, channel=channel, border=border, data_range=None)
    return float(np.mean((x - y) ** 2))


def psnr(
    reference: np.ndarray,
    image: np.ndarray,
    *,
    channel: str | None = None,
    border: int = 0,
    data_range: float | None = None,
) -> float:
    """PSNR = 10 · log10(L² / MSE) in decibels; infinite where the pictures are equal.

    reference, image, channel, border: as for `mse`. data_range: L, the largest possible value;
    255 for uint8, 65535 for uint16 and 1 for float unless given.

    Source: Wang, Chen and Hoi 2021 (survey), section 2.3.1.
    """
    x, y, peak = comparable(reference, image, channel=channel, border=border, data_range=data_range)
    error = np.mean((x - y) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(peak**2 / error))
