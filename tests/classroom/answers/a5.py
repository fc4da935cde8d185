"""Answers to assignment 5, colour bins and the annealed mean."""

from functools import partial
from math import exp, inf, log

import numpy as np
import scipy.special
import skimage.color
import torch

from srcourse import colorization
from srcourse.colorization.bins import nearest as course_nearest
from srcourse.images import rgb_to_lab
from tests.classroom.answers import right, wrong

# --- a5-lab -------------------------------------------------------------------------------------

M = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
D65 = [0.95047, 1.0, 1.08883]


def unbent(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def bent(t):
    return np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)


def lab(rgb, linear=unbent, matrix=M, white=D65, f=bent):
    fx, fy, fz = np.moveaxis(f(np.einsum("ij,hwj->hwi", matrix, linear(rgb)) / white), -1, 0)
    return np.dstack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


right("a5-lab", "as in the standard")(lab)


@right("a5-lab")
def pixel_by_pixel(rgb):
    def f(t):
        return t ** (1 / 3) if t > (6 / 29) ** 3 else 841 / 108 * t + 4 / 29

    out = np.empty(rgb.shape)
    for place in np.ndindex(rgb.shape[:2]):
        linear = [v / 12.92 if v < 0.04 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb[place]]
        x, y, z = (
            f(sum(m * v for m, v in zip(row, linear, strict=True))) for row in M / M.sum(1)[:, None]
        )
        out[place] = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    return out


@right("a5-lab")
def more_digits(rgb):
    exact = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    return lab(rgb, matrix=np.array(exact))


for name, hint, points, change in (
    ("gamma forgotten", "gamma is forgotten", 0, {"linear": lambda v: v}),
    (
        "gamma the other way",
        "applied the other way",
        0,
        {"linear": lambda v: np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)},
    ),
    ("power 2.2", "plain power of 2.2", 0, {"linear": lambda v: v**2.2}),
    (
        "no offset",
        "offset of 0.055",
        0,
        {"linear": lambda v: np.where(v < 0.04, v / 12.92, v**2.4)},
    ),
    ("no white", "not divided by the white", 0, {"white": 1}),
    ("white of D50", "white of D50", 0, {"white": [0.96422, 1.0, 0.82521]}),
    ("white up to 100", "white is on a scale up to 100", 0, {"white": [95.047, 100, 108.883]}),
    ("matrix transposed", "rows and columns of the matrix", 0, {"matrix": M.T}),
    ("no f", "f is left out", 0, {"f": lambda t: t}),
    ("square root", "square root", 0, {"f": np.sqrt}),
    (
        "threshold δ",
        "up to δ. It ends at δ³",
        0,
        {"f": lambda t: np.where(t > 6 / 29, np.cbrt(t), 841 / 108 * t + 4 / 29)},
    ),
    (
        "pieces exchanged",
        "two pieces of f are exchanged",
        0,
        {"f": lambda t: np.where(t <= 216 / 24389, np.cbrt(t), 841 / 108 * t + 4 / 29)},
    ),
    ("cube root everywhere", "black gets L = −16", 2, {"f": np.cbrt}),
    (
        "no 4/29",
        "lacks its + 4/29",
        2,
        {"f": lambda t: np.where(t > 216 / 24389, np.cbrt(t), 841 / 108 * t)},
    ),
    (
        "power everywhere",
        "straight line below 0.04045",
        2,
        {"linear": lambda v: ((v + 0.055) / 1.055) ** 2.4},
    ),
    (
        "no straight piece at all",
        "both straight pieces",
        2,
        {"linear": lambda v: ((v + 0.055) / 1.055) ** 2.4, "f": np.cbrt},
    ),
):
    wrong("a5-lab", hint, points, name)(partial(lab, **change))


@wrong("a5-lab", "red and blue are exchanged")
def bgr(rgb):
    return lab(rgb[..., ::-1])


for name, hint, scale, shift in (
    ("sign of a", "a has the wrong sign", (1, -1, 1), 0),
    ("sign of b", "b has the wrong sign", (1, 1, -1), 0),
    ("both signs", "a and b have the wrong sign", (1, -1, -1), 0),
    ("no minus 16", "lacks its − 16", 1, (16, 0, 0)),
    ("L up to 1", "not to 1", (0.01, 1, 1), 0),
):
    wrong("a5-lab", hint, 0, name)(
        lambda rgb, scale=scale, shift=shift: lab(rgb) * np.array(scale) + np.array(shift)
    )


