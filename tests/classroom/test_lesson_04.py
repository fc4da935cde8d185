import numpy as np
import pytest
import torch
from torch.nn import functional as F

from srcourse.classroom import check
from srcourse.layers import pool2d, softmax


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("SRCOURSE_PROGRESS", str(tmp_path / "progress.json"))


def ceil_mode(image, size, stride):
    maps = torch.tensor(image)[None, None]
    return F.max_pool2d(maps, size, stride, ceil_mode=True)[0, 0].numpy()


def one_pixel_steps(image, size, stride):
    rows, cols = pool2d(image, size, stride).shape
    return pool2d(image, size, 1)[:rows, :cols]


def spoiled_in_place(image, size, stride):
    result = pool2d(image, size, stride)
    image[0, 0] += 1
    return result


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda image, size, stride: None, "returned nothing"),
        (lambda image, size, stride: image, "it should be (2, 3)"),
        (lambda image, size, stride: pool2d(image, size, stride, "average"), "averages"),
        (lambda image, size, stride: -pool2d(-image, size, stride), "smallest"),
        (lambda image, size, stride: pool2d(image, size), "not the stride"),
        (lambda image, size, stride: np.maximum(pool2d(image, size, stride), 0), "negative"),
        (lambda image, size, stride: pool2d(image, size, stride) + 1, "by hand it is 6"),
        (ceil_mode, "stick out"),
        (one_pixel_steps, "move on by one pixel"),
        (spoiled_in_place, "changed the map"),
        (lambda image, size: pool2d(image, size), "TypeError"),
    ],
)
def test_max_pool_hints(answer, hint):
    result = check("04-max-pool", answer)
    assert not result.passed
    assert hint in result.words


def in_loops(image, size, stride):
    rows = range(0, len(image) - size + 1, stride)
    cols = range(0, len(image[0]) - size + 1, stride)
    return [
        [max(x for r in image[a : a + size] for x in r[b : b + size]) for b in cols] for a in rows
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pool2d,
        in_loops,
        lambda image, size, stride: F.max_pool2d(torch.tensor(image)[None], size, stride)[0],
    ],
)
def test_max_pool_may_be_written_otherwise(answer):
    assert check("04-max-pool", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda s, c, p, n: None, "returned nothing"),
        (lambda s, c, p, n: c * (s // 2**p) ** 2 * n, "One bias per output is missing"),
        (lambda s, c, p, n: c * (s // 2**p) ** 2 * n + 1, "not one in all"),
        (lambda s, c, p, n: c * (s // 2**p) ** 2 + n, "multiply"),
        (lambda s, c, p, n: (c * s * s + 1) * n, "halves both sides"),
        (lambda s, c, p, n: (c * (s // 2**p) + 1) * n, "square it"),
        (lambda s, c, p, n: ((s // 2**p) ** 2 + 1) * n, "all channels"),
        (lambda s, c, p, n: (c * s * s // 2**p + 1) * n, "one number in four"),
        (lambda s, c, p, n: (c * (s / 2**p) ** 2 + 1) * n, "round down"),
        (lambda s, c, p, n: 0, "4,096 numbers come in"),
        (lambda s, c, p, n: "many", "a whole number"),
    ],
)
def test_flat_dense_hints(answer, hint):
    result = check("04-flat-dense", answer)
    assert not result.passed
    assert hint in result.words


def counted_by_torch(side, channels, poolings, outputs):
    maps = torch.zeros(1, channels, side, side)
    for _ in range(poolings):
        maps = torch.nn.MaxPool2d(2)(maps)
    dense = torch.nn.Linear(maps.numel(), outputs)
    return sum(p.numel() for p in dense.parameters())


def test_flat_dense_may_be_counted_by_torch():
    assert check("04-flat-dense", counted_by_torch).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda z: None, "returned nothing"),
        (lambda z: 1.0, "three shares"),
        (lambda z: z / z.sum(), "exponential first"),
        (lambda z: np.exp(z), "not to 1"),
        (lambda z: np.exp(z - z.max()), "not to 1"),
        (lambda z: np.log(softmax(z)), "logarithm"),
        (lambda z: softmax(-z), "by hand: 0.705"),
        (lambda z: np.exp(z) / np.exp(z).sum(), "overflows"),
        (lambda z: np.exp(z - z.mean()) / np.exp(z - z.mean()).sum(), "overflows"),
        (lambda z: softmax(np.clip(z, -50, 50)), "Of [1000.0"),
    ],
)
def test_softmax_hints(answer, hint, recwarn):
    result = check("04-softmax", answer)
    assert not result.passed
    assert hint in result.words
    assert not recwarn.list, "a warning would stand between the learner and the hint"


@pytest.mark.parametrize(
    "answer",
    [
        softmax,
        lambda z: torch.softmax(torch.tensor(z), dim=0),
        lambda z: torch.softmax(torch.tensor(z, dtype=torch.float32), dim=0).tolist(),
        lambda z: [1 / np.exp(np.clip(z - a, None, 700)).sum() for a in z],
    ],
)
def test_softmax_may_be_written_otherwise(answer):
    assert check("04-softmax", answer).passed
