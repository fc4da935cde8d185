"""What the pipelines of assignment 6 are built from, and those that its learners' checks meet."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from srcourse.resampling import bicubic, bilinear, cubic_kernel, nearest

MOST = 96  # pixels along a side that `network` has memory for
REACH = 3  # pixels of the small picture that it sees beyond a pixel, in each direction
_SHARPEN = np.array([0.15, 0.25, 0.35])  # for red, green and blue


def network(x: np.ndarray) -> np.ndarray:
    """A small network ×2: (H, W, 3), RGB, floats in [0, 1], becomes (2H, 2W, 3), not clipped.

    Raises RuntimeError for a picture of more than 96 pixels along a side.
    """
    if max(x.shape[:2]) > MOST:
        raise RuntimeError(
            f"out of memory: the picture has {x.shape[0]} × {x.shape[1]} pixels; "
            f"{MOST} × {MOST} are the most"
        )
    return enlarged(x)


def enlarged(x: np.ndarray) -> np.ndarray:
    """`network`, with all the memory that it wants: bicubic, and sharpened by at most 0.3."""
    large = bicubic(np.asarray(x, dtype=float), 2)
    soft = large
    for axis in (0, 1):
        ends = [(3, 3) if a == axis else (0, 0) for a in range(3)]
        soft = sliding_window_view(np.pad(soft, ends, mode="edge"), 7, axis=axis).mean(axis=-1)
    return large + 0.3 * np.tanh(_SHARPEN / 0.3 * (large - soft))


def sampled(image: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """`image`, floats, read by a cubic at the places (rows × cols), counted from the first centre.

    Beyond the border the picture is mirrored. Not clipped.
    """
    high, wide = (_mix(n, at) for n, at in zip(image.shape, (rows, cols), strict=False))
    return np.einsum("ri,ij...,cj->rc...", high, image, wide, optimize=True)


def _mix(n: int, places: np.ndarray) -> np.ndarray:
    """(places, n): how much of each of n samples is in what is read at each place."""
    mirror = np.pad(np.eye(n), [(4, 4), (0, 0)], mode="symmetric")
    return cubic_kernel(np.asarray(places)[:, None] - np.arange(-4, n + 4)) @ mirror


def batch_network() -> Any:
    """A trained torch module ×2 as its constructor leaves it: (N, 1, H, W) → (N, 1, 2H, 2W).

    Floats in [0, 1]. Its first layer is a batch normalisation, whose statistics it has learnt.
    """
    import torch
    from torch import nn

    norm: Any = nn.BatchNorm2d(1, affine=False)
    tail: Any = nn.Conv2d(1, 1, 3, padding=1, padding_mode="replicate")
    sharpen = torch.tensor([[0.0, -0.2, 0], [-0.2, 1.8, -0.2], [0, -0.2, 0]])
    with torch.no_grad():
        norm.running_mean += 0.45
        norm.running_var *= 0.06
        tail.weight.copy_(sharpen * 0.06**0.5)
        tail.bias.fill_(0.45)
    return nn.Sequential(norm, nn.Upsample(scale_factor=2, mode="bilinear"), tail)


def sticker(size: int = 32) -> np.ndarray:
    """A round orange sticker with a dark bar, RGBA uint8; soft edges, black where there is none."""
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    picture = np.zeros((size, size, 4))
    inside = np.clip(0.42 * size - np.hypot(x, y) + 0.5, 0, 1)
    picture[..., :3] = np.where(inside > 0, 1, 0)[..., None] * (255, 140, 30)
    picture[(abs(y) < size / 12) & (abs(x) < size / 4), :3] = (40, 30, 90)
    picture[..., 3] = 255 * inside
    return np.round(picture).astype(np.uint8)


# --- Enlargers ×2 of a grey picture, right and wrong, for a check of the pixel grids -------------


def _read(place: Callable[[int], np.ndarray], across_only: bool = False) -> Callable:
    def enlarge(image: np.ndarray) -> np.ndarray:
        h, w = image.shape
        rows = (np.arange(2 * h) + 0.5) / 2 - 0.5 if across_only else place(h)
        return sampled(np.asarray(image, dtype=float), rows, place(w))

    return enlarge


def _by_network(image: np.ndarray) -> np.ndarray:
    return enlarged(np.repeat(np.asarray(image, dtype=float)[..., None], 3, axis=2))[..., 1]


ENLARGERS: dict[str, Callable] = {
    "copies": lambda image: nearest(image, 2),
    "lines": lambda image: bilinear(image, 2),
    "cubic": lambda image: bicubic(image, 2),
    "network": _by_network,
    "half": _read(lambda n: np.arange(2 * n) / 2),
    "across": _read(lambda n: np.arange(2 * n) / 2, across_only=True),
    "corners": _read(lambda n: np.linspace(0, n - 1, 2 * n)),
    "late": _read(lambda n: (np.arange(2 * n) - 0.5) / 2 - 0.5),
}


# --- Upscalers ×2 of a batch of grey pictures, for a check of their independence ----------------


def _each(batch: np.ndarray) -> np.ndarray:
    return np.stack([bicubic(np.asarray(image, dtype=float), 2) for image in batch])


def _level(batch: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    """Enlarged with `mean` and `std` taken for those of the data, and a limit beyond 3 of them."""
    return 0.45 + 0.25 * 3 * np.tanh((_each(batch) - mean) / (std + 1e-5) / 3)


def _fixed() -> Callable:
    return lambda batch: _level(batch, 0.45, 0.25)


def _single_precision() -> Callable:
    """Its last digits depend on how many pictures there are, as a library's sums do."""
    return lambda batch: np.float32(_each(batch)) * np.float32(1 + 1e-7 * len(batch))


def _own() -> Callable:
    def upscale(batch: np.ndarray) -> np.ndarray:
        batch = np.asarray(batch, dtype=float)
        axes = (1, 2)
        return _level(batch, batch.mean(axes, keepdims=True), batch.std(axes, keepdims=True))

    return upscale


def _training() -> Callable:
    return lambda batch: _level(batch, np.mean(batch), np.std(batch))


def _of_the_first() -> Callable:
    return lambda batch: _level(batch, np.mean(batch[0]), np.std(batch[0]))


def _drifting() -> Callable:
    """Uses what it has learnt, and goes on learning from whatever it meets."""
    mean = 0.45

    def upscale(batch: np.ndarray) -> np.ndarray:
        nonlocal mean
        out = _level(batch, mean, 0.25)
        mean = 0.9 * mean + 0.1 * float(np.mean(batch))
        return out

    return upscale


def _brightest() -> Callable:
    return lambda batch: _each(batch) / max(float(np.max(batch)), 1e-3)


UPSCALERS: dict[str, Callable[[], Callable]] = {
    "plain": lambda: _each,
    "fixed": _fixed,
    "own": _own,
    "single": _single_precision,
    "training": _training,
    "first": _of_the_first,
    "drifting": _drifting,
    "brightest": _brightest,
}
