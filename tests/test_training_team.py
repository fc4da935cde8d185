"""srcourse.training.team: two processes train as one with the doubled batch would."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from srcourse import images, zoo
from srcourse.training.loop import train
from srcourse.training.recipes import RECIPES
from srcourse.training.team import ALONE, team

WORKER = """
import sys
from dataclasses import replace
from pathlib import Path
import torch
from srcourse.training.loop import train
from srcourse.training.recipes import RECIPES
torch.set_num_threads(1)
pictures, out, model, minutes = sys.argv[1:]
recipe = replace(RECIPES[model], steps=6, batch=3, patch=8, optimiser="adam", lr=1e-3)
train(recipe, [Path(pictures)], Path(out), validation=Path(pictures), device="cpu", every=2,
      minutes=float(minutes) or None)
"""


def torchrun(*words: object) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    subprocess.run([*command, *map(str, words)], check=True, env=environment, timeout=240)


@pytest.mark.parametrize("model", ["fsrcnn-x2", "selnet-mini-x2"])
def test_two_processes_are_one_with_the_doubled_batch(tmp_path, one_thread, model):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    images.save(pictures / "cat.png", images.sample("chelsea")[80:160, 100:190])
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    two, one = tmp_path / "two.safetensors", tmp_path / "one.safetensors"
    torchrun(worker, pictures, two, model, 0)
    # By Adam: SOAP's first steps make as much of a rounding as of a gradient.
    recipe = replace(RECIPES[model], steps=6, batch=6, patch=8, optimiser="adam", lr=1e-3)
    train(recipe, [pictures], one, device="cpu")
    expected = load_file(one)
    for name, tensor in load_file(two).items():
        torch.testing.assert_close(tensor, expected[name], atol=1e-5, rtol=1e-4)
    # ... and not as one with the single batch
    train(replace(recipe, batch=3), [pictures], tmp_path / "less.safetensors", device="cpu")
    less = load_file(tmp_path / "less.safetensors")
    assert max(float((less[n] - expected[n]).abs().max()) for n in expected) > 1e-4
    about = zoo.training(two)
    assert [entry["step"] for entry in about["history"]] == [2, 4, 6]
    assert all("psnr" in entry for entry in about["history"])
    assert sorted(f.name for f in tmp_path.glob("two*")) == ["two.ckpt", "two.safetensors"]


def test_a_limit_in_minutes_stops_both(tmp_path):
    images.save(tmp_path / "cat.png", images.sample("chelsea")[80:160, 100:190])
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    out = tmp_path / "two.safetensors"
    torchrun(worker, tmp_path, out, "fsrcnn-x2", 1e-9)
    assert zoo.training(out)["step"] == 1


def test_without_torchrun_it_is_alone(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    network = torch.nn.Linear(1, 1)
    with team(torch.device("cpu")) as crew:
        assert crew is ALONE
        assert crew.leads
        assert crew.wrap(network) is network
        assert [crew.any(x, torch.device("cpu")) for x in (True, False)] == [True, False]
