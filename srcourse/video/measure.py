"""What is measured of a video: speed, flicker, what is not computed again, memory."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from srcourse.images import load, picture_files
from srcourse.metrics import make_lr
from srcourse.upscaling import upscale
from srcourse.video.clips import frames, write
from srcourse.video.enlarge import enlarger, upscale_video
from srcourse.video.flicker import flicker, still

WIDTH, HEIGHT, RATE = 640, 360, 25  # of the screen recording
_POLL = 0.05  # seconds


def read(source: Path, most: int) -> list[np.ndarray]:
    """The first frames, at most `most`, of a video file or of a folder of pictures."""
    if source.is_dir():
        return [load(file) for file in picture_files([source])[:most]]
    return list(frames(source, most))


def speeds(clip: list[np.ndarray], models: list[str], scale: int) -> list[dict]:
    """Frames per second of each model by `upscale_video`, and as a share of bicubic's."""
    rates = {}
    with TemporaryDirectory() as folder:
        source = write(Path(folder) / "clip.mp4", clip, quality=0)
        for model in ("bicubic", *(m for m in models if m != "bicubic")):
            done = upscale_video(source, Path(folder) / "larger.mp4", model, scale)
            rates[model] = done.fps
    return [
        {"model": m, "scale": scale, "fps": rates[m], "of_bicubic": rates[m] / rates["bicubic"]}
        for m in models
    ]


def flickers(clip: list[np.ndarray], models: list[str], scale: int) -> dict:
    """The flicker of the original and of each model's result on the clip made small by `scale`.

    share: of the blocks that rest in the original. All in 8-bit levels of luma.
    """
    height, width = (n - n % scale for n in clip[0].shape[:2])
    hr = [frame[:height, :width] for frame in clip]
    rest = still(hr)
    lr = [make_lr(frame, scale) for frame in hr]
    made = {m: flicker([upscale(frame, scale, m) for frame in lr], rest) for m in models}
    return {"scale": scale, "share": float(rest.mean()), "original": flicker(hr, rest), **made}


def screen(count: int) -> Iterator[NDArray[np.uint8]]:
    """A screen recording, (360, 640, 3): a page on which a line is typed, a letter each 3 frames,
    with a pointer that moves for one second in four."""
    font = ImageFont.load_default(size=14)
    line = "the quick brown fox jumps over the lazy dog and back"
    page = Image.new("RGB", (WIDTH, HEIGHT), (250, 250, 246))
    for row in range(16):
        ImageDraw.Draw(page).text((20, 40 + 18 * row), f"{row:2}  {line}", (30, 34, 40), font)
    for index in range(count):
        seen = page.copy()
        draw = ImageDraw.Draw(seen)
        typed = line[: index // 3 % (len(line) + 1)]
        draw.text((20, 334), f"> {typed}", (0, 70, 150), font)
        x = 320 + 2 * (index // 100 * RATE + min(index % 100, RATE)) % 240
        draw.polygon([(x, 60), (x, 76), (x + 11, 71)], (0, 0, 0))
        yield np.array(seen)


def saving(model: str, scale: int, count: int) -> dict:
    """Of a screen recording of `count` frames: the share not computed again, and the seconds that
    the network takes with and without that."""
    pictures = list(screen(count))
    once = enlarger(model, scale)
    started = time.perf_counter()
    for picture in pictures:
        once(picture)
    between = time.perf_counter()
    for picture in pictures:
        upscale(picture, scale, model)
    ended = time.perf_counter()
    return {
        "model": model,
        "scale": scale,
        "frames": count,
        "reused": once.reused,
        "seconds": between - started,
        "seconds_computing_all": ended - between,
    }


def memory(seconds: int, model: str, scale: int) -> dict:
    """The most memory (resident, GiB) that a process holds while it enlarges a screen recording."""
    with TemporaryDirectory() as folder:
        source = write(Path(folder) / "screen.mp4", screen(seconds * RATE), RATE)
        script = (
            "import sys; from srcourse.video import upscale_video; "
            "upscale_video(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))"
        )
        out = str(Path(folder) / "larger.mp4")
        started = time.perf_counter()
        run = subprocess.Popen([sys.executable, "-c", script, str(source), out, model, str(scale)])
        most, watched = 0, psutil.Process(run.pid)
        while run.poll() is None:
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(_POLL)
        if run.wait():
            raise ValueError(f"model {model}: the process that enlarges has failed")
    return {
        "model": model,
        "scale": scale,
        "seconds_of_video": seconds,
        "frames": seconds * RATE,
        "peak_gib": most / 2**30,
        "seconds": time.perf_counter() - started,
    }
