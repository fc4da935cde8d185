"""srcourse.resampling against torch, Pillow, SciPy, MATLAB's figures and a dense matrix."""

import io
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
import scipy.ndimage
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from torch.nn import functional as F

from srcourse import images, metrics
from srcourse.resampling import (
    METHODS,
    bicubic,
    bilinear,
    blur,
    cubic_kernel,
    degrade,
    gaussian_kernel,
    imresize,
    linear_kernel,
    modcrop,
    nearest,
    nearest_kernel,
    whole_scale,
)

RNG = np.random.default_rng(3)
GREY = RNG.random((36, 48))
COLOUR = RNG.random((24, 30, 3))
BYTES = RNG.integers(0, 256, (37, 26, 3), dtype=np.uint8)
WORDS = RNG.integers(0, 65536, (20, 31), dtype=np.uint16)


def box(x: float) -> float:
    return 1.0 if -0.5 <= x < 0.5 else 0.0


def triangle(x: float) -> float:
    return max(0.0, 1 - abs(x))


def keys(x: float) -> float:
    """Keys 1981, eq. 15, as printed."""
    x = abs(x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


SHAPES = {"nearest": (box, 1), "bilinear": (triangle, 2), "bicubic": (keys, 4)}


def matrix(n: int, scale: float, method: str, antialias: bool = True) -> np.ndarray:
    """The resizing of n pixels as a dense matrix, one entry after the other from the formula."""
    kernel, width = SHAPES[method]
    stretch = scale if antialias and scale < 1 and method != "nearest" else 1
    margin = ceil(width / stretch) + 2
    source = np.pad(np.arange(n), margin, mode="symmetric")  # which pixel each padded one repeats
    out = np.zeros((ceil(round(n * scale, 6)), n))
    for i in range(len(out)):
        centre = (i + 0.5) / scale - 0.5
        for j in range(-margin, n + margin):
            out[i, source[j + margin]] += kernel(stretch * (centre - j))
        out[i] /= out[i].sum()
    return out


def resized(image: np.ndarray, scale: float, method: str, antialias: bool = True) -> np.ndarray:
    down = matrix(image.shape[0], scale, method, antialias)
    across = matrix(image.shape[1], scale, method, antialias)
    return np.einsum("ih,hw...,jw->ij...", down, image, across)


def by_torch(image: np.ndarray, scale: float, mode: str, antialias: bool = False) -> np.ndarray:
    options = {} if mode == "nearest-exact" else {"align_corners": False, "antialias": antialias}
    batch = torch.from_numpy(image)[None, None]
    return F.interpolate(batch, scale_factor=scale, mode=mode, **options)[0, 0].numpy()


def by_pillow(image: np.ndarray, scale: float, method: Image.Resampling) -> np.ndarray:
    height, width = (round(n * scale) for n in image.shape)
    return np.asarray(Image.fromarray(image.astype(np.float32)).resize((width, height), method))


def inside(image: np.ndarray, margin: int) -> np.ndarray:
    return image[margin:-margin, margin:-margin]


# The kernels


@given(st.floats(0, 1, allow_nan=False), st.floats(-2, 2))
def test_each_kernel_is_a_partition_of_unity(offset, a):
    shifts = offset + np.arange(-4, 5)
    for values in (nearest_kernel(shifts), linear_kernel(shifts), cubic_kernel(shifts, a)):
        assert values.sum() == pytest.approx(1, abs=1e-12)


def test_cubic_kernel_is_keys_equation_15_and_takes_its_slope_from_a():
    x = np.linspace(-2.5, 2.5, 201)
    np.testing.assert_allclose(cubic_kernel(x), [keys(v) for v in x], atol=1e-14)
    for a in (-0.5, -0.75):
        slope = (cubic_kernel(np.array([1 + 1e-7]), a) - cubic_kernel(np.array([1.0]), a)) / 1e-7
        assert slope == pytest.approx(a, abs=1e-5)


# imresize


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("antialias", [True, False])
@pytest.mark.parametrize("scale", [2, 3, 4, 1.5, 4 / 3, 0.91, 1 / 2, 1 / 3, 1 / 4, 0.3])
def test_imresize_is_the_dense_matrix_of_the_formula(method, antialias, scale):
    for image in (GREY[:11, :9], COLOUR[:7, :10]):
        out = imresize(image, scale, method=method, antialias=antialias)
        np.testing.assert_allclose(out, resized(image, scale, method, antialias), atol=1e-12)


def test_imresize_gives_the_figures_that_matlab_gives():
    # MATLAB's own, as GNU Octave's image package states them in the tests of its imresize.
    row = imresize(np.array([[10.0, 6.0]]), 1.5)
    np.testing.assert_allclose(row, [[10.27777777777777, 8, 5.72222222222222]] * 2, atol=1e-13)
    # imresize(reshape(0:15, 4, 4)', 0.5, method, 'Antialiasing', false)
    ramp = np.arange(16.0).reshape(4, 4)
    np.testing.assert_allclose(bilinear(ramp, 0.5), [[2.5, 4.5], [10.5, 12.5]], atol=1e-13)
    cubic = [[2.1875, 4.3125], [10.6875, 12.8125]]
    np.testing.assert_allclose(bicubic(ramp, 0.5), cubic, atol=1e-13)


@pytest.mark.parametrize("scale", [2, 3, 1.5, 1 / 2, 1 / 3, 1 / 4])
def test_plain_interpolation_agrees_with_torch(scale):
    np.testing.assert_allclose(bilinear(GREY, scale), by_torch(GREY, scale, "bilinear"), atol=1e-12)
    np.testing.assert_array_equal(nearest(GREY, scale), by_torch(GREY, scale, "nearest-exact"))
    margin = ceil(2 * scale)  # torch repeats the edge pixel where MATLAB mirrors
    np.testing.assert_allclose(
        inside(bicubic(GREY, scale, a=-0.75), margin),
        inside(by_torch(GREY, scale, "bicubic"), margin),
        atol=1e-12,
    )


@pytest.mark.parametrize("scale", [1 / 2, 1 / 3, 1 / 4, 2 / 3])
@pytest.mark.parametrize("method", ["bilinear", "bicubic"])
def test_antialiased_shrinking_agrees_with_torch_and_pillow_inside(scale, method):
    out = imresize(GREY, scale, method=method)
    torch_s = by_torch(GREY, scale, method, antialias=True)
    pillow_s = by_pillow(GREY, scale, Image.Resampling[method.upper()])
    margin = 2  # both cut the kernel off at the border
    np.testing.assert_allclose(inside(out, margin), inside(torch_s, margin), atol=1e-12)
    np.testing.assert_allclose(inside(out, margin), inside(pillow_s, margin), atol=1e-6)


@pytest.mark.parametrize("scale", [2, 3, 1.5])
def test_enlarging_agrees_with_pillow_inside(scale):
    margin = ceil(2 * scale)
    pillow_s = by_pillow(GREY, scale, Image.Resampling.BICUBIC)
    np.testing.assert_allclose(
        inside(bicubic(GREY, scale), margin), inside(pillow_s, margin), atol=1e-6
    )


def test_nearest_copies_a_pixel_also_when_it_shrinks():
    np.testing.assert_array_equal(imresize(GREY, 1 / 3, method="nearest"), GREY[1::3, 1::3])
    np.testing.assert_array_equal(nearest(BYTES, 2), BYTES.repeat(2, 0).repeat(2, 1))


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.fractions(Fraction(1, 12), 6, max_denominator=12),
    st.sampled_from(METHODS),
    st.booleans(),
)
def test_sizes_are_rounded_up_and_a_flat_picture_stays_flat(shape, scale, method, antialias):
    flat = np.full(shape, 0.37)
    out = imresize(flat, float(scale), method=method, antialias=antialias)
    assert out.shape == tuple(ceil(n * scale) for n in shape)
    np.testing.assert_allclose(out, 0.37, atol=1e-13)


