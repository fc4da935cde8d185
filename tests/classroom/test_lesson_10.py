import statistics

import numpy as np
import pytest
import torch

from srcourse.classroom import check


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def nearest(x, scale):
    return x.repeat(scale, axis=1).repeat(scale, axis=2)


def deconvolved(x, weight, scale):
    y = np.zeros_like(nearest(x, scale))
    for i in range(scale):
        for j in range(scale):
            y[:, i::scale, j::scale] = np.einsum("io,irc->orc", weight[:, :, i, j], x)
    return y


def in_place(x, weight, scale):
    x += 1
    return nearest(x, scale)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, w, s: None, "returned nothing"),
        (lambda x, w, s: nearest(x, s), "nearest alone"),
        (deconvolved, "deconvolution alone"),
        (lambda x, w, s: x, "Rows and columns grow by the scale"),
        (lambda x, w, s: nearest(nearest(x, s), s), "Rows and columns grow by the scale"),
        (lambda x, w, s: np.tile(x, (1, s, s)) + deconvolved(x, w, s), "do not tile"),
        (
            lambda x, w, s: nearest(x, s) + deconvolved(x, w.swapaxes(0, 1), s),
            "Channels in and out are exchanged",
        ),
        (
            lambda x, w, s: nearest(x, s) + deconvolved(x, w.swapaxes(2, 3), s),
            "Rows and columns of the kernel are exchanged",
        ),
        (
            lambda x, w, s: nearest(x, s) + deconvolved(x, w[:, :, ::-1, ::-1], s),
            "turned by 180°",
        ),
        (lambda x, w, s: nearest(x, s) - deconvolved(x, w, s), "the first number came out as"),
        (in_place, "changed the x"),
        (lambda x, w, s: torch.conv_transpose2d(x, w), "TypeError"),
    ],
)
def test_way_up_hints(answer, hint):
    fails("10-way-up", answer, hint)


def test_way_up_may_be_written_otherwise():
    def in_loops(x, weight, scale):
        channels, rows, cols = x.shape
        y = np.zeros((channels, scale * rows, scale * cols))
        for r in range(scale * rows):
            for c in range(scale * cols):
                pixel = x[:, r // scale, c // scale]
                y[:, r, c] = pixel + pixel @ weight[:, :, r % scale, c % scale]
        return y

    def in_torch(x, weight, scale):
        x, weight = (torch.tensor(a, dtype=torch.float32) for a in (x, weight))
        weight = weight + torch.eye(len(x))[:, :, None, None]
        return torch.conv_transpose2d(x[None], weight, stride=scale)[0]

    def as_kron(x, weight, scale):
        y = np.kron(x, np.ones((scale, scale))) + deconvolved(x, weight, scale)
        return y.tolist()

    for answer in (in_loops, in_torch, as_kron):
        assert check("10-way-up", answer).passed


BLOCK = 128 * 64 + 64 * 128 * 9


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda lr, hr, s: None, "returned nothing"),
        (lambda lr, hr, s: BLOCK * (lr + hr), "that is parameters"),
        (lambda lr, hr, s: BLOCK * (lr / s + hr), "divide by scale²"),
        (lambda lr, hr, s: BLOCK * (lr + hr / s**2), "not the HR stage"),
        (lambda lr, hr, s: BLOCK * (lr + hr * s**2), "per pixel of the LR picture"),
        (lambda lr, hr, s: BLOCK * hr, "Only the blocks of the HR stage"),
        (lambda lr, hr, s: BLOCK * lr / s**2, "Only the blocks of the LR stage"),
        (lambda lr, hr, s: (BLOCK + 64 + 128) * (lr / s**2 + hr), "leave them out"),
        (lambda lr, hr, s: 64 * 128 * 9 * (lr / s**2 + hr), "1 × 1 projection is missing"),
        (lambda lr, hr, s: 128 * 64 * (lr / s**2 + hr), "3 × 3 convolution is missing"),
        (lambda lr, hr, s: 2 * 128 * 64 * (lr / s**2 + hr), "3 · 3 places"),
        (lambda lr, hr, s: (128 * 64 + 64 * 128 * 3) * (lr / s**2 + hr), "9 places, not 3"),
        (lambda lr, hr, s: (128 * 64 + 128**2 * 9) * (lr / s**2 + hr), "not 128"),
        (lambda lr, hr, s: 2 * 128**2 * 9 * (lr / s**2 + hr), "one of them is a 1 × 1"),
        (lambda lr, hr, s: 2 * BLOCK * (lr / s**2 + hr), "Counted twice"),
        (lambda lr, hr, s: 7, "One block has 81,920 weights"),
        (lambda lr, hr, s: 0, "it is 389,120"),
        (lambda lr, hr: 0, "TypeError"),
    ],
)
def test_blocks_cost_hints(answer, hint):
    fails("10-blocks-cost", answer, hint)


def test_blocks_cost_may_be_written_otherwise():
    def by_stage(lr_blocks, hr_blocks, scale):
        per_block = np.float32(128 * 64 * (1 + 3 * 3))
        return lr_blocks * per_block / (scale * scale) + hr_blocks * per_block

    def by_pixels(lr_blocks, hr_blocks, scale):
        return (lr_blocks * BLOCK * 20 * 30 + hr_blocks * BLOCK * 20 * 30 * scale**2) / (
            20 * scale * 30 * scale
        )

    for answer in (by_stage, by_pixels):
        assert check("10-blocks-cost", answer).passed


def difference(a, b):
    return np.mean(b) - np.mean(a)


def variances(a, b):
    return np.var(a, ddof=1), np.var(b, ddof=1)


def squared_error(a, b):
    return sum(v / len(part) for v, part in zip(variances(a, b), (a, b), strict=True))


def in_errors(a, b):
    return difference(a, b) / np.sqrt(squared_error(a, b))


def without_ddof(a, b):
    return difference(a, b) / np.sqrt(np.var(a) / len(a) + np.var(b) / len(b))


def roots_first(a, b):
    va, vb = variances(a, b)
    return difference(a, b) / (np.sqrt(va / len(a)) + np.sqrt(vb / len(b)))


def deviations_for_variances(a, b):
    va, vb = variances(a, b)
    return difference(a, b) / np.sqrt(np.sqrt(va) / len(a) + np.sqrt(vb) / len(b))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda a, b: None, "returned nothing"),
        (lambda a, b: in_errors(b, a), "sign is turned"),
        (without_ddof, "ddof=1"),
        (lambda a, b: difference(a, b) / squared_error(a, b), "square root is missing"),
        (lambda a, b: difference(a, b) / np.sqrt(sum(variances(a, b))), "divide each variance"),
        (roots_first, "the root comes after the sum"),
        (difference, "the difference itself"),
        (lambda a, b: np.sqrt(squared_error(a, b)), "That is the standard error"),
        (deviations_for_variances, "square of the standard deviation"),
        (lambda a, b: 1.0, "The means differ by 0.09"),
        (lambda a, b: a.mean(), "AttributeError"),
    ],
)
def test_standard_errors_hints(answer, hint):
    fails("10-standard-errors", answer, hint)


def test_standard_errors_may_be_written_otherwise():
    def by_statistics(a, b):
        error = (statistics.variance(a) / len(a) + statistics.variance(b) / len(b)) ** 0.5
        return (statistics.mean(b) - statistics.mean(a)) / error

    def in_torch(a, b):
        a, b = torch.tensor(a), torch.tensor(b)
        return (b.mean() - a.mean()) / (a.var() / len(a) + b.var() / len(b)).sqrt()

    for answer in (in_errors, by_statistics, in_torch):
        assert check("10-standard-errors", answer).passed
