"""Plain and residual networks of any depth: He, Zhang, Ren and Sun 2015, "Deep Residual Learning
for Image Recognition", https://arxiv.org/abs/1512.03385, figure 2 and equation 1.

The paper's blocks are made of convolutions; these are made of dense layers, and small enough to be
trained while one watches. They take a table of numbers (N, inputs) and return (N, 1).
"""

import torch
from torch import Tensor, nn

HE = 2**0.5  # He et al. 2015, arXiv:1502.01852: the gain that keeps a ReLU layer's signal level


class Block(nn.Module):
    """F is layer – norm – ReLU – layer – norm; H(x) = ReLU(F(x) + x), or plain, H(x) = ReLU(F(x)).

    The norm is batch normalisation, always with the statistics of the batch at hand.
    """

    def __init__(self, width: int, shortcut: bool, norm: bool):
        super().__init__()

        def layer() -> list[nn.Module]:
            if norm:  # which has a bias of its own
                normalise = nn.BatchNorm1d(width, track_running_stats=False)
                return [nn.Linear(width, width, bias=False), normalise]
            return [nn.Linear(width, width)]

        self.branch = nn.Sequential(*layer(), nn.ReLU(), *layer())
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        f = self.branch(x)
        return torch.relu(f + x if self.shortcut else f)


class DepthNet(nn.Sequential):
    """A first layer, blocks of two layers each, a last layer: `depth` layers of weights in all.

    A plain and a residual network of one seed start with the same weights: normal, their standard
    deviation gain/√(numbers in). All biases start at zero.

    Raises ValueError for a depth that is odd or below 4.
    """

    def __init__(
        self,
        depth: int,
        shortcut: bool = True,
        norm: bool = True,
        gain: float = HE,
        seed: int = 0,
        inputs: int = 18,
        width: int = 24,
    ):
        if depth < 4 or depth % 2:
            raise ValueError(f"depth is {depth}; accepted: an even number from 4, as blocks have 2")
        blocks = [Block(width, shortcut, norm) for _ in range(depth // 2 - 1)]
        super().__init__(nn.Linear(inputs, width), nn.ReLU(), *blocks, nn.Linear(width, 1))
        random = torch.Generator().manual_seed(seed)
        for layer in self.layers():
            nn.init.normal_(layer.weight, 0, gain / layer.in_features**0.5, random)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def layers(self) -> list[nn.Linear]:
        """The layers of weights, from the first to the last."""
        return [module for module in self.modules() if isinstance(module, nn.Linear)]

    def blocks(self) -> list[Block]:
        return [module for module in self if isinstance(module, Block)]
