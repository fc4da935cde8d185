"""The report's section 6: a network that colours grey photographs, and EDSR before it."""

from typing import Any

import numpy as np
import torch
from torch import nn

from srcourse import colorization, images, results, upscaling
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.metrics.binomial import wilson
from srcourse.models.colorful import Colorful

FOOLED = 0.323  # of the trials in the paper's Turing test
_NAMES = {
    "regression": "colorful-mini-regression",
    "classification": "colorful-mini",
    "rebalanced": "colorful-mini-rebalanced",
}


def _network() -> Colorful:
    """The paper's, at its full width, without weights."""
    with torch.device("meta"):
        return Colorful(torch.empty(313, 2))


def _rows(loss: str) -> list[dict[str, Any]]:
    """What was measured on each set of pictures: ``"rebalanced"``, ``"classification"`` … ."""
    rows = results.read("colorization")["results"]["rows"]
    return [row for row in rows if row["colorizer"].startswith(f"{_NAMES[loss]},")]


def _mean(rows: list[dict[str, Any]], what: str) -> float:
    return float(np.mean([row[what] for row in rows]))


@claim("6", "The colorizer is a CNN: a grey picture in, the same in colour out.", "holds")
def a_cnn() -> Finding:
    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d)
    learning = [m for m in _network().modules() if list(m.parameters(recurse=False))]
    grey = images.sample("camera")[::4, ::4]
    out = colorization.colorize(grey)
    return graded(
        all(isinstance(m, kinds) for m in learning) and out.shape == (*grey.shape, 3),
        f"All that learns in it are {sum(isinstance(m, kinds[:2]) for m in learning)} convolutions "
        f"and {sum(isinstance(m, kinds[2]) for m in learning)} batch norms; a picture of shape "
        f"{grey.shape} becomes one of {out.shape}.",
    )


# 6.1 Introduction


@claim("6.1", "It poses colouring as a classification task.", "holds")
def classification() -> Finding:
    shares = colorization.shares(colorization.load(), colorization.small(images.sample("camera")))
    whole = np.allclose(shares.sum(axis=-1), 1, atol=1e-4)
    return graded(
        whole and shares.shape[-1] == len(colorization.bins()),
        f"Of each pixel it gives {shares.shape[-1]} shares, one for each colour of a grid in ab, "
        "and they sum to 1.",
    )


@claim("6.1", "Rebalancing the classes in training enhances the accuracy.", "does not hold")
def rebalancing_enhances() -> Finding:
    with_it, without = _rows("rebalanced"), _rows("classification")
    higher = all(a["auc"] > b["auc"] for a, b in zip(with_it, without, strict=True))
    return graded(
        higher,
        f"It trades accuracy for rarer colours. Trained alike, on the mean over {len(with_it)} "
        f"sets of pictures, the raw AuC is {_mean(without, 'auc'):.1%} without it and "
        f"{_mean(with_it, 'auc'):.1%} with it, the AuC that weighs rare colours up "
        f"{_mean(without, 'auc_rebalanced'):.1%} and {_mean(with_it, 'auc_rebalanced'):.1%}, the "
        f"saturation {_mean(without, 'saturation'):.1f} and {_mean(with_it, 'saturation'):.1f} "
        f"(true: {_mean(without, 'saturation_truth'):.1f}).",
    )


not_checkable(
    "6.1",
    "The paper's network was trained on over a million pictures.",
    "That is the authors' training. Ours saw CIFAR-10's 50,000 small ones and some 700 "
    "photographs, as the weights themselves record.",
)


@claim("6.1", "It fools 32 % of the people.", "does not hold")
def fooled_people() -> Finding:
    people, trials = 40, 100
    some = np.repeat([1.0, 0.0], [round(FOOLED * people), people - round(FOOLED * people)])
    shares = [(np.full(people, FOOLED) * trials).sum(), (some * trials).sum()]
    low, high = np.divide(sorted(shares), people * trials)
    return graded(
        high - low > 0.01,
        "The figure is a share of trials. Of 40 people, all fooled in a third of their trials, or "
        f"a third of them always and the others never: {low:.1%} and {high:.1%} of the trials. "
        "How many people were fooled it does not tell.",
    )


