"""SelNet: Choi and Kim 2017, "A Deep Convolutional Neural Network with Selection Units for
Super-Resolution", NTIRE workshop, figures 2 and 3.

The figure shows the selection units and the sub-pixel layer; where exactly its identity skips
start and end we could not check. With them around pairs of convolutions, the number of weights is
the published one at each scale (they have none).
"""

import torch
from torch import Tensor, nn

from srcourse.models.bicubic import Bicubic

# Ours, not the paper's: as torch starts them, features are so small that each σ stays at ½, nothing
# is selected, and training stands still for thousands of steps. Louder features and steeper units
# select from the start; the division after the body leaves the size of the output as it was.
LOUD = 16
STEEP = 8


class SelectionUnit(nn.Module):
    """SU(x) = x · σ(conv1×1(ReLU(x))): a switch that is learned, where ReLU's is fixed."""

    def __init__(self, features: int):
        super().__init__()
        self.conv = nn.Conv2d(features, features, 1)
        with torch.no_grad():
            self.conv.weight.mul_(STEEP)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.selection(x)

    def selection(self, x: Tensor) -> Tensor:
        """What is let through, between 0 and 1, per channel and pixel."""
        return torch.sigmoid(self.conv(torch.relu(x)))


class Pair(nn.Module):
    """Two convolutions, each with its selection unit, and the input added."""

    def __init__(self, features: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(features, features, 3, padding=1),
            SelectionUnit(features),
            nn.Conv2d(features, features, 3, padding=1),
            SelectionUnit(features),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class SelNet(nn.Module):
    """On luma: a head, `pairs` pairs of convolutions, PixelShuffle, a tail; added to bicubic.

    With ten pairs that is 22 layers up to the PixelShuffle, and 21 selection units.
    """

    channels = 1

    def __init__(self, scale: int, pairs: int = 10, features: int = 64):
        super().__init__()
        self.scale = scale
        self.enlarge = Bicubic(scale)
        self.head = nn.Sequential(nn.Conv2d(1, features, 3, padding=1), SelectionUnit(features))
        self.body = nn.Sequential(*[Pair(features) for _ in range(pairs)])
        self.up = nn.Sequential(
            nn.Conv2d(features, features * scale**2, 3, padding=1), nn.PixelShuffle(scale)
        )
        self.tail = nn.Conv2d(features, 1, 3, padding=1)
        with torch.no_grad():
            for parameter in self.head[0].parameters():
                parameter.mul_(LOUD)
            for parameter in self.up[0].parameters():
                parameter.div_(LOUD)

    def forward(self, x: Tensor) -> Tensor:
        return self.enlarge(x) + self.tail(self.up(self.body(self.head(x))))
