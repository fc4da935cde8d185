"""Answers to assignment 4, PSNR, SSIM and a PRS with an interval."""

from math import comb, erfc, sqrt

import numpy as np
import skimage.metrics

import srcourse.images
import srcourse.metrics
from srcourse.metrics.binomial import wilson as wilson_of_the_course
from tests.classroom.answers import right, wrong

BT601 = np.array([65.481, 128.553, 24.966])

# --- a4-luma ------------------------------------------------------------------------------------


def unit(image):
    return image / 255 if image.dtype == np.uint8 else image


@right("a4-luma")
def formula(image):
    return 16 + unit(image) @ BT601


@right("a4-luma")
def over_256(image):
    """The same with the digits that many programs have."""
    r, g, b = np.moveaxis(unit(image) * 255, -1, 0)
    return 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256


@right("a4-luma")
def pixel_by_pixel(image):
    return [[16 + sum(map(float, BT601 * pixel)) for pixel in row] for row in unit(image)]


@wrong("a4-luma", "Here it is 16 to 235")
def full_range(image):
    return 255 * unit(image) @ np.array([0.299, 0.587, 0.114])


@wrong("a4-luma", "white would be 271")
def full_range_and_16(image):
    return 16 + full_range(image)


@wrong("a4-luma", "The 16 is missing".lower())
def no_offset(image):
    return unit(image) @ BT601


@wrong("a4-luma", "once for each channel")
def offset_for_each_channel(image):
    return np.sum(16 + unit(image) * BT601, axis=-1)


@wrong("a4-luma", "red and blue are exchanged")
def bgr(image):
    return formula(image[..., ::-1])


@wrong("a4-luma", "Green is much brighter")
def mean_of_channels(image):
    return 255 * unit(image).mean(axis=-1)


@wrong("a4-luma", "does not fit into uint8")
def summed_in_uint8(image):
    with np.errstate(over="ignore"):
        return (image[..., 0] + image[..., 1] + image[..., 2]) / 3


@wrong("a4-luma", "BT.709")
def hd_weights(image):
    return 16 + 219 * unit(image) @ np.array([0.2126, 0.7152, 0.0722])


@wrong("a4-luma", "64.738 for 65.738")
def slip_of_the_pen(image):
    return 16 + 255 * unit(image) @ np.array([64.738, 129.057, 25.064]) / 256


@wrong("a4-luma", "fast hardware")
def whole_number_weights(image):
    r, g, b = np.moveaxis((255 * unit(image)).round().astype(int), -1, 0)
    return ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16


@wrong("a4-luma", "Divide by 255 first")
def never_divided(image):
    return 16 + image @ BT601


@wrong("a4-luma", "not by 256")
def divided_by_256(image):
    return 16 + unit(image) * 255 / 256 @ BT601


@wrong("a4-luma", "goes from 0 to 1. Here it is in levels")
def from_0_to_1(image):
    return formula(image) / 255


@wrong("a4-luma", "Y is rounded")
def rounded_luma(image):
    return np.round(formula(image))


@wrong("a4-luma", "cut to whole numbers")
def luma_in_uint8(image):
    return formula(image).astype(np.uint8)


@wrong("a4-luma", "two axes")
def three_channels_kept(image):
    return np.repeat(formula(image)[..., None], 3, axis=-1)


@wrong("a4-luma", "divided by 255 again", 1)
def uint8_only(image):
    return 16 + image / 255 @ BT601


@wrong("a4-luma", "not its largest value", 1)
def kind_by_the_largest_value(image):
    return 16 + (image / 255 if image.max() > 1 else image) @ BT601


@wrong("a4-luma", "It calls `luma` of srcourse")
def luma_of_the_course(image):
    return 255 * srcourse.images.luma(image)


# --- a4-psnr ------------------------------------------------------------------------------------


def eight_bits(picture):
    return np.clip(np.round(picture), 0, 255).astype(np.uint8)


def cut(picture, scale):
    return picture[scale:-scale, scale:-scale]


def errors(hr, sr, y=formula):
    return y(hr) - y(eight_bits(sr))


def decibels(error, peak=255):
    mse = np.mean(np.square(error))
    return np.inf if mse == 0 else 10 * np.log10(peak**2 / mse)


@right("a4-psnr")
def as_the_protocol_says(hr, sr, scale):
    return decibels(cut(errors(hr, sr), scale))


