"""The colorizer: the paper's network, its weights, and pictures through it."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from skimage.color import lab2rgb, rgb2lab
from typer.testing import CliRunner

import srcourse as sr
from srcourse import zoo
from srcourse.cli import app
from srcourse.colorization import bins, colorize, file, load, predict, remark, shares, small
from srcourse.models.colorful import Colorful, ColorfulRegression

COLOURS = torch.tensor(bins(), dtype=torch.float32)
CAT = sr.images.sample("chelsea")[60:150, 100:220]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A narrow network with colours that differ from place to place."""
    torch.manual_seed(0)
    network = Colorful(COLOURS, 2)
    network.model8[6].weight.data *= 30
    file = tmp_path_factory.mktemp("weights") / "narrow.safetensors"
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, file)
    return file


# the network


def test_the_paper_s_network_has_the_authors_parts_and_count():
    with torch.device("meta"):
        network = Colorful(torch.empty(313, 2))
    shapes = {k: tuple(v.shape) for k, v in network.state_dict().items()}
    assert shapes["model1.0.weight"] == (64, 1, 3, 3)
    assert shapes["model1.4.running_mean"] == (64,)
    assert shapes["model5.0.weight"] == (512, 512, 3, 3)
    assert shapes["model8.0.weight"] == (512, 256, 4, 4)
    assert shapes["model8.6.weight"] == (313, 256, 1, 1)
    assert shapes["model_out.weight"] == (2, 313, 1, 1)
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [c.dilation[0] for c in convolutions].count(2) == 6
    assert sum(p.numel() for p in network.parameters()) == by_hand(64, 313)


def by_hand(w, bins):
    def conv(a, b, k=3):
        return a * b * k * k + b

    first = conv(1, w) + conv(w, w) + conv(w, 2 * w) + conv(2 * w, 2 * w)
    third = conv(2 * w, 4 * w) + 2 * conv(4 * w, 4 * w)
    rest = conv(4 * w, 8 * w) + 11 * conv(8 * w, 8 * w)
    eighth = conv(8 * w, 4 * w, 4) + 2 * conv(4 * w, 4 * w) + conv(4 * w, bins, 1)
    norms = 2 * (w + 2 * w + 4 * w + 4 * 8 * w)
    return first + third + rest + eighth + norms + 2 * bins


def test_scores_stand_at_a_quarter_and_colours_at_full_size():
    network = Colorful(COLOURS, 2).eval()
    light = torch.rand(2, 1, 40, 24) * 100
    assert network.scores(light).shape == (2, 261, 10, 6)
    assert network(light).shape == (2, 2, 40, 24)
    assert ColorfulRegression(COLOURS, 2).eval()(light).shape == (2, 2, 40, 24)


def test_its_colour_is_the_annealed_mean_of_its_shares(weights):
    network = load(weights)
    light = small(CAT, 64)
    distribution = shares(network, light)
    for temperature in (0.2, 0.38, 1.0):
        expected = sr.colorization.annealed_mean(distribution, temperature)
        enlarged = torch.nn.functional.interpolate(
            torch.tensor(expected).permute(2, 0, 1)[None], scale_factor=4, mode="bilinear"
        )[0].permute(1, 2, 0)
        np.testing.assert_allclose(predict(network, light, temperature), enlarged, atol=1e-2)


# its weights


def test_what_ships_is_small_and_colours():
    assert file().stat().st_size < 5e6
    assert zoo.training(file())["recipe"]["loss"] == "classification"
    out = colorize(CAT[..., 0])
    assert not np.array_equal(out[..., 0], out[..., 2])


def test_half_precision_loads(weights, tmp_path):
    given = sr.zoo.read_weights(weights)
    save_file({k: v.half() for k, v in given.items()}, tmp_path / "half.safetensors")
    assert load(tmp_path / "half.safetensors").colours.shape == (261, 2)


def test_the_authors_checkpoints_load_without_running_code(weights, tmp_path):
    torch.save(sr.zoo.read_weights(weights), tmp_path / "colour.pth")
    torch.testing.assert_close(
        load(tmp_path / "colour.pth").model3[0].weight, load(weights).model3[0].weight
    )


