"""A network's twin that computes the same faster, for enlarging only.

Its transposed convolutions are convolutions, which libraries compute several times faster, and its
activations write over the convolution's output instead of asking for as much memory again.

A transposed convolution of stride s is a convolution to s² times the channels, one for each place
of a pixel in its s × s square, and a PixelShuffle (Shi et al. 2016, "Is the deconvolution layer the
same as a convolutional layer?", arXiv:1609.07009).
"""

from copy import deepcopy
from weakref import WeakKeyDictionary

import torch
from torch import nn

_made: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()


def as_convolution(deconv: nn.ConvTranspose2d) -> nn.Sequential:
    """A convolution and a PixelShuffle that compute what `deconv` does, to float tolerance.

    Raises ValueError unless it enlarges by exactly its stride, the same along both axes.
    """
    k, s, p, more = (
        int(sides[0])
        for sides in (deconv.kernel_size, deconv.stride, deconv.padding, deconv.output_padding)
    )
    square = deconv.kernel_size == (k, k) and deconv.stride == (s, s) and deconv.padding == (p, p)
    plain = square and deconv.dilation == (1, 1) and deconv.groups == 1
    if not plain or k - 2 * p + more != s:
        raise ValueError(f"deconv: {deconv} does not enlarge by its stride alone")
    # Output s·i + r takes from input i + d the tap r + p − s·d.
    reach = max(abs(r + p - t) // s for r in range(s) for t in range(k) if not (r + p - t) % s)
    offsets = torch.arange(-reach, reach + 1)
    taps = torch.arange(s)[:, None] + p - s * offsets  # (s, 2·reach + 1)
    there = ((taps >= 0) & (taps < k)).to(deconv.weight)
    taps = taps.clamp(0, k - 1)
    weight = deconv.weight.detach().transpose(0, 1)  # (out, in, k, k)
    split = weight[:, :, taps[:, None, :, None], taps[None, :, None, :]]  # …, s, s, n, n
    split = split * there[:, None, :, None] * there[None, :, None, :]
    n_out, n_in, side = weight.shape[0], weight.shape[1], 2 * reach + 1
    conv = nn.Conv2d(n_in, n_out * s * s, side, padding=reach, bias=deconv.bias is not None)
    conv.weight.data = split.permute(0, 2, 3, 1, 4, 5).reshape(-1, n_in, side, side).contiguous()
    if deconv.bias is not None:
        conv.bias.data = deconv.bias.detach().repeat_interleave(s * s)  # type: ignore[union-attr]
    return nn.Sequential(conv, nn.PixelShuffle(s))


def twin(model: nn.Module) -> nn.Module:
    """What computes the same as `model`, to float tolerance, in less time; made once."""
    if model not in _made:
        fast = deepcopy(model)
        for part in list(fast.modules()):
            before: nn.Module | None = None
            for name, layer in list(part.named_children()):
                if isinstance(layer, nn.ConvTranspose2d):
                    setattr(part, name, as_convolution(layer))
                # Only a convolution's output: what else comes in may be a skip's, and needed again.
                follows = isinstance(part, nn.Sequential) and isinstance(before, nn.Conv2d)
                if follows and isinstance(layer, nn.ReLU | nn.LeakyReLU):
                    layer.inplace = True
                before = layer
        fast.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        _made[model] = fast.eval().requires_grad_(False)
    return _made[model]
