import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab

import srcourse as sr
from srcourse.colorization.bins import bins, encode, nearest
from srcourse.training.colour import (
    ColourRecipe,
    ColourRun,
    Photographs,
    loss_of,
    quarter,
    train,
)

TINY = ColourRecipe(width=2, steps=6, batch=2, side=16)
CAT = sr.images.sample("chelsea")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "pictures"
    place.mkdir()
    for number, picture in enumerate((CAT[:40, :60], CAT[50:90, 70:140], CAT[::6, ::6])):
        sr.images.save(place / f"{number}.png", picture)
    return place


def test_patches_are_lab_as_scikit_image_has_it(folder):
    photographs = Photographs([folder], 16)
    batch = photographs.batch(8, np.random.default_rng(0))
    assert batch.shape == (8, 16, 16, 3)
    photographs.pictures = [CAT[:16, :16]]
    only = photographs.batch(1, np.random.default_rng(0))[0]
    expected = rgb2lab(CAT[:16, :16])
    apart = min(np.abs(only - expected).max(), np.abs(only - expected[:, ::-1]).max())
    assert apart < 0.05


def test_grey_small_and_held_back_pictures_are_left_out(folder, tmp_path):
    sr.images.save(folder / "grey.png", CAT[:40, :40, 0])
    sr.images.save(folder / "grey-rgb.png", np.repeat(CAT[:40, :40, :1], 3, axis=2))
    sr.images.save(folder / "small.png", CAT[:15, :40])
    assert len(Photographs([folder], 16).pictures) == 3
    held = tmp_path / "held"
    held.mkdir()
    os.symlink(folder / "1.png", held / "another-name.png")
    assert len(Photographs([folder], 16, held).pictures) == 2
    with pytest.raises(ValueError, match="none is in colour, 64 pixels large and not held back"):
        Photographs([folder], 64)


