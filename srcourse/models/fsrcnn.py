"""FSRCNN: Dong, Loy and Tang 2016, "Accelerating the Super-Resolution Convolutional Neural
Network", ECCV, https://arxiv.org/abs/1608.00367, figure 2.
"""

from torch import Tensor, nn


class FSRCNN(nn.Module):
    """FSRCNN(d, s, m) on luma: five parts, of which only the last knows the scale.

    Feature extraction 5×5 to d channels, shrinking 1×1 to s, m mapping layers 3×3, expanding 1×1
    back to d, and a 9×9 transposed convolution whose stride is the scale. PReLU after each
    convolution but the last.
    """

    channels = 1

    def __init__(self, scale: int, d: int = 56, s: int = 12, m: int = 4):
        super().__init__()
        self.scale = scale
        self.extract = nn.Sequential(nn.Conv2d(1, d, 5, padding=2), nn.PReLU(d))
        self.shrink = nn.Sequential(nn.Conv2d(d, s, 1), nn.PReLU(s))
        self.map = nn.Sequential(
            *[layer for _ in range(m) for layer in (nn.Conv2d(s, s, 3, padding=1), nn.PReLU(s))]
        )
        self.expand = nn.Sequential(nn.Conv2d(s, d, 1), nn.PReLU(d))
        self.deconv = nn.ConvTranspose2d(d, 1, 9, stride=scale, padding=4, output_padding=scale - 1)
        self._initialise()

    def _initialise(self) -> None:
        # Section 3.2: He et al.'s for PReLU; the deconvolution starts near zero.
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, a=0.25)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        nn.init.normal_(self.deconv.weight, std=0.001)
        nn.init.zeros_(self.deconv.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return self.deconv(self.expand(self.map(self.shrink(self.extract(x)))))