@pytest.mark.parametrize("method", ["bilinear", "bicubic"])
@pytest.mark.parametrize("scale", [2, 3, 2.5, 1 / 2, 1 / 3, 1 / 4])
def test_a_ramp_stays_a_ramp_at_the_same_place(method, scale):
    y, x = np.mgrid[:30, :30]
    out = imresize(2.0 * x + 3 * y, scale, method=method)
    place = (np.arange(len(out)) + 0.5) / scale - 0.5
    expected = 2 * place[None, :] + 3 * place[:, None]
    margin = ceil(2 * max(scale, 1))
    np.testing.assert_allclose(inside(out, margin), inside(expected, margin), atol=1e-10)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (1, 40), (5, 1)])
@pytest.mark.parametrize("scale", [3, 1.5, 1 / 4])
def test_borders_are_mirrored_in_a_picture_smaller_than_the_kernel(shape, scale):
    image = GREY[: shape[0], : shape[1]]
    np.testing.assert_allclose(imresize(image, scale), resized(image, scale, "bicubic"), atol=1e-12)


def test_a_product_a_hair_above_a_whole_number_gains_no_pixel():
    assert 100 * 1.1 > 110
    assert imresize(np.zeros((100, 10)), 1.1).shape == (110, 11)
    assert imresize(np.zeros((101, 10)), 1.1).shape == (112, 11)


