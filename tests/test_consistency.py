"""metrics.consistency against torch and scikit-image, known values and the null space."""

import math

import numpy as np
import pytest
import skimage.metrics
import torch
from torch.nn import functional as F

import srcourse as sr
from srcourse import images
from srcourse.metrics import consistency, make_lr
from srcourse.resampling import cubic_kernel, weights

RNG = np.random.default_rng(15)
PHOTO = images.sample("chelsea")[60:156, 100:220]  # 96 × 120


def framed(picture: np.ndarray, width: int = 24) -> np.ndarray:
    """An even frame around it, in which every way to continue a border is the same."""
    pad = [(width, width)] * 2 + [(0, 0)] * (picture.ndim - 2)
    return np.pad(picture, pad, constant_values=90)


def torch_lr(picture: np.ndarray, scale: int) -> np.ndarray:
    """Antialiased bicubic of torch, in 8 bits."""
    planes = torch.tensor(np.atleast_3d(picture), dtype=torch.float64).permute(2, 0, 1)[None]
    size = [n // scale for n in picture.shape[:2]]
    small = F.interpolate(planes, size, mode="bicubic", antialias=True, align_corners=False)
    whole = np.floor(small[0].permute(1, 2, 0).numpy() + 0.5).clip(0, 255).astype(np.uint8)
    return whole.reshape(*size, *picture.shape[2:])


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("colour", [True, False])
def test_it_is_the_psnr_of_what_torch_makes_of_the_enlargement(scale, colour):
    hr = framed(PHOTO if colour else PHOTO[..., 1])
    lr = make_lr(hr, scale)
    noise = RNG.integers(-9, 10, hr.shape)
    enlarged = framed(np.clip(hr + noise, 0, 255)[24:-24, 24:-24].astype(np.uint8))
    expected = skimage.metrics.peak_signal_noise_ratio(lr, torch_lr(enlarged, scale))
    assert consistency(lr, enlarged, scale) == pytest.approx(expected, abs=0.02)


def test_known_values():
    lr, enlarged = np.full((5, 6), 100, np.uint8), np.full((15, 18), 100, np.uint8)
    assert consistency(lr, enlarged, 3) == math.inf
    assert consistency(lr, enlarged + np.uint8(1), 3) == pytest.approx(20 * math.log10(255))
    assert consistency(lr, lr, 1) == math.inf
    # One LR pixel of 30 is off by a level: no border is left out, and no channel.
    lr[0, 0] += 1
    expected = 20 * math.log10(255) + 10 * math.log10(30)
    assert consistency(lr, enlarged, 3) == pytest.approx(expected)
    blue = np.full((5, 6, 3), 100, np.uint8)
    blue[2, 2, 2] += 1
    expected = 20 * math.log10(255) + 10 * math.log10(90)
    assert consistency(blue, images.rgb(enlarged), 3) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_original_is_consistent_and_so_is_all_that_differs_where_nothing_is_seen(scale):
    hr = (PHOTO // 2 + 64)[..., 0]
    lr = make_lr(hr, scale)
    assert consistency(lr, hr, scale) == math.inf
    matrix = np.zeros((96 // scale, 96))
    indices, weight = weights(96, 96 // scale, 1 / scale, cubic_kernel, 4.0, True)
    np.add.at(matrix, (np.arange(96 // scale)[:, None], indices), weight)
    detail = RNG.normal(0, 0.1, hr.shape)
    hidden = detail - np.linalg.pinv(matrix) @ matrix @ detail
    # Floats are rounded to 8 bits first, as a file would be; that alone is a level at most.
    assert consistency(lr, hr / 255 + hidden, scale) > 50
    assert consistency(lr, hr / 255 + detail, scale) < 40


def test_types_may_differ_and_floats_are_clipped_as_a_file_would_be():
    lr = make_lr(PHOTO, 2)
    enlarged = sr.upscale(lr, 2, "bicubic")
    found = consistency(lr, enlarged, 2)
    assert 30 < found < 50
    assert consistency(lr / 255, enlarged / 255, 2) == found
    assert consistency(lr.astype(np.uint16) * 257, (enlarged / 255).astype(np.float32), 2) == found
    white = np.ones((4, 4))
    assert consistency(white[:2, :2], white * 1.3, 2) == math.inf


def test_a_network_is_more_consistent_than_bicubic():
    lr = make_lr(PHOTO, 4)
    reached = [consistency(lr, sr.upscale(lr, 4, name), 4) for name in ("bicubic", "edsr-mini")]
    assert reached[1] > reached[0] + 5


LR = np.zeros((6, 8), np.uint8)
SR = np.zeros((12, 16), np.uint8)


@pytest.mark.parametrize(
    ("lr", "sr", "scale", "message"),
    [
        (LR, SR, 3, r"^sr has shape \(12, 16\); .* \(6, 8\) at scale 3 it must be \(18, 24\)"),
        (SR, LR, 2, r"^sr has shape \(6, 8\); .* it must be \(24, 32\)"),
        (LR, SR[:-1], 2, r"^sr has shape \(11, 16\); .* it must be \(12, 16\)"),
        (LR, images.rgb(SR), 2, r"^sr has shape \(12, 16, 3\); .* it must be \(12, 16\)"),
        (images.rgb(LR), SR, 2, r"^sr has shape \(12, 16\); .* it must be \(12, 16, 3\)"),
        (LR, SR, 0, "^scale is 0; it must be a whole number from 1"),
        (LR, SR, 0.5, "^scale is 0.5"),
        (LR, SR, "2", "^scale is '2'"),
        (LR.tolist(), SR, 2, "^lr must be a NumPy array, not list"),
        (LR, None, 2, "^sr must be a NumPy array, not NoneType"),
        (LR.astype(int), SR, 2, "^lr has dtype int"),
        (LR, SR + 200.0, 2, "^sr goes from 200 to 200; a float picture lies in"),
        (LR, np.full(SR.shape, np.nan), 2, "^sr holds NaN"),
        (np.dstack([LR] * 4), np.dstack([SR] * 4), 2, "^lr has transparency"),
        (LR, np.dstack([SR] * 4), 2, "^sr has transparency"),
        (LR[:0], SR[:0], 2, r"^lr has shape \(0, 8\), which holds no pixels"),
    ],
)
def test_what_it_refuses(lr, sr, scale, message):
    with pytest.raises(ValueError, match=message):
        consistency(lr, sr, scale)
