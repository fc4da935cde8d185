import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import srcourse as sr
from srcourse import recovery
from srcourse.datasets.cifar10 import Labelled
from srcourse.metrics import make_lr
from srcourse.recovery import Outcome, Setting, accuracy, agreement, normalized, ratio
from srcourse.recovery.arms import make

QUICK = Setting(epochs=2, features=4, hidden=8, batch=20)


def answers(share, seeds=4, images=400, seed=0):
    """Right with probability `share`, on the same images more often than by chance."""
    random = np.random.default_rng(7)
    hard = random.random(images)
    noise = np.random.default_rng(seed).normal(0, 0.1, (seeds, images))
    return hard + noise < share


# scores


def test_the_source_s_ratio():
    top, sr_ = np.zeros((1, 10_000)), np.zeros((1, 10_000))
    top[0, :6799], sr_[0, :6707] = 1, 1
    score = ratio(sr_, top)
    assert score.value == pytest.approx(0.9865, abs=5e-5)
    assert score.over_seeds is None, "one seed says nothing about seeds"


def test_the_originals_score_one_without_doubt():
    top = answers(0.7)
    assert ratio(top, top).value == 1
    assert ratio(top, top).over_images == (1, 1)
    assert normalized(top, top, answers(0.5)).value == 1


def test_the_floor_scores_zero():
    floor = answers(0.5)
    score = normalized(floor, answers(0.7), floor)
    assert score.value == 0
    assert score.over_images == (0, 0)


def test_normalized_by_hand():
    top = np.array([[1, 1, 1, 1, 1, 1, 1, 0, 1, 1]] * 20).reshape(1, -1)
    floor = np.array([[1, 0, 0, 0, 1, 1, 1, 0, 0, 0]] * 20).reshape(1, -1)
    sr_ = np.array([[1, 1, 1, 0, 1, 1, 1, 0, 0, 1]] * 20).reshape(1, -1)
    assert normalized(sr_, top, floor).value == pytest.approx((7 - 4) / (9 - 4))


def test_undefined_where_the_floor_does_not_differ_from_the_top():
    top = answers(0.7, seed=1)
    score = normalized(answers(0.68, seed=2), top, answers(0.7, seed=3))
    assert score.value is None
    assert score.over_images is None
    assert str(score) == "undefined"


def test_the_bootstrap_agrees_with_the_delta_method():
    """The ratio of two paired means has a known deviation (Cochran 1977, section 2.11)."""
    top, sr_ = answers(0.7, 1, 4000, 1), answers(0.6, 1, 4000, 2)
    t, s = top[0].astype(float), sr_[0].astype(float)
    r = s.mean() / t.mean()
    deviation = np.std(s - r * t) / t.mean() / np.sqrt(len(t))
    low, high = ratio(sr_, top).over_images
    assert (high - low) / 2 == pytest.approx(1.96 * deviation, rel=0.08)
    assert (high + low) / 2 == pytest.approx(r, abs=0.1 * deviation * 3)


def test_paired_is_narrower_than_unpaired():
    top, sr_ = answers(0.7, 1, 2000, 1), answers(0.65, 1, 2000, 2)
    low, high = ratio(sr_, top).over_images
    shuffled = sr_[:, np.random.default_rng(0).permutation(sr_.shape[1])]
    other_low, other_high = ratio(shuffled, top).over_images
    assert high - low < 0.8 * (other_high - other_low)


def test_the_interval_over_images_covers_as_often_as_it_says():
    """Many draws of 300 images from one population whose ratio is known."""
    top, sr_ = answers(0.7, 1, 60_000, 1), answers(0.6, 1, 60_000, 2)
    truth = sr_.mean() / top.mean()
    covered = 0
    for part in range(200):
        own = slice(300 * part, 300 * (part + 1))
        low, high = ratio(sr_[:, own], top[:, own], draws=300).over_images
        covered += low <= truth <= high
    assert 0.90 <= covered / 200 <= 0.99


def test_the_interval_over_seeds_is_student_s():
    top = np.ones((3, 100))
    sr_ = np.ones((3, 100))
    sr_[0, :10], sr_[1, :20], sr_[2, :30] = 0, 0, 0
    score = ratio(sr_, top)
    # mean 0.8, deviation 0.1, t(0.975, 2) = 4.3027
    assert score.over_seeds == pytest.approx((0.8 - 0.24842, 0.8 + 0.24842), abs=1e-4)


def test_one_seed_without_a_gap_does_not_blow_up_the_interval():
    """Seed 0's originals hardly beat the floor: its own share of the gap would be −4."""
    images = np.arange(1000)
    top = np.stack([images < n for n in (700, 710, 705)])
    sr_ = np.stack([images < n for n in (695, 705, 700)])
    floor = np.stack([images < n for n in (699, 680, 680)])
    score = normalized(sr_, top, floor)
    assert score.value == pytest.approx(41 / 56)
    low, high = score.over_seeds
    assert (low + high) / 2 == pytest.approx(score.value)
    # numerators less value times gaps, over the mean gap: deviations by hand
    moves = (np.array([-4, 25, 20]) - 41 / 56 * np.array([1, 30, 25])) / (56 / 3)
    assert high - low == pytest.approx(2 * 4.30265 * moves.std(ddof=1) / np.sqrt(3), rel=1e-4)