@right("a4-psnr")
def two_logarithms(hr, sr, scale):
    sr = np.minimum(np.maximum(np.floor(np.asarray(sr, float) + 0.5), 0), 255)
    high, wide, _ = hr.shape
    error = ((hr - sr) / 255 @ BT601)[scale : high - scale, scale : wide - scale]
    with np.errstate(divide="ignore"):
        return 20 * np.log10(255) - 10 * np.log10(np.mean(error**2))


@wrong("a4-psnr", "natural logarithm")
def natural_logarithm(hr, sr, scale):
    return as_the_protocol_says(hr, sr, scale) * np.log(10)


@wrong("a4-psnr", "10 times the logarithm, not 20")
def twenty_logarithms(hr, sr, scale):
    return 2 * as_the_protocol_says(hr, sr, scale)


@wrong("a4-psnr", "factor 10 is missing")
def bels(hr, sr, scale):
    return as_the_protocol_says(hr, sr, scale) / 10


@wrong("a4-psnr", "upside down")
def upside_down(hr, sr, scale):
    return -as_the_protocol_says(hr, sr, scale)


@wrong("a4-psnr", "the peak is 1")
def peak_of_1(hr, sr, scale):
    return decibels(cut(errors(hr, sr), scale), 1)


@wrong("a4-psnr", "the peak is not squared")
def peak_not_squared(hr, sr, scale):
    return 10 * np.log10(255 / np.mean(cut(errors(hr, sr), scale) ** 2))


@wrong("a4-psnr", "the peak is 219, which comes")
def peak_of_the_studio_range(hr, sr, scale):
    return decibels(cut(errors(hr, sr), scale), 219)


@wrong("a4-psnr", "largest Y that this picture has")
def peak_of_the_picture(hr, sr, scale):
    return decibels(cut(errors(hr, sr), scale), formula(hr).max())


@wrong("a4-psnr", "root of the MSE")
def root_of_the_mse(hr, sr, scale):
    return 10 * np.log10(255**2 / np.sqrt(np.mean(cut(errors(hr, sr), scale) ** 2)))


@wrong("a4-psnr", "absolute values")
def absolute_errors(hr, sr, scale):
    return 10 * np.log10(255**2 / np.mean(np.abs(cut(errors(hr, sr), scale))))


@wrong("a4-psnr", "Take their mean")
def summed_squares(hr, sr, scale):
    return 10 * np.log10(255**2 / np.sum(cut(errors(hr, sr), scale) ** 2))


@wrong("a4-psnr", "left out of the sum")
def border_set_to_zero(hr, sr, scale):
    error = errors(hr, sr)
    error[:scale] = error[-scale:] = error[:, :scale] = error[:, -scale:] = 0
    return decibels(error)


@wrong("a4-psnr", "the border is not cut off")
def no_border(hr, sr, scale):
    return decibels(errors(hr, sr))


@wrong("a4-psnr", "at the top and left only")
def border_on_two_sides(hr, sr, scale):
    return decibels(errors(hr, sr)[scale:, scale:])


@wrong("a4-psnr", "at the top and bottom")
def border_of_rows(hr, sr, scale):
    return decibels(errors(hr, sr)[scale:-scale])


@wrong("a4-psnr", "pixels on each side, not")
def border_twice(hr, sr, scale):
    return decibels(cut(errors(hr, sr), 2 * scale))


@wrong("a4-psnr", "DIV2K")
def border_of_div2k(hr, sr, scale):
    return decibels(cut(errors(hr, sr), scale + 6))


@wrong("a4-psnr", "all three channels")
def rgb(hr, sr, scale):
    return decibels(cut(errors(hr, sr, lambda p: p.astype(float)), scale))


@wrong("a4-psnr", "Y goes from 0 to 255 there, or")
def full_range_y(hr, sr, scale):
    return decibels(cut(errors(hr, sr, full_range), scale))


@wrong("a4-psnr", "Y takes red for blue")
def bgr_y(hr, sr, scale):
    return decibels(cut(errors(hr, sr, bgr), scale))


@wrong("a4-psnr", "the subtraction is in uint8")
def wrapped_differences(hr, sr, scale):
    error = errors(hr, sr, lambda p: np.round(formula(p)).astype(np.uint8))
    return decibels(cut(error, scale).astype(float))


