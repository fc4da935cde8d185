"""The report's section 1: the problem, its data sets and measures, and interpolation."""

from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from srcourse import datasets, images
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.metrics import evaluate, make_lr, mse, psnr
from srcourse.resampling import (
    METHODS,
    bilinear,
    degrade,
    imresize,
    kernel_of,
    nearest,
    weights,
)
from srcourse.upscaling import upscale

PHOTOS = ("astronaut", "chelsea", "coffee", "rocket", "camera", "brick")


@cache
def _mean_psnr(method: str, scale: int) -> float:
    """By the protocol, over PHOTOS as a whole: what lesson 07 prints."""
    photos = [(name, images.sample(name)) for name in PHOTOS]
    found = evaluate(lambda lr, s: upscale(lr, s, method), photos, scale)
    return found["mean"]["psnr"]


not_checkable(
    "1.1",
    "Deep networks often reach the state of the art on the benchmarks of super-resolution.",
    "A statement about the literature; the published tables stand in the lesson on EDSR.",
)


@claim("1.2", "DIV2K has 800 training, 100 validation and 100 test images.", "holds")
def div2k() -> Finding:
    amount = datasets.about("DIV2K").images
    return graded(amount == 800 + 100 + 100, f"Together {amount:,}, the amount in its table.")


@claim("1.2", "BSDS300 has 154,401 pixels a picture and, on average, 435 by 367.", "holds")
def bsds() -> Finding:
    entry = datasets.about("BSDS300")
    long, short = 481, 321  # each of its pictures, lying or upright
    lying = (entry.width - short) / (long - short)
    height = lying * short + (1 - lying) * long
    return graded(
        long * short == entry.pixels and round(height) == entry.height,
        f"Each is {long} by {short} or {short} by {long}, which is {long * short:,} either way; a "
        f"mean width of {entry.width} means that {lying:.0%} lie, and a mean height of "
        f"{height:.0f}.",
    )


@claim(
    "1.2",
    "Its table gives each data set its keywords: PIRM has babies, birds and butterflies.",
    "does not hold",
)
def keywords() -> Finding:
    pirm, set5 = datasets.about("PIRM"), datasets.about("Set5")
    belongs = "butterfly" in pirm.keywords
    return graded(
        belongs and "butterfly" not in set5.keywords,
        "From PIRM down each row shows the keywords of the next one, and Urban100 none. "
        f"Set5 is {', '.join(set5.keywords)}.",
    )


@claim("1.3", "PSNR follows from the mean squared error and the largest pixel value.", "holds")
def psnr_from_mse() -> Finding:
    picture = images.sample("camera")
    other = degrade(picture, 1, noise=10, seed=0)
    by_hand = 10 * np.log10(255**2 / mse(picture, other))
    same = abs(by_hand - psnr(picture, other)) < 1e-9
    return graded(same, f"On a noisy photograph both give {by_hand:.2f} dB.")


@claim("1.3", "In SSIM's formula c is the correlation of the two pictures.", "does not hold")
def ssim_constants() -> Finding:
    x = images.sample("camera") / 255
    y = degrade(x, 1, noise=40, seed=0)
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    correlation = float(covariance / (x.std() * y.std()))

    def formula(c1: float, c2: float) -> float:
        means = (2 * x.mean() * y.mean() + c1) / (x.mean() ** 2 + y.mean() ** 2 + c1)
        return float(means * (2 * covariance + c2) / (x.var() + y.var() + c2))

    constants, correlated = formula(0.01**2, 0.03**2), formula(correlation, correlation)
    return graded(
        abs(constants - correlated) < 0.005,
        f"c1 = (0.01 L)² and c2 = (0.03 L)² are small constants that keep the ratio steady. Over a "
        f"whole noisy photograph they give {constants:.3f}; its correlation, {correlation:.3f}, in "
        f"their place would give {correlated:.3f}. The correlation enters through σxy.",
    )


@claim(
    "1.4",
    "Nearest neighbour takes the nearest pixel's value, whatever the others are.",
    "holds",
)
def nearest_ignores() -> Finding:
    before = np.random.default_rng(0).random((6, 6))
    after = before.copy()
    after[3, 3] += 1
    changed = int((nearest(after, 2) != nearest(before, 2)).sum())
    return graded(changed == 4, f"At ×2, changing one pixel changes its own {changed} copies only.")


@claim(
    "1.4",
    "Bilinear interpolation is linear along one axis, then along the other, from 2×2 pixels.",
    "holds",
)
def bilinear_is_separable() -> Finding:
    picture = np.random.default_rng(0).random((6, 7))
    down, across = (weights(n, 2 * n, 2, *kernel_of("bilinear"), False) for n in (6, 7))
    rows = np.einsum("ot,otx->ox", down[1], picture[down[0]])
    both = np.einsum("ot,yot->yo", across[1], rows[:, across[0]])
    taps = int((down[1][5] != 0).sum())
    same = np.allclose(both, bilinear(picture, 2))
    return graded(
        same and taps == 2, f"The two passes give the same, {taps} pixels along each axis."
    )


@claim("1.4", "The result of bilinear interpolation is quadratic.", "holds with a limit")
def bilinear_is_quadratic() -> Finding:
    fine = bilinear(np.array([[0.0, 1.0], [1.0, 0.0]]), 64)[32:96, 32:96]
    along = float(abs(np.diff(fine, 2, axis=0)).max())
    diagonal = float(abs(np.diff(np.diag(fine), 2)).max())
    return graded(
        diagonal > 1e-6,
        f"Second difference along the diagonal {diagonal:.5f}:",
        limit=f"quadratic there, by the product of the two; along each axis {along:.0f}, a line.",
    )


