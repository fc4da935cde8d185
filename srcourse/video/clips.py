"""Clips as arrays: read, written, and the one that ships."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np

from srcourse import shipped
from srcourse.images import check, rgb, to_uint8
from srcourse.video.colours import BT709, Colours
from srcourse.video.source import Frame, Limits, Source, opened
from srcourse.video.writer import Form, Writer, check_out, check_quality


def clip() -> Path:
    """The clip that ships with the course: 3 seconds of 320 × 192, drawn by `drawn.py`."""
    return shipped.folder("data") / "video" / "moving_charts.mp4"


def frames(source: Source, most: int | None = None) -> Iterator[np.ndarray]:
    """The frames of a video, each uint8 (H, W, 3), at most `most` of them; raises as `probe`."""
    if most is not None and (not isinstance(most, Integral) or most < 1):
        raise ValueError(f"most is {most}; accepted are whole numbers from 1")
    with opened(source) as video:
        found = (item.rgb for item in video.read(Limits()) if isinstance(item, Frame))
        for count, frame in enumerate(found, 1):
            yield frame
            if count == most:
                return


def write(
    out: str | PathLike[str],
    frames: Iterable[np.ndarray],
    rate: float | Fraction = 25,
    *,
    quality: int = 18,
    colours: Colours = BT709,
    sound: BinaryIO | None = None,
) -> Path:
    """Write `frames`, images of one size, as H.264 and return `out`.

    rate: frames per second. quality: x264's constant rate factor, as `upscale_video` has it.
    sound: a file whose sound goes along as it is. Raises ValueError for bad arguments, no frame,
    and frames of different sizes.
    """
    target = check_out(Path(out))
    check_quality(quality)
    if not 0.001 <= rate <= 1000:
        raise ValueError(f"rate is {rate}; accepted: 0.001 to 1000 frames per second")
    exact = Fraction(rate).limit_denominator(1001)
    size = None
    with ExitStack() as stack:
        streams = []
        if sound:
            voice = stack.enter_context(av.open(sound, "r"))
            streams = list(voice.streams.audio)
        form = Form(1 / exact, exact, colours, sound=tuple(streams))
        writer = stack.enter_context(Writer(target, form, quality))
        for time, frame in enumerate(frames):
            picture = to_uint8(rgb(check(frame, "frames")))
            if size not in (None, picture.shape):
                raise ValueError(f"frames: number {time + 1} is {picture.shape}, others {size}")
            size = picture.shape
            writer.frame(Frame(picture, time, 1))
        if size is None:
            raise ValueError("frames: there are none")
        for packet in voice.demux(streams) if streams else ():
            if packet.size:
                writer.sound(packet)
    return target
