"""The clip that ships, drawn: what rests, what moves slowly, and what turns, with a tone."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from srcourse.images import to_uint8
from srcourse.video.clips import write

WIDTH, HEIGHT, RATE, COUNT = 320, 192, 25, 75
QUALITY = 12
_SUBPIXELS = 4
_NOISE = 3.0  # 8-bit levels, as a quiet camera's: without it, what rests would not change at all
_HERTZ = 44_100
_TEXT = "super-resolution, frame by frame · "

Float = NDArray[np.float64]


def draw(out: Path) -> Path:
    """Write the clip; `python -m srcourse.video.drawn FILE` does it."""
    return write(out, (frame(i) for i in range(COUNT)), RATE, quality=QUALITY, sound=tone())


def frame(index: int) -> NDArray[np.uint8]:
    """The frame `index`, (192, 320, 3), the same on every call.

    A wall with a star and small text rests; on the right a weave moves by half a pixel a frame
    and a wheel turns by 1.5 degrees; a line of text runs by one and a half pixels.
    """
    fine = _Canvas()
    fine.fill((0, 0, 320, 192), _wall)
    fine.fill((8, 112, 312, 156), _board)
    fine.fill((8, 8, 104, 104), _star)
    fine.fill((208, 8, 312, 88), lambda x, y: _weave(x - index / 2, y + index / 4))
    fine.fill((112, 8, 200, 96), lambda x, y: _wheel(x, y, np.radians(1.5) * index))
    picture = fine.reduced()
    picture = _mixed(_mixed(picture, _small_text()), _running_text(1.5 * index))
    noise = np.random.default_rng(index).normal(0, _NOISE / 255, (HEIGHT, WIDTH, 1))
    return to_uint8(picture + noise)


class _Canvas:
    """A picture on finer pixels, painted by functions of the place."""

    def __init__(self) -> None:
        self._fine = np.zeros((HEIGHT * _SUBPIXELS, WIDTH * _SUBPIXELS, 3))

    def fill(self, box: tuple[int, int, int, int], paint: Callable[[Float, Float], Float]) -> None:
        """Fill left, top, right, bottom; paint: of x and y in pixels, to (h, w, 3)."""
        left, top, right, bottom = (_SUBPIXELS * n for n in box)
        y, x = np.mgrid[top:bottom, left:right]
        self._fine[top:bottom, left:right] = paint((x + 0.5) / _SUBPIXELS, (y + 0.5) / _SUBPIXELS)

    def reduced(self) -> Float:
        """Averaged to pixels, so that edges are not jagged."""
        squares = self._fine.reshape(HEIGHT, _SUBPIXELS, WIDTH, _SUBPIXELS, 3)
        return squares.mean(axis=(1, 3))


def _colours(share: Float, dark: tuple, light: tuple) -> Float:
    """From `dark` (share 0) to `light` (share 1), RGB in 8-bit levels; (h, w, 3) in [0, 1]."""
    low, high = np.array(dark) / 255, np.array(light) / 255
    return low + share[..., None] * (high - low)


def _wall(x: Float, y: Float) -> Float:
    """Bricks of 20 × 8 pixels, with joints one pixel wide."""
    row = np.floor(y / 8)
    across = (x + 10 * (row % 2)) % 20
    joint = (across < 1) | (y % 8 < 1)
    number = np.floor((x + 10 * (row % 2)) / 20) * 7 + row * 13
    shade = 0.7 + 0.3 * np.modf(np.abs(np.sin(number) * 43.7))[0]
    return np.where(joint[..., None], 0.82, _colours(shade, (60, 40, 34), (190, 104, 80)))


def _board(x: Float, y: Float) -> Float:
    """A plain dark ground for letters."""
    return _colours(np.zeros_like(x), (30, 36, 44), (0, 0, 0))


def _star(x: Float, y: Float) -> Float:
    """A Siemens star with 24 pairs of spokes."""
    x, y = x - 56, y - 56
    lit = (np.sin(24 * np.arctan2(y, x)) >= 0) | (np.hypot(x, y) > 46)
    return _colours(lit.astype(float), (20, 24, 40), (236, 236, 228))


def _wheel(x: Float, y: Float, angle: float) -> Float:
    """Seven spokes and a rim."""
    x, y = x - 156, y - 52
    radius = np.hypot(x, y)
    spoke = np.cos(7 * (np.arctan2(y, x) - angle)) > 0.8
    drawn = ((radius < 40) & spoke) | (np.abs(radius - 38) < 3) | (radius < 8)
    return _colours(drawn.astype(float), (214, 226, 236), (0, 90, 160))


def _weave(x: Float, y: Float) -> Float:
    """Threads that cross, 4 and 5 pixels apart."""
    threads = 0.5 + 0.25 * np.sin(2 * np.pi * (x + 0.3 * y) / 4) + 0.25 * np.sin(2 * np.pi * y / 5)
    return _colours(threads, (24, 60, 44), (208, 220, 160))


def _lettering(text: str, size: int, width: int, height: int) -> Float:
    """Text in Pillow's built-in font, (height, width) in [0, 1]."""
    fine = Image.new("L", (width * _SUBPIXELS, height * _SUBPIXELS))
    font = ImageFont.load_default(size=size * _SUBPIXELS)
    ImageDraw.Draw(fine).text((0, 0), text, font=font, fill=255)
    return np.array(fine.reduce(_SUBPIXELS)) / 255


def _small_text() -> Float:
    page = np.zeros((HEIGHT, WIDTH))
    for top, size in ((114, 12), (129, 10), (142, 8)):
        page[top : top + 14, 14:306] = _lettering(
            "How vexingly quick daft zebras jump 0123456789", size, 292, 14
        )
    return page


def _running_text(shift: float) -> Float:
    """One line below, `shift` pixels to the left; fractions of a pixel by linear interpolation."""
    line = _lettering(_TEXT * 4, 18, 2 * WIDTH, 28)
    whole, part = divmod(shift, 1)
    start = int(whole)
    here, after = (line[:, start + i : start + i + WIDTH] for i in (0, 1))
    page = np.zeros((HEIGHT, WIDTH))
    page[160:188] = (1 - part) * here + part * after
    return page


def _mixed(picture: Float, letters: Float) -> Float:
    """White letters on `picture`."""
    return picture + letters[..., None] * (1 - picture)


def tone() -> BytesIO:
    """Three seconds of a tone that starts anew each half second, AAC in MP4."""
    seconds = np.arange(COUNT * _HERTZ // RATE) / _HERTZ
    pitch = 220 * 2 ** (np.floor(2 * seconds) / 6)
    fade = np.exp(-5 * (seconds % 0.5))
    samples = (0.3 * fade * np.sin(2 * np.pi * pitch * (seconds % 0.5))).astype(np.float32)
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=_HERTZ, layout="mono", bit_rate=64_000)
        voice = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        voice.sample_rate = _HERTZ
        container.mux(stream.encode(voice))
        container.mux(stream.encode(None))
    file.seek(0)
    return file


if __name__ == "__main__":
    import sys

    draw(Path(sys.argv[1]))
