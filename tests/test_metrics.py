"""srcourse.metrics against scikit-image, known values and the protocol as the papers state it."""

import math

import numpy as np
import pytest
import skimage.color
import skimage.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from srcourse import images
from srcourse.metrics import evaluate, make_lr, mse, psnr, score, ssim, ssim_map
from srcourse.resampling import imresize

RNG = np.random.default_rng(11)
PHOTO = images.sample("chelsea")[60:143, 100:191]  # 83 × 91, odd on purpose
PEAKS = {np.uint8: 255, np.uint16: 65535, np.float32: 1, np.float64: 1}


@st.composite
def pairs(draw, smallest: int = 1):
    """A reference and a version of it, of one type, from barely to wholly different."""
    side = st.integers(smallest, smallest + 14)
    shape = (draw(side), draw(side), *draw(st.sampled_from([(), (3,)])))
    dtype = draw(st.sampled_from(list(PEAKS)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    strength = draw(st.sampled_from([0.0, 0.01, 0.2, 1.0]))
    x = rng.random(shape)
    y = np.clip(x + strength * rng.normal(size=shape), 0, 1)
    if np.issubdtype(dtype, np.integer):
        return tuple(np.round(a * PEAKS[dtype]).astype(dtype) for a in (x, y))
    return x.astype(dtype), y.astype(dtype)


def skimage_ssim(x: np.ndarray, y: np.ndarray, data_range: float, **options):
    return skimage.metrics.structural_similarity(
        x.astype(float),
        y.astype(float),
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=data_range,
        channel_axis=2 if x.ndim == 3 else None,
        **options,
    )


# PSNR


@settings(deadline=None, max_examples=80)
@given(pairs())
def test_psnr_and_mse_agree_with_scikit_image(pair):
    x, y = pair
    peak = PEAKS[x.dtype.type]
    exact = skimage.metrics.mean_squared_error(x.astype(float), y.astype(float))
    assert mse(x, y) == pytest.approx(exact, rel=1e-12)
    if exact == 0:
        assert psnr(x, y) == math.inf
        return
    expected = skimage.metrics.peak_signal_noise_ratio(
        x.astype(float), y.astype(float), data_range=peak
    )
    assert psnr(x, y) == pytest.approx(expected, abs=1e-9)


def test_psnr_of_known_errors():
    x = RNG.integers(0, 255, (9, 9), dtype=np.uint8)
    assert psnr(x, x + np.uint8(1)) == pytest.approx(48.13080360867909, abs=1e-9)  # 20 lg 255
    assert psnr(np.zeros((4, 4)), np.ones((4, 4))) == 0
    assert psnr(np.zeros((4, 4)), np.full((4, 4), 0.1)) == pytest.approx(20)
    deep = np.zeros((4, 4), np.uint16)
    assert psnr(deep, deep + np.uint16(1)) == pytest.approx(20 * math.log10(65535))
    assert psnr(deep, deep + np.uint16(1), data_range=255) == pytest.approx(48.1308036)
    assert mse(np.array([[0, 255]], np.uint8), np.array([[255, 0]], np.uint8)) == 255**2


def test_equal_pictures():
    for image in (PHOTO, PHOTO[..., 0], PHOTO / 255, np.zeros((12, 12)), np.ones((12, 12))):
        assert mse(image, image) == 0
        assert psnr(image, image.copy()) == math.inf
        assert ssim(image, image.copy()) == 1
        # Also where they lie otherwise in memory: the sums must not depend on it.
        shifted = np.ones((*image.shape[:1], image.shape[1] + 1, *image.shape[2:]), image.dtype)
        shifted[:, 1:] = image
        assert (ssim_map(image, shifted[:, 1:]) == 1).all()


# SSIM


@settings(deadline=None, max_examples=60)
@given(pairs(smallest=11))
def test_ssim_agrees_with_scikit_image(pair):
    x, y = pair
    peak = PEAKS[x.dtype.type]
    expected, full = skimage_ssim(x, y, peak, full=True)
    assert ssim(x, y) == pytest.approx(expected, abs=1e-6)
    inner = full[5:-5, 5:-5]
    assert ssim_map(x, y).shape == inner.shape
    np.testing.assert_allclose(ssim_map(x, y), inner, atol=1e-6)


def test_ssim_takes_its_range_from_the_type_or_from_the_caller():
    x, y = PHOTO / 255, np.clip(PHOTO / 255 + RNG.normal(0, 0.1, PHOTO.shape), 0, 1)
    expected = skimage_ssim(x, y, 2.0)
    assert ssim(x, y, data_range=2) == pytest.approx(expected, abs=1e-9)
    assert ssim(x, y) != pytest.approx(expected, abs=1e-3)
    assert ssim(255 * x, 255 * y, data_range=255) == pytest.approx(ssim(x, y), abs=1e-12)


def test_ssim_of_known_pictures():
    # Flat pictures have no variance: SSIM is their luminance term alone.
    dark, bright = np.full((12, 12), 51, np.uint8), np.full((12, 12), 102, np.uint8)
    c1 = (0.01 * 255) ** 2
    assert ssim(dark, bright) == pytest.approx((2 * 51 * 102 + c1) / (51**2 + 102**2 + c1))
    # Inverted contrast about the same mean: the covariance changes its sign.
    checks = np.indices((24, 24)).sum(0) % 2 * 1.0
    assert ssim(checks, 1 - checks) < -0.9


# Luma and border


def test_channel_y_is_the_metric_of_the_unrounded_luma():
    noisy = np.clip(PHOTO + RNG.normal(0, 12, PHOTO.shape), 0, 255).astype(np.uint8)
    x, y = (skimage.color.rgb2ycbcr(a)[..., 0] for a in (PHOTO, noisy))
    expected = skimage.metrics.peak_signal_noise_ratio(x, y, data_range=255)
    # scikit-image keeps two digits more of the coefficients.
    assert psnr(PHOTO, noisy, channel="y") == pytest.approx(expected, abs=1e-4)
    assert ssim(PHOTO, noisy, channel="y") == pytest.approx(skimage_ssim(x, y, 255), abs=1e-6)
    assert mse(PHOTO, noisy, channel="y") == pytest.approx(np.mean((x - y) ** 2), rel=1e-4)
    for scale in (1 / 255, 257.0):
        both = [(a * scale).astype(np.uint16) if scale > 1 else a * scale for a in (PHOTO, noisy)]
        assert psnr(*both, channel="y") == pytest.approx(expected, abs=1e-4)


def test_channel_y_of_a_grey_picture_is_the_picture():
    x, y = PHOTO[..., 0], PHOTO[..., 1]
    assert psnr(x, y, channel="y") == pytest.approx(psnr(x, y), abs=1e-9)
    assert ssim(x, y, channel="y") == pytest.approx(ssim(x, y), abs=1e-12)


def test_border_is_left_out_on_every_side():
    x, y = PHOTO.copy(), PHOTO.copy()
    y[30, 30] ^= 64
    expected = psnr(x[3:-3, 3:-3].copy(), y[3:-3, 3:-3].copy())
    for edge in (np.s_[:3], np.s_[-3:], np.s_[:, :3], np.s_[:, -3:]):
        y[edge] ^= 255
    assert psnr(x, y, border=3) == pytest.approx(expected, abs=1e-9)
    assert psnr(x, y, border=2) < expected - 10
    assert ssim(x, y, border=3) == pytest.approx(
        ssim(x[3:-3, 3:-3].copy(), y[3:-3, 3:-3].copy()), abs=1e-12
    )
    assert ssim_map(x, y, border=3).shape == (83 - 16, 91 - 16, 3)


# What is refused


@pytest.mark.parametrize("metric", [mse, psnr, ssim, ssim_map])
@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        (PHOTO, PHOTO[:-1], {}, r"shapes differ: reference \(83, 91, 3\), image \(82, 91, 3\)"),
        (PHOTO, PHOTO[..., 0], {}, "shapes differ"),
        (PHOTO, PHOTO / 255, {}, "types differ: reference uint8, image float64"),
        (PHOTO, PHOTO.astype(np.uint16), {}, "types differ: reference uint8, image uint16"),
        (PHOTO, PHOTO, {"channel": "rgb"}, "channel is 'rgb'; accepted: None, 'y'"),
        (PHOTO, PHOTO, {"border": -1}, "border is -1"),
        (PHOTO, PHOTO, {"border": 42}, "border is 42"),
        (PHOTO, PHOTO, {"border": 2.5}, "border is 2.5; it must be a whole number of pixels"),
        (np.full((12, 12), np.nan), np.ones((12, 12)), {}, "reference holds NaN"),
        (np.ones((12, 12)), np.full((12, 12), np.inf), {}, "image holds NaN or infinity"),
        (np.zeros((12, 12, 4)), np.zeros((12, 12, 4)), {}, "reference has transparency"),
        (PHOTO, np.zeros((83, 91, 4), np.uint8), {}, "image has transparency"),
        (PHOTO.tolist(), PHOTO, {}, "reference must be a NumPy array"),
    ],
)
def test_metrics_refuse(metric, x, y, options, message):
    with pytest.raises(ValueError, match=message):
        metric(x, y, **options)


