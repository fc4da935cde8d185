"""Interpolation written out, MATLAB's antialiased ``imresize``, and the degradation model.

Every method here is the same three lines: for each output pixel, find where it lies in the input,
weigh the input pixels around it by a kernel, and sum. Only the kernel differs.
"""

from collections.abc import Callable
from io import BytesIO
from math import ceil, inf, isfinite
from numbers import Real
from typing import Any

import numpy as np
from PIL import Image

from srcourse.images import check, to_float

Kernel = Callable[[np.ndarray], np.ndarray]


def nearest_kernel(x: np.ndarray) -> np.ndarray:
    """1 on [−½, ½), else 0: the one nearest pixel."""
    return ((x >= -0.5) & (x < 0.5)).astype(float)


def linear_kernel(x: np.ndarray) -> np.ndarray:
    """The triangle 1 − |x| on [−1, 1]: straight lines between neighbours."""
    return np.maximum(0.0, 1.0 - np.abs(x))


def cubic_kernel(x: np.ndarray, a: float = -0.5) -> np.ndarray:
    """Keys' cubic on [−2, 2] with slope `a` at |x| = 1.

    Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 4 and 15;
    a = −0.5 in MATLAB and Pillow, −0.75 in OpenCV and in torch without antialiasing.
    """
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x**2 + 1
    far = a * (((x - 5) * x + 8) * x - 4)
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


METHODS = ("nearest", "bilinear", "bicubic")


def kernel_of(method: str, a: float = -0.5) -> tuple[Kernel, float]:
    """The 1-D kernel of an interpolation `method`, and the width of its support in pixels."""
    if method == "nearest":
        return nearest_kernel, 1.0
    if method == "bilinear":
        return linear_kernel, 2.0
    if method == "bicubic":
        if not isfinite(a):
            raise ValueError(f"a is {a}; it must be a finite number")
        return lambda x: cubic_kernel(x, a), 4.0
    raise ValueError(f"method is {method!r}; accepted: {', '.join(METHODS)}")