@wrong("a4-psnr", "Compute in float")
def wrapped_squares(hr, sr, scale):
    error = errors(hr, sr, lambda p: np.round(formula(p)).astype(np.uint8))
    return decibels(cut(error, scale))


@wrong("a4-psnr", "squared in uint8")
def wrapped_rgb(hr, sr, scale):
    return decibels(cut(hr - eight_bits(sr), scale))


@wrong("a4-psnr", "that is the MSE")
def mse_only(hr, sr, scale):
    return np.mean(cut(errors(hr, sr), scale) ** 2)


@wrong("a4-psnr", "taken as it came", 2)
def not_rounded(hr, sr, scale):
    return decibels(cut((hr - sr.astype(float)) / 255 @ BT601, scale))


@wrong("a4-psnr", "not clipped", 2)
def not_clipped(hr, sr, scale):
    return not_rounded(hr, np.round(sr), scale)


@wrong("a4-psnr", "clipped, but not rounded", 2)
def clipped_only(hr, sr, scale):
    return not_rounded(hr, np.clip(sr, 0, 255), scale)


@wrong("a4-psnr", "7.9 to 7", 2)
def cut_off_decimals(hr, sr, scale):
    return as_the_protocol_says(hr, np.clip(sr, 0, 255).astype(np.uint8), scale)


@wrong("a4-psnr", "256 becomes 0", 2)
def wrapped_around(hr, sr, scale):
    return as_the_protocol_says(hr, np.round(sr).astype(int).astype(np.uint8), scale)


@wrong("a4-psnr", "cut where it should be rounded", 2)
def simply_made_uint8(hr, sr, scale):
    return as_the_protocol_says(hr, sr.astype(int).astype(np.uint8), scale)


@wrong("a4-psnr", "luma takes floats for 0 to 1", 2)
def floats_taken_for_0_to_1(hr, sr, scale):
    if sr.dtype != np.uint8:
        sr = np.clip(np.round(sr), 0, 255)
    return decibels(cut(formula(hr) - formula(sr), scale))


@wrong("a4-psnr", "without any error it is infinite", 2)
def at_most_100(hr, sr, scale):
    return min(as_the_protocol_says(hr, sr, scale), 100.0)


@wrong("a4-psnr", "ZeroDivisionError", 2)
def divided_by_zero(hr, sr, scale):
    return 10 * np.log10(255**2 / float(np.mean(cut(errors(hr, sr), scale) ** 2)))


@wrong("a4-psnr", "of srcourse. Here the task")
def protocol_of_the_course(hr, sr, scale):
    return srcourse.metrics.score(hr, eight_bits(sr), scale)["psnr"]


# --- a4-ssim ------------------------------------------------------------------------------------

STEPS = np.arange(-5, 6)
BELL = np.exp(-(STEPS**2) / (2 * 1.5**2))
GAUSSIAN = np.outer(BELL, BELL) / BELL.sum() ** 2


def views(x):
    return np.lib.stride_tricks.sliding_window_view(x, (11, 11))


def local(x, y, weight=GAUSSIAN, c1=2.55**2, c2=7.65**2, ddof=False, power=1, two=2):
    """SSIM's two factors in each window."""
    x, y = views(x), views(y)
    n = 121 / 120 if ddof else 1
    mx, my = (np.sum(weight * p, axis=(2, 3), keepdims=True) for p in (x, y))
    vx, vy = (n * np.sum(weight * (p - m) ** 2, axis=(2, 3)) for p, m in ((x, mx), (y, my)))
    cov = n * np.sum(weight * (x - mx) * (y - my), axis=(2, 3))
    mx, my = mx[..., 0, 0], my[..., 0, 0]
    means = (two * mx * my + c1) / (mx**2 + my**2 + c1)
    return means, (two * cov + c2) / (vx**power + vy**power + c2)


def ssim_map(x, y, **how):
    means, rest = local(x, y, **how)
    return means * rest


@right("a4-ssim")
def by_windows(x, y):
    return ssim_map(x, y).mean()


@right("a4-ssim")
def separable(x, y):
    line = BELL / BELL.sum()

    def blurred(p):
        down = np.apply_along_axis(np.convolve, 0, p, line, "valid")
        return np.apply_along_axis(np.convolve, 1, down, line, "valid")

    mx, my = blurred(x), blurred(y)
    vx, vy, cov = blurred(x * x) - mx**2, blurred(y * y) - my**2, blurred(x * y) - mx * my
    c1, c2 = 6.5025, 58.5225
    return np.mean((2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2)))


