"""srcourse.metrics.audit against Pillow, scikit-image and torch on pictures prepared by hand."""

import math

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio
from torch.nn import functional as F

from srcourse import images
from srcourse.metrics import audit, make_lr, score
from srcourse.resampling import imresize

pytestmark = pytest.mark.usefixtures("one_thread")

CAT = images.sample("chelsea")[60:143, 100:191]  # 83 × 91, odd on purpose
SCALES = (2, 3, 4)
COLOUR = {"RGB instead of Y", "Y over the full range", "Y with 64.738 for 65.738"}


def bicubic(lr, scale):
    return imresize(lr, scale)


def cut(hr, scale):
    height, width = (n - n % scale for n in hr.shape[:2])
    return hr[:height, :width]


def inside(image, scale):
    return image[scale:-scale, scale:-scale]


def psnr_y(hr, sr, scale):
    """scikit-image's PSNR of scikit-image's Y, inside the border."""
    both = (inside(rgb2ycbcr(image)[..., 0], scale) for image in (hr, sr))
    return peak_signal_noise_ratio(*both, data_range=255)


def row(found, start):
    (only,) = [r for r in found.rows if r.deviation.startswith(start)]
    return only


@pytest.fixture(scope="module", params=SCALES)
def audited(request):
    """The scale, the audit of bicubic, and the HR and SR pictures that it is about."""
    scale = request.param
    hr = cut(CAT, scale)
    return scale, audit(bicubic, CAT, scale), hr, imresize(make_lr(hr, scale), scale)


def test_the_protocols_own_figure_is_the_protocols(audited):
    scale, found, hr, sr = audited
    assert (found.scale, found.pictures) == (scale, 1)
    assert found.psnr == score(hr, sr, scale)["psnr"]
    assert found.psnr == pytest.approx(psnr_y(hr, sr, scale), abs=1e-4)
    for r in found.rows:
        assert r.change == r.psnr - found.psnr
    groups = [r.group for r in found.rows]
    assert groups == ["scoring"] * 5 + ["degradation"] * 4


# Scoring


def test_rgb(audited):
    scale, found, hr, sr = audited
    expected = peak_signal_noise_ratio(inside(hr, scale), inside(sr, scale))
    assert row(found, "RGB").psnr == pytest.approx(expected, abs=1e-9)


def test_full_range_y_is_pillows_y_before_rounding_and_always_costs_the_same(audited):
    scale, found, hr, sr = audited
    full = row(found, "Y over the full range")
    assert full.change == pytest.approx(20 * math.log10(219 / 255), abs=1e-6)
    rounded = (np.asarray(Image.fromarray(a).convert("L"), float) for a in (hr, sr))
    expected = peak_signal_noise_ratio(*(inside(a, scale) for a in rounded), data_range=255)
    assert full.psnr == pytest.approx(expected, abs=0.05)  # Pillow rounds its Y


def test_the_typo_takes_one_part_in_256_from_red(audited):
    scale, found, hr, sr = audited
    ys = (
        inside(rgb2ycbcr(image)[..., 0] - image[..., 0] / 255 * (255 / 256), scale)
        for image in (hr, sr)
    )
    expected = peak_signal_noise_ratio(*ys, data_range=255)
    assert row(found, "Y with 64.738").psnr == pytest.approx(expected, abs=1e-3)


def test_no_border(audited):
    _, found, hr, sr = audited
    both = (rgb2ycbcr(image)[..., 0] for image in (hr, sr))
    expected = peak_signal_noise_ratio(*both, data_range=255)
    assert row(found, "no border").psnr == pytest.approx(expected, abs=1e-4)


def test_not_rounded_is_neither_rounded_nor_clipped():
    hr = np.zeros((24, 24, 3), np.uint8)

    def offset(lr, scale):
        """Black, but for what rounding and clipping would take away."""
        if lr.dtype == np.uint8:
            return np.zeros((24, 24, 3), np.uint8)
        out = np.full((24, 24, 3), 0.4 / 255)
        out[::2] *= -1
        return out

    found = audit(offset, hr, 2)
    error = 0.4 * 219 / 255  # of Y, whose range is 219
    assert row(found, "not rounded").psnr == pytest.approx(20 * math.log10(255 / error), abs=1e-6)
    assert found.psnr == math.inf
    assert row(found, "not rounded").change == -math.inf
    assert row(found, "RGB").change == 0


# Degradation