def test_a_very_long_picture():
    row = RNG.random((1, 4000))
    out = imresize(row, 1 / 4)
    assert out.shape == (1, 1000)
    tall = inside(np.repeat(out, 5, axis=0), 2)
    assert np.allclose(inside(by_torch(row.repeat(20, 0), 1 / 4, "bicubic", True), 2), tall[0])


def test_integers_are_rounded_half_up_and_clipped():
    # 0.75 · 0 + 0.25 · 2 = 0.5, and 0.75 · 2 + 0.25 · 0 = 1.5
    np.testing.assert_array_equal(bilinear(np.array([[0, 2]], np.uint8), 2)[0], [0, 1, 2, 2])
    edge = np.zeros((8, 8), np.uint8)
    edge[:, 4:] = 255
    exact, out = bicubic(edge / 1.0, 2), bicubic(edge, 2)
    assert exact.min() < -5
    assert exact.max() > 260
    np.testing.assert_array_equal(out, np.clip(np.floor(exact + 0.5), 0, 255))
    for image, top in ((BYTES, 255), (WORDS, 65535)):
        out = imresize(image, 1.5)
        assert out.dtype == image.dtype
        exact = resized(image.astype(float), 1.5, "bicubic")
        assert np.abs(out - np.clip(exact, 0, top)).max() <= 0.5 + 1e-9


def test_float_is_not_clipped_and_float32_stays():
    edge = np.repeat([[0.0, 0, 0, 1, 1, 1]], 6, axis=0)
    out = imresize(edge, 2)
    assert out.min() < -0.02
    assert out.max() > 1.02
    single = imresize(edge.astype(np.float32), 2)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, out, atol=1e-6)
    assert imresize(edge, 2).dtype == np.float64


def test_the_convention_is_the_fields():
    """PSNR-Y of bicubic on a crop of the astronaut, ×2, ×3 and ×4.

    Recorded with evaluate(upscale) when imresize agreed with MATLAB's figures above, and with
    Set5's and Set14's published bicubic PSNR to 0.02 dB. Each wrong convention (a = −0.75, no
    antialiasing, Pillow's border …) moves it by more than the tolerance.
    """
    crop = images.sample("astronaut")[40:184, 150:294]
    for scale, recorded in {2: 31.9308, 3: 29.0748, 4: 27.3040}.items():
        found = metrics.evaluate(imresize, [("astronaut", crop)], scale)["mean"]["psnr"]
        assert found == pytest.approx(recorded, abs=1e-3)


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), None, "2", 1j])
def test_imresize_refuses_scales(scale):
    with pytest.raises(ValueError, match=r"scale is .*positive number"):
        imresize(GREY, scale)


