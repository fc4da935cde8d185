"""Judges of assignment 4, PSNR, SSIM and a PRS with an interval."""

from collections.abc import Mapping
from math import comb, erfc, exp, inf, sqrt
from typing import Any

import numpy as np

from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.images import luma as studio_luma
from srcourse.metrics import score, ssim_map
from srcourse.metrics.binomial import wilson as wilson_interval

STUDIO = np.array([65.481, 128.553, 24.966])  # ITU-R BT.601, for R, G and B from 0 to 1
FULL = np.array([0.299, 0.587, 0.114])  # ITU-T T.871, JPEG's
HD = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709


@question("a4-luma", "Luma, from 16 to 235", points=2)
def luma(answer: Answer) -> None:
    random = np.random.default_rng(1)
    image = random.integers(0, 256, (3, 5, 3), dtype=np.uint8)
    image[0, :2] = [[0, 0, 0], [255, 255, 255]]
    # Nearly black, which does not make floats of it.
    dark = random.integers(0, 2, (2, 4, 3), dtype=np.uint8)
    for case, picture in (
        ("Of a uint8 picture", image),
        ("Of floats from 0 to 1", image / 255),
        ("Of a nearly black uint8 picture", dark),
    ):
        if picture is not image:
            answer.earned = 1
        got = numbers(answer(picture), f"{case} luma")
        if got.shape == picture.shape or got.shape == (*picture.shape[:2], 1):
            raise Wrong("There is one Y for each pixel: the result has two axes, rows and columns.")
        v = picture / 255 if picture.dtype == np.uint8 else picture
        right = 255 * studio_luma(picture)
        undivided = (
            "it is taken for floats. What counts is its dtype, not its largest value."
            if picture is dark
            else "the formula is for R, G and B from 0 to 1. Divide by 255 first."
        )
        with np.errstate(over="ignore"):
            summed = picture[..., 0] + picture[..., 1] + picture[..., 2]
        mistakes = {
            f"{case}: Y goes from 0 to 255 there, as JPEG's does. Here it is 16 to 235.": (
                255 * v @ FULL
            ),
            f"{case}: JPEG's weights and 16 besides: white would be 271. The weights of the "
            "studio range add up to 219.": 16 + 255 * v @ FULL,
            f"{case}: the 16 is missing. Black has Y = 16.": v @ STUDIO,
            f"{case}: the 16 is added once for each channel. It is added once.": 48 + v @ STUDIO,
            f"{case}: red and blue are exchanged. Some libraries read pictures as B, G, R; ours "
            "are R, G, B.": 16 + v[..., ::-1] @ STUDIO,
            f"{case}: R, G and B count the same. Green is much brighter than blue.": (
                255 * v.mean(axis=-1)
            ),
            f"{case}: the sum of the channels does not fit into uint8, and they count the same.": (
                summed / 3
            ),
            f"{case}: the green channel is not the luma.": 255 * v[..., 1],
            f"{case}: these are the weights of BT.709, for HD video. The field takes BT.601.": (
                16 + 219 * v @ HD
            ),
            f"{case}: red has 64.738 for 65.738, a slip of the pen that stands in some programs.": (
                16 + 255 * v @ np.array([64.738, 129.057, 25.064]) / 256
            ),
            f"{case}: 66, 129 and 25 are rounded weights, made for fast hardware.": (
                (255 * v @ np.array([66, 129, 25]) + 128) // 256 + 16
            ),
            f"{case}: {undivided}": 16 + picture @ STUDIO,
            f"{case}: divide by 255, the largest value, not by 256.": 16 + 255 * v @ STUDIO / 256,
            f"{case}: they are divided by 255 again. Floats come as 0 to 1 already.": (
                16 + v @ STUDIO / 255
            ),
            f"{case}: this Y goes from 0 to 1. Here it is in levels, 16 to 235.": right / 255,
            f"{case}: Y is rounded. The field's protocol leaves it as it comes.": np.round(right),
            f"{case}: Y is cut to whole numbers. Return floats.": np.floor(right),
        }
        # The same formula is often printed with six other digits, for sums over 256.
        compare(got, right, mistakes, what=f"{case} Y", atol=2e-3)


def _y(picture: np.ndarray) -> np.ndarray:
    return 16 + picture / 255 @ STUDIO


def _db(mse: float, peak: float = 255) -> float:
    return float(10 * np.log10(peak**2 / mse))


