"""Structural similarity, from its formula."""

import numpy as np

from srcourse.metrics.pairs import comparable

RADIUS = 5  # an 11 × 11 window
SIGMA = 1.5


def _local_mean(image: np.ndarray) -> np.ndarray:
    """The Gaussian-weighted mean around each pixel whose 11 × 11 window fits, per channel."""
    offsets = np.arange(-RADIUS, RADIUS + 1)
    weight = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    weight /= weight.sum()
    for axis in (0, 1):
        # Slices as they lie in memory: turning the axes first would take twice as long.
        size = image.shape[axis] - 2 * RADIUS
        whole = [slice(None)] * axis
        image = sum(  # type: ignore[assignment]
            share * image[(*whole, slice(start, start + size))]
            for start, share in enumerate(weight)
        )
    return image


def ssim_map(
    reference: np.ndarray,
    image: np.ndarray,
    *,
    channel: str | None = None,
    border: int = 0,
    data_range: float | None = None,
) -> np.ndarray:
    """SSIM at each pixel whose window fits: (H − 10 − 2·border, W − 10 − 2·border[, C]).

    SSIM(x, y) = (2 μx μy + c1)(2 σxy + c2) / ((μx² + μy² + c1)(σx² + σy² + c2)), with means,
    variances and the covariance σxy in an 11 × 11 Gaussian window of σ = 1.5; c1 = (0.01 L)² and
    c2 = (0.03 L)² keep the ratio steady where both pictures are flat.

    Source: Wang, Bovik, Sheikh and Simoncelli 2004, eq. 13; biased variances, as the authors have
    it. Arguments and errors as for `psnr`; also ValueError for a picture smaller than the window.
    """
    x, y, peak = comparable(reference, image, channel=channel, border=border, data_range=data_range)
    if min(x.shape[:2]) < 2 * RADIUS + 1:
        raise ValueError(f"picture is {x.shape[:2]} inside its border; SSIM needs 11 × 11")
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    mean_x, mean_y = _local_mean(x), _local_mean(y)
    variance_x = _local_mean(x * x) - mean_x**2
    variance_y = _local_mean(y * y) - mean_y**2
    covariance = _local_mean(x * y) - mean_x * mean_y
    return ((2 * mean_x * mean_y + c1) * (2 * covariance + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
    )


def ssim(
    reference: np.ndarray,
    image: np.ndarray,
    *,
    channel: str | None = None,
    border: int = 0,
    data_range: float | None = None,
) -> float:
    """The mean of `ssim_map`: 1 for equal pictures, near 0 for unrelated ones."""
    return float(
        ssim_map(reference, image, channel=channel, border=border, data_range=data_range).mean()
    )