@claim("6.1", "So its results are nearly photorealistic.", "does not hold")
def nearly_photorealistic() -> Finding:
    low, high = wilson(round(100 * FOOLED), 100)
    return graded(
        high > 0.5,
        "Where nobody can tell the pictures apart, half of the trials are lost. Even if it had "
        f"been a hundred trials only, 32 lost ones have the 95 % interval {low:.0%} to {high:.0%}: "
        "people do see it.",
    )


not_checkable(
    "6.1",
    "That is significantly more than earlier methods.",
    "It needs those methods, and people to judge them. Lesson 16 has the test, with you as judge.",
)


# 6.2 How it works


not_checkable(
    "6.2",
    "The goal is a plausible colouring, not the true one.",
    "An aim cannot be measured. The measures that lesson 16 uses do compare with the truth.",
)


@claim("6.2", "Any colour photograph can train it: its L goes in, its a and b come out.", "holds")
def any_photograph() -> Finding:
    photo = images.sample("coffee")
    lab = images.rgb_to_lab(photo)
    back = images.to_uint8(images.lab_to_rgb(lab))
    grey = images.to_uint8(images.lab_to_rgb(lab * (1, 0, 0)))
    apart = np.abs(images.rgb_to_lab(grey)[..., 0] - lab[..., 0]).max()
    exact = bool((back == photo).all())
    return graded(
        exact and apart < 0.5,
        f"L, a and b together give the photograph back exactly: {exact}. Its grey version has the "
        f"same L to within {apart:.1f} of 100: nothing else is needed.",
    )


@claim(
    "6.2",
    "A loss taken over from regression makes the colours desaturated.",
    "holds with a limit",
)
def regression_is_dull() -> Finding:
    reds_and_blues = np.array([[60.0, 40.0], [20.0, -70.0]])
    mean = reds_and_blues.mean(axis=0)
    away = np.linspace(-1, 1, 201)[:, None] * (reds_and_blues[0] - mean) + mean
    losses = ((away[:, None] - reds_and_blues[None]) ** 2).sum(axis=-1).mean(axis=1)
    best = away[losses.argmin()]
    saturation = np.hypot(*reds_and_blues.T).mean(), float(np.hypot(*best))
    found = ", ".join(
        f"{loss} {_mean(_rows(loss), 'saturation'):.1f}"
        for loss in ("regression", "classification", "rebalanced")
    )
    return graded(
        saturation[1] < 0.8 * saturation[0],
        f"Of two colours that are equally likely, of saturation {saturation[0]:.0f} on the mean, "
        f"the squared error is least for one between them, of {saturation[1]:.0f}.",
        limit="Where a network has few pictures and learns them by heart, nothing is equally "
        f"likely: our three trainings come to a mean saturation of {found} (true: "
        f"{_mean(_rows('regression'), 'saturation_truth'):.1f}).",
    )


@claim("6.2", "The annealed mean of the distribution is more vibrant.", "holds with a limit")
def annealed_is_vibrant() -> Finding:
    shares = 0.7 * colorization.encode(np.array([60, 40]))
    shares += 0.3 * colorization.encode(np.array([-50, 50]))
    red_or_green = [float(np.hypot(*colorization.annealed_mean(shares, t))) for t in (0.38, 1.0)]
    network, found = colorization.load(), {}
    for name in ("coffee", "rocket"):
        light = colorization.small(images.sample(name))
        found[name] = " and ".join(
            f"{np.hypot(*np.moveaxis(colorization.predict(network, light, t), -1, 0)).mean():.1f}"
            for t in (0.38, 1.0)
        )
    return graded(
        red_or_green[0] > 1.1 * red_or_green[1],
        f"Of a pixel that is red with 70 % and else green, the saturation is {red_or_green[0]:.0f} "
        f"at the paper's T = 0.38, and {red_or_green[1]:.0f} for the plain mean, T = 1.",
        limit="Where grey is the likeliest colour it is paler instead. By our colorizer, on the "
        f"mean over a photograph: coffee {found['coffee']}, rocket {found['rocket']}.",
    )


