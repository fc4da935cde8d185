import numpy as np
import pytest
import torch
from torch.nn import functional as F

from srcourse.classroom import check


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def weights(a, b, c, n=64, m=32):
    return a * a * n + b * b * n * m + c * c * m


def counted(a, b, c, n=64, m=32):
    return weights(a, b, c, n, m) + n + m + 1


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda *a: None, "returned nothing"),
        (weights, "biases are missing"),
        (lambda a, b, c, n, m: weights(a, b, c, n, m) + n + m, "last layer has a bias too"),
        (lambda *a: weights(*a) + 3, "not to each layer"),
        (lambda a, b, c, n, m: a * a * n + b * b * m + c * c + n + m + 1, "all channels that come"),
        (lambda a, b, c, n, m: a * n + b * n * m + c * m + n + m + 1, "f · f numbers"),
        (
            lambda a, b, c, n, m: 3 * a * a * n + b * b * n * m + 3 * c * c * m + n + m + 3,
            "three colour channels",
        ),
        (
            lambda a, b, c, n, m: a * a * n + b * b * m * m + c * c * m + n + m + 1,
            "takes n1 channels in",
        ),
        (lambda *a: 57_281, "By hand it is 8,129"),
        (lambda *a: counted(a[0], a[1], a[2]), "By hand it is"),
    ],
)
def test_parameters_hints(answer, hint):
    fails("08-parameters", answer, hint)


def test_parameters_may_be_counted_by_torch():
    def by_torch(f1, f2, f3, n1=64, n2=32):
        shapes = ((1, n1, f1), (n1, n2, f2), (n2, 1, f3))
        layers = [torch.nn.Conv2d(*shape) for shape in shapes]
        return sum(p.numel() for layer in layers for p in layer.parameters())

    assert check("08-parameters", by_torch).passed
    assert check("08-parameters", lambda *a: np.int64(counted(*a))).passed


def forward(relus, padding=False, biased=True):
    def answer(y, w, b):
        for weight, bias, relu in zip(w, b, relus, strict=True):
            pad = weight.shape[-1] // 2 if padding else 0
            y = F.conv2d(y, weight, bias if biased else None, padding=pad)
            y = torch.relu(y) if relu else y
        return y

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda y, w, b: None, "returned nothing"),
        (forward((1, 1, 1)), "last line has no max"),
        (forward((0, 0, 0)), "three layers are one"),
        (forward((0, 1, 0)), "after the first layer"),
        (forward((1, 0, 0)), "after the second layer"),
        (forward((1, 1, 0), biased=False), "biases are missing"),
        (forward((1, 1, 0), padding=True), "Leave the padding out"),
        (lambda y, w, b: torch.relu(F.conv2d(y, w[0], b[0])), "without padding it is 1 × 1 × 8"),
        (lambda y, w, b: 2 * forward((1, 1, 0))(y, w, b), "first number"),
        (lambda y, w, b: forward((1, 1, 0))(y, w, b[::-1]), "RuntimeError"),
    ],
)
def test_forward_hints(answer, hint):
    fails("08-forward", answer, hint)


def test_forward_may_be_written_otherwise():
    def by_clamp(y, w, b):
        y = F.conv2d(y, w[0], b[0]).clamp(min=0)
        y = F.conv2d(y, w[1]) + b[1].view(1, -1, 1, 1)
        return F.conv2d(y.clamp(min=0), w[2], b[2])

    assert check("08-forward", by_clamp).passed
    assert check("08-forward", lambda *a: by_clamp(*a).numpy()).passed
    assert check("08-forward", lambda *a: by_clamp(*a).numpy().astype(float)).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda sides: None, "returned nothing"),
        (sum, "Each adds k − 1"),
        (lambda sides: sum(k - 1 for k in sides), "begin with 1"),
        (lambda sides: sum(k // 2 for k in sides), "to one side"),
        (max, "largest kernel alone"),
        (np.prod, "do not multiply"),
        (lambda sides: (1 + sum(k - 1 for k in sides)) ** 2, "Give its width"),
        (lambda sides: 100, "it grows to 17"),
    ],
)
def test_receptive_field_hints(answer, hint):
    fails("08-receptive-field", answer, hint)


def test_receptive_field_may_be_written_otherwise():
    assert check("08-receptive-field", lambda sides: sum(sides) - len(sides) + 1).passed
    assert check("08-receptive-field", lambda sides: 1 + 2 * sum(k // 2 for k in sides)).passed
