"""What an image array is, and the conversions between its number formats."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def check(image: Array, name: str = "image", *, alpha: bool = True) -> Array:
    """Return `image` if it is an image, that is ``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)``
    of dtype uint8, uint16 or float, not empty, and without NaN or infinity. Without `alpha`,
    ``(H, W, 4)`` is refused too.

    A float's range is not checked: filters and networks overshoot [0, 1].
    Raises ValueError, which calls the argument `name`, for anything else.
    """
    if not isinstance(image, np.ndarray):
        raise ValueError(f"{name} must be a NumPy array, not {type(image).__name__}")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        accepted = "(H, W), (H, W, 3) and (H, W, 4)" if alpha else "(H, W) and (H, W, 3)"
        raise ValueError(f"{name} has shape {image.shape}; accepted are {accepted}")
    if image.shape[2:] == (4,) and not alpha:
        raise ValueError(
            f"{name} has transparency (shape {image.shape}); accepted are (H, W) and (H, W, 3), "
            "and images.rgb lays it over white"
        )
    if image.size == 0:
        raise ValueError(f"{name} has shape {image.shape}, which holds no pixels")
    if np.issubdtype(image.dtype, np.floating):
        if not np.isfinite(image).all():
            raise ValueError(f"{name} holds NaN or infinity; accepted are finite values in [0, 1]")
    elif image.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            f"{name} has dtype {image.dtype}; accepted are uint8, uint16 and float in [0, 1]"
        )
    return image


def check_range(image: Array, name: str = "image") -> Array:
    """As `check`, and floats farther from [0, 1] than any overshoot are refused.

    It is the commonest mistake to hand over a picture of 0 to 255 as floats.
    """
    if np.issubdtype(check(image, name).dtype, np.floating):
        least, most = float(image.min()), float(image.max())
        if least < -1 or most > 2:
            raise ValueError(
                f"{name} goes from {least:.4g} to {most:.4g}; a float picture lies in [0, 1]: "
                "divide it by 255, or make it uint8"
            )
    return image


def to_float(image: Array) -> NDArray[np.float64]:
    """The image as float64: uint8 is divided by 255 and uint16 by 65535, floats keep their
    values, also those outside [0, 1].

    Same shape. Raises ValueError as `check` does.
    """
    check(image)
    if np.issubdtype(image.dtype, np.floating):
        return image.astype(np.float64)
    return image / np.float64(np.iinfo(image.dtype).max)


def to_uint8(image: Array) -> NDArray[np.uint8]:
    """The image as uint8: floats are clipped to [0, 1], and all are rounded to the nearest of
    the 256 levels, halves upwards (as MATLAB's im2uint8).

    Same shape; uint8 comes back as it is. Raises ValueError as `check` does.
    """
    if check(image).dtype == np.uint8:
        return image
    return (np.clip(to_float(image), 0, 1) * 255 + 0.5).astype(np.uint8)


def rgb(image: Array) -> Array:
    """The image as ``(H, W, 3)`` of the same dtype: grey is repeated in the three channels,
    and RGBA is laid over white, as a page would show it.

    To keep the colours under a transparent pixel, take ``image[..., :3]`` instead.
    Raises ValueError as `check` does.
    """
    check(image)
    if image.ndim == 2:
        return np.repeat(image[..., np.newaxis], 3, axis=2)
    if image.shape[2] == 3:
        return image
    alpha = to_float(image[..., 3])[..., np.newaxis]
    if np.issubdtype(image.dtype, np.floating):
        return (image[..., :3] * alpha + (1 - alpha)).astype(image.dtype)
    white = np.iinfo(image.dtype).max
    return np.rint(image[..., :3] * alpha + white * (1 - alpha)).astype(image.dtype)
