"""Flicker: how much a video changes from frame to frame where its scene rests."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from srcourse.images import check, luma

BLOCK = 8  # pixels a side
THRESHOLD = 3.0  # 8-bit levels


def still(frames: Sequence[np.ndarray], threshold: float = THRESHOLD) -> NDArray[np.bool_]:
    """Where the scene rests between neighbouring frames.

    frames: at least 2 of one size, each (H, W) or (H, W, 3), both sides at least 8; the original,
    not an enlarged one. Returns (frames − 1, H // 8, W // 8): a block of 8 × 8 pixels rests where
    its luma changes by less than `threshold` 8-bit levels, as the mean absolute difference.
    Rows and columns beyond the last whole block are left out.

    Raises ValueError for other frames, and for a threshold that is not above 0.
    """
    if not threshold > 0:
        raise ValueError(f"threshold is {threshold}; it must be above 0")
    return _changes(frames) < threshold


def flicker(frames: Sequence[np.ndarray], rest: NDArray[np.bool_]) -> float:
    """Mean absolute change of the luma from frame to frame, in 8-bit levels, where `rest` is True.

    frames: as for `still`, of the size that it was given. 0 where every frame is the same.
    Raises ValueError where `rest` does not fit, and where it is True nowhere.
    """
    changes = _changes(frames)
    if rest.shape != changes.shape:
        raise ValueError(
            f"rest has shape {rest.shape}; for these frames it must be {changes.shape}"
        )
    if not rest.any():
        raise ValueError("rest is True nowhere: nothing in these frames stays still")
    return float(changes[rest].mean())


def _changes(frames: Sequence[np.ndarray]) -> NDArray[np.float64]:
    """The mean absolute difference of each block between neighbours, in 8-bit levels."""
    if len(frames) < 2 or len({check(frame, "frames").shape for frame in frames}) != 1:
        raise ValueError("frames must be at least 2, and of one size")
    height, width = (n // BLOCK for n in frames[0].shape[:2])
    if not height * width:
        raise ValueError(f"frames are {frames[0].shape}; each side must be at least {BLOCK}")
    planes = [255 * luma(frame)[: height * BLOCK, : width * BLOCK] for frame in frames]
    blocks = np.abs(np.diff(planes, axis=0)).reshape(-1, height, BLOCK, width, BLOCK)
    return blocks.mean(axis=(2, 4))
