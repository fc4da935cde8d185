"""What a network costs: its weights, and the multiplications for a picture."""

from fractions import Fraction

from torch import nn

from srcourse.models.edsr import MeanShift
from srcourse.models.reach import convolutions


def parameters(model: nn.Module) -> int:
    """How many numbers training adjusts: EDSR's two frozen mean shifts do not count."""
    return sum(p.numel() for p in model.parameters()) - sum(
        p.numel() for shift in _frozen(model) for p in shift.parameters()
    )


def multiply_adds(model: nn.Module) -> Fraction:
    """Multiply-adds of the convolutions, per pixel of the enlarged picture.

    EDSR's mean shifts do not count: they only add.
    """
    shifts = {id(shift.weight) for shift in _frozen(model)}
    used = ((w, times) for w, times in convolutions(model) if id(w) not in shifts)
    total = sum(weight.numel() * times for weight, times in used)
    return Fraction(total, int(model.scale) ** 2)  # type: ignore[arg-type]


def _frozen(model: nn.Module) -> list[MeanShift]:
    return [m for m in model.modules() if isinstance(m, MeanShift)]
