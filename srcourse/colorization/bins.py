"""Colour as classes: the bins, and the way there and back (Zhang, Isola and Efros 2016, section 2).

Colours are ab of CIE Lab, float (…, 2); a distribution over the Q bins is (…, Q), and sums to 1.
"""

from functools import cache

import numpy as np

from srcourse.images import rgb_to_lab

STEP = 10.0  # of the grid, in units of ab
SIGMA = 5.0
NEIGHBOURS = 5  # the paper's; the authors' code takes ten


@cache
def bins() -> np.ndarray:
    """The ab colours of the bins, float (Q, 2): the points of a grid of step 10 that are nearest to
    some colour of sRGB, whatever its lightness.

    Q is 261 here. The paper has 313, by a way of finding the gamut that it does not tell.
    """
    levels = np.linspace(0, 1, 65)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    ab = rgb_to_lab(cube.reshape(-1, 65, 3))[..., 1:]
    grid = np.unique(np.floor(ab.reshape(-1, 2) / STEP + 0.5), axis=0) * STEP
    grid.flags.writeable = False
    return grid


def nearest(ab: np.ndarray) -> np.ndarray:
    """The number of the nearest bin, int (…)."""
    return _closest(ab, 1)[0][..., 0]


def neighbours(ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the nearest bins, the nearest first, and their Gaussian weights, each
    (…, NEIGHBOURS)."""
    number, squared = _closest(ab, NEIGHBOURS)
    # From the nearest one's, so that a colour far from all bins does not give 0/0.
    weight = np.exp((squared[..., :1] - squared) / (2 * SIGMA**2))
    return number, weight / weight.sum(axis=-1, keepdims=True)


def _closest(ab: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` nearest bins, the nearest first, and their squared distances."""
    ab = np.asarray(ab, float)
    if ab.shape[-1:] != (2,) or not np.isfinite(ab).all():
        raise ValueError(f"ab has shape {ab.shape}; accepted: (…, 2), finite")
    squared = ((ab[..., None, :] - bins()) ** 2).sum(axis=-1)
    number = np.argpartition(squared, count - 1, axis=-1)[..., :count]
    order = np.argsort(np.take_along_axis(squared, number, axis=-1), axis=-1)
    number = np.take_along_axis(number, order, axis=-1)
    return number, np.take_along_axis(squared, number, axis=-1)


def encode(ab: np.ndarray) -> np.ndarray:
    """The soft target Z = H⁻¹(Y): a Gaussian of σ = 5 over the five nearest bins, (…, Q).

    Raises ValueError for what is not (…, 2), and for NaN.
    """
    number, weight = neighbours(ab)
    out = np.zeros((*number.shape[:-1], len(bins())))
    np.put_along_axis(out, number, weight, axis=-1)
    return out


def annealed_mean(shares: np.ndarray, temperature: float = 0.38) -> np.ndarray:
    """H(Z) = E[f_T(z)], with f_T(z) = exp(log z / T) / Σ exp(log z / T) (eq. 5): ab, (…, 2).

    T = 1 is the mean, dull where colours compete; T → 0 the mode, vivid but restless.
    Raises ValueError for a temperature outside (0, 1], and for shares that are none.
    """
    check_temperature(temperature)
    shares = np.asarray(shares, float)
    if shares.shape[-1:] != (len(bins()),) or not (shares >= 0).all() or not shares.any(-1).all():
        raise ValueError(
            f"shares have shape {shares.shape}; accepted: (…, {len(bins())}), from 0, not all 0"
        )
    with np.errstate(divide="ignore"):
        logs = np.log(shares / shares.max(axis=-1, keepdims=True)) / temperature
    annealed = np.exp(logs)
    return annealed @ bins() / annealed.sum(axis=-1, keepdims=True)


def check_temperature(temperature: float) -> None:
    """Raises ValueError for what is not in (0, 1]."""
    if not 0 < temperature <= 1:
        raise ValueError(
            f"temperature is {temperature}; accepted: above 0 (the mode) up to 1 (the mean)"
        )


def smoothed(counts: np.ndarray) -> np.ndarray:
    """The prior p̃ from how often each bin occurred, (Q,): smoothed by a Gaussian of σ = 5 over ab,
    as the paper does (section 2.2); it sums to 1.

    Raises ValueError for counts that are negative, all 0 or of another length.
    """
    counts = np.asarray(counts, float)
    if counts.shape != (len(bins()),) or not (counts >= 0).all() or not counts.any():
        raise ValueError(f"counts have shape {counts.shape}; accepted: ({len(bins())},), from 0")
    apart = ((bins()[:, None] - bins()[None]) ** 2).sum(axis=-1)
    spread = np.exp(-apart / (2 * SIGMA**2))
    prior = (spread / spread.sum(axis=0)) @ counts
    return prior / prior.sum()


def rebalancing(prior: np.ndarray, mix: float = 0.5) -> np.ndarray:
    """w ∝ ((1 − λ) p̃ + λ/Q)⁻¹, with mean 1 under the prior: Σ p̃ w = 1 (eq. 4), (Q,).

    mix: λ; 1 weighs all bins alike. Raises ValueError for a mix outside [0, 1] and for a prior
    that does not sum to 1, or holds a 0 while mix is 0.
    """
    prior = np.asarray(prior, float)
    if not 0 <= mix <= 1:
        raise ValueError(f"mix is {mix}; accepted: 0 to 1")
    if prior.ndim != 1 or not np.isclose(prior.sum(), 1) or (prior < (mix == 0) * 1e-12).any():
        raise ValueError("prior must hold shares that sum to 1, none of them 0 where mix is 0")
    weight = 1 / ((1 - mix) * prior + mix / len(prior))
    return weight / (prior * weight).sum()
