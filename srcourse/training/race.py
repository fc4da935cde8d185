"""Training small enough to be watched step by step."""

import torch
from torch import Tensor

from srcourse.models.residual import DepthNet


class Runner:
    """Trains a network on one table of points, always all of them, with Adam.

    inputs (N, n), targets (N, 1). After each look, `losses` ends with the mean squared error at the
    present weights, `output` is what the network makes of the inputs, and the gradients are ready.
    """

    def __init__(self, net: DepthNet, inputs: Tensor, targets: Tensor, rate: float = 0.003):
        self.net, self.inputs, self.targets = net, inputs, targets
        self.optimizer = torch.optim.Adam(net.parameters(), rate, foreach=True)
        self.losses: list[float] = []
        self.look()

    def look(self) -> None:
        self.output = self.net(self.inputs)
        loss = (self.output - self.targets).square().mean()
        self.net.zero_grad()
        loss.backward()
        self.losses.append(loss.item())

    def run(self, steps: int) -> "Runner":
        for _ in range(steps):
            self.optimizer.step()
            self.look()
        return self

    def gradients(self) -> list[float]:
        """The size (Euclidean norm) of each layer's gradient, from the first to the last."""
        weights = [layer.weight for layer in self.net.layers()]
        return [0.0 if w.grad is None else w.grad.norm().item() for w in weights]