@pytest.mark.parametrize(
    "image",
    [
        np.full((4, 4), np.nan),
        np.zeros((4, 4), int),
        np.zeros((4, 4, 2)),
        np.zeros((0, 4)),
        np.zeros(4),
        [[1.0]],
        None,
    ],
    ids=["NaN", "int64", "two channels", "empty", "one axis", "list", "None"],
)
def test_what_is_not_a_picture_is_refused(image):
    for use in (
        lambda: imresize(image, 2),
        lambda: modcrop(image, 2),
        lambda: blur(image, np.ones((3, 3))),
        lambda: degrade(image, 2),
    ):
        with pytest.raises(ValueError, match=r"image|hr"):
            use()


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match=r"method is 'lanczos'; accepted: nearest, bil.*, bicubic"):
        imresize(GREY, 2, method="lanczos")


# modcrop


def test_modcrop_cuts_bottom_and_right():
    np.testing.assert_array_equal(modcrop(BYTES, 4), BYTES[:36, :24])
    np.testing.assert_array_equal(modcrop(BYTES, 1), BYTES)
    with pytest.raises(ValueError, match="image is 3×9, smaller than scale 4"):
        modcrop(GREY[:3, :9], 4)


WRONG_SCALES = [0, -2, 2.5, True, "2", None, float("nan"), float("inf"), [2]]


@pytest.mark.parametrize("scale", WRONG_SCALES)
def test_a_scale_that_is_not_whole_is_refused(scale):
    for use in (whole_scale, lambda s: modcrop(GREY, s), lambda s: degrade(GREY, s)):
        with pytest.raises(ValueError, match=r"scale is .*; it must be a whole number from 1"):
            use(scale)


def test_whole_scales_of_any_type_are_taken():
    for scale in (2, 2.0, np.int64(2), np.float32(2), Fraction(4, 2)):
        assert whole_scale(scale) == 2
        assert type(whole_scale(scale)) is int


# Blur


def test_isotropic_blur_is_scipys_gaussian_filter():
    for sigma, radius in ((0.8, 3), (1.5, 5)):
        kernel = gaussian_kernel(sigma)
        assert kernel.shape == (2 * radius + 1,) * 2
        assert kernel.sum() == pytest.approx(1, abs=1e-14)
        expected = scipy.ndimage.gaussian_filter(GREY, sigma, mode="reflect", radius=radius)
        np.testing.assert_allclose(blur(GREY, kernel), expected, atol=1e-12)


@pytest.mark.parametrize("angle", [0, 30, 90, 135, -20])
def test_anisotropic_blur_lies_along_its_angle(angle):
    kernel = gaussian_kernel((3.0, 1.2), angle, size=31)
    assert kernel.sum() == pytest.approx(1, abs=1e-14)
    # The dot's image: its covariance in x to the right and y upwards, as one looks at it.
    dot = np.zeros((41, 41))
    dot[20, 20] = 1
    spot = blur(dot, kernel)
    right, up = np.arange(41) - 20, 20 - np.arange(41)
    xx, yy = (spot * right**2).sum(), (spot * (up**2)[:, None]).sum()
    xy = (spot * right * up[:, None]).sum()
    turned = 0.5 * np.degrees(np.arctan2(2 * xy, xx - yy))
    assert (turned - angle + 90) % 180 - 90 == pytest.approx(0, abs=0.5)
    large, small = np.linalg.eigvalsh([[xx, xy], [xy, yy]])[::-1] ** 0.5
    assert (large, small) == pytest.approx((3.0, 1.2), rel=0.01)


@pytest.mark.parametrize("shape", [(3, 5), (1, 7), (9, 1), (15, 15)])
def test_blur_is_a_convolution_with_mirrored_borders(shape):
    kernel = RNG.random(shape)
    for image in (GREY, GREY[:4, :3], np.ascontiguousarray(COLOUR[..., 0])):
        expected = scipy.ndimage.convolve(image, kernel, mode="reflect")
        np.testing.assert_allclose(blur(image, kernel), expected, atol=1e-12)
    planes = [scipy.ndimage.convolve(COLOUR[..., c], kernel, mode="reflect") for c in range(3)]
    np.testing.assert_allclose(blur(COLOUR, kernel), np.stack(planes, 2), atol=1e-12)


