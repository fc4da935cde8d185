"""Pictures: reading, writing, samples and colour spaces; the one room that knows picture files.

An image is a NumPy array, ``(H, W)`` for grey, ``(H, W, 3)`` for RGB or ``(H, W, 4)`` for RGBA
with straight (not premultiplied) alpha. It is ``uint8``, ``uint16`` or float in [0, 1].
"""

from .alpha import spread_colour
from .arrays import check, check_range, rgb, to_float, to_uint8
from .colour import lab_to_rgb, luma, rgb_to_lab, rgb_to_ycbcr, ycbcr_to_rgb
from .files import MAX_PIXELS, Source, icc_profile, load, save
from .folders import ENDINGS, picture_files
from .gallery import Sample, about, sample, samples

__all__ = [
    "ENDINGS",
    "MAX_PIXELS",
    "Sample",
    "Source",
    "about",
    "check",
    "check_range",
    "icc_profile",
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
    "spread_colour",
    "to_float",
    "to_uint8",
    "ycbcr_to_rgb",
]
