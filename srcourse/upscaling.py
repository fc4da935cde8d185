"""Picture in, larger picture out, by any method from nearest neighbour to a trained network."""

from difflib import get_close_matches

import numpy as np

from srcourse.images import check
from srcourse.resampling import METHODS, imresize, whole_scale


def methods() -> tuple[str, ...]:
    """Every name that `upscale` takes: the interpolations, then the networks that ship."""
    from srcourse import zoo  # torch is loaded only where it is needed

    return (*METHODS, *zoo.trained())


def upscale(image: np.ndarray, scale: int = 2, model: str = "bicubic") -> np.ndarray:
    """Enlarge `image` by a whole `scale`.

    image: (H, W), (H, W, 3) or (H, W, 4); uint8, uint16 or float in [0, 1]. Returns the same type
    and channels, `scale` times as high and wide, clipped to the type's range. model:
    ``"nearest"``, ``"bilinear"``, ``"bicubic"`` or a trained network (`methods` lists them).
    Alpha is always enlarged by bicubic, on its own.

    Raises ValueError for an unknown model (the nearest name is suggested), a scale that is not a
    whole number from 1, and a picture that is none.
    """
    check(image)
    scale = whole_scale(scale)
    if image.shape[2:] != (4,):
        return _as_type(_enlarged(image, scale, model), image.dtype)
    colour, alpha = _enlarged(image[..., :3], scale, model), imresize(image[..., 3], scale)
    return np.dstack([_as_type(part, image.dtype) for part in (colour, alpha)])


def _enlarged(image: np.ndarray, scale: int, model: str) -> np.ndarray:
    if model in METHODS:
        return imresize(image, scale, method=model)
    from srcourse import zoo
    from srcourse.models.picture import enlarge

    if model not in zoo.names():
        known = methods()
        near = get_close_matches(str(model), known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"model is {model!r}{hint} accepted: {', '.join(known)}")
    return enlarge(zoo.load(model, scale), image)


def _as_type(image: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if image.dtype == dtype and np.issubdtype(dtype, np.integer):
        return image  # imresize has rounded and clipped it
    image = np.clip(image, 0, 1)
    if np.issubdtype(dtype, np.integer):
        return np.floor(image * np.iinfo(dtype).max + 0.5).astype(dtype)
    return image.astype(dtype)
