"""Small videos for the tests, made by PyAV alone."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def pictures(count: int = 5, height: int = 32, width: int = 48) -> list[np.ndarray]:
    """A smooth picture that moves two pixels a frame."""
    y, x = np.mgrid[:height, :width]
    return [
        np.stack(
            [128 + 90 * np.sin((x + 2 * i) / 6), 128 + 90 * np.cos(y / 5), 90 + x + 0 * y], axis=2
        ).astype(np.uint8)
        for i in range(count)
    ]


def make(
    file,
    frames=None,
    *,
    codec="libx264",
    pix_fmt="yuv420p",
    times=None,
    durations=None,
    time_base=Fraction(1, 25),
    aspect=None,
    rotation=None,
    colours=None,
    sound=None,
    options=None,
    form=None,
):
    """Write `frames` and return `file`.

    colours: range, matrix, primaries, transfer. sound: a codec's name. frames: RGB arrays, or
    frames of PyAV as they are.
    """
    frames = pictures() if frames is None else frames
    times = range(len(frames)) if times is None else times
    with av.open(str(file) if isinstance(file, Path) else file, "w", format=form) as container:
        if sound:
            voice = container.add_stream(sound, rate=48_000, layout="mono")
        if frames:
            first = frames[0]
            height, width = (
                first.shape[:2] if isinstance(first, np.ndarray) else (first.height, first.width)
            )
            stream = container.add_stream(codec, rate=25, options=options or {"crf": "4"})
            stream.height, stream.width, stream.pix_fmt = height, width, pix_fmt
            stream.codec_context.time_base = stream.time_base = time_base
            if aspect:
                stream.codec_context.sample_aspect_ratio = aspect
            if rotation is not None:
                stream.set_display_rotation(*rotation)
            if colours:
                context = stream.codec_context
                context.color_range, context.colorspace = colours[:2]
                context.color_primaries, context.color_trc = colours[2:]
        for number, (picture, time) in enumerate(zip(frames, times, strict=True)):
            frame = picture
            if isinstance(picture, np.ndarray):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = time, time_base
            if durations:
                stream.codec_context.flags |= av.codec.context.Flags.frame_duration
                frame.duration = durations[number]
            container.mux(stream.encode(frame))
        if frames:
            container.mux(stream.encode(None))
        if sound:
            samples = 0.3 * np.sin(np.arange(9600) / 20)[None].astype(np.float32)
            kind = voice.codec_context.format.name
            if kind == "s16":
                samples = (samples * 32767).astype(np.int16)
            if kind.startswith("u8"):
                samples = (samples * 127 + 128).astype(np.uint8)
            tone = av.AudioFrame.from_ndarray(samples, format=kind, layout="mono")
            tone.sample_rate = 48_000
            container.mux(voice.encode(tone))
            container.mux(voice.encode(None))
    return file


def decoded(file) -> list:
    """Its frames, as PyAV gives them."""
    with av.open(file if hasattr(file, "read") else str(file)) as container:
        return list(container.decode(video=0))


def sound_of(file) -> list[bytes]:
    """The packets of its sound."""
    with av.open(str(file)) as container:
        return [bytes(p) for p in container.demux(audio=0) if p.size]