def test_float32_and_float64_are_one_type():
    x = PHOTO / 255
    assert psnr(x, x.astype(np.float32)) > 120


@pytest.mark.parametrize("data_range", [0, -1, math.nan, math.inf])
def test_a_range_that_is_none_is_refused(data_range):
    for metric in (psnr, ssim, ssim_map):
        with pytest.raises(ValueError, match=r"data_range is .*positive"):
            metric(PHOTO, PHOTO, data_range=data_range)


def test_ssim_refuses_what_is_smaller_than_its_window():
    with pytest.raises(ValueError, match=r"picture is \(10, 91\) inside its border; SSIM needs 11"):
        ssim(PHOTO[:10], PHOTO[:10])
    with pytest.raises(ValueError, match=r"picture is \(10, 18\)"):
        ssim(PHOTO[:12, :20], PHOTO[:12, :20], border=1)


# The protocol


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_evaluate_hands_over_the_protocols_lr_picture(scale):
    asked = []

    def spy(lr, s):
        asked.append((lr.copy(), s))
        return imresize(lr, s)

    grey = PHOTO[..., 1]
    evaluate(spy, [("colour", PHOTO), ("grey", grey), ("deep", PHOTO * np.uint16(257))], scale)
    for (lr, s), hr in zip(asked, (PHOTO, grey, PHOTO), strict=True):
        height, width = 83 // scale, 91 // scale
        assert s == scale
        assert lr.dtype == np.uint8
        assert lr.shape[:2] == (height, width)
        cut = hr[: height * scale, : width * scale]
        exact = imresize(cut.astype(float), 1 / scale)  # antialiased, rounded once
        np.testing.assert_array_equal(lr, np.clip(np.floor(exact + 0.5), 0, 255))
        np.testing.assert_array_equal(lr, make_lr(hr, scale))


