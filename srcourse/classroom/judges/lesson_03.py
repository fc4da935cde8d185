"""Judges of lesson 03, convolution."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.layers import conv_output_size, convolve2d_loops


@exercise("03-output-size", "The output's size")
def output_size(answer: Any) -> None:
    cases = [(5, 3, 1, 0), (7, 3, 1, 1), (7, 3, 2, 1), (8, 3, 2, 0), (32, 5, 3, 2)]
    for size, kernel, stride, padding in cases:
        call = f"output_size({size}, {kernel}, stride={stride}, padding={padding})"
        got = answer(size, kernel, stride, padding)
        if got is None:
            raise Wrong(f"{call} returned nothing. How many stops fit into {size} pixels?")
        if isinstance(got, float):
            raise Wrong(f"{call} gave {got}. A half stop is no stop: round down with //.")
        right = conv_output_size(size, kernel, stride, padding)
        if got == right:
            continue
        if got == (size + padding - kernel) // stride + 1:
            raise Wrong(f"{call} gave {got}. Padding is added at both ends: it counts twice.")
        if got == (size + 2 * padding - kernel) // stride:
            raise Wrong(f"{call} gave {got}. The kernel also stops where it starts: one more.")
        raise Wrong(f"{call} gave {got}; a kernel that is slid by hand stops {right} times.")


@exercise("03-convolve", "Convolution in loops")
def convolve(answer: Any) -> None:
    image = np.arange(20.0).reshape(4, 5) ** 2
    kernel = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0], [0.5, 0.0, -2.0]])
    before = image.copy()
    got = answer(image, kernel)
    if got is None:
        raise Wrong("It returned nothing. Start from an output of zeros and fill it in.")
    got = np.asarray(got)
    right = convolve2d_loops(image, kernel)
    if not np.array_equal(image, before):
        raise Wrong("It changed the image that it was given. Write into a new array.")
    if got.shape != right.shape:
        raise Wrong(
            f"A 4×5 image under a 3×3 kernel gave shape {got.shape}; without padding it is "
            f"{right.shape}, n − k + 1 on each side."
        )
    if np.allclose(got, right):
        return
    if np.allclose(got, convolve2d_loops(image, kernel, flip=True)):
        raise Wrong("The kernel is turned by 180°. Deep learning's convolution does not turn it.")
    if np.allclose(got, convolve2d_loops(image, kernel.T)):
        raise Wrong("Rows and columns of the kernel are exchanged: kernel[i, j] meets row + i.")
    raise Wrong(f"The upper left pixel came out as {got[0, 0]:g}; by hand it is {right[0, 0]:g}.")


@exercise("03-edge-kernel", "A kernel that finds horizontal edges")
def edge_kernel(answer: Any) -> None:
    kernel = np.asarray(answer, dtype=float)
    if kernel.shape != (3, 3) or not np.isfinite(kernel).all():
        raise Wrong(f"It should be a 3×3 table of numbers; this has shape {kernel.shape}.")
    flat = convolve2d_loops(np.full((3, 3), 100.0), kernel).item()
    if not kernel.any():
        raise Wrong("All numbers are zero: it answers 0 to everything.")
    if abs(flat) > 1e-9:
        raise Wrong(f"On an even grey of 100 it gives {flat:g}; make its numbers sum to zero.")
    # An edge lies under the kernel at two stops: with one row (or column) beyond it, or with two.
    lines = ([0.0, 0.0, 100.0], [0.0, 100.0, 100.0])
    for line in lines:
        for columns in (line, line[::-1]):
            along = convolve2d_loops(np.tile(columns, (3, 1)), kernel).item()
            if abs(along) > 1e-9:
                sums = ", ".join(f"{s:g}" for s in kernel.sum(axis=0))
                raise Wrong(
                    f"On a vertical edge, {_told(columns)} from left to right, it gives {along:g}. "
                    f"Its columns sum to {sums}; an edge may lie between any two of them, so each "
                    "must sum to 0."
                )
    across = [convolve2d_loops(np.tile(line, (3, 1)).T, kernel).item() for line in lines]
    if max(across) <= 0:
        raise Wrong(
            f"Dark above, bright below should give a positive number; it gives {across[0]:g}."
            + (" Turn it upside down, or change all signs." if max(across) < 0 else "")
        )
    for line, answer_there in zip(lines, across, strict=True):
        if answer_there <= 0:
            raise Wrong(
                f"The edge lies under the kernel at two stops. At one, {_told(line)} from top to "
                f"bottom, it gives {answer_there:g}, which is not positive. Let the first row's "
                "numbers sum to less than 0, and the last row's to more."
            )


def _told(line: list[float]) -> str:
    return f"{', '.join(f'{pixel:g}' for pixel in line[:-1])} and {line[-1]:g}"
