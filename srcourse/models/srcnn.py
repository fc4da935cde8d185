"""SRCNN: Dong, Loy, He and Tang 2016, "Image Super-Resolution Using Deep Convolutional Networks",
TPAMI, https://arxiv.org/abs/1501.00092, figure 2 and equations 1 to 3.
"""

import torch
from torch import Tensor, nn

from srcourse.models.bicubic import Bicubic


class SRCNN(nn.Module):
    """Three convolutions on luma that bicubic has enlarged before: f1 – f2 – f3 pixels wide.

    The paper's first network is 9-1-5, its best 9-5-5. Borders repeat the edge pixel.
    """

    channels = 1

    def __init__(self, scale: int, f1: int = 9, f2: int = 5, f3: int = 5):
        super().__init__()
        self.scale = scale
        self.enlarge = Bicubic(scale)

        def conv(n_in: int, n_out: int, side: int) -> nn.Conv2d:
            return nn.Conv2d(n_in, n_out, side, padding=side // 2, padding_mode="replicate")

        self.extract = conv(1, 64, f1)
        self.map = conv(64, 32, f2)
        self.reconstruct = conv(32, 1, f3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.enlarge(x)
        # relu_ writes over what it is given: the widest arrays here are not needed twice.
        features = torch.relu_(self.extract(y))  # F1(Y) = max(0, W1 * Y + B1)
        features = torch.relu_(self.map(features))  # F2(Y) = max(0, W2 * F1(Y) + B2)
        return self.reconstruct(features)  # F(Y) = W3 * F2(Y) + B3
