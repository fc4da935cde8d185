"""SOAP: Vyas, Morwani and others 2024, "SOAP: Improving and Stabilizing Shampoo using Adam",
https://arxiv.org/abs/2409.11321, algorithm 3.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

LARGEST = 256  # an axis longer than this keeps its own coordinates
EVERY = 10
_EPS = 1e-8  # as Adam's


class SOAP(torch.optim.Optimizer):
    """Adam, in coordinates where the gradient's parts are least alike.

    Adam gives each weight a step size of its own, which helps little where the loss is steep along
    a mixture of weights: the pixels of a kernel, which neighbouring pixels of a picture move
    together. SOAP keeps, for each axis of a weight (the outputs, the inputs, the pixels of the
    kernel), the running mean of the gradient's products with itself, and takes Adam's step in the
    eigenvectors of these matrices. Vectors, such as biases, are Adam's as they are.

    params: as for any torch optimiser. lr: how far a step goes, as Adam's. beta: how much of the
    running means stays. Every `EVERY` steps it looks for the eigenvectors again, by one iteration
    of the power method and a QR decomposition.
    """

    def __init__(self, params: Iterable[Any], lr: float, beta: float = 0.95):
        super().__init__(params, {"lr": lr})
        self.beta = beta

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move each parameter that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    grad = parameter.grad
                    if grad.dim() > 2:
                        grad = grad.flatten(2)  # a kernel's pixels are one axis
                    move = self._move(grad, self.state[parameter])
                    parameter.sub_(move.reshape(parameter.shape), alpha=group["lr"])

    # The eigenvectors are kept contiguous, as they come from a checkpoint: the layout decides how
    # sums are rounded.
    def _move(self, grad: Tensor, state: dict[str, Tensor]) -> Tensor:
        """Adam's step in the eigenvectors, turned back; brings `state` up to date."""
        axes = [i for i, n in enumerate(grad.shape) if 1 < n <= LARGEST and grad.dim() > 1]
        if not state:
            state["step"] = torch.tensor(0.0)
            state["mean"], state["square"] = torch.zeros_like(grad), torch.zeros_like(grad)
            for axis in axes:
                products = state[f"products_{axis}"] = _products(grad, axis)
                state[f"basis_{axis}"] = torch.linalg.eigh(products)[1].contiguous()
        state["step"] += 1
        state["mean"].lerp_(grad, 1 - self.beta)
        state["square"].lerp_(_turned(grad, state).square(), 1 - self.beta)
        young = 1 - self.beta ** state["step"].item()  # as in Adam: both means began at zero
        mean = _turned(state["mean"], state) / young
        move = mean / ((state["square"] / young).sqrt() + _EPS)
        move = _turned(move, state, back=True)

        for axis in axes:
            state[f"products_{axis}"].lerp_(_products(grad, axis), 1 - self.beta)
            if state["step"] % EVERY == 0:
                _look_again(state, axis)
        return move


def _products(grad: Tensor, axis: int) -> Tensor:
    """The gradient's slices along `axis`, each multiplied with each."""
    rows = grad.movedim(axis, 0).flatten(1)
    return rows @ rows.T


def _turned(x: Tensor, state: dict[str, Tensor], back: bool = False) -> Tensor:
    """`x` in the eigenvectors of each axis, or from there back."""
    for axis in range(x.dim()):  # each comes first in its turn, and goes to the end
        basis = state.get(f"basis_{axis}")
        if basis is None:
            x = x.movedim(0, -1)
        else:
            x = torch.tensordot(x, basis.T if back else basis, dims=([0], [0]))
    return x


def _look_again(state: dict[str, Tensor], axis: int) -> None:
    """One iteration of the power method, from the eigenvectors so far, the largest first."""
    products, basis = state[f"products_{axis}"], state[f"basis_{axis}"]
    order = (basis * (products @ basis)).sum(0).argsort(descending=True)
    # The squares' mean is of the old vectors; the new are close to them, in the new order.
    state["square"] = state["square"].index_select(axis, order)
    state[f"basis_{axis}"] = torch.linalg.qr(products @ basis[:, order])[0].contiguous()
