"""The training loop."""

import json
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from srcourse import zoo
from srcourse.images import load, picture_files
from srcourse.metrics import evaluate, make_lr
from srcourse.models.picture import enlarge
from srcourse.training import checkpoint, growth
from srcourse.training.patches import Patches
from srcourse.training.recipes import Recipe
from srcourse.training.soap import SOAP
from srcourse.training.state import TrainingState
from srcourse.training.team import ALONE, Team, team

LOSSES = {"l1": F.l1_loss, "mse": F.mse_loss}
OPTIMISERS = {"adam": torch.optim.Adam, "soap": SOAP}


def learning_rate(recipe: Recipe, step: int) -> float:
    """The rate at `step`: `lr`, dropped at each milestone."""
    passed = sum(step >= share * recipe.steps for share in recipe.milestones)
    return recipe.lr * recipe.drop**passed


def choose_device(device: str) -> torch.device:
    """``"auto"`` is a CUDA GPU where there is one, else the CPU."""
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device is {device!r}; accepted: auto, cpu, cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("device is 'cuda', but this machine has no CUDA GPU that torch can use")
    return torch.device("cuda" if device != "cpu" and torch.cuda.is_available() else "cpu")


@contextmanager
def undivided() -> Iterator[None]:
    """Hold Ctrl-C back to the end of the block, so that no update is left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[bool] = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        signal.raise_signal(signal.SIGINT)


def choose_precision(precision: str, device: torch.device) -> torch.dtype:
    """``"auto"`` computes in bfloat16 on a GPU and in float32 on the CPU."""
    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    known["auto"] = torch.bfloat16 if device.type == "cuda" else torch.float32
    if precision not in known:
        raise ValueError(f"precision is {precision!r}; accepted: auto, float32, bfloat16")
    return known[precision]


class Run(TrainingState):
    """One training run: the network, its averaged twin, the optimiser, and where it stands."""

    def __init__(
        self,
        recipe: Recipe,
        device: torch.device,
        precision: torch.dtype = torch.float32,
        team: Team = ALONE,
    ):
        if recipe.loss not in LOSSES:
            raise ValueError(f"loss is {recipe.loss!r}; accepted: {', '.join(LOSSES)}")
        if recipe.optimiser not in OPTIMISERS:
            raise ValueError(
                f"optimiser is {recipe.optimiser!r}; accepted: {', '.join(OPTIMISERS)}"
            )
        torch.manual_seed(recipe.seed)
        self.recipe, self.device, self.precision, self.team = recipe, device, precision, team
        self.model = zoo.build(recipe.model, recipe.scale, **recipe.options).to(device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema = deepcopy(self.model).requires_grad_(False)
        self.network = team.wrap(self.model)
        self.optimiser = OPTIMISERS[recipe.optimiser](self._groups(), lr=recipe.lr)
        self.step, self.seconds = 0, 0.0
        self.history: list[dict] = []
        self.losses: list[float] = []
        self.data: dict = {}  # the folders, and how many pictures of theirs
        self.origin: dict | None = None  # the run that made the weights this one began with

    def _groups(self) -> list[dict[str, Any]]:
        """What learns at the full rate, then what learns at a tenth of it."""
        slow = self.recipe.slow
        groups: list[dict[str, Any]] = [
            {"params": [], "share": share} for share in ((1.0, 0.1) if slow else (1.0,))
        ]
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                groups[bool(slow and name.startswith(slow))]["params"].append(parameter)
        if not groups[-1]["params"]:
            raise ValueError(f"slow is {slow!r}; no parameter's name begins so")
        return groups

    def start_from(self, weights: Path) -> None:
        """Begin with the tensors of `weights` whose name and shape fit: another scale's body. A
        smaller EDSR's grow into this one.

        Raises ValueError where it is no such file, and where most do not fit: another network.
        """
        own = self.model.state_dict()
        given = zoo.read_weights(weights)
        if growth.smaller(given, own):
            given = growth.grown(given, own)
        fitting = {k: v for k, v in given.items() if k in own and v.shape == own[k].shape}
        if 2 * len(fitting) < len(own):
            raise ValueError(
                f"init: {weights} is of another network than {self.recipe.model}; "
                f"{len(fitting)} of {len(own)} tensors fit"
            )
        self.model.load_state_dict(own | fitting)
        self.ema.load_state_dict(own | fitting)
        self.origin = zoo.training(weights)

    def advance(self, patches: Patches) -> float:
        """One step; returns the loss of this process's part. Seed and step choose the batch."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, self.step])
        mine = slice(self.team.rank, None, self.team.size)
        drawn = patches.batch(recipe.batch * self.team.size, rng)
        lr, hr = (t[mine].to(self.device).float() / 255 for t in drawn)
        lr = lr.contiguous(memory_format=torch.channels_last)
        for group in self.optimiser.param_groups:
            group["lr"] = group["share"] * learning_rate(recipe, self.step)
        halved = self.precision is not torch.float32
        with torch.autocast(self.device.type, self.precision, enabled=halved):
            loss = LOSSES[recipe.loss](self.network(lr).float(), hr)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        # One hard batch must not undo a thousand: the usual norm is a quarter of this and less.
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        with undivided(), torch.no_grad():
            self.optimiser.step()
            self.step += 1
            self.average()
            self.losses.append(loss.item())
        return self.losses[-1]


def validate(model: nn.Module, folder: Path, scale: int) -> float:
    """Mean PSNR-Y (dB) of `model` on the pictures of `folder`, by the protocol."""
    model.eval()
    pictures = ((file.stem, load(file)) for file in picture_files([folder]))
    return evaluate(lambda lr, _: enlarge(model, lr), pictures, scale)["mean"]["psnr"]


