import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter
from scipy.special import softmax
from skimage.color import rgb2lab

from srcourse.colorization.bins import (
    annealed_mean,
    bins,
    encode,
    nearest,
    rebalancing,
    smoothed,
)

Q = len(bins())


def colours(count=2000, seed=0):
    """Colours of sRGB in ab, by scikit-image."""
    return rgb2lab(np.random.default_rng(seed).random((count, 1, 3)))[:, 0, 1:]


def test_every_colour_of_srgb_has_its_grid_point_among_the_bins():
    assert Q == 261
    grid = {tuple(b) for b in bins().tolist()}
    rounded = np.floor(colours(20_000) / 10 + 0.5) * 10
    missing = {tuple(b) for b in rounded.tolist()} - grid
    assert not missing


def test_each_bin_is_reached_by_some_colour():
    levels = np.linspace(0, 1, 52)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 1, 3)
    ab = rgb2lab(cube)[:, 0, 1:]
    distance = np.abs(bins()[:, None] - ab[None, ::7]).max(axis=-1).min(axis=1)
    assert (distance < 10).all()
    assert (np.bincount(nearest(ab), minlength=Q) > 0).mean() > 0.97


def test_the_nearest_bin_is_within_half_a_step_or_the_border():
    ab = colours()
    apart = bins()[nearest(ab)] - ab
    brute = np.sqrt(((ab[:, None] - bins()[None]) ** 2).sum(-1)).min(axis=1)
    np.testing.assert_allclose(np.hypot(*apart.T), brute)
    assert (np.abs(apart) <= 5 + 1e-9).all()


def test_encoding_is_a_gaussian_over_the_five_nearest():
    ab = np.array([[3.0, 4.0], [-42.0, 17.0]])
    z = encode(ab)
    assert z.shape == (2, Q)
    np.testing.assert_allclose(z.sum(axis=1), 1)
    for colour, row in zip(ab, z, strict=True):
        distance = np.hypot(*(bins() - colour).T)
        five = np.argsort(distance)[:5]
        assert set(np.flatnonzero(row)) == set(five)
        expected = np.exp(-(distance[five] ** 2) / 50)
        np.testing.assert_allclose(row[five], expected / expected.sum())


def test_decoding_an_encoded_colour_returns_it_to_within_a_bin():
    ab = colours()
    for temperature in (1.0, 0.38):
        back = annealed_mean(encode(ab), temperature)
        assert np.hypot(*(back - ab).T).max() < 10


def test_a_colour_far_outside_the_gamut_is_still_encoded():
    z = encode(np.array([[400.0, -300.0]]))
    assert np.isfinite(z).all()
    assert z.sum() == pytest.approx(1)


shares = arrays(float, Q, elements=st.floats(1e-6, 1)).map(lambda z: z / z.sum())


@given(shares)
def test_temperature_one_is_the_mean(z):
    np.testing.assert_allclose(annealed_mean(z, 1), z @ bins(), atol=1e-9)


@given(shares)
def test_towards_zero_it_is_the_mode(z):
    mode = np.flatnonzero(z == z.max())
    if len(mode) == 1 and np.sort(z)[-2] < 0.99 * z.max():
        np.testing.assert_allclose(annealed_mean(z, 1e-4), bins()[mode[0]], atol=1e-6)


def test_the_annealed_mean_is_a_softmax_of_scores_divided_by_t():
    scores = np.random.default_rng(0).normal(0, 3, (4, Q))
    expected = softmax(scores / 0.38, axis=1) @ bins()
    np.testing.assert_allclose(annealed_mean(softmax(scores, axis=1), 0.38), expected)


def test_shares_of_zero_do_not_hurt():
    z = np.zeros(Q)
    z[7] = 1
    np.testing.assert_array_equal(annealed_mean(z, 0.01), bins()[7])


def test_smoothing_is_gaussian_and_keeps_the_sum():
    middle = np.flatnonzero((bins() == 0).all(axis=1))[0]
    counts = np.zeros(Q)
    counts[middle] = 40
    prior = smoothed(counts)
    assert prior.sum() == pytest.approx(1)
    grid = np.zeros((25, 25))
    grid[12, 12] = 1
    # σ of 5 is half a step.
    expected = gaussian_filter(grid, 0.5, truncate=10)
    for a, b in ((0, 0), (1, 0), (0, -1), (1, 1)):
        found = prior[(bins() == (10 * a, 10 * b)).all(axis=1)][0]
        assert found == pytest.approx(expected[12 + a, 12 + b], rel=0.02)


@given(shares, st.floats(0.05, 1))
def test_weights_average_to_one_under_the_prior(prior, mix):
    weight = rebalancing(prior, mix)
    assert prior @ weight == pytest.approx(1)
    assert (np.diff(weight[np.argsort(prior)]) <= 1e-9).all(), "the rarer, the heavier"


def test_rebalancing_by_hand():
    np.testing.assert_allclose(rebalancing(np.array([0.8, 0.2]), 1), [1, 1])
    # 1/(0.4 + 0.25), 1/(0.1 + 0.25), divided by their mean under the prior
    raw = np.array([1 / 0.65, 1 / 0.35])
    np.testing.assert_allclose(
        rebalancing(np.array([0.8, 0.2]), 0.5), raw / (0.8 * raw[0] + 0.2 * raw[1])
    )
    with pytest.raises(ValueError, match="none of them 0"):
        rebalancing(np.array([1.0, 0.0]), 0)


@pytest.mark.parametrize("temperature", [0, -1, 1.01, float("nan")])
def test_temperatures_out_of_range(temperature):
    with pytest.raises(ValueError, match="temperature is"):
        annealed_mean(np.ones(Q), temperature)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: encode(np.zeros((3, 3))), "ab has shape"),
        (lambda: encode(np.full((1, 2), np.nan)), "finite"),
        (lambda: annealed_mean(np.ones(Q - 1)), "shares have shape"),
        (lambda: annealed_mean(np.zeros(Q)), "not all 0"),
        (lambda: annealed_mean(np.full(Q, -1.0)), "from 0"),
        (lambda: smoothed(np.zeros(Q)), "counts have shape"),
        (lambda: smoothed(np.ones(Q + 1)), "counts have shape"),
        (lambda: rebalancing(np.ones(3)), "sum to 1"),
        (lambda: rebalancing(np.full(2, 0.5), 1.5), "mix is 1.5"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