@given(st.integers(1, 4), st.integers(1, 30), st.integers(0, 100))
def test_accuracy_and_agreement_are_shares(seeds, images, seed):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 3, (2, seeds, images))
    assert agreement(first, first) == 1
    assert agreement(first, second) == agreement(second, first) == np.mean(first == second)
    assert accuracy(first == 1) == np.mean(first == 1)


@pytest.mark.parametrize(
    "bad",
    [np.ones(5), np.ones((0, 5)), np.ones((2, 0)), np.full((1, 5), 2), np.full((1, 5), np.nan)],
)
def test_tables_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="right has shape"):
        ratio(bad, bad)


def test_tables_of_other_images_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 400\) and \(4, 400\)"):
        ratio(answers(0.5, 2), answers(0.5, 4))
    with pytest.raises(ValueError, match="accepted: one"):
        agreement(np.zeros((1, 3)), np.zeros((1, 4)))


def test_originals_that_are_all_named_wrongly_are_refused():
    with pytest.raises(ValueError, match="none of the originals rightly"):
        ratio(answers(0.5, 2), np.zeros((2, 400)))


# arms


@pytest.fixture(scope="module")
def hr():
    return recovery.crops("left", 12, seed=3).images


@pytest.mark.parametrize("model", ["nearest", "bicubic", "srcnn", "fsrcnn", "edsr-mini"])
def test_an_arm_is_what_upscale_makes_of_each_lr_picture(model, hr):
    colour = np.stack([np.roll(p, 3, axis=1) for p in hr])
    colour[..., 1] //= 2
    expected = np.stack([sr.upscale(make_lr(p, 2), 2, model) for p in colour])
    apart = np.abs(expected.astype(int) - make(model, colour))
    assert apart.max() <= 1  # a rounding: here a batch in float32, there one picture
    assert (apart > 0).mean() < 0.01


def test_the_lr_arm_is_the_protocol_s(hr):
    np.testing.assert_array_equal(make("lr", hr), np.stack([make_lr(p, 2) for p in hr]))


def test_the_original_arm_is_untouched(hr):
    assert make("original", hr) is hr


def test_noise_is_stated_and_repeatable(hr):
    flat = np.full((20, 32, 32, 3), 128, np.uint8)
    noisy = make("lr, noisy", flat)
    assert noisy.std() == pytest.approx(recovery.NOISE, rel=0.05)
    np.testing.assert_array_equal(noisy, make("lr, noisy", flat))
    assert not np.array_equal(noisy[0], noisy[1])


def test_weights_of_one_s_own_are_an_arm(hr):
    from srcourse import zoo

    file = zoo.weights_file("edsr-mini", 2)
    if zoo.training(file):
        np.testing.assert_array_equal(make(str(file), hr), make("edsr-mini", hr))
    with pytest.raises(ValueError, match="trained for ×3; accepted: ×2"):
        make(str(zoo.weights_file("edsr-mini", 3)), hr)


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        ("edsr-minni", "did you mean 'edsr-mini'"),
        ("edsr", "no trained weights ship for edsr ×2"),
        ("original, noisy", "the originals are not degraded"),
    ],
)
def test_unknown_arms_are_refused(arm, message, hr):
    with pytest.raises(ValueError, match=message):
        make(arm, hr)


@pytest.mark.parametrize(
    "pictures",
    [np.zeros((2, 32, 32)), np.zeros((2, 31, 32, 3), np.uint8), np.zeros((2, 32, 32, 3))],
)
def test_pictures_of_another_kind_are_refused(pictures):
    with pytest.raises(ValueError, match="accepted: uint8"):
        make("bicubic", pictures)


# the classifier