@wrong("a5-lab", "a and b are exchanged")
def b_before_a(rgb):
    return lab(rgb)[..., [0, 2, 1]]


@wrong("a5-lab", "channels stand first")
def channels_first(rgb):
    return lab(rgb).transpose(2, 0, 1)


@wrong("a5-lab", "It calls `rgb_to_lab` of srcourse")
def lab_by_the_course(rgb):
    return rgb_to_lab(rgb)


@wrong("a5-lab", "of skimage. Here the task")
def lab_by_scikit_image(rgb):
    return skimage.color.rgb2lab(rgb)


# --- a5-nearest ---------------------------------------------------------------------------------


def squared(ab, bins):
    return ((ab[..., None, :] - bins) ** 2).sum(axis=-1)


@right("a5-nearest")
def broadcast(ab, bins):
    return np.argmin(np.linalg.norm(ab[:, :, None] - bins[None, None], axis=3), axis=2)


@right("a5-nearest")
def loops(ab, bins):
    out: list[list] = []
    for row in ab:
        out.append([])
        for a, b in row:
            best, least = None, inf
            for number, (p, q) in enumerate(bins):
                if (a - p) ** 2 + (b - q) ** 2 < least:
                    best, least = number, (a - p) ** 2 + (b - q) ** 2
            out[-1].append(best)
    return out


@right("a5-nearest")
def by_products(ab, bins):
    return ((bins**2).sum(axis=1) - 2 * ab @ bins.T).argmin(axis=2)