def test_smaller_pictures_of_cifar10_are_enlarged_to_a_patch(tmp_path):
    for name in (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"):
        picture = CAT[:32, :32].transpose(2, 0, 1).tobytes()
        (tmp_path / name).write_bytes(b"\x03" + picture)
    photographs = Photographs([tmp_path], 64)
    assert len(photographs.pictures) == 5
    assert photographs.batch(2, np.random.default_rng(0)).shape == (2, 64, 64, 3)


def test_a_quarter_is_the_mean_of_four_by_four():
    ab = np.random.default_rng(0).random((2, 8, 12, 2))
    expected = torch.nn.functional.avg_pool2d(torch.from_numpy(ab).permute(0, 3, 1, 2), 4)
    np.testing.assert_allclose(quarter(ab), expected.permute(0, 2, 3, 1))


def test_the_prior_is_how_often_colours_occur(folder):
    photographs = Photographs([folder], 16)
    prior = photographs.prior(500)
    assert prior.sum() == pytest.approx(1)
    ab = rgb2lab(np.concatenate([p.reshape(-1, 3) for p in photographs.pictures])[None])[0, :, 1:]
    often = bins()[prior.argmax()]
    assert np.hypot(*(often - np.median(ab, axis=0))) < 15


def test_classification_is_cross_entropy_with_the_soft_target():
    torch.manual_seed(0)
    scores = torch.randn(2, len(bins()), 3, 4)
    ab = np.random.default_rng(0).uniform(-40, 40, (2, 3, 4, 2))
    target = torch.from_numpy(encode(ab)).permute(0, 3, 1, 2).float()
    expected = torch.nn.functional.cross_entropy(scores, target)
    weight = torch.rand(len(bins()))
    found = loss_of("classification", scores, ab, weight)
    torch.testing.assert_close(found, expected)
    each = torch.nn.functional.cross_entropy(scores, target, reduction="none")
    expected = (each * weight[torch.from_numpy(nearest(ab))]).mean()
    torch.testing.assert_close(loss_of("rebalanced", scores, ab, weight), expected)


def test_regression_is_the_squared_error():
    scores = torch.zeros(1, 2, 2, 2)
    ab = np.full((1, 2, 2, 2), 55.0)
    assert loss_of("regression", scores, ab, torch.ones(1)).item() == pytest.approx(0.25)


@pytest.mark.parametrize("loss", ["regression", "classification", "rebalanced"])
def test_resuming_gives_the_same_weights_bit_for_bit(folder, tmp_path, monkeypatch, loss):
    recipe = replace(TINY, loss=loss)
    settings = {"device": "cpu", "every": 2}
    train(recipe, [folder], tmp_path / "whole.safetensors", **settings)
    out = tmp_path / "parts.safetensors"
    own = ColourRun.advance

    def until_three(run, photographs):
        if run.step == 3:
            raise KeyboardInterrupt
        return own(run, photographs)

    with monkeypatch.context() as patch:
        patch.setattr(ColourRun, "advance", until_three)
        train(recipe, [folder], out, **settings)
    assert sr.zoo.training(out)["step"] == 3
    done = train(recipe, [folder], out, resume=True, **settings)
    assert done["step"] == recipe.steps
    whole, parts = (sr.zoo.read_weights(tmp_path / f"{n}.safetensors") for n in ("whole", "parts"))
    assert all(torch.equal(whole[k], parts[k]) for k in whole)


def test_training_learns_one_picture(folder, tmp_path):
    recipe = replace(TINY, steps=60, width=4, batch=4)
    done = train(recipe, [folder], tmp_path / "w.safetensors", device="cpu", every=20)
    losses = [entry["loss"] for entry in done["history"]]
    assert losses[-1] < 0.8 * losses[0]


def test_it_can_start_from_another_training(folder, tmp_path):
    train(TINY, [folder], tmp_path / "a.safetensors", device="cpu")
    other = replace(TINY, side=32, loss="classification", steps=1, lr=1e-12)
    done = train(
        other, [folder], tmp_path / "b.safetensors", init=tmp_path / "a.safetensors", device="cpu"
    )
    assert done["origin"]["step"] == TINY.steps
    a, b = (sr.zoo.read_weights(tmp_path / f"{n}.safetensors") for n in "ab")
    torch.testing.assert_close(a["model3.0.weight"], b["model3.0.weight"])
    with pytest.raises(ValueError, match="of another network"):
        train(TINY, [folder], tmp_path / "c.safetensors", init=sr.zoo.weights_file("srcnn", 2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "l2"}, "accepted: regression, classification, rebalanced"),
        ({"side": 20}, "multiple of 8"),
        ({"steps": 0}, "whole numbers from 1"),
    ],
)
def test_bad_recipes(folder, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        train(replace(TINY, **change), [folder], tmp_path / "w.safetensors")
    assert not list(tmp_path.glob("w.*"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"out": "w.pt"}, "must be a .safetensors"),
        ({"out": "nowhere/w.safetensors"}, "a folder that exists"),
        ({"every": 0}, "both must be positive"),
        ({"minutes": -1}, "both must be positive"),
        ({"resume": True}, "there is no checkpoint"),
        ({"device": "tpu"}, "device is 'tpu'"),
    ],
)
def test_bad_settings(folder, tmp_path, change, message):
    out = tmp_path / change.pop("out", "w.safetensors")
    with pytest.raises(ValueError, match=message):
        train(TINY, [folder], out, **change)


def test_nothing_is_written_over(folder, tmp_path):
    out = tmp_path / "w.safetensors"
    train(replace(TINY, steps=1), [folder], out)
    with pytest.raises(ValueError, match="resume it, or give another out"):
        train(TINY, [folder], out)
    with pytest.raises(ValueError, match=r"another lr$"):
        train(replace(TINY, lr=1e-5), [folder], out, resume=True)
    assert train(replace(TINY, steps=2), [folder], out, resume=True)["step"] == 2
    with pytest.raises(ValueError, match="the checkpoint is at 2 already"):
        train(replace(TINY, steps=1), [folder], out, resume=True)