def oracle(hr: np.ndarray, scale: int):
    height, width = (n - n % scale for n in hr.shape[:2])
    return hr[:height, :width]


@pytest.mark.parametrize("mode", ["y", "rgb"])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_perfect_upscaler_scores_infinity_and_one(mode, scale):
    for hr in (PHOTO, PHOTO[..., 0], PHOTO / 255, PHOTO * np.uint16(257)):
        found = evaluate(lambda lr, s, hr=hr: oracle(hr, s), [("cat", hr)], scale, mode)
        assert found["images"] == [{"name": "cat", "psnr": math.inf, "ssim": 1.0}]
        assert found["mean"] == {"psnr": math.inf, "ssim": 1.0}


def test_the_upscalers_picture_is_rounded_and_clipped_to_8_bits():
    hr = np.clip(PHOTO, 1, 254)
    ceiling = np.full_like(PHOTO, 255)
    for offered, meant in (
        (hr / 255 + 0.4 / 255, hr),
        (hr / 255 + 0.6 / 255, hr + np.uint8(1)),
        (np.full(PHOTO.shape, 1.7), ceiling),
    ):
        found = evaluate(lambda lr, s, g=offered: oracle(g, s), [("cat", hr)], 2)["mean"]
        assert found == score(hr, oracle(meant, 2), 2)
    assert score(ceiling, oracle(np.full(PHOTO.shape, 1.7), 2), 2)["psnr"] == math.inf


