"""The colorizer before and after super-resolution."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

import srcourse as sr
from srcourse.cli import app
from srcourse.colorization import bins
from srcourse.colorization.after_sr import compare, inputs
from srcourse.models.colorful import Colorful
from srcourse.resampling import imresize

CAT = sr.images.sample("chelsea")[20:181, 80:245]
ROWS = [(name, where) for name in ("lr", "bicubic", "sr", "hr") for where in ("fixed", "own")]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = Colorful(torch.tensor(bins(), dtype=torch.float32), 2)
    network.model8[6].weight.data *= 30
    return network.eval()


def test_the_inputs_are_grey_and_fit_together():
    given = inputs(CAT, 2, lambda lr, s: np.kron(lr, np.ones((s, s), np.uint8)))
    assert {name: image.shape for name, image in given.items()} == {
        "lr": (80, 82),
        "bicubic": (160, 164),
        "sr": (160, 164),
        "hr": (160, 164),
    }
    np.testing.assert_array_equal(given["lr"], imresize(given["hr"], 0.5))
    np.testing.assert_array_equal(given["sr"][::2, ::2], given["lr"])
    light = sr.images.rgb_to_lab(np.dstack([given["hr"]] * 3))[..., 0]
    expected = sr.images.rgb_to_lab(CAT)[:160, :164, 0]
    assert np.abs(light - expected).max() < 0.5


def test_what_is_measured(network):
    rows = compare(network, [CAT], 2, imresize)
    found = {(row["input"], row["resolution"]): row for row in rows}
    assert list(found) == ROWS
    assert found["lr", "fixed"]["change"] == found["lr", "own"]["change"] == 0
    # One way of enlarging is the same as the other here.
    for where in ("fixed", "own"):
        a, b = found["sr", where], found["bicubic", where]
        assert {**a, "input": ""} == {**b, "input": ""}
    assert all(0 < row["auc"] < 1 and 0 < row["auc_rebalanced"] < 1 for row in rows)


def test_shrinking_to_one_size_first_takes_most_of_the_difference_away(network):
    whole = sr.images.sample("coffee")
    rows = compare(network, [whole], 2, imresize)
    change = {(row["input"], row["resolution"]): row["change"] for row in rows}
    assert 0 < change["sr", "fixed"] < change["sr", "own"] / 3


def test_bad_input(network):
    with pytest.raises(ValueError, match="pictures is empty"):
        compare(network, [], 2, imresize)
    with pytest.raises(ValueError, match="picture is grey"):
        compare(network, [CAT[..., 0]], 2, imresize)


# the command


def srcourse(*words):
    return CliRunner().invoke(app, ["colour-after-sr", *map(str, words)])


def test_the_command_records_what_it_prints(network, tmp_path, monkeypatch):
    monkeypatch.setattr(sr.images, "samples", lambda: ("coffee",))
    monkeypatch.setattr(sr.images, "sample", lambda name: CAT[40:80, :60])
    weights, folder = tmp_path / "w.safetensors", tmp_path / "Two"
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, weights)
    folder.mkdir()
    sr.images.save(folder / "cat.png", CAT[:40, :48])
    sr.images.save(folder / "grey.png", CAT[:40, :48, 0])
    out = tmp_path / "r.json"
    words = ("--images", folder, "--scale", 2, "--model", "fsrcnn", "--weights", weights)
    done = srcourse(*words, "--out", out)
    assert done.exit_code == 0, done.output
    record = json.loads(out.read_text())
    assert record["command"].endswith("--model fsrcnn --weights w.safetensors --out r.json")
    assert record["data"] == "Two (1 pictures in colour), samples (1 pictures in colour)"
    rows = record["results"]["rows"]
    assert [(r["input"], r["resolution"]) for r in rows[:8]] == ROWS
    cut = sr.images.load(folder / "cat.png")
    expected = compare(network, [cut], 2, lambda lr, s: sr.upscale(lr, s, "fsrcnn"))
    for row, measured in zip(rows, expected, strict=False):
        assert (row.pop("set"), row.pop("scale")) == ("Two", 2)
        assert row == pytest.approx(measured, abs=1e-6)
    assert f"{rows[0]['auc']:.1%}" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "fsrcn"], "did you mean 'fsrcnn'"),
        (["--scale", 9], "9"),
        (["--weights", "none.safetensors"], "none.safetensors"),
        (["--images", "none"], "none is not a folder"),
        (["--out", "r.txt"], "r.txt; it must be"),
    ],
)
def test_bad_settings_end_in_one_line(words, message, tmp_path):
    given = ["--images", tmp_path, "--scale", 2]
    sr.images.save(tmp_path / "cat.png", CAT)
    done = srcourse(*given, *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
