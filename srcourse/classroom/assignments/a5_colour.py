"""Judges of assignment 5, colour bins and the annealed mean."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.images import rgb_to_lab

# As the notebook gives them.
XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
D50 = np.array([0.96422, 1.0, 0.82521])
DELTA = 6 / 29
SIGMA = 5.0

Curve = Callable[[np.ndarray], np.ndarray]


def _finite(got: Any, what: str, hint: str) -> np.ndarray:
    """`numbers`, with `hint` for what NaN or infinity comes from here."""
    try:
        return numbers(got, what)
    except Wrong as wrong:
        if "NaN" in str(wrong):
            raise Wrong(f"{what} holds NaN or infinity. {hint}") from None
        raise


# --- From sRGB to Lab ---------------------------------------------------------------------------


def _curved(v: np.ndarray) -> np.ndarray:
    return ((v + 0.055) / 1.055) ** 2.4


def _linear(v: np.ndarray) -> np.ndarray:
    return np.where(v <= 0.04045, v / 12.92, _curved(v))


def _straight(t: np.ndarray) -> np.ndarray:
    return t / (3 * DELTA**2) + 4 / 29


def _f(t: np.ndarray) -> np.ndarray:
    return np.where(t > DELTA**3, np.cbrt(t), _straight(t))


def _lab(
    rgb: np.ndarray,
    linear: Curve = _linear,
    matrix: np.ndarray = XYZ,
    white: np.ndarray = WHITE,
    f: Curve = _f,
) -> np.ndarray:
    fx, fy, fz = np.moveaxis(f(linear(rgb) @ matrix.T / white), -1, 0)
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=-1)


@question("a5-lab", "From sRGB to Lab", points=3)
def lab(answer: Answer) -> None:
    bright = np.array(
        [
            [[0.9, 0.3, 0.25], [0.35, 0.8, 0.4], [0.3, 0.45, 0.95]],
            [[0.6, 0.6, 0.6], [1.0, 0.9, 0.2], [0.7, 0.4, 0.85]],
        ]
    )
    dark = np.array([[[0.0, 0.0, 0.0], [0.02, 0.03, 0.01]], [[0.03, 0.0, 0.04], [0.5, 0.0, 0.02]]])
    for colours, name in ((bright, "bright"), (dark, "dark")):
        if name == "dark":
            answer.earned = 2
        call = f"lab(the {name} colours)"
        got = numbers(answer(colours), call)
        right = rgb_to_lab(colours)
        light, a, b = np.moveaxis(right, -1, 0)
        mistakes = {
            "gamma is forgotten. The matrix is for linear light: undo sRGB's curve first.": (
                _lab(colours, linear=lambda v: v)
            ),
            "sRGB's curve is applied the other way. Here it is to be undone.": _lab(
                colours,
                lambda v: np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055),
            ),
            "a plain power of 2.2 stands for sRGB's curve. It has an offset, 0.055, and the power "
            "2.4.": _lab(colours, linear=lambda v: v**2.2),
            "the offset of 0.055 is left out of sRGB's curve.": _lab(
                colours, linear=lambda v: np.where(v <= 0.04045, v / 12.92, v**2.4)
            ),
            "XYZ is not divided by the white point, so that grey gets a colour.": _lab(
                colours, white=np.ones(3)
            ),
            "this is the white of D50. sRGB's white is D65: take WHITE.": _lab(colours, white=D50),
            "the white is on a scale up to 100, and the colours on one up to 1.": _lab(
                colours, white=100 * WHITE
            ),
            "rows and columns of the matrix are exchanged. X is the first row times (R, G, B): for "
            "a picture, rgb @ XYZ.T.": _lab(colours, matrix=XYZ.T),
            "red and blue are exchanged: the channels come as R, G, B.": _lab(colours[..., ::-1]),
            "f is left out: Lab needs the cube root of each of X, Y and Z.": _lab(
                colours, f=lambda t: t
            ),
            "f takes a square root. It is a cube root.": _lab(colours, f=np.sqrt),
            "f's straight piece is used up to δ. It ends at δ³ = 0.0089.": _lab(
                colours, f=lambda t: np.where(t > DELTA, np.cbrt(t), _straight(t))
            ),
            "the two pieces of f are exchanged.": _lab(
                colours, f=lambda t: np.where(t > DELTA**3, _straight(t), np.cbrt(t))
            ),
            "both straight pieces are missing, sRGB's below 0.04045 and that of f below δ³.": _lab(
                colours, linear=_curved, f=np.cbrt
            ),
            "f is the cube root everywhere, and black gets L = −16. Below δ³ it is a straight "
            "line.": _lab(colours, f=np.cbrt),
            "f's straight piece lacks its + 4/29.": _lab(
                colours, f=lambda t: np.where(t > DELTA**3, np.cbrt(t), t / (3 * DELTA**2))
            ),
            "sRGB's curve is a straight line below 0.04045: v / 12.92.": _lab(
                colours, linear=_curved
            ),
            "a and b are exchanged.": np.stack([light, b, a], axis=-1),
            "a has the wrong sign: it is f(X) − f(Y), above 0 for red.": np.stack(
                [light, -a, b], axis=-1
            ),
            "b has the wrong sign: it is f(Y) − f(Z), above 0 for yellow.": np.stack(
                [light, a, -b], axis=-1
            ),
            "a and b have the wrong sign.": np.stack([light, -a, -b], axis=-1),
            "L lacks its − 16, so that black is not 0.": np.stack([light + 16, a, b], axis=-1),
            "L goes from 0 to 100, not to 1.": np.stack([light / 100, a, b], axis=-1),
            "the channels stand first. Keep them on the last axis.": np.moveaxis(right, -1, 0),
        }
        compare(
            got,
            right,
            {f"{call}: {hint}": wrong for hint, wrong in mistakes.items()},
            what=call,
            atol=0.02,  # more digits in the matrix are welcome
        )


# --- The bins -----------------------------------------------------------------------------------


def _squared(ab: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """The squared distance of each colour from each bin, (…, Q)."""
    return ((ab[..., None, :] - bins) ** 2).sum(axis=-1)


@question("a5-nearest", "The nearest bin", points=1)
def nearest(answer: Answer) -> None:
    random = np.random.default_rng(5)
    grid = np.stack(np.meshgrid(*[np.arange(-50.0, 51, 10)] * 2), axis=-1).reshape(-1, 2)
    for count, shape in ((40, (5, 6)), (14, (7, 4))):
        bins = random.permutation(grid)[:count]
        ab = random.uniform(-70, 70, (*shape, 2))
        call = f"nearest(ab, {count} bins)"
        got = numbers(answer(ab, bins), call)
        apart = ab[:, :, None] - bins
        squared = _squared(ab, bins)
        right = squared.argmin(axis=-1)
        mistakes = {
            "these are the farthest bins: argmax instead of argmin.": squared.argmax(axis=-1),
            "only a is looked at.": abs(apart[..., 0]).argmin(axis=-1),
            "only b is looked at.": abs(apart[..., 1]).argmin(axis=-1),
            "the two differences are added up as they are. One may be above 0 and the other below: "
            "square each first.": (apart.sum(axis=-1) ** 2).argmin(axis=-1),
            "differences without their sign are added up (city blocks). Add up their squares.": (
                abs(apart).sum(axis=-1).argmin(axis=-1)
            ),
            "only the larger of the two differences counts. Add up the squares of both.": (
                abs(apart).max(axis=-1).argmin(axis=-1)
            ),
            "a and b of the colours are exchanged.": _squared(ab[..., ::-1], bins).argmin(axis=-1),
            "the bin with the largest product is no near bin: it is only far out. Compare "
            "distances.": (ab @ bins.T).argmax(axis=-1),
            "colours are first cut down to tens. Take their distances as they are.": _squared(
                10 * np.floor(ab / 10), bins
            ).argmin(axis=-1),
            "the bins are counted from 1. The first one is number 0.": right + 1,
            "it gives the bins' colours. Return their numbers.": bins[right],
            "it gives the distance of the nearest bin. Return its number.": np.sqrt(
                squared.min(axis=-1)
            ),
            "it gives the squared distance of the nearest bin. Return its number.": squared.min(
                axis=-1
            ),
            "it gives one number for the whole picture. Look for the smallest along the bins' axis "
            "only.": squared.argmin(),
            "it looks for the pixel that is nearest to each bin, along the wrong axis.": (
                squared.argmin(axis=0)
            ),
            "it looks for the pixel that is nearest to each bin.": squared.reshape(
                -1, count
            ).argmin(axis=0),
            "all in one line. Return a number at each pixel, in the picture's shape.": (
                right.ravel()
            ),
        }
        compare(got, right, {f"{call}: {m}": w for m, w in mistakes.items()}, what=call)


def _shared(values: np.ndarray, axis: int | None = -1) -> np.ndarray:
    return values / values.sum(axis=axis, keepdims=True)


@question("a5-encode", "Soft encoding", points=2)
def encode(answer: Answer) -> None:
    random = np.random.default_rng(25)
    grid = np.stack(np.meshgrid(*[np.arange(-20.0, 21, 10)] * 2), axis=-1).reshape(-1, 2)
    for count, n in ((20, 6), (12, 3)):
        bins = random.permutation(grid)[:count]
        ab = random.uniform(-14, 14, (n, 2))
        call = f"encode({n} colours, {count} bins)"
        got = _finite(
            answer(ab, bins),
            call,
            "Each colour's shares are to be divided by their own sum, along its row. Along a "
            "column, a bin that no colour is near to gives 0/0.",
        )
        squared = _squared(ab, bins)
        rank = squared.argsort(axis=-1).argsort(axis=-1)
        near, gauss = rank < 5, np.exp(-squared / (2 * SIGMA**2))
        kept = near * gauss
        right = _shared(kept)
        in_order = np.sort(right, axis=-1)[:, :-6:-1]
        mistakes = {
            "the shares of a colour do not sum to 1. Divide by their sum.": kept,
            "all bins have a share. Only the five nearest keep theirs.": _shared(gauss),
            "all bins have a share, and a colour's shares do not sum to 1.": gauss,
            "the shares were divided by the sum over all bins and then cut to five. Cut first.": (
                near * _shared(gauss)
            ),
            "all shares together sum to 1. Each colour's own should.": _shared(kept, axis=None),
            "the distances are not squared in the Gaussian.": _shared(
                near * np.exp(-np.sqrt(squared) / (2 * SIGMA**2))
            ),
            "σ is not squared: divide by 2σ², which is 50.": _shared(
                near * np.exp(-squared / (2 * SIGMA))
            ),
            "the exponent is divided by σ²; it should be 2σ².": _shared(
                near * np.exp(-squared / SIGMA**2)
            ),
            "the exponent is divided by (2σ)²; it should be 2σ².": _shared(
                near * np.exp(-squared / (2 * SIGMA) ** 2)
            ),
            "the exponent is not divided by 2σ².": _shared(near * np.exp(-squared)),
            "the minus is missing: the farthest of the five gets the most.": _shared(near / gauss),
            "these are the five farthest bins. argsort begins with the smallest.": _shared(
                (rank >= count - 5) * gauss
            ),
            "it shares out over four bins. The paper takes five.": _shared((rank < 4) * gauss),
            "it shares out over six bins. The paper takes five.": _shared((rank < 6) * gauss),
            "it shares out over ten bins, as the authors' code does. The paper takes five.": (
                _shared((rank < 10) * gauss)
            ),
            "all on the nearest bin: that is the hard code.": 1.0 * (rank == 0),
            "the five have the same share. The nearer a bin, the more it gets.": near / 5,
            "all colours use the five bins that are nearest to the first one.": _shared(
                near[:1] * gauss
            ),
            "it gives five shares a colour, in order of distance. Put each at the place of its "
            "bin, with 0 elsewhere.": _shared(in_order),
            "colours and bins are exchanged. A row for each colour, a column for each bin.": (
                right.T
            ),
        }
        compare(got, right, {f"{call}: {m}": w for m, w in mistakes.items()}, what=call)

    answer.earned = 1
    bins = np.array([[0.0, 80], [-20, 70], [-40, 60], [10, 100], [-10, 80], [-30, 70], [0, 90]])
    blue = np.array([[79.0, -108.0], [-5.0, 77.0]])
    call = "encode(a blue, bins that are all yellow or green)"
    got = _finite(
        answer(blue, bins),
        call,
        "exp(−830) is 0 to the computer, and 0/0 is NaN. Subtract the smallest squared distance "
        "from all of a colour's before you take exp: the shares stay the same.",
    )
    squared = _squared(blue, bins)
    squared -= squared.min(axis=-1, keepdims=True)
    gauss = (squared.argsort(axis=-1).argsort(axis=-1) < 5) * np.exp(-squared / (2 * SIGMA**2))
    right = _shared(gauss)
    even = right.copy()
    even[0] = 1 / len(bins)
    hard = right.copy()
    hard[0] = 1.0 * (squared[0] == 0)
    if got.shape == right.shape and not got[0].any():
        raise Wrong(
            f"{call}: the blue has no share anywhere. All five exponentials are 0 to the computer; "
            "a small number under the fraction line only hides it. Subtract the smallest squared "
            "distance first."
        )
    compare(
        got,
        right,
        {
            f"{call}: where all exponentials are 0 it gives all bins the same. Subtract the "
            "smallest squared distance first, and they are not 0.": even,
            f"{call}: where all exponentials are 0 it takes the nearest bin alone. The next one is "
            "almost as near, and gets an eighth.": hard,
        },
        what=call,
    )


# --- Rebalancing --------------------------------------------------------------------------------


def _averaged(weights: np.ndarray, prior: np.ndarray) -> np.ndarray:
    return weights / (prior * weights).sum()


@question("a5-weights", "What a rare colour weighs", points=3)
def weights(answer: Answer) -> None:
    bins = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10], [-20, 0], [0, 30], [40, 40], [50, 40]])
    counts = np.array([420, 60, 90, 0, 15, 6, 0, 9])
    q = len(bins)
    apart = _squared(bins, bins)
    gauss = np.exp(-apart / (2 * SIGMA**2))
    prior = _shared((gauss / gauss.sum(axis=0)) @ counts)

    def part(number: int, what: str, mix: float, hint: str) -> np.ndarray:
        got = answer(counts, bins, mix)
        if got is None:
            raise Wrong("It returned nothing. Return the prior and the weights.")
        if not isinstance(got, tuple | list | np.ndarray) or len(got) != 2:
            raise Wrong("It should return two arrays: the prior and the weights.")
        return _finite(got[number], what, hint)

    for mix in (0.5, 0.2):
        what = f"The prior of rebalance(counts, bins, {mix})"
        found = part(0, what, mix, "Is something divided by 0?")

        def smoothed(spread: np.ndarray) -> np.ndarray:
            return _shared((spread / spread.sum(axis=0)) @ counts)

        mistakes = {
            "these are the counts' shares. They are not smoothed.": counts / counts.sum(),
            "these are the counts. They are neither smoothed nor shares.": counts,
            "it sums to the number of pixels. Divide by it: a prior sums to 1.": (
                prior * counts.sum()
            ),
            "each bin's Gaussian is to be divided by its own sum, before it is multiplied by the "
            "count. So nothing of a count is lost at the rim.": _shared(gauss @ counts),
            "the Gaussians are divided by their sums along the wrong axis. Each bin gives away its "
            "whole count: what it gives to all bins sums to 1.": _shared(
                (gauss / gauss.sum(axis=1, keepdims=True)) @ counts
            ),
            "it is a mean over each bin's neighbours. Each bin gives away its whole count, no more "
            "and no less.": (gauss / gauss.sum(axis=1, keepdims=True)) @ counts / counts.sum(),
            "the distances are not squared in the Gaussian.": smoothed(
                np.exp(-np.sqrt(apart) / (2 * SIGMA**2))
            ),
            "σ is not squared in the Gaussian.": smoothed(np.exp(-apart / (2 * SIGMA))),
            "the exponent is divided by σ²; it should be 2σ².": smoothed(np.exp(-apart / SIGMA**2)),
            "a bin keeps nothing of its own count.": smoothed(gauss - np.eye(q)),
            "it is the same for all bins.": np.full(q, 1 / q),
        }
        compare(found, prior, {f"{what}: {m}": w for m, w in mistakes.items()}, what=what)
    answer.earned = 1

    for mix in (0.5, 0.2, 1.0):
        what = f"The weights of rebalance(counts, bins, {mix})"
        found = part(
            1, what, mix, "A share of 0 cannot be inverted: smooth, mix with 1/Q, and then invert."
        )
        raw = 1 / ((1 - mix) * prior + mix / q)
        with np.errstate(divide="ignore", invalid="ignore"):
            forms = {
                "they grow with the prior. A rare colour should weigh more: invert.": 1 / raw,
                "λ is on the wrong side: it goes with the uniform share, 1 − λ with the prior.": (
                    1 / (mix * prior + (1 - mix) / q)
                ),
                "the uniform share of a bin is 1/Q, not 1.": 1 / ((1 - mix) * prior + mix),
                "λ is left out: this inverts the prior alone.": 1 / prior,
                "the mix is always ½. Take the one that is given.": 1 / (prior / 2 + 1 / (2 * q)),
                "each part is inverted by itself. Mix first, then invert.": (1 - mix) / prior
                + mix * q,
                "the counts' shares are mixed in. Take the smoothed prior.": 1
                / ((1 - mix) * counts / counts.sum() + mix / q),
                "these are minus logarithms. Invert the mix.": np.log(raw),
                "the inverse is squared.": raw**2,
                "the root of the inverse is taken.": np.sqrt(raw),
                "all colours weigh the same. The rarer one should weigh more.": np.ones(q),
            }
            if found.shape == raw.shape and found.sum() > 0:
                compare(
                    found / found.mean(),  # whatever they are multiplied by
                    raw / raw.mean(),
                    {
                        f"{what}: {m}": w / w.mean()
                        for m, w in forms.items()
                        if np.isfinite(w).all()
                    },
                    what=f"Divided by their mean, {what[0].lower()}{what[1:]}",
                )
            else:
                compare(found, raw, what=what)
    answer.earned = 2

    for mix in (0.5, 0.2, 1.0):
        what = f"The weights of rebalance(counts, bins, {mix})"
        found = part(1, what, mix, "Is something divided by 0?")
        raw = 1 / ((1 - mix) * prior + mix / q)
        scales = {
            "they are not normalised. Divide them by Σ p̃ w, so that their mean under the prior is "
            "1.": raw,
            "they sum to 1. Their mean under the prior should be 1.": _shared(raw),
            "their plain mean is 1. Common bins come up more often: the mean under the prior, "
            "Σ p̃ w, should be 1.": raw / raw.mean(),
            "the largest is 1. The mean under the prior should be.": raw / raw.max(),
            "the smallest is 1. The mean under the prior should be.": raw / raw.min(),
            "Σ p̃ w is the mean already: p̃ sums to 1, so nothing is to be divided by Q.": (
                raw / (prior * raw).mean()
            ),
            "the mean is 1 under the counts' shares. Take the smoothed prior.": _averaged(
                raw, counts / counts.sum()
            ),
            "they were multiplied by Σ p̃ w. Divide.": raw * (prior * raw).sum(),
        }
        compare(
            found,
            _averaged(raw, prior),
            {f"{what}: {m}": w for m, w in scales.items()},
            what=what,
        )


# --- The loss -----------------------------------------------------------------------------------


def _log_softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    shifted = scores - scores.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    return np.exp(_log_softmax(scores, axis))


@question("a5-loss", "The loss", points=3)
def loss(answer: Answer) -> None:
    random = np.random.default_rng(16)
    n, q = 6, 9
    targets = random.uniform(0.1, 1, (n, q)) ** 2
    targets[targets.argsort(axis=-1).argsort(axis=-1) < 4] = 0  # five bins share it
    targets = _shared(targets)
    scores = random.normal(0, 1.5, (n, q))
    rare = random.uniform(0.2, 4, q).round(2)
    for weights, name, points in (
        (np.ones(q), "loss(scores, targets, ones)", 0),
        (rare, "loss(scores, targets, weights)", 1),
    ):
        answer.earned = points
        got = _finite(
            answer(scores, targets, weights),
            name,
            "Its logarithm is to be that of the network's shares, the softmax of the scores. A "
            "target holds zeros, a score may be below 0.",
        )
        logs = _log_softmax(scores)
        v = weights[targets.argmax(axis=-1)]
        each = -(targets * logs).sum(axis=-1)
        right = (v * each).mean()
        hard = -np.take_along_axis(logs, targets.argmax(axis=-1)[:, None], axis=-1)[:, 0]
        over_colours = -(targets * _log_softmax(scores, axis=0)).sum(axis=-1)
        entropy = -(targets * np.log(np.where(targets > 0, targets, 1))).sum(axis=-1)
        mistakes: dict[str, Any] = {
            "the weights are left out.": each.mean(),
            "each bin of a pixel is weighted by itself. A pixel has one weight, that of its "
            "target's likeliest bin.": -(weights * targets * logs).sum(axis=-1).mean(),
            "the weight is that of the bin which the network finds likeliest. The truth is to "
            "choose it: the target's likeliest bin.": (
                weights[scores.argmax(axis=-1)] * each
            ).mean(),
            "the weight is the mean of the bins' weights under the target. Take that of its "
            "likeliest bin.": ((targets @ weights) * each).mean(),
            "it is divided by the sum of the weights. Divide by the number of pixels.": (
                np.average(each, weights=v)
            ),
            "it divides by the weights. Multiply.": (each / v).mean(),
            "the sign: the logarithm of a share is below 0, and a loss is not.": -right,
            "it is the sum over the pixels. Take their mean.": (v * each).sum(),
            "it is also divided by the number of bins. Sum over the bins, mean over the pixels.": (
                right / q
            ),
            "softmax goes over the pixels. Each pixel's shares sum to 1 over the bins.": (
                v * over_colours
            ).mean(),
            "one softmax over the whole table. Each pixel has its own.": (
                v * -(targets * _log_softmax(scores, axis=None)).sum(axis=-1)
            ).mean(),
            "softmax is left out: scores are no logarithms of shares, for these sum to 1.": (
                v * -(targets * scores).sum(axis=-1)
            ).mean(),
            "softmax is taken twice.": (
                v * -(targets * _log_softmax(_softmax(scores))).sum(axis=-1)
            ).mean(),
            "only the target's likeliest bin counts. All five that share it do.": (v * hard).mean(),
            "the logarithm has base 2. Take the natural one.": right / np.log(2),
            "the logarithm has base 10. Take the natural one.": right / np.log(10),
            "the logarithm is left out.": (v * -(targets * np.exp(logs)).sum(axis=-1)).mean(),
            "the target's own entropy is subtracted. That is the Kullback-Leibler divergence.": (
                v * (each - entropy)
            ).mean(),
            "these are squared differences. Cross-entropy is −Σ Z log Ẑ.": (
                v * ((np.exp(logs) - targets) ** 2).sum(axis=-1)
            ).mean(),
            "it gives a number for each pixel. Take their mean.": v * each,
        }
        compare(got, right, {f"{name}: {m}": w for m, w in mistakes.items()}, what=name)

    answer.earned = 2
    for size in (900.0, -900.0):
        sure = scores.copy()
        sure[:, 2] += size
        sure[1] = sure[1] - 800  # all far below 0
        name = f"With scores of {size:g} loss(scores, targets, weights)"
        got = _finite(
            answer(sure, targets, rare),
            name,
            "exp(900) is too large for a float, and the logarithm of a share that became 0 is −∞. "
            "Write log Ẑ without the detour: s − m − log Σ exp(s − m), with m a pixel's own "
            "largest score.",
        )
        right = (
            rare[targets.argmax(axis=-1)] * -(targets * _log_softmax(sure)).sum(axis=-1)
        ).mean()
        if got.shape == () and got < right - 1e-6 * right:
            raise Wrong(
                f"{name} is {got:.4g}, and by hand {right:.4g}. Where a share is next to 0, its "
                "logarithm was cut off: a small number added to it, or a limit set to it, or a 0 "
                "passed over. Write log Ẑ as s − m − log Σ exp(s − m)."
            )
        compare(got, right, what=name)


# --- The annealed mean --------------------------------------------------------------------------


@question("a5-annealed", "The annealed mean", points=3)
def annealed(answer: Answer) -> None:
    random = np.random.default_rng(38)
    grid = np.stack(np.meshgrid(*[np.arange(-60.0, 61, 10)] * 2), axis=-1).reshape(-1, 2)
    for rows, cols, q, temperature, points in (
        (3, 4, 7, 0.38, 0),
        (2, 5, 7, 1.0, 1),
        (3, 2, 11, 0.15, 1),
    ):
        answer.earned = points
        bins = random.permutation(grid)[:q]
        scores = random.normal(0, 1, (rows, cols, q))
        call = f"annealed_mean(scores, bins, {temperature})"
        got = _finite(answer(scores, bins, temperature), call, "No logarithm of a score is needed.")
        z = _softmax(scores)
        f = _softmax(scores / temperature)
        right = f @ bins
        place = np.clip((f @ np.arange(q)).round().astype(int), 0, q - 1)
        mistakes: dict[str, Any] = {
            "T is on the wrong side: divide scores by it, or raise shares to 1/T.": _softmax(
                scores * temperature
            )
            @ bins,
            "this is the plain mean, at T = 1. The temperature is left out.": z @ bins,
            "this is the mode, the likeliest bin alone.": bins[scores.argmax(axis=-1)],
            "the temperature is always 0.38. Take the one that is given.": (
                _softmax(scores / 0.38) @ bins
            ),
            "softmax goes over the rows of the picture. Each pixel's shares sum to 1 over the "
            "bins, the last axis.": _softmax(scores / temperature, axis=0) @ bins,
            "softmax goes over the columns of the picture. Each pixel's shares sum to 1 over the "
            "bins, the last axis.": _softmax(scores / temperature, axis=1) @ bins,
            "one softmax over the whole picture. Each pixel has its own.": (
                _softmax(scores / temperature, axis=None) @ bins
            ),
            "it averages the bins' numbers. Average their colours: f @ bins.": f @ np.arange(q),
            "it averages the bins' numbers and looks up that bin. Bins that follow each other may "
            "be far apart in colour: average the colours.": bins[place],
            "the shares do not sum to 1. Divide by their sum.": np.exp(scores / temperature) @ bins,
            "the shares do not sum to 1 after annealing. Divide by their sum again.": (
                z ** (1 / temperature) @ bins
            ),
            "softmax comes twice, before the temperature and after it. Divide the scores by T, and "
            "take softmax once.": _softmax(z / temperature) @ bins,
            "the colours are divided by T. It belongs to the scores.": z @ bins / temperature,
            "the exponential is missing. Shares are softmax of the scores.": (
                _shared(scores / temperature) @ bins
            ),
            "all bins have the same share. Their scores are left out.": np.broadcast_to(
                bins.mean(axis=0), right.shape
            ),
            "it gives the mean over the bins, where the sum of share times colour is asked for.": (
                right / q
            ),
            "it averages over the picture as well. Return a colour for each pixel.": (
                right.mean(axis=(0, 1))
            ),
            "a and b are exchanged.": right[..., ::-1],
            "a and b stand first. Keep them on the last axis.": np.moveaxis(right, -1, 0),
            "rows and columns are exchanged.": right.swapaxes(0, 1),
        }
        compare(got, right, {f"{call}: {m}": w for m, w in mistakes.items()}, what=call)

    answer.earned = 2
    bins = random.permutation(grid)[:6]
    scores = random.normal(0, 1, (2, 3, 6))
    far = scores + np.array([[0, 950, -950], [400, -400, 0]])[..., None]
    for given, temperature, name in (
        (scores, 0.001, "annealed_mean(scores, bins, 0.001)"),
        (far, 0.38, "With scores around ±950 annealed_mean(scores, bins, 0.38)"),
    ):
        got = _finite(
            answer(given, bins, temperature),
            name,
            "Where exp is too large for a float, or all of a pixel's are 0, a fraction becomes "
            "NaN. Subtract each pixel's own largest score first: its shares stay the same.",
        )
        right = _softmax(given / temperature) @ bins
        if (
            got.shape == right.shape
            and ((abs(got) < 1e-9).all(-1) & (abs(right) > 1).any(-1)).any()
        ):
            raise Wrong(
                f"{name}: some pixels became grey, a = b = 0. All their exponentials are 0 to the "
                "computer, and a small number under the fraction line, or a replaced NaN, hides "
                "it. Subtract each pixel's own largest score first."
            )
        limits = (10, 20, 30, 50, 80, 100, 500, 600, 700, 709)
        mistakes = {
            **{
                f"scores are limited to ±{most}, so that different ones become equal. Subtract "
                "each pixel's own largest instead.": _softmax(
                    np.clip(given / temperature, -most, most)
                )
                @ bins
                for most in limits
            },
            **{
                f"T is not let below {least}. With the largest score subtracted, any T above 0 "
                "will do.": _softmax(given / max(temperature, least)) @ bins
                for least in (0.1, 0.05, 0.01, 0.005)
            },
            "where exp overflows it takes the plain mean of all bins. Subtract each pixel's own "
            "largest score first, and it does not.": np.broadcast_to(
                bins.mean(axis=0), right.shape
            ),
        }
        compare(got, right, {f"{name}: {m}": w for m, w in mistakes.items()}, what=name)


# --- Joining ------------------------------------------------------------------------------------


@question("a5-join", "L and the colours, joined", points=1)
def join(answer: Answer) -> None:
    random = np.random.default_rng(4)
    for height, width, k in ((3, 2, 4), (4, 6, 2), (3, 3, 3)):
        light = random.uniform(0, 100, (k * height, k * width)).round(1)
        ab = random.uniform(-80, 80, (height, width, 2)).round(1)
        call = f"join(L of {light.shape[0]}×{light.shape[1]}, ab of {height}×{width})"
        got = numbers(answer(light, ab), call)
        large = ab.repeat(k, axis=0).repeat(k, axis=1)
        a, b = np.moveaxis(large, -1, 0)
        spread = np.zeros_like(large)
        spread[::k, ::k] = ab
        if got.shape == (height, width, 3):
            raise Wrong(
                f"{call}: L was shrunk to the colours' size, and the picture's details are gone. "
                "Enlarge the colours."
            )
        if got.shape == (*light.shape, 2):
            raise Wrong(f"{call}: L is missing; there are two channels only.")
        right = np.dstack([light, large])
        mistakes = {
            "copies of the small picture stand side by side. Repeat each of its pixels.": (
                np.dstack([light, np.tile(ab, (k, k, 1))])
            ),
            "np.resize fills up in the order of the memory. Repeat each pixel, down and across.": (
                np.dstack([light, np.resize(ab, large.shape)])
            ),
            "between the colours stands 0, which is grey. Repeat each pixel.": np.dstack(
                [light, spread]
            ),
            "L stands last. The order is L, a, b.": np.dstack([large, light]),
            "a and b are exchanged.": np.dstack([light, b, a]),
            "L is divided by 100.": np.dstack([light / 100, large]),
            "the colours were multiplied with the size. Their values stay.": np.dstack(
                [light, k * large]
            ),
            "the colours are divided by the number of pixels that they cover. Their values stay.": (
                np.dstack([light, large / k**2])
            ),
            "the channels stand first. Keep them on the last axis.": np.moveaxis(right, -1, 0),
        }
        compare(got, right, {f"{call}: {m}": w for m, w in mistakes.items()}, what=call)