def train(
    recipe: Recipe,
    folders: Sequence[Path],
    out: Path,
    *,
    validation: Path | None = None,
    init: Path | None = None,
    minutes: float | None = None,
    device: str = "auto",
    precision: str = "auto",
    resume: bool = False,
    every: int = 1000,
) -> dict:
    """Train by `recipe` on the pictures in `folders`; write the averaged weights to `out`.

    validation: a folder whose mean PSNR-Y is measured every `every` steps. init: weights to start
    from; where the recipe names some, those beside `out` or else those that ship. minutes: stop
    after so long, with a checkpoint to go on from. Ctrl-C does the same. precision: of the
    network's own arithmetic, ``"float32"`` or ``"bfloat16"``, which halves the time on a CPU that
    has instructions for it.
    resume: go on from the checkpoint beside `out` (`out` with the ending .ckpt); on the CPU, at the
    same thread count, the result is bit for bit that of a run that never stopped.

    Under torchrun it is one training by several processes, each with a batch of the recipe's size;
    there --minutes ends it cleanly, Ctrl-C only at the last checkpoint.

    Returns what is written into the weights' metadata (`zoo.training` reads it): recipe, step,
    seconds, device, precision, data, history, and the same of the run whose weights it began with.
    Raises ValueError for bad folders, files, device, precision, recipe, minutes or checkpoint.
    """
    out = Path(out)
    if not out.parent.is_dir():
        raise ValueError(f"out: {out.parent} is not a folder")
    if out.suffix != ".safetensors":
        raise ValueError(f"out is {out.name!r}; its ending must be .safetensors")
    if minutes is not None and not minutes > 0:
        raise ValueError(f"minutes is {minutes}; it must be positive")
    if every < 1:
        raise ValueError(f"every is {every}; it must be a whole number from 1")
    for file in picture_files([validation]) if validation else ():
        try:
            make_lr(load(file), recipe.scale)  # a bad one must not show only after `every` steps
        except ValueError as error:
            told = str(error)
            raise ValueError(told if str(file) in told else f"validation: {file}: {told}") from None
    begun = out.with_suffix(".ckpt")
    if begun.exists() and not resume:
        raise ValueError(f"out: {begun} holds a run; resume it, or give another out")
    if out.exists() and not resume:
        raise ValueError(f"out: {out} exists already; give another out")
    checkpoint.check_writable(out.parent)
    where = choose_device(device)
    with team(where) as crew:
        run = Run(recipe, where, choose_precision(precision, where), crew)
        if resume:
            run.restore(begun)
        elif init or recipe.init:
            run.start_from(init or _named_weights(str(recipe.init), out.parent))
        channels = int(run.model.channels)  # type: ignore[arg-type]
        patches = Patches(picture_files(folders), recipe.scale, channels, recipe.patch)
        run.data = {
            "folders": [Path(f).resolve().name for f in folders],
            "pictures": len(patches.pairs),
        }
        _advance(run, patches, out, validation, 60 * minutes if minutes else inf, every)
        return _write(run, out)


def _advance(
    run: Run, patches: Patches, out: Path, validation: Path | None, limit: float, every: int
) -> None:
    """Step to the recipe's end, for `limit` seconds, or until Ctrl-C."""
    recipe, crew = run.recipe, run.team
    began, before = time.monotonic(), run.seconds

    def due() -> bool:
        """Whether an entry is to be made now; Ctrl-C may have cut off the one that was."""
        return bool(run.losses) and (run.step % every == 0 or run.step == recipe.steps)

    with tqdm(
        total=recipe.steps,
        initial=run.step,
        desc=recipe.name,
        unit="step",
        disable=not crew.leads,
    ) as bar:
        try:
            while run.step < recipe.steps or due():
                if not due():
                    run.advance(patches)
                    run.seconds = before + time.monotonic() - began
                    bar.update()
                if due():
                    mean = sum(run.losses) / len(run.losses)
                    entry = {"step": run.step, "loss": mean, "seconds": round(run.seconds)}
                    if validation and crew.leads:
                        entry["psnr"] = validate(run.ema, validation, recipe.scale)
                    run.history.append(entry)
                    run.losses.clear()
                    bar.set_postfix({k: f"{v:.4g}" for k, v in entry.items() if k != "step"})
                    _write(run, out)
                late = time.monotonic() - began > limit
                if run.step < recipe.steps and crew.any(late, run.device):
                    break
        except KeyboardInterrupt:
            bar.write(f"stopped at step {run.step}; go on with --resume")


def _named_weights(name: str, folder: Path) -> Path:
    """The weights of the recipe `name`: those in `folder`, or else those that ship."""
    model, _, scale = name.rpartition("-x")
    for file in (folder / f"{name}.safetensors", zoo.weights_file(model, scale)):
        if file.is_file():
            return file
    raise ValueError(
        f"init: the weights of {name}, to start from, are neither in {folder} nor ship"
    )


def _write(run: Run, out: Path) -> dict:
    about = {
        "recipe": asdict(run.recipe),
        "step": run.step,
        "seconds": round(run.seconds),
        "device": run.device.type,
        "precision": str(run.precision).removeprefix("torch."),
        "torch": torch.__version__,
        "data": run.data,
        "history": run.history,
        "origin": run.origin,
    }
    if run.team.leads:
        run.save(out.with_suffix(".ckpt"))
        checkpoint.save_tensors(run.ema.state_dict(), out, {"training": json.dumps(about)})
    return about