def blobs(count, seed=0, side=8):
    """Two kinds of picture, dark and bright, with noise: easy to tell apart."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    images = 80 + 90 * labels[:, None, None, None] + random.integers(0, 40, (count, side, side, 3))
    return Labelled(images.astype(np.uint8), labels)


def test_fit_learns_and_its_curves_say_so():
    setting = Setting(epochs=10, features=4, hidden=8, batch=20)
    network, curves = recovery.fit(blobs(200), blobs(50, 1), setting)
    assert len(curves) == 10
    assert curves[-1]["loss"] < curves[0]["loss"]
    assert curves[-1]["validation_accuracy"] == 1
    test = blobs(40, 2)
    shares = recovery.probabilities(network, test.images, QUICK)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares.argmax(axis=1) == test.labels).all()


def test_curves_are_measured_with_the_weights_of_their_epoch():
    validation = blobs(50, 1)
    network, curves = recovery.fit(blobs(60), validation, QUICK)
    shares = recovery.probabilities(network, validation.images, QUICK)
    own = shares[np.arange(50), validation.labels]
    assert curves[-1]["validation_loss"] == pytest.approx(-np.log(own).mean(), rel=1e-5)


def test_one_seed_gives_one_training_and_leaves_the_learner_s_dice_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    weights = [
        recovery.fit(blobs(60), blobs(20, 1), QUICK, seed)[0].state_dict()["0.weight"]
        for seed in (3, 3, 4)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.rand(1), expected)


def test_bad_pictures_for_a_classifier():
    one_class = Labelled(blobs(20).images, np.zeros(20, int))
    with pytest.raises(ValueError, match="one class only"):
        recovery.fit(one_class, blobs(20), QUICK)
    with pytest.raises(ValueError, match="20 images"):
        recovery.fit(Labelled(blobs(20).images, np.zeros(19, int)), blobs(20), QUICK)
    with pytest.raises(ValueError, match=r"\(N, side, side, 3\)"):
        recovery.fit(Labelled(blobs(20).images[:, :4], blobs(20).labels), blobs(20), QUICK)
    with pytest.raises(ValueError, match="N from 1"):
        recovery.fit(blobs(20), blobs(20)[:0], QUICK)
    with pytest.raises(ValueError, match="type float64; accepted: uint8"):
        recovery.fit(Labelled(blobs(20).images / 255, blobs(20).labels), blobs(20), QUICK)


@pytest.mark.parametrize("bad", [{"epochs": 0}, {"batch": 0}, {"precision": "float16"}])
def test_bad_settings(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        Setting(**bad)


# crops


def test_crops_of_the_two_halves_share_no_pixel():
    left, right = recovery.crops("left", 20), recovery.crops("right", 20)
    assert left.images.shape == (20, 32, 32, 3)
    assert np.bincount(left.labels).tolist() == [2] * 10
    photo = sr.images.luma(sr.images.rgb(sr.images.sample("astronaut")))
    width = photo.shape[1] // 2
    for part, half in ((left, photo[:, :width]), (right, photo[:, -width:])):
        crop = part.images[0, ..., 0] / 255
        places = np.lib.stride_tricks.sliding_window_view(half, (32, 32))
        assert (np.abs(places - crop).max(axis=(2, 3)) <= 0.5 / 255 + 1e-9).any()


@pytest.mark.parametrize(
    ("half", "count", "side", "message"),
    [
        ("middle", 20, 32, "accepted: left, right"),
        ("left", 9, 32, "10 or more"),
        ("left", 20, 31, "even"),
        ("left", 20, 4096, "no larger"),
    ],
)
def test_bad_crops(half, count, side, message):
    with pytest.raises(ValueError, match=message):
        recovery.crops(half, count, side=side)


# the experiment in memory


@pytest.fixture(scope="module")
def outcome():
    parts = [recovery.crops(*how) for how in (("left", 60), ("left", 20, 1), ("right", 40, 2))]
    return recovery.run(*parts, ["lr", "bicubic"], recovery_names(), 2, QUICK)


def recovery_names():
    return [str(n) for n in range(10)]


def test_the_originals_are_always_an_arm(outcome):
    assert outcome.arms == ("original", "lr", "bicubic")
    assert outcome.seeds == 2
    assert outcome.of("bicubic").shape == (2, 40, 10)
    assert outcome.images["lr"].shape == (40, 16, 16, 3)
    assert len(outcome.curves["lr"]) == 2


def test_fixed_asks_the_originals_classifiers(outcome):
    np.testing.assert_array_equal(outcome.of("original", "fixed"), outcome.of("original"))
    assert not np.array_equal(outcome.of("bicubic", "fixed"), outcome.of("bicubic"))
    with pytest.raises(ValueError, match="arm is 'lr'; fixed has: original, bicubic"):
        outcome.of("lr", "fixed")
    with pytest.raises(ValueError, match="accepted: matched, fixed"):
        outcome.of("lr", "best")


def test_its_scores_are_those_of_its_answers(outcome):
    right = outcome.right("bicubic")
    np.testing.assert_array_equal(right, outcome.of("bicubic").argmax(axis=2) == outcome.labels)
    assert outcome.prs("bicubic") == ratio(right, outcome.right("original"))
    assert outcome.agreement("original") == 1
    assert outcome.accuracy("bicubic") == right.mean()
    assert outcome.normalized("original").value in (None, 1)


def test_bad_experiments():
    parts = [recovery.crops("left", 20)] * 3
    for seeds in (0, 2.5):
        with pytest.raises(ValueError, match=f"seeds is {seeds}; it must be a whole number from 1"):
            recovery.run(*parts, ["bicubic"], recovery_names(), seeds, QUICK)
    for epochs in (0, 2.5, float("nan")):
        with pytest.raises(ValueError, match=f"epochs is {epochs} and batch 64; both are whole"):
            recovery.Setting(epochs)
    with pytest.raises(ValueError, match="did you mean 'fsrcnn'"):
        recovery.run(*parts, ["fsrcn"], recovery_names(), 1, QUICK)


def test_an_outcome_can_be_made_by_hand():
    shares = np.eye(3)[np.array([[0, 1, 2, 1]])]
    made = Outcome(np.array([0, 1, 1, 1]), tuple("abc"), {}, {"matched": {"original": shares}}, {})
    assert made.accuracy("original") == 0.75
