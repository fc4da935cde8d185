"""srcourse.upscaling: any picture, any method; the type and the transparency survive."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

import srcourse
from srcourse import images, zoo
from srcourse.models.picture import enlarge
from srcourse.resampling import METHODS, imresize
from srcourse.upscaling import halo, methods, upscale

pytestmark = pytest.mark.usefixtures("one_thread")

RNG = np.random.default_rng(21)
PHOTO = images.sample("chelsea")[100:113, 140:149]  # 13 × 9
TYPES = [np.uint8, np.uint16, np.float32, np.float64]


def picture(shape: tuple[int, ...], dtype) -> np.ndarray:
    top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    return (RNG.random(shape) * top).astype(dtype)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Two networks with random weights, as if they shipped."""
    monkeypatch.setattr(zoo, "weights_file", lambda n, s: tmp_path / f"{n}-x{s}.safetensors")
    zoo.load.cache_clear()
    torch.manual_seed(0)
    for name, scale in (("fsrcnn", 3), ("edsr-mini", 2)):
        network = zoo.build(name, scale)
        with torch.no_grad():
            last = network.tail[1] if name == "edsr-mini" else network.deconv
            last.weight.mul_(100)  # overshoots
        save_file(network.state_dict(), zoo.weights_file(name, scale))
    yield {"fsrcnn": 3, "edsr-mini": 2}
    zoo.load.cache_clear()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_type_and_channels_are_kept_by_every_method(shelf, dtype, channels):
    image = picture((7, 5, *channels), dtype)
    kept = image.copy()
    for model in methods():
        scale = shelf.get(model, 2)
        out = upscale(image, scale, model)
        assert out.dtype == dtype
        assert out.shape == (7 * scale, 5 * scale, *channels)
    np.testing.assert_array_equal(image, kept)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("model", METHODS)
def test_interpolation_is_imresize_clipped_to_the_last_level(dtype, model):
    for image in (picture((9, 8), dtype), picture((6, 7, 3), dtype)):
        expected = imresize(image, 3, method=model)
        if not np.issubdtype(dtype, np.integer):
            expected = np.clip(expected, 0, 1)
        np.testing.assert_array_equal(upscale(image, 3, model), expected)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from(METHODS), st.integers(1, 4))
def test_floats_stay_in_range(seed, model, scale):
    image = np.random.default_rng(seed).integers(0, 2, (6, 5)) * 1.0
    out = upscale(image, scale, model)
    assert out.min() >= 0
    assert out.max() <= 1


def test_scale_1_changes_nothing():
    for model in METHODS:
        np.testing.assert_array_equal(upscale(PHOTO, 1, model), PHOTO)


def test_edsr_mini_twofold_is_the_default():
    np.testing.assert_array_equal(upscale(PHOTO), upscale(PHOTO, 2, "edsr-mini"))


@pytest.mark.parametrize("model", ["fsrcnn", "edsr-mini"])
def test_a_network_is_what_enlarges_rounded_and_clipped(shelf, model):
    scale = shelf[model]
    network = zoo.load(model, scale)
    for image in (PHOTO, PHOTO[..., 0], PHOTO / 255, PHOTO * np.uint16(257)):
        raw = enlarge(network, image)
        assert raw.min() < 0 or raw.max() > 1
        top = np.iinfo(image.dtype).max if image.dtype != float else 1
        out = upscale(image, scale, model)
        # The transposed convolution is computed another way: see models/shuffled.py.
        apart = np.abs(out - np.clip(raw, 0, 1) * top).max()
        assert apart <= (0.5 + 2e-6 * top if top > 1 else 2e-6)


def test_alpha_is_enlarged_on_its_own(shelf):
    for dtype in TYPES:
        image = picture((7, 5, 4), dtype)
        image[..., 3] = np.where(image[..., 3] == 0, 1, image[..., 3])  # all of it visible
        opaque = image.copy()
        opaque[..., 3] = 0
        for model in methods():
            scale = shelf.get(model, 2)
            out = upscale(image, scale, model)
            np.testing.assert_array_equal(out[..., :3], upscale(image[..., :3], scale, model))
            np.testing.assert_array_equal(out[..., 3], upscale(image[..., 3], scale, "bicubic"))
            assert not upscale(opaque, scale, model)[..., 3].any()


@pytest.mark.parametrize("model", ["bicubic", "fsrcnn", "edsr-mini"])
def test_black_under_transparency_makes_no_dark_fringe(model):
    image = np.zeros((24, 24, 4), np.uint8)
    image[:, 12:] = 200, 120, 60, 255  # the left half: black, but not to be seen
    out = upscale(image, 2, model)
    plain = upscale(np.full((24, 24, 3), (200, 120, 60), np.uint8), 2, model)
    np.testing.assert_array_equal(out[..., :3], plain)
    assert out[0, 0, 3] == 0
    assert out[0, -1, 3] == 255