def test_a_regression_s_weights_are_known_by_their_shape(tmp_path):
    network = ColorfulRegression(COLOURS, 2)
    save_file(
        {k: v.contiguous() for k, v in network.state_dict().items()}, tmp_path / "r.safetensors"
    )
    assert type(load(tmp_path / "r.safetensors")) is ColorfulRegression


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("model4.2.bias"), "missing model4.2.bias"),
        (lambda t: t.update({"model9.weight": torch.zeros(1)}), "extra model9.weight"),
        (lambda t: t.update({"model2.0.bias": torch.zeros(7)}), r"model2.0.bias is \(7,\), not"),
        (lambda t: t.pop("model1.0.weight"), "of another network"),
    ],
)
def test_weights_that_do_not_fit_are_listed(weights, tmp_path, change, message):
    given = sr.zoo.read_weights(weights)
    change(given)
    save_file(given, tmp_path / "bad.safetensors")
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "bad.safetensors")


def test_another_network_s_checkpoint_is_refused():
    with pytest.raises(ValueError, match="of another network"):
        load(sr.zoo.weights_file("edsr-mini", 2))


# pictures


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_type_and_size_stay_and_lightness_too(weights, dtype, channels):
    grey = sr.images.luma(CAT)
    picture = np.repeat(grey[..., None], channels, axis=2) if channels > 1 else grey
    if np.issubdtype(dtype, np.integer):
        picture = np.floor(picture * np.iinfo(dtype).max + 0.5)
    picture = picture.astype(dtype)
    out = colorize(picture, weights=weights)
    assert out.dtype == dtype
    assert out.shape == (*grey.shape, max(3, channels))
    if channels == 4:
        np.testing.assert_array_equal(out[..., 3], picture[..., 3])
    top = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    before = rgb2lab(np.repeat(grey[..., None], 3, axis=2))[..., 0]
    after = rgb2lab(out[..., :3] / top)[..., 0]
    inside = (out[..., :3] > 0).all(-1) & (out[..., :3] < top).all(-1)  # not clipped
    assert inside.mean() > 0.3
    assert np.abs(after - before)[inside].max() < 1.0


def test_the_colours_of_the_picture_are_not_looked_at(weights):
    lab = rgb2lab(CAT)
    grey = lab2rgb(np.dstack([lab[..., :1], np.zeros((*lab.shape[:2], 2))]))
    apart = np.abs(colorize(CAT / 255, weights=weights) - colorize(grey, weights=weights))
    assert np.median(apart) < 0.02


def test_it_is_deterministic(weights):
    np.testing.assert_array_equal(colorize(CAT, weights=weights), colorize(CAT, weights=weights))


def test_temperature_makes_it_more_vivid(weights):
    dull, vivid = (colorize(CAT, t, weights=weights) for t in (1.0, 0.05))
    saturation = [np.hypot(*rgb2lab(p)[..., 1:].T).mean() for p in (dull, vivid)]
    assert saturation[1] > saturation[0] + 1


def test_the_smallest_temperature_is_the_mode(weights):
    light = small(CAT, 32)
    sharp = shares(load(weights), light, 1e-40)
    np.testing.assert_array_equal(sharp.argmax(-1), shares(load(weights), light).argmax(-1))
    assert (sharp.max(-1) == 1).mean() > 0.99


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (8, 8), (300, 7)])
def test_any_size(weights, shape):
    picture = np.random.default_rng(0).random(shape)
    assert colorize(picture, weights=weights).shape == (*shape, 3)


def test_strips_do_not_show(weights, monkeypatch):
    from srcourse.colorization import picture

    whole = colorize(CAT, weights=weights)
    monkeypatch.setattr(picture, "_STRIP", 7)
    np.testing.assert_array_equal(colorize(CAT, weights=weights), whole)


def test_a_one_bit_scan_stays_readable(weights):
    scan = (np.random.default_rng(0).random((40, 40)) > 0.5).astype(np.uint8) * 255
    out = colorize(scan, weights=weights)
    assert out[scan == 0].max() < 60
    assert out[scan == 255].max(axis=-1).min() > 200


def test_what_one_should_know_before():
    grey = np.repeat(CAT[..., :1], 3, axis=2)
    tinted = np.clip(grey.astype(int) + np.array([0, 0, 2]), 0, 255).astype(np.uint8)
    for plain in (CAT[..., 0], grey, np.dstack([grey, CAT[..., 1]]), tinted, grey / 255):
        assert remark(plain) is None
    assert "in colour already" in remark(CAT)
    assert "in colour already" in remark(CAT / 255)
    assert "two levels" in remark((CAT[..., 0] > 99) * np.uint8(255))
    assert "so small" in remark(CAT[:9, :, 0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0}, "temperature is 0"),
        ({"temperature": 1.5}, "up to 1"),
        ({"side": 4}, "side is 4"),
        ({"side": 9.5}, "side is 9.5; accepted: whole numbers from 8"),
        ({"side": float("inf")}, "side is inf"),
        ({"image": CAT.astype(float)}, "divide it by 255"),
        ({"image": CAT[..., :2]}, "image has shape"),
        ({"image": np.full((9, 9), np.nan)}, "NaN"),
    ],
)
def test_bad_input(weights, change, message):
    with pytest.raises(ValueError, match=message):
        colorize(**({"image": CAT, "weights": weights} | change))