def weights(
    n_in: int, n_out: int, scale: float, kernel: Kernel, width: float, antialias: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Which input pixels make each output pixel, and how much each counts.

    Returns `indices` and `weights`, both (n_out, taps); each row of weights sums to 1. Borders are
    mirrored with the edge pixel repeated, as MATLAB's imresize does.
    """
    stretch = min(scale, 1.0) if antialias else 1.0
    # Pixel centres: output pixel i covers the input around (i + ½)/scale − ½.
    position = (np.arange(n_out) + 0.5) / scale - 0.5
    taps = ceil(width / stretch) + 2
    first = np.floor(position - width / stretch / 2).astype(int)
    indices = first[:, None] + np.arange(taps)
    # Shrinking widens the kernel by 1/scale, so that it averages all that it covers.
    weight = kernel(stretch * (position[:, None] - indices))
    weight /= weight.sum(axis=1, keepdims=True)
    mirrored = indices % (2 * n_in)
    indices = np.where(mirrored < n_in, mirrored, 2 * n_in - 1 - mirrored)
    used = weight.any(axis=0)
    return indices[:, used], weight[:, used]


def _along(
    axis: int,
    image: np.ndarray,
    n_out: int,
    scale: float,
    kernel: Kernel,
    width: float,
    antialias: bool,
) -> np.ndarray:
    indices, weight = weights(image.shape[axis], n_out, scale, kernel, width, antialias)
    image = np.moveaxis(image, axis, 0)
    out = np.zeros((n_out, *image.shape[1:]), image.dtype)
    for tap in range(indices.shape[1]):
        column = weight[:, tap].reshape(-1, *[1] * (image.ndim - 1)).astype(image.dtype)
        out += column * image[indices[:, tap]]
    return np.moveaxis(out, 0, axis)


def imresize(
    image: np.ndarray,
    scale: float,
    *,
    method: str = "bicubic",
    a: float = -0.5,
    antialias: bool = True,
) -> np.ndarray:
    """Resize by `scale` as MATLAB's imresize does.

    image: (H, W) or (H, W, 3 or 4). Returns (⌈H·scale⌉, ⌈W·scale⌉[, C]). Float in gives float
    out, not clipped (bicubic overshoots at edges); float32 stays float32. uint8 and uint16 come
    back rounded and clipped, and unlike MATLAB nothing is rounded between the two axes: a level
    may differ by one. `a` is the cubic kernel's parameter; `antialias` widens the kernel when
    shrinking, except that "nearest" always copies one pixel.

    Raises ValueError for an unknown method, a scale that is not positive, a wrong shape or type,
    and for NaN.
    """
    check(image)
    if not isinstance(scale, Real) or not 0 < scale < inf:
        raise ValueError(f"scale is {scale!r}; it must be a positive number")
    kernel, width = kernel_of(method, a)
    antialias = antialias and method != "nearest"
    # A product a hair above a whole number (100 × 1.1) must not gain a pixel.
    height, wide = (max(1, ceil(n * scale - 1e-9)) for n in image.shape[:2])
    out = image if image.dtype in (np.float32, np.float64) else image.astype(np.float64)
    out = _along(0, out, height, scale, kernel, width, antialias)
    out = _along(1, out, wide, scale, kernel, width, antialias)
    if np.issubdtype(image.dtype, np.integer):
        top = np.iinfo(image.dtype).max
        return np.clip(np.floor(out + 0.5), 0, top).astype(image.dtype)
    return out


def nearest(image: np.ndarray, scale: float) -> np.ndarray:
    """Each output pixel copies the one input pixel that it lies in."""
    return imresize(image, scale, method="nearest", antialias=False)


def bilinear(image: np.ndarray, scale: float) -> np.ndarray:
    """Each output pixel is a weighted mean of the 2 × 2 input pixels around it."""
    return imresize(image, scale, method="bilinear", antialias=False)


def bicubic(image: np.ndarray, scale: float, a: float = -0.5) -> np.ndarray:
    """Each output pixel is a weighted sum of the 4 × 4 input pixels around it (Keys 1981)."""
    return imresize(image, scale, method="bicubic", a=a, antialias=False)


def whole_scale(scale: Any) -> int:
    """`scale` as an int. Raises ValueError for what is not a whole number from 1."""
    real = isinstance(scale, Real) and not isinstance(scale, bool)
    if not real or not float(scale).is_integer() or scale < 1:
        raise ValueError(f"scale is {scale!r}; it must be a whole number from 1")
    return int(scale)


def modcrop(image: np.ndarray, scale: int) -> np.ndarray:
    """Cut the bottom and right so that both sides are multiples of `scale`.

    Raises ValueError for a scale that is not a whole number from 1 or is larger than the image.
    """
    scale = whole_scale(scale)
    height, width = (n - n % scale for n in check(image).shape[:2])
    if not height or not width:
        raise ValueError(f"image is {image.shape[0]}×{image.shape[1]}, smaller than scale {scale}")
    return image[:height, :width]


def gaussian_kernel(
    sigma: float | tuple[float, float], angle: float = 0.0, size: int | None = None
) -> np.ndarray:
    """A blur kernel that sums to 1, (size, size).

    sigma: pixels; one number for an isotropic blur, or (along, across) for one stretched in the
    direction `angle` (degrees, anticlockwise from the x axis). size: odd; 3 σ each side by default.
    """
    along, across = sigma if isinstance(sigma, tuple) else (sigma, sigma)
    if not (0 < along < inf and 0 < across < inf):
        raise ValueError(f"sigma is {sigma}; it must be positive")
    if not isfinite(angle):
        raise ValueError(f"angle is {angle}; it must be a number of degrees")
    radius = ceil(3 * max(along, across)) if size is None else size // 2
    if size is not None and (size < 1 or size % 2 == 0):
        raise ValueError(f"size is {size}; it must be odd and positive")
    y, x = np.mgrid[radius : -radius - 1 : -1, -radius : radius + 1]
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    u, v = cos * x + sin * y, -sin * x + cos * y
    kernel = np.exp(-0.5 * ((u / along) ** 2 + (v / across) ** 2))
    return kernel / kernel.sum()


def blur(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve `image` (H, W[, C]) with `kernel` (odd sides), borders mirrored.

    Returns float64, not clipped; uint8 and uint16 are brought to [0, 1] first.
    Raises ValueError for a wrong shape or type, and for NaN, in either.
    """
    image, kernel = to_float(image), np.asarray(kernel, float)
    if kernel.ndim != 2 or not all(n % 2 for n in kernel.shape) or not np.isfinite(kernel).all():
        raise ValueError("blur kernel must be two-dimensional, with odd sides and finite numbers")
    tall, wide = (n // 2 for n in kernel.shape)
    rest = [(0, 0)] * (image.ndim - 2)
    padded = np.pad(image, [(tall, tall), (wide, wide), *rest], mode="symmetric")
    height, width = image.shape[:2]
    out = np.zeros(image.shape)
    for dy, dx in np.ndindex(kernel.shape):
        # A convolution turns the kernel by 180°; a correlation would not.
        out += kernel[-1 - dy, -1 - dx] * padded[dy : dy + height, dx : dx + width]
    return out


def degrade(
    hr: np.ndarray,
    scale: int,
    blur: float | tuple[float, float, float] | np.ndarray | None = None,
    noise: float = 0,
    speckle: float = 0,
    jpeg: int | None = None,
    seed: int | None = None,
) -> np.ndarray:
    """A low-resolution picture from a high-resolution one: I_LR = (I_HR ⊗ κ)↓s + n.

    hr: (H, W) or (H, W, 3), uint8, uint16 or float in [0, 1]; sides are cut to multiples of
    `scale`. Returns (H/scale, W/scale[, 3]) of hr's type, clipped to its range.

    blur: None, σ in pixels of hr, (σ along, σ across, angle in degrees), or a kernel of your own.
    The downsampling is antialiased bicubic. speckle: standard deviation of noise that multiplies
    the picture. noise: standard deviation of added white Gaussian noise, in grey levels of 255.
    jpeg: quality 1–95 of a final JPEG compression. seed: makes the noise repeatable.

    Source: Wang, Chen and Hoi 2021, "Deep Learning for Image Super-Resolution: A Survey",
    eq. 1–4; the JPEG step as in Zhang et al. 2021 (BSRGAN).

    Raises ValueError for a wrong shape, type or scale, a negative noise or a wrong quality.
    """
    check(hr, "hr", alpha=False)
    if not (0 <= noise < inf and 0 <= speckle < inf):
        raise ValueError(f"noise is {noise} and speckle {speckle}; both go from 0 up")
    if jpeg is not None and jpeg not in range(1, 96):
        raise ValueError(f"jpeg is {jpeg!r}; the quality goes from 1 to 95")
    integer = np.issubdtype(hr.dtype, np.integer)
    top = float(np.iinfo(hr.dtype).max) if integer else 1.0
    # In the picture's own units: a division by 255 would move what lies halfway between levels.
    lr = modcrop(hr, scale).astype(np.float64 if integer else hr.dtype)
    if blur is not None:
        lr = _blurred(lr, blur)
    lr = imresize(lr, 1 / whole_scale(scale))
    random = np.random.default_rng(seed)
    if speckle:
        lr = lr * (1 + random.normal(0, speckle, lr.shape))
    if noise:
        lr = lr + random.normal(0, noise * top / 255, lr.shape)
    lr = np.clip(lr, 0, top)
    if jpeg is not None:
        lr = _jpeg(lr * (255 / top), int(jpeg)) / (255 / top)
    return np.floor(lr + 0.5).astype(hr.dtype) if integer else lr.astype(hr.dtype)


def _blurred(image: np.ndarray, how: float | tuple[float, float, float] | np.ndarray) -> np.ndarray:
    if isinstance(how, np.ndarray):
        return blur(image, how)
    if isinstance(how, tuple | list):
        if len(how) != 3:
            raise ValueError(f"blur is {how}; three numbers are σ along, σ across and an angle")
        along, across, angle = how
        return blur(image, gaussian_kernel((along, across), angle))
    return blur(image, gaussian_kernel(how))


def _jpeg(levels: np.ndarray, quality: int) -> np.ndarray:
    """Grey levels, 0 to 255, through a JPEG file."""
    buffer = BytesIO()
    rounded = np.floor(levels + 0.5).astype(np.uint8)
    Image.fromarray(rounded).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer), float)
