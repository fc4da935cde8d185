"""The result's file: H.264, beside the sound of the original."""

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import numpy as np
from av.codec.context import Flags

from srcourse.video.colours import Colours, to_yuv
from srcourse.video.source import Frame, Source, Video

KINDS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}  # the ending: FFmpeg's name
WORST = 51  # x264's quality, from 0, lossless


@dataclass(frozen=True)
class Form:
    """What frames are besides their pixels.

    time_base: seconds, the unit of their times. rate: frames per second on average. aspect: a
    pixel's width over its height. matrix: how a player turns the picture (see `Video`). sound: the
    PyAV streams whose packets go along.
    """

    time_base: Fraction
    rate: Fraction
    colours: Colours
    aspect: Fraction | None = None
    matrix: tuple[int, ...] | None = None
    sound: tuple[Any, ...] = ()


def form(video: Video) -> Form:
    """That of a video's frames, which its enlarged frames keep."""
    stream = video.stream
    rate = stream.average_rate or Fraction(25)
    aspect = stream.sample_aspect_ratio
    return Form(stream.time_base, rate, video.colours, aspect, video.matrix, tuple(video.sound))


class Writer:
    """Writes beside `out`; `out` itself appears, or is replaced, when the context ends well.

    quality: x264's constant rate factor.

    Raises ValueError for sound that the container of `out` cannot hold.
    """

    def __init__(self, out: Path, form: Form, quality: int):
        self.out, self._form, self._quality = out, form, quality
        self._part = out.resolve().with_name(f".{uuid4().hex}.part")
        self._stream: Any = None
        self._sound: dict[int, Any] = {}
        self._waiting: list[Any] = []  # sound before the first frame
        self._last: tuple[np.ndarray, Any] | None = None  # a frame and what it became

    def __enter__(self) -> "Writer":
        try:
            self._container = av.open(
                str(self._part),
                "w",
                format=KINDS[self.out.suffix.lower()],
                # A browser plays while it loads where the index comes first.
                options={} if self.out.suffix.lower() == ".mkv" else {"movflags": "+faststart"},
            )
        except BaseException as error:
            self._discard()
            raise self._refusal(error) from None
        return self

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        try:
            if error is None:
                self._container.mux(self._stream.encode(None))
                self._container.close()
                self._part.replace(self.out)
        except av.FFmpegError as failed:
            raise self._refusal(failed) from None
        finally:
            self._discard()

    def sound(self, packet: Any) -> None:
        """A packet of the original, as it is."""
        if self._stream is None:  # the file's head needs the encoder's first
            self._waiting.append(packet)
            return
        packet.stream = self._sound[packet.stream.index]
        self._mux(packet)

    def frame(self, frame: Frame) -> None:
        """The next frame of the result."""
        if self._last is None or self._last[0] is not frame.rgb:
            self._last = frame.rgb, to_yuv(frame.rgb, self._form.colours)
        yuv = self._last[1]
        if self._stream is None:
            self._begin(yuv)
        yuv.pts, yuv.duration = frame.time, frame.duration
        yuv.time_base = self._form.time_base
        try:
            packets = self._stream.encode(yuv)
        except av.FFmpegError as error:
            raise self._refusal(error) from None
        self._mux(packets)

    def _begin(self, yuv: Any) -> None:
        try:
            self._stream = self._encoder(yuv)
            for sound in self._form.sound:
                self._sound[sound.index] = self._container.add_stream_from_template(sound)
            self._container.start_encoding()
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from None
        for packet in self._waiting:
            self.sound(packet)
        self._waiting.clear()

    def _encoder(self, yuv: Any) -> Any:
        form, colours = self._form, self._form.colours
        stream: Any = self._container.add_stream(
            "libx264", rate=form.rate, options={"crf": str(self._quality)}
        )
        stream.width, stream.height, stream.pix_fmt = yuv.width, yuv.height, yuv.format.name
        context = stream.codec_context
        context.time_base = stream.time_base = form.time_base
        context.flags |= Flags.frame_duration  # else the last frame of uneven times has none
        context.color_range, context.colorspace = colours.range, colours.matrix
        context.color_primaries, context.color_trc = colours.primaries, colours.transfer
        if form.aspect:
            context.sample_aspect_ratio = form.aspect
        if form.matrix:
            stream.set_display_matrix(form.matrix)
        return stream

    def _mux(self, packets: Any) -> None:
        try:
            self._container.mux(packets)
        except (av.FFmpegError, ValueError) as error:
            raise self._refusal(error) from None

    def _refusal(self, error: BaseException) -> BaseException:
        """FFmpeg's error in one line; others stay as they are."""
        if not isinstance(error, av.FFmpegError | ValueError):
            return error
        names = ", ".join(stream.codec_context.name for stream in self._form.sound)
        sound = f"; its sound is {names}, and .mkv holds most" if names else ""
        return ValueError(f"out: {self.out} cannot be written: {error}{sound}")

    def _discard(self) -> None:
        with suppress(Exception):  # closing writes an end, which a broken file does not take
            self._container.close()
        self._part.unlink(missing_ok=True)


def check_out(out: Path, source: Source | None = None) -> Path:
    """`out`, where a video can be written there; ValueError or FileNotFoundError where not."""
    if out.suffix.lower() not in KINDS:
        raise ValueError(f"out: {out} ends in {out.suffix!r}; accepted: {', '.join(KINDS)}")
    if out.is_dir():
        raise ValueError(f"out: {out} is a folder")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"out: there is no folder {out.parent}")
    if isinstance(source, str | PathLike) and Path(source).resolve() == out.resolve():
        raise ValueError(f"out: {out} is the video that is read")
    return out


def check_quality(quality: int) -> None:
    """Raises ValueError for what is not a constant rate factor."""
    whole = isinstance(quality, Integral) and not isinstance(quality, bool)
    if not whole or not 0 <= quality <= WORST:
        raise ValueError(f"quality is {quality!r}; accepted are 0 (no loss) to {WORST}")