def test_pillow_makes_the_lr_picture(audited):
    scale, found, hr, _ = audited
    size = hr.shape[1] // scale, hr.shape[0] // scale
    lr = np.asarray(Image.fromarray(hr).resize(size, Image.Resampling.BICUBIC))
    expected = psnr_y(hr, imresize(lr, scale), scale)
    assert row(found, "LR by Pillow").psnr == pytest.approx(expected, abs=1e-4)


def test_opencvs_cubic_is_torchs_without_antialiasing(audited):
    scale, found, hr, _ = audited
    tensor = torch.tensor(hr.astype(np.float64)).permute(2, 0, 1)[None]
    small = F.interpolate(tensor, scale_factor=1 / scale, mode="bicubic", antialias=False)[0]
    lr = np.clip(np.floor(small.permute(1, 2, 0).numpy() + 0.5), 0, 255).astype(np.uint8)
    expected = psnr_y(hr, imresize(lr, scale), scale)
    assert row(found, "LR by OpenCV").psnr == pytest.approx(expected, abs=1e-4)


def keys(x, a):
    """Keys' cubic, written anew."""
    x = abs(x)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def shrink_inside(image, scale, a, wide):
    """Both axes by the kernel stretched `wide` times; the outer pixels, which mirror, are NaN."""
    for axis in (0, 1):
        rows = np.moveaxis(image, axis, 0)
        out = np.full((len(rows) // scale, *rows.shape[1:]), np.nan)
        for i in range(len(out)):
            centre = (i + 0.5) * scale - 0.5
            weight = np.array([keys((centre - j) / wide, a) for j in range(len(rows))])
            if centre - 2 * wide >= -0.5 and centre + 2 * wide <= len(rows) - 0.5:
                out[i] = np.tensordot(weight / weight.sum(), rows, 1)
        image = np.moveaxis(out, 0, axis)
    return image


@pytest.mark.parametrize(
    ("start", "a", "antialiased"),
    [("LR without", -0.5, False), ("LR by a cubic", -0.75, True), ("LR by OpenCV", -0.75, False)],
)
@pytest.mark.parametrize("scale", SCALES)
def test_the_upscaler_is_given_the_lr_picture_of_each_kernel(start, a, antialiased, scale):
    seen = []
    found = audit(lambda lr, s: seen.append(lr) or imresize(lr, s), CAT, scale)
    places = [r.deviation for r in found.rows[4:]]  # from "not rounded", which is asked just before
    given = seen[1:][places.index(row(found, start).deviation)]
    expected = shrink_inside(cut(CAT, scale).astype(float), scale, a, scale if antialiased else 1)
    known = np.isfinite(expected)
    assert known.mean() > 0.5
    assert given.dtype == np.uint8
    np.testing.assert_allclose(given[known], np.clip(expected[known], 0, 255), atol=0.5 + 1e-9)


def test_at_an_odd_scale_every_cubic_without_antialiasing_copies_the_middle_pixel():
    found = audit(bicubic, CAT, 3)
    lr = cut(CAT, 3)[1::3, 1::3]
    expected = score(CAT, imresize(lr, 3), 3)["psnr"]
    assert row(found, "LR without").psnr == row(found, "LR by OpenCV").psnr == expected
    assert row(found, "LR by a cubic").psnr != expected


# Which rows, and of several pictures the mean


def test_grey_pictures_have_no_rows_of_colour():
    found = audit(bicubic, CAT[..., 1], 2)
    assert {r.deviation for r in audit(bicubic, CAT, 2).rows} - {
        r.deviation for r in found.rows
    } == COLOUR
    hr, lr = cut(CAT[..., 1], 2), make_lr(CAT[..., 1], 2)
    expected = peak_signal_noise_ratio(hr, imresize(lr, 2))
    assert row(found, "no border").psnr == pytest.approx(expected, abs=1e-9)
    small = np.asarray(Image.fromarray(hr).resize((45, 41), Image.Resampling.BICUBIC))
    expected = peak_signal_noise_ratio(inside(hr, 2), inside(imresize(small, 2), 2))
    assert row(found, "LR by Pillow").psnr == pytest.approx(expected, abs=1e-9)


def test_of_an_upscaler_that_answers_in_whole_numbers_not_rounded_is_left_out():
    found = audit(lambda lr, s: imresize(images.to_uint8(lr), s), CAT, 2)
    assert [r for r in found.rows if r.deviation.startswith("not rounded")] == []
    assert len(found.rows) == 8


def test_of_several_pictures_each_figure_is_the_mean():
    pictures = [CAT, CAT[:60, :64], CAT[..., 1]]
    found = audit(bicubic, pictures, 2)
    each = [audit(bicubic, picture, 2) for picture in pictures]
    assert found.pictures == 3
    assert found.psnr == pytest.approx(np.mean([one.psnr for one in each]))
    for r in found.rows:
        # What does not apply to the grey one leaves it as the protocol scores it.
        figures = [
            {o.deviation: o.psnr for o in one.rows}.get(r.deviation, one.psnr) for one in each
        ]
        assert r.psnr == pytest.approx(np.mean(figures), abs=1e-9)
    assert audit(bicubic, {"a": CAT, "b": CAT}, 2).psnr == pytest.approx(each[0].psnr)


def test_pictures_of_every_kind_are_audited_as_the_protocol_scores_them():
    opaque = np.dstack([CAT, np.full(CAT.shape[:2], 255, np.uint8)])
    expected = audit(bicubic, CAT, 2)
    for same in (CAT / 255, CAT * np.uint16(257), opaque):
        assert audit(bicubic, same, 2) == expected


# What is refused


@pytest.mark.parametrize(
    ("hr", "scale", "message"),
    [
        ([], 2, "^hr is empty; accepted: a picture, or several"),
        ({}, 2, "^hr is empty"),
        ("cat.png", 2, "^hr is of type str; accepted: a picture, or several"),
        (None, 2, "^hr is of type NoneType"),
        (CAT, 0, "^scale is 0; it must be a whole number from 1"),
        (CAT, 1.5, "^scale is 1.5"),
        (CAT, True, "^scale is True"),
        (CAT[:3], 4, "^image is 3×91, smaller than scale 4"),
        ([CAT, CAT[:5, :5]], 2, r"^hr\[1\]: border is 2; it leaves nothing of a picture of 4×4"),
        ({"cat": CAT[..., :2]}, 2, r"^cat: image has shape \(83, 91, 2\)"),
        (np.full((20, 20), np.nan), 2, "^image holds NaN"),
    ],
)
def test_bad_pictures_and_scales_are_refused(hr, scale, message):
    with pytest.raises(ValueError, match=message):
        audit(bicubic, hr, scale)


@pytest.mark.parametrize(
    ("upscaler", "message"),
    [
        (
            lambda lr, s: lr,
            r"upscaler returned shape \(41, 45, 3\); for an LR picture of shape \(41, 45, 3\) at "
            r"scale 2 it must be \(82, 90, 3\)",
        ),
        (lambda lr, s: imresize(lr, s)[..., 0], r"upscaler returned shape \(82, 90\)"),
        (lambda lr, s: np.full((82, 90, 3), np.nan), "what upscaler returned holds NaN"),
        (lambda lr, s: imresize(lr.astype(float), s), "what upscaler returned goes from"),
        (lambda lr, s: None, "what upscaler returned must be a NumPy array"),
    ],
)
def test_upscalers_that_return_no_enlarged_picture_are_refused(upscaler, message):
    with pytest.raises(ValueError, match=message):
        audit(upscaler, CAT, 2)


# How it is shown


def test_it_is_shown_as_text_and_as_a_table():
    found = audit(bicubic, CAT, 2)
    lines = repr(found).splitlines()
    assert lines[0].split() == ["the", "protocol,", "×2", f"{found.psnr:.2f}", "dB"]
    assert len(lines) == 1 + len(found.rows)
    assert len({line.index(" dB") for line in lines}) == 1
    for line, r in zip(lines[1:], found.rows, strict=True):
        assert line.startswith(r.group)
        assert f"{r.psnr:.2f} dB" in line
        shown = line.split()[-1].replace("−", "-")
        assert float(shown) == pytest.approx(r.change, abs=0.005)
    page = found._repr_html_()
    assert page.count("<tr>") == 2 + len(found.rows)
    assert "LR by Pillow&#x27;s bicubic" in page
    assert "−1.32" in page
    assert "-0.00" not in repr(found).replace("−", "-")


def test_not_rounded_leaves_the_border_out_too():
    hr = np.full((24, 24, 3), 90, np.uint8)

    def off_outside(lr, scale):
        """Off by a third of a level, which rounding would take away, in the border only."""
        out = np.full((24, 24, 3), 90.3 / 255)
        inside(out, scale)[...] = 90 / 255
        return out

    assert row(audit(off_outside, hr, 2), "not rounded").psnr == math.inf