def _mean_square(error: np.ndarray) -> float:
    return float(np.mean(error.astype(float) ** 2))


def _inner(error: np.ndarray, scale: int) -> np.ndarray:
    return error[scale:-scale, scale:-scale]


@question("a4-psnr", "PSNR by the protocol", points=3)
def psnr(answer: Answer) -> None:
    random = np.random.default_rng(2)
    hr = random.integers(0, 256, (24, 30, 3), dtype=np.uint8)
    # Each channel has errors of its own, and the border larger ones.
    error = random.normal(0, 1, hr.shape) * [9, 6, 14] + [3, -2, 1]
    error[:6] *= 2
    error[:, -6:] *= 3
    came = hr + error
    sr = np.clip(np.round(came), 0, 255).astype(np.uint8)
    for scale in (2, 3):
        call = f"psnr(hr, sr, {scale})"
        got = numbers(answer(hr, sr, scale), call, ())
        compare(got, score(hr, sr, scale)["psnr"], _psnr_mistakes(hr, sr, scale, call), what=call)
    answer.earned = 2

    call = "Of an sr in floats, 0 to 255 and a little beyond, psnr"
    got = numbers(answer(hr, came, 3), call, ())

    def of(shown: np.ndarray, y: np.ndarray | None = None) -> float:
        return _db(_mean_square(_inner(_y(hr) - (_y(shown) if y is None else y), 3)))

    rounded = np.round(came)
    mistakes = {
        "sr came as floats: round it and clip it to 0 … 255, as a file of 8 bits would. It is "
        "taken as it came.": of(came),
        "sr is rounded, but not clipped: a file of 8 bits holds nothing below 0 or beyond 255.": (
            of(rounded)
        ),
        "sr is clipped, but not rounded: a file of 8 bits holds whole numbers.": (
            of(np.clip(came, 0, 255))
        ),
        "sr is cut to whole numbers, 7.9 to 7. Round it first.": of(
            np.floor(np.clip(came, 0, 255))
        ),
        "Beyond the ends sr wraps around: in uint8, 256 becomes 0 and −1 becomes 255. Clip it "
        "first.": of(rounded % 256),
        "Beyond the ends sr wraps around, and it is cut where it should be rounded. Round and clip "
        "it, then make it uint8.": of(np.trunc(came) % 256),
        "luma takes floats for 0 to 1. Make sr uint8 before you give it to luma.": of(
            sr, 16 + sr @ STUDIO
        ),
        "Y is rounded there, not sr. Round the picture, and leave its Y as it comes.": _db(
            _mean_square(_inner(np.round(_y(hr)) - np.round(_y(np.clip(came, 0, 255))), 3))
        ),
    }
    compare(got, score(hr, sr, 3)["psnr"], mistakes, what=call)
    same = answer(hr, hr.copy(), 3)
    if same is None or np.ndim(same) or same != inf:
        raise Wrong(f"Of two equal pictures it gives {same}; without any error it is infinite.")


