"""Judges of lesson 15, What no network knows."""

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.images import luma
from srcourse.metrics import consistency, make_lr, psnr
from srcourse.resampling import cubic_kernel, imresize, weights


@exercise("15-consistency", "The consistency check")
def consistency_check(answer: Any) -> None:
    random = np.random.default_rng(15)
    for scale in (2, 3):
        coarse = random.integers(60, 200, (12, 10, 3), dtype=np.uint8)
        hr = imresize(coarse, 2 * scale).clip(40, 215)
        lr = make_lr(hr, scale)
        # A little off, so that the rounding of the LR picture shows in the decibels.
        sr = (hr + random.integers(-4 * scale, 4 * scale + 1, hr.shape)).astype(np.uint8)
        try:
            got = answer(lr.copy(), sr.copy(), scale)
        except ValueError as error:
            if "shapes differ" in str(error):
                raise Wrong(
                    f"The two pictures that you compare differ in size ({error}). Make `sr` small: "
                    "by 1 / scale."
                ) from error
            raise
        if got is None:
            raise Wrong("It returned nothing. Shrink `sr`, and return its PSNR against `lr`.")
        got = float(got)
        right = consistency(lr, sr, scale)
        if not np.isclose(got, right, atol=0.01):
            _consistency_hint(lr, sr, scale, got, right)
        if answer(lr.copy(), hr.copy(), scale) != np.inf:
            raise Wrong("For a picture that shrinks to exactly `lr` it should be infinite.")


def _consistency_hint(lr: np.ndarray, sr: np.ndarray, scale: int, got: float, right: float) -> None:
    small = imresize(sr, 1 / scale)
    luma_small, luma_lr = (255 * luma(a) for a in (small, lr))
    mistakes: dict[str, Callable[[], float]] = {
        "That compares large pictures: `lr` enlarged against `sr`. Both have to be small, since "
        "only the LR picture is known to be true.": lambda: psnr(imresize(lr, scale), sr),
        "The shrinking is not antialiased; the protocol's is.": lambda: psnr(
            lr, imresize(sr, 1 / scale, antialias=False)
        ),
        "That keeps every so-many-th pixel. The protocol shrinks by antialiased bicubic.": lambda: (
            psnr(lr, sr[::scale, ::scale])
        ),
        "The means of little squares are not what the protocol takes: it shrinks by antialiased "
        "bicubic.": lambda: psnr(lr, _rounded(_squares(sr, scale))),
        "The small picture has to be rounded to 8 bits, as `lr` was.": lambda: psnr(
            lr / 255, imresize(sr / 255, 1 / scale)
        ),
        "The border counts too: the LR picture is known up to its edge.": lambda: psnr(
            lr, small, border=scale
        ),
        "All channels count; that is luma alone.": lambda: psnr(lr, small, channel="y"),
        "That is luma alone, rounded. All channels count.": lambda: psnr(
            _rounded(luma_lr), _rounded(luma_small)
        ),
        "That is the mean squared error. Give its decibels, by `psnr`.": lambda: float(
            np.mean((lr.astype(float) - small) ** 2)
        ),
    }
    for hint, wrong in mistakes.items():
        if np.isclose(got, wrong(), atol=0.01):
            raise Wrong(hint)
    raise Wrong(f"At scale {scale} it gave {got:.2f} dB for a picture that reaches {right:.2f}.")


