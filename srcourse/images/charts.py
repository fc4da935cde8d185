"""Test charts that the course draws itself: 256 × 256, grey, uint8, the same on every call."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .arrays import to_uint8

SIZE = 256
_DARK, _LIGHT = 0.2, 0.8  # room for a filter's overshoot before it is clipped
_SUBPIXELS = 8

Float = NDArray[np.float64]


def zone_plate() -> NDArray[np.uint8]:
    """Rings whose frequency grows with the distance from the centre, up to 0.4 cycles a pixel at
    the middle of each side: each place tests one frequency. Nyquist's limit is 0.5; drawn up to
    there, the rings would seem to have new centres at the sides."""
    x, y = _pixels(1)
    return to_uint8(0.5 + 0.5 * np.cos(0.8 * np.pi * (x**2 + y**2) / SIZE))


def siemens_star() -> NDArray[np.uint8]:
    """36 black and white pairs of spokes: how near to the centre they stay apart tells the
    resolution. A pair is 2 pixels wide at 11.5 pixels from the centre."""

    def star(x: Float, y: Float) -> Float:
        spokes = np.where(np.sin(36 * np.arctan2(y, x)) >= 0, 1.0, 0.0)
        return np.where(np.hypot(x, y) <= 0.47 * SIZE, spokes, 1.0)

    return _average(star)


def slanted_edge() -> NDArray[np.uint8]:
    """A dark and a light half that meet at 5° from the vertical: the edge crosses the pixel
    grid at every phase (ISO 12233)."""
    slope = np.tan(np.radians(5))
    return _average(lambda x, y: np.where(x < slope * y, _DARK, _LIGHT))


def small_text() -> NDArray[np.uint8]:
    """Lines of black text on white, from 24 pixels down to 6, as many words as fit."""
    fine = Image.new("L", (SIZE * _SUBPIXELS, SIZE * _SUBPIXELS), 255)
    draw = ImageDraw.Draw(fine)
    top = 6
    for size in (24, 20, 16, 14, 12, 11, 10, 9, 8, 7, 6):
        font = ImageFont.load_default(size=size * _SUBPIXELS)
        words = f"{size} Sphinx of black quartz, judge my vow 0123456789".split()
        while font.getlength(" ".join(words)) > (SIZE - 16) * _SUBPIXELS:
            words.pop()
        draw.text((8 * _SUBPIXELS, top * _SUBPIXELS), " ".join(words), font=font, fill=0)
        top += round(1.7 * size) + 1
    return np.array(fine.reduce(_SUBPIXELS))


def _pixels(subpixels: int) -> tuple[Float, Float]:
    """The sample positions x and y, in pixels from the centre of the chart."""
    steps = (np.arange(SIZE * subpixels) + 0.5) / subpixels - SIZE / 2
    x, y = np.meshgrid(steps, steps, sparse=True)
    return x, y


def _average(draw: Callable[[Float, Float], Float]) -> NDArray[np.uint8]:
    """Draw on 8 × 8 subpixels and average them, so that edges are not jagged."""
    fine = draw(*_pixels(_SUBPIXELS))
    return to_uint8(fine.reshape(SIZE, _SUBPIXELS, SIZE, _SUBPIXELS).mean(axis=(1, 3)))
