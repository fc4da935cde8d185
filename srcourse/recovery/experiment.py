"""The experiment in memory: small enough to be run while one watches."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from tqdm import tqdm

from srcourse.datasets.cifar10 import Labelled
from srcourse.recovery.arms import check_arm, make
from srcourse.recovery.classifier import Setting, fit, probabilities
from srcourse.recovery.crops import NAMES, crops
from srcourse.recovery.outcome import Outcome


def run(
    train: Labelled,
    validation: Labelled,
    test: Labelled,
    arms: Sequence[str],
    names: Sequence[str],
    seeds: int = 3,
    setting: Setting | None = None,
    progress: bool = False,
) -> Outcome:
    """Train and test `seeds` classifiers in each of the `arms` (``"original"`` is always one).

    Raises ValueError for an unknown arm, for fewer than one seed, and as `fit` does.
    """
    if not isinstance(seeds, Integral) or seeds < 1:
        raise ValueError(f"seeds is {seeds}; it must be a whole number from 1")
    setting = setting or Setting()
    arms = tuple(dict.fromkeys(("original", *arms)))
    for arm in arms:  # a wrong one shows before any work
        check_arm(arm)
    matched: dict[str, np.ndarray] = {}
    fixed: dict[str, np.ndarray] = {}
    images, curves = {}, {}
    judges = []
    for arm in tqdm(arms, "arms", disable=not progress or None):
        parts = [
            Labelled(make(arm, part.images), part.labels) for part in (train, validation, test)
        ]
        images[arm] = parts[2].images
        found = [fit(parts[0], parts[1], setting, seed, len(names)) for seed in range(seeds)]
        networks = [network for network, _ in found]
        curves[arm] = [curve for _, curve in found]
        if arm == "original":
            judges = networks
        matched[arm] = np.stack([probabilities(n, images[arm], setting) for n in networks])
        if images[arm].shape == test.images.shape:
            fixed[arm] = np.stack([probabilities(n, images[arm], setting) for n in judges])
    return Outcome(test.labels, tuple(names), images, {"matched": matched, "fixed": fixed}, curves)


def small(model: str = "edsr-mini", seeds: int = 3, progress: bool = False) -> Outcome:
    """The experiment on crops of ten photographs, offline: half a minute on one core.

    Raises ValueError for an unknown model, and for fewer than one seed.
    """
    parts = (crops("left", 1000), crops("left", 300, seed=1), crops("right", 1000, seed=2))
    setting = Setting(epochs=6, features=16, batch=32, rate=2e-3)
    arms = ("lr", "nearest", "bicubic", model)
    return run(*parts, arms, NAMES, seeds, setting, progress)