def _psnr_mistakes(hr: np.ndarray, sr: np.ndarray, scale: int, call: str) -> dict[str, float]:
    whole = _y(hr) - _y(sr)
    error = _inner(whole, scale)
    mse = _mean_square(error)
    pair = [_inner(p, scale) for p in (hr, sr)]
    eight = [np.round(_y(p)).astype(np.uint8) for p in pair]
    bits, wrapped = pair[0] - pair[1], eight[0] - eight[1]
    colours = pair[0].astype(float) - pair[1]
    return {
        f"{call}: that is the natural logarithm. Decibels take log10.": float(
            10 * np.log(255**2 / mse)
        ),
        f"{call}: 10 times the logarithm, not 20. The MSE is a square already.": 2 * _db(mse),
        f"{call}: the factor 10 is missing.": _db(mse) / 10,
        f"{call}: the fraction is upside down.": -_db(mse),
        f"{call}: the peak is 1, but Y is in levels. A file of 8 bits holds up to 255.": _db(
            mse, 1
        ),
        f"{call}: the peak is not squared.": _db(mse, sqrt(255)),
        f"{call}: Y goes from 0 to 255 there, or the peak is 219, which comes to the same. Y goes "
        "from 16 to 235, and the peak is 255 nevertheless.": _db(mse, 219),
        f"{call}: the peak is 235. The protocol takes 255, the largest value of 8 bits.": (
            _db(mse, 235)
        ),
        f"{call}: the peak is the largest Y that this picture has. Take 255, for all pictures.": (
            _db(mse, float(_y(hr).max()))
        ),
        f"{call}: that divides by the root of the MSE. It is the MSE itself.": _db(sqrt(mse)),
        f"{call}: the errors are not squared; their absolute values are taken.": _db(
            float(np.mean(np.abs(error)))
        ),
        f"{call}: the squares are added up. Take their mean.": _db(mse * error.size),
        f"{call}: the border is left out of the sum, but its pixels are counted in the mean.": _db(
            mse * error.size / whole.size
        ),
        f"{call}: the border is not cut off.": _db(_mean_square(whole)),
        f"{call}: the border is cut off at the top and left only. Cut all four sides.": _db(
            _mean_square(whole[scale:, scale:])
        ),
        f"{call}: the border is cut off at the bottom and right only. Cut all four sides.": _db(
            _mean_square(whole[:-scale, :-scale])
        ),
        f"{call}: the border is cut off at the top and bottom, not at the sides.": _db(
            _mean_square(whole[scale:-scale])
        ),
        f"{call}: cut off {scale} pixels on each side, not {2 * scale}.": _db(
            _mean_square(_inner(whole, 2 * scale))
        ),
        f"{call}: a border of scale + 6 is DIV2K's. Here it is scale.": _db(
            _mean_square(_inner(whole, scale + 6))
        ),
        f"{call}: all three channels are compared. The protocol compares Y.": _db(
            _mean_square(colours)
        ),
        f"{call}: Y takes red for blue.": _db(_mean_square(colours[..., ::-1] / 255 @ STUDIO)),
        f"{call}: Y is rounded. The protocol leaves it as it comes.": _db(
            _mean_square(eight[0].astype(float) - eight[1])
        ),
        f"{call}: the subtraction is in uint8, where 3 − 5 is 254. Subtract floats.": _db(
            _mean_square(wrapped)
        ),
        f"{call}: subtraction and squares are in uint8, where 3 − 5 is 254 and 20² is 144. Compute "
        "in float.": _db(float(np.mean(wrapped**2))),
        f"{call}: the channels are subtracted in uint8, where 3 − 5 is 254, and it is not Y that "
        "is compared.": _db(_mean_square(bits)),
        f"{call}: the channels are squared in uint8, where 20² is 144, and it is not Y that is "
        "compared.": _db(float(np.mean(bits**2))),
        f"{call}: that is the MSE. PSNR is 10 · log10(255² / MSE).": mse,
    }


OFFSETS = np.arange(-5.0, 6.0)


def _window(spread: np.ndarray, total: float | None = None) -> np.ndarray:
    """(11, 11), the outer product of e to the −`spread`; it sums to 1, or is divided by `total`."""
    line = np.exp(-spread)
    window = np.outer(line, line)
    return np.asarray(window / (window.sum() if total is None else total))


GAUSSIAN = _window(OFFSETS**2 / (2 * 1.5**2))
EVEN = np.full((11, 11), 1 / 121)


