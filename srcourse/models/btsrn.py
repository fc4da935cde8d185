"""BTSRN: Fan et al. 2017, "Balanced Two-Stage Residual Networks for Image Super-Resolution", NTIRE
workshop, figures 1 to 3.

Widths, activations and the two ways up are those of the authors' code, which has 888 thousand
weights at ×2; the 410 thousand of published tables are ten blocks of a network 64 wide. The
authors' convolutions shrink the picture and crop the skips to match; these are padded.
"""

from torch import Tensor, nn

from srcourse.models.bicubic import Bicubic


class ProjectedBlock(nn.Module):
    """Figure 3(b): a 1×1 convolution to `inner` channels, a 3×3 back to `width`, and the input.

    The activations come first, so that nothing stands on the skip.
    """

    def __init__(self, width: int, inner: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, inner, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(inner, width, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Up(nn.Module):
    """Between the stages: each pixel repeated, and what a transposed convolution adds to it."""

    def __init__(self, scale: int, width: int):
        super().__init__()
        self.nearest = nn.Upsample(scale_factor=scale, mode="nearest")
        self.deconv = nn.ConvTranspose2d(width, width, scale, stride=scale)

    def forward(self, x: Tensor) -> Tensor:
        return self.nearest(x) + self.deconv(x)


class BTSRN(nn.Module):
    """`lr_blocks` before the way up, `hr_blocks` after it; what comes out is added to bicubic.

    ×4 is two steps of ×2 with a block between. On RGB. No batch norm (section 2.3).
    """

    channels = 3

    def __init__(
        self,
        scale: int,
        lr_blocks: int = 6,
        hr_blocks: int = 4,
        width: int = 128,
        inner: int = 64,
    ):
        for name, count in (("lr_blocks", lr_blocks), ("hr_blocks", hr_blocks)):
            if count < 0:
                raise ValueError(f"{name} is {count}; it must be a whole number from 0")
        super().__init__()
        self.scale = scale
        self.enlarge = Bicubic(scale)

        def blocks(count: int) -> list[nn.Module]:
            return [ProjectedBlock(width, inner) for _ in range(count)]

        self.head = nn.Conv2d(3, width, 1)
        self.lr_stage = nn.Sequential(*blocks(lr_blocks))
        self.up = nn.Sequential(
            *([Up(2, width), *blocks(1), Up(2, width)] if scale == 4 else [Up(scale, width)])
        )
        self.hr_stage = nn.Sequential(*blocks(hr_blocks))
        self.tail = nn.Sequential(nn.LeakyReLU(0.2), nn.Conv2d(width, 3, 1))

    def forward(self, x: Tensor) -> Tensor:
        features = self.up(self.lr_stage(self.head(x)))
        return self.enlarge(x) + self.tail(self.hr_stage(features))