@right("a4-ssim")
def three_parts_in_loops(x, y):
    found = []
    for r in range(len(x) - 10):
        for c in range(len(x[0]) - 10):
            a, b = x[r : r + 11, c : c + 11], y[r : r + 11, c : c + 11]
            ma, mb = np.average(a, weights=GAUSSIAN), np.average(b, weights=GAUSSIAN)
            sa = sqrt(np.average((a - ma) ** 2, weights=GAUSSIAN))
            sb = sqrt(np.average((b - mb) ** 2, weights=GAUSSIAN))
            cov = np.average((a - ma) * (b - mb), weights=GAUSSIAN)
            c1, c2 = 2.55**2, 7.65**2
            light = (2 * ma * mb + c1) / (ma**2 + mb**2 + c1)
            contrast = (2 * sa * sb + c2) / (sa**2 + sb**2 + c2)
            found.append(light * contrast * (cov + c2 / 2) / (sa * sb + c2 / 2))
    return sum(found) / len(found)


@wrong("a4-ssim", "Weigh them by a Gaussian")
def uniform_window(x, y):
    return ssim_map(x, y, weight=np.full((11, 11), 1 / 121)).mean()


@wrong("a4-ssim", "divided by n − 1")
def uniform_and_unbiased(x, y):
    return ssim_map(x, y, weight=np.full((11, 11), 1 / 121), ddof=True).mean()


@wrong("a4-ssim", "multiplied by n / (n − 1)")
def unbiased(x, y):
    return ssim_map(x, y, ddof=True).mean()


@wrong("a4-ssim", "add up to 14")
def window_not_normalised(x, y):
    return ssim_map(x, y, weight=np.outer(BELL, BELL)).mean()


@wrong("a4-ssim", "do not add up to 1")
def window_not_normalised_by_squares(x, y):
    def mean(p):
        return np.einsum("rcij,i,j->rc", views(p), BELL, BELL)

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 6.5025, 58.5225
    return np.mean((2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2)))


@wrong("a4-ssim", "divided by 2π")
def window_normalised_as_a_density(x, y):
    return ssim_map(x, y, weight=np.outer(BELL, BELL) / (2 * np.pi * 2.25)).mean()


def other_window(line):
    return np.outer(line, line) / line.sum() ** 2


@wrong("a4-ssim", "lacks the 2")
def gaussian_without_the_2(x, y):
    return ssim_map(x, y, weight=other_window(np.exp(-(STEPS**2) / 1.5**2))).mean()


@wrong("a4-ssim", "1.5 is not squared")
def sigma_not_squared(x, y):
    return ssim_map(x, y, weight=other_window(np.exp(-(STEPS**2) / (2 * 1.5)))).mean()


@wrong("a4-ssim", "beside the window's")
def gaussian_off_the_middle(x, y):
    line = np.exp(-((np.arange(11) - 11 / 2) ** 2) / (2 * 1.5**2))
    return ssim_map(x, y, weight=other_window(line)).mean()


@wrong("a4-ssim", "c1 and c2 are missing, or")
def no_constants(x, y):
    with np.errstate(invalid="ignore"):
        return ssim_map(x, y, c1=0, c2=0).mean()


@wrong("a4-ssim", "c1 and c2 are exchanged")
def constants_exchanged(x, y):
    return ssim_map(x, y, c1=7.65**2, c2=2.55**2).mean()


@wrong("a4-ssim", "constants are not squared")
def constants_not_squared(x, y):
    return ssim_map(x, y, c1=2.55, c2=7.65).mean()


@wrong("a4-ssim", "squared with the 255")
def only_the_255_squared(x, y):
    return ssim_map(x, y, c1=0.01 * 255**2, c2=0.03 * 255**2).mean()


@wrong("a4-ssim", "as small as for pictures")
def constants_for_a_peak_of_1(x, y):
    return ssim_map(x, y, c1=0.01**2, c2=0.03**2).mean()


@wrong("a4-ssim", "both have 0.01")
def one_constant(x, y):
    return ssim_map(x, y, c2=2.55**2).mean()


@wrong("a4-ssim", "standard deviations")
def deviations_for_variances(x, y):
    return ssim_map(x, y, power=0.5).mean()


@wrong("a4-ssim", "begin with a 2")
def without_the_2(x, y):
    return ssim_map(x, y, two=1).mean()