def test_blur_brings_integers_to_unit_range():
    np.testing.assert_allclose(blur(BYTES, np.ones((1, 1))), BYTES / 255, atol=1e-15)
    np.testing.assert_allclose(blur(WORDS, np.ones((1, 1))), WORDS / 65535, atol=1e-15)


@pytest.mark.parametrize(
    "kernel", [np.ones((2, 3)), np.ones((4, 4)), np.ones(3), np.zeros((0, 1)), [[np.nan]]]
)
def test_blur_refuses_kernels(kernel):
    with pytest.raises(ValueError, match="blur kernel must be two-dimensional, with odd sides"):
        blur(GREY, kernel)


@pytest.mark.parametrize("sigma", [0, -1, float("nan"), float("inf"), (1.0, 0)])
def test_gaussian_kernel_refuses_sigmas(sigma):
    with pytest.raises(ValueError, match=r"sigma is .*positive"):
        gaussian_kernel(sigma)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_angles_and_cubics_that_are_no_numbers_are_refused(value):
    with pytest.raises(ValueError, match=f"angle is {value}"):
        gaussian_kernel(1.0, value)
    with pytest.raises(ValueError, match=f"a is {value}; it must be a finite number"):
        imresize(GREY, 2, a=value)


@pytest.mark.parametrize("size", [0, 4, -3])
def test_gaussian_kernel_refuses_sizes(size):
    with pytest.raises(ValueError, match=r"size is .*odd"):
        gaussian_kernel(1.0, size=size)


# degrade


@settings(deadline=None, max_examples=40)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(6, 14), st.integers(6, 14), st.just(3))),
    st.integers(1, 4),
)
def test_degrade_alone_is_imresize_to_the_last_level(hr, scale):
    np.testing.assert_array_equal(degrade(hr, scale), imresize(modcrop(hr, scale), 1 / scale))


def test_degrade_alone_is_imresize_for_other_types():
    np.testing.assert_array_equal(degrade(WORDS, 3), imresize(modcrop(WORDS, 3), 1 / 3))
    hr = np.where(GREY > 0.5, 1.0, 0.0)
    exact = imresize(hr, 1 / 2)
    assert exact.min() < -0.01
    np.testing.assert_array_equal(degrade(hr, 2), np.clip(exact, 0, 1))


def test_degrade_blurs_first_then_shrinks():
    for how, kernel in (
        (1.4, gaussian_kernel(1.4)),
        ((2.0, 0.7, 30.0), gaussian_kernel((2.0, 0.7), 30)),
        ([2.0, 0.7, 30.0], gaussian_kernel((2.0, 0.7), 30)),
        (np.eye(5)[:, ::-1][:3] / 3, np.eye(5)[:, ::-1][:3] / 3),
    ):
        blurred = scipy.ndimage.convolve(GREY, kernel, mode="reflect")
        expected = np.clip(resized(blurred, 1 / 3, "bicubic"), 0, 1)
        np.testing.assert_allclose(degrade(GREY, 3, blur=how), expected, atol=1e-12)


def flat(level: float, dtype=np.uint8) -> np.ndarray:
    top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    return np.full((256, 256), level / 255 * top).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_noise_is_white_and_measured_in_grey_levels(dtype):
    noisy = degrade(flat(128, dtype), 2, noise=10, seed=1)
    assert noisy.dtype == dtype
    levels = images.to_float(noisy) * 255
    # 16,384 pixels: the standard error of the mean is 0.08, of the deviation 0.055.
    assert levels.mean() == pytest.approx(128, abs=0.35)
    assert levels.std() == pytest.approx(10, abs=0.25)
    centred = levels - levels.mean()
    for neighbour in (centred[1:] * centred[:-1], centred[:, 1:] * centred[:, :-1]):
        assert abs(neighbour.mean()) < 0.04 * levels.var()


