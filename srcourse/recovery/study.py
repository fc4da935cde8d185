"""The source's experiment in full, on CIFAR-10: resumable, and written down as a result."""

import hashlib
import json
import multiprocessing
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from srcourse.datasets.cifar10 import NAMES, Cifar10, Labelled
from srcourse.models.classifier import Classifier
from srcourse.recovery.arms import NOISE, NOISY, SIMPLE, check_arm, make, weights_of
from srcourse.recovery.classifier import Setting, fit, probabilities
from srcourse.recovery.outcome import Outcome
from srcourse.recovery.scores import Score

# What the source report prints (section 5.4); its ratio is of the second and the first.
SOURCE = {"original": 0.6799, "edsr": 0.6707, "lr": 0.6000, "prs": 0.9865}
ARMS = ("original", "lr", "nearest", "bicubic", "srcnn", "fsrcnn", "edsr-mini")
TESTS = ("split", "official")


@dataclass(frozen=True)
class Study:
    """What is done, fixed before it is begun: arms, seeds, split and how classifiers are trained.

    model: the best EDSR there is; an arm of its own, plain and noisy. test: the share of the
    training images that the source tests on; validation: the share of the rest that it validates
    on.
    """

    model: str = "edsr-mini"
    seeds: int = 5
    test: float = 0.2
    validation: float = 0.1
    setting: Setting = field(default_factory=Setting)

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*ARMS, self.model, self.model + NOISY)))


def split(study: Study, data: Cifar10) -> dict[str, Labelled]:
    """The source's split of the training images, drawn once for all seeds, and the official test.

    Raises ValueError where a part would be empty.
    """
    order = np.random.default_rng(0).permutation(len(data.train))
    n_test = round(study.test * len(order))
    n_validation = round(study.validation * (len(order) - n_test))
    if min(n_test, n_validation, len(order) - n_test - n_validation) < 1:
        raise ValueError(f"cifar10: {len(order)} training images are too few to be split")
    test, validation, train = np.split(order, [n_test, n_test + n_validation])
    return {
        "train": data.train[train],
        "validation": data.train[validation],
        "split": data.train[test],
        "official": data.test,
    }


def run(study: Study, data: Cifar10, work: Path, workers: int | None = None) -> dict[str, Any]:
    """Do what of `study` is not yet done, keeping each trained classifier's answers in `work`.

    workers: seeds trained at once, each on one core; by default one for each core. The result does
    not depend on it. Returns what `report` makes of it. Raises ValueError for an unknown model,
    fewer than one seed, and a `work` folder that belongs to another study or other data.
    """
    for name, number in (("seeds", study.seeds), ("workers", 1 if workers is None else workers)):
        if number < 1:
            raise ValueError(f"{name} is {number}; it must be a whole number from 1")
    if study.model in SIMPLE:
        raise ValueError(f"model is {study.model!r}; accepted: a network, or weights you trained")
    for arm in study.arms:
        check_arm(arm)
    parts = split(study, data)
    _claim(work, study, data)
    jobs = [(arm, seed) for arm in study.arms for seed in range(study.seeds)]
    bar = tqdm(total=len(jobs), desc="classifiers", unit="classifier", disable=None)
    workers = workers or min(os.cpu_count() or 1, study.seeds)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for arm in study.arms:
            todo = [s for s in range(study.seeds) if not _file(work, arm, s).is_file()]
            bar.update(study.seeds - len(todo))
            if not todo:
                continue
            bar.set_postfix_str(arm)
            made = _write_images(work, arm, parts)
            waiting = [pool.submit(_train_one, study, arm, s, made, work) for s in todo]
            try:
                for done in as_completed(waiting):
                    done.result()
                    bar.update()
            except BaseException:  # Ctrl-C too: what is finished is kept, the rest not begun
                pool.shutdown(cancel_futures=True)
                raise
            shutil.rmtree(made)
    bar.close()
    return report(study, data, work)


def _claim(work: Path, study: Study, data: Cifar10) -> None:
    """Make the folder this study's, or see that it is: its settings, images and networks."""
    digest = hashlib.sha256()
    for part in (data.train, data.test):
        digest.update(part.images.tobytes())
        digest.update(part.labels.tobytes())
    for arm in study.arms:
        if (file := weights_of(arm)) is not None:
            digest.update(file.read_bytes())
    own = {"study": asdict(study), "data": digest.hexdigest()}
    file = work / "study.json"
    if file.is_file():
        there = json.loads(file.read_text())
        if there != json.loads(json.dumps(own)):
            raise ValueError(
                f"{work} holds the beginning of another study, other data or other weights; go "
                "on with those, or delete that folder"
            )
        return
    work.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    beside.write_text(json.dumps(own, indent=1))
    beside.replace(file)


def _file(work: Path, arm: str, seed: int) -> Path:
    return work / f"{arm.replace(', ', '-').replace('/', '_')}-{seed}.npz"


def _write_images(work: Path, arm: str, parts: dict[str, Labelled]) -> Path:
    """The arm's pictures as files that several processes can share."""
    folder = work / "images"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, part in parts.items():
        np.save(folder / f"{name}.npy", make(arm, part.images, progress=True))
        np.save(folder / f"{name}-labels.npy", part.labels)
    return folder


