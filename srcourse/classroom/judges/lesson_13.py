"""Judges of lesson 13, PSNR and SSIM."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.metrics import psnr, ssim
from srcourse.resampling import gaussian_kernel


def _number(answer: Any, call: str) -> float:
    if answer is None:
        raise Wrong(f"{call} returned nothing. Return one number.")
    if np.ndim(answer) != 0:
        raise Wrong(f"{call} returned an array of shape {np.shape(answer)}; it should be a number.")
    return float(answer)


@exercise("13-psnr", "PSNR")
def psnr_judge(answer: Any) -> None:
    random = np.random.default_rng(3)
    x = random.integers(0, 200, (9, 14), dtype=np.uint8)
    y = np.clip(x + random.normal(0, 12, x.shape), 0, 255).astype(np.uint8)
    pairs = (
        ("floats from 0 to 255", x.astype(float), y.astype(float), 255.0),
        ("floats from 0 to 1", x / 255, y / 255, 1.0),
        ("uint8", x, y, 255.0),
    )
    for kind, a, b, largest in pairs:
        got = _number(answer(a.copy(), b.copy(), largest), f"A pair of {kind}")
        right = psnr(a.astype(float), b.astype(float), data_range=largest)
        if np.isclose(got, right, atol=1e-6):
            continue
        if kind == "uint8":
            raise Wrong(
                "It is right for floats and wrong for uint8: in 0 … 255 there is no place for "
                "3 − 5, which becomes 254, nor for 20 squared, which becomes 144. Make floats of "
                "both before you subtract."
            )
        error = a - b
        mean = np.mean(error**2)
        mistakes = {
            "That is the natural logarithm. Decibels take log10.": 10 * np.log(largest**2 / mean),
            "10 times the logarithm, not 20: the MSE is a square already.": 20
            * np.log10(largest**2 / mean),
            "L has to be squared, as the error is.": 10 * np.log10(largest / mean),
            "The errors are not squared. Without it, plus and minus cancel.": 10
            * np.log10(largest**2 / abs(np.mean(error))),
            "That takes the errors' absolute values. Square them instead.": 10
            * np.log10(largest**2 / np.mean(abs(error))),
            "That takes the root of the MSE. PSNR divides L² by the MSE itself.": 10
            * np.log10(largest**2 / np.sqrt(mean)),
            "The mean is missing: it divides by the number of pixels.": 10
            * np.log10(largest**2 / np.sum(error**2)),
            "The fraction is upside down: L² stands above, the MSE below.": -right,
            "Decibels are ten times the logarithm: the factor 10 is missing.": right / 10,
            "That is the MSE; PSNR is 10 · log10(L² / MSE).": mean,
            "L is the largest value that there can be, not the largest that there is.": 10
            * np.log10(a.max() ** 2 / mean),
            "It takes L = 255 also where `largest` says otherwise.": 10 * np.log10(255**2 / mean),
        }
        for hint, wrong in mistakes.items():
            if np.isclose(got, wrong, atol=1e-6):
                raise Wrong(hint)
        raise Wrong(f"For a pair of {kind} it gives {got:.2f} dB; it should be {right:.2f}.")
    with np.errstate(divide="ignore"):
        got = _number(answer(x.copy(), x.copy(), 255.0), "A pair of equal pictures")
    if got != np.inf:
        raise Wrong(f"Of two equal pictures it gives {got}; without any error it is infinite.")


def _ssim(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    *,
    c1: float,
    c2: float,
    unbiased: float = 1,
    two: float = 2,
    spread: Callable[[float], float] = lambda variance: variance,
    correlated: bool = False,
) -> float:
    """SSIM of a window, right or with a mistake."""
    mean_x, mean_y = np.sum(weight * x), np.sum(weight * y)
    var_x = unbiased * np.sum(weight * (x - mean_x) ** 2)
    var_y = unbiased * np.sum(weight * (y - mean_y) ** 2)
    cov = unbiased * np.sum(weight * (x - mean_x) * (y - mean_y))
    if correlated:
        cov /= np.sqrt(var_x * var_y)
    means = (two * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return float(means * (two * cov + c2) / (spread(var_x) + spread(var_y) + c2))


@exercise("13-ssim", "SSIM of one window")
def ssim_judge(answer: Any) -> None:
    random = np.random.default_rng(5)
    weight = gaussian_kernel(1.5, size=11)
    even = np.full((11, 11), 1 / 121)
    slope = np.add.outer(np.arange(11.0), 2 * np.arange(11.0))
    for largest in (255.0, 1.0):
        # Dark and low in contrast, so that the constants matter.
        x = (20 + slope / 3 + random.normal(0, 3, (11, 11))) * largest / 255
        y = 1.3 * x + random.normal(0, 3, (11, 11)) * largest / 255
        got = _number(answer(x.copy(), y.copy(), weight.copy(), largest), "A window")
        right = ssim(x, y, data_range=largest)
        if np.isclose(got, right, atol=1e-7):
            continue
        c1, c2 = (0.01 * largest) ** 2, (0.03 * largest) ** 2
        n = 121 / 120
        mistakes = {
            "All pixels count the same there. Weigh each by `weight`.": _ssim(
                x, y, even, c1=c1, c2=c2
            ),
            "That divides by n − 1, and all pixels count the same. Weigh each by `weight`; the "
            "weights sum to 1, and nothing else is divided by.": _ssim(
                x, y, even, c1=c1, c2=c2, unbiased=n
            ),
            "The variances are multiplied by n / (n − 1). SSIM's are weighted means, as they "
            "are.": _ssim(x, y, weight, c1=c1, c2=c2, unbiased=n),
            "The constants c1 and c2 are missing.": _ssim(x, y, weight, c1=0, c2=0),
            "c1 is missing; it goes with the means.": _ssim(x, y, weight, c1=0, c2=c2),
            "c2 is missing; it goes with the variances.": _ssim(x, y, weight, c1=c1, c2=0),
            "c1 and c2 are exchanged: c1 = (0.01 L)² goes with the means.": _ssim(
                x, y, weight, c1=c2, c2=c1
            ),
            "The constants are not squared: c1 = (0.01 L)², c2 = (0.03 L)².": _ssim(
                x, y, weight, c1=0.01 * largest, c2=0.03 * largest
            ),
            "The constants are those of L = 255; use `largest`.": _ssim(
                x, y, weight, c1=2.55**2, c2=7.65**2
            ),
            "The constants lack L: c1 = (0.01 L)², c2 = (0.03 L)².": _ssim(
                x, y, weight, c1=0.01**2, c2=0.03**2
            ),
            "Below stand standard deviations. SSIM takes the variances, σ².": _ssim(
                x, y, weight, c1=c1, c2=c2, spread=lambda v: float(np.sqrt(v))
            ),
            "That is the correlation of the two; σxy is their covariance.": _ssim(
                x, y, weight, c1=c1, c2=c2, correlated=True
            ),
            "Above, both factors begin with a 2.": _ssim(x, y, weight, c1=c1, c2=c2, two=1),
        }
        for hint, wrong in mistakes.items():
            if np.isclose(got, wrong, atol=1e-7):
                raise Wrong(hint)
        raise Wrong(f"With L = {largest:g} it gives {got:.4f}; it should be {right:.4f}.")
    flat = np.full((11, 11), 90.0)
    if not np.isclose(got := float(answer(flat, flat.copy(), weight, 255.0)), 1):
        raise Wrong(f"Of two equal even windows it gives {got}; it should be 1.")