def test_modes_differ_in_channel_and_border():
    hr = PHOTO[:80, :88]
    sr = imresize(make_lr(hr, 4), 4)
    y = score(hr, sr, 4)
    assert y["psnr"] == psnr(hr, sr, channel="y", border=4)
    assert y["ssim"] == ssim(hr, sr, channel="y", border=4)
    rgb = score(hr, sr, 4, "rgb")
    assert rgb["psnr"] == psnr(hr, sr, border=10)
    assert rgb["ssim"] == ssim(hr, sr, border=10)
    # What lies in the border must not count.
    for mode, border in (("y", 4), ("rgb", 10)):
        spoilt = sr.copy()
        spoilt[:border], spoilt[-border:], spoilt[:, :border], spoilt[:, -border:] = 0, 0, 0, 0
        assert score(hr, spoilt, 4, mode) == score(hr, sr, 4, mode)
        spoilt[border] = 0
        assert score(hr, spoilt, 4, mode)["psnr"] < score(hr, sr, 4, mode)["psnr"]


def test_grey_pictures_are_scored_on_their_grey_values():
    grey = PHOTO[:80, :88, 1]
    found = evaluate(imresize, [("grey", grey)], 2)["mean"]
    sr = imresize(make_lr(grey, 2), 2)
    assert found["psnr"] == psnr(grey, sr, border=2)
    # Through RGB and back to luma the same picture would score higher, for luma's smaller range.
    as_rgb = evaluate(imresize, [("rgb", images.rgb(grey))], 2)["mean"]["psnr"]
    assert as_rgb - found["psnr"] == pytest.approx(20 * math.log10(255 / 219), abs=0.01)


def test_transparent_pictures_are_laid_over_white_before_they_are_scored():
    alpha = np.full((*PHOTO.shape[:2], 1), 255, np.uint8)
    alpha[20:40, 20:60] = 90
    hr = np.concatenate([PHOTO, alpha], axis=2)
    seen = []
    found = evaluate(lambda lr, s: seen.append(lr.shape) or imresize(lr, s), [("cat", hr)], 2)
    assert seen == [(41, 45, 3)]
    assert found == evaluate(imresize, [("cat", images.rgb(hr))], 2)
    assert score(hr, hr[:82, :90], 2)["psnr"] == math.inf


def test_evaluate_means_over_pictures():
    named = [("cat", PHOTO), ("grey", PHOTO[..., 0]), ("part", PHOTO[:40, :44])]
    found = evaluate(imresize, iter(named), 2)
    assert [row["name"] for row in found["images"]] == ["cat", "grey", "part"]
    for key in ("psnr", "ssim"):
        each = [evaluate(imresize, [pair], 2)["mean"][key] for pair in named]
        assert [row[key] for row in found["images"]] == each
        assert found["mean"][key] == pytest.approx(sum(each) / 3, rel=1e-14)


def never(lr, scale):
    raise AssertionError("bad input must be found before the work is done")


@pytest.mark.parametrize(
    ("pictures", "scale", "mode", "message"),
    [
        ([], 2, "y", "pictures is empty"),
        ([("cat", PHOTO)], 2, "luma", "^mode is 'luma'; accepted: y, rgb"),
        ([("cat", PHOTO)], 0, "y", "^scale is 0"),
        ([("cat", PHOTO)], -2, "y", "^scale is -2"),
        ([("cat", PHOTO)], 2.5, "y", "^scale is 2.5"),
        ([("dot", PHOTO[:1, :1])], 2, "y", "^dot: image is 1×1, smaller than scale 2"),
        ([("none", np.zeros((4, 4, 2)))], 2, "y", r"^none: image has shape \(4, 4, 2\)"),
    ],
)
def test_evaluate_refuses(pictures, scale, mode, message):
    with pytest.raises(ValueError, match=message):
        evaluate(never, pictures, scale, mode)


@pytest.mark.parametrize(
    ("upscaler", "message"),
    [
        (lambda lr, s: lr, r"^cat: shapes differ: reference \(82, 90, 3\), image \(41, 45, 3\)"),
        (lambda lr, s: np.full((82, 90, 3), np.nan), "^cat: image holds NaN"),
        (lambda lr, s: None, "^cat: image must be a NumPy array"),
    ],
)
def test_evaluate_names_the_picture_whose_enlargement_cannot_be_scored(upscaler, message):
    with pytest.raises(ValueError, match=message):
        evaluate(upscaler, [("cat", PHOTO)], 2)


def test_score_refuses_a_mode_and_a_picture_within_its_border():
    with pytest.raises(ValueError, match="mode is 'Y'"):
        score(PHOTO, PHOTO, 1, "Y")
    with pytest.raises(ValueError, match="border is 10; it leaves nothing of a picture of 16×20"):
        score(PHOTO[:16, :20], PHOTO[:16, :20], 4, "rgb")
