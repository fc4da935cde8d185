"""Judges of lesson 10, BTSRN."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.layers import conv_parameters


@exercise("10-way-up", "The way up")
def way_up(answer: Any) -> None:
    for channels, rows, cols, scale in ((2, 3, 4, 2), (3, 2, 5, 3)):
        random = np.random.default_rng(scale)
        x = random.normal(size=(channels, rows, cols))
        weight = random.normal(size=(channels, channels, scale, scale))
        before = x.copy()
        call = f"way_up(x of shape {x.shape}, weight, {scale})"
        got = answer(x, weight, scale)
        if got is None:
            raise Wrong(f"{call} returned nothing. Begin with nearest: repeat rows and columns.")
        if not np.array_equal(x, before):
            raise Wrong("It changed the x that it was given. Write into a new array.")
        got = np.asarray(got, dtype=float)
        nearest, deconv = _nearest(x, scale), _deconvolved(x, weight, scale)
        right = nearest + deconv
        if got.shape != right.shape:
            raise Wrong(
                f"{call} gave shape {got.shape}. Rows and columns grow by the scale, and the "
                f"channels stay: {right.shape}."
            )
        if np.allclose(got, right, atol=1e-4):
            continue
        tiled = np.tile(x, (1, scale, scale))
        mistakes = (
            ("That is nearest alone. Add what the deconvolution gives.", nearest),
            ("That is the deconvolution alone. Add nearest: x, repeated.", deconv),
            (
                "The whole picture is laid out anew for each place. Each pixel becomes a square: "
                "repeat it along both axes, do not tile.",
                tiled + deconv,
            ),
            (
                "Channels in and out are exchanged: the first axis of weight goes with x.",
                nearest + _deconvolved(x, weight.swapaxes(0, 1), scale),
            ),
            (
                "Rows and columns of the kernel are exchanged: weight[:, :, i, j] belongs to row "
                "scale·r + i and column scale·c + j.",
                nearest + _deconvolved(x, weight.swapaxes(2, 3), scale),
            ),
            (
                "The kernel is turned by 180°: a deconvolution lays it down as it is.",
                nearest + _deconvolved(x, weight[:, :, ::-1, ::-1], scale),
            ),
        )
        for hint, wrong in mistakes:
            if np.allclose(got, wrong, atol=1e-4):
                raise Wrong(f"{call}: {hint}")
        raise Wrong(
            f"{call}: the first number came out as {got[0, 0, 0]:.4f}; it is "
            f"{right[0, 0, 0]:.4f}, x[0, 0, 0] + Σ weight[:, 0, 0, 0] · x[:, 0, 0]."
        )


def _nearest(x: np.ndarray, scale: int) -> np.ndarray:
    return x.repeat(scale, axis=1).repeat(scale, axis=2)


def _deconvolved(x: np.ndarray, weight: np.ndarray, scale: int) -> np.ndarray:
    y = np.zeros_like(_nearest(x, scale))
    for i in range(scale):
        for j in range(scale):
            y[:, i::scale, j::scale] = np.einsum("io,irc->orc", weight[:, :, i, j], x)
    return y


@exercise("10-blocks-cost", "What the blocks cost")
def blocks_cost(answer: Any) -> None:
    weights = conv_parameters(128, 64, 1, bias=False) + conv_parameters(64, 128, 3, bias=False)
    with_biases = conv_parameters(128, 64, 1) + conv_parameters(64, 128, 3)
    for lr, hr, scale in ((7, 3, 2), (6, 4, 3), (0, 1, 2), (5, 0, 4)):
        call = f"blocks_cost({lr}, {hr}, {scale})"
        got = answer(lr, hr, scale)
        if got is None:
            raise Wrong(
                f"{call} returned nothing. How many weights has one block, and how often is each "
                "used for one pixel of the result?"
            )
        got = float(got)
        visits = lr / scale**2 + hr
        if np.isclose(got, weights * visits, rtol=1e-6):
            continue
        mistakes = (
            ("Each stage counts alike: that is parameters. An LR map has fewer pixels.", lr + hr),
            ("A map at scale 2 has 2 × 2 times fewer pixels: divide by scale².", lr / scale + hr),
            ("It is the LR stage that has fewer pixels, not the HR stage.", lr + hr / scale**2),
            (
                "That is per pixel of the LR picture. Per pixel of the result it is scale² times "
                "less.",
                lr + hr * scale**2,
            ),
            ("Only the blocks of the HR stage are in it.", hr),
            ("Only the blocks of the LR stage are in it.", lr / scale**2),
        )
        for hint, wrong in mistakes:
            if np.isclose(got, weights * wrong, rtol=1e-6):
                raise Wrong(f"{call} gave {got:,.6g}. {hint}")
        if not visits or not got:
            raise Wrong(f"{call} gave {got:,.6g}; it is {weights * visits:,.6g}.")
        per_block = got / visits
        blocks = {
            with_biases: "Biases are added, not multiplied: leave them out.",
            conv_parameters(64, 128, 3, bias=False): "The 1 × 1 projection is missing.",
            conv_parameters(128, 64, 1, bias=False): "The 3 × 3 convolution is missing.",
            2 * conv_parameters(128, 64, 1, bias=False): "The second kernel has 3 · 3 places, not "
            "one.",
            128 * 64 + 64 * 128 * 3: "A kernel of 3 × 3 has 9 places, not 3.",
            128 * 64 + 128 * 128 * 9: "The 3 × 3 convolution gets the 64 channels that the "
            "projection made, not 128.",
            2 * conv_parameters(128, 128, 3, bias=False): "That is for two 3 × 3 convolutions; one "
            "of them is a 1 × 1.",
            2 * weights: "Counted twice: one multiply-add is a multiplication with its addition.",
        }
        for count, hint in blocks.items():
            if np.isclose(per_block, count, rtol=1e-6):
                raise Wrong(f"{call} gave {got:,.6g}. {hint}")
        raise Wrong(
            f"{call} gave {got:,.6g}; it is {weights * visits:,.6g}. One block has {weights:,} "
            "weights."
        )


@exercise("10-standard-errors", "Standard errors")
def standard_errors(answer: Any) -> None:
    cases = (
        ([34.10, 34.16, 34.13], [34.20, 34.18, 34.28]),
        ([34.2, 34.1], [34.06, 34.12, 34.02, 34.08]),
    )
    for first, second in cases:
        a, b = np.array(first), np.array(second)
        call = f"standard_errors({first}, {second})"
        got = answer(list(first), list(second))
        if got is None:
            raise Wrong(f"{call} returned nothing. Begin with the difference of the two means.")
        got = float(got)
        difference, right = b.mean() - a.mean(), _in_errors(a, b)
        if np.isclose(got, right, rtol=1e-4):
            continue
        variances = [part.var(ddof=1) for part in (a, b)]
        errors = [v / len(part) for v, part in zip(variances, (a, b), strict=True)]
        mistakes = (
            ("The sign is turned: positive where b is better.", -right),
            (
                "NumPy divides by n unless it is told: use ddof=1, as the mean was taken from the "
                "same few values.",
                difference / np.sqrt(a.var() / len(a) + b.var() / len(b)),
            ),
            ("The square root is missing below the line.", difference / sum(errors)),
            (
                "That measures in the spread of single trainings. A mean of n is n times as sure: "
                "divide each variance by its n.",
                difference / np.sqrt(sum(variances)),
            ),
            (
                "Errors of two means add up as squares: the root comes after the sum.",
                difference / sum(np.sqrt(errors)),
            ),
            ("That is the difference itself. Divide it by its standard error.", difference),
            ("That is the standard error. Divide the difference by it.", np.sqrt(sum(errors))),
            (
                "The variance is the square of the standard deviation.",
                difference
                / np.sqrt(sum(np.sqrt(v) / len(p) for v, p in zip(variances, (a, b), strict=True))),
            ),
        )
        for hint, wrong in mistakes:
            if np.isclose(got, wrong, rtol=1e-4):
                raise Wrong(f"{call} gave {got:.3g}. {hint}")
        raise Wrong(
            f"{call} gave {got:.3g}. The means differ by {difference:.3g}, the standard error is "
            f"{difference / right:.3g}."
        )


def _in_errors(a: np.ndarray, b: np.ndarray) -> float:
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return float((b.mean() - a.mean()) / error)
