"""Pictures that the assignments show without saying how they were made."""

import numpy as np

from srcourse import images
from srcourse.resampling import cubic_kernel, imresize


def weak_baseline() -> tuple[np.ndarray, np.ndarray]:
    """A part of a photograph, and somebody's bicubic enlargement ×2 of it: floats, 0 to 255."""
    photo = images.sample("camera").astype(float)
    lr = imresize(photo, 1 / 2)
    high, wide = (_mix(n) for n in lr.shape)
    shown = np.s_[90:210, 160:320]
    return photo[shown], np.clip(high @ lr @ wide.T, 0, 255)[shown]


def _mix(n: int) -> np.ndarray:
    """(2n, n): how much of each sample is in each sample of a line twice as long."""
    place = np.arange(2 * n) / 2
    mirror = np.pad(np.eye(n), [(2, 2), (0, 0)], mode="symmetric")
    return cubic_kernel(place[:, None] - np.arange(-2, n + 2)) @ mirror
