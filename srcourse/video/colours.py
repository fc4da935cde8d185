"""A frame's YUV to RGB and back, by the matrix and range that its file tells."""

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

# ITU-T H.273, table 4: matrices that FFmpeg's scaler computes, and BT.601 and BT.709 among them.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}  # to the scaler's own numbers
_HD, _SD = 1, 6  # BT.709 and BT.601
_EXACT = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)


@dataclass(frozen=True)
class Colours:
    """What the numbers of a frame mean, as H.273 counts: see `colours`."""

    matrix: int
    range: int
    primaries: int
    transfer: int


BT709 = Colours(_HD, ColorRange.MPEG, _HD, _HD)


def colours(frame: Any) -> Colours:
    """What `frame`'s file tells of its colours; where it is silent, what players assume.

    That is studio range and, by the size, BT.601 (up to 576 lines) or BT.709. The result tells it:
    once enlarged it would be taken for the other.
    """
    matrix = frame.colorspace
    if matrix not in _MATRICES:
        matrix = _HD if frame.height > 576 or frame.width >= 1280 else _SD
    full = frame.color_range == ColorRange.JPEG
    return Colours(
        matrix,
        ColorRange.JPEG if full else ColorRange.MPEG,
        frame.color_primaries,
        frame.color_trc,
    )


def to_rgb(frame: Any, found: Colours) -> np.ndarray:
    """A decoded frame as uint8 (H, W, 3)."""
    rgb = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=_MATRICES[found.matrix],
        src_color_range=found.range,
        dst_color_range=ColorRange.JPEG,
        interpolation=_EXACT,
    )
    return rgb.to_ndarray()


def to_yuv(rgb: np.ndarray, found: Colours) -> Any:
    """uint8 (H, W, 3) as a frame of 4:2:0, tagged with `found`.

    4:2:0 has one pixel of colour for 2 × 2 of brightness. To an odd side its last row or column is
    added once more: players that read 4:4:4 are few.
    """
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        rgb = np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    frame = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24"),
        format="yuv420p",
        src_color_range=ColorRange.JPEG,
        dst_colorspace=_MATRICES[found.matrix],
        dst_color_range=found.range,
        interpolation=_EXACT,
    )
    frame.colorspace, frame.color_range = found.matrix, found.range
    frame.color_primaries, frame.color_trc = found.primaries, found.transfer
    return frame
