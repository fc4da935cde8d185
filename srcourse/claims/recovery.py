"""The report's section 5: the performance recovery score, PRS."""

import math
from typing import Any

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio
from torch import nn

from srcourse import images, results
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.datasets.cifar10 import NAMES, Cifar10, Labelled
from srcourse.metrics import psnr, ssim
from srcourse.models.classifier import Classifier
from srcourse.recovery import make
from srcourse.recovery.study import SOURCE, Study, split
from srcourse.resampling import degrade

TESTED = 10_000  # images that each of the source's accuracies is of


def _record() -> dict[str, Any]:
    return results.read("prs_cifar10")["results"]


def _accuracy(found: dict[str, Any], arm: str, classifier: str = "matched") -> float:
    return float(np.mean(found["tests"]["split"][classifier][arm]["accuracy"]))


def _interval_of_the_ratio() -> tuple[float, float]:
    """Of the source's PRS: delta method for two independent binomial shares, 95 %."""
    shares = np.array([SOURCE["edsr"], SOURCE["original"]])
    deviation = np.sqrt(((1 - shares) / shares / TESTED).sum())
    low, high = shares[0] / shares[1] * np.exp(1.96 * deviation * np.array([-1, 1]))
    return float(low), float(high)


# 5.1 Introduction


@claim("5.1", "PSNR is a subjective measure.", "does not hold")
def psnr_is_subjective() -> Finding:
    photo = images.sample("camera")
    other = degrade(photo, 1, noise=15, seed=0)
    ours, theirs = psnr(photo, other), peak_signal_noise_ratio(photo, other)
    return graded(
        abs(ours - theirs) > 1e-6,
        "It is a formula, and whoever computes it gets the same: for a noisy photograph our code "
        f"says {ours:.2f} dB, scikit-image {theirs:.2f} dB. Whether an eye agrees is another "
        "question.",
    )


@claim("5.1", "Three pictures of the same PSNR can differ markedly.", "holds")
def same_psnr() -> Finding:
    photo = images.to_float(images.sample("camera"))
    blurred = images.to_float(degrade(images.sample("camera"), 1, blur=2.0))
    noise = np.random.default_rng(0).normal(size=photo.shape)
    # Each change is scaled until its mean square is that of a PSNR of 24 dB.
    size = 10 ** (-24 / 20)
    changes = {"brighter": np.ones_like(photo), "noisy": noise, "blurred": blurred - photo}
    shown = {
        name: photo + size * change / np.sqrt((change**2).mean())
        for name, change in changes.items()
    }
    measured = [psnr(photo, picture, data_range=1) for picture in shown.values()]
    similar = {name: ssim(photo, p, data_range=1) for name, p in shown.items()}
    return graded(
        max(measured) - min(measured) < 0.01
        and max(similar.values()) - min(similar.values()) > 0.3,
        f"A photograph made brighter, noisy and blurred, each by {measured[0]:.1f} dB: SSIM says "
        + ", ".join(f"{value:.2f}" for value in similar.values())
        + ".",
    )


@claim("5.1", "PRS is an objective measure.", "holds with a limit")
def prs_is_objective() -> Finding:
    found = _record()
    entry = found["tests"]["split"]["matched"]
    tops, srs = (
        np.array(entry[arm]["accuracy"]) for arm in ("original", found["protocol"]["model"])
    )
    seeds = srs / tops
    return graded(
        0.5 < seeds.min() <= seeds.max() < 1.5,
        "It needs nobody's opinion.",
        limit="But it needs a classifier, and is of that one: with the same pictures and the same "
        f"recipe, {len(seeds)} trainings that differ in their random start alone give "
        f"{seeds.min():.3f} to {seeds.max():.3f}.",
    )


@claim(
    "5.1", "The higher PRS, the better the degraded image was reconstructed.", "holds with a limit"
)
def higher_is_better() -> Finding:
    photo = images.sample("camera")[:, :, None].repeat(3, axis=2)[128:160, 64:96]
    negative = 255 - photo
    torch.manual_seed(0)
    network = Classifier(features=8)
    inputs = [
        torch.tensor(p, dtype=torch.float32).permute(2, 0, 1)[None] / 127.5 - 1
        for p in (photo, negative)
    ]
    with torch.no_grad():
        before = network(inputs[0])
        network[0].weight.neg_()  # type: ignore[operator]
        same = torch.allclose(before, network(inputs[1]), atol=1e-5)
    rises = SOURCE["lr"] < SOURCE["edsr"] < SOURCE["original"]
    return graded(
        rises and same,
        f"Its three accuracies come in the order that one expects, {SOURCE['lr']:.4f}, "
        f"{SOURCE['edsr']:.4f}, {SOURCE['original']:.4f}.",
        limit="But each is of a classifier of its own, which learns whatever its pictures are "
        f"like. Negatives, {psnr(photo, negative):.0f} dB from a crop of “camera”, would score 1: "
        "the same classifier with its first weights negated says the same of them.",
    )


# 5.2 Dataset


@claim("5.2", "CIFAR-10 has 50,000 training images, 32×32, in 10 classes.", "holds")
def cifar10() -> Finding:
    counts = _record()["protocol"]["images"]
    known = sum(counts[part] for part in ("train", "validation", "split"))
    return graded(
        known == 50_000 and len(NAMES) == 10,
        f"Our copy has {known:,}, with {len(NAMES)} names, of {', '.join(NAMES[:3])} and so on.",
    )


