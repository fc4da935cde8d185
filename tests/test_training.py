"""srcourse.training: what a run draws, learns, keeps, and how it survives being stopped."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from srcourse import images, metrics, zoo
from srcourse.models.picture import enlarge
from srcourse.training import checkpoint, loop
from srcourse.training.loop import Run, choose_device, learning_rate, train, validate
from srcourse.training.patches import Patches
from srcourse.training.recipes import RECIPES, Recipe, changed

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")
CAT = images.sample("chelsea")[90:130, 120:170]
TINY = Recipe("fsrcnn", 2, steps=6, batch=3, patch=6, loss="mse")


@pytest.fixture
def pictures(tmp_path):
    """A folder of two small pictures: rings and a photograph."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    y, x = np.mgrid[:60, :70]
    rings = 0.5 + 0.5 * np.cos(((x - 35) ** 2 + (y - 30) ** 2) / 40)
    images.save(folder / "rings.png", rings)
    images.save(folder / "cat.png", CAT)
    return folder


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "net.safetensors"


def same(first: Path, second: Path) -> bool:
    a, b = load_file(first), load_file(second)
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def interrupted_at(step: int, monkeypatch):
    """Ctrl-C before `step` begins."""
    advance = Run.advance

    def pressed(self, patches):
        if self.step == step:
            raise KeyboardInterrupt
        return advance(self, patches)

    monkeypatch.setattr(Run, "advance", pressed)


# Recipes and their schedule


def test_learning_rate_drops_at_each_milestone():
    recipe = Recipe("fsrcnn", 2, steps=600, lr=0.9, milestones=(2 / 3, 5 / 6), drop=1 / 3)
    rates = [learning_rate(recipe, step) for step in range(600)]
    assert rates == pytest.approx([0.9] * 400 + [0.3] * 100 + [0.1] * 100)
    flat = replace(recipe, milestones=())
    assert {learning_rate(flat, step) for step in (0, 300, 599)} == {0.9}


def test_the_optimiser_follows_the_schedule(pictures, out, monkeypatch):
    seen = []
    step = torch.optim.Adam.step

    def watch(self, *args, **kwargs):
        seen.append(self.param_groups[0]["lr"])
        return step(self, *args, **kwargs)

    monkeypatch.setattr(torch.optim.Adam, "step", watch)
    train(replace(TINY, lr=0.09, milestones=(0.5,)), [pictures], out, device="cpu")
    assert seen == pytest.approx([0.09] * 3 + [0.03] * 3)


def test_srcnns_last_layer_learns_at_a_tenth_of_the_rate():
    for name, slow in (("srcnn", "reconstruct."), ("fsrcnn", None)):
        run = Run(Recipe(name, 2, steps=9, slow=slow), torch.device("cpu"))
        names = {p: n for n, p in run.model.named_parameters()}
        found = [(g["share"], {names[p] for p in g["params"]}) for g in run.optimiser.param_groups]
        last = {n for n in names.values() if slow and n.startswith(slow)}
        assert found == [(1, set(names.values()) - last), *([(0.1, last)] if slow else [])]
        assert len(last) == (2 if slow else 0)


def test_both_rates_follow_the_schedule(pictures):
    recipe = Recipe("srcnn", 2, steps=2, batch=1, patch=8, lr=0.5, slow="reconstruct.")
    run = Run(replace(recipe, milestones=(0.5,), drop=0.1), torch.device("cpu"))
    patches = Patches(images.picture_files([pictures]), 2, 1, 8)
    for rates in ([0.5, 0.05], [0.05, 0.005]):
        run.advance(patches)
        assert [g["lr"] for g in run.optimiser.param_groups] == pytest.approx(rates)


def test_the_averaged_network_has_batch_norms_statistics(pictures):
    run = Run(Recipe("srresnet", 2, steps=2, batch=2, patch=8), torch.device("cpu"))
    run.advance(Patches(images.picture_files([pictures]), 2, 3, 8))
    now, kept = (dict(m.named_buffers()) for m in (run.model, run.ema))
    assert now["body.0.body.1.running_mean"].abs().max() > 0
    assert all(torch.equal(now[name], kept[name]) for name in now)


def test_recipes_are_named_after_their_network_and_build():
    for name, recipe in RECIPES.items():
        assert name == recipe.name == f"{recipe.model}-x{recipe.scale}"
        assert recipe.model in zoo.names()
        assert recipe.scale in zoo.SCALES
        assert recipe.loss in loop.LOSSES
        assert recipe.init is None or recipe.init in RECIPES


