"""A video file opened: what it is, and its frames and sound, one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.stream import Disposition

from srcourse.video.colours import Colours, colours, to_rgb

Source = str | PathLike[str] | BinaryIO

# What H.264's highest level, 6.2, holds in a frame: 139,264 blocks of 16 × 16 pixels.
MOST_PIXELS = 139_264 * 256
_SHARED = {"mov": "MP4", "matroska": "Matroska", "avi": "AVI"}  # MOV and WebM read as these
_LOCAL = _SHARED | {
    "mpegts": "MPEG-TS",
    "mpeg": "MPEG",
    "flv": "FLV",
    "ogg": "Ogg",
    "asf": "WMV",
}
# Seconds before its header's end at which a file counts as cut, where FFmpeg does not notice.
_ENDS_EARLY = {"matroska,webm": Fraction(1, 10), "avi": Fraction(1, 10)}


class Cancelled(Exception):
    """Whoever asked for the work no longer wants it."""


@dataclass(frozen=True)
class Limits:
    """What is accepted, None for anything. They hold for the header and again while decoding.

    frames: of the video. seconds: its length. pixels: height × width of one frame of the result.
    """

    frames: int | None = None
    seconds: float | None = None
    pixels: int | None = None


@dataclass(frozen=True)
class Facts:
    """What a file's header says.

    width, height: pixels of a frame as stored. rotation: degrees counterclockwise by which a
    player turns it. frames, seconds: None where the file does not tell. rate: frames per second on
    average, or None. codec: FFmpeg's name, such as "h264". container: FFmpeg's first name for its
    kind, "mov" for MP4 too, "matroska" for WebM too. audio: whether there is sound.
    """

    width: int
    height: int
    frames: int | None
    seconds: float | None
    rate: float | None
    codec: str
    container: str
    rotation: int
    audio: bool


@dataclass(frozen=True)
class Frame:
    """A decoded frame: rgb, uint8 (H, W, 3); when it is shown and for how long, in time bases."""

    rgb: np.ndarray
    time: int
    duration: int


def probe(source: Source) -> Facts:
    """What `source` is; nothing beyond its first frame is decoded.

    source: a path, or a binary file that can seek, such as BytesIO. Of the latter only MP4, MOV,
    Matroska, WebM and AVI are accepted; of a path, MPEG, FLV, Ogg and WMV too. What a file names
    (a playlist's parts, say) is never opened.

    Raises ValueError for what is not such a video, has none in it or no frame, or frames larger
    than H.264 holds; FileNotFoundError for a path that does not exist.
    """
    with opened(source) as video:
        return video.facts


class Video:
    """An opened video, read to its first frame. Made by `opened`.

    stream, sound: PyAV's streams. colours: of the first frame. matrix: the nine numbers by which a
    player turns and flips the picture, or None.
    """

    def __init__(self, name: str, container: Any):
        self.name, self._container = name, container
        streams = [s for s in container.streams.video if not s.disposition & _NO_VIDEO]
        if not streams:
            raise ValueError(f"{name} holds no video")
        self.stream = streams[0]
        if self.stream.codec_context is None:
            raise ValueError(f"{name} holds a video that no decoder here reads")
        self.size = (self.stream.height, self.stream.width)
        check_size(name, self.size, MOST_PIXELS)
        self.sound = list(container.streams.audio)
        self._packets = self._demuxed()
        self._before: list[Any] = []  # sound that the file stores before the first frame
        self._first = self._first_frames()
        first = self._first[0]
        self.size = (first.height, first.width)
        check_size(name, self.size, MOST_PIXELS)
        self.colours: Colours = colours(first)
        self.matrix = _display_matrix(first)
        self.facts = self._facts(first.rotation)

    def _facts(self, rotation: int) -> Facts:
        stream, container = self.stream, self._container
        seconds = None
        if stream.duration:
            seconds = float(stream.duration * stream.time_base)
        elif container.duration:
            seconds = container.duration / av.time_base
        return Facts(
            width=self.size[1],
            height=self.size[0],
            frames=stream.frames or None,
            seconds=seconds,
            rate=float(stream.average_rate) if stream.average_rate else None,
            codec=stream.codec_context.name,
            container=container.format.name.split(",")[0],
            rotation=rotation,
            audio=bool(self.sound),
        )

    def _demuxed(self) -> Iterator[Any]:
        """The packets of all streams, and an error where the file ends before its header says."""
        end, container = Fraction(0), self._container
        for packet in container.demux():
            if packet.is_corrupt:
                raise ValueError(f"{self.name} is cut or damaged")
            if packet.pts is not None and packet.time_base:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
            yield packet
        early = _ENDS_EARLY.get(container.format.name)
        if early and container.duration:
            expected = Fraction((container.start_time or 0) + container.duration, av.time_base)
            if end < expected - early:
                raise ValueError(
                    f"{self.name} is cut: it ends after {float(end):.1f} of "
                    f"{float(expected):.1f} seconds"
                )

    def _first_frames(self) -> list[Any]:
        for packet in self._packets:
            if packet.stream is self.stream:
                if frames := packet.decode():
                    return frames
            elif packet.stream in self.sound:
                self._before.append(packet)
        raise ValueError(f"{self.name} holds no frame")

    def _decoded(self) -> Iterator[Any]:
        """Frames, and packets of sound, as FFmpeg gives them."""
        yield from self._before
        yield from self._first
        for packet in self._packets:
            if packet.stream is self.stream:
                yield from packet.decode()
            elif packet.stream in self.sound and packet.size:
                yield packet

    def read(self, limits: Limits) -> Iterator[Any]:
        """Its frames, each a `Frame`, and between them the packets of its sound.

        Raises ValueError for a file that is cut or damaged, another size within it, and what
        `limits` refuses.
        """
        count, start, last, usual = 0, 0, None, self._usual_duration()
        with readable(self.name):
            for item in self._decoded():
                if isinstance(item, av.Packet):
                    yield item
                    continue
                count += 1
                if (item.height, item.width) != self.size:
                    raise ValueError(
                        f"{self.name} changes its size at frame {count}, from {self.size[1]} × "
                        f"{self.size[0]} to {item.width} × {item.height}; accepted is one size"
                    )
                # Broken files lack times or repeat them; an encoder needs them to rise.
                time = item.pts
                if last is not None and (time is None or time <= last):
                    time = last + (usual if time is None else 1)
                last = time = time or 0
                start = time if count == 1 else start
                seconds = float((time - start) * self.stream.time_base)
                check_limits(self.name, limits, count, seconds)
                yield Frame(to_rgb(item, self.colours), time, item.duration or usual)

    def _usual_duration(self) -> int:
        rate = self.stream.average_rate
        return max(1, round(1 / (rate * self.stream.time_base))) if rate else 1


@contextmanager
def opened(source: Source) -> Iterator[Video]:
    """`source` as a `Video`; raises as `probe` says."""
    if isinstance(source, str | PathLike):
        path = Path(source)
        name = f"source {str(path)!r}"
        if path.is_dir():
            raise ValueError(f"{name} is a folder; accepted is a video file")
        if not path.exists():
            raise FileNotFoundError(f"{name}: there is no such file")
        with path.open("rb") as file, _opened(name, file, _LOCAL) as video:
            yield video
    elif hasattr(source, "read") and hasattr(source, "seek"):
        with _opened("source", source, _SHARED) as video:
            yield video
    else:
        raise ValueError(
            f"source is of type {type(source).__name__}; accepted are a path and a binary file"
        )


@contextmanager
def _opened(name: str, file: BinaryIO, kinds: dict[str, str]) -> Iterator[Video]:
    options = {
        "format_whitelist": ",".join(kinds),
        "protocol_whitelist": "",  # no file, no address that this one names
        "max_pixels": str(MOST_PIXELS),  # a decoder's bound, before it makes room for a frame
    }
    with readable(name, kinds):
        container = av.open(file, "r", options=options, io_open=_refuse, metadata_errors="replace")
    with container:
        with readable(name):
            video = Video(name, container)
        yield video


def _refuse(url: str, _flags: int, _options: dict[str, str]) -> BinaryIO:
    raise PermissionError(url)


@contextmanager
def readable(name: str, kinds: dict[str, str] | None = None) -> Iterator[None]:
    """FFmpeg's errors within it, as one ValueError."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        if kinds and isinstance(error, av.ArgumentError):  # of a kind that is not asked for
            accepted = ", ".join(kinds.values())
            raise ValueError(f"{name} is not a video; accepted are {accepted}") from None
        raise ValueError(f"{name} is cut, damaged or not a video") from None


def check_size(name: str, size: tuple[int, int], most: int) -> None:
    """Raises ValueError for a frame of no pixels, or of more than `most`."""
    height, width = size
    if not height * width:  # also where FFmpeg itself refuses what the header says
        raise ValueError(f"{name} has frames of no pixels or more than {most}, the most accepted")
    if height * width > most:
        raise ValueError(f"{name} has frames of {width} × {height} pixels; accepted are {most}")


def check_limits(name: str, limits: Limits, frames: int | None, seconds: float | None) -> None:
    """Raises ValueError where the video has more frames or seconds than `limits` accept."""
    if limits.frames is not None and frames is not None and frames > limits.frames:
        raise ValueError(f"{name} has more than {limits.frames} frames, the most accepted")
    if limits.seconds is not None and seconds is not None and seconds > limits.seconds:
        raise ValueError(f"{name} lasts more than {limits.seconds:g} seconds, the most accepted")


_NO_VIDEO = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails


def _display_matrix(frame: Any) -> tuple[int, ...] | None:
    for data in frame.side_data:
        if data.type.name == "DISPLAYMATRIX":
            return tuple(int(n) for n in np.frombuffer(bytes(data), np.int32))
    return None
