"""Luma, YCbCr and Lab, written out to be read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import Array, check, rgb, to_float

# ITU-R BT.601, the 8-bit studio range that MATLAB's rgb2ycbcr uses: Y from 16 to 235, Cb and Cr
# from 16 to 240, for R, G and B in [0, 1].
_YCBCR = np.array(
    [
        [65.481, 128.553, 24.966],
        [-37.797, -74.203, 112.0],
        [112.0, -93.786, -18.214],
    ]
)
_YCBCR_OFFSET = np.array([16.0, 128.0, 128.0])

# sRGB's primaries (IEC 61966-2-1) as XYZ, and the white they are seen under, daylight D65.
_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_DELTA = 6 / 29  # where Lab's cube root gives way to a straight line (CIE 15:2004)


def luma(image: Array) -> NDArray[np.float64]:
    """The brightness Y on which super-resolution papers measure PSNR and SSIM: ``(H, W)``,
    float64, unrounded, between 16/255 and 235/255.

    Y = 16 + 65.481 R + 128.553 G + 24.966 B, divided by 255, for R, G, B in [0, 1] (ITU-R
    BT.601, studio range; MATLAB's rgb2ycbcr). A grey image is its own luma and keeps its range,
    [0, 1]; RGBA is laid over white first. Raises ValueError for what is not an image.
    """
    if check(image).ndim == 2:
        return to_float(image)
    return (to_float(rgb(image)) @ _YCBCR[0] + _YCBCR_OFFSET[0]) / 255


def rgb_to_ycbcr(image: Array) -> NDArray[np.float64]:
    """RGB ``(H, W, 3)`` as Y, Cb and Cr, float64 divided by 255: Y in [16/255, 235/255], Cb and
    Cr in [16/255, 240/255] with 128/255 for grey (ITU-R BT.601; MATLAB's rgb2ycbcr, unrounded).

    Raises ValueError for an array of another shape.
    """
    return (_three(image) @ _YCBCR.T + _YCBCR_OFFSET) / 255


def ycbcr_to_rgb(image: Array) -> NDArray[np.float64]:
    """The inverse of `rgb_to_ycbcr`: ``(H, W, 3)``, float64, not clipped.

    Raises ValueError for an array of another shape.
    """
    return (_three(image) * 255 - _YCBCR_OFFSET) @ np.linalg.inv(_YCBCR).T


def rgb_to_lab(image: Array) -> NDArray[np.float64]:
    """sRGB ``(H, W, 3)``, clipped to [0, 1], as CIE L*a*b* under D65: float64, L from 0 (black)
    to 100 (white), a (green to red) and b (blue to yellow) within about ±110, near 0 for grey.

    IEC 61966-2-1 for sRGB, CIE 15:2004 for Lab. Raises ValueError for an array of another shape.
    """
    encoded = np.clip(_three(image), 0, 1)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    t = linear @ _XYZ.T / _WHITE
    f = np.where(t > _DELTA**3, np.cbrt(t), t / (3 * _DELTA**2) + 4 / 29)
    fx, fy, fz = np.moveaxis(f, -1, 0)
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=-1)


def lab_to_rgb(lab: NDArray[Any]) -> NDArray[np.float64]:
    """The inverse of `rgb_to_lab`: sRGB ``(H, W, 3)``, float64. Colours that sRGB cannot show
    are clipped to [0, 1].

    Raises ValueError for an array that is not float, of another shape, or holds NaN.
    """
    if not isinstance(lab, np.ndarray) or not np.issubdtype(lab.dtype, np.floating):
        raise ValueError("lab must be a float array: L in 0..100, a and b in about -110..110")
    lightness, a, b = np.moveaxis(_three(lab, "lab"), -1, 0)
    fy = (lightness + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200], axis=-1)
    t = np.where(f > _DELTA, f**3, 3 * _DELTA**2 * (f - 4 / 29))
    linear = np.clip(t * _WHITE @ np.linalg.inv(_XYZ).T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _three(image: Array, name: str = "image") -> NDArray[np.float64]:
    if check(image, name).shape[2:] != (3,):
        raise ValueError(
            f"{name} has shape {image.shape}; accepted is (H, W, 3), which images.rgb makes of "
            "grey and RGBA"
        )
    return to_float(image)
