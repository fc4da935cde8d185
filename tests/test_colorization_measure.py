import numpy as np
import pytest
from skimage.color import rgb2lab

import srcourse as sr
from srcourse.colorization.bins import bins, nearest, smoothed
from srcourse.colorization.measure import auc, measure, truth

CAT = sr.images.sample("chelsea")[60:148, 100:220]


def by_thresholds(distance, weight):
    """As the paper describes it: the share within each threshold, swept and integrated."""
    thresholds = np.linspace(0, 150, 15_001)
    order = np.argsort(distance)
    cumulative = np.cumsum(weight[order]) / weight.sum()
    share = np.r_[0, cumulative][np.searchsorted(distance[order], thresholds, side="right")]
    return np.trapezoid(share, thresholds) / 150


@pytest.mark.parametrize("weighted", [False, True])
def test_auc_is_the_swept_integral(weighted):
    random = np.random.default_rng(0)
    distance = random.gamma(2, 20, 500)
    weight = random.random(500) if weighted else np.ones(500)
    found = auc(distance, weight if weighted else None)
    assert found == pytest.approx(by_thresholds(distance, weight), abs=1e-4)


def test_auc_at_its_ends():
    assert auc(np.zeros(3)) == 1
    assert auc(np.full(3, 200.0)) == 0
    assert auc(np.array([75.0])) == 0.5


def test_the_truth_is_lab_as_scikit_image_has_it():
    np.testing.assert_allclose(truth(CAT), rgb2lab(CAT), atol=0.05)
    assert truth(sr.images.sample("coffee"), 128).shape == (80, 128, 3)


def test_the_true_colours_are_perfect_and_grey_is_not():
    true = iter([truth(CAT)[..., 1:]])
    perfect = measure(lambda light: next(true), [CAT])
    assert perfect["auc"] == perfect["auc_rebalanced"] == 1
    assert perfect["psnr_ab"] == np.inf
    assert perfect["saturation"] == perfect["saturation_truth"]
    grey = measure(lambda light: np.zeros((*light.shape, 2)), [CAT])
    lab = rgb2lab(CAT)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    assert grey["auc"] == pytest.approx(1 - chroma.mean() / 150, abs=1e-3)
    assert grey["saturation"] == 0
    assert grey["saturation_truth"] == pytest.approx(chroma.mean(), abs=0.05)
    mse = (lab[..., 1:] ** 2).mean()
    assert grey["psnr_ab"] == pytest.approx(10 * np.log10(220**2 / mse), abs=0.02)


def test_rebalanced_weighs_rare_colours_more():
    ab = truth(CAT)[..., 1:]
    common = bins()[smoothed(np.bincount(nearest(ab).ravel(), minlength=len(bins()))).argmax()]
    found = measure(lambda light: np.broadcast_to(common, (*light.shape, 2)), [CAT])
    assert found["auc_rebalanced"] < found["auc"] - 0.02


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: measure(lambda x: x, []), "pictures is empty"),
        (lambda: truth(CAT[..., 0]), "picture is grey"),
        (lambda: truth(CAT[:7]), "too small"),
        (lambda: auc(np.array([])), "no numbers"),
        (lambda: auc(np.array([-1.0])), "negative"),
        (lambda: auc(np.ones(3), np.ones(2)), "one number from 0"),
        (lambda: auc(np.ones(3), np.zeros(3)), "not all 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
