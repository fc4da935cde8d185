"""SRResNet: Ledig et al. 2017, "Photo-Realistic Single Image Super-Resolution Using a Generative
Adversarial Network", CVPR, https://arxiv.org/abs/1609.04802, figure 4, the generator.
"""

from torch import Tensor, nn


class BNBlock(nn.Module):
    """Conv – BN – PReLU – conv – BN, and the input added; no ReLU after the sum, unlike He's."""

    def __init__(self, features: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(features, features, 3, padding=1),
            nn.BatchNorm2d(features),
            nn.PReLU(),
            nn.Conv2d(features, features, 3, padding=1),
            nn.BatchNorm2d(features),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class SRResNet(nn.Module):
    """On RGB, ×2 or ×4: a 9×9 head, `blocks` blocks with a long skip, ×2 steps, a 9×9 tail.

    Raises ValueError for another scale.
    """

    channels = 3

    def __init__(self, scale: int, blocks: int = 16, features: int = 64):
        if scale not in (2, 4):
            raise ValueError(f"scale is {scale!r}; SRResNet is built for 2, 4")
        super().__init__()
        self.scale = scale
        self.head = nn.Sequential(nn.Conv2d(3, features, 9, padding=4), nn.PReLU())
        self.body = nn.Sequential(
            *[BNBlock(features) for _ in range(blocks)],
            nn.Conv2d(features, features, 3, padding=1),
            nn.BatchNorm2d(features),
        )
        self.up = nn.Sequential(
            *[
                layer
                for _ in range(scale // 2)
                for layer in (
                    nn.Conv2d(features, 4 * features, 3, padding=1),
                    nn.PixelShuffle(2),
                    nn.PReLU(),
                )
            ]
        )
        self.tail = nn.Conv2d(features, 3, 9, padding=4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.head(x)
        return self.tail(self.up(x + self.body(x)))
