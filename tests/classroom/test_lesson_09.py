import numpy as np
import pytest
import torch

from srcourse.classroom import check


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def right(d, s, m):
    return 25 * d + 2 * d * s + 9 * m * s * s + 81 * d


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda d, s, m: None, "returned nothing"),
        (lambda d, s, m: right(d, s, 1), "m layers, not one"),
        (lambda d, s, m: right(d, s, m) - d * s, "both have d · s"),
        (lambda d, s, m: 106 * d + 2 * d * s + 9 * m * s, "all s channels"),
        (lambda d, s, m: 106 * d + 2 * d * s + 9 * m * d * d, "Shrinking has left s"),
        (lambda d, s, m: 106 * d + 2 * d * s + m * s * s, "mapping layers are 3 × 3"),
        (lambda d, s, m: right(d, s, m) - 81 * d, "deconvolution is missing"),
        (lambda d, s, m: right(d, s, m) - 25 * d, "extraction is missing"),
        (lambda d, s, m: right(d, s, m) - 56 * d, "9 × 9, not 5 × 5"),
        (lambda d, s, m: right(d, s, m) + 2 * d + s + m * s + 1, "Leave the biases out"),
        (lambda d, s, m: right(d, s, m) + 4 * d + 2 * s + 2 * m * s + 1, "and the slopes out"),
        (lambda d, s, m: 12_464, "By hand it is"),
    ],
)
def test_weights_hints(answer, hint):
    fails("09-weights", answer, hint)


def test_weights_may_be_written_otherwise():
    def by_torch(d, s, m):
        shapes = ((1, d, 5), (d, s, 1), *[(s, s, 3)] * m, (s, d, 1), (d, 1, 9))
        return sum(torch.nn.Conv2d(*shape).weight.numel() for shape in shapes)

    assert check("09-weights", by_torch).passed
    assert check("09-weights", lambda d, s, m: float(right(d, s, m))).passed


def stamped(x, kernel, stride, replace=False):
    out = np.zeros((len(x) - 1) * stride + len(kernel))
    for i, value in enumerate(x):
        here = slice(i * stride, i * stride + len(kernel))
        out[here] = value * np.array(kernel) + (0 if replace else out[here])
    return out


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, k, s: None, "returned nothing"),
        (lambda x, k, s: stamped(x, k, s, replace=True), "Write += for ="),
        (lambda x, k, s: stamped(x, k[::-1], s), "turned round"),
        (lambda x, k, s: stamped([1] * len(x), k, s), "not multiplied"),
        (lambda x, k, s: stamped(x, k, s)[: len(x) * s], "The last stamp begins at 4 and is 3"),
        (lambda x, k, s: stamped(x, k, 1), "2 apart, reach over 6"),
        (lambda x, k, s: stamped(x, k, s) + 1, "stamped by hand"),
        (lambda x, k, s: np.convolve(x, k)[1:], "reach over 6"),
    ],
)
def test_stamp_hints(answer, hint):
    fails("09-stamp", answer, hint)


def test_stamp_may_be_written_otherwise():
    def by_torch(x, kernel, stride):
        line, taps = (torch.tensor(values)[None, None] for values in (x, kernel))
        return torch.nn.functional.conv_transpose1d(line, taps, stride=stride)[0, 0]

    def by_zeros(x, kernel, stride):
        spread = np.zeros((len(x) - 1) * stride + 1)
        spread[::stride] = x
        return np.convolve(spread, kernel)

    def by_lists(x, kernel, stride):
        out = [0.0] * ((len(x) - 1) * stride + len(kernel))
        for i, value in enumerate(x):
            for j, tap in enumerate(kernel):
                out[i * stride + j] += value * tap
        return out

    for answer in (by_torch, by_zeros, by_lists):
        assert check("09-stamp", answer).passed


def parts(picture, s):
    return np.stack([picture[a::s, b::s] for a in range(s) for b in range(s)])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p, s: None, "returned nothing"),
        (lambda p, s: np.moveaxis(parts(p, s), 0, -1), "channels last"),
        (lambda p, s: parts(p, s).reshape(s, s, len(p) // s, -1), "two axes of phases"),
        (lambda p, s: p[::s, ::s], "gave one channel"),
        (lambda p, s: p[None], "it should be (4, 2, 3)"),
        (
            lambda p, s: np.stack([p[a::s, b::s] for b in range(s) for a in range(s)]),
            "Rows and columns are exchanged",
        ),
        (lambda p, s: p.reshape(parts(p, s).shape), "cuts the list of pixels"),
        (
            lambda p, s: np.stack([t for r in np.split(p, s) for t in np.split(r, s, axis=1)]),
            "Those are tiles",
        ),
        (lambda p, s: parts(p, s)[::-1], "channel 1 begins with"),
    ],
)
def test_unshuffle_hints(answer, hint):
    fails("09-unshuffle", answer, hint)


def test_unshuffle_may_be_written_otherwise():
    def by_torch(picture, s):
        return torch.nn.functional.pixel_unshuffle(torch.tensor(picture)[None], s)

    def by_axes(picture, s):
        rows, cols = (n // s for n in picture.shape)
        split = picture.reshape(rows, s, cols, s)
        return split.transpose(1, 3, 0, 2).reshape(s * s, rows, cols)

    assert check("09-unshuffle", by_torch).passed
    assert check("09-unshuffle", by_axes).passed
