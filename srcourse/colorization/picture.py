"""A grey picture in, the same picture in colour out."""

from numbers import Integral
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate

from srcourse.colorization.bins import check_temperature
from srcourse.colorization.weights import load
from srcourse.images import check_range, lab_to_rgb, rgb, rgb_to_lab, spread_colour
from srcourse.models.colorful import Colorful
from srcourse.resampling import imresize

SIDE = 128  # pixels of the longer side at which colour is predicted
_STRIP = 256  # rows joined at once: a photograph of 12 megapixels in Lab would take gigabytes


def colorize(
    image: np.ndarray,
    temperature: float = 0.38,
    *,
    weights: Path | None = None,
    side: int = SIDE,
) -> np.ndarray:
    """`image` in colours that the network finds plausible; what colours it has are not looked at.

    image: (H, W), (H, W, 3) or (H, W, 4), uint8, uint16 or float in [0, 1]. Returns (H, W, 3) or
    (H, W, 4) of the same type, its lightness L kept. The colours a and b are predicted on the
    picture shrunk to a longer side of `side` pixels (or its own, if smaller), enlarged, and joined
    with L. temperature: of the annealed mean, above 0 (the mode: vivid, restless) up to 1 (the
    mean: dull). weights: another colorizer's, as `weights.load` reads them.

    Zhang, Isola and Efros 2016, section 2. Raises ValueError for what is not an image, a
    temperature out of range, a side below 8, and weights that do not fit.
    """
    check_range(image)
    check_temperature(temperature)
    if not isinstance(side, Integral) or side < 8:
        raise ValueError(f"side is {side}; accepted: whole numbers from 8")
    network = load(weights)
    if image.shape[2:] == (4,):
        colour = _join(spread_colour(image)[..., :3], network, temperature, side)
        return np.dstack([colour, image[..., 3]])
    return _join(rgb(image), network, temperature, side)


def in_colour(image: np.ndarray) -> bool:
    """Whether some pixel is not grey; a tint of 2 in 255, as a scan may have, counts as grey."""
    if image.ndim == 2:
        return False
    planes = image[..., :3] / _top(image)
    return bool((planes.max(axis=2) - planes.min(axis=2)).max() > 2.5 / 255)


def remark(image: np.ndarray) -> str | None:
    """What one should know of `image` before it is coloured, if anything."""
    if in_colour(image):
        return "it is in colour already: only its lightness is used"
    levels = image if image.ndim == 2 else image[..., 0]
    if len(np.unique(levels)) <= 2:
        return "it holds two levels only, as a scan of text does: the network knows photographs"
    if min(levels.shape) < 16:
        return "it is so small that the network sees next to nothing"
    return None


def lightness(image: np.ndarray) -> np.ndarray:
    """L of CIE Lab, 0 to 100, float (H, W)."""
    return rgb_to_lab(np.clip(rgb(image) / _top(image), 0, 1))[..., 0]


def small(image: np.ndarray, side: int = SIDE) -> np.ndarray:
    """The lightness that the network sees: shrunk to `side`, both sides multiples of 8.

    float32 (h, w). The last rows and columns are repeated where the sides do not divide.
    """
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    shrunk = image if scale == 1 else imresize(image, scale)
    light = lightness(shrunk).astype(np.float32)
    return np.pad(light, [(0, -n % 8) for n in light.shape], mode="edge")


@torch.inference_mode()
def shares(network: Colorful, light: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """The distribution over the bins at each fourth pixel, float32 (h/4, w/4, bins)."""
    return network.shares(_batch(light), temperature)[0].permute(1, 2, 0).numpy()


@torch.inference_mode()
def predict(network: Colorful, light: np.ndarray, temperature: float = 0.38) -> np.ndarray:
    """a and b for a lightness whose sides are multiples of 8: float32 (h, w, 2)."""
    return network(_batch(light), temperature)[0].permute(1, 2, 0).numpy()


def _batch(light: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(light, np.float32))[None, None]


def colours(
    network: Colorful,
    image: np.ndarray,
    temperature: float,
    side: int,
    shape: tuple[int, ...] | None = None,
) -> np.ndarray:
    """a and b of each pixel of `image`, predicted at a longer side of `side` pixels and enlarged.

    float32 (H, W, 2), of the size of `image`, or of `shape`.
    """
    height, width = image.shape[:2]
    light = small(image, side)
    ab = torch.from_numpy(predict(network, light, temperature)).permute(2, 0, 1)[None]
    # What was repeated at the bottom and right is cut off before enlarging.
    shown = [round(n * min(1.0, side / max(height, width))) for n in (height, width)]
    ab = ab[..., : max(1, shown[0]), : max(1, shown[1])]
    size = tuple(shape or image.shape)[:2]
    return interpolate(ab, size, mode="bilinear", align_corners=False)[0].permute(1, 2, 0).numpy()


def _join(image: np.ndarray, network: Colorful, temperature: float, side: int) -> np.ndarray:
    ab = colours(network, image, temperature, side)
    top, out = _top(image), np.empty_like(image)
    for start in range(0, len(image), _STRIP):
        rows = slice(start, start + _STRIP)
        light_rows = lightness(image[rows])
        joined = lab_to_rgb(np.dstack([light_rows, ab[rows].astype(float)])) * top
        out[rows] = joined if top == 1 else np.floor(joined + 0.5)
    return out


def _top(image: np.ndarray) -> float:
    return float(np.iinfo(image.dtype).max) if np.issubdtype(image.dtype, np.integer) else 1.0