@wrong("a4-ssim", "the first factor is missing")
def second_factor_only(x, y):
    return local(x, y)[1].mean()


@wrong("a4-ssim", "filled up with zeros", 2)
def zeros_around(x, y):
    if x.shape == (11, 11):
        return by_windows(x, y)
    return by_windows(np.pad(x, 5), np.pad(y, 5))


@wrong("a4-ssim", "is mirrored", 2)
def mirror_around(x, y):
    if x.shape == (11, 11):
        return by_windows(x, y)
    return by_windows(np.pad(x, 5, mode="symmetric"), np.pad(y, 5, mode="symmetric"))


@wrong("a4-ssim", "last row and column", 2)
def one_window_short(x, y):
    found = ssim_map(x, y)
    return found[: max(len(x) - 11, 1), : max(len(x[0]) - 11, 1)].mean()


@wrong("a4-ssim", "yours move on by 11", 2)
def blocks(x, y):
    return ssim_map(x, y)[::11, ::11].mean()


@wrong("a4-ssim", "Only the first window", 2)
def first_window_only(x, y):
    return by_windows(x[:11, :11], y[:11, :11])


@wrong("a4-ssim", "The border is left out twice", 2)
def border_left_out_twice(x, y):
    found = ssim_map(x, y)
    return (found if found.size == 1 else found[5:-5, 5:-5]).mean()


@wrong("a4-ssim", "Do not cut it off", 2)
def clipped_at_zero(x, y):
    return np.maximum(ssim_map(x, y), 0).mean()


@wrong("a4-ssim", "Multiply in each window", 2)
def product_of_means(x, y):
    means, rest = local(x, y)
    return means.mean() * rest.mean()


@wrong("a4-ssim", "The values of the windows are added up", 2)
def sum_of_windows(x, y):
    return ssim_map(x, y).sum()


@wrong("a4-ssim", "It calls")
def by_scikit_image(x, y):
    return skimage.metrics.structural_similarity(
        x, y, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )


# --- a4-wilson ----------------------------------------------------------------------------------


def ends(right, n, z):
    """Middle and reach of Wilson's interval."""
    p = right / n
    below = 1 + z**2 / n
    root = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (p + z**2 / (2 * n)) / below, root / below


@right("a4-wilson")
def closed_form(right, n, z=1.96):
    middle, reach = ends(right, n, z)
    return middle - reach, middle + reach


@right("a4-wilson")
def roots_of_the_quadratic(right, n, z=1.96):
    p = right / n
    return np.sort(np.roots([1 + z**2 / n, -2 * p - z**2 / n, p**2]).real)


@right("a4-wilson")
def search(right, n, z=1.96):
    rates = np.linspace(0, 1, 100_001)
    within = rates[(right / n - rates) ** 2 <= z**2 * rates * (1 - rates) / n + 1e-12]
    return [within.min(), within.max()]


@wrong("a4-wilson", "the normal interval. It takes")
def wald(right, n, z=1.96):
    p = right / n
    half = z * sqrt(p * (1 - p) / n)
    return p - half, p + half


@wrong("a4-wilson", "belongs under the root")
def root_without_its_second_part(right, n, z=1.96):
    p = right / n
    middle, _ = ends(right, n, z)
    half = z * sqrt(p * (1 - p) / n) / (1 + z**2 / n)
    return middle - half, middle + half


@wrong("a4-wilson", "Agresti and Coull")
def agresti_and_coull(right, n, z=1.96):
    m = n + z**2
    p = (right + z**2 / 2) / m
    half = z * sqrt(p * (1 - p) / m)
    return p - half, p + half


@wrong("a4-wilson", "with n squared")
def n_not_squared(right, n, z=1.96):
    p = right / n
    middle, _ = ends(right, n, z)
    half = z * sqrt(p * (1 - p) / n + z**2 / (4 * n)) / (1 + z**2 / n)
    return middle - half, middle + half


@wrong("a4-wilson", "around the share itself")
def around_the_share(right, n, z=1.96):
    _, reach = ends(right, n, z)
    return right / n - reach, right / n + reach


@wrong("a4-wilson", "middle and reach are still to be divided")
def never_divided_at_all(right, n, z=1.96):
    middle, reach = ends(right, n, z)
    below = 1 + z**2 / n
    return below * (middle - reach), below * (middle + reach)


