"""MDSR: Lim, Son, Kim, Nah and Lee 2017 (see edsr.py), figure 5: one network for three scales.

Module names are those of the authors' PyTorch code, so that their checkpoints load as they are.
"""

from torch import Tensor, nn

from srcourse.models.edsr import MeanShift, ResBlock, Upsampler, conv3x3

SCALES = (2, 3, 4)


class MDSR(nn.Module):
    """Each scale has its own two 5×5 blocks before, and upsampler after, the body that all share.

    All three are built, and hold weights; `scale` picks the one that a picture goes through.
    """

    channels = 3

    def __init__(self, scale: int, blocks: int = 80, features: int = 64):
        if scale not in SCALES:
            raise ValueError(f"scale is {scale!r}; accepted: 2, 3, 4")
        super().__init__()
        self.scale = scale
        self.sub_mean = MeanShift(-1)
        self.head = nn.Sequential(conv3x3(3, features))
        self.pre_process = nn.ModuleList(
            nn.Sequential(*[ResBlock(features, 1.0, kernel=5) for _ in range(2)]) for _ in SCALES
        )
        self.body = nn.Sequential(
            *[ResBlock(features, 1.0) for _ in range(blocks)], conv3x3(features, features)
        )
        self.upsample = nn.ModuleList(Upsampler(s, features) for s in SCALES)
        self.tail = nn.Sequential(conv3x3(features, 3))
        self.add_mean = MeanShift(+1)

    def forward(self, x: Tensor) -> Tensor:
        branch = SCALES.index(self.scale)
        x = self.pre_process[branch](self.head(self.sub_mean(255 * x)))
        x = self.tail(self.upsample[branch](x + self.body(x)))
        return self.add_mean(x) / 255