def _parts(
    x: np.ndarray,
    y: np.ndarray,
    window: np.ndarray = GAUSSIAN,
    *,
    c1: float = 2.55**2,
    c2: float = 7.65**2,
    unbiased: float = 1,
    two: float = 2,
    roots: bool = False,
    correlated: bool = False,
    by_squares: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """SSIM's two factors at each place where the window fits, right or with a mistake.

    by_squares: the variance as E[x²] − E[x]², which differs where the window does not sum to 1.
    """
    a, b = (np.lib.stride_tricks.sliding_window_view(p, window.shape) for p in (x, y))

    def mean(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.einsum("rcij,ij->rc", values, window))

    mean_a, mean_b = mean(a), mean(b)

    def together(p: np.ndarray, q: np.ndarray, m: np.ndarray, n: np.ndarray) -> np.ndarray:
        if by_squares:
            return mean(p * q) - m * n
        return unbiased * mean((p - m[..., None, None]) * (q - n[..., None, None]))

    var_a, var_b = together(a, a, mean_a, mean_a), together(b, b, mean_b, mean_b)
    cov = together(a, b, mean_a, mean_b)
    if correlated:
        cov = cov / np.sqrt(var_a * var_b)
    if roots:
        var_a, var_b = np.sqrt(var_a), np.sqrt(var_b)
    means = (two * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return means, (two * cov + c2) / (var_a + var_b + c2)


def _ssim(x: np.ndarray, y: np.ndarray, window: np.ndarray = GAUSSIAN, **how: Any) -> np.ndarray:
    means, rest = _parts(x, y, window, **how)
    return means * rest


@question("a4-ssim", "SSIM", points=3)
def ssim(answer: Answer) -> None:
    random = np.random.default_rng(3)
    # Dark and low in contrast, so that the constants matter.
    slope = np.add.outer(np.arange(24.0), 2 * np.arange(29.0)) / 4
    x = 14 + slope + random.normal(0, 3, slope.shape)
    x[12:] += random.normal(0, 12, (12, 29))
    y = 1.25 * x + random.normal(0, 3, slope.shape)
    y[12:] = 60 - 0.5 * y[12:]  # here the two go against each other
    small = np.s_[:11, :11]
    got = numbers(answer(x[small], y[small]), "Of two pictures of 11 × 11, ssim", ())
    right = ssim_map(x[small], y[small], data_range=255)[0, 0]
    compare(got, right, _ssim_mistakes(x[small], y[small]), what="ssim of a window", atol=1e-7)
    flat = np.full((11, 11), 90.0)
    compare(
        numbers(answer(flat, flat.copy()), "Of two equal, even pictures ssim", ()),
        1.0,
        what="ssim of two equal, even pictures",
    )

    answer.earned = 2
    call = "Of pictures of 24 × 29, ssim"
    got = numbers(answer(x, y), call, ())
    every = ssim_map(x, y, data_range=255)
    means, rest = _parts(x, y)

    def padded(mode: Any) -> float:
        return float(_ssim(np.pad(x, 5, mode=mode), np.pad(y, 5, mode=mode)).mean())

    beyond = "Windows reach beyond the border, where the picture {}. Take those that fit."
    mistakes = {
        beyond.format("is filled up with zeros"): padded("constant"),
        beyond.format("is mirrored"): padded("symmetric"),
        beyond.format("is mirrored without its edge"): padded("reflect"),
        beyond.format("repeats its edge"): padded("edge"),
        "There are H − 10 windows from top to bottom; the last row and column of them are "
        "missing.": float(every[:-1, :-1].mean()),
        "Windows stand at every pixel where they fit; yours move on by 11.": float(
            every[::11, ::11].mean()
        ),
        "Only the first window is looked at.": float(every[0, 0]),
        "Only the window in the middle is looked at.": float(every[7, 9]),
        "The border is left out twice: the windows that fit are those at 5 pixels from the edge "
        "already.": float(every[5:-5, 5:-5].mean()),
        "Local SSIM may be negative, where the pictures go against each other. Do not cut it "
        "off.": float(np.maximum(every, 0).mean()),
        "Local SSIM may be negative. Do not take its absolute value.": float(np.abs(every).mean()),
        "The mean of the luminance is multiplied by the mean of the rest. Multiply in each window, "
        "then take the mean.": float(means.mean() * rest.mean()),
        "The values of the windows are added up. Take their mean.": float(every.sum()),
        "The sum is divided by all pixels; there are fewer windows than pixels.": float(
            every.sum() / x.size
        ),
    }
    compare(got, float(every.mean()), mistakes, what=call, atol=1e-7)


def _ssim_mistakes(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    bell = OFFSETS**2 / (2 * 1.5**2)
    n = 121 / 120
    return {
        hint: float(value[0, 0])
        for hint, value in {
            "All pixels of the window count the same there. Weigh them by a Gaussian.": (
                _ssim(x, y, EVEN)
            ),
            "All pixels count the same, and the variances are divided by n − 1. Weigh them by a "
            "Gaussian whose weights add up to 1.": _ssim(x, y, EVEN, unbiased=n),
            "The variances are multiplied by n / (n − 1). SSIM's are weighted means, as they "
            "are.": _ssim(x, y, unbiased=n),
            "The window's weights do not add up to 1. Divide them by their sum.": _ssim(
                x, y, _window(bell, 1), by_squares=True
            ),
            "The window's weights add up to 14, not to 1. Divide them by their sum.": _ssim(
                x, y, _window(bell, 1)
            ),
            "The window is divided by 2π · 1.5², to which its weights nearly add up. Divide by "
            "their sum.": _ssim(x, y, _window(bell, 2 * np.pi * 1.5**2)),
            "The window is divided by 2π · 1.5², only nearly its sum. Divide by the sum.": (
                _ssim(x, y, _window(bell, 2 * np.pi * 1.5**2), by_squares=True)
            ),
            "The Gaussian lacks the 2: it is e to the −(i² + j²) / (2 · 1.5²).": _ssim(
                x, y, _window(2 * bell)
            ),
            "The Gaussian's 1.5 is not squared: it is e to the −(i² + j²) / (2 · 1.5²).": _ssim(
                x, y, _window(1.5 * bell)
            ),
            "The Gaussian's middle lies beside the window's. It is pixel 5 of 0 … 10.": _ssim(
                x, y, _window((OFFSETS - 0.5) ** 2 / (2 * 1.5**2))
            ),
            "The Gaussian has 1 for 1.5, its standard deviation.": _ssim(
                x, y, _window(OFFSETS**2 / 2)
            ),
            "c1 and c2 are missing, or as small as for pictures from 0 to 1. Here L is 255.": _ssim(
                x, y, c1=0, c2=0
            ),
            "c1 and c2 are exchanged: c1 = (0.01 · 255)² goes with the means.": _ssim(
                x, y, c1=7.65**2, c2=2.55**2
            ),
            "The constants are not squared: c1 = (0.01 · 255)², c2 = (0.03 · 255)².": _ssim(
                x, y, c1=2.55, c2=7.65
            ),
            "0.01 and 0.03 are squared with the 255, not before it: c1 = (0.01 · 255)².": _ssim(
                x, y, c1=0.01 * 255**2, c2=0.03 * 255**2
            ),
            "The second constant is (0.03 · 255)²: both have 0.01 there.": _ssim(x, y, c2=2.55**2),
            "Below stand standard deviations. SSIM takes the variances.": _ssim(x, y, roots=True),
            "That is the correlation of the two. σxy is their covariance.": _ssim(
                x, y, correlated=True
            ),
            "Above, both factors begin with a 2.": _ssim(x, y, two=1),
            "Only the means are compared: the second factor is missing.": _parts(x, y)[0],
            "The means are not compared: the first factor is missing.": _parts(x, y)[1],
        }.items()
    }


@question("a4-wilson", "An interval for an accuracy", points=2)
def wilson(answer: Answer) -> None:
    counts = ((6, 10), (47, 60), (3, 40), (720, 1000), (0, 12), (12, 12))
    for z in (1.96, 2.576):
        for right, n in counts:
            call = f"wilson({right}, {n})" if z == 1.96 else f"wilson({right}, {n}, {z})"
            got = answer(right, n) if z == 1.96 else answer(right, n, z)
            compare(
                numbers(got, call, (2,)),
                _wilson(right, n, z),
                _wilson_mistakes(right, n, z, call),
                what=call,
                atol=2e-4,
            )
        answer.earned = 1


def _wilson(right: int, n: int, z: float) -> tuple[float, float]:
    return wilson_interval(right, n, level=1 - erfc(z / sqrt(2)))


def _wilson_mistakes(
    right: int, n: int, z: float, call: str
) -> Mapping[str, tuple[float, float] | float]:
    low, high = _wilson(right, n, z)
    p, below = right / n, 1 + z**2 / n
    middle = (p + z**2 / (2 * n)) / below
    reach = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / below
    plain = z * sqrt(p * (1 - p) / n)
    centred = z * sqrt(middle * (1 - middle) / (n + z**2))
    slips: dict[str, tuple[float, float]] = {
        "that is p ± z √(p(1 − p)/n), the normal interval. It takes the deviation at the share "
        "that was counted; Wilson's takes it at each rate r.": (p - plain, p + plain),
        "the middle is Wilson's, the reach is another: z²/4n² belongs under the root.": (
            middle - plain / below,
            middle + plain / below,
        ),
        "that is Agresti and Coull's interval. It has Wilson's middle, and is wider.": (
            middle - centred,
            middle + centred,
        ),
        "under the root it is z²/4n², with n squared.": _ends(
            middle, z * sqrt(p * (1 - p) / n + z**2 / (4 * n)) / below
        ),
        "the interval is laid around the share itself. Wilson's is shifted towards ½.": (
            p - reach,
            p + reach,
        ),
        "middle and reach are still to be divided by 1 + z²/n.": _ends(
            middle * below, reach * below
        ),
        "the middle is divided by 1 + z²/n, the reach is not.": _ends(middle, reach * below),
        "z is 1.96 whatever the third argument says.": _wilson(right, n, 1.96),
        "z is 1.645, which leaves 5 % at each end. For 95 % in all it is 1.96.": _wilson(
            right, n, 1.645
        ),
        "z is 2.576 there, for 99 %. Without a third argument it is 1.96.": _wilson(
            right, n, 2.576
        ),
        "z is 1 there: one standard deviation holds about 68 %.": _wilson(right, n, 1),
        "the factor z before the root is missing.": _ends(middle, reach / z),
        "these are per cent. Return shares, from 0 to 1.": (100 * low, 100 * high),
        "these are counts of pictures. Return shares, from 0 to 1.": (n * low, n * high),
        "the ends are exchanged: low comes first.": (high, low),
        "that is the middle and the reach. Return the two ends.": (middle, reach),
        "that is the interval for the wrong answers.": (1 - high, 1 - low),
    }
    return {f"{call}: {hint}": ends for hint, ends in slips.items()}


def _ends(middle: float, reach: float) -> tuple[float, float]:
    return middle - reach, middle + reach


def _answers(n: int, top: float, kept: float, won: float, seed: int) -> tuple[np.ndarray, ...]:
    """Classes named of SR pictures and of originals, and the true ones.

    top: the originals' accuracy; kept, won: how many of those right and of those wrong there are
    right in the SR pictures.
    """
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, n)
    original = random.random(n) < top
    sr = random.random(n) < np.where(original, kept, won)
    named = [np.where(r, labels, (labels + random.integers(1, 10, n)) % 10) for r in (sr, original)]
    return named[0], named[1], labels


@question("a4-prs", "A PRS and its interval", points=2)
def prs(answer: Answer) -> None:
    cases = [_answers(400, 0.7, 0.9, 0.2, 4), _answers(150, 0.5, 0.85, 0.4, 5)]
    found = []
    for named_sr, named_hr, labels in cases:
        n = len(labels)
        call = f"Of {n} pictures prs"
        got = numbers(answer(named_sr, named_hr, labels), call, (3,))
        a, b = named_sr == labels, named_hr == labels
        s, t = float(a.mean()), float(b.mean())
        mistakes = {
            f"{call} gives the share of the same answers. A wrong answer that both give recovers "
            "nothing: compare with the labels.": float((named_sr == named_hr).mean()),
            f"{call} gives the accuracy on the SR pictures. Divide by that on the originals.": s,
            f"{call}: the ratio is upside down. SR stands above, the originals below.": t / s,
            f"{call}: that is the difference of the accuracies. Divide.": s - t,
            f"{call}: that is what was lost. Divide the accuracies.": t - s,
            f"{call} gives per cent. Return a share.": 100 * s / t,
            f"{call}: it counts the SR pictures only where the original was named rightly. PRS "
            "divides the two accuracies, each over all pictures.": float((a & b).mean()) / t,
            f"{call}: above 1 the score is cut off. SR pictures may be named rightly more often.": (
                min(s / t, 1)
            ),
            f"{call}: it divides the shares of wrong answers.": (1 - s) / (1 - t),
            f"{call}: that is the number of right answers. Divide by the originals'.": n * s,
        }
        compare(got[0], s / t, mistakes, what=f"{call}: the score")
        found.append((call, got[1:], named_sr != named_hr, a, b))
    answer.earned = 1
    for call, ends, otherwise, a, b in found:
        compare(ends, _ratio(a, b), _ratio_mistakes(call, otherwise, a, b), what=f"{call}: an end")


def _ratio(
    a: np.ndarray, b: np.ndarray, variance: float | None = None, z: float = 1.96
) -> tuple[float, float]:
    """The interval of a.mean() / b.mean() from the variance of the ratio's logarithm."""
    s, t = float(a.mean()), float(b.mean())
    if variance is None:
        variance = float((a != b).mean()) / (len(a) * s * t)
    return s / t * exp(-z * sqrt(variance)), s / t * exp(z * sqrt(variance))


def _ratio_mistakes(
    call: str, otherwise: np.ndarray, a: np.ndarray, b: np.ndarray
) -> Mapping[str, tuple[float, float]]:
    n, s, t = len(a), float(a.mean()), float(b.mean())
    d = float((a != b).mean())
    deviation, r = sqrt(d / (n * s * t)), s / t
    low, high = _ratio(a, b)
    of_share = 1.96 * sqrt(s * (1 - s) / n)
    slips = {
        "too wide: that treats the two as tested on pictures of their own. They are paired: d is "
        "what counts.": _ratio(a, b, ((1 - s) / s + (1 - t) / t) / n),
        "d counts the pictures that one of the two gets right, not those that are named "
        "otherwise. Two different wrong answers do not count.": _ratio(
            a, b, float(otherwise.mean()) / (n * s * t)
        ),
        "d holds only what was lost. What was won counts too.": _ratio(
            a, b, float((b & ~a).mean()) / (n * s * t)
        ),
        "d holds only what was won. What was lost counts too.": _ratio(
            a, b, float((a & ~b).mean()) / (n * s * t)
        ),
        "d is the share of the pictures on which they are alike. It is the others that count.": (
            _ratio(a, b, (1 - d) / (n * s * t))
        ),
        "the factor is 1.645, which leaves 5 % at each end. For 95 % in all it is 1.96.": _ratio(
            a, b, z=1.645
        ),
        "one standard deviation to each side holds about 68 %. The factor 1.96 is missing.": (
            _ratio(a, b, z=1)
        ),
        "the root is missing.": _ratio(a, b, deviation**4),
        "n is missing under the root, or d is a number where it should be a share.": _ratio(
            a, b, d / (s * t)
        ),
        "the two accuracies are missing below d.": _ratio(a, b, d / n),
        "below d stand shares, not the numbers of right answers.": _ratio(
            a, b, d / (n * s * t * n**2)
        ),
        "n is the number of all pictures, not of the originals that were named rightly.": _ratio(
            a, b, d / (n * t * s * t)
        ),
        "n is the number of all pictures, not of those on which the two differ.": _ratio(
            a, b, 1 / (n * s * t)
        ),
        "the deviation is that of the ratio's logarithm: multiply and divide by e to the power "
        "of it. It was added and subtracted.": (r - 1.96 * deviation, r + 1.96 * deviation),
        "1 ± 1.96 deviations is near to e to the ± 1.96 deviations, but not equal.": (
            r * (1 - 1.96 * deviation),
            r * (1 + 1.96 * deviation),
        ),
        "the originals' accuracy is treated as if it were known exactly.": (
            (s - of_share) / t,
            (s + of_share) / t,
        ),
        "above 1 the end is cut off.": (min(low, 1.0), min(high, 1.0)),
        "the ends are exchanged: low comes before high.": (high, low),
    }
    return {f"{call}: {hint}": ends for hint, ends in slips.items()}


def _at_least(k: int, m: int) -> float:
    """How often m coins show k heads or more."""
    return sum(comb(m, heads) for heads in range(k, m + 1)) / 2**m


def _two_sided(b: int, c: int) -> float:
    return min(1.0, 2 * _at_least(max(b, c), b + c))


def _chi_square(b: int, c: int, less: float = 0) -> float:
    return erfc(max(abs(b - c) - less, 0) / sqrt(2 * (b + c))) if b + c else 1.0


def _unpaired(first: int, second: int, n: int) -> float:
    """The p-value of the usual test of two shares, of n pictures each."""
    pooled = (first + second) / (2 * n)
    deviation = sqrt(2 * pooled * (1 - pooled) / n)
    return erfc(abs(first - second) / n / deviation / sqrt(2))


def _p_mistakes(both: int, b: int, c: int, neither: int) -> dict[str, float]:
    """Hints for a wrong p-value; b, c: named rightly by the first only, by the second only."""
    n, m, k = both + b + c + neither, b + c, max(b, c)
    return {
        "that is one-sided. Either method could have been ahead: double it.": _at_least(k, m),
        "that is how often exactly so many fall to one method. Add what is even more one-sided.": (
            2 * comb(m, k) / 2**m
        ),
        "that is how often exactly so many fall to one of them, on one side only.": (
            comb(m, k) / 2**m
        ),
        "“as many or more” includes as many: the first term of the sum is missing.": (
            2 * _at_least(k + 1, m)
        ),
        "that is the chi-square approximation. With so few pictures, count exactly.": _chi_square(
            b, c
        ),
        "that is the chi-square approximation with a correction. Count exactly.": _chi_square(
            b, c, 1
        ),
        "that is unpaired, as if each method had pictures of its own. They saw the same ones.": (
            _unpaired(both + b, both + c, n)
        ),
        "the pictures that both name rightly are counted for both. They speak for neither.": (
            _two_sided(both + b, both + c)
        ),
        "the coin is tossed for every picture. Only those speak on which the methods differ.": min(
            1.0, 2 * _at_least(k, n)
        ),
        "that compares both right with neither right. Compare what only one of them got right.": (
            _two_sided(both, neither)
        ),
        "the second method's pictures are counted even where they are the fewer. Take the larger "
        "of the two numbers.": min(1.0, 2 * _at_least(c, m)),
        "the first method's pictures are counted even where they are the fewer. Take the larger "
        "of the two numbers.": min(1.0, 2 * _at_least(b, m)),
        "that is 1 − p.": 1 - _two_sided(b, c),
        "that is in per cent.": 100 * _two_sided(b, c),
    }


@question("a4-mcnemar", "Two methods, the same pictures", points=2)
def mcnemar(answer: Answer) -> None:
    random = np.random.default_rng(6)
    # Both right, the first only, the second only, neither.
    for table in ((6, 3, 12, 1), (3, 14, 5, 1), (20, 0, 6, 14), (20, 5, 5, 10), (12, 0, 0, 8)):
        both, b, c, neither = table
        rows = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], table, axis=0)
        first, second = random.permutation(rows).T
        call = f"With {b} pictures for the first method and {c} for the second"
        if b == c:
            answer.earned = 1
        got = numbers(answer(first.copy(), second.copy()), call, ())
        if b == c and got > 1:
            raise Wrong(f"{call} p is {got:.3f}. A probability is at most 1: cut it off there.")
        mistakes = {
            f"{call}: {hint}": value for hint, value in _p_mistakes(both, b, c, neither).items()
        }
        compare(got, _two_sided(b, c), mistakes, what=f"{call}: p")


