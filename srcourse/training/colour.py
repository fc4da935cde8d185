"""Trains a colorizer, with one of the three losses that Zhang, Isola and Efros 2016 compare."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import inf
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from srcourse.colorization.bins import bins, nearest, neighbours, rebalancing, smoothed
from srcourse.colorization.picture import in_colour
from srcourse.datasets import cifar10
from srcourse.images import load, picture_files, rgb, rgb_to_lab, to_uint8
from srcourse.models.colorful import AB_RANGE, Colorful, ColorfulRegression
from srcourse.resampling import imresize
from srcourse.training import checkpoint
from srcourse.training.loop import choose_device, choose_precision, undivided
from srcourse.training.state import TrainingState

LOSSES = ("regression", "classification", "rebalanced")


@dataclass(frozen=True)
class ColourRecipe:
    """How to train one colorizer.

    loss: ``"regression"`` (eq. 1), ``"classification"`` (eq. 2 with v = 1) or ``"rebalanced"``
    (eq. 2–4). width: channels of the first block. `batch` patches of `side` pixels, a multiple of
    8; from larger pictures cut at random after they were shrunk at random, at most until the
    smaller side is `side`. lr falls to 0 along a half cosine; ema is the decay of the averaged
    weights, which ship.
    """

    loss: str = "classification"
    width: int = 16
    steps: int = 10_000
    batch: int = 32
    side: int = 64
    lr: float = 1e-3
    ema: float = 0.999
    seed: int = 0


COLOUR_RECIPES = {
    # What ships. At the size of our training rebalancing, the paper's own choice, costs too much.
    "colorful-mini": ColourRecipe("classification"),
    "colorful-mini-rebalanced": ColourRecipe("rebalanced"),
    "colorful-mini-regression": ColourRecipe("regression"),
}


class Photographs:
    """Colour pictures kept as uint8, and random patches of them.

    folders: of picture files, or of CIFAR-10, whose training images are taken and enlarged to a
    patch where they are smaller. Of other pictures, the grey ones, those smaller than a patch of
    `side` pixels and those that also lie in `without` are left out. Raises ValueError where none
    is left.
    """

    def __init__(self, folders: Sequence[Path], side: int, without: Path | None = None):
        self.side = side
        self.pictures: list[np.ndarray] = []
        held = {_digest(file) for file in picture_files([without])} if without else set()
        for folder in folders:
            if _is_cifar10(folder):
                self.pictures += list(cifar10.read(folder).train.images)
                continue
            for file in tqdm(picture_files([folder]), "reading", unit="picture", leave=False):
                picture = load(file)
                small = min(picture.shape[:2]) < side
                if small or not in_colour(picture) or _digest(file) in held:
                    continue
                self.pictures.append(to_uint8(rgb(picture)))
        if not self.pictures:
            raise ValueError(
                f"images: none is in colour, {side} pixels large and not held back for validation"
            )

    def batch(self, size: int, rng: np.random.Generator) -> np.ndarray:
        """`size` random patches in Lab, float32 (size, side, side, 3), half of them mirrored."""
        patches = np.empty((size, self.side, self.side, 3), np.uint8)
        for place, number in enumerate(rng.integers(len(self.pictures), size=size)):
            patches[place] = self._patch(self.pictures[number], rng)
        lab = rgb_to_lab(patches.reshape(-1, self.side, 3))
        return lab.reshape(patches.shape).astype(np.float32)

    def _patch(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        smaller = min(picture.shape[:2])
        if smaller < self.side:
            picture = imresize(picture, self.side / smaller)
        elif smaller > self.side:
            # First cut, then shrink: the cut's side is between the patch's and the picture's.
            cut = int(rng.integers(self.side, smaller + 1))
            y, x = (int(rng.integers(n - cut + 1)) for n in picture.shape[:2])
            picture = picture[y : y + cut, x : x + cut]
            picture = imresize(picture, self.side / cut)
        picture = picture[: self.side, : self.side]
        return picture[:, ::-1] if rng.integers(2) else picture

    def prior(self, patches: int = 2000) -> np.ndarray:
        """How often each bin occurs, smoothed (section 2.2), from random patches: (Q,)."""
        rng = np.random.default_rng(0)
        counts = np.zeros(len(bins()), int)
        for _ in range(max(1, patches // 50)):
            ab = quarter(self.batch(50, rng)[..., 1:])
            counts += np.bincount(nearest(ab).ravel(), minlength=len(bins()))
        return smoothed(counts)


def quarter(ab: np.ndarray) -> np.ndarray:
    """The mean of each 4 × 4 pixels, where the network has its scores: (N, H/4, W/4, 2)."""
    n, height, width, planes = ab.shape
    return ab.reshape(n, height // 4, 4, width // 4, 4, planes).mean(axis=(2, 4))


def loss_of(name: str, scores: Tensor, ab: np.ndarray, weight: Tensor) -> Tensor:
    """scores: (N, bins or 2, h, w). ab: (N, h, w, 2). weight: (bins,), for rebalancing."""
    if name == "regression":
        target = torch.from_numpy(ab).permute(0, 3, 1, 2).to(scores) / AB_RANGE
        return F.mse_loss(scores, target)
    number, share = (torch.from_numpy(a).to(scores.device) for a in neighbours(ab))
    logs = torch.log_softmax(scores, dim=1).permute(0, 2, 3, 1)
    losses = -(share.float() * logs.gather(3, number)).sum(dim=3)
    return (losses * weight[number[..., 0]]).mean() if name == "rebalanced" else losses.mean()


class ColourRun(TrainingState):
    """One training: the network, its averaged twin, the optimiser, and where it stands."""

    model: Colorful

    def __init__(self, recipe: ColourRecipe, device: torch.device, precision: torch.dtype):
        if recipe.loss not in LOSSES:
            raise ValueError(f"loss is {recipe.loss!r}; accepted: {', '.join(LOSSES)}")
        if recipe.steps < 1 or recipe.batch < 1 or recipe.width < 1:
            raise ValueError("steps, batch and width are whole numbers from 1")
        if recipe.side < 8 or recipe.side % 8:
            raise ValueError(f"side is {recipe.side}; accepted: a multiple of 8")
        torch.manual_seed(recipe.seed)
        self.recipe, self.device, self.precision = recipe, device, precision
        self.model, self.ema = (network_of(recipe).to(device) for _ in range(2))
        self.ema.load_state_dict(self.model.state_dict())
        self.ema.requires_grad_(False)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        learning = [p for p in self.model.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(learning, lr=recipe.lr)
        self.weight = torch.ones(len(bins()), device=device)
        self.step, self.seconds = 0, 0.0
        self.history: list[dict] = []
        self.losses: list[float] = []
        self.origin: dict | None = None
        self.data: dict = {}

    def advance(self, photographs: Photographs) -> float:
        """One step; returns the loss. Seed and step choose the batch."""
        recipe = self.recipe
        lab = photographs.batch(recipe.batch, np.random.default_rng([recipe.seed, self.step]))
        lightness = torch.from_numpy(lab[..., 0][:, None].copy()).to(self.device)
        lightness = lightness.to(memory_format=torch.channels_last)
        for group in self.optimiser.param_groups:
            group["lr"] = recipe.lr * (1 + np.cos(np.pi * self.step / recipe.steps)) / 2
        self.model.train()
        halved = self.precision is not torch.float32
        with undivided():  # batch norm's statistics move in the forward pass already
            with torch.autocast(self.device.type, self.precision, enabled=halved):
                scores = self.model.scores(lightness)
            loss = loss_of(recipe.loss, scores.float(), quarter(lab[..., 1:]), self.weight)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 10.0)
            self.optimiser.step()
            self.step += 1
            self.average()
            self.losses.append(loss.item())
        return self.losses[-1]


def network_of(recipe: ColourRecipe) -> Colorful:
    kind = ColorfulRegression if recipe.loss == "regression" else Colorful
    return kind(torch.tensor(bins(), dtype=torch.float32), recipe.width)


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _is_cifar10(folder: Path) -> bool:
    return any(
        (place / name).is_file()
        for place in (folder, folder / "cifar-10-batches-bin", folder / "cifar-10-batches-py")
        for name in (cifar10.BINARY[0], cifar10.PYTHON[0])
    )


def train(
    recipe: ColourRecipe,
    folders: Sequence[Path],
    out: Path,
    *,
    validation: Path | None = None,
    init: Path | None = None,
    minutes: float | None = None,
    device: str = "auto",
    precision: str = "auto",
    resume: bool = False,
    every: int = 500,
) -> dict:
    """As `training.loop.train`, for colour. Pictures of `validation` are not trained on."""
    out = Path(out)
    if out.suffix != ".safetensors" or not out.parent.is_dir():
        raise ValueError(f"out is {out}; it must be a .safetensors file in a folder that exists")
    if every < 1 or (minutes is not None and not minutes > 0):
        raise ValueError(f"every is {every} and minutes {minutes}; both must be positive")
    begun = out.with_suffix(".ckpt")
    if (begun.exists() or out.exists()) and not resume:
        raise ValueError(f"out: {out} or its checkpoint exists; resume it, or give another out")
    checkpoint.check_writable(out.parent)
    where = choose_device(device)
    run = ColourRun(recipe, where, choose_precision(precision, where))
    if resume:
        run.restore(begun)
    elif init:
        _start_from(run, init)
    photographs = Photographs(folders, recipe.side, validation)
    run.data = {
        "folders": [Path(f).resolve().name for f in folders],
        "pictures": len(photographs.pictures),
    }
    if recipe.loss == "rebalanced":
        weight = rebalancing(photographs.prior())
        run.weight = torch.tensor(weight, dtype=torch.float32, device=where)
    _advance(run, photographs, out, 60 * minutes if minutes else inf, every)
    return _write(run, out)


def _start_from(run: ColourRun, init: Path) -> None:
    from srcourse import zoo

    given, own = zoo.read_weights(init), run.model.state_dict()
    fitting = {k: v for k, v in given.items() if k in own and v.shape == own[k].shape}
    if 2 * len(fitting) < len(own):
        raise ValueError(f"init: {init} is of another network; {len(fitting)} of {len(own)} fit")
    run.model.load_state_dict(own | fitting)
    run.ema.load_state_dict(own | fitting)
    run.origin = zoo.training(init)


def _advance(run: ColourRun, photographs: Photographs, out: Path, limit: float, every: int) -> None:
    began, before = time.monotonic(), run.seconds
    with tqdm(total=run.recipe.steps, initial=run.step, desc=out.stem, unit="step") as bar:
        try:
            while run.step < run.recipe.steps and time.monotonic() - began <= limit:
                run.advance(photographs)
                run.seconds = before + time.monotonic() - began
                bar.update()
                if run.step % every == 0 or run.step == run.recipe.steps:
                    mean = sum(run.losses) / len(run.losses)
                    run.history.append({"step": run.step, "loss": mean, "seconds": run.seconds})
                    run.losses.clear()
                    bar.set_postfix(loss=f"{mean:.4g}")
                    _write(run, out)
        except KeyboardInterrupt:
            bar.write(f"stopped at step {run.step}; go on with --resume")


def _write(run: ColourRun, out: Path) -> dict:
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
    run.save(out.with_suffix(".ckpt"))
    checkpoint.save_tensors(run.ema.state_dict(), out, {"training": json.dumps(about)})
    return about