@pytest.mark.parametrize("model", ["fsrcnn", "edsr-mini"])
def test_self_ensemble_is_the_mean_of_the_eight_symmetries(model):
    photo = PHOTO / 255
    results = []
    for turns in range(4):
        for flip in (False, True):
            seen = np.rot90(photo, turns)
            sr = enlarge(zoo.load(model, 2), seen[:, ::-1] if flip else seen)
            results.append(np.rot90(sr[:, ::-1] if flip else sr, -turns))
    found = upscale(photo, 2, model, self_ensemble=True)
    np.testing.assert_allclose(found, np.clip(np.mean(results, axis=0), 0, 1), atol=2e-6)
    # It no longer depends on which way the picture is turned.
    turned = upscale(np.rot90(photo), 2, model, self_ensemble=True)
    np.testing.assert_allclose(np.rot90(turned, -1), found, atol=1e-6)
    assert np.abs(found - upscale(photo, 2, model)).max() > 1e-4


@pytest.mark.parametrize("scale", [0, -1, 2.5, True, "2", None, float("nan"), float("inf")])
@pytest.mark.parametrize("model", ["bicubic", "fsrcnn"])
def test_a_scale_that_is_not_whole_is_refused(scale, model):
    message = f"^scale is {scale!r}; it must be a whole number from 1$"
    with pytest.raises(ValueError, match=message):
        upscale(PHOTO, scale, model)
    with pytest.raises(ValueError, match=message):
        halo(model, scale)


def test_whole_scales_of_other_types_are_taken():
    for scale in (2.0, np.int64(2), np.float32(2)):
        np.testing.assert_array_equal(upscale(PHOTO, scale), upscale(PHOTO, 2))


def test_an_unknown_model_gets_a_suggestion(shelf):
    for wrong, message in (
        ("bicubc", "model is 'bicubc'; did you mean 'bicubic'? accepted: nearest, bil"),
        ("edsr-mimi", "model is 'edsr-mimi'; did you mean 'edsr-mini'? accepted: nearest"),
        ("qqq", "model is 'qqq'; accepted: nearest, bilinear, bicubic, fsrcnn, edsr-mini"),
        (None, "model is None; accepted: nearest"),
    ):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            upscale(PHOTO, 2, wrong)


def test_a_network_without_weights_or_at_another_scale_is_refused(shelf):
    with pytest.raises(
        ValueError, match=r"no trained weights ship for edsr-baseline ×2; .* fsrcnn"
    ):
        upscale(PHOTO, 2, "edsr-baseline")
    with pytest.raises(ValueError, match="no trained weights ship for fsrcnn ×2"):
        upscale(PHOTO, 2, "fsrcnn")
    with pytest.raises(ValueError, match="scale is 5; fsrcnn is built for 2, 3, 4"):
        upscale(PHOTO, 5, "fsrcnn")


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((4, 4), np.nan), "image holds NaN"),
        (np.zeros((4, 4, 2)), r"image has shape \(4, 4, 2\)"),
        (np.zeros((4, 4), int), "image has dtype int64"),
        (np.zeros((0, 4)), "holds no pixels"),
        ("cat.png", "image must be a NumPy array, not str"),
    ],
)
def test_what_is_not_a_picture_is_refused(image, message):
    with pytest.raises(ValueError, match=message):
        upscale(image)


def test_weights_that_train_wrote_are_a_method(tmp_path):
    network = zoo.build("fsrcnn", 3)
    file = tmp_path / "mine.safetensors"
    about = {"recipe": {"model": "fsrcnn", "scale": 3}}
    save_file(network.state_dict(), file, {"training": json.dumps(about)})
    expected = enlarge(network.eval(), PHOTO / 255)
    for name in (file, str(file)):
        np.testing.assert_allclose(
            upscale(PHOTO / 255, 3, name), np.clip(expected, 0, 1), atol=1e-6
        )
    with pytest.raises(ValueError, match=r"scale is 2; .*mine\.safetensors was trained for 3"):
        upscale(PHOTO, 2, file)
    with pytest.raises(FileNotFoundError, match="none"):
        upscale(PHOTO, 2, "none.safetensors")
    save_file(network.state_dict(), file)
    with pytest.raises(ValueError, match="does not say which network it is of"):
        upscale(PHOTO, 3, file)
    file.write_bytes(b"junk")
    with pytest.raises(ValueError, match="is not a safetensors file, or damaged"):
        upscale(PHOTO, 3, file)


def test_floats_of_0_to_255_are_refused():
    message = rf"goes from {PHOTO.min()} to {PHOTO.max()}; a float picture lies in \[0, 1\]: divide"
    with pytest.raises(ValueError, match=message):
        upscale(PHOTO.astype(float), 2, "bicubic")
    with pytest.raises(ValueError, match="image goes from -3"):
        images.save("never.png", np.full((4, 4), -3.0))


def test_methods_are_the_interpolations_and_what_ships(shelf):
    assert methods() == ("nearest", "bilinear", "bicubic", "fsrcnn", "edsr-mini")


def test_interpolation_needs_no_torch():
    code = (
        "import sys, numpy as np, srcourse as sr\n"
        "sr.upscale(np.zeros((4, 4)), 2, 'bicubic')\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert srcourse.upscale is upscale