@claim(
    "6.2",
    "Each layer of its figure is two or three convolutions with ReLU, then batch norm.",
    "holds with a limit",
)
def blocks() -> Finding:
    network = _network()
    counts = []
    for number in range(1, 8):
        kinds = [type(part) for part in getattr(network, f"model{number}")]
        convolutions = kinds.count(nn.Conv2d)
        assert kinds == [nn.Conv2d, nn.ReLU] * convolutions + [nn.BatchNorm2d]
        counts.append(convolutions)
    last = [type(part) for part in network.model8]
    return graded(
        set(counts) == {2, 3},
        f"Blocks 1 to 7 have {', '.join(map(str, counts))} of them.",
        limit=f"The eighth has no batch norm ({last.count(nn.BatchNorm2d)}), and begins with a "
        "transposed convolution.",
    )


@claim(
    "6.2",
    "There are no pooling layers; resolution changes between the blocks only.",
    "holds with a limit",
)
def no_pooling() -> Finding:
    parts = list(_network().modules())
    pooling = [p for p in parts if "Pool" in type(p).__name__]
    strides = [p for p in parts if isinstance(p, nn.Conv2d) and p.stride == (2, 2)]
    return graded(
        not pooling and len(strides) == 3,
        f"{len(pooling)} pooling layers.",
        limit=f"But the {len(strides)} halvings are strides inside blocks 1 to 3, of their last "
        "convolution, and the first doubling is inside block 8; a dilation of 2 in blocks 5 and 6 "
        "widens the view without any change of resolution.",
    )


# 6.3 Comparison


@claim(
    "6.3",
    "EDSR before the colorizer does not change its colours, whatever the scale.",
    "holds with a limit",
)
def edsr_changes_nothing() -> Finding:
    rows = results.read("colour_after_sr")["results"]["rows"]
    sr = [row for row in rows if row["input"] == "sr"]
    fixed, own = ([r for r in sr if r["resolution"] == kind] for kind in ("fixed", "own"))
    bicubic = [r for r in rows if r["input"] == "bicubic" and r["resolution"] == "own"]
    moved = np.median([r["change"] for r in fixed])
    return graded(
        bool(moved < _mean(own, "change") / 5),
        "Where the colorizer first shrinks every picture to one size, it is shown nearly the same "
        f"before and after: its colours move by {moved:.2f} units "
        "of ab (the median over sets and scales), so by construction.",
        limit=f"Run at the picture's own resolution they move by {_mean(own, 'change'):.1f} on the "
        f"mean, with bicubic in EDSR's place by {_mean(bicubic, 'change'):.1f}, and the AuC is "
        f"{_mean(own, 'auc'):.1%} and {_mean(bicubic, 'auc'):.1%}: it is the size that the "
        "colorizer notices, not the network.",
    )


@claim("6.3", "A picture has to be resized before it is passed to EDSR.", "does not hold")
def resizing_is_needed() -> Finding:
    odd = images.sample("camera")[:37, :53]
    out = upscaling.upscale(odd, 2, "edsr-mini")
    return graded(
        out.shape != (74, 106),
        f"It is made of convolutions, and takes any size: {odd.shape} gives {out.shape}.",
    )


not_checkable(
    "6.3",
    "Both models work well alone; combined they are not the best option.",
    "What is best depends on the purpose. Lesson 16 measures what the combination does.",
)