# Patches


def ramps(tmp_path: Path, height: int = 90, width: int = 104) -> Path:
    """A picture that says where each of its pixels lies: R = 2x, G = 2y."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack([2 * x, 2 * y, 0 * x], axis=2).astype(np.uint8)
    images.save(tmp_path / "ramps.png", picture)
    return tmp_path / "ramps.png"


def blocks(hr: torch.Tensor, scale: int) -> torch.Tensor:
    """The mean of each scale × scale block, without any resampling of the course's."""
    n, c, height, width = hr.shape
    parts = hr.double().reshape(n, c, height // scale, scale, width // scale, scale)
    return parts.mean(dim=(3, 5))


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_lr_and_hr_of_a_pair_show_the_same_place(tmp_path, scale):
    patches = Patches([ramps(tmp_path)], scale, channels=3, patch=7)
    lr, hr = patches.batch(200, np.random.default_rng(0))
    assert lr.dtype == hr.dtype == torch.uint8
    assert lr.shape == (200, 3, 7, 7)
    assert hr.shape == (200, 3, 7 * scale, 7 * scale)
    # A shift by one LR pixel would change R or G by 2 · scale, one HR pixel by 2.
    assert (blocks(hr, scale) - lr).abs().max() <= 1
    # Turned and flipped: where R and G grow to, eight ways in all, each about as often.
    steps = [lr[:, 0, 3, 4] * 1.0 - lr[:, 0, 3, 2], lr[:, 0, 4, 3] * 1.0 - lr[:, 0, 2, 3]]
    steps += [lr[:, 1, 3, 4] * 1.0 - lr[:, 1, 3, 2], lr[:, 1, 4, 3] * 1.0 - lr[:, 1, 2, 3]]
    ways, counts = torch.stack(steps, 1).sign().unique(dim=0, return_counts=True)
    assert len(ways) == 8
    assert counts.min() > 10
    # Any place can be drawn, up to the last.
    corners = torch.stack([hr[:, :2].amin((2, 3)), hr[:, :2].amax((2, 3))])
    assert corners[0].min() <= 2 * scale
    assert corners[1, :, 0].max() >= 2 * (104 - 2 * scale)


def test_luma_patches_are_the_luma_of_the_picture(tmp_path):
    file = tmp_path / "cat.png"
    images.save(file, CAT[:16, :16])
    patches = Patches([file], 2, channels=1, patch=8)  # the whole picture, eight ways
    lr, hr = patches.batch(80, np.random.default_rng(1))
    assert lr.shape == (80, 1, 8, 8)
    assert hr.shape == (80, 1, 16, 16)
    expected = images.luma(images.load(file)) * 255
    ways = [np.rot90(e, k) for e in (expected, expected[:, ::-1]) for k in range(4)]
    errors = np.array([[np.abs(patch[0].numpy() - way).max() for way in ways] for patch in hr])
    assert errors.min(axis=1).max() <= 0.5  # each is one of the eight, rounded
    assert set(errors.argmin(axis=1)) == set(range(8))


def test_pictures_are_drawn_in_proportion_to_their_area(tmp_path):
    for name, height, width, level in (("a", 40, 40, 0), ("b", 40, 80, 100), ("c", 80, 80, 200)):
        images.save(tmp_path / f"{name}.png", np.full((height, width), level, np.uint8))
    patches = Patches(images.picture_files([tmp_path]), 2, channels=3, patch=4)
    lr, _ = patches.batch(2800, np.random.default_rng(2))
    levels, counts = lr[:, 0, 0, 0].unique(return_counts=True)
    assert levels.tolist() == [0, 100, 200]
    # Shares 1 : 2 : 4 of 2800; the deviation of each count is at most 27.
    assert counts.tolist() == pytest.approx([400, 800, 1600], abs=90)


def test_pictures_smaller_than_a_patch_are_left_out(pictures):
    images.save(pictures / "dot.png", np.zeros((1, 1), np.uint8))
    images.save(pictures / "thin.png", np.zeros((11, 500), np.uint8))
    assert len(Patches(images.picture_files([pictures]), 2, 1, patch=6).pairs) == 2
    with pytest.raises(ValueError, match="images: none is as large as a patch, 400 pixels"):
        Patches(images.picture_files([pictures]), 4, 1, patch=100)


@pytest.mark.parametrize("kind", ["grey", "rgba", "deep"])
def test_pictures_of_every_kind_are_read_as_8_bit_rgb(tmp_path, kind):
    colour = CAT[:30, :30]
    alpha = np.linspace(0, 255, 900).reshape(30, 30, 1).astype(np.uint8)
    picture = {
        "grey": colour[..., 0],
        "rgba": np.concatenate([colour, alpha], axis=2),
        "deep": colour * np.uint16(257),
    }[kind]
    images.save(tmp_path / "p.png", picture)
    ((lr, hr),) = Patches([tmp_path / "p.png"], 3, channels=3, patch=4).pairs
    np.testing.assert_array_equal(hr, images.to_uint8(images.rgb(picture)))
    assert lr.shape == (10, 10, 3)


# A run


def batches(recipe: Recipe, files: list[Path], steps: int) -> tuple[list, list[float]]:
    run = Run(recipe, CPU)
    patches = Patches(files, recipe.scale, 1, recipe.patch)
    drawn, draw = [], patches.batch
    patches.batch = lambda size, rng: drawn.append(draw(size, rng)) or drawn[-1]
    losses = [run.advance(patches) for _ in range(steps)]
    return drawn, losses


def test_a_run_depends_on_its_seed_alone(pictures):
    files = images.picture_files([pictures])
    torch.manual_seed(99)
    first, losses = batches(TINY, files, 3)
    torch.manual_seed(7)
    second, again = batches(TINY, files, 3)
    assert losses == again
    for (a, b), (c, d) in zip(first, second, strict=True):
        assert torch.equal(a, c)
        assert torch.equal(b, d)
    assert not torch.equal(first[0][0], first[1][0])  # each step draws anew
    other, different = batches(replace(TINY, seed=1), files, 3)
    assert not torch.equal(first[0][0], other[0][0])
    assert losses != different


def test_each_loss_is_what_it_is_called(pictures):
    files = images.picture_files([pictures])
    for loss, formula in (("l1", torch.abs), ("mse", torch.square)):
        run = Run(replace(TINY, loss=loss), CPU)
        lr, hr = Patches(files, 2, 1, 6).batch(3, np.random.default_rng([0, 0]))
        with torch.no_grad():
            expected = formula(run.model(lr / 255) - hr / 255).mean().item()
        assert run.advance(Patches(files, 2, 1, 6)) == pytest.approx(expected, rel=1e-5)


def test_the_average_follows_the_weights_slower_and_slower(pictures):
    run = Run(replace(TINY, ema=0.4), CPU)
    patches = Patches(images.picture_files([pictures]), 2, 1, 6)
    expected = {k: v.clone() for k, v in run.model.state_dict().items()}
    for step in range(1, 6):
        run.advance(patches)
        decay = min(0.4, (1 + step) / (10 + step))
        for name, now in run.model.state_dict().items():
            expected[name] = decay * expected[name] + (1 - decay) * now
    for name, mean in run.ema.state_dict().items():
        torch.testing.assert_close(mean, expected[name], atol=1e-7, rtol=1e-5)


def test_a_short_run_learns(pictures, out):
    recipe = replace(TINY, steps=120, batch=8, patch=8, lr=2e-3)
    done = train(recipe, [pictures], out, validation=pictures, device="cpu", every=10)
    first, last = done["history"][0], done["history"][-1]
    assert [entry["step"] for entry in done["history"]] == list(range(10, 121, 10))
    assert last["loss"] < 0.5 * first["loss"]
    assert last["psnr"] > first["psnr"] + 3
    assert done["step"] == 120

    # What is written is what was measured, with how it was made.
    model = zoo.build("fsrcnn", 2)
    model.load_state_dict(load_file(out))
    assert validate(model, pictures, 2) == pytest.approx(last["psnr"], abs=1e-4)
    with safe_open(out, "pt") as file:
        about = json.loads(file.metadata()["training"])
    assert about == json.loads(json.dumps(done))
    assert about["recipe"]["model"] == "fsrcnn"
    assert about["device"] == "cpu"
    assert about["torch"] == torch.__version__
    assert about["precision"] == "float32"
    count = len(images.picture_files([pictures]))
    assert about["data"] == {"folders": [pictures.name], "pictures": count}
    assert about["origin"] is None
    assert zoo.training(out) == about
    save_file({"x": torch.zeros(1)}, out)
    assert zoo.training(out) is None


def test_weights_say_which_run_they_began_with(pictures, tmp_path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    begun = train(TINY, [pictures], first, device="cpu")
    train(TINY, [pictures], second, init=first, device="cpu", minutes=1e-9)
    train(TINY, [pictures], second, device="cpu", resume=True)
    about = zoo.training(second)
    assert about["origin"] == json.loads(json.dumps(begun))
    assert zoo.lineage(about) == [about, zoo.training(first)]
    assert zoo.lineage(zoo.training(first)) == [zoo.training(first)]


def test_half_precision_computes_in_it_and_keeps_the_weights_whole(monkeypatch):
    seen = []
    monkeypatch.setitem(loop.LOSSES, "mse", lambda a, b: seen.append(a) or F.mse_loss(a, b))
    run = Run(TINY, CPU, torch.bfloat16)
    lr, hr = torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.zeros(2, 1, 16, 16)
    run.advance(SimpleNamespace(batch=lambda *_: (lr + 99, hr)))
    torch.testing.assert_close(seen[0], seen[0].bfloat16().float(), rtol=0, atol=0)
    assert all(p.dtype is torch.float32 for p in run.model.parameters())


def test_precisions():
    assert loop.choose_precision("auto", CPU) is torch.float32
    assert loop.choose_precision("auto", torch.device("cuda")) is torch.bfloat16
    assert loop.choose_precision("bfloat16", CPU) is torch.bfloat16
    with pytest.raises(ValueError, match="precision is 'half'; accepted: auto, float32, bfloat16"):
        loop.choose_precision("half", CPU)


def test_validate_is_the_protocols_psnr(pictures):
    model = zoo.build("edsr-mini", 2)
    named = [(f.stem, images.load(f)) for f in images.picture_files([pictures])]
    expected = metrics.evaluate(lambda lr, s: enlarge(model, lr), named, 2)["mean"]["psnr"]
    assert validate(model, pictures, 2) == pytest.approx(expected, abs=1e-9)


# Stopping and going on


@pytest.mark.parametrize(
    ("model", "optimiser", "steps"),
    [
        ("fsrcnn", "adam", 6),
        ("edsr-mini", "adam", 6),
        ("fsrcnn", "soap", 12),
        ("fsrcnn", "soap", 24),
    ],
)
def test_a_resumed_run_is_bit_for_bit_one_that_never_stopped(
    pictures, tmp_path, monkeypatch, model, optimiser, steps
):
    recipe = replace(TINY, model=model, optimiser=optimiser, steps=steps)
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole, parts = tmp_path / "whole/n.safetensors", tmp_path / "parts/n.safetensors"
    straight = train(recipe, [pictures], whole, device="cpu", every=3)
    with monkeypatch.context() as patch:
        interrupted_at(steps // 2, patch)
        stopped = train(recipe, [pictures], parts, device="cpu", every=3)
    assert stopped["step"] == steps // 2
    assert not same(whole, parts)
    resumed = train(recipe, [pictures], parts, device="cpu", resume=True, every=3)
    assert resumed["step"] == steps
    for key in ("step", "loss"):
        assert [e[key] for e in resumed["history"]] == [e[key] for e in straight["history"]]
    assert same(whole, parts)
    for file in sorted(whole.with_suffix(".ckpt").glob("*.safetensors")):
        assert same(file, parts.with_suffix(".ckpt") / file.name)


def test_ctrl_c_leaves_a_checkpoint_and_usable_weights(pictures, out, monkeypatch, capsys):
    interrupted_at(2, monkeypatch)
    done = train(TINY, [pictures], out, device="cpu")
    assert "stopped at step 2; go on with --resume" in capsys.readouterr().out
    assert done["step"] == 2
    tensors, state = checkpoint.read(out.with_suffix(".ckpt"))
    assert state["step"] == 2
    zoo.build("fsrcnn", 2).load_state_dict(load_file(out))
    assert torch.equal(tensors["ema.deconv.weight"], load_file(out)["deconv.weight"])


@pytest.mark.parametrize("step", [3, 6])
def test_ctrl_c_while_validating_loses_no_entry(pictures, tmp_path, monkeypatch, step):
    def run(name, **options):
        (tmp_path / name).mkdir(exist_ok=True)
        out = tmp_path / name / "n.safetensors"
        done = train(TINY, [pictures], out, device="cpu", every=3, validation=pictures, **options)
        return [(e["step"], e["loss"], e["psnr"]) for e in done["history"]]

    def pressed(model, folder, scale):
        calls.append(1)
        if len(calls) == step // 3:
            raise KeyboardInterrupt
        return validate(model, folder, scale)

    calls: list[int] = []
    straight = run("whole")
    with monkeypatch.context() as patch:
        patch.setattr(loop, "validate", pressed)
        assert run("parts") == straight[: step // 3 - 1]
    assert run("parts", resume=True) == straight
    assert [number for number, *_ in straight] == [3, 6]


def test_ctrl_c_before_the_first_step_can_be_resumed(pictures, out, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_at(0, patch)
        assert train(TINY, [pictures], out, device="cpu")["step"] == 0
    assert train(TINY, [pictures], out, device="cpu", resume=True)["step"] == 6


def test_ctrl_c_amid_an_update_waits_for_its_end(pictures, tmp_path, monkeypatch):
    """A real signal, after half of the parameters have moved."""
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    whole, parts = tmp_path / "whole/n.safetensors", tmp_path / "parts/n.safetensors"
    train(TINY, [pictures], whole, device="cpu")
    steps, step = [], torch.optim.Adam.step

    def pressed(self, *args, **kwargs):
        steps.append(1)
        if len(steps) == 4:
            os.kill(os.getpid(), signal.SIGINT)
        return step(self, *args, **kwargs)

    # A shell that starts the tests in the background has Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(torch.optim.Adam, "step", pressed)
            assert train(TINY, [pictures], parts, device="cpu")["step"] == 4
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    train(TINY, [pictures], parts, device="cpu", resume=True)
    assert same(whole, parts)


def test_a_run_works_outside_the_main_thread(pictures, out):
    done = []
    thread = threading.Thread(
        target=lambda: done.append(train(TINY, [pictures], out, device="cpu"))
    )
    thread.start()
    thread.join()
    assert done[0]["step"] == 6


def test_minutes_stop_a_run_which_can_go_on(pictures, out):
    assert train(TINY, [pictures], out, device="cpu", minutes=1e-9)["step"] == 1
    again = train(TINY, [pictures], out, device="cpu", minutes=1e-9, resume=True)
    assert again["step"] == 2
    assert train(TINY, [pictures], out, device="cpu", minutes=60, resume=True)["step"] == 6


def test_a_run_is_not_overwritten_by_a_new_one(pictures, out):
    train(replace(TINY, steps=2), [pictures], out, device="cpu")
    before = out.read_bytes()
    with pytest.raises(ValueError, match=r"net\.ckpt holds a run; resume it"):
        train(TINY, [pictures], out, device="cpu")
    shutil.rmtree(out.with_suffix(".ckpt"))
    with pytest.raises(ValueError, match=r"out: .*net\.safetensors exists already"):
        train(TINY, [pictures], out, device="cpu")
    assert out.read_bytes() == before


def test_a_run_is_not_resumed_to_fewer_steps_than_it_has(pictures, out):
    train(TINY, [pictures], out, device="cpu")
    before = out.read_bytes()
    with pytest.raises(ValueError, match="steps is 4; the checkpoint is at 6 already"):
        train(replace(TINY, steps=4), [pictures], out, device="cpu", resume=True)
    assert out.read_bytes() == before


def test_a_run_can_be_resumed_to_more_steps_but_by_no_other_recipe(pictures, out):
    train(TINY, [pictures], out, device="cpu")
    longer = replace(TINY, steps=8)
    assert train(longer, [pictures], out, device="cpu", resume=True)["step"] == 8
    other = replace(TINY, lr=0.5, scale=3)
    with pytest.raises(ValueError, match=r"resume: .*net\.ckpt was made with another scale, lr"):
        train(other, [pictures], out, device="cpu", resume=True)


# Settings of one's own


def test_settings_change_the_recipe_and_what_else_the_network():
    recipe = changed(
        RECIPES["btsrn-mini-x2"],
        ["loss=l1", "lr=0.5", "batch=3", "milestones=0.5,0.9", "slow=head.", "lr_blocks=7"],
    )
    assert (recipe.loss, recipe.lr, recipe.batch, recipe.slow) == ("l1", 0.5, 3, "head.")
    assert recipe.milestones == (0.5, 0.9)
    assert recipe.options == {"lr_blocks": 7}
    assert changed(recipe, ["res_scale=1e-1"]).options == {"lr_blocks": 7, "res_scale": 0.1}
    assert RECIPES["btsrn-mini-x2"].options == {}
    run = Run(changed(RECIPES["btsrn-mini-x2"], ["lr_blocks=7", "hr_blocks=2"]), CPU)
    assert (len(run.model.lr_stage), len(run.model.hr_stage)) == (7, 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("loss", "set is 'loss'; accepted: NAME=VALUE"),
        ("=3", "set is '=3'; accepted"),
        ("lr=", "set is 'lr='; accepted"),
        ("scale=3", "set is 'scale=3'; accepted"),
        ("lr=fast", "set is 'lr=fast'; its value is not a number"),
        ("batch=2.5", "set is 'batch=2.5'; its value is not a number"),
        ("lr_blocks=many", "set is 'lr_blocks=many'; its value is not a number"),
    ],
)
def test_settings_of_another_form_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        changed(RECIPES["btsrn-mini-x2"], [setting])


def test_an_option_that_the_network_lacks_is_refused():
    with pytest.raises(ValueError, match=r"options of fsrcnn: .*lr_blocks"):
        Run(changed(TINY, ["lr_blocks=7"]), CPU)


def test_weights_of_a_changed_network_load_as_such(pictures, out):
    recipe = replace(TINY, model="btsrn-mini", options={"lr_blocks": 1, "hr_blocks": 0}, steps=1)
    train(recipe, [pictures], out, device="cpu")
    assert len(zoo.load_trained(out).lr_stage) == 1


# Weights to start from


def test_start_from_copies_what_fits_into_another_scale(tmp_path):
    torch.manual_seed(3)
    given = zoo.build("edsr-mini", 2).state_dict()
    save_file({k: v.half() for k, v in given.items()}, tmp_path / "x2.safetensors")
    run = Run(Recipe("edsr-mini", 3, steps=1), CPU)
    fresh = {k: v.clone() for k, v in run.model.state_dict().items()}
    run.start_from(tmp_path / "x2.safetensors")
    for model in (run.model, run.ema):
        for name, tensor in model.state_dict().items():
            wider = name.startswith("tail.0.0")  # 9 · 32 channels where ×2 has 4 · 32
            assert torch.equal(tensor, fresh[name] if wider else given[name].half().float()), name


def test_a_start_that_is_no_recipe_is_refused(pictures, out):
    with pytest.raises(
        ValueError, match="init: the weights of nonsense, to start from, are neither"
    ):
        train(changed(TINY, ["init=nonsense"]), [pictures], out, device="cpu")


def test_start_from_refuses_another_networks_weights(tmp_path):
    run = Run(TINY, CPU)
    save_file(zoo.build("edsr-mini", 2).state_dict(), tmp_path / "edsr.safetensors")
    with pytest.raises(ValueError, match=r"init: .*edsr\.sa.* is of another network than fsrcnn"):
        run.start_from(tmp_path / "edsr.safetensors")
    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"junk\.safetensors is not a safetensors file"):
        run.start_from(tmp_path / "junk.safetensors")


def test_a_recipe_that_names_its_start_takes_it(pictures, out, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    monkeypatch.setattr(zoo, "weights_file", lambda n, s: shipped / f"{n}-x{s}.safetensors")
    recipe = replace(TINY, scale=3, init="fsrcnn-x2", steps=1, lr=1e-9)
    with pytest.raises(ValueError, match=r"init: the weights of fsrcnn-x2, .* neither .* nor ship"):
        train(recipe, [pictures], out, device="cpu")

    def weights(file: Path) -> torch.Tensor:
        save_file(zoo.build("fsrcnn", 2).state_dict(), file)
        return load_file(file)["extract.0.weight"]

    def started(name: str, **options: Path) -> torch.Tensor:
        train(recipe, [pictures], out.with_stem(name), device="cpu", **options)
        return load_file(out.with_stem(name))["extract.0.weight"]

    torch.manual_seed(1)
    ships = weights(shipped / "fsrcnn-x2.safetensors")
    torch.testing.assert_close(started("one"), ships, atol=1e-6, rtol=0)
    beside = weights(out.with_name("fsrcnn-x2.safetensors"))
    torch.testing.assert_close(started("two"), beside, atol=1e-6, rtol=0)
    given = weights(tmp_path / "given.safetensors")
    own = started("three", init=tmp_path / "given.safetensors")
    torch.testing.assert_close(own, given, atol=1e-6, rtol=0)
    assert not torch.allclose(ships, beside)


# Checkpoints


def test_checkpoints_are_cut_into_files_below_the_limit(tmp_path, monkeypatch):
    assert checkpoint.LIMIT == 15 * 2**20
    monkeypatch.setattr(checkpoint, "LIMIT", 6000)
    tensors = {f"a.long.name.of.a.layer.{n}": torch.rand(300) for n in range(12)}
    tensors |= {"strided": torch.rand(20, 30).t(), "scalar": torch.tensor(3.0)}
    checkpoint.write(tmp_path / "c", tensors, {"step": 5})
    files = sorted((tmp_path / "c").glob("*.safetensors"))
    assert len(files) >= 3
    assert max(f.stat().st_size for f in files) <= 6000
    found, state = checkpoint.read(tmp_path / "c")
    assert state == {"step": 5}
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[k], tensors[k]) for k in tensors)
    # A smaller one leaves no file of the larger behind.
    checkpoint.write(tmp_path / "c", {"one": torch.ones(1)}, {"step": 6})
    assert sorted(p.name for p in (tmp_path / "c").iterdir()) == ["000.safetensors", "state.json"]
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def full_disk(monkeypatch, after: int = 0):
    """Writes fail, having written a little, after `after` files have been written."""
    write, written = Path.write_bytes, []

    def fails(self, data):
        written.append(self)
        if len(written) <= after:
            return write(self, data)
        write(self, data[:20])
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", fails)


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_leaves_the_old_checkpoint_and_weights_whole(pictures, out, monkeypatch, after):
    train(TINY, [pictures], out, device="cpu")
    files = sorted(p.relative_to(out.parent) for p in out.parent.rglob("*"))
    weights = out.read_bytes()
    with monkeypatch.context() as patch:
        full_disk(patch, after)
        with pytest.raises(OSError, match="No space left"):
            train(replace(TINY, steps=8), [pictures], out, device="cpu", resume=True)
    assert sorted(p.relative_to(out.parent) for p in out.parent.rglob("*")) == files
    assert out.read_bytes() == weights
    # With after = 1 the new checkpoint was whole before the weights failed.
    assert checkpoint.read(out.with_suffix(".ckpt"))[1]["step"] == (8 if after else 6)
    assert train(replace(TINY, steps=8), [pictures], out, device="cpu", resume=True)["step"] == 8


def test_a_checkpoint_cut_off_between_its_two_renames_is_found(tmp_path, monkeypatch):
    folder = tmp_path / "c"
    checkpoint.write(folder, {"x": torch.zeros(1)}, {"step": 1})
    rename = Path.rename

    def cut(self, target):
        if self.name.endswith(".part"):
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut)
        with pytest.raises(KeyboardInterrupt):
            checkpoint.write(folder, {"x": torch.ones(1)}, {"step": 2})
    assert not folder.exists()
    assert checkpoint.read(folder)[1] == {"step": 1}

    # The next write must not take the old one away before the new one is in its place.
    def watched(self, target):
        if self.name.endswith(".part"):
            assert checkpoint.read(folder)[1] == {"step": 1}
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", watched)
        checkpoint.write(folder, {"x": torch.ones(1)}, {"step": 3})
    assert checkpoint.read(folder)[1] == {"step": 3}
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_a_missing_or_damaged_checkpoint_is_one_clear_error(pictures, out):
    with pytest.raises(ValueError, match=r"resume: there is no checkpoint in .*net\.ckpt"):
        train(TINY, [pictures], out, device="cpu", resume=True)
    train(TINY, [pictures], out, device="cpu")
    folder = out.with_suffix(".ckpt")
    for name in ("000.safetensors", "state.json"):
        shutil.copytree(folder, folder.with_name("saved"))
        (folder / name).write_bytes((folder / name).read_bytes()[:50])
        with pytest.raises(ValueError, match=r"resume: the checkpoint in .*net\.ckpt is damaged"):
            train(TINY, [pictures], out, device="cpu", resume=True)
        shutil.rmtree(folder)
        folder.with_name("saved").rename(folder)
    (folder / "000.safetensors").unlink()
    with pytest.raises(ValueError, match=r"net\.ckpt is damaged: .*state_dict for FSRCNN"):
        train(TINY, [pictures], out, device="cpu", resume=True)
    (folder / "state.json").write_text("{}")
    with pytest.raises(ValueError, match=r"net\.ckpt is damaged: 'recipe'"):
        train(TINY, [pictures], out, device="cpu", resume=True)


# Bad input


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("steps=0", "steps is 0; it must be a whole number from 1"),
        ("batch=0", "batch is 0; it must be a whole number from 1"),
        ("patch=-3", "patch is -3; it must be a whole number from 1"),
        ("seed=-1", "seed is -1; it must be a whole number from 0"),
        ("lr=nan", "lr is nan; it must be positive"),
        ("lr=-1", "lr is -1.0; it must be positive"),
        ("drop=0", "drop is 0.0; it must be positive"),
        ("ema=1", "ema is 1.0; it must be from 0 to below 1"),
        ("ema=nan", "ema is nan; it must be from 0 to below 1"),
    ],
)
def test_a_recipe_refuses_numbers_out_of_range(setting, message):
    with pytest.raises(ValueError, match=message):
        changed(TINY, [setting])


