"""Pictures that the assignments show without saying how they were made."""

import numpy as np

from srcourse import images
from srcourse.images import to_uint8
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


def two_restorations() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A piece of a photograph, and two pictures that shrink by 3 to what it does: uint8.

    The first of the two holds no more than the small picture tells; the second makes up the rest
    from another piece of the same photograph.
    """
    photo = 30 + 0.75 * images.sample("grass").astype(float)
    piece, other = photo[200:326, 100:226], photo[300:426, 300:426]
    shrink = np.array([imresize(line, 1 / 3) for line in np.eye(126)[:, :, None]])[..., 0].T
    back = np.linalg.pinv(shrink)

    def seen(picture: np.ndarray) -> np.ndarray:
        return np.asarray(back @ (shrink @ picture @ shrink.T) @ back.T)

    smooth = seen(piece)
    sharp = smooth + other - seen(other)
    return to_uint8(piece / 255), to_uint8(smooth / 255), to_uint8(sharp / 255)
