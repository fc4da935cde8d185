"""Judges of lesson 04, pooling and classification."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.layers import dense_parameters, pool2d_loops, softmax


@exercise("04-max-pool", "Max pooling in loops")
def max_pool(answer: Any) -> None:
    image = np.array(
        [
            [3.0, 1.0, 4.0, 1.0, 5.0, 9.0],
            [2.0, 6.0, 5.0, 3.0, 5.0, 8.0],
            [9.0, 7.0, 9.0, 3.0, 2.0, 3.0],
            [8.0, 4.0, 6.0, 2.0, 6.0, 4.0],
            [3.0, 3.0, 8.0, 3.0, 2.0, 7.0],
        ]
    )
    for pixels, size, stride in ((image, 2, 2), (image, 3, 1), (image, 2, 3), (-image, 2, 2)):
        call = f"A {len(pixels)}×{pixels.shape[1]} map, window {size}, stride {stride}:"
        before = pixels.copy()
        got = answer(pixels, size, stride)
        if got is None:
            raise Wrong("It returned nothing. Start from an output of zeros and fill it in.")
        if not np.array_equal(pixels, before):
            raise Wrong("It changed the map that it was given. Write into a new array.")
        got, right = np.asarray(got, dtype=float), pool2d_loops(pixels, size, stride)
        if got.shape != right.shape:
            if got.shape == tuple(-(-(n - size) // stride) + 1 for n in pixels.shape):
                raise Wrong(f"{call} shape {got.shape}. Leave out the windows that stick out.")
            if got.shape == pool2d_loops(pixels, size).shape:
                raise Wrong(f"{call} shape {got.shape}. That steps by the window, not the stride.")
            raise Wrong(
                f"{call} shape {got.shape}; it should be {right.shape}, (n − k) // s + 1 a side."
            )
        if np.allclose(got, right):
            continue
        rows, cols = right.shape
        if np.allclose(got, pool2d_loops(pixels, size, stride, "average")):
            raise Wrong("These are the windows' averages. Keep the largest number.")
        if np.allclose(got, -pool2d_loops(-pixels, size, stride)):
            raise Wrong("These are the windows' smallest numbers. Keep the largest.")
        if np.allclose(got, pool2d_loops(pixels, size, 1)[:rows, :cols]):
            raise Wrong(
                f"{call} the windows move on by one pixel. Window (r, c) starts at row "
                "r · stride, column c · stride."
            )
        if np.allclose(got, np.maximum(right, 0)):
            raise Wrong(
                "Of negative numbers only, it gives 0. Compare with the window's own numbers, not "
                "with a 0 that the window does not hold."
            )
        raise Wrong(
            f"{call} the upper left number came out as {got[0, 0]:g}; by hand it is "
            f"{right[0, 0]:g}, and the lower right one {right[-1, -1]:g}."
        )


@exercise("04-flat-dense", "What flattening costs")
def flat_dense(answer: Any) -> None:
    for side, channels, poolings, outputs in ((32, 64, 2, 10), (32, 8, 0, 4), (30, 16, 2, 5)):
        call = f"flat_dense_parameters({side}, {channels}, {poolings}, {outputs})"
        got = answer(side, channels, poolings, outputs)
        if got is None:
            raise Wrong(f"{call} returned nothing. How many numbers are there after flattening?")
        if not isinstance(got, int | float | np.number):
            raise Wrong(f"{call} gave {got!r}; it should be a whole number.")
        left = side // 2**poolings
        inputs = channels * left**2
        right = dense_parameters(inputs, outputs)
        if got == right:
            continue
        exact = channels * (side / 2**poolings) ** 2
        hints = {
            inputs * outputs: "One bias per output is missing.",
            inputs * outputs + 1: "There is one bias per output, not one in all.",
            (inputs + outputs): "Every output has a weight for every input: multiply.",
            dense_parameters(channels * side**2, outputs): "Each pooling halves both sides.",
            dense_parameters(channels * left, outputs): "A map has two sides: square it.",
            dense_parameters(left**2, outputs): "Flattening takes the numbers of all channels.",
            dense_parameters(channels * side**2 // 2**poolings, outputs): (
                "A 2 × 2 pooling keeps one number in four, not one in two."
            ),
            (exact + 1) * outputs: "A half row is left out: round down with //.",
        }
        hint = hints.get(got, f"{inputs:,} numbers come in after flattening.")
        raise Wrong(f"{call} gave {got:,}. {hint}")


@exercise("04-softmax", "A softmax that does not overflow")
def my_softmax(answer: Any) -> None:
    scores = np.array([2.0, 1.0, -1.0])
    with np.errstate(all="ignore"):
        got = answer(scores.copy())
        if got is None:
            raise Wrong(
                "It returned nothing. Take e to the power of each score, and divide by their sum."
            )
        got, right = np.asarray(got, dtype=float), softmax(scores)
        if got.shape != right.shape:
            raise Wrong(f"Three scores gave shape {got.shape}; there should be three shares.")
        if np.allclose(got, scores / scores.sum()):
            raise Wrong("Take the exponential first: scores may be negative, shares may not.")
        if np.allclose(got / got.sum(), right) and not np.allclose(got.sum(), 1):
            raise Wrong(f"The shares sum to {got.sum():.3f}, not to 1. Divide by their sum.")
        if np.allclose(got, np.log(right)):
            raise Wrong("This is the logarithm of softmax. Leave the logarithm out.")
        if not np.allclose(got, right):
            shown = ", ".join(f"{x:.3f}" for x in right)
            raise Wrong(f"Of 2, 1 and −1 it makes {got.round(3).tolist()}; by hand: {shown}.")
        for large in (
            [1000.0, 1001.0, 1002.0],
            [-1000.0, -1001.0, -1002.0],
            [2000.0, 0.0, -2000.0],
        ):
            got = np.asarray(answer(np.array(large)), dtype=float)
            if not np.isfinite(got).all():
                raise Wrong(
                    f"Of {large} it makes {got.tolist()}: the exponential overflows, or all "
                    "are 0. Take the largest score from all of them first."
                )
            if not np.allclose(got, softmax(large)):
                raise Wrong(f"Of {large} it makes {got.round(3).tolist()}.")