def test_devices(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == CPU
    with pytest.raises(ValueError, match="device is 'cuda', but this machine has no CUDA GPU"):
        choose_device("cuda")
    with pytest.raises(ValueError, match="device is 'tpu'; accepted: auto, cpu, cuda"):
        choose_device("tpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == choose_device("cuda") == torch.device("cuda")
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize(
    ("recipe", "options", "message"),
    [
        (TINY, {"folders": ["empty"]}, "images: .*empty holds no picture"),
        (TINY, {"folders": ["missing"]}, "images: .*missing is not a folder"),
        (replace(TINY, patch=99), {}, "images: none is as large as a patch, 198 pixels a side"),
        (TINY, {"validation": "missing"}, "images: .*missing is not a folder"),
        (TINY, {"validation": "empty"}, "images: .*empty holds no picture"),
        (TINY, {"out": "missing/n.safetensors"}, "out: .*missing is not a folder"),
        (TINY, {"out": "n.ckpt"}, r"out is 'n\.ckpt'; its ending must be \.safetensors"),
        (TINY, {"out": "n"}, r"out is 'n'; its ending must be \.safetensors"),
        (TINY, {"every": 0}, "every is 0; it must be a whole number from 1"),
        (TINY, {"minutes": 0}, "minutes is 0; it must be positive"),
        (TINY, {"minutes": float("nan")}, "minutes is nan; it must be positive"),
        (TINY, {"device": "gpu"}, "device is 'gpu'; accepted: auto, cpu, cuda"),
        (replace(TINY, slow="xyz"), {}, "slow is 'xyz'; no parameter's name begins so"),
        (replace(TINY, options={"m": -1}), {}, "options of fsrcnn: m is -1; it must be positive"),
        (replace(TINY, options={"d": 0}), {}, "options of fsrcnn: d is 0; it must be positive"),
        (replace(TINY, loss="huber"), {}, "loss is 'huber'; accepted: l1, mse"),
        (replace(TINY, optimiser="sgd"), {}, "optimiser is 'sgd'; accepted: adam, soap"),
        (replace(TINY, model="fsrcn"), {}, "model is 'fsrcn'; did you mean 'fsrcnn'"),
        (replace(TINY, scale=5), {}, "scale is 5; fsrcnn is built for 2, 3, 4"),
    ],
)
def test_train_refuses_before_it_begins(pictures, tmp_path, monkeypatch, recipe, options, message):
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(Run, "advance", lambda *_: pytest.fail("training began"))
    options = {"device": "cpu", "out": "n.safetensors"} | options
    for key in ("out", "validation"):
        if key in options:
            options[key] = tmp_path / options[key]
    folders = [tmp_path / name for name in options.pop("folders", ["pictures"])]
    with pytest.raises(ValueError, match=message):
        train(recipe, folders, options.pop("out"), **options)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "pictures"]


def test_a_damaged_validation_picture_shows_before_training(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(Run, "advance", lambda *_: pytest.fail("training began"))
    other = tmp_path / "other"
    shutil.copytree(pictures, other)
    (other / "zz.png").write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"zz\.png' is not a picture"):
        train(TINY, [pictures], tmp_path / "n.safetensors", validation=other, device="cpu")
    images.save(other / "zz.png", CAT[:1, :1])
    with pytest.raises(ValueError, match=r"validation: .*zz\.png: image is 1×1, smaller than"):
        train(TINY, [pictures], tmp_path / "n.safetensors", validation=other, device="cpu")


def test_a_folder_that_cannot_be_written_to_shows_before_training(pictures, monkeypatch):
    monkeypatch.setattr(Run, "advance", lambda *_: pytest.fail("training began"))
    with pytest.raises(OSError, match="/proc"):
        train(TINY, [pictures], Path("/proc/n.safetensors"), device="cpu")


def test_training_imports_only_what_a_bare_machine_has():
    code = "import sys, srcourse.training.loop; print(' '.join(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    roots = {name.split(".")[0] for name in found.stdout.split()}
    assert {"torch", "numpy", "PIL", "safetensors", "tqdm", "srcourse"} <= roots
    ours = "skimage scipy av pooch typer matplotlib IPython ipywidgets anywidget tifffile"
    assert roots.isdisjoint(ours.split())