not_checkable(
    "5.2",
    "6,000 images a class, 10,000 of them in all for testing; made by Krizhevsky, Nair and Hinton "
    "out of 80 million tiny images.",
    "The data set does not ship with this course. Its author's report of 2009 says so too.",
)


# 5.3 Model


@claim("5.3", "The classifier has two convolution and two dense layers.", "holds")
def layers() -> Finding:
    network = Classifier()
    counts = [sum(isinstance(layer, kind) for layer in network) for kind in (nn.Conv2d, nn.Linear)]
    parameters = sum(p.numel() for p in network.parameters())
    return graded(
        counts == [2, 2],
        f"So has ours, {counts[0]} and {counts[1]}; with common widths, as its own are not told, "
        f"{parameters:,} parameters.",
    )


# 5.4 Experiment


@claim("5.4", "LR images are 16×16×3, enlarged ×2 they are 32×32×3 again.", "holds")
def sizes() -> Finding:
    hr = np.zeros((1, 32, 32, 3), np.uint8)
    lr, sr = (make(arm, hr).shape[1:] for arm in ("lr", "edsr-mini"))
    words = ["×".join(map(str, shape)) for shape in (lr, sr)]
    return graded(words == ["16×16×3", "32×32×3"], f"{words[0]}, and by edsr-mini {words[1]}.")


not_checkable(
    "5.4",
    "The degraded images are noisy.",
    "How they were made is not told: no kernel, no kind and no amount of noise. Our record has an "
    "arm with noise and others without.",
)


@claim(
    "5.4", "10,000 images are for testing, 40,000 for training, 4,000 of them to validate.", "holds"
)
def parts() -> Finding:
    stub = Labelled(np.zeros((50_000, 1), np.uint8), np.zeros(50_000, int))
    found = {name: len(part) for name, part in split(Study(), Cifar10(stub, stub[:1])).items()}
    return graded(
        (found["split"], found["train"] + found["validation"], found["validation"])
        == (10_000, 40_000, 4_000),
        f"20 % and 80 % of 50,000; so {found['train']:,} are learned from. All are training images "
        "of CIFAR-10; its official test images are not used.",
    )


@claim(
    "5.4", "The accuracies are 0.6799 (originals), 0.6707 (EDSR) and 0.6000 (LR).", "not checkable"
)
def accuracies() -> Finding:
    found = _record()
    ours = [_accuracy(found, arm) for arm in ("original", found["protocol"]["model"], "lr")]
    return Finding(
        "not checkable",
        "One run each, of pictures, weights and a split that are not published. Ours, with "
        f"{found['protocol']['model']} and {found['protocol']['seeds']} seeds: "
        f"{', '.join(f'{value:.4f}' for value in ours)}.",
    )


@claim("5.4", "Each test takes 313 steps.", "holds")
def steps_of_a_test() -> Finding:
    images = _record()["protocol"]["images"]["split"]
    steps = math.ceil(images / 32)
    return graded(steps == 313, f"{images:,} images in batches of 32, Keras's usual size: {steps}.")


@claim("5.4", "Accuracy on training images lies above that on validation images.", "holds")
def overfitting() -> Finding:
    curves = _record()["curves"]
    last = {
        arm: np.mean([[c[-1]["accuracy"], c[-1]["validation_accuracy"]] for c in seeds], axis=0)
        for arm, seeds in curves.items()
    }
    (train, validation), gaps = last["original"], [a - b for a, b in last.values()]
    return graded(
        min(gaps) > 0.005,
        f"After the last epoch, originals: {train:.3f} against {validation:.3f}. The smallest gap "
        f"of the {len(gaps)} arms is {min(gaps):.3f}.",
    )


@claim("5.4", "The classifier does better on EDSR's images than on LR ones.", "holds with a limit")
def better_than_lr() -> Finding:
    found = _record()
    entry, model = found["tests"]["split"]["matched"], found["protocol"]["model"]
    seeds = found["protocol"]["seeds"]
    sr, lr = (np.array(entry[arm]["right"].split(), int) / seeds for arm in (model, "lr"))
    gain = sr - lr  # image by image
    half = 1.96 * gain.std() / np.sqrt(len(gain))
    bicubic = _accuracy(found, "bicubic") - lr.mean()
    return graded(
        gain.mean() > half,
        f"{model} raises accuracy from {lr.mean():.3f} to {sr.mean():.3f}, by {gain.mean():.3f} "
        f"± {half:.3f} (95 %, image by image).",
        limit="But the LR images have a classifier of another size. Bicubic alone changes their "
        f"accuracy by {bicubic:+.3f}.",
    )


@claim("5.4", "The ratio of the accuracies is nearly 98 %.", "holds with a limit")
def the_ratio() -> Finding:
    ratio = SOURCE["edsr"] / SOURCE["original"]
    return graded(
        f"{ratio:.4f}" == f"{SOURCE['prs']:.4f}",
        f"0.6707 / 0.6799 = {ratio:.4f}, as it prints.",
        limit=f"That is nearly {100 * ratio:.0f} %.",
    )


@claim("5.4", "So the EDSR images are very close to the originals.", "holds with a limit")
def close_to_the_originals() -> Finding:
    low, high = _interval_of_the_ratio()
    lr, sr, top = (SOURCE[arm] for arm in ("lr", "edsr", "original"))
    return graded(
        low > 0.95 and high > 1,
        f"For such classifiers: {sr / top:.3f}, 95 % interval [{low:.3f}, {high:.3f}].",
        limit=f"But the LR images, not enlarged at all, reach {lr / top:.3f}. Of what they lose "
        f"{(sr - lr) / (top - lr):.3f} is won back. No picture was compared with its original.",
    )