@wrong("a4-wilson", "the reach is not")
def middle_divided_only(right, n, z=1.96):
    middle, reach = ends(right, n, z)
    reach *= 1 + z**2 / n
    return middle - reach, middle + reach


@wrong("a4-wilson", "z is 1.645")
def ninety_per_cent(right, n, z=1.96):
    return closed_form(right, n, 1.645)


@wrong("a4-wilson", "one standard deviation")
def one_deviation(right, n, z=1.96):
    return closed_form(right, n, 1)


@wrong("a4-wilson", "these are per cent")
def in_per_cent(right, n, z=1.96):
    return [100 * end for end in closed_form(right, n, z)]


@wrong("a4-wilson", "counts of pictures")
def in_pictures(right, n, z=1.96):
    return [n * end for end in closed_form(right, n, z)]


@wrong("a4-wilson", "the ends are exchanged")
def high_and_low(right, n, z=1.96):
    return closed_form(right, n, z)[::-1]


@wrong("a4-wilson", "the middle and the reach")
def middle_and_reach(right, n, z=1.96):
    return ends(right, n, z)


@wrong("a4-wilson", "for the wrong answers")
def of_the_wrong_answers(right, n, z=1.96):
    return closed_form(n - right, n, z)


@wrong("a4-wilson", "whatever the third argument says", 1)
def z_fixed(right, n, z=1.96):
    return closed_form(right, n, 1.96)


@wrong("a4-wilson", "It calls `wilson` of srcourse")
def interval_of_the_course(right, n, z=1.96):
    return wilson_of_the_course(right, n, 1 - erfc(z / sqrt(2)))


# --- a4-prs -------------------------------------------------------------------------------------


def interval(score, w, z=1.96):
    return score, score * np.exp(-z * w), score * np.exp(z * w)


def shares(named_sr, named_hr, labels):
    """The two accuracies, the share of the pictures that one of the two gets right, and n."""
    a, b = named_sr == labels, named_hr == labels
    return a.mean(), b.mean(), (a != b).mean(), len(labels)


@right("a4-prs")
def as_printed(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d / (n * s * t)))


@right("a4-prs")
def by_the_correlation(named_sr, named_hr, labels):
    """As lesson 14 writes it: two spreads and what they share."""
    a, b = named_sr == labels, named_hr == labels
    s, t = np.sqrt((1 - a.mean()) / a.mean()), np.sqrt((1 - b.mean()) / b.mean())
    together = np.corrcoef(a, b)[0, 1]
    return interval(a.sum() / b.sum(), np.sqrt((s**2 + t**2 - 2 * together * s * t) / len(labels)))


@right("a4-prs")
def by_counting(named_sr, named_hr, labels):
    both = one = other = 0
    for x, y, truth in zip(named_sr, named_hr, labels, strict=True):
        both += x == truth and y == truth
        one += x == truth and y != truth
        other += x != truth and y == truth
    w = sqrt((one + other) / ((both + one) * (both + other)))
    return list(map(float, interval((both + one) / (both + other), w)))


@wrong("a4-prs", "the share of the same answers")
def agreement(named_sr, named_hr, labels):
    _, low, high = as_printed(named_sr, named_hr, labels)
    return np.mean(named_sr == named_hr), low, high


@wrong("a4-prs", "the accuracy on the SR pictures")
def accuracy_only(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s, np.sqrt(d / (n * s * t)))


@wrong("a4-prs", "upside down")
def ratio_upside_down(named_sr, named_hr, labels):
    return as_printed(named_hr, named_sr, labels)


@wrong("a4-prs", "the difference of the accuracies")
def difference(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return s - t, s - t - 1.96 * np.sqrt(d / n), s - t + 1.96 * np.sqrt(d / n)


@wrong("a4-prs", "gives per cent")
def score_in_per_cent(named_sr, named_hr, labels):
    return [100 * value for value in as_printed(named_sr, named_hr, labels)]


@wrong("a4-prs", "each over all pictures")
def of_those_named_rightly(named_sr, named_hr, labels):
    known = named_hr == labels
    kept = named_sr[known] == labels[known]
    return interval(kept.mean(), np.sqrt((1 - kept.mean()) / kept.sum()))


@wrong("a4-prs", "above 1 the score is cut off")
def at_most_1(named_sr, named_hr, labels):
    return [min(value, 1) for value in as_printed(named_sr, named_hr, labels)]


@wrong("a4-prs", "has shape")
def score_alone(named_sr, named_hr, labels):
    return as_printed(named_sr, named_hr, labels)[0]


@wrong("a4-prs", "They are paired", 1)
def unpaired(named_sr, named_hr, labels):
    s, t, _, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt((1 - s) / (n * s) + (1 - t) / (n * t)))


