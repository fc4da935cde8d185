"""The field's protocol for one figure: make the LR picture, enlarge it, score it on luma.

Set5 and Set14 in RGB → modcrop → LR by antialiased bicubic, rounded to 8 bits → SR rounded and
clipped → luma of both, unrounded → a border of `scale` pixels left out → PSNR and SSIM. DIV2K is
scored in RGB with a border of scale + 6 instead. Grey pictures are scored on their grey values;
transparent ones are laid over white first.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from srcourse.images import check, rgb, to_uint8
from srcourse.metrics.psnr import psnr
from srcourse.metrics.ssim import ssim
from srcourse.resampling import imresize, modcrop, whole_scale

Upscaler = Callable[[np.ndarray, int], np.ndarray]
MODES = ("y", "rgb")


def make_lr(hr: np.ndarray, scale: int) -> np.ndarray:
    """The protocol's LR picture: `hr` cut to a multiple of `scale`, shrunk, rounded to uint8."""
    return imresize(_reference(hr, scale), 1 / scale)


def score(hr: np.ndarray, sr: np.ndarray, scale: int, mode: str = "y") -> dict[str, float]:
    """PSNR (dB) and SSIM of `sr` against `hr` (cut to a multiple of `scale`) by the protocol.

    Raises ValueError for an unknown mode or shapes that do not fit.
    """
    _check_mode(mode)
    hr, sr = _reference(hr, scale), to_uint8(_opaque(sr))
    channel, border = ("y", scale) if mode == "y" else (None, scale + 6)
    return {
        "psnr": psnr(hr, sr, channel=channel, border=border),
        "ssim": ssim(hr, sr, channel=channel, border=border),
    }


def evaluate(
    upscaler: Upscaler,
    pictures: Iterable[tuple[str, np.ndarray]],
    scale: int,
    mode: str = "y",
) -> dict:
    """Score `upscaler(lr, scale)` on named HR pictures.

    Returns ``{"images": [{"name", "psnr", "ssim"}, …], "mean": {"psnr", "ssim"}}``.
    Raises ValueError where there is no picture, for a wrong scale or mode, and, with the picture's
    name, for one that cannot be scored.
    """
    scale = whole_scale(scale)
    _check_mode(mode)
    rows = []
    for name, hr in pictures:
        with _named(name):
            lr = make_lr(hr, scale)
        sr = upscaler(lr, scale)
        with _named(name):
            rows.append({"name": name, **score(hr, sr, scale, mode)})
    if not rows:
        raise ValueError("pictures is empty; there is nothing to evaluate")
    mean = {key: float(np.mean([row[key] for row in rows])) for key in ("psnr", "ssim")}
    return {"images": rows, "mean": mean}


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors that say which picture they are about."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _check_mode(mode: str) -> None:
    if mode not in MODES:
        raise ValueError(f"mode is {mode!r}; accepted: {', '.join(MODES)}")


def _reference(hr: np.ndarray, scale: int) -> np.ndarray:
    return to_uint8(_opaque(modcrop(hr, scale)))


def _opaque(image: np.ndarray) -> np.ndarray:
    return rgb(image) if check(image).shape[2:] == (4,) else image
