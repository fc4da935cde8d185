"""How far a network sees and how much it holds, found without computing a picture.

Tiles need this: a tile that brings `halo` pixels of its surroundings along comes out as the same
piece of the whole picture would.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from srcourse.models.bicubic import bicubic


@dataclass(frozen=True)
class Extent:
    """Of one layer's output: what a pixel of it depends on, and its size.

    radius: from the pixel's centre to that of the farthest LR pixel it depends on, in LR pixels.
    scale: its pixels per LR pixel, along a side. widest: most numbers per LR pixel up to here.
    """

    radius: Fraction
    scale: int
    channels: int
    widest: int

    @property
    def halo(self) -> int:
        """LR pixels around a tile that its outermost pixels depend on."""
        return floor(self.radius - Fraction(1, 2 * self.scale) + Fraction(1, 2))

    def grown(self, radius: Fraction, channels: int, scale: int = 1) -> "Extent":
        """After a layer that reaches `radius` of this one's pixels, and enlarges by `scale`."""
        after = self.scale * scale
        widest = max(self.widest, channels * after**2)
        return Extent(self.radius + radius / self.scale, after, channels, widest)


_known: WeakKeyDictionary[nn.Module, Extent] = WeakKeyDictionary()


def extent(model: nn.Module) -> Extent:
    """The extent of `model`'s output, along the path of its layers that reaches farthest.

    Raises ValueError for a layer or an operation that it does not know.
    """
    if model not in _known:
        _known[model] = _walk(model).extent
    return _known[model]


def convolutions(model: nn.Module) -> list[tuple[Tensor, int]]:
    """The weights of each convolution that a picture goes through, and how often they are used for
    each LR pixel: once for each output pixel, or, transposed, for each input pixel.

    Raises ValueError as `extent` does.
    """
    return _walk(model).used


def _walk(model: nn.Module) -> "_Probe":
    channels = int(model.channels)  # type: ignore[arg-type]
    return model(_Probe(Extent(Fraction(0), 1, channels, channels), []))


class _Probe:
    """Goes through a network in a picture's place: torch asks it what each operation does to it."""

    def __init__(self, extent: Extent, used: list[tuple[Tensor, int]]):
        self.extent, self.used = extent, used

    def dim(self) -> int:
        return 4

    @classmethod
    def __torch_function__(
        cls, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> "_Probe":
        if func in _POINTWISE:
            return args[0]
        if func is torch.add:
            return args[0]._joined(args[1])
        if func not in _RULES:
            raise ValueError(f"model: how far {func.__name__} reaches is not known")
        return _Probe(_RULES[func](*args, **kwargs or {}), args[0].used)

    def _joined(self, other: Any) -> "_Probe":
        """A sum or product sees as far as the farther of its parts."""
        if not isinstance(other, _Probe):
            return self
        a, b = self.extent, other.extent
        most = (
            max(getattr(a, n), getattr(b, n)) for n in ("radius", "scale", "channels", "widest")
        )
        return _Probe(Extent(*most), self.used)

    __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = _joined


def _conv(
    x: _Probe,
    weight: Tensor,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: tuple[int, int],
    groups: int,
) -> Extent:
    if set(stride) != {1}:
        raise ValueError(f"model: how far a convolution of stride {stride} reaches is not known")
    x.used.append((weight, x.extent.scale**2))
    taps = max(d * (k - 1) for d, k in zip(dilation, weight.shape[2:], strict=True))
    return x.extent.grown(Fraction(taps, 2), weight.shape[0])


def _transposed(x: _Probe, weight: Tensor, bias: Any, stride: Any, padding: Any, *_: Any) -> Extent:
    x.used.append((weight, x.extent.scale**2))
    s, p, k = stride[0], padding[0], weight.shape[2]
    # Tap t of output o reads input (o + p − t)/s: the distance of their centres, in inputs.
    ends = [abs(Fraction(2 * (p - t) + s - 1, 2 * s)) for t in (0, k - 1)]
    return x.extent.grown(max(ends), weight.shape[1], s)


def _bicubic(x: _Probe, scale: int) -> Extent:
    # Keys' kernel is zero from two pixels on; a sub-pixel's centre lies off its pixel's.
    return x.extent.grown(2 - Fraction(1 + scale % 2, 2 * scale), x.extent.channels, scale)


def _pixel_shuffle(x: _Probe, scale: int) -> Extent:
    return x.extent.grown(Fraction(scale - 1, 2 * scale), x.extent.channels // scale**2, scale)


def _interpolate(x: _Probe, mode: str, scale_factor: float, **_: Any) -> Extent:
    if mode != "nearest":
        raise ValueError(f"model: how far interpolation by {mode} reaches is not known")
    scale = int(scale_factor)
    return x.extent.grown(Fraction(scale - 1, 2 * scale), x.extent.channels, scale)


_RULES: dict[Callable, Callable[..., Extent]] = {
    torch.conv2d: _conv,
    torch.conv_transpose2d: _transposed,
    torch.pixel_shuffle: _pixel_shuffle,
    F.interpolate: _interpolate,
    bicubic: _bicubic,
}
# What keeps to its own pixel, and padding, whose pixels come from within.
_POINTWISE = {
    torch.relu,
    torch.relu_,
    torch.sigmoid,
    torch.prelu,
    F.relu,
    F.leaky_relu,
    F.batch_norm,
    F.pad,
}
