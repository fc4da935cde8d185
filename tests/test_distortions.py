"""The distortions against SciPy, NumPy and Pillow, and the strength that leaves a PSNR."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from srcourse import images
from srcourse.distortions import KINDS, at_psnr, distort, in_words
from srcourse.metrics import psnr

PHOTOS = {name: images.sample(name)[::3, ::3] for name in ("astronaut", "chelsea", "camera")}
every_kind = pytest.mark.parametrize("kind", KINDS)
every_photo = pytest.mark.parametrize("name", PHOTOS)


@pytest.mark.parametrize("target", [32, 25])
@every_photo
@every_kind
def test_the_strength_found_leaves_the_psnr_asked_for(kind, name, target):
    photo = PHOTOS[name]
    strength, picture = at_psnr(photo, kind, target)
    # From the formula, on what `distort` makes of that strength.
    spoiled = distort(photo, kind, strength)
    error = np.mean((photo / 255 - spoiled) ** 2)
    assert -10 * np.log10(error) == pytest.approx(target, abs=0.01)
    assert np.array_equal(picture, spoiled)


@pytest.mark.parametrize("target", [12.5, 45, 60, 100])
@every_kind
def test_far_targets_too(kind, target):
    photo = PHOTOS["astronaut"]
    least = psnr(photo / 255, distort(photo, kind, 1))
    if target < least:
        with pytest.raises(ValueError, match=f"{kind} at full strength leaves {least:.2f} dB"):
            at_psnr(photo, kind, target)
    else:
        _, picture = at_psnr(photo, kind, target)
        assert psnr(photo / 255, picture) == pytest.approx(target, abs=0.01)


@every_photo
@every_kind
def test_more_strength_is_less_psnr(kind, name):
    photo = PHOTOS[name]
    strengths = np.array([0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9])
    if kind == "blur":
        strengths = strengths[strengths > 0.05]  # below, the Gaussian is narrower than a pixel
    if kind == "shift":
        strengths = strengths[strengths < 0.45]  # above, a picture may meet its own likeness
    scores = [psnr(photo / 255, distort(photo, kind, s)) for s in strengths]
    assert (np.diff(scores) < 0).all(), scores


@every_kind
def test_full_strength_leaves_hardly_anything(kind):
    assert psnr(PHOTOS["astronaut"] / 255, distort(PHOTOS["astronaut"], kind, 1)) < 20


@every_kind
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("grey", [False, True])
def test_any_picture_becomes_floats_in_range(kind, dtype, grey):
    photo = PHOTOS["astronaut"][..., 1] if grey else PHOTOS["astronaut"]
    given = (photo / 255).astype(dtype) if dtype in (np.float32, np.float64) else photo
    if dtype == np.uint16:
        given = photo.astype(np.uint16) * 257  # the same levels
    before = given.copy()
    found = distort(given, kind, 0.3)
    assert found.dtype == np.float64
    assert found.shape == photo.shape
    assert 0 <= found.min() < found.max() <= 1
    assert np.allclose(found, distort(photo, kind, 0.3), atol=1e-6)
    assert np.array_equal(found, distort(given, kind, 0.3))  # the same each time
    assert np.array_equal(distort(given, kind, 0), images.to_float(given))
    assert np.array_equal(given, before)


@every_kind
def test_the_result_is_the_callers_own(kind):
    photo = PHOTOS["chelsea"] / 255
    before = photo.copy()
    distort(photo, kind, 0.2)[:] = 0
    distort(photo, kind, 0)[:] = 0
    at_psnr(photo, kind, 30)[1][:] = 0
    assert np.array_equal(photo, before)
    assert distort(photo, kind, 0.2).any()


@every_kind
def test_overshoot_of_a_filter_is_clipped_first(kind):
    photo = PHOTOS["camera"] / 255 * 1.4 - 0.2
    assert np.array_equal(distort(photo, kind, 0.2), distort(np.clip(photo, 0, 1), kind, 0.2))


@every_photo
def test_blur_is_scipys(name):
    photo = PHOTOS[name] / 255
    sigma = (1.28, 1.28, 0)[: photo.ndim]  # 32 · 0.2²
    assert np.allclose(distort(photo, "blur", 0.2), gaussian_filter(photo, sigma, mode="nearest"))


@every_photo
def test_a_shift_by_whole_pixels_is_numpys(name):
    photo = PHOTOS[name] / 255
    for strength, by in ((0.25, 2), (0.5, 8), (1, 32)):
        found = distort(photo, "shift", strength)
        assert np.allclose(found[:, by:], np.roll(photo, by, axis=1)[:, by:])
        assert np.allclose(found[:, :by], photo[:, :1])


def test_a_shift_by_a_part_of_a_pixel_moves_a_slope_by_that_part():
    slope = np.tile(np.linspace(0, 1, 101), (20, 1))
    for strength in (0.1, 0.19, 0.3):
        found = distort(slope, "shift", strength)[:, 10:-10]
        assert np.allclose(slope[:, 10:-10] - found, 32 * strength**2 / 100)


@pytest.mark.parametrize(("strength", "quality"), [(0.01, 100), (0.5, 51), (0.75, 26), (1, 1)])
@every_photo
def test_jpeg_of_a_whole_quality_is_pillows(name, strength, quality):
    file = BytesIO()
    Image.fromarray(PHOTOS[name]).save(file, "JPEG", quality=quality, subsampling=0)
    found = distort(PHOTOS[name], "jpeg", strength)
    assert np.allclose(found, np.asarray(Image.open(file)) / 255)


def test_jpeg_between_two_qualities_lies_between_them():
    low, between, high = (distort(PHOTOS["chelsea"], "jpeg", s) for s in (0.75, 0.7475, 0.74))
    assert np.allclose(between, 0.75 * low + 0.25 * high)


@every_photo
def test_salt_and_pepper_fall_on_their_share_of_the_pixels(name):
    photo = PHOTOS[name] / 255 * 0.8 + 0.1  # neither black nor white
    count = photo.shape[0] * photo.shape[1]
    for share in (0.01, 0.25, 0.9, 1):
        found = distort(photo, "salt", share).reshape(count, -1)
        same = (found == photo.reshape(count, -1)).all(axis=1)
        assert abs((~same).sum() - share * count) <= 1
        white, black = ((found == level).all(axis=1).sum() for level in (1, 0))
        assert abs(white - black) <= 2
        assert white + black == pytest.approx(share * count, abs=1)


def test_salt_and_pepper_are_scattered():
    hit = distort(np.full((64, 64), 0.5), "salt", 0.25) != 0.5
    assert all(0.15 < part.mean() < 0.35 for part in np.split(hit, 4) + np.split(hit, 4, axis=1))


@every_photo
def test_contrast_keeps_the_mean_and_scales_what_is_around_it(name):
    photo = PHOTOS[name] / 255
    found = distort(photo, "contrast", 0.3)
    assert found.mean() == pytest.approx(photo.mean())
    assert found.std() == pytest.approx(0.7 * photo.std())
    assert np.ptp(distort(photo, "contrast", 1)) < 1e-12


def test_brightness_adds_the_same_to_all():
    photo = PHOTOS["camera"] / 255
    assert np.allclose(distort(photo, "brightness", 0.2), np.minimum(photo + 0.1, 1))


def test_noise_is_white_and_of_its_strength():
    noise = distort(np.full((200, 200), 0.5), "noise", 0.2) - 0.5
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    assert abs(noise.mean()) < 0.002
    assert abs(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]) < 0.02
    coloured = distort(np.full((50, 50, 3), 0.5), "noise", 0.2)
    assert not np.allclose(coloured[..., 0], coloured[..., 1])


def test_noise_and_grains_are_drawn_by_fixed_seeds():
    grey = np.full((30, 40), 0.5)
    noise = np.random.default_rng(0).standard_normal((30, 40))
    assert np.allclose(distort(grey, "noise", 0.2), np.clip(0.5 + 0.1 * noise, 0, 1))
    first = np.random.default_rng(1).permutation(1200)[:6]
    found = distort(grey, "salt", 6 / 1200).ravel()
    assert np.allclose(found[first], [0, 1, 0, 1, 0, 1])
    assert (found != 0.5).sum() == 6


def test_a_strength_in_words():
    assert [in_words(kind, 0.2) for kind in KINDS] == [
        "σ 1.28 pixels",
        "σ 25.5 levels",
        "1.28 pixels",
        "−20.0 %",
        "+25.5 levels",
        "quality 81.0",
        "20.00 % of the pixels",
    ]
    assert in_words("jpeg", 0) == "none"


PHOTO = PHOTOS["camera"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: distort(PHOTO, "blurr", 0.1), "kind is 'blurr'; accepted: blur, noise, shift"),
        (lambda: at_psnr(PHOTO, "blurr", 30), "kind is 'blurr'"),
        (lambda: in_words("blurr", 0.1), "kind is 'blurr'"),
        (lambda: distort(PHOTO, "blur", 1.1), "strength is 1.1; accepted: 0 to 1"),
        (lambda: distort(PHOTO, "blur", -0.1), "strength is -0.1"),
        (lambda: distort(PHOTO, "blur", float("nan")), "strength is nan"),
        (lambda: in_words("blur", float("nan")), "strength is nan"),
        (lambda: distort(np.zeros((9, 9, 4)), "blur", 0.1), "image has transparency"),
        (lambda: at_psnr(np.zeros((9, 9, 4)), "blur", 30), "image has transparency"),
        (lambda: distort(np.zeros((9, 9, 2)), "blur", 0.1), "image has shape"),
        (lambda: distort(PHOTO.astype(float), "blur", 0.1), "a float picture lies in"),
        (lambda: distort("camera", "blur", 0.1), "image must be a NumPy array"),
        (lambda: at_psnr(PHOTO, "blur", float("nan")), "target is nan dB; accepted: above 0, to"),
        (lambda: at_psnr(PHOTO, "blur", float("inf")), "target is inf dB"),
        (lambda: at_psnr(PHOTO, "blur", 101), "target is 101 dB; accepted: above 0, to 100"),
        (lambda: at_psnr(PHOTO, "blur", 0), "target is 0 dB"),
        (lambda: at_psnr(PHOTO, "blur", -3), "target is -3 dB"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("kind", ["blur", "shift", "contrast"])
def test_a_constant_picture_has_nothing_that_these_could_spoil(kind):
    flat = np.full((40, 40, 3), 100, np.uint8)
    with pytest.raises(ValueError, match=f"target is 30 dB; {kind} .* leaves this picture as it"):
        at_psnr(flat, kind, 30)
    assert at_psnr(flat, "noise", 30)[0] > 0


def test_what_jpeg_cannot_spoil_so_much():
    photo = images.sample("camera")
    least = psnr(photo / 255, distort(photo, "jpeg", 1))
    assert least > 20.5
    with pytest.raises(ValueError, match=f"target is 20 dB; jpeg .* leaves {least:.2f} dB"):
        at_psnr(photo, "jpeg", 20)
    assert at_psnr(photo, "jpeg", least)[0] == pytest.approx(1, abs=0.01)
