import numpy as np
import pytest

from srcourse.classroom import check
from srcourse.classroom.judges.lesson_16 import SIGMA


def distances(ab, colours):
    return ((colours - ab) ** 2).sum(axis=1)


def encoded(ab, colours, weigh, keep=slice(5), share=True):
    squared = distances(ab, colours)
    out = np.zeros(len(colours))
    order = np.argsort(squared)[keep]
    out[order] = weigh(squared[order])
    return out / out.sum() if share else out


def gauss(squared):
    return np.exp(-squared / (2 * SIGMA**2))


def cut_late(ab, colours):
    weights = encoded(ab, colours, gauss, slice(None))
    weights[np.argsort(distances(ab, colours))[5:]] = 0
    return weights


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda y, c: None, "returned nothing"),
        (lambda y, c: encoded(y, c, gauss)[:5], "Its shape should be (12,)"),
        (lambda y, c: encoded(y, c, gauss) * np.nan, "not a number"),
        (lambda y, c: encoded(y, c, gauss, share=False), "do not sum to 1. Divide"),
        (lambda y, c: encoded(y, c, gauss, slice(None)), "Only the five nearest"),
        (
            lambda y, c: encoded(y, c, gauss, slice(None), share=False),
            "All colours have a weight, and",
        ),
        (cut_late, "then cut to five"),
        (lambda y, c: encoded(y, c, lambda d: np.exp(-d / (2 * SIGMA))), "divided by 2σ; it"),
        (lambda y, c: encoded(y, c, lambda d: np.exp(-d / SIGMA**2)), "divided by σ²; it"),
        (
            lambda y, c: encoded(y, c, lambda d: np.exp(-np.sqrt(d) / (2 * SIGMA**2))),
            "distance has to be squared",
        ),
        (lambda y, c: encoded(y, c, lambda d: np.exp(d / (2 * SIGMA**2))), "needs its minus"),
        (lambda y, c: encoded(y, c, gauss, slice(-5, None)), "five farthest"),
        (lambda y, c: encoded(y, c, gauss, slice(1)), "the hard encoding"),
        (lambda y, c: encoded(y, c, np.ones_like), "All five have the same weight"),
        (lambda y, c: encoded(y, c, gauss, slice(4)), "Not yet"),
    ],
)
def test_encode_hints(answer, hint):
    result = check("16-encode", answer)
    assert not result.passed
    assert hint in result.words


def test_encode_may_be_written_otherwise():
    assert check("16-encode", lambda y, c: encoded(y, c, gauss)).passed

    def loops(ab, colours):
        ranked = sorted(range(len(colours)), key=lambda q: np.linalg.norm(colours[q] - ab))
        weights = [0.0] * len(colours)
        for q in ranked[:5]:
            weights[q] = float(np.exp(-(np.linalg.norm(colours[q] - ab) ** 2) / 50))
        return [weight / sum(weights) for weight in weights]

    assert check("16-encode", loops).passed


def annealed(weights, colours):
    return weights @ colours / weights.sum()


def logs(z):
    return np.log(np.maximum(z, 1e-300))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda z, c, t: None, "returned nothing"),
        (lambda z, c, t: 3.0, "Return one colour"),
        (lambda z, c, t: z * c[:, 0], "Return one colour"),
        (lambda z, c, t: annealed(z * logs(z * 0) * np.inf, c), "logarithm of 0"),
        (lambda z, c, t: annealed(z**t, c), "The temperature is multiplied"),
        (lambda z, c, t: annealed(np.exp(t * logs(z)), c), "The temperature is multiplied"),
        (lambda z, c, t: z ** (1 / t) @ c, "Divide by the sum of the annealed"),
        (lambda z, c, t: z @ c, "That is the mean at any temperature"),
        (lambda z, c, t: c[z.argmax()], "That is the mode at any temperature"),
        (lambda z, c, t: annealed(np.exp(z / t), c), "The logarithm is missing"),
        (lambda z, c, t: annealed(logs(z) / t, c), "The exponential is missing"),
        (lambda z, c, t: z @ c / t, "The colours are divided by T"),
        (lambda z, c, t: c.mean(axis=0), "each with the same weight"),
        (lambda z, c, t: annealed(z**2, c), "at T = 0.25"),
        (lambda z, c, t: -annealed(z ** (1 / t), c), "Not yet"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_decode_hints(answer, hint):
    result = check("16-decode", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_decode_may_be_written_otherwise():
    assert check("16-decode", lambda z, c, t: annealed(z ** (1 / t), c)).passed

    def as_the_equation(shares, colours, temperature):
        weights = np.exp(np.log(shares) / temperature)  # of 0 too: −∞, and back to 0
        return (weights[:, None] * colours).sum(axis=0) / weights.sum()

    def with_a_small_number(shares, colours, temperature):
        scores = np.log(shares + 1e-12) / temperature
        weights = np.exp(scores - scores.max())
        return np.average(colours, axis=0, weights=weights)

    assert check("16-decode", as_the_equation).passed
    assert check("16-decode", with_a_small_number).passed


def averaged(p, w):
    return w / (p * w).sum()


def raw(p, m):
    return 1 / ((1 - m) * p + m / len(p))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p, m: None, "returned nothing"),
        (lambda p, m: raw(p, m).sum(), "Return one weight for each bin"),
        (raw, "do not average to 1. Divide them"),
        (lambda p, m: raw(p, m) / raw(p, m).mean(), "Their plain mean is 1"),
        (lambda p, m: raw(p, m) / raw(p, m).sum(), "They sum to 1"),
        (lambda p, m: averaged(p, 1 / raw(p, m)), "has to be inverted"),
        (lambda p, m: averaged(p, (1 - m) / p + m * len(p)), "Mix first"),
        (lambda p, m: averaged(p, 1 / (m * p + (1 - m) / len(p))), "are exchanged"),
        (lambda p, m: 1 / (m * p + (1 - m) / len(p)), "are exchanged: λ"),
        (lambda p, m: averaged(p, 1 / ((1 - m) * p + m)), "The uniform share is 1/Q"),
        (lambda p, m: 1 / ((1 - m) * p + m), "And they do not average"),
        (lambda p, m: averaged(p, 1 / p), "λ is left out"),
        (lambda p, m: averaged(p, raw(p, 0.25)), "for λ = 0.5"),
        (lambda p, m: -averaged(p, raw(p, m)), "Not yet"),
    ],
)
def test_rebalance_hints(answer, hint):
    result = check("16-rebalance", answer)
    assert not result.passed
    assert hint in result.words


def test_rebalance_may_be_written_otherwise():
    assert check("16-rebalance", lambda p, m: averaged(p, raw(p, m))).passed

    def loops(prior, mix):
        weights = [1 / ((1 - mix) * share + mix / len(prior)) for share in prior]
        mean = sum(share * weight for share, weight in zip(prior, weights, strict=True))
        return [weight / mean for weight in weights]

    assert check("16-rebalance", loops).passed