for name, hint, form in (
    ("argmax", "farthest bins", lambda ab, c: squared(ab, c).argmax(-1)),
    ("only a", "only a is looked at", lambda ab, c: squared(ab[..., :1], c[:, :1]).argmin(-1)),
    ("only b", "only b is looked at", lambda ab, c: squared(ab[..., 1:], c[:, 1:]).argmin(-1)),
    (
        "summed, then squared",
        "square each first",
        lambda ab, c: ((ab[:, :, None] - c).sum(-1) ** 2).argmin(-1),
    ),
    ("city blocks", "city blocks", lambda ab, c: abs(ab[:, :, None] - c).sum(-1).argmin(-1)),
    ("larger one", "larger of the two", lambda ab, c: abs(ab[:, :, None] - c).max(-1).argmin(-1)),
    ("a and b exchanged", "are exchanged", lambda ab, c: squared(ab[..., ::-1], c).argmin(-1)),
    ("largest product", "largest product", lambda ab, c: (ab @ c.T).argmax(-1)),
    ("cut to tens", "cut down to tens", lambda ab, c: squared(ab // 10 * 10, c).argmin(-1)),
    ("from 1", "counted from 1", lambda ab, c: squared(ab, c).argmin(-1) + 1),
    ("the colours", "Return their numbers", lambda ab, c: c[squared(ab, c).argmin(-1)]),
    ("the distances", "gives the distance", lambda ab, c: squared(ab, c).min(-1) ** 0.5),
    ("squared distances", "the squared distance", lambda ab, c: squared(ab, c).min(-1)),
    ("one for all", "one number for the whole", lambda ab, c: squared(ab, c).argmin()),
    ("first axis", "along the wrong axis", lambda ab, c: squared(ab, c).argmin(0)),
    (
        "pixel of each bin",
        "nearest to each bin.",
        lambda ab, c: squared(ab.reshape(-1, 2), c).argmin(0),
    ),
    ("one line", "in the picture's shape", lambda ab, c: squared(ab, c).argmin(-1).ravel()),
):
    wrong("a5-nearest", hint, 0, name)(form)


@wrong("a5-nearest", "It calls `nearest` of srcourse")
def nearest_by_the_course(ab, bins):
    return course_nearest(ab)


# --- a5-encode ----------------------------------------------------------------------------------


def share(z, axis=1):
    with np.errstate(invalid="ignore"):  # the wrong ones divide 0 by 0
        return z / z.sum(axis=axis, keepdims=True)


def encode(ab, bins, form=lambda d: np.exp(-d / 50), count=5, far=False, normal=share):
    d = squared(ab, bins)
    if not far:
        d = d - d.min(axis=1, keepdims=True)
    rank = d.argsort(axis=1).argsort(axis=1)
    return normal(form(d) * (rank < count))


right("a5-encode", "least distance subtracted")(encode)


@right("a5-encode")
def colour_by_colour(ab, bins):
    table = []
    for a, b in ab:
        near = sorted(((a - p) ** 2 + (b - q) ** 2, number) for number, (p, q) in enumerate(bins))
        total = sum(exp((near[0][0] - d) / 50) for d, _ in near[:5])
        row = [0.0] * len(bins)
        for d, number in near[:5]:
            row[number] = exp((near[0][0] - d) / 50) / total
        table.append(row)
    return table


@right("a5-encode")
def pairwise(ab, bins):
    """Each share from its quotients with the others, which are never 0/0."""
    d = squared(ab, bins)
    near = np.argpartition(d, 4, axis=1)[:, :5]
    five = np.take_along_axis(d, near, axis=1)
    z = np.zeros(d.shape)
    with np.errstate(over="ignore"):
        shares = 1 / np.exp((five[:, :, None] - five[:, None]) / 50).sum(axis=2)
    np.put_along_axis(z, near, shares, axis=1)
    return z


plain = partial(encode, far=True)


def gauss(ab, bins):
    return np.exp(-squared(ab, bins) / 50)


def near(ab, bins):
    return squared(ab, bins).argsort(axis=1).argsort(axis=1) < 5


for name, hint, form in (
    ("not divided", "Divide by their sum", partial(plain, normal=lambda z: z)),
    ("all bins", "Only the five nearest keep theirs", partial(plain, count=99)),
    (
        "all bins, not divided",
        "all bins have a share, and",
        partial(plain, count=99, normal=lambda z: z),
    ),
    (
        "divided, then cut",
        "Cut first",
        lambda ab, c: share(gauss(ab, c)) * near(ab, c),
    ),
    (
        "wrong axis",
        "by their own sum, along its row",
        partial(plain, normal=partial(share, axis=0)),
    ),
    ("one sum for all", "all shares together", partial(plain, normal=partial(share, axis=None))),
    (
        "not squared",
        "distances are not squared",
        partial(plain, form=lambda d: np.exp(-(d**0.5) / 50)),
    ),
    ("σ not squared", "σ is not squared", partial(plain, form=lambda d: np.exp(-d / 10))),
    ("by σ²", "divided by σ²; it", partial(plain, form=lambda d: np.exp(-d / 25))),
    ("by 4σ²", "divided by (2σ)²", partial(plain, form=lambda d: np.exp(-d / 100))),
    ("no σ", "not divided by 2σ²", partial(encode, form=lambda d: np.exp(-d))),
    ("no minus", "the minus is missing", partial(plain, form=lambda d: np.exp(d / 50))),
    (
        "five farthest",
        "five farthest",
        lambda ab, c: share(gauss(ab, c) * (squared(ab, c).argsort(1).argsort(1) >= len(c) - 5)),
    ),
    ("four", "over four bins", partial(encode, count=4)),
    ("six", "over six bins", partial(encode, count=6)),
    ("ten", "over ten bins", partial(encode, count=10)),
    ("hard", "hard code", partial(encode, count=1)),
    ("all five alike", "five have the same share", partial(plain, form=np.ones_like)),
    (
        "the first one's five",
        "nearest to the first one",
        lambda ab, c: share(gauss(ab, c) * near(ab, c)[:1]),
    ),
    (
        "five a colour",
        "five shares a colour",
        lambda ab, c: share(np.exp(-np.sort(squared(ab, c), axis=1)[:, :5] / 50)),
    ),
    ("turned over", "A row for each colour", lambda ab, c: encode(ab, c).T),
):
    wrong("a5-encode", hint, 0, name)(form)


@wrong("a5-encode", "0/0 is NaN. Subtract", 1)
def no_least_distance(ab, bins):
    return plain(ab, bins)


@wrong("a5-encode", "no share anywhere", 1)
def small_number_below(ab, bins):
    z = plain(ab, bins, normal=lambda z: z)
    return z / (z.sum(axis=1, keepdims=True) + 1e-12)


@wrong("a5-encode", "gives all bins the same", 1)
def even_where_all_are_0(ab, bins):
    z = plain(ab, bins, normal=lambda z: z)
    return share(np.where(z.any(axis=1, keepdims=True), z, 1.0))


@wrong("a5-encode", "nearest bin alone", 1)
def hard_where_all_are_0(ab, bins):
    z = plain(ab, bins, normal=lambda z: z)
    return share(np.where(z.any(axis=1, keepdims=True), z, encode(ab, bins, count=1)))


@wrong("a5-encode", "of scipy. Here the task")
def encode_by_scipy(ab, bins):
    d = np.where(near(ab, bins), squared(ab, bins), inf)
    return scipy.special.softmax(-d / 50, axis=1)


# --- a5-weights ---------------------------------------------------------------------------------


def prior_of(counts, bins, form=lambda d: np.exp(-d / 50)):
    g = form(squared(bins, bins))
    p = (g / g.sum(axis=0)) @ counts
    return p / p.sum()


def weighted(p, mix, form=lambda p, mix, q: 1 / ((1 - mix) * p + mix / q)):
    return form(p, mix, len(p))


def rebalance(counts, bins, mix=0.5, prior=prior_of, weights=weighted, normal=None):
    p = prior(counts, bins)
    w = weights(p, mix)
    return p, w / (p * w).sum() if normal is None else normal(w, p)


right("a5-weights", "by the formulas")(rebalance)


@right("a5-weights")
def weights_in_loops(counts, bins, mix=0.5):
    q, total = len(bins), sum(counts)
    prior = [0.0] * q
    for p in range(q):
        spread = [exp(-((bins[r] - bins[p]) ** 2).sum() / 50) for r in range(q)]
        for r in range(q):
            prior[r] += spread[r] / sum(spread) * counts[p] / total
    raw = [1 / (mix / q + (1 - mix) * p) for p in prior]
    mean = sum(p * w for p, w in zip(prior, raw, strict=True))
    return [prior, [w / mean for w in raw]]


@right("a5-weights")
def averaged_by_numpy(counts, bins, mix=0.5):
    p = prior_of(counts, bins)
    mixed = np.average([p, np.full(len(p), 1 / len(p))], axis=0, weights=[1 - mix, mix])
    return np.array([p, 1 / mixed / np.average(1 / mixed, weights=p)])


def kernel(bins):
    return np.exp(-squared(bins, bins) / 50)


for name, hint, prior in (
    ("not smoothed", "They are not smoothed", lambda n, c: n / n.sum()),
    ("counts", "neither smoothed nor shares", lambda n, c: n),
    ("not divided by N", "sums to the number of pixels", lambda n, c: prior_of(n, c) * n.sum()),
    (
        "Gaussian not divided",
        "divided by its own sum",
        lambda n, c: kernel(c) @ n / (kernel(c) @ n).sum(),
    ),
    (
        "Gaussian along the wrong axis",
        "a mean over each bin's",
        lambda n, c: share(kernel(c)) @ n / n.sum(),
    ),
    (
        "wrong axis, then divided",
        "along the wrong axis",
        lambda n, c: share(share(kernel(c)) @ n, axis=0),
    ),
    (
        "distances not squared",
        "not squared in the Gaussian.",
        partial(prior_of, form=lambda d: np.exp(-(d**0.5) / 50)),
    ),
    ("σ not squared in G", "σ is not squared", partial(prior_of, form=lambda d: np.exp(-d / 10))),
    ("G by σ²", "divided by σ²; it", partial(prior_of, form=lambda d: np.exp(-d / 25))),
    (
        "nothing kept",
        "nothing of its own",
        partial(prior_of, form=lambda d: np.exp(-d / 50) * (d > 0)),
    ),
    ("uniform prior", "the same for all bins", lambda n, c: np.ones(len(n)) / len(n)),
):
    wrong("a5-weights", hint, 0, name)(partial(rebalance, prior=prior))

for name, hint, weighing in (
    ("with the prior", "A rare colour should weigh more", lambda p, m, q: (1 - m) * p + m / q),
    ("λ exchanged", "λ is on the wrong side", lambda p, m, q: 1 / (m * p + (1 - m) / q)),
    ("λ for λ/Q", "is 1/Q, not 1", lambda p, m, q: 1 / ((1 - m) * p + m)),
    ("no λ", "λ is left out", lambda p, m, q: 1 / p),
    ("always ½", "the mix is always ½", lambda p, m, q: 1 / (p + 1 / q)),
    ("inverted, then mixed", "Mix first, then invert", lambda p, m, q: (1 - m) / p + m * q),
    ("minus logarithm", "minus logarithms", lambda p, m, q: -np.log((1 - m) * p + m / q)),
    ("inverse squared", "inverse is squared", lambda p, m, q: ((1 - m) * p + m / q) ** -2),
    ("root of the inverse", "root of the inverse", lambda p, m, q: ((1 - m) * p + m / q) ** -0.5),
    ("all alike", "all colours weigh the same", lambda p, m, q: np.ones(q)),
):
    wrong("a5-weights", hint, 1, name)(partial(rebalance, weights=partial(weighted, form=weighing)))


@wrong("a5-weights", "Take the smoothed prior", 1)
def counts_mixed_in(counts, bins, mix=0.5):
    p = prior_of(counts, bins)
    w = weighted(counts / counts.sum(), mix)
    return p, w / (p * w).sum()


@wrong("a5-weights", "cannot be inverted: smooth", 1)
def counts_inverted(counts, bins, mix=0.5):
    with np.errstate(divide="ignore"):
        return prior_of(counts, bins), counts.sum() / counts


for name, hint, normal in (
    ("not normalised", "not normalised", lambda w, p: w),
    ("sum 1", "they sum to 1", lambda w, p: w / w.sum()),
    ("plain mean 1", "plain mean is 1", lambda w, p: w / w.mean()),
    ("largest 1", "the largest is 1", lambda w, p: w / w.max()),
    ("smallest 1", "the smallest is 1", lambda w, p: w / w.min()),
    ("divided by Q too", "nothing is to be divided by Q", lambda w, p: w / (w * p).mean()),
    ("multiplied", "Divide.", lambda w, p: w * (w * p).sum()),
):
    wrong("a5-weights", hint, 2, name)(partial(rebalance, normal=normal))


@wrong("a5-weights", "1 under the counts", 2)
def mean_under_the_counts(counts, bins, mix=0.5):
    p = prior_of(counts, bins)
    return p, weighted(p, mix) / np.average(weighted(p, mix), weights=counts)


@wrong("a5-weights", "should return two arrays")
def weights_alone(counts, bins, mix=0.5):
    return rebalance(counts, bins, mix)[1]


@wrong("a5-weights", "of srcourse. Here the task")
def weights_by_the_course(counts, bins, mix=0.5):
    p = prior_of(counts, bins)
    return p, colorization.rebalancing(p, mix)


# --- a5-loss ------------------------------------------------------------------------------------


def log_shares(s, axis=1):
    s = s - s.max(axis=axis, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=axis, keepdims=True))


def chosen(scores, targets, weights):
    return weights[targets.argmax(axis=1)]


def loss(scores, targets, weights, logs=log_shares, v=chosen, mean=np.mean):
    return mean(v(scores, targets, weights) * -(targets * logs(scores)).sum(axis=1))


right("a5-loss", "log-softmax")(loss)


@right("a5-loss")
def loss_in_loops(scores, targets, weights):
    total = 0.0
    for s, z in zip(scores, targets, strict=True):
        top = max(s)
        norm = top + log(sum(exp(x - top) for x in s))
        total += weights[list(z).index(max(z))] * sum(
            t * (norm - x) for t, x in zip(z, s, strict=True)
        )
    return total / len(scores)


@right("a5-loss")
def by_logaddexp(scores, targets, weights):
    each = np.logaddexp.reduce(scores, axis=1) - (targets * scores).sum(axis=1)
    return each @ weights[targets.argmax(axis=1)] / len(each)


def entropy(z):
    return -(z * np.log(np.where(z > 0, z, 1))).sum(axis=1)


for name, hint, points, part in (
    ("sum", "sum over the pixels", 0, {"mean": np.sum}),
    ("for each pixel", "a number for each pixel", 0, {"mean": lambda x: x}),
    (
        "softmax over pixels",
        "softmax goes over the pixels",
        0,
        {"logs": partial(log_shares, axis=0)},
    ),
    ("one softmax", "one softmax over the whole", 0, {"logs": partial(log_shares, axis=None)}),
    ("no softmax", "softmax is left out", 0, {"logs": lambda s: s}),
    (
        "softmax twice",
        "softmax is taken twice",
        0,
        {"logs": lambda s: log_shares(np.exp(log_shares(s)))},
    ),
    ("base 2", "base 2", 0, {"logs": lambda s: log_shares(s) / log(2)}),
    ("base 10", "base 10", 0, {"logs": lambda s: log_shares(s) / log(10)}),
    ("no logarithm", "logarithm is left out", 0, {"logs": lambda s: np.exp(log_shares(s))}),
    ("weights left out", "weights are left out", 1, {"v": lambda s, z, w: 1}),
    (
        "weight of the answer",
        "network finds likeliest",
        1,
        {"v": lambda s, z, w: w[s.argmax(axis=1)]},
    ),
    ("mean weight", "mean of the bins' weights", 1, {"v": lambda s, z, w: z @ w}),
    (
        "divided by weights",
        "it divides by the weights",
        1,
        {"v": lambda s, z, w: 1 / chosen(s, z, w)},
    ),
):
    wrong("a5-loss", hint, points, name)(partial(loss, **part))


@wrong("a5-loss", "the sign")
def no_minus(scores, targets, weights):
    return -loss(scores, targets, weights)


@wrong("a5-loss", "divided by the number of bins")
def mean_over_the_bins(scores, targets, weights):
    return -(chosen(scores, targets, weights)[:, None] * targets * log_shares(scores)).mean()


@wrong("a5-loss", "only the target's likeliest bin")
def hard_target(scores, targets, weights):
    hard = 1.0 * (targets == targets.max(axis=1, keepdims=True))
    return loss(scores, hard, weights)


@wrong("a5-loss", "Kullback-Leibler")
def divergence(scores, targets, weights):
    each = -(targets * log_shares(scores)).sum(axis=1) - entropy(targets)
    return (chosen(scores, targets, weights) * each).mean()


@wrong("a5-loss", "squared differences")
def regression(scores, targets, weights):
    each = ((np.exp(log_shares(scores)) - targets) ** 2).sum(axis=1)
    return (chosen(scores, targets, weights) * each).mean()


@wrong("a5-loss", "A target holds zeros")
def logarithm_of_the_target(scores, targets, weights):
    with np.errstate(divide="ignore"):
        return -(np.exp(log_shares(scores)) * np.log(targets)).sum(axis=1).mean()


@wrong("a5-loss", "a score may be below 0")
def logarithm_of_the_scores(scores, targets, weights):
    with np.errstate(invalid="ignore"):
        return loss(scores, targets, weights, logs=np.log)


@wrong("a5-loss", "each bin of a pixel is weighted", 1)
def each_bin_weighted(scores, targets, weights):
    return -(weights * targets * log_shares(scores)).sum(axis=1).mean()


@wrong("a5-loss", "by the sum of the weights", 1)
def divided_by_the_weights_sum(scores, targets, weights):
    v = chosen(scores, targets, weights)
    return loss(scores, targets, weights) * len(v) / v.sum()


@wrong("a5-loss", "exp(900) is too large", 2)
def exp_overflows(scores, targets, weights):
    with np.errstate(all="ignore"):
        return loss(scores, targets, weights, lambda s: np.log(share(np.exp(s))))


@wrong("a5-loss", "share that became 0 is −∞", 2)
def logarithm_of_0(scores, targets, weights):
    with np.errstate(all="ignore"):
        return loss(scores, targets, weights, lambda s: np.log(np.exp(log_shares(s))))


@wrong("a5-loss", "a small number added to it", 2)
def small_number_in_the_logarithm(scores, targets, weights):
    return loss(scores, targets, weights, lambda s: np.log(np.exp(log_shares(s)) + 1e-12))


@wrong("a5-loss", "a limit set to it", 2)
def shares_limited(scores, targets, weights):
    return loss(scores, targets, weights, lambda s: np.log(np.exp(log_shares(s)).clip(1e-7, 1)))


@wrong("a5-loss", "of scipy. Here the task")
def loss_by_scipy(scores, targets, weights):
    return loss(scores, targets, weights, partial(scipy.special.log_softmax, axis=1))


@wrong("a5-loss", "of torch. Here the task")
def loss_by_torch(scores, targets, weights):
    return torch.nn.functional.cross_entropy(torch.tensor(scores), torch.tensor(targets))


# --- a5-annealed --------------------------------------------------------------------------------


def softmax(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def annealed(scores, bins, temperature=0.38, form=lambda s, t: softmax(s / t)):
    return form(scores, temperature) @ bins


right("a5-annealed", "softmax of s over T")(annealed)


@right("a5-annealed")
def by_the_shares(scores, bins, temperature=0.38):
    logs = scores - np.logaddexp.reduce(scores, axis=2, keepdims=True)
    f = np.exp((logs - logs.max(axis=2, keepdims=True)) / temperature)
    return np.einsum("hwq,qc->hwc", f, bins) / f.sum(axis=2)[..., None]


@right("a5-annealed")
def pixels_in_loops(scores, bins, temperature=0.38):
    out = np.zeros((*scores.shape[:2], 2))
    for place in np.ndindex(scores.shape[:2]):
        s = [float(x) for x in scores[place]]
        f = [exp((x - max(s)) / temperature) for x in s]
        for share_of, colour in zip(f, bins, strict=True):
            out[place] += share_of / sum(f) * colour
    return out


for name, hint, points, form in (
    ("T multiplied", "T is on the wrong side", 0, lambda s, t: softmax(s * t)),
    ("T left out", "plain mean, at T = 1", 0, lambda s, t: softmax(s)),
    ("mode", "this is the mode, the", 0, lambda s, t: 1.0 * (s == s.max(-1, keepdims=True))),
    ("over rows", "softmax goes over the rows", 0, lambda s, t: softmax(s / t, 0)),
    ("over columns", "softmax goes over the columns", 0, lambda s, t: softmax(s / t, 1)),
    ("one softmax", "one softmax over the whole picture", 0, lambda s, t: softmax(s / t, None)),
    ("not divided", "shares do not sum to 1. Divide", 0, lambda s, t: np.exp(s / t)),
    ("not divided again", "do not sum to 1 after annealing", 0, lambda s, t: softmax(s) ** (1 / t)),
    ("softmax twice", "softmax comes twice", 0, lambda s, t: softmax(softmax(s) / t)),
    ("colours by T", "colours are divided by T", 0, lambda s, t: softmax(s) / t),
    ("power T", "or raise shares to 1/T", 0, lambda s, t: share(softmax(s) ** t, -1)),
    ("no exponential", "exponential is missing", 0, lambda s, t: share(s / t, -1)),
    ("no scores", "scores are left out", 0, lambda s, t: np.ones_like(s) / s.shape[-1]),
    ("divided by Q", "the mean over the bins", 0, lambda s, t: softmax(s / t) / s.shape[-1]),
    ("always 0.38", "always 0.38", 1, lambda s, t: softmax(s / 0.38)),
    ("T not below 0.01", "not let below 0.01", 2, lambda s, t: softmax(s / max(t, 0.01))),
    ("scores limited", "limited to ±50", 2, lambda s, t: softmax(np.clip(s / t, -50, 50))),
):
    wrong("a5-annealed", hint, points, name)(partial(annealed, form=form))


def after(name, hint, change):
    """What is wrong is done to the shares and the bins, or to what comes out."""
    wrong("a5-annealed", hint, 0, name)(
        lambda scores, bins, t=0.38: change(softmax(scores / t), bins)
    )


after("bins' numbers", "averages the bins' numbers. ", lambda f, c: f @ np.arange(len(c)))
after(
    "bin of the mean number",
    "looks up that bin",
    lambda f, c: c[np.rint(f @ np.arange(len(c))).astype(int)],
)
after("whole picture", "over the picture as well", lambda f, c: (f @ c).mean(axis=(0, 1)))
after("a and b exchanged", "a and b are exchanged", lambda f, c: (f @ c)[..., ::-1])
after("ab first", "a and b stand first", lambda f, c: (f @ c).transpose(2, 0, 1))
after("turned over", "rows and columns are exchanged", lambda f, c: (f @ c).swapaxes(0, 1))


@wrong("a5-annealed", "Subtract each pixel's own largest score", 2)
def overflow(scores, bins, temperature=0.38):
    with np.errstate(all="ignore"):
        return share(np.exp(scores / temperature), -1) @ bins


@wrong("a5-annealed", "exp is too large for a float, or all", 2)
def powers_of_shares(scores, bins, temperature=0.38):
    with np.errstate(all="ignore"):
        return share(softmax(scores) ** (1 / temperature), -1) @ bins


@wrong("a5-annealed", "all of a pixel's are 0", 2)
def the_pictures_largest(scores, bins, temperature=0.38):
    s = scores / temperature
    with np.errstate(all="ignore"):
        return share(np.exp(s - s.max()), -1) @ bins


@wrong("a5-annealed", "some pixels became grey", 2)
def small_number_below_the_line(scores, bins, temperature=0.38):
    s = scores / temperature
    f = np.exp(s - s.max())
    return f @ bins / (f.sum(axis=-1, keepdims=True) + 1e-12)


@wrong("a5-annealed", "takes the plain mean of all bins", 2)
def mean_where_exp_overflows(scores, bins, temperature=0.38):
    with np.errstate(all="ignore"):
        f = share(np.exp(scores / temperature), -1)
    return np.where(np.isfinite(f).all(axis=-1, keepdims=True), f, 1 / len(bins)) @ bins


@wrong("a5-annealed", "of srcourse. Here the task")
def annealed_by_the_course(scores, bins, temperature=0.38):
    return colorization.annealed_mean(softmax(scores), temperature)


@wrong("a5-annealed", "of scipy. Here the task")
def annealed_by_scipy(scores, bins, temperature=0.38):
    return annealed(scores, bins, temperature, lambda s, t: scipy.special.softmax(s / t, axis=-1))


# --- a5-join ------------------------------------------------------------------------------------


def grown(light, ab):
    k = len(light) // len(ab)
    return ab.repeat(k, axis=0).repeat(k, axis=1)


def join(light, ab, enlarge=grown):
    return np.dstack([light, enlarge(light, ab)])


right("a5-join", "repeat")(join)


@right("a5-join")
def by_whole_division(light, ab):
    k = light.shape[1] // ab.shape[1]
    return [
        [[light[r, c], *ab[r // k, c // k]] for c in range(light.shape[1])]
        for r in range(light.shape[0])
    ]


@right("a5-join")
def by_kron(light, ab):
    k = light.shape[0] // ab.shape[0]
    planes = [np.kron(ab[..., c], np.ones((k, k))) for c in (0, 1)]
    return np.stack([light, *planes], axis=2)


def spread(light, ab):
    out = np.zeros((*light.shape, 2))
    k = len(light) // len(ab)
    out[::k, ::k] = ab
    return out


def tiled(light, ab):
    k = len(light) // len(ab)
    return np.tile(ab, (k, k, 1))


def factor(light, ab):
    return len(light) / len(ab)


for name, hint, enlarge in (
    ("tiled", "copies of the small picture", tiled),
    ("np.resize", "order of the memory", lambda light, ab: np.resize(ab, (*light.shape, 2))),
    ("zeros between", "between the colours stands 0", spread),
    ("a and b exchanged", "a and b are exchanged", lambda light, ab: grown(light, ab)[..., ::-1]),
    (
        "multiplied",
        "multiplied with the size",
        lambda light, ab: grown(light, ab) * factor(light, ab),
    ),
    (
        "shared out",
        "divided by the number of pixels",
        lambda light, ab: grown(light, ab) / factor(light, ab) ** 2,
    ),
):
    wrong("a5-join", hint, 0, name)(partial(join, enlarge=enlarge))


@wrong("a5-join", "L was shrunk")
def light_shrunk(light, ab):
    k = len(light) // len(ab)
    return np.dstack([light[::k, ::k], ab])


@wrong("a5-join", "L is missing")
def no_light(light, ab):
    return grown(light, ab)


@wrong("a5-join", "L stands last")
def light_last(light, ab):
    return np.dstack([grown(light, ab), light])


@wrong("a5-join", "L is divided by 100")
def light_up_to_1(light, ab):
    return join(light / 100, ab)


@wrong("a5-join", "channels stand first")
def planes_first(light, ab):
    return join(light, ab).transpose(2, 0, 1)


@wrong("a5-join", "Your code stopped with ValueError")
def always_four_times(light, ab):
    return np.dstack([light, ab.repeat(4, axis=0).repeat(4, axis=1)])