@wrong("a4-prs", "Two different wrong answers", 1)
def named_otherwise(named_sr, named_hr, labels):
    s, t, _, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(np.mean(named_sr != named_hr) / (n * s * t)))


@wrong("a4-prs", "only what was lost", 1)
def lost_only(named_sr, named_hr, labels):
    s, t, _, n = shares(named_sr, named_hr, labels)
    lost = np.mean((named_hr == labels) & (named_sr != labels))
    return interval(s / t, np.sqrt(lost / (n * s * t)))


@wrong("a4-prs", "1.645", 1)
def interval_of_90_per_cent(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d / (n * s * t)), 1.645)


@wrong("a4-prs", "The factor 1.96 is missing", 1)
def one_deviation_of_it(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d / (n * s * t)), 1)


@wrong("a4-prs", "the root is missing", 1)
def no_root(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, d / (n * s * t))


@wrong("a4-prs", "d is a number where it should be a share", 1)
def d_as_a_number(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d * n / (n * s * t)))


@wrong("a4-prs", "the two accuracies are missing", 1)
def d_over_n(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d / n))


@wrong("a4-prs", "not of the originals that were named rightly", 1)
def n_of_the_wrong_group(named_sr, named_hr, labels):
    s, t, d, _ = shares(named_sr, named_hr, labels)
    return interval(s / t, np.sqrt(d / (np.sum(named_hr == labels) * s * t)))