@claim("1.4", "Bilinear performs much better than nearest neighbour.", "holds with a limit")
def bilinear_against_nearest() -> Finding:
    gains = {s: _mean_psnr("bilinear", s) - _mean_psnr("nearest", s) for s in (2, 3, 4)}
    shown = ", ".join(f"×{s}: {gain:+.1f} dB" for s, gain in gains.items())
    return graded(
        min(gains.values()) > 0,
        f"Over {len(PHOTOS)} photographs, in PSNR: {shown}.",
        limit="Better; whether that is much is for the eye.",
    )


@claim("1.4", "Bicubic interpolation takes 4×4 pixels into account.", "holds")
def bicubic_support() -> Finding:
    _, weight = weights(32, 64, 2, *kernel_of("bicubic"), False)
    taps = int((weight[20] != 0).sum())
    return graded(taps == 4, f"{taps} weights along each axis are not zero.")


@claim("1.4", "Bicubic is smoother than bilinear and has fewer artifacts.", "holds with a limit")
def bicubic_artifacts() -> Finding:
    edge = np.repeat([[0.0] * 8 + [1.0] * 8], 16, axis=0)
    over = {name: imresize(edge, 4, method=name, antialias=False).max() - 1 for name in METHODS}
    gain = np.mean([_mean_psnr("bicubic", s) - _mean_psnr("bilinear", s) for s in (2, 3, 4)])
    return graded(
        bool(gain > 0) and over["bilinear"] < 1e-9,
        f"{gain:+.1f} dB over bilinear, on average over ×2, ×3 and ×4.",
        limit=f"But at a sharp edge it overshoots by {100 * over['bicubic']:.0f} % of the step, "
        "a bright and a dark line; bilinear does not.",
    )


@claim("1.4", "Bicubic is much slower than bilinear.", "holds with a limit")
def bicubic_cost() -> Finding:
    whole = {name: int(kernel_of(name)[1]) ** 2 for name in ("bilinear", "bicubic")}
    ratio = whole["bicubic"] / whole["bilinear"]
    return graded(
        ratio > 2,
        f"{whole['bicubic']} multiply-adds a pixel against {whole['bilinear']} when written out:",
        limit="twice as many when the axes are taken in turn; how much slower that is depends on "
        "the code and the machine.",
    )


not_checkable(
    "1.5",
    "Super-resolution helps to identify people on surveillance pictures.",
    "No picture here can settle it. Beware: what a network adds is likely, not seen.",
)
not_checkable(
    "1.5",
    "Super-resolution gives high-resolution MRI from otherwise low-resolution scans.",
    "It needs scans, and doctors who read them; detail that is added is no finding.",
)


@claim("1.5", "Streaming small pictures and enlarging them saves data.", "holds with a limit")
def streaming() -> Finding:
    def size(picture: np.ndarray) -> int:
        buffer = BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=85)
        return len(buffer.getvalue())

    photos = [images.sample(name) for name in PHOTOS]
    share = sum(size(make_lr(photo, 2)) for photo in photos) / sum(map(size, photos))
    return graded(
        share < 0.5,
        f"As JPEG of quality 85, {len(PHOTOS)} photographs of half the size take "
        f"{100 * share:.0f} % of the bytes.",
        limit="What is lost is not all brought back: see the PSNR of any method at ×2.",
    )


@claim(
    "1.6",
    "Super-resolution recovers the high-resolution picture from the low-resolution one.",
    "holds with a limit",
)
def many_answers() -> Finding:
    hr = images.sample("camera")[128:192, 128:192] / 255 * 0.8 + 0.1
    # The finest chequerboard disappears when the picture is halved.
    pattern = 0.05 * (-1.0) ** np.add.outer(np.arange(64), np.arange(64))
    other = hr + pattern
    apart = 255 * abs(other - hr).max()
    left = 255 * abs(imresize(other, 0.5) - imresize(hr, 0.5))[4:-4, 4:-4].max()
    return graded(
        left < 0.5,
        "A picture near to it is found.",
        limit=f"But two pictures that differ by {apart:.1f} grey levels at every pixel have small "
        f"versions that differ by {left:.2f}: the small picture cannot tell which it was.",
    )


@claim("1.6", "The low-resolution picture is D(I; δ): often just a downsampling.", "holds")
def eq3() -> Finding:
    hr = images.sample("chelsea")
    same = np.array_equal(degrade(hr, 3), make_lr(hr, 3))
    return graded(same, "Without blur and noise “degrade” is the protocol's downsampling, exactly.")


@claim("1.6", "A combined degradation is (I ⊗ κ)↓s + n: blur, downsample, add noise.", "holds")
def eq4() -> Finding:
    hr = images.sample("camera") / 255
    noise = degrade(hr, 2, blur=1.5, noise=10, seed=1) - degrade(hr, 2, blur=1.5)
    sigma = 255 * noise.std()
    return graded(
        abs(sigma - 10) < 0.5,
        f"With σ = 10 the noise that is added has a standard deviation of {sigma:.1f} grey levels.",
    )


not_checkable(
    "1.6",
    "Training with the combined degradation is of more use on real pictures.",
    "It would take networks trained on both, and real low-resolution pictures.",
)