def _squares(sr: np.ndarray, scale: int) -> np.ndarray:
    height, width = (n // scale for n in sr.shape[:2])
    return sr.reshape(height, scale, width, scale, -1).mean(axis=(1, 3))


def _rounded(image: np.ndarray) -> np.ndarray:
    return np.floor(image + 0.5).clip(0, 255).astype(np.uint8)


@exercise("15-hidden", "What the downsampling cannot see")
def hidden(answer: Any) -> None:
    rows, cols = _shrinking(12, 3), _shrinking(18, 3)
    up_rows, up_cols = np.linalg.pinv(rows), np.linalg.pinv(cols)
    detail = np.random.default_rng(15).normal(0, 0.2, (12, 18))
    seen = up_rows @ rows @ detail @ cols.T @ up_cols.T
    right = detail - seen
    got = answer(detail.copy(), rows.copy(), cols.copy())
    if got is None:
        raise Wrong("It returned nothing. Return the detail without what the matrices see of it.")
    got = np.asarray(got, float)
    if got.shape != detail.shape:
        raise Wrong(f"A detail of {detail.shape} should give the same; this is {got.shape}.")
    if np.allclose(got, right, atol=1e-6):
        return
    by_row, by_col = (np.eye(n) - up @ m for n, up, m in ((12, up_rows, rows), (18, up_cols, cols)))
    mistakes = {
        "That is the part that is seen. Take it away from the detail.": seen,
        "The detail came back as it is; the LR picture sees a part of it.": detail,
        "A transpose is not the pseudo-inverse: what it gives back has the wrong strength. "
        "`np.linalg.pinv` makes the pseudo-inverse.": detail
        - rows.T @ (rows @ detail @ cols.T) @ cols,
        "That works on the columns of pixels only. It is invisible, but not all that is: shrink "
        "along both axes, enlarge along both, and take away the result.": by_row @ detail,
        "That works on the rows of pixels only. It is invisible, but not all that is: shrink "
        "along both axes, enlarge along both, and take away the result.": detail @ by_col.T,
        "That is hidden along both axes at once. A detail is invisible already where one of them "
        "hides it: shrink along both axes, enlarge along both, and take away the result once.": (
            by_row @ detail @ by_col.T
        ),
        "It was clipped at 0. A detail has negative values too, and without them it is seen.": (
            right.clip(0, 1)
        ),
        "The sign is wrong: take what is seen away from the detail.": -right,
        "That adds what is seen. Take it away.": detail + seen,
    }
    for hint, wrong in mistakes.items():
        if np.allclose(got, wrong, atol=1e-6):
            raise Wrong(hint)
    left = abs(rows @ got @ cols.T).max()
    if left > 1e-6:
        raise Wrong(f"The LR picture still sees it: one of its pixels changes by {left:.2g}.")
    raise Wrong("It is invisible, but it is not all of the detail that is.")


def _shrinking(n: int, scale: int) -> np.ndarray:
    indices, weight = weights(n, n // scale, 1 / scale, cubic_kernel, 4.0, antialias=True)
    matrix = np.zeros((n // scale, n))
    np.add.at(matrix, (np.arange(n // scale)[:, None], indices), weight)
    return matrix


@exercise("15-by-guessing", "How often a guess does as well")
def by_guessing(answer: Any) -> None:
    for right, trials in ((8, 10), (3, 4), (10, 10), (0, 5), (55, 100)):
        exactly = [comb(trials, j) / 2**trials for j in range(trials + 1)]
        chance = sum(exactly[right:])
        got = answer(right, trials)
        call = f"by_guessing({right}, {trials})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Return a chance between 0 and 1.")
        got = float(got)
        if np.isclose(got, chance, atol=1e-9):
            continue
        hints: dict[float, str] = {
            exactly[right]: f"That is the chance of exactly {right}. More would be as good: add "
            "the others up.",
            chance - exactly[right]: f"That is the chance of more than {right}; {right} counts "
            "too.",
            1 - chance: f"That is the chance of fewer than {right}.",
            1 - chance + exactly[right]: f"That is the chance of at most {right}.",
            0.5**right: f"That is the chance that {right} given trials are right. Which of them "
            "are may vary: count the ways, with `comb`.",
            (trials - right + 1) / 2**trials: "Each number of hits can come about in several "
            "ways: `comb(trials, hits)` of them.",
            2 * chance: "That counts as many misses too. Here only hits count.",
            chance * 2**trials: "Those are the ways to get there. Divide by all ways, two to the "
            "number of trials.",
            right / trials: "That is the share of hits. How often would a coin do as well?",
        }
        for wrong, hint in hints.items():
            if np.isclose(got, wrong, atol=1e-9):
                raise Wrong(f"{call}: {hint}")
        raise Wrong(f"{call} gave {got:.4g}; counted out it is {chance:.4g}.")
