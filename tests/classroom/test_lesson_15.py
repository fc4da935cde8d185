from math import comb

import numpy as np
import pytest
import scipy.linalg
import scipy.stats

from srcourse.classroom import check
from srcourse.images import luma
from srcourse.metrics import consistency, make_lr, mse, psnr
from srcourse.resampling import degrade, imresize


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def as_8_bit(image):
    return np.floor(image + 0.5).astype(np.uint8)


def squares(sr, scale):
    height, width = (n // scale for n in sr.shape[:2])
    return as_8_bit(sr.reshape(height, scale, width, scale, 3).mean(axis=(1, 3)))


def only_luma(image):
    return as_8_bit(255 * luma(image))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda lr, sr, s: None, "returned nothing"),
        (lambda lr, sr, s: psnr(imresize(lr, s), sr), "Both have to be small"),
        (lambda lr, sr, s: psnr(lr, imresize(sr, 1 / s, antialias=False)), "not antialiased"),
        (lambda lr, sr, s: psnr(lr, sr[::s, ::s]), "every so-many-th pixel"),
        (lambda lr, sr, s: psnr(lr, squares(sr, s)), "means of little squares"),
        (lambda lr, sr, s: psnr(lr / 255, imresize(sr / 255, 1 / s)), "rounded to 8 bits"),
        (lambda lr, sr, s: psnr(lr, imresize(sr, 1 / s), border=s), "border counts too"),
        (lambda lr, sr, s: psnr(lr, imresize(sr, 1 / s), channel="y"), "luma alone"),
        (
            lambda lr, sr, s: psnr(only_luma(lr), only_luma(imresize(sr, 1 / s))),
            "luma alone, rounded",
        ),
        (lambda lr, sr, s: mse(lr, imresize(sr, 1 / s)), "mean squared error"),
        (lambda lr, sr, s: psnr(lr, imresize(sr, s)), "by 1 / scale"),
        (lambda lr, sr, s: psnr(lr, sr), "by 1 / scale"),
        (lambda lr, sr, s: psnr(lr, imresize(sr, 1 / 2)), "by 1 / scale"),
        (lambda lr, sr, s: min(99, psnr(lr, make_lr(sr, s))), "should be infinite"),
        (lambda lr, sr, s: 1.0, "it gave 1.00 dB"),
        (lambda lr, sr, s: psnr(lr, lr, channel="x"), "ValueError: channel is 'x'"),
    ],
)
def test_consistency_hints(answer, hint):
    fails("15-consistency", answer, hint)


def test_consistency_may_be_written_otherwise():
    def by_hand(lr, sr, scale):
        error = np.mean((lr.astype(float) - degrade(sr, scale)) ** 2)
        return 20 * np.log10(255) - 10 * np.log10(error) if error else np.inf

    assert check("15-consistency", by_hand).passed
    assert check("15-consistency", lambda lr, sr, s: psnr(lr, make_lr(sr, s))).passed
    assert check("15-consistency", consistency).passed


def inverse_pair(rows, cols):
    return np.linalg.pinv(rows), np.linalg.pinv(cols)


def hidden(detail, rows, cols):
    up_rows, up_cols = inverse_pair(rows, cols)
    return detail - up_rows @ (rows @ detail @ cols.T) @ up_cols.T


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda d, r, c: None, "returned nothing"),
        (lambda d, r, c: d, "came back as it is"),
        (lambda d, r, c: d - hidden(d, r, c), "the part that is seen"),
        (lambda d, r, c: d - r.T @ r @ d @ c.T @ c, "not the pseudo-inverse"),
        (lambda d, r, c: d - np.linalg.pinv(r) @ r @ d, "columns of pixels only"),
        (lambda d, r, c: d - d @ (np.linalg.pinv(c) @ c), "rows of pixels only"),
        (
            lambda d, r, c: (
                scipy.linalg.null_space(r)
                @ scipy.linalg.null_space(r).T
                @ d
                @ scipy.linalg.null_space(c)
                @ scipy.linalg.null_space(c).T
            ),
            "along both axes at once",
        ),
        (lambda d, r, c: hidden(d, r, c).clip(0, 1), "clipped at 0"),
        (lambda d, r, c: -hidden(d, r, c), "The sign is wrong"),
        (lambda d, r, c: 2 * d - hidden(d, r, c), "That adds what is seen"),
        (lambda d, r, c: r @ d @ c.T, "should give the same; this is (4, 6)"),
        (lambda d, r, c: d - d.mean(), "still sees it"),
        (lambda d, r, c: 0.5 * hidden(d, r, c), "not all of the detail"),
        (lambda d, r, c: 0 * d, "not all of the detail"),
        (lambda d, r, c: d - r @ d @ c, "ValueError"),
    ],
)
def test_hidden_hints(answer, hint):
    fails("15-hidden", answer, hint)


def test_hidden_may_be_written_otherwise():
    def by_least_squares(detail, rows, cols):
        both = np.kron(rows, cols)
        seen = np.linalg.lstsq(both, both @ detail.ravel(), rcond=None)[0]
        return detail - seen.reshape(detail.shape)

    def by_null_space(detail, rows, cols):
        basis = scipy.linalg.null_space(np.kron(rows, cols))
        return (basis @ (basis.T @ detail.ravel())).reshape(detail.shape)

    assert check("15-hidden", hidden).passed
    assert check("15-hidden", by_least_squares).passed
    assert check("15-hidden", by_null_space).passed


def tail(right, trials):
    return sum(comb(trials, j) for j in range(right, trials + 1)) / 2**trials


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda k, n: None, "returned nothing"),
        (lambda k, n: comb(n, k) / 2**n, "exactly 8"),
        (lambda k, n: tail(k + 1, n), "more than 8"),
        (lambda k, n: 1 - tail(k, n), "fewer than 8"),
        (lambda k, n: 1 - tail(k + 1, n), "at most 8"),
        (lambda k, n: 0.5**k, "count the ways"),
        (lambda k, n: (n - k + 1) / 2**n, "several ways"),
        (lambda k, n: 2 * tail(k, n), "as many misses"),
        (lambda k, n: tail(k, n) * 2**n, "Divide by all ways"),
        (lambda k, n: k / n, "share of hits"),
        (lambda k, n: 0.5, "counted out it is 0.05469"),
        (lambda k, n: round(tail(k, n), 4), "counted out it is"),
    ],
)
def test_by_guessing_hints(answer, hint):
    fails("15-by-guessing", answer, hint)


def test_by_guessing_may_be_written_otherwise():
    def by_pascal(right, trials):
        row = np.array([1.0])
        for _ in range(trials):
            row = np.convolve(row, [0.5, 0.5])
        return row[right:].sum()

    assert check("15-by-guessing", tail).passed
    assert check("15-by-guessing", by_pascal).passed
    assert check("15-by-guessing", lambda k, n: scipy.stats.binom.sf(k - 1, n, 0.5)).passed
