"""Judges of lesson 05, residual networks."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.layers import conv_parameters, relu


@exercise("05-residual-block", "The residual block")
def residual_block(answer: Any) -> None:
    random = np.random.default_rng(0)
    x, w1, w2 = random.normal(size=(6, 4)), *random.normal(size=(2, 4, 4))
    before = x.copy()
    got = answer(x, w1, w2)
    if got is None:
        raise Wrong("It returned nothing. Compute F(x) first: a layer, a ReLU, a layer.")
    if not np.array_equal(x, before):
        raise Wrong("It changed the x that it was given. Write x + f, not x += f.")
    got = np.asarray(got, dtype=float)
    f = relu(x @ w1) @ w2
    if got.shape != f.shape:
        raise Wrong(f"x of shape {x.shape} gave shape {got.shape}; F(x) + x has the shape of x.")
    mistakes = {
        "It stops at F(x). Add the input.": f,
        "This is the plain block. Add x before the last ReLU.": relu(f),
        "The activation is the branch's last step here, so that the block can only add. Put it "
        "after the sum.": relu(f) + x,
        "The ReLU after the sum is missing.": f + x,
        "There is no ReLU between the two layers: together they are one matrix.": relu(
            x @ w1 @ w2 + x
        ),
        "Only one layer is in the branch; w2 is not used.": relu(relu(x @ w1) + x),
        "w1 and w2 are exchanged.": relu(relu(x @ w2) @ w1 + x),
        "x @ w means rows of x times columns of w; you used w turned over.": relu(
            relu(x @ w1.T) @ w2.T + x
        ),
    }
    if np.allclose(got, relu(f + x), atol=1e-5):
        return
    for hint, wrong in mistakes.items():
        if np.allclose(got, wrong, atol=1e-5):
            raise Wrong(hint)
    raise Wrong(f"The first number came out as {got[0, 0]:.4f}; it is {relu(f + x)[0, 0]:.4f}.")


@exercise("05-stack-slope", "The slope of a stack")
def stack_slope(answer: Any) -> None:
    for slopes in ([0.5], [0.5, -0.2, 0.1], [], [-1.0, 0.3]):
        got = answer(list(slopes))
        call = f"stack_slope({slopes})"
        if got is None:
            raise Wrong(f"{call} returned nothing. The chain rule multiplies one slope per block.")
        got = float(got)
        s = np.array(slopes)
        right = float(np.prod(1 + s))
        if np.isclose(got, right, atol=1e-6):
            continue
        if not slopes:
            raise Wrong(f"{call} gave {got:g}. No block at all hands its input on: slope 1.")
        mistakes = {
            "That is the slope of plain blocks. Each residual block has dF/dx + 1.": np.prod(s),
            "One 1 for the whole stack is not enough: each block has its own shortcut.": 1
            + np.prod(s),
            "The chain rule multiplies the blocks' slopes; it does not add them.": np.sum(1 + s),
            "You added up the slopes. The chain rule multiplies 1 + dF/dx over the blocks.": 1
            + np.sum(s),
        }
        for hint, wrong in mistakes.items():
            if np.isclose(got, wrong, atol=1e-6):
                raise Wrong(f"{call} gave {got:g}. {hint}")
        raise Wrong(f"{call} gave {got:g}; block by block, the slopes multiply to {right:g}.")


@exercise("05-zero-padded", "The zero-padded shortcut")
def zero_padded(answer: Any) -> None:
    for shape, channels, stride in (((2, 4, 6), 5, 2), ((3, 5, 7), 4, 3), ((2, 3, 3), 4, 1)):
        x = np.random.default_rng(0).normal(size=shape)
        call = f"zero_padded(x of shape {shape}, {channels}, {stride})"
        got = answer(x.copy(), channels, stride)
        if got is None:
            raise Wrong(f"{call} returned nothing. Thin out rows and columns first.")
        got = np.asarray(got, dtype=float)
        kept = x[:, ::stride, ::stride]
        right = np.concatenate([kept, np.zeros((channels - len(kept), *kept.shape[1:]))])
        if got.shape == right.shape and np.allclose(got, right, atol=1e-6):
            continue
        said = f"{call} gave shape {got.shape}"
        if got.shape == kept.shape and np.allclose(got, kept, atol=1e-6):
            raise Wrong(f"{said}: the channels of zeros are missing.")
        if got.shape == (len(kept) + channels, *kept.shape[1:]):
            raise Wrong(
                f"{said}. `channels` is how many there are at the end, not how many to add."
            )
        if got.shape == (channels, *shape[1:]):
            raise Wrong(f"{said}: it still has every pixel. Take every {stride}-th.")
        if got.shape != right.shape:
            raise Wrong(f"{said}; it should be {right.shape}.")
        if np.allclose(got, np.roll(right, channels - len(kept), axis=0), atol=1e-6):
            raise Wrong(f"{call} has its zeros in front. Put them behind the channels of x.")
        if not np.allclose(got[len(kept) :], 0, atol=1e-6):
            raise Wrong(f"{call}: the new channels should hold zeros only.")
        raise Wrong(
            f"{call}: the first {len(kept)} channels should be x[:, ::{stride}, ::{stride}]."
        )


@exercise("05-projection-weights", "What projections cost")
def projection_weights(answer: Any) -> None:
    steps = [(64, 128), (128, 256), (256, 512)]

    def total(kernel: int = 1, bias: bool = False) -> int:
        return sum(conv_parameters(a, b, kernel, bias) for a, b in steps)

    got = float(answer)
    hints = {
        0: "Replace the 0: a 1 × 1 layer has a weight per pair of an input and an output channel.",
        total(bias=True): "That counts a bias for each output channel; these have none.",
        total(3): "That is what 3 × 3 layers would have: nine times as many.",
        total(3, bias=True): "That is what 3 × 3 layers with biases would have.",
        64 * 128: "That is the first of the three.",
        64 * 512: "That is one step from 64 to 512. There are three steps; add them up.",
        sum(a + b for a, b in steps): "Each output channel sees every input channel: multiply.",
        sum(
            a * a for a, _ in steps
        ): "A projection doubles the channels: from a to 2a, not a to a.",
    }
    if got == total():
        return
    raise Wrong(
        hints.get(
            int(got),
            f"You said {got:g}. Multiply channels in by channels out, for "
            "each of the three, and add up.",
        )
    )
