"""Trains the source's classifier (section 5.3) on one arm's pictures, and asks it about others."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from srcourse.datasets.cifar10 import Labelled
from srcourse.models.classifier import Classifier

_PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Setting:
    """How each classifier is trained, the same in every arm: Adam at `rate`, `epochs` times over
    all pictures in batches of `batch`. features, hidden: its widths. precision: ``"float32"``, or
    ``"bfloat16"``, which halves the time where the processor has it.
    """

    epochs: int = 10
    batch: int = 64
    rate: float = 1e-3
    features: int = 32
    hidden: int = 64
    precision: str = "float32"

    def __post_init__(self) -> None:
        if not all(isinstance(n, Integral) and n > 0 for n in (self.epochs, self.batch)):
            raise ValueError(
                f"epochs is {self.epochs} and batch {self.batch}; both are whole numbers from 1"
            )
        if self.precision not in _PRECISIONS:
            raise ValueError(f"precision is {self.precision!r}; accepted: {', '.join(_PRECISIONS)}")


def fit(
    train: Labelled,
    validation: Labelled,
    setting: Setting,
    seed: int = 0,
    classes: int | None = None,
    progress: bool = False,
) -> tuple[Classifier, list[dict[str, float]]]:
    """A classifier trained on `train`, and its curves.

    The pictures are square, uint8. `seed` draws its first weights and the order of the pictures, so
    that two arms with one seed differ in nothing but the pictures. classes: by default as many as
    the labels name. Each epoch adds ``{"loss", "accuracy", "validation_loss",
    "validation_accuracy"}``, the first two as seen on the way.

    Raises ValueError for labels of one class only, and for pictures that are not square.
    """
    _check(train)
    _check(validation)
    if len(np.unique(train.labels)) < 2:
        raise ValueError("labels hold one class only; a classifier needs two to tell apart")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Classifier(
            train.images.shape[1],
            classes or int(train.labels.max()) + 1,
            setting.features,
            setting.hidden,
        )
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    order = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(network.parameters(), setting.rate)
    labels = torch.from_numpy(train.labels)
    curves = []
    for _ in tqdm(range(setting.epochs), "epochs", leave=False, disable=not progress or None):
        loss_sum, right = 0.0, 0
        shuffled = order.permutation(len(train))
        for start in range(0, len(shuffled), setting.batch):
            chosen = shuffled[start : start + setting.batch]
            t = labels[chosen]
            with _precise(setting):
                scores = network(_input(train.images[chosen]))
            loss = cross_entropy(scores.float(), t)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss_sum += loss.item() * len(t)
            right += int((scores.argmax(dim=1) == t).sum())
        shares = probabilities(network, validation.images, setting)
        own = shares[np.arange(len(validation)), validation.labels]
        curves.append(
            {
                "loss": loss_sum / len(train),
                "accuracy": right / len(train),
                "validation_loss": float(-np.log(np.maximum(own, 1e-12)).mean()),
                "validation_accuracy": float((shares.argmax(axis=1) == validation.labels).mean()),
            }
        )
    return network, curves


@torch.inference_mode()
def probabilities(network: Classifier, images: np.ndarray, setting: Setting) -> np.ndarray:
    """Softmax of what `network` says of uint8 pictures (N, side, side, 3): float32 (N, classes)."""
    shares = []
    for start in range(0, len(images), 500):
        with _precise(setting):
            scores = network(_input(images[start : start + 500]))
        shares.append(torch.softmax(scores.float(), dim=1))
    return torch.cat(shares).numpy()


def _check(pictures: Labelled) -> None:
    shape = pictures.images.shape
    square = len(shape) == 4 and shape[1] == shape[2] and shape[3] == 3
    if not square or not len(pictures) or pictures.images.dtype != np.uint8:
        raise ValueError(
            f"images have shape {shape} and type {pictures.images.dtype}; accepted: uint8 "
            "(N, side, side, 3), N from 1"
        )
    if len(pictures.labels) != len(pictures):
        raise ValueError(f"{len(pictures.labels)} labels are given for {len(pictures)} images")


def _precise(setting: Setting) -> torch.autocast:
    dtype = _PRECISIONS[setting.precision]
    return torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16)


def _input(images: np.ndarray) -> Tensor:
    """uint8 (N, H, W, 3) → (N, 3, H, W), centred around 0."""
    batch = torch.tensor(images).permute(0, 3, 1, 2)  # a copy: a file's pictures are read-only
    return (batch.float() / 127.5 - 1).to(memory_format=torch.channels_last)
