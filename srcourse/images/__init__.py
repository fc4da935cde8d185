"""Pictures: reading, writing, samples and colour spaces; the one room that knows picture files.

An image is a NumPy array, ``(H, W)`` for grey, ``(H, W, 3)`` for RGB or ``(H, W, 4)`` for RGBA
with straight (not premultiplied) alpha. It is ``uint8``, ``uint16`` or float in [0, 1].
"""

from .arrays import check, rgb, to_float, to_uint8
from .colour import lab_to_rgb, luma, rgb_to_lab, rgb_to_ycbcr, ycbcr_to_rgb
from .files import MAX_PIXELS, Source, load, save
from .folders import picture_files
from .gallery import Sample, about, sample, samples

__all__ = [
    "MAX_PIXELS",
    "Sample",
    "Source",
    "about",
    "check",
    "lab_to_rgb",
    "load",
    "luma",
    "picture_files",
    "rgb",
    "rgb_to_lab",
    "rgb_to_ycbcr",
    "sample",
    "samples",
    "save",
    "to_float",
    "to_uint8",
    "ycbcr_to_rgb",
]