# the command


def srcourse(*words):
    return CliRunner().invoke(app, ["colorize", *map(str, words)])


def test_the_command_colours_and_says_what_it_did_not_look_at(weights, tmp_path):
    sr.images.save(tmp_path / "cat.png", CAT)
    sr.images.save(tmp_path / "grey.png", CAT[..., 0])
    files = [tmp_path / "cat.png", tmp_path / "grey.png"]
    done = srcourse(*files, "-o", tmp_path / "out", "--weights", weights)
    assert done.exit_code == 0, done.output
    assert "cat.png: it is in colour already: only its lightness is used" in done.stderr
    assert "grey.png:" not in done.stderr
    expected = colorize(CAT[..., 0], weights=weights)
    np.testing.assert_array_equal(sr.images.load(tmp_path / "out" / "grey.png"), expected)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--temperature", "2"], "temperature is 2"),
        (["--side", "1"], "side is 1"),
        (["--weights", "none.safetensors"], "none.safetensors"),
    ],
)
def test_bad_settings_end_in_one_line_before_any_work(words, message, weights, tmp_path):
    sr.images.save(tmp_path / "grey.png", CAT[..., 0])
    given = ["--weights", weights] if "--weights" not in words else []
    done = srcourse(tmp_path / "grey.png", "-o", tmp_path / "out", *given, *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_broken_picture_stops_no_other(weights, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    sr.images.save(tmp_path / "in" / "grey.png", CAT[..., 0])
    done = srcourse(tmp_path / "in", "-o", tmp_path / "out", "--weights", weights)
    assert done.exit_code == 2
    assert "1 of 2 pictures could not be coloured" in done.stderr
    assert (tmp_path / "out" / "grey.png").is_file()


def test_evaluate_colour_records_each_set_and_the_grey_one_beside_it(weights, tmp_path):
    (tmp_path / "in").mkdir()
    sr.images.save(tmp_path / "in" / "cat.png", CAT)
    sr.images.save(tmp_path / "in" / "grey.png", CAT[..., 0])
    out = tmp_path / "colour.json"
    words = ["evaluate-colour", weights, "--images", tmp_path / "in", "--out", out]
    words += ["--temperature", 0.38, "--temperature", 1]
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exit_code == 0, done.output
    assert "in, 1 pictures in colour" in done.output
    rows = json.loads(out.read_text())["results"]["rows"]
    assert [(r["set"], r["colorizer"]) for r in rows] == [
        (name, way)
        for name in ("in", "samples")
        for way in ("grey", "narrow, T = 0.38", "narrow, T = 1")
    ]
    assert rows[0]["saturation"] == 0
    assert rows[1]["saturation"] > 0 != rows[1]["saturation"] - rows[2]["saturation"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--temperature", "3"], "temperature is 3"),
        (["--out", "x.txt"], "ends in .json"),
        (["--images", "nowhere"], "nowhere"),
        (["--images", "samples"], "'samples' is there twice"),
    ],
)
def test_bad_evaluations_end_in_one_line(weights, words, message, tmp_path):
    sr.images.save(tmp_path / "cat.png", CAT)
    given = ["evaluate-colour", str(weights), "--images", str(tmp_path), *words]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# training


def test_training_makes_weights_that_colour(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(3):
        sr.images.save(pictures / f"{number}.png", np.roll(CAT, 17 * number, axis=1))
    words = ["train", "colorful-mini", "--images", pictures, "--out", tmp_path / "w.safetensors"]
    words += ["--set", "width=2", "--set", "side=32", "--set", "batch=2", "--steps", "3"]
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exit_code == 0, done.output
    about = sr.zoo.training(tmp_path / "w.safetensors")
    assert about["recipe"]["loss"] == "classification"
    assert about["data"] == {"folders": ["pictures"], "pictures": 3}
    assert colorize(CAT, weights=tmp_path / "w.safetensors").shape == CAT.shape
    assert json.loads(json.dumps(about["history"]))[-1]["step"] == 3
