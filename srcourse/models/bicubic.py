"""Bicubic enlargement of a batch: what SRCNN starts from, and what BTSRN and SelNet add to."""

import torch
from torch import Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function_unary

from srcourse.resampling import kernel_of, weights


def bicubic(x: Tensor, scale: int) -> Tensor:
    """(N, C, H, W) → (N, C, scale·H, scale·W): `resampling.bicubic`, not clipped, in torch.

    torch's own has another kernel (a = −0.75) and other borders. Keys 1981, eq. 4, a = −0.5.
    """
    if has_torch_function_unary(x):  # something stands in for a tensor: see reach.py
        return handle_torch_function(bicubic, (x,), x, scale)
    kernel, width = kernel_of("bicubic")
    for axis in (2, 3):
        n = x.shape[axis]
        indices, weight = weights(n, scale * n, scale, kernel, width, antialias=False)
        places = torch.from_numpy(indices.copy()).to(x.device)
        taps = torch.from_numpy(weight).to(x)
        shape = (-1, 1) if axis == 2 else (-1,)
        x = sum(  # type: ignore[assignment]
            taps[:, t].view(shape) * x.index_select(axis, places[:, t])
            for t in range(taps.shape[1])
        )
    return x


class Bicubic(nn.Module):
    """`bicubic` as a layer: nothing in it is learned."""

    def __init__(self, scale: int):
        super().__init__()
        self.scale = scale

    def forward(self, x: Tensor) -> Tensor:
        return bicubic(x, self.scale)
