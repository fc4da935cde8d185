import numpy as np
import pytest
import torch

from srcourse.classroom import check
from srcourse.layers import relu, sigmoid


def hinted(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, w, b: None, "returned nothing"),
        (lambda x, w, b: relu(w * x + b), "adds its products up"),
        (lambda x, w, b: w @ x + b, "negative into 0"),
        (lambda x, w, b: relu(w @ x), "bias is missing"),
        (lambda x, w, b: relu(w @ x) + b, "before the activation"),
        (lambda x, w, b: sigmoid(w @ x + b), "by hand it is"),
        (lambda x, w: w @ x, "TypeError"),
    ],
)
def test_neuron_hints(answer, hint):
    hinted("02-neuron", answer, hint)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, w, b: max(0, sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b),
        lambda x, w, b: np.maximum([w @ x + b], 0),
        lambda x, w, b: torch.relu(
            torch.tensor(w, dtype=torch.float32) @ torch.tensor(x).float() + b
        ),
    ],
)
def test_neurons_that_work(answer):
    assert check("02-neuron", answer).passed


def stepper(slopes):
    """An answer that moves by what `slopes(a, z, x, t)` gives for weight and bias."""

    def answer(w, b, x, t, rate):
        z = w * x + b
        dw, db = slopes(sigmoid(z), z, x, t)
        return w - rate * dw, b - rate * db

    return answer


def right(a, z, x, t):
    return 2 * (a - t) * a * (1 - a) * x, 2 * (a - t) * a * (1 - a)


def one_after_the_other(w, b, x, t, rate):
    w -= rate * right(sigmoid(w * x + b), 0, x, t)[0]
    b -= rate * right(sigmoid(w * x + b), 0, x, t)[1]
    return w, b


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda w, b, x, t, rate: None, "returned nothing"),
        (lambda w, b, x, t, rate: w, "two numbers"),
        (lambda w, b, x, t, rate: right(sigmoid(w * x + b), 0, x, t), "Those are the slopes"),
        (stepper(lambda *a: [-s for s in right(*a)]), "uphill"),
        (lambda w, b, x, t, rate: stepper(right)(w, b, x, t, 1), "learning rate is missing"),
        (stepper(lambda *a: [s / 2 for s in right(*a)]), "factor 2"),
        (stepper(lambda a, z, x, t: (2 * (a - t) * x, 2 * (a - t))), "a(1 − a), is missing"),
        (
            stepper(lambda a, z, x, t: (2 * (a - t) * z * (1 - z) * x, 2 * (a - t) * z * (1 - z))),
            "with a, not z",
        ),
        (stepper(lambda a, z, x, t: [right(a, z, x, t)[1]] * 2), "dz/dw is x"),
        (stepper(lambda a, z, x, t: [right(a, z, x, t)[0]] * 2), "dz/db is 1"),
        (stepper(lambda *a: right(*a)[::-1]), "exchanged"),
        (one_after_the_other, "before you move"),
        (lambda w, b, x, t, rate: (w, b), "by hand it is"),
    ],
)
def test_one_step_hints(answer, hint):
    hinted("02-one-step", answer, hint)


def test_one_step_may_be_written_otherwise():
    def by_torch(w, b, x, t, rate):
        p = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
        ((torch.sigmoid(p[0] * x + p[1]) - t) ** 2).backward()
        return (p - rate * p.grad).detach()

    assert check("02-one-step", by_torch).passed
    assert check("02-one-step", lambda *a: list(stepper(right)(*a))).passed
    assert check("02-one-step", lambda *a: np.array(stepper(right)(*a))).passed


def chain(factors):
    """An answer that multiplies what `factors(h, y, z, x, t, v)` gives."""

    def answer(x, t, u, c, v, d):
        z = u * x + c
        h = np.tanh(z)
        return np.prod(factors(h, v * h + d, z, x, t, v))

    return answer


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, t, u, c, v, d: None, "returned nothing"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, 1 - h**2, x)), "dy/dh is v"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, v, x)), "whose slope is 1 − h²"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, v, 1 - z**2, x)), "with h, not z"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, v, h * (1 - h), x)), "sigmoid's slope"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, v, 1 - h**2)), "dz/du is x"),
        (chain(lambda h, y, z, x, t, v: (y - t, v, 1 - h**2, x)), "factor 2"),
        (chain(lambda h, y, z, x, t, v: (2, t - y, v, 1 - h**2, x)), "sign is turned"),
        (chain(lambda h, y, z, x, t, v: (2, y - t, h)), "slope of v"),
        (lambda x, t, u, c, v, d: 0, "small step"),
    ],
)
def test_first_weight_hints(answer, hint):
    hinted("02-first-weight", answer, hint)


def test_first_weight_may_be_found_otherwise():
    def by_torch(x, t, u, c, v, d):
        u = torch.tensor(u, requires_grad=True)
        ((v * torch.tanh(u * x + c) + d - t) ** 2).backward()
        return u.grad

    def by_small_step(x, t, u, c, v, d):
        def error(u):
            return (v * np.tanh(u * x + c) + d - t) ** 2

        return (error(u + 1e-6) - error(u - 1e-6)) / 2e-6

    assert check("02-first-weight", by_torch).passed
    assert check("02-first-weight", by_small_step).passed


@pytest.mark.parametrize(
    ("rate", "hint"),
    [
        (0.1, "to a higher place"),
        (6e-5, "to a higher place"),
        (5e-5, "back and forth"),
        (1e-6, "larger rate"),
        (0, "does not go down"),
        (-1e-5, "does not go down"),
        (float("nan"), "no learning rate"),
        (1e40, "to a higher place"),
        (..., "TypeError"),
    ],
)
def test_rate_hints(rate, hint):
    hinted("02-rate", rate, hint)


@pytest.mark.parametrize("rate", [1e-5, 2.7e-5, np.float32(3e-5), torch.tensor(4e-5)])
def test_rates_that_work(rate):
    assert check("02-rate", rate).passed
