"""Zhang, Isola and Efros 2016, "Colorful Image Colorization", figure 2 and the authors' code.

Eight blocks of two or three 3×3 convolutions, each with ReLU, and batch norm at a block's end; all
halving by strides, none by pooling; from block 5 to 6 a dilation of 2 widens the view instead. The
last layer gives, at a quarter of the resolution, a score for each colour bin; their annealed mean
(eq. 5) is the colour. Sizes are multiples of 8. The names of the parts are the authors', so that
their checkpoints load.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

L_MIDDLE, L_RANGE, AB_RANGE = 50.0, 100.0, 110.0  # as the authors scale L and ab


def _block(*widths: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """3×3 convolutions from each of `widths` to the next, the last one with `stride`."""
    layers: list[nn.Module] = []
    steps = list(pairwise(widths))
    for number, (before, after) in enumerate(steps, 1):
        by = stride if number == len(steps) else 1
        layers += [nn.Conv2d(before, after, 3, by, dilation, dilation), nn.ReLU()]
    return nn.Sequential(*layers, nn.BatchNorm2d(widths[-1]))


class Colorful(nn.Module):
    """Lightness (N, 1, H, W), 0 to 100, to a and b (N, 2, H, W).

    colours: (bins, 2), the ab colour that each score stands for. width: channels of the first
    block; 64 in the paper.
    """

    def __init__(self, colours: Tensor, width: int = 64):
        super().__init__()
        w = width
        self.model1 = _block(1, w, w, stride=2)
        self.model2 = _block(w, 2 * w, 2 * w, stride=2)
        self.model3 = _block(2 * w, 4 * w, 4 * w, 4 * w, stride=2)
        self.model4 = _block(4 * w, 8 * w, 8 * w, 8 * w)
        self.model5 = _block(8 * w, 8 * w, 8 * w, 8 * w, dilation=2)
        self.model6 = _block(8 * w, 8 * w, 8 * w, 8 * w, dilation=2)
        self.model7 = _block(8 * w, 8 * w, 8 * w, 8 * w)
        self.model8 = nn.Sequential(
            nn.ConvTranspose2d(8 * w, 4 * w, 4, 2, 1),
            nn.ReLU(),
            nn.Conv2d(4 * w, 4 * w, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(4 * w, 4 * w, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(4 * w, len(colours), 1),
        )
        self.softmax = nn.Softmax(dim=1)
        self.model_out = nn.Conv2d(len(colours), 2, 1, bias=False)
        self.upsample4 = nn.Upsample(scale_factor=4, mode="bilinear")
        with torch.no_grad():
            self.model_out.weight.copy_(colours.T[..., None, None] / AB_RANGE)
        self.model_out.requires_grad_(False)

    @property
    def colours(self) -> Tensor:
        """(bins, 2): the ab colour of each bin."""
        return AB_RANGE * self.model_out.weight[..., 0, 0].T

    def scores(self, lightness: Tensor) -> Tensor:
        """(N, bins, H/4, W/4), before softmax."""
        x = (lightness - L_MIDDLE) / L_RANGE
        for number in range(1, 9):
            x = getattr(self, f"model{number}")(x)
        return x

    def forward(self, lightness: Tensor, temperature: float = 0.38) -> Tensor:
        shares = self.shares(lightness, temperature)
        return AB_RANGE * self.upsample4(self.model_out(shares))

    def shares(self, lightness: Tensor, temperature: float) -> Tensor:
        """The annealed distribution over the bins, (N, bins, H/4, W/4)."""
        scores = self.scores(lightness)
        # From the largest down, so that no temperature above 0 is too small.
        return self.softmax((scores - scores.amax(dim=1, keepdim=True)) / temperature)


class ColorfulRegression(Colorful):
    """The same body, asked for a and b themselves: what the paper compares with (section 3.1)."""

    def __init__(self, colours: Tensor, width: int = 64):
        super().__init__(colours, width)
        self.model8[-1] = nn.Conv2d(4 * width, 2, 1)

    def forward(self, lightness: Tensor, temperature: float = 0.38) -> Tensor:
        """There is no distribution, so that `temperature` changes nothing."""
        return AB_RANGE * self.upsample4(self.scores(lightness))
