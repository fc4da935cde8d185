"""Judges of lesson 08, SRCNN."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from srcourse.classroom.exercises import Wrong, exercise


@exercise("08-parameters", "Count the parameters")
def srcnn_parameters(answer: Any) -> None:
    for f1, f2, f3, n1, n2 in ((9, 5, 5, 64, 32), (9, 1, 5, 64, 32), (7, 3, 5, 20, 10)):
        got = answer(f1, f2, f3, n1, n2)
        call = f"srcnn_parameters({f1}, {f2}, {f3}, {n1}, {n2})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Count the three layers, and add them up.")
        got = float(got)
        weights = f1**2 * n1 + f2**2 * n1 * n2 + f3**2 * n2
        right = weights + n1 + n2 + 1
        if got == right:
            continue
        hints: dict[float, str] = {
            weights: "The biases are missing, one for each output channel.",
            weights + n1 + n2: "The last layer has a bias too: one, as it has one channel.",
            weights + 3: "A bias belongs to each output channel, not to each layer.",
            f1**2 * n1 + f2**2 * n2 + f3**2 + n1 + n2 + 1: "A kernel reaches through all channels "
            "that come in: the second layer has n1 · n2 of them, the third n2.",
            f1 * n1 + f2 * n1 * n2 + f3 * n2 + n1 + n2 + 1: "A kernel of side f has f · f numbers.",
            3 * f1**2 * n1 + f2**2 * n1 * n2 + 3 * f3**2 * n2 + n1 + n2 + 3: "That is for three "
            "colour channels. SRCNN takes luma, one channel, and gives luma.",
            f1**2 * n1 + f2**2 * n2 * n2 + f3**2 * n2 + n1 + n2 + 1: "The second layer takes n1 "
            "channels in, and gives n2.",
        }
        raise Wrong(f"{call} gave {got:,.0f}. {hints.get(got, f'By hand it is {right:,}.')}")


@exercise("08-forward", "The three equations")
def three_equations(answer: Any) -> None:
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    y = normal(1, 1, 14, 16)
    weights = [normal(4, 1, 5, 5), normal(3, 4, 1, 1), normal(1, 3, 3, 3)]
    biases = [normal(4), normal(3), normal(1)]
    got = answer(y.clone(), [w.clone() for w in weights], [b.clone() for b in biases])
    if got is None:
        raise Wrong("It returned nothing. Return the third line's result.")
    got = torch.as_tensor(got).float()

    def forward(relus: str = "110", biased: bool = True, padded: bool = False) -> Tensor:
        x = y
        for weight, bias, relu in zip(weights, biases, relus, strict=True):
            pad = weight.shape[-1] // 2 if padded else 0
            x = F.conv2d(x, weight, bias if biased else None, padding=pad)
            x = torch.relu(x) if relu == "1" else x
        return x

    right = forward()
    if got.shape == forward(padded=True).shape:
        raise Wrong("The result is as large as y. Leave the padding out: the picture shrinks.")
    if got.shape != right.shape:
        raise Wrong(
            f"y of {_told(y)} through kernels of 5, 1 and 3 gave {_told(got)}; without padding it "
            f"is {_told(right)}."
        )
    if torch.allclose(got, right, atol=1e-4):
        return
    mistakes = {
        "The last line has no max: a picture's correction may go down as well as up.": "111",
        "There is no ReLU. Without it the three layers are one convolution.": "000",
        "The ReLU after the first layer is missing.": "010",
        "The ReLU after the second layer is missing.": "100",
    }
    for hint, relus in mistakes.items():
        if torch.allclose(got, forward(relus), atol=1e-4):
            raise Wrong(hint)
    if torch.allclose(got, forward(biased=False), atol=1e-4):
        raise Wrong("The biases are missing: F.conv2d takes them as its third argument.")
    raise Wrong(
        f"The first number came out as {got.flatten()[0]:.4f}; it is {right.flatten()[0]:.4f}."
    )


@exercise("08-receptive-field", "How far a network sees")
def receptive_field(answer: Any) -> None:
    for sides in ([9, 5, 5], [9, 1, 5], [3], [3, 3, 3, 3], [1, 1]):
        got = answer(list(sides))
        call = f"receptive_field({sides})"
        if got is None:
            raise Wrong(f"{call} returned nothing. What does a layer of side k add?")
        got = float(got)
        right = 1 + sum(k - 1 for k in sides)
        if np.isclose(got, right):
            continue
        hints: dict[float, str] = {
            sum(sides): "The layers' windows overlap in the pixel they are centred on. Each adds "
            "k − 1.",
            right - 1: "A pixel sees itself, before any layer: begin with 1.",
            (right - 1) / 2: "That is how far it sees to one side. How wide is it in all?",
            max(sides): "The largest kernel alone is not enough: a later layer reads what the one "
            "before it has read.",
            int(np.prod(sides)): "Without strides the windows do not multiply. Each layer adds "
            "k − 1.",
            right**2: "That is the number of pixels in it. Give its width.",
        }
        raise Wrong(
            f"{call} gave {got:g}. {hints.get(got, f'Layer by layer, it grows to {right}.')}"
        )


def _told(tensor: Tensor) -> str:
    return " × ".join(map(str, tensor.shape))
