"""A video through an upscaler: decode, network and encode at the same time."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from tqdm import tqdm

from srcourse.resampling import whole_scale
from srcourse.video.ahead import ahead
from srcourse.video.reuse import Enlarger
from srcourse.video.source import (
    MOST_PIXELS,
    Cancelled,
    Facts,
    Frame,
    Limits,
    Source,
    check_limits,
    check_size,
    opened,
)
from srcourse.video.writer import Writer, check_out, check_quality, form

COLORIZER = "colorful-mini"
_WAITING = 2  # frames that wait between two threads

Transform = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Summary:
    """What was done.

    frames: written. seconds: that it took. fps: frames a second. reused: share of the pixels, 0 to
    1, that equalled the frame before and were not computed again.
    """

    frames: int
    seconds: float
    fps: float
    reused: float


def upscale_video(
    source: Source,
    out: str | PathLike[str],
    model: str | Path | Transform = "fsrcnn",
    scale: int = 2,
    *,
    quality: int = 18,
    limits: Limits | None = None,
    progress: bool = False,
    tell: Callable[[int, int | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Summary:
    """Enlarge the video `source` by a whole `scale` and write it to `out`, in H.264.

    source: a path, or a binary file that can seek (see `probe` for what is accepted). out: a path
    that ends in .mp4, .mov or .mkv; it is written beside and then renamed, so that an interrupted
    run leaves nothing, and an older file as it was. model: what `upscale` takes; or
    ``"colorful-mini"``, which colours the frames; or any function from a frame, uint8 (H, W, 3), to
    another of the same size. These two keep the size: `scale` is not looked at.

    Sound is copied; each frame's time, the rotation, the colours' meaning and the pixels' shape are
    kept. The result has 8 bits and 4:2:0 colour, as every player reads it; an odd height or width
    grows by one row or column, the last one again.

    quality: x264's constant rate factor, 0 (no loss) to 51; 18 looks like no loss, 23 is x264's own
    default. limits: what is refused. progress: show a bar. tell: called after each frame with how
    many are done and how many there are, None where the file does not say; in the calling thread.
    cancelled: asked before each piece of work, in another thread; once it says True, Cancelled is
    raised.

    Raises ValueError for bad arguments, what is not a video, a damaged or cut one, one whose frame
    size changes, frames that H.264 cannot hold, and what `limits` refuses; FileNotFoundError for a
    path that does not exist.
    """
    target = check_out(Path(out), source)
    check_quality(quality)
    limits = limits or Limits()
    stop = Event()

    def check() -> None:
        if stop.is_set() or (cancelled and cancelled()):
            raise Cancelled

    transform = enlarger(model, scale, check)
    scale = transform.scale
    started = time.perf_counter()
    with opened(source) as video:
        facts, name = video.facts, video.name
        check_limits(name, limits, facts.frames, facts.seconds)
        check_size(f"{name} enlarged", (scale * facts.height, scale * facts.width), _most(limits))
        total, done = _expected(facts), 0
        decoded = ahead(video.read(limits), _WAITING)
        with (
            closing(ahead(_enlarged(decoded, transform), _WAITING, stop)) as items,
            tqdm(total=total, unit="frame", leave=False, disable=not progress) as bar,
            Writer(target, form(video), quality) as writer,
        ):
            for item in items:
                if not isinstance(item, Frame):
                    writer.sound(item)
                    continue
                writer.frame(item)
                done += 1
                bar.update()
                if tell:
                    tell(done, total)
    seconds = time.perf_counter() - started
    return Summary(done, seconds, done / seconds, transform.reused)


def _enlarged(items: Generator[Any, None, None], transform: Enlarger) -> Iterator[Any]:
    """The frames among `items` enlarged, the packets of sound as they are."""
    with closing(items):
        for item in items:
            transform.check()
            yield replace(item, rgb=transform(item.rgb)) if isinstance(item, Frame) else item


def enlarger(
    model: str | Path | Transform, scale: int, check: Callable[[], None] = lambda: None
) -> Enlarger:
    """What enlarges one frame after the other by `model`; see `upscale_video`."""
    enlarge, scale, halo = _transform(model, scale)
    return Enlarger(enlarge, scale, halo, check)


def _transform(model: str | Path | Transform, scale: int) -> tuple[Transform, int, int | None]:
    """What is done to a frame, by how much it grows, and how far a pixel of it looks around."""
    if callable(model):
        return partial(_same_size, model), 1, None
    if model == COLORIZER:
        from srcourse.colorization import colorize

        return colorize, 1, None
    from srcourse.upscaling import halo, upscale

    scale = whole_scale(scale)
    return partial(upscale, scale=scale, model=model), scale, halo(model, scale)


def _same_size(transform: Transform, frame: np.ndarray) -> np.ndarray:
    done = transform(frame)
    if done.shape != frame.shape or done.dtype != np.uint8:
        raise ValueError(
            f"model made {done.dtype} {done.shape} of a frame; it must be uint8 {frame.shape}"
        )
    return done


def _most(limits: Limits) -> int:
    return min(MOST_PIXELS, limits.pixels or MOST_PIXELS)


def _expected(facts: Facts) -> int | None:
    """How many frames there are to come, as near as the file tells."""
    if facts.frames is None and facts.seconds and facts.rate:
        return round(facts.seconds * facts.rate)
    return facts.frames