@wrong("a4-prs", "It was added and subtracted", 1)
def added_and_subtracted(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    w = 1.96 * np.sqrt(d / (n * s * t))
    return s / t, s / t - w, s / t + w


@wrong("a4-prs", "is near to e to the", 1)
def without_the_exponential(named_sr, named_hr, labels):
    s, t, d, n = shares(named_sr, named_hr, labels)
    w = 1.96 * np.sqrt(d / (n * s * t))
    return s / t, s / t * (1 - w), s / t * (1 + w)


@wrong("a4-prs", "as if it were known exactly", 1)
def originals_taken_for_granted(named_sr, named_hr, labels):
    s, t, _, n = shares(named_sr, named_hr, labels)
    half = 1.96 * np.sqrt(s * (1 - s) / n)
    return s / t, (s - half) / t, (s + half) / t


@wrong("a4-prs", "the ends are exchanged", 1)
def high_before_low(named_sr, named_hr, labels):
    score, low, high = as_printed(named_sr, named_hr, labels)
    return score, high, low


# --- a4-mcnemar ---------------------------------------------------------------------------------


def only(first, second):
    """How many pictures the first alone has right, and the second alone."""
    return int(np.sum(first > second)), int(np.sum(second > first))


def tail(k, m):
    return sum(comb(m, i) for i in range(k, m + 1)) / 2**m


@right("a4-mcnemar")
def larger_number(first, second):
    b, c = only(first, second)
    return min(1, 2 * tail(max(b, c), b + c))


@right("a4-mcnemar")
def all_that_is_no_likelier(first, second):
    b, c = only(first, second)
    chances = [comb(b + c, i) / 2 ** (b + c) for i in range(b + c + 1)]
    return sum(chance for chance in chances if chance <= chances[b] * (1 + 1e-9))


@right("a4-mcnemar")
def smaller_number(first, second):
    b = c = 0
    for x, y in zip(first, second, strict=True):
        b += bool(x and not y)
        c += bool(y and not x)
    p = 2 * sum(comb(b + c, i) * 0.5 ** (b + c) for i in range(min(b, c) + 1))
    return 1.0 if p > 1 else p


@wrong("a4-mcnemar", "one-sided")
def one_sided(first, second):
    b, c = only(first, second)
    return tail(max(b, c), b + c)


@wrong("a4-mcnemar", "Add what is even more one-sided")
def exactly_so_many(first, second):
    b, c = only(first, second)
    return 2 * comb(b + c, b) / 2 ** (b + c)


@wrong("a4-mcnemar", "the first term of the sum is missing")
def more_than_so_many(first, second):
    b, c = only(first, second)
    return min(1, 2 * tail(max(b, c) + 1, b + c))


@wrong("a4-mcnemar", "With so few pictures")
def chi_square(first, second):
    b, c = only(first, second)
    return erfc(abs(b - c) / sqrt(2 * (b + c)))


@wrong("a4-mcnemar", "with a correction")
def chi_square_corrected(first, second):
    b, c = only(first, second)
    return erfc((abs(b - c) - 1) / sqrt(2 * (b + c)))


@wrong("a4-mcnemar", "that is unpaired")
def two_shares(first, second):
    n = len(first)
    p = (first.sum() + second.sum()) / (2 * n)
    return erfc(abs(first.mean() - second.mean()) / sqrt(2 * p * (1 - p) / n) / sqrt(2))


@wrong("a4-mcnemar", "They speak for neither")
def all_right_answers(first, second):
    b, c = int(first.sum()), int(second.sum())
    return min(1, 2 * tail(max(b, c), b + c))


@wrong("a4-mcnemar", "the coin is tossed for every picture")
def tossed_for_every_picture(first, second):
    return min(1, 2 * tail(max(only(first, second)), len(first)))


@wrong("a4-mcnemar", "both right with neither right")
def alike_ones_counted(first, second):
    b, c = int(np.sum(first & second)), int(np.sum((1 - first) & (1 - second)))
    return min(1, 2 * tail(max(b, c), b + c))


@wrong("a4-mcnemar", "the second method's pictures are counted")
def second_method_only(first, second):
    b, c = only(first, second)
    return min(1, 2 * tail(c, b + c))


@wrong("a4-mcnemar", "1 − p")
def one_less_p(first, second):
    return 1 - larger_number(first, second)


@wrong("a4-mcnemar", "at most 1", 1)
def more_than_1(first, second):
    b, c = only(first, second)
    return 2 * tail(max(b, c), b + c)


@wrong("a4-mcnemar", "Your code stopped with", 1)
def nothing_to_divide_by(first, second):
    b, c = only(first, second)
    assert abs(b - c) / (b + c) >= 0
    return larger_number(first, second)


# --- a4-reading ---------------------------------------------------------------------------------

ONE, TWO = (15, 0.035, "B"), (41, 0.211, "open")

right("a4-reading", "three decimals")((ONE, TWO))
right("a4-reading", "all decimals")([[15, 1152 / 2**15, "b"], [41, 0.21102359760880063, "open"]])
wrong("a4-reading", "Table 2: this is not written", 1, "first table only")((ONE, None))
wrong("a4-reading", "Table 1: of all pictures", 1, "all pictures counted")(((100, 0.035, "B"), TWO))
wrong("a4-reading", "A and B are alike", 0, "pictures on which they are alike")(
    ((85, 0.035, "B"), (59, 0.211, "open"))
)
wrong("a4-reading", "by how many B is ahead", 0, "the lead for the number")(
    ((9, 0.035, "B"), (9, 0.211, "open"))
)
wrong("a4-reading", "only A gets right speak too", 1, "those of B only")(((12, 0.035, "B"), TWO))
wrong("a4-reading", "what both get right", 1, "both right")((ONE, (47, 0.211, "open")))
wrong("a4-reading", "that is one-sided", 0, "one-sided")(((15, 0.018, "B"), (41, 0.106, "open")))
wrong("a4-reading", "that is unpaired", 0, "unpaired")(((15, 0.174, "open"), (41, 0.174, "open")))
wrong("a4-reading", "that is the chi-square", 0, "chi-square")(
    ((15, 0.020, "B"), (41, 0.160, "open"))
)
wrong("a4-reading", "in per cent", 0, "in per cent")(((15, 3.515625, "B"), (41, 21.1024, "open")))
wrong("a4-reading", "and so the difference holds", 1, "both open")(((15, 0.035, "open"), TWO))
wrong("a4-reading", "once in twenty times", 1, "both hold")((ONE, (41, 0.211, "B")))
wrong("a4-reading", "are exchanged", 1, "the other way round")(((15, 0.035, "A"), TWO))
wrong("a4-reading", "does not follow from the table", 1, "a guess")(((15, 0.5, "B"), TWO))
wrong("a4-reading", 'give "A", "B" or "open"', 1, "another word")((ONE, (41, 0.211, "luck")))
wrong("a4-reading", "three things", 1, "p alone")((ONE, 0.211))
