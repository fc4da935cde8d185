"""EDSR: Lim, Son, Kim, Nah and Lee 2017, "Enhanced Deep Residual Networks for Single Image
Super-Resolution", NTIRE workshop, https://arxiv.org/abs/1707.02921, figures 2 and 3.

Module names are those of the authors' PyTorch code, so that their checkpoints load as they are.
"""

import torch
from torch import Tensor, nn

# Mean of DIV2K's training images, per channel, in [0, 1].
DIV2K_MEAN = (0.4488, 0.4371, 0.4040)


def conv3x3(n_in: int, n_out: int) -> nn.Conv2d:
    return nn.Conv2d(n_in, n_out, 3, padding=1)


class MeanShift(nn.Conv2d):
    """A frozen 1×1 convolution that takes DIV2K's mean off (sign −1) or puts it back (+1).

    Works on pictures in 0–255, as the whole of EDSR does.
    """

    def __init__(self, sign: int):
        super().__init__(3, 3, 1)
        self.weight.data = torch.eye(3).view(3, 3, 1, 1)
        assert self.bias is not None
        self.bias.data = sign * 255 * torch.tensor(DIV2K_MEAN)
        self.requires_grad_(False)


class ResBlock(nn.Module):
    """Figure 2(c): conv – ReLU – conv, scaled and added to the input; no batch norm, no ReLU after.

    `res_scale` below 1 (section 3.3) keeps a wide network's sums from growing block by block.
    """

    def __init__(self, features: int, res_scale: float, kernel: int = 3):
        super().__init__()

        def conv() -> nn.Conv2d:
            return nn.Conv2d(features, features, kernel, padding=kernel // 2)

        self.body = nn.Sequential(conv(), nn.ReLU(), conv())
        self.res_scale = res_scale

    def forward(self, x: Tensor) -> Tensor:
        # x + res_scale · body(x), without a pass of its own for the product.
        return torch.add(x, self.body(x), alpha=self.res_scale)


class Upsampler(nn.Sequential):
    """A convolution to s² times the channels, which PixelShuffle lays out as s × s pixels.

    ×4 is two steps of ×2 (figure 3).
    """

    def __init__(self, scale: int, features: int):
        if scale not in (2, 3, 4):
            raise ValueError(f"scale is {scale!r}; accepted: 2, 3, 4")
        steps = (2, 2) if scale == 4 else (scale,)
        super().__init__(
            *[
                layer
                for s in steps
                for layer in (conv3x3(features, s * s * features), nn.PixelShuffle(s))
            ]
        )


class EDSR(nn.Module):
    """Head, `blocks` residual blocks with a long skip around them, upsampler, tail (figure 3)."""

    channels = 3

    def __init__(self, scale: int, blocks: int = 16, features: int = 64, res_scale: float = 1.0):
        super().__init__()
        self.scale = scale
        self.sub_mean = MeanShift(-1)
        self.head = nn.Sequential(conv3x3(3, features))
        self.body = nn.Sequential(
            *[ResBlock(features, res_scale) for _ in range(blocks)], conv3x3(features, features)
        )
        self.tail = nn.Sequential(Upsampler(scale, features), conv3x3(features, 3))
        self.add_mean = MeanShift(+1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(self.sub_mean(255 * x))
        x = self.tail(x + self.body(x))
        return self.add_mean(x) / 255
