"""Judges of lesson 16, colorization."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise

SIGMA = 5.0


@exercise("16-encode", "Soft encoding")
def encode(answer: Any) -> None:
    rng = np.random.default_rng(16)
    for ab, colours in (
        (np.array([12.0, -7.0]), rng.uniform((-8, -23), (28, 13), (12, 2))),
        (np.array([-40.5, 33.0]), rng.uniform((-54, 18), (-30, 42), (9, 2))),
    ):
        squared = ((colours - ab) ** 2).sum(axis=1)
        order = np.argsort(squared)
        near = np.zeros(len(colours))
        near[order[:5]] = 1
        gauss = np.exp(-squared / (2 * SIGMA**2))
        got = _numbers(
            answer(ab.copy(), colours.copy()),
            gauss.shape,
            "Return one weight for each of the colours.",
        )
        if np.allclose(got, _shared(near * gauss), atol=1e-6):
            continue
        farthest = np.zeros(len(colours))
        farthest[order[-5:]] = 1
        mistakes = {
            "The weights do not sum to 1. Divide them by their sum.": near * gauss,
            "All colours have a weight. Only the five nearest keep theirs.": _shared(gauss),
            "All colours have a weight, and the weights do not sum to 1.": gauss,
            "They were divided by the sum of all, and then cut to five: what is left does not sum "
            "to 1.": near * _shared(gauss),
            "The exponent is divided by 2σ; it should be 2σ².": _shared(
                near * np.exp(-squared / (2 * SIGMA))
            ),
            "The exponent is divided by σ²; it should be 2σ².": _shared(
                near * np.exp(-squared / SIGMA**2)
            ),
            "The distance has to be squared: sum the squares of both differences, without the "
            "root.": _shared(near * np.exp(-np.sqrt(squared) / (2 * SIGMA**2))),
            "That gives the farthest of the five the most. The exponent needs its minus.": _shared(
                near / gauss
            ),
            "These are the five farthest colours. `argsort` begins with the smallest.": _shared(
                farthest * gauss
            ),
            "That is the hard encoding, all on the nearest. Share it out over five.": np.eye(
                len(colours)
            )[order[0]],
            "All five have the same weight. The nearer a colour, the more it should get.": near / 5,
        }
        _hint(got, mistakes, "the weights of the five nearest are not those of the Gaussian")


@exercise("16-decode", "The annealed mean")
def decode(answer: Any) -> None:
    shares = np.array([0.35, 0.05, 0.0, 0.3, 0.2, 0.1])
    colours = np.array([[-60, 40], [0, 0], [80, -90], [50, 30], [10, -40], [-20, 70]], float)
    for temperature in (0.5, 0.25, 0.05, 1.0):
        got = _numbers(
            answer(shares.copy(), colours.copy(), temperature), (2,), "Return one colour: a and b."
        )
        weights = shares ** (1 / temperature)
        if np.allclose(got, _shared(weights) @ colours, atol=1e-6):
            continue
        top = shares.argmax()
        heated = shares**temperature
        logs = np.log(np.maximum(shares, 1e-300))
        mistakes = {
            "The temperature is multiplied; the logarithm is to be divided by it.": _shared(heated)
            @ colours,
            "Divide by the sum of the annealed shares: they no longer sum to 1.": weights @ colours,
            "That is the mean at any temperature. Anneal the shares first.": shares @ colours,
            "That is the mode at any temperature: only T → 0 gives it.": colours[top],
            "The logarithm is missing: exp(z / T) is not exp(log z / T).": _shared(
                np.exp(shares / temperature)
            )
            @ colours,
            "The exponential is missing: what is averaged over are logarithms.": _shared(
                logs / temperature
            )
            @ colours,
            "The colours are divided by T. It belongs to the shares.": shares
            @ colours
            / temperature,
            "It is the mean of the colours, each with the same weight.": colours.mean(axis=0),
        }
        _hint(got, mistakes, f"at T = {temperature:g} the colour is not the annealed mean")


@exercise("16-rebalance", "Rebalancing")
def rebalance(answer: Any) -> None:
    prior = np.array([0.6, 0.25, 0.1, 0.04, 0.01])
    for mix in (0.25, 0.5, 1.0):
        got = _numbers(answer(prior.copy(), mix), prior.shape, "Return one weight for each bin.")
        q = len(prior)
        raw = 1 / ((1 - mix) * prior + mix / q)
        if np.allclose(got, raw / (prior * raw).sum(), rtol=1e-6):
            continue
        forms = {
            "λ and 1 − λ are exchanged: λ belongs to the uniform share.": mix * prior
            + (1 - mix) / q,
            "The uniform share is 1/Q, one part in as many as there are bins.": (1 - mix) * prior
            + mix,
            "λ is left out: the prior alone is inverted.": prior,
        }
        mistakes = {
            "Under the prior they do not average to 1. Divide them by Σ p w.": raw,
            "Their plain mean is 1. It is the mean under the prior, Σ p w, that should be 1.": raw
            / raw.mean(),
            "They sum to 1. They should average to 1 under the prior: Σ p w = 1.": _shared(raw),
            "That gives the common bins the most. The mix has to be inverted.": (1 / raw)
            / (prior / raw).sum(),
            "Each part was inverted on its own, and then mixed. Mix first.": _averaged(
                (1 - mix) / prior + mix * q, prior
            ),
        }
        for hint, form in forms.items():
            # λ may be all or nothing, and then a weight would be infinite.
            if form.all():
                mistakes[hint] = _averaged(1 / form, prior)
                mistakes[f"{hint} And they do not average to 1 under the prior."] = 1 / form
        _hint(got, mistakes, f"for λ = {mix:g} these are not the weights")


def _shared(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


def _averaged(weights: np.ndarray, prior: np.ndarray) -> np.ndarray:
    return weights / (prior * weights).sum()


def _numbers(got: Any, shape: tuple[int, ...], wanted: str) -> np.ndarray:
    """The answer as an array of that shape, free of NaN."""
    if got is None:
        raise Wrong(f"It returned nothing. {wanted}")
    found = np.asarray(got, float)
    if found.shape != shape:
        raise Wrong(f"{wanted} Its shape should be {shape}; this is {found.shape}.")
    if not np.isfinite(found).all():
        raise Wrong(
            "It is not a number (NaN) or infinite. Watch for the logarithm of 0, which is −∞: "
            "0 times that, or −∞ less itself, is NaN."
        )
    return found


def _hint(got: np.ndarray, mistakes: dict[str, np.ndarray], otherwise: str) -> None:
    for hint, wrong in mistakes.items():
        if np.allclose(got, wrong, rtol=1e-5, atol=1e-9):
            raise Wrong(hint)
    raise Wrong(f"Not yet: {otherwise}.")