def _train_one(study: Study, arm: str, seed: int, folder: Path, work: Path) -> None:
    """Train one classifier and keep its answers; ask the originals' of the same seed as well."""
    torch.set_num_threads(1)
    part = {
        name: Labelled(
            np.load(folder / f"{name}.npy", mmap_mode="r"), np.load(folder / f"{name}-labels.npy")
        )
        for name in ("train", "validation", *TESTS)
    }
    began = time.process_time()
    network, curves = fit(part["train"], part["validation"], study.setting, seed, len(NAMES))
    kept: dict[str, Any] = {"curves": json.dumps(curves), "seconds": time.process_time() - began}
    judge: Classifier | None = network
    if arm == "original":
        weights = {k: v.contiguous() for k, v in network.state_dict().items()}
        save_file(weights, work / f"original-{seed}.safetensors")
    elif arm == "lr":
        judge = None
    else:
        judge = Classifier(features=study.setting.features, hidden=study.setting.hidden)
        judge.load_state_dict(load_file(work / f"original-{seed}.safetensors"))
        judge.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for name in TESTS:
        for classifier, asked in (("matched", network), ("fixed", judge)):
            if asked is not None:
                shares = probabilities(asked, part[name].images, study.setting)
                kept[f"{classifier}-{name}"] = shares.astype(np.float16)
    file = _file(work, arm, seed)
    beside = file.with_suffix(".part.npz")
    np.savez(beside, **kept)
    beside.replace(file)


def outcome(study: Study, data: Cifar10, work: Path, test: str = "split") -> Outcome:
    """What a finished study found on the images of `test`, ``"split"`` or ``"official"``."""
    found: dict[str, dict[str, np.ndarray]] = {"matched": {}, "fixed": {}}
    curves = {}
    for arm in study.arms:
        kept = [np.load(_file(work, arm, seed)) for seed in range(study.seeds)]
        curves[arm] = [json.loads(str(one["curves"])) for one in kept]
        for classifier, arms in found.items():
            if f"{classifier}-{test}" in kept[0]:
                arms[arm] = np.stack([one[f"{classifier}-{test}"] for one in kept])
    return Outcome(split(study, data)[test].labels, NAMES, {}, found, curves)


def report(study: Study, data: Cifar10, work: Path) -> dict[str, Any]:
    """A finished study as plain data: for each test set, classifier and arm its accuracies, scores
    and agreement, and by how many seeds each image was named rightly, in a string."""
    tests: dict[str, Any] = {}
    for test in TESTS:
        found = outcome(study, data, work, test)
        tests[test] = summary(found)
    parts = split(study, data)
    seconds = [
        float(np.load(_file(work, arm, s))["seconds"])
        for arm in study.arms
        for s in range(study.seeds)
    ]
    return {
        "protocol": {
            **asdict(study),
            "arms": list(study.arms),
            "images": {name: len(part) for name, part in parts.items()},
            "degradation": "antialiased bicubic to half, rounded to 8 bits",
            "noisy": f"and white Gaussian noise of {NOISE:g} grey levels",
        },
        "source": SOURCE,
        "tests": tests,
        "curves": {arm: [_rounded(c) for c in found.curves[arm]] for arm in study.arms},
        "training_cpu_seconds": round(sum(seconds)),
    }


def summary(found: Outcome) -> dict[str, dict[str, Any]]:
    """Of each classifier and arm: accuracies, scores, agreement, and by how many seeds each image
    was named rightly, as plain data."""
    return {
        classifier: {arm: _arm(found, arm, classifier) for arm in arms}
        for classifier, arms in found.shares.items()
    }


def _arm(found: Outcome, arm: str, classifier: str) -> dict[str, Any]:
    right = found.right(arm, classifier)
    return {
        "accuracy": [round(float(seed), 4) for seed in right.mean(axis=1)],
        "prs": asdict(found.prs(arm, classifier)),
        "normalized": asdict(found.normalized(arm, classifier))
        if _has_floor(found, classifier, arm)
        else None,
        "agreement": round(found.agreement(arm, classifier), 4),
        "right": " ".join(map(str, right.sum(axis=0))),
    }


def _has_floor(found: Outcome, classifier: str, arm: str) -> bool:
    """The noisy arms have no noisy floor, and a floor's own share of itself says nothing."""
    return "bicubic" in found.shares[classifier] and not arm.endswith(NOISY) and arm != "bicubic"


def _rounded(curve: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{key: round(value, 4) for key, value in epoch.items()} for epoch in curve]


def table(found: dict[str, Any], test: str = "split") -> str:
    """What `report` made of a test set, as lines of text."""
    return lines(found["tests"][test], found["protocol"]["seeds"])


def lines(scores: dict[str, dict[str, Any]], seeds: int) -> str:
    """A `summary` as lines of text: each arm's accuracy, and its scores with intervals."""
    rows: list[tuple[str, ...]] = [
        ("arm", "classifier", "accuracy", "PRS [95 % over images]", "floor taken out")
    ]
    for classifier, arms in scores.items():
        for arm, entry in arms.items():
            told = [
                str(Score(**entry[kind])) if entry[kind] else "–" for kind in ("prs", "normalized")
            ]
            mean = float(np.mean(entry["accuracy"]))
            rows.append((arm, classifier, f"{mean:.4f}", *told))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = [
        "  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    if seeds == 1:
        text.append("one seed: no interval over seeds, for nobody knows how far they differ")
    return "\n".join(text)
