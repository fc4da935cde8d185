"""Judges of lesson 09, FSRCNN."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise


@exercise("09-weights", "Count the weights")
def fsrcnn_weights(answer: Any) -> None:
    for d, s, m in ((56, 12, 4), (48, 16, 2), (32, 5, 1)):
        got = answer(d, s, m)
        call = f"fsrcnn_weights({d}, {s}, {m})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Count the five parts, and add them up.")
        got = float(got)
        ends, maps = 25 * d + 81 * d, 9 * s * s
        right = ends + 2 * d * s + m * maps
        if got == right:
            continue
        hints: dict[float, str] = {
            ends + 2 * d * s + maps: "Mapping is m layers, not one.",
            ends + d * s + m * maps: "Shrinking and expanding both have d · s weights.",
            ends
            + 2 * d * s
            + m * 9 * s: "Each of the s filters of a mapping layer reaches through all s channels.",
            ends + 2 * d * s + m * 9 * d * d: "That maps at d channels. Shrinking has left s.",
            ends + 2 * d * s + m * s * s: "The mapping layers are 3 × 3.",
            25 * d + 2 * d * s + m * maps: "The deconvolution is missing: 9 × 9, from d channels.",
            81 * d
            + 2 * d * s
            + m * maps: "The feature extraction is missing: 5 × 5, to d channels.",
            2 * 25 * d + 2 * d * s + m * maps: "The deconvolution is 9 × 9, not 5 × 5.",
            right + 2 * d + s * (m + 1) + 1: "Leave the biases out: weights only.",
            right
            + 4 * d
            + 2 * s * (m + 1)
            + 1: "Leave the biases and the slopes out: weights only.",
        }
        raise Wrong(f"{call} gave {got:,.0f}. {hints.get(got, f'By hand it is {right:,}.')}")


@exercise("09-stamp", "Stamp a line")
def stamp(answer: Any) -> None:
    cases = (
        ([1.0, 2.0, 3.0], [1.0, 10.0], 2),
        ([1.0, 0.0, 2.0], [1.0, 2.0, 4.0], 2),
        ([1.0, -2.0, 3.0, 5.0], [2.0, 1.0, 0.5, 3.0], 1),
        ([2.0, 1.0], [1.0, 3.0], 3),
    )
    for x, kernel, stride in cases:
        got = answer(list(x), list(kernel), stride)
        call = f"stamp({_listed(x)}, {_listed(kernel)}, {stride})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Start from zeros, and add a stamp per number.")
        got = np.asarray(got, dtype=float)
        n, k = len(x), len(kernel)
        right = _stamped(x, kernel, stride)
        if got.shape == (n * stride,) != right.shape:
            raise Wrong(
                f"{call} gave {len(got)} numbers. The last stamp begins at {(n - 1) * stride} and "
                f"is {k} long: {len(right)}."
            )
        if got.shape != right.shape:
            raise Wrong(
                f"{call} gave shape {got.shape}. {n} stamps of {k}, {stride} apart, reach over "
                f"{len(right)} numbers."
            )
        if np.allclose(got, right):
            continue
        overwritten = np.zeros(len(right))
        for i, value in enumerate(x):
            overwritten[i * stride : i * stride + k] = value * np.array(kernel)
        mistakes = {
            "Where stamps overlap they should add up; yours replace what is there. "
            "Write += for =.": overwritten,
            "The kernel is turned round. A stamp is laid down as it is.": _stamped(
                x, kernel[::-1], stride
            ),
            "The stamps are not multiplied by the numbers of x.": _stamped(
                [1.0] * n, kernel, stride
            ),
        }
        for hint, wrong in mistakes.items():
            if np.allclose(got, wrong):
                raise Wrong(f"{call} gave {_listed(got)}. {hint}")
        raise Wrong(f"{call} gave {_listed(got)}; stamped by hand it is {_listed(right)}.")


@exercise("09-unshuffle", "The way back")
def unshuffle(answer: Any) -> None:
    for s, rows, cols in ((2, 2, 3), (3, 2, 2)):
        small = np.arange(s * s * rows * cols, dtype=float).reshape(s * s, rows, cols)
        blocks = small.reshape(s, s, rows, cols)
        picture = blocks.transpose(2, 0, 3, 1).reshape(s * rows, s * cols)
        got = answer(picture.copy(), s)
        call = f"unshuffle(picture of {s * rows} × {s * cols}, {s})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Which pixels go into the first channel?")
        got = np.asarray(got, dtype=float)
        if got.shape == (rows, cols, s * s):
            raise Wrong(f"{call} has its channels last. Put them first: {small.shape}.")
        if got.shape == (s, s, rows, cols):
            raise Wrong(f"{call} has two axes of phases; make one of them: {small.shape}.")
        if got.shape == (rows, cols):
            raise Wrong(f"{call} gave one channel. There are {s * s}, one for each phase.")
        if got.shape != small.shape:
            raise Wrong(f"{call} gave shape {got.shape}; it should be {small.shape}.")
        if np.array_equal(got, small):
            continue
        if np.array_equal(got, blocks.swapaxes(0, 1).reshape(small.shape)):
            raise Wrong(
                "Rows and columns are exchanged: channel 1 holds the pixels to the right of "
                "channel 0's, not those below."
            )
        if np.array_equal(got, picture.reshape(small.shape)):
            raise Wrong(
                "That only cuts the list of pixels into pieces. A channel takes every "
                f"{s}-th row and column."
            )
        tiles = picture.reshape(s, rows, s, cols).swapaxes(1, 2).reshape(small.shape)
        if np.array_equal(got, tiles):
            raise Wrong(
                "Those are tiles, cut side by side. Each channel covers the whole picture, with "
                f"every {s}-th pixel."
            )
        raise Wrong(
            f"{call}: channel 1 begins with the pixel in row 0, column 1 of the picture. Yours "
            f"begins with {got[1, 0, 0]:g}, it is {small[1, 0, 0]:g}."
        )


def _stamped(x: list[float], kernel: list[float], stride: int) -> np.ndarray:
    out = np.zeros((len(x) - 1) * stride + max(len(kernel), 1))
    for i, value in enumerate(x):
        out[i * stride : i * stride + len(kernel)] += value * np.array(kernel)
    return out


def _listed(values: Any) -> str:
    return f"[{', '.join(f'{value:g}' for value in values)}]"
