"""Judges of lesson 12, EDSR."""

from typing import Any

import numpy as np
import torch

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.models.cost import parameters
from srcourse.models.edsr import EDSR


@exercise("12-block", "EDSR's block")
def block(answer: Any) -> None:
    torch.manual_seed(1)
    x = torch.randn(1, 4, 5, 5)

    def conv1(x: torch.Tensor) -> torch.Tensor:
        return 2 * x + 0.3

    def conv2(x: torch.Tensor) -> torch.Tensor:
        return 0.7 - 0.5 * x

    inner = conv2(torch.relu(conv1(x)))
    got = answer(x.clone(), conv1, conv2, 0.1)
    if got is None:
        raise Wrong("It returned nothing. Compute the branch, scale it, and add the input.")
    if not torch.is_tensor(got) or got.shape != x.shape:
        raise Wrong("It should return maps of the input's shape.")
    got = got.float()
    mistakes = {
        "The sum is missing: add `x` to the branch.": 0.1 * inner,
        "The branch is not scaled: multiply it by `res_scale`.": x + inner,
        "The sum is scaled too. Only the branch is.": 0.1 * (x + inner),
        "That scales the input, and leaves the branch as it is.": 0.1 * x + inner,
        "There is a ReLU after the sum. EDSR has none there.": torch.relu(x + 0.1 * inner),
        "The ReLU between the convolutions is missing.": x + 0.1 * conv2(conv1(x)),
        "The ReLU stands after the second convolution; it belongs between the two.": x
        + 0.1 * torch.relu(conv2(conv1(x))),
        "A second ReLU stands after the second convolution.": x + 0.1 * torch.relu(inner),
        "The convolutions are exchanged.": x + 0.1 * conv1(torch.relu(conv2(x))),
    }
    if torch.allclose(got, x + 0.1 * inner, atol=1e-5):
        if not torch.allclose(answer(x.clone(), conv1, conv2, 1.0).float(), x + inner, atol=1e-5):
            raise Wrong("With a factor of 1 it is wrong: use `res_scale`, not 0.1.")
        return
    for hint, wrong in mistakes.items():
        if torch.allclose(got, wrong, atol=1e-5):
            raise Wrong(hint)
    raise Wrong("Not yet: the input, plus `res_scale` times conv – ReLU – conv of it.")


@exercise("12-pixel-shuffle", "PixelShuffle")
def pixel_shuffle(answer: Any) -> None:
    for s, shape in ((2, (8, 2, 3)), (3, (18, 2, 5))):
        maps = np.arange(np.prod(shape), dtype=float).reshape(shape)
        right = torch.pixel_shuffle(torch.tensor(maps)[None], s)[0].numpy()
        got = answer(maps.copy(), s)
        if got is None:
            raise Wrong("It returned nothing. reshape, transpose and reshape again will do.")
        got = np.asarray(got)
        if got.shape != right.shape:
            raise Wrong(f"{shape} should give {right.shape}; this is {got.shape}.")
        if np.array_equal(got, right):
            continue
        channels, height, width = right.shape[0], shape[1], shape[2]
        squares = maps.reshape(channels, s, s, height, width)
        if np.array_equal(got, squares.transpose(0, 3, 2, 4, 1).reshape(right.shape)):
            raise Wrong("Rows and columns of the little squares are exchanged: i is the row.")
        if np.array_equal(got, squares.transpose(0, 1, 3, 2, 4).reshape(right.shape)):
            raise Wrong("Each channel came out as a block of its own; they should interleave.")
        if np.array_equal(got, maps.reshape(right.shape)):
            raise Wrong("A reshape alone does not move the numbers to their places.")
        swapped = maps.reshape(s, s, channels, height, width).transpose(2, 3, 0, 4, 1)
        if np.array_equal(got, swapped.reshape(right.shape)):
            raise Wrong("The s · s channels of one output channel lie next to each other.")
        raise Wrong(f"For s = {s} the numbers are there, but not all in their places.")


@exercise("12-parameters", "EDSR's size")
def edsr_parameters(answer: Any) -> None:
    for blocks, features, scale in ((2, 8, 2), (3, 8, 3), (16, 64, 2)):
        right = parameters(EDSR(scale, blocks, features))
        got = answer(blocks, features, scale)
        if got is None:
            raise Wrong("It returned nothing. Add up the convolutions, from head to tail.")
        if got == right:
            continue
        f = features
        square = 9 * f * f + f
        biases = (2 * blocks + 2) * f + scale**2 * f + 3
        mistakes = {
            right - biases: "The biases are missing: one for each output channel.",
            right - square: "The convolution after the last block is missing.",
            right - blocks * square: "Each block has two convolutions.",
            right
            - (9 * f * scale**2 * f + scale**2 * f): "The layer before PixelShuffle is missing.",
            right - (27 * f + f): "The head, from 3 channels, is missing.",
            right - (27 * f + 3): "The tail, to 3 channels, is missing.",
        }
        hint = mistakes.get(got, f"It gives {got}; the network has {right}.")
        raise Wrong(f"For {blocks} blocks of {features} channels at ×{scale}: {hint}")