TABLES = {"Table 1": (60, 3, 12, 25), "Table 2": (47, 16, 25, 12)}


@question("a4-reading", "Which difference holds?", points=2)
def reading(answer: Answer) -> None:
    given = answer.value
    if not isinstance(given, tuple | list) or len(given) != len(TABLES):
        raise Wrong("Give two answers, one for each table.")
    hints = []
    for (name, table), one in zip(TABLES.items(), given, strict=True):
        try:
            _read(name, table, one)
            answer.earned += 1
        except Wrong as wrong:
            hints.append(str(wrong))
    if hints:
        raise Wrong(" ".join(hints))


def _read(name: str, table: tuple[int, int, int, int], given: Any) -> None:
    both, b, c, neither = table
    if given is None:
        raise Wrong(f"{name}: this is not written yet.")
    if not isinstance(given, tuple | list) or len(given) != 3:
        raise Wrong(f"{name}: give three things, a number of pictures, p and a verdict.")
    pictures, p, verdict = given
    counts = {
        f"{name}: of all pictures most say nothing. Count those on which A and B differ.": 100,
        f"{name}: these are the pictures on which A and B are alike. The others speak.": (
            both + neither
        ),
        f"{name}: those that only A gets right speak too.": c,
        f"{name}: those that only B gets right speak too.": b,
        f"{name}: that is by how many B is ahead. Add the two numbers.": c - b,
        f"{name}: what both get right speaks for neither.": both,
        f"{name}: what neither gets right speaks for neither.": neither,
    }
    _same(numbers(pictures, f"{name}: the number", ()), b + c, counts, name, atol=0)
    mistakes = {f"{name}: {hint}": found for hint, found in _p_mistakes(*table).items()}
    _same(numbers(p, f"{name}: p", ()), _two_sided(b, c), mistakes, name, atol=6e-4)
    said = str(verdict).strip().lower()
    if said not in ("a", "b", "open"):
        raise Wrong(f'{name}: the verdict is {verdict!r}; give "A", "B" or "open".')
    if said == "a":
        raise Wrong(f"{name}: A and B are exchanged. B is right more often.")
    holds = _two_sided(b, c) < 0.05
    if holds and said == "open":
        raise Wrong(f"{name}: p is below 0.05, and so the difference holds.")
    if not holds and said != "open":
        raise Wrong(
            f"{name}: coins fall as unevenly more often than once in twenty times. That B is ahead "
            "here does not show that it is better."
        )


def _same(
    got: np.ndarray, right: float, mistakes: Mapping[str, float], name: str, atol: float
) -> None:
    """As `compare`, without telling what is right: that would be the whole answer."""
    if abs(got - right) <= atol:
        return
    for hint, wrong in mistakes.items():
        if abs(got - wrong) <= atol:
            raise Wrong(hint)
    raise Wrong(f"{name}: {got:g} does not follow from the table.")
