"""Picture in, larger picture out, by any method from nearest neighbour to a trained network."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from numbers import Integral
from pathlib import Path

import numpy as np
from tqdm import tqdm

from srcourse.images import check_range, spread_colour
from srcourse.resampling import METHODS, imresize, whole_scale
from srcourse.upscaling.tiles import cut, side_for

__all__ = ["halo", "methods", "upscale"]


def methods() -> tuple[str, ...]:
    """Every name that `upscale` takes: the interpolations, then the networks that ship."""
    from srcourse import zoo  # torch is loaded only where it is needed

    return (*METHODS, *zoo.trained())


def upscale(
    image: np.ndarray,
    scale: int = 2,
    model: str | Path = "edsr-mini",
    tile: int | None = None,
    self_ensemble: bool = False,
    progress: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Enlarge `image` by a whole `scale`.

    image: (H, W), (H, W, 3) or (H, W, 4); uint8, uint16 or float in [0, 1]. Returns the same type
    and channels, `scale` times as high and wide, clipped to the type's range. model:
    ``"nearest"``, ``"bilinear"``, ``"bicubic"``, a trained network (`methods` lists them), or the
    .safetensors file that `srcourse train` wrote.
    Alpha is always enlarged by bicubic, on its own; what lies under full transparency takes the
    colour of the nearest visible pixel, so that no edge darkens.

    tile: pixels a side of the pieces that a large picture is enlarged in; by default what is
    fastest in the free memory. The result does not depend on it. self_ensemble: the mean of the
    eight flips and turns, about 0.1 dB better and eight times slower (EDSR's paper, section 3.4);
    the interpolations are symmetric and ignore it. progress: show a bar while several tiles run.
    tell: hears after each tile how many are done, and of how many.

    Raises ValueError for an unknown model (the nearest name is suggested), a scale or tile that is
    not a whole number from 1, and a picture that is none.
    """
    check_range(image)
    scale = whole_scale(scale)
    if tile is not None and (type(tile) is bool or not isinstance(tile, Integral) or tile < 1):
        raise ValueError(f"tile is {tile!r}; it must be a whole number of pixels from 1")
    method = _method(model, scale, self_ensemble)
    side = int(tile or side_for(method.bytes_per_pixel, method.halo))
    if image.shape[2:] != (4,):
        return _by_tiles(image, scale, method, side, progress, tell)
    colour = _by_tiles(spread_colour(image)[..., :3], scale, method, side, progress, tell)
    alpha = _by_tiles(image[..., 3], scale, _method("bicubic", scale), side)
    return np.dstack([colour, alpha])


def halo(model: str | Path, scale: int) -> int:
    """How many LR pixels around its own a pixel of `upscale`'s result depends on, each way.

    Raises ValueError as `upscale` does.
    """
    return _method(model, whole_scale(scale)).halo


@dataclass(frozen=True)
class _Method:
    """enlarge: a picture (H, W[, 3]), to the same type or to float64, about [0, 1].

    halo: LR pixels that a pixel of the result depends on, beyond its own.
    """

    enlarge: Callable[[np.ndarray], np.ndarray]
    halo: int
    bytes_per_pixel: int


def _method(model: str | Path, scale: int, self_ensemble: bool = False) -> _Method:
    pixels = 100 * scale**2  # the picture itself, enlarged, as float64 and what is made of it
    if model in METHODS:
        return _Method(partial(imresize, scale=scale, method=str(model)), 2, pixels)
    from srcourse import zoo
    from srcourse.models.picture import enlarge
    from srcourse.models.reach import extent
    from srcourse.models.twin import twin

    if model in zoo.names():
        network = zoo.load(str(model), scale)
    elif str(model).endswith(".safetensors"):
        network = zoo.load_trained(Path(model))
        if network.scale != scale:
            raise ValueError(f"scale is {scale}; {model} was trained for {network.scale}")
    else:
        known = methods()
        near = get_close_matches(str(model), known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"model is {model!r}{hint} accepted: {', '.join(known)}")
    seen = extent(network)
    one = partial(enlarge, twin(network))
    # A layer's input and output, and as much again for the library that computes it.
    bytes_per_pixel = 4 * 4 * seen.widest + pixels
    # Of a luma network, bicubic makes the colours.
    halo = max(seen.halo, 2)
    return _Method(partial(_ensembled, one) if self_ensemble else one, halo, bytes_per_pixel)


def _by_tiles(
    image: np.ndarray,
    scale: int,
    method: _Method,
    side: int,
    progress: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    height, width = image.shape[:2]
    out = np.empty((scale * height, scale * width, *image.shape[2:]), image.dtype)
    pieces = list(cut(height, width, side, method.halo))
    bar = tqdm(pieces, unit="tile", leave=False, disable=not progress or len(pieces) == 1)
    for done, (y, x) in enumerate(bar, 1):
        enlarged = method.enlarge(image[y.read, x.read])[y.kept(scale), x.kept(scale)]
        out[y.write(scale), x.write(scale)] = _as_type(enlarged, image.dtype)
        if tell:
            tell(done, len(pieces))
    return out


def _ensembled(enlarge: Callable[[np.ndarray], np.ndarray], image: np.ndarray) -> np.ndarray:
    """The mean over the square's eight symmetries, each undone after enlarging."""
    results = []
    for turns in range(4):
        turned = np.rot90(image, turns)
        for flipped in (False, True):
            sr = enlarge(turned[:, ::-1] if flipped else turned)
            results.append(np.rot90(sr[:, ::-1] if flipped else sr, -turns))
    return np.mean(results, axis=0)


def _as_type(image: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if image.dtype == dtype and np.issubdtype(dtype, np.integer):
        return image  # imresize has rounded and clipped it
    image = np.clip(image, 0, 1)
    if np.issubdtype(dtype, np.integer):
        return np.floor(image * np.iinfo(dtype).max + 0.5).astype(dtype)
    return image.astype(dtype)
