import math

import numpy as np
import pytest
import torch

from srcourse.classroom import check
from srcourse.layers import relu, sigmoid


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def switch(x, w, b):
    return sigmoid(w @ relu(x) + b[:, None])


def in_place(x, w, b):
    x *= switch(x, w, b)
    return x


def of_its_own_channel(x, w, b):
    return x * sigmoid(np.diag(w)[:, None] * relu(x) + b[:, None])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, w, b: None, "returned nothing"),
        (in_place, "changed the x"),
        (switch, "That is the switch"),
        (lambda x, w, b: relu(x) * switch(x, w, b), "not ReLU(x)"),
        (lambda x, w, b: x * sigmoid(w @ x + b[:, None]), "looks at ReLU(x)"),
        (lambda x, w, b: x * (w @ relu(x) + b[:, None]), "σ is missing"),
        (lambda x, w, b: x * sigmoid(w @ relu(x)), "bias is missing"),
        (lambda x, w, b: x * switch(x, w.T, b), "not its transpose"),
        (lambda x, w, b: x * sigmoid(relu(w @ x + b[:, None])), "before the weights"),
        (lambda x, w, b: x + switch(x, w, b), "yours is added"),
        (of_its_own_channel, "mixes the channels"),
        (lambda x, w, b: x * (1 - switch(x, w, b)), "closed part"),
        (lambda x, w, b: (x * switch(x, w, b)).sum(axis=0), "keeps the shape of x"),
        (lambda x, w, b: x, "The first number came out as"),
        (lambda x, w, b: x * sigmoid(w @ relu(x) + b), "ValueError"),
    ],
)
def test_selection_unit_hints(answer, hint):
    fails("11-selection-unit", answer, hint)


def test_selection_unit_may_be_written_otherwise():
    def in_loops(x, weight, bias):
        y = np.zeros_like(x)
        for c in range(x.shape[0]):
            for n in range(x.shape[1]):
                t = bias[c] + sum(weight[c, k] * max(0, x[k, n]) for k in range(len(x)))
                y[c, n] = x[c, n] / (1 + math.exp(-t))
        return y.tolist()

    def in_torch(x, weight, bias):
        x, weight, bias = (torch.tensor(a, dtype=torch.float32) for a in (x, weight, bias))
        return x * torch.sigmoid(weight @ x.clamp(min=0) + bias[:, None])

    for answer in (in_loops, in_torch, lambda x, w, b: x * switch(x, w, b)):
        assert check("11-selection-unit", answer).passed


def s_of(x, w, b):
    return sigmoid(w * relu(x) + b)


def bent(x, w, b):
    s = s_of(x, w, b)
    return s * (1 - s)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, w, b: None, "returned nothing"),
        (s_of, "one half of the product rule"),
        (lambda x, w, b: x * bent(x, w, b) * w * (x > 0), "the other half"),
        (lambda x, w, b: s_of(x, w, b) + x * bent(x, w, b) * w, "Below zero ReLU(x)"),
        (lambda x, w, b: s_of(x, w, b) + x * bent(x, w, b) * (x > 0), "a factor w"),
        (lambda x, w, b: s_of(x, w, b) + bent(x, w, b) * w * (x > 0), "x is missing"),
        (lambda x, w, b: s_of(x, w, b) * (1 + x * w * (x > 0)), "s · (1 − s), not s"),
        (
            lambda x, w, b: s_of(x, w, b) + x * (1 - s_of(x, w, b)) * w * (x > 0),
            "s · (1 − s), not 1 − s",
        ),
        (lambda x, w, b: x * s_of(x, w, b), "not its slope"),
        (lambda x, w, b: s_of(x, w, b) * x * bent(x, w, b) * w * (x > 0), "is a sum"),
        (lambda x, w, b: s_of(x, w, 0) + x * bent(x, w, 0) * w * (x > 0), "bias is missing"),
        (lambda x, w, b: 7.0, "Here s is"),
        (lambda x, w: 7.0, "TypeError"),
    ],
)
def test_slope_hints(answer, hint):
    fails("11-slope", answer, hint)


def test_slope_may_be_written_otherwise():
    def by_cases(x, w, b):
        if x < 0:
            return 1 / (1 + math.exp(-b))
        s = 1 / (1 + math.exp(-w * x - b))
        return s * (1 + x * w * (1 - s))

    def by_autograd(x, w, b):
        x = torch.tensor(x, requires_grad=True)
        (x * torch.sigmoid(w * torch.relu(x) + b)).backward()
        return x.grad

    def by_differences(x, w, b, h=1e-6):
        return ((x + h) * s_of(x + h, w, b) - (x - h) * s_of(x - h, w, b)) / (2 * h)

    for answer in (by_cases, by_autograd, by_differences):
        assert check("11-slope", answer).passed


LEAK = math.log(0.1 / 0.9)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ((0, 0), "stands at a half"),
        ((200, 0.1), "solve for b"),
        ((200, -LEAK), "Turn the sign of b"),
        ((200, -6), "σ(b) = 0.00247, and should at 0.1"),
        ((200, 3), "should at 0.1"),
        ((0, LEAK), "let w be positive"),
        ((-200, LEAK), "let w be positive"),
        ((5, LEAK), "Make w larger"),
        (200, "Two numbers are wanted"),
        ((1, 2, 3), "Two numbers are wanted"),
        ((float("nan"), 0), "Two numbers are wanted"),
        ("w", "ValueError"),
    ],
)
def test_imitate_hints(answer, hint):
    fails("11-imitate", answer, hint)


@pytest.mark.parametrize(
    "answer", [(200, LEAK), [1000, -2.2], np.array([100, -2.1]), torch.tensor([300.0, -2.2])]
)
def test_imitate_right(answer):
    assert check("11-imitate", answer).passed