def test_speckle_grows_with_brightness():
    hr = np.hstack([flat(40), flat(160)])
    out = degrade(hr, 2, speckle=0.1, seed=2).astype(float)
    dark, bright = out[:, 8:120], out[:, 136:248]
    assert dark.std() == pytest.approx(4, rel=0.03)
    assert bright.std() == pytest.approx(16, rel=0.03)
    assert bright.mean() == pytest.approx(160, abs=0.6)


def test_noise_is_repeatable_by_seed_alone():
    for options in ({"noise": 5}, {"speckle": 0.1}):
        first = degrade(BYTES, 2, seed=4, **options)
        np.testing.assert_array_equal(first, degrade(BYTES, 2, seed=4, **options))
        assert (first != degrade(BYTES, 2, seed=5, **options)).any()
        assert (degrade(BYTES, 2, **options) != degrade(BYTES, 2, **options)).any()


def through_jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_jpeg_is_pillows_and_comes_last():
    for hr in (BYTES, BYTES[..., 0]):
        for options in ({}, {"noise": 20, "seed": 1}):
            before = degrade(hr, 2, **options)
            out = degrade(hr, 2, jpeg=30, **options)
            np.testing.assert_array_equal(out, through_jpeg(before, 30))
    photo = images.sample("chelsea")[:120, :160]
    small = degrade(photo, 2)
    psnrs = [metrics.psnr(small, degrade(photo, 2, jpeg=q)) for q in (1, 20, 60, 95)]
    assert psnrs == sorted(psnrs)
    assert psnrs[0] < 25 < 38 < psnrs[-1]


def test_jpeg_of_other_types_has_the_same_256_levels():
    deep = BYTES.astype(np.uint16) * 257
    np.testing.assert_array_equal(
        degrade(deep, 1, jpeg=40), through_jpeg(BYTES, 40).astype(np.uint16) * 257
    )
    np.testing.assert_allclose(
        degrade(BYTES / 255, 1, jpeg=40), through_jpeg(BYTES, 40) / 255, atol=1e-12
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_everything_at_once_keeps_type_and_range(dtype):
    hr = BYTES.astype(dtype) if dtype == np.uint8 else (BYTES / 255).astype(dtype)
    if dtype == np.uint16:
        hr = BYTES.astype(np.uint16) * 257
    out = degrade(hr, 3, blur=(2.0, 1.0, 30.0), noise=30, speckle=0.3, jpeg=50, seed=0)
    assert out.dtype == dtype
    assert out.shape == (12, 8, 3)
    if not np.issubdtype(dtype, np.integer):
        assert out.min() >= 0
        assert out.max() <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"noise": -1}, "noise is -1"),
        ({"noise": float("nan")}, "noise is nan"),
        ({"noise": float("inf")}, "noise is inf"),
        ({"speckle": -0.1}, "speckle -0.1"),
        ({"speckle": float("nan")}, "speckle nan"),
        ({"jpeg": 0}, "jpeg is 0"),
        ({"jpeg": 96}, "jpeg is 96"),
        ({"jpeg": 50.5}, "jpeg is 50.5"),
        ({"jpeg": "high"}, "jpeg is 'high'"),
        ({"blur": np.ones((4, 4))}, "odd sides"),
        ({"blur": (1.0, 2.0)}, "three numbers"),
        ({"blur": 0}, "sigma is 0"),
        ({"blur": (2.0, 1.0, float("nan"))}, "angle is nan"),
    ],
)
def test_degrade_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        degrade(BYTES, 2, **options)


def test_degrade_refuses_transparency_and_pictures_smaller_than_the_scale():
    with pytest.raises(ValueError, match=r"hr has transparency .*images\.rgb"):
        degrade(np.zeros((8, 8, 4)), 2)
    with pytest.raises(ValueError, match="image is 3×8, smaller than scale 4"):
        degrade(np.zeros((3, 8)), 4)
