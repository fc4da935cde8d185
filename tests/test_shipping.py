"""srcourse.shipping: what ships is what was trained, and the manifest tells how."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

import srcourse as sr
from srcourse import images, metrics, results, zoo
from srcourse.cli import app
from srcourse.models.picture import enlarge
from srcourse.shipping import manifest, pack, pack_colour, write_manifest
from srcourse.training.colour import COLOUR_RECIPES
from srcourse.training.colour import train as train_colour

pytestmark = pytest.mark.usefixtures("one_thread")


def about(name: str, scale: int, seconds: int, origin: dict | None = None) -> dict:
    recipe = {"model": name, "scale": scale, "steps": 9, "options": {}}
    return {
        "recipe": recipe,
        "step": 7,
        "seconds": seconds,
        "device": "cpu",
        "precision": "bfloat16",
        "torch": "2",
        "data": {"folders": ["T91"], "pictures": 91},
        "history": [],
        "origin": origin,
    }


def weights(file, name="fsrcnn", scale=2, **more):
    torch.manual_seed(0)
    network = zoo.build(name, scale)
    torch.nn.init.normal_(network.deconv.weight, std=0.01)
    note = {"training": json.dumps(about(name, scale, 1800, **more))}
    save_file(network.state_dict(), file, note)
    return network.eval()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "Two"
    folder.mkdir()
    for name in ("chelsea", "coffee"):
        images.save(folder / f"{name}.png", images.sample(name)[90:131, 120:167])
    return folder


def test_what_half_precision_leaves_alone_ships_in_half_precision(tmp_path, photos):
    weights(tmp_path / "run.safetensors")
    out = pack(tmp_path / "run.safetensors", tmp_path, photos)
    assert out == tmp_path / "fsrcnn-x2.safetensors"
    whole = load_file(tmp_path / "run.safetensors")
    for name, tensor in load_file(out).items():
        assert tensor.dtype is torch.float16
        assert torch.equal(tensor, whole[name].half())
    assert zoo.training(out) == zoo.training(tmp_path / "run.safetensors")


def test_what_half_precision_would_change_ships_whole(tmp_path, photos):
    network = weights(tmp_path / "run.safetensors")
    state = network.state_dict()
    for name, factor in (("extract.0", 1e2), ("expand.0", 1e4), ("deconv", 1e-6)):
        state[f"{name}.weight"] *= factor  # the same network, but the last too small for float16
    note = {"training": json.dumps(about("fsrcnn", 2, 1))}
    save_file(state, tmp_path / "run.safetensors", note)
    out = pack(tmp_path / "run.safetensors", tmp_path, photos)
    assert load_file(out)["deconv.weight"].dtype is torch.float32
    assert sorted(f.name for f in tmp_path.glob("*.safetensors")) == [
        "fsrcnn-x2.safetensors",
        "run.safetensors",
    ]


def test_weights_of_unknown_origin_are_refused(tmp_path, photos):
    save_file(zoo.build("fsrcnn", 2).state_dict(), tmp_path / "run.safetensors")
    with pytest.raises(ValueError, match="does not say which network it is of"):
        pack(tmp_path / "run.safetensors", tmp_path, photos)
    assert [f.name for f in tmp_path.glob("*.safetensors")] == ["run.safetensors"]


def test_weights_of_a_variant_are_refused(tmp_path, photos):
    variant = about("fsrcnn", 2, 1)
    variant["recipe"]["options"] = {"m": 4}
    note = {"training": json.dumps(variant)}
    save_file(zoo.build("fsrcnn", 2).state_dict(), tmp_path / "run.safetensors", note)
    with pytest.raises(ValueError, match=r"run\.safetensors is of a variant of fsrcnn"):
        pack(tmp_path / "run.safetensors", tmp_path, photos)


def test_the_manifest_tells_how_each_was_made_and_what_it_reaches(tmp_path, photos):
    folder = tmp_path / "weights"
    folder.mkdir()
    file = folder / "fsrcnn-x2.safetensors"
    network = weights(file, origin=about("fsrcnn", 3, 3600))
    found = manifest([file], [photos])["fsrcnn-x2"]
    named = [(f.stem, images.load(f)) for f in images.picture_files([photos])]
    expected = metrics.evaluate(lambda lr, _: enlarge(network, lr), named, 2)["mean"]
    assert found["measured"]["Two"]["psnr"] == pytest.approx(expected["psnr"], abs=6e-4)
    assert found["measured"]["Two"]["ssim"] == pytest.approx(expected["ssim"], abs=6e-5)
    assert found["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert found["bytes"] == file.stat().st_size
    assert found["parameters"] == 12_809
    assert found["hours"] == 1.5
    assert [run["recipe"] for run in found["runs"]] == ["fsrcnn-x2", "fsrcnn-x3"]
    assert found["data"] == {"folders": ["T91"], "pictures": 91}
    assert found["precision"] == "bfloat16"

    out = write_manifest(folder, [photos], "the command")
    record = json.loads(out.read_text())
    assert record["command"] == "the command"
    assert record["data"] == "Two (2 pictures)"
    assert record["results"] == {"fsrcnn-x2": found}


def test_the_manifest_that_ships_is_of_the_weights_that_ship():
    shipped = results.manifest()
    have = {f"{name}-x{scale}" for name, scales in zoo.trained().items() for scale in scales}
    assert set(shipped) == have
    total = 0
    for name, entry in shipped.items():
        model, scale = name.rsplit("-x", 1)
        file = zoo.weights_file(model, scale)
        assert sha256(file.read_bytes()).hexdigest() == entry["sha256"], name
        assert entry["recipe"]["model"] == model
        assert {"Set5", "Set14"} <= set(entry["measured"])
        total += entry["bytes"]
    assert total < 40e6


def test_a_colorizer_ships_in_half_precision_and_gives_the_same_colours(tmp_path, photos):
    run = tmp_path / "run.safetensors"
    recipe = replace(COLOUR_RECIPES["colorful-mini"], width=2, steps=1, batch=2, side=16)
    train_colour(recipe, [photos], run)
    small = load_file(run)  # a batch norm that divides by next to nothing, as trained ones do
    small["model3.6.running_var"].fill_(2e-8)
    save_file(small, run, {"training": json.dumps(zoo.training(run))})
    into = tmp_path / "into"
    into.mkdir()
    command = ["ship", str(run), "--images", str(photos), "--into", str(into)]
    assert CliRunner().invoke(app, command).exit_code == 0
    out = into / "colour" / "colorful-mini.safetensors"
    kinds = {(tensor.ndim > 1, tensor.dtype) for tensor in load_file(out).values()}
    assert kinds == {(True, torch.float16), (False, torch.float32)}
    assert zoo.training(out) == zoo.training(run)
    picture = images.sample("chelsea")[90:131, 120:167]
    one, other = (sr.colorize(picture, weights=file) for file in (out, run))
    assert abs(one.astype(int) - other).max() <= 1


def test_only_a_colorizer_ships_as_one(tmp_path, photos):
    weights(tmp_path / "run.safetensors")
    with pytest.raises(ValueError, match="another network"):
        pack_colour(tmp_path / "run.safetensors", tmp_path)
    assert not (tmp_path / "colour").exists()
