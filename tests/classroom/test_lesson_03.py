import numpy as np
import pytest

from srcourse.classroom import check
from srcourse.layers import convolve2d


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda n, k, s, p: None, "returned nothing"),
        (lambda n, k, s, p: (n + p - k) // s + 1, "counts twice"),
        (lambda n, k, s, p: (n + 2 * p - k) // s, "one more"),
        (lambda n, k, s, p: (n + 2 * p - k) / s + 1, "round down"),
        (lambda n, k, s, p: n - k + 1, "slid by hand"),
        (lambda n, k: n - k + 1, "TypeError"),
    ],
)
def test_output_size_hints(answer, hint):
    result = check("03-output-size", answer)
    assert not result.passed
    assert hint in result.words


def spoiled_in_place(image, kernel):
    image *= 1.0
    image += 1
    return convolve2d(image, kernel)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda image, kernel: None, "returned nothing"),
        (lambda image, kernel: convolve2d(image, kernel, padding="same"), "without padding"),
        (lambda image, kernel: convolve2d(image, kernel, flip=True), "turned by 180°"),
        (lambda image, kernel: convolve2d(image, kernel.T), "exchanged"),
        (spoiled_in_place, "changed the image"),
        (lambda image, kernel: np.zeros((2, 3)), "by hand it is"),
    ],
)
def test_convolve_hints(answer, hint):
    result = check("03-convolve", answer)
    assert not result.passed
    assert hint in result.words


def test_convolve_may_be_written_otherwise():
    def as_lists(image, kernel):
        return convolve2d(image, kernel).tolist()

    assert check("03-convolve", as_lists).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (np.zeros((3, 3)), "All numbers are zero"),
        (np.ones((3, 3)), "sum to zero"),
        ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "columns sum to -4, 0, 4"),
        ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], "columns sum to 1, -2, 1"),
        ([[0, -1, 0], [1, -1, 0], [0, 1, 0]], "100, 0 and 0 from left to right, it gives 100"),
        ([[0, 0, 0], [1, -2, 1], [0, 0, 0]], "each must sum to 0"),
        ([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "gives -400. Turn it upside down"),
        ([[1, 1, 1], [-2, -2, -2], [1, 1, 1]], "0, 100 and 100 from top to bottom, it gives -300"),
        ([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], "0, 0 and 100 from top to bottom, it gives -300"),
        ([[0, 0, 0], [-1, -1, -1], [1, 1, 1]], "it gives 0, which is not positive"),
        ([[1, 2], [3, 4]], "3×3"),
        ("edge", "ValueError"),
    ],
)
def test_edge_kernel_hints(answer, hint):
    result = check("03-edge-kernel", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        np.outer([-1, 0, 1], [1, 1, 1]),
        [[0, -1, 0], [0, 0, 0], [0, 1, 0]],
        np.outer([-3, 1, 2], [1, 2, 0]) / 7,
    ],
)
def test_edge_kernels_that_work(answer):
    assert check("03-edge-kernel", answer).passed
