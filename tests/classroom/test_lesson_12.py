import numpy as np
import pytest
import torch
from torch.nn.functional import relu

from srcourse.classroom import check


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, a, b, s: None, "returned nothing"),
        (lambda x, a, b, s: x.sum(), "the input's shape"),
        (lambda x, a, b, s: s * b(relu(a(x))), "The sum is missing"),
        (lambda x, a, b, s: x + b(relu(a(x))), "The branch is not scaled"),
        (lambda x, a, b, s: s * (x + b(relu(a(x)))), "The sum is scaled too"),
        (lambda x, a, b, s: s * x + b(relu(a(x))), "scales the input"),
        (lambda x, a, b, s: relu(x + s * b(relu(a(x)))), "EDSR has none there"),
        (lambda x, a, b, s: x + s * b(a(x)), "ReLU between the convolutions is missing"),
        (lambda x, a, b, s: x + s * relu(b(a(x))), "belongs between the two"),
        (lambda x, a, b, s: x + s * relu(b(relu(a(x)))), "A second ReLU"),
        (lambda x, a, b, s: x + s * a(relu(b(x))), "exchanged"),
        (lambda x, a, b, s: x + 0.1 * b(relu(a(x))), "With a factor of 1"),
        (lambda x, a, b, s: x + 2 * s * b(relu(a(x))), "Not yet"),
    ],
)
def test_block_hints(answer, hint):
    result = check("12-block", answer)
    assert not result.passed
    assert hint in result.words


def test_block_may_be_written_otherwise():
    def right(x, a, b, s):
        return torch.add(x, b(a(x).clamp(min=0)), alpha=s)

    assert check("12-block", right).passed
    assert check("12-block", lambda *a: right(*a).double()).passed


def shuffled(order, split=lambda m, s: m.reshape(len(m) // s**2, s, s, *m.shape[1:])):
    def answer(maps, s):
        height, width = maps.shape[1:]
        return split(maps, s).transpose(order).reshape(-1, s * height, s * width)

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda m, s: None, "returned nothing"),
        (lambda m, s: m, "should give"),
        (shuffled((0, 3, 2, 4, 1)), "exchanged"),
        (shuffled((0, 1, 3, 2, 4)), "a block of its own"),
        (lambda m, s: m.reshape(-1, s * m.shape[1], s * m.shape[2]), "reshape alone"),
        (
            shuffled((2, 3, 0, 4, 1), lambda m, s: m.reshape(s, s, len(m) // s**2, *m.shape[1:])),
            "lie next to each other",
        ),
        (lambda m, s: -shuffled((0, 3, 1, 4, 2))(m, s), "not all in their places"),
    ],
)
def test_pixel_shuffle_hints(answer, hint):
    result = check("12-pixel-shuffle", answer)
    assert not result.passed
    assert hint in result.words


def test_pixel_shuffle_may_be_written_in_loops():
    def loops(maps, s):
        channels, height, width = maps.shape
        out = np.zeros((channels // s**2, s * height, s * width))
        for c, i, j in np.ndindex(channels // s**2, s, s):
            out[c, i::s, j::s] = maps[c * s * s + i * s + j]
        return out

    assert check("12-pixel-shuffle", loops).passed


def conv(n_in, n_out, bias=1):
    return 9 * n_in * n_out + bias * n_out


def size(blocks, f, scale, bias=1, each=2, after=1, head=1, tail=1, up=1):
    return (
        head * conv(3, f, bias)
        + (each * blocks + after) * conv(f, f, bias)
        + up * conv(f, scale**2 * f, bias)
        + tail * conv(f, 3, bias)
    )


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda b, f, s: None, "returned nothing"),
        (lambda b, f, s: size(b, f, s, bias=0), "The biases are missing"),
        (lambda b, f, s: size(b, f, s, after=0), "after the last block"),
        (lambda b, f, s: size(b, f, s, each=1), "two convolutions"),
        (lambda b, f, s: size(b, f, s, up=0), "PixelShuffle is missing"),
        (lambda b, f, s: size(b, f, s, head=0), "The head"),
        (lambda b, f, s: size(b, f, s, tail=0), "The tail"),
        (lambda b, f, s: size(b, f, 2), "at ×3"),
        (lambda b, f, s: 7, "It gives 7; the network has"),
    ],
)
def test_parameters_hints(answer, hint):
    result = check("12-parameters", answer)
    assert not result.passed
    assert hint in result.words


def test_the_right_size_passes():
    assert check("12-parameters", size).passed
