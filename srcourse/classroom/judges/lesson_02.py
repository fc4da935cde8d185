"""Judges of lesson 02, neurons and gradients."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise

GREYS = np.array([40.0, 120.0, 200.0])


@exercise("02-neuron", "A neuron")
def neuron(answer: Any) -> None:
    cases = [
        ([1.0, -2.0, 0.5], [0.5, 0.25, 2.0], 0.3),
        ([1.0, 2.0], [0.5, -1.0], -0.25),
        ([2.0, 1.0], [0.5, 0.5], -1.0),
        ([-1.0, 3.0], [0.5, 0.1], 1.0),
    ]
    for x, w, b in cases:
        got = answer(np.array(x), np.array(w), b)
        call = f"my_neuron({x}, {w}, {b})"
        if got is None:
            raise Wrong(f"{call} returned nothing. Begin with the sum of w times x.")
        got = np.asarray(got, dtype=float)
        if got.size != 1:
            raise Wrong(f"{call} gave {got.size} numbers. A neuron adds its products up to one.")
        got, total = got.item(), float(np.dot(w, x))
        right = max(total + b, 0.0)
        if np.isclose(got, right):
            continue
        if np.isclose(got, total + b):
            raise Wrong(f"{call} gave {got:g}. ReLU turns what is negative into 0.")
        if np.isclose(got, max(total, 0.0) + b):
            raise Wrong(f"{call} gave {got:g}. The bias is added before the activation.")
        if np.isclose(got, max(total, 0.0)):
            raise Wrong(f"{call} gave {got:g}. The bias is missing.")
        raise Wrong(f"{call} gave {got:g}; by hand it is {right:g}.")


@exercise("02-one-step", "One step of gradient descent")
def one_step(answer: Any) -> None:
    for w, b, x, t, rate in ((0.8, -0.5, 1.5, 0.2, 0.4), (-0.3, 0.2, -2.0, 1.0, 3.0)):
        call = f"one_step(w={w}, b={b}, x={x}, t={t}, rate={rate})"
        got = answer(w, b, x, t, rate)
        if got is None:
            raise Wrong(f"{call} returned nothing. Compute a, then the two slopes, then the step.")
        after = np.array([float(number) for number in got] if np.iterable(got) else [])
        if after.shape != (2,):
            raise Wrong(f"{call} should return two numbers, the new weight and the new bias.")
        z = w * x + b
        a = 1 / (1 + np.exp(-z))
        before = np.array([w, b])
        slope = 2 * (a - t) * a * (1 - a) * np.array([x, 1.0])
        moved = (before - after) / rate  # the gradient that was used
        if np.allclose(moved, slope):
            continue
        new_a = 1 / (1 + np.exp(-(after[0] * x + b)))
        hints = (
            (-slope, "That goes uphill: the slope is subtracted."),
            (slope / rate, "The learning rate is missing."),
            (slope / 2, "The slope of (a − t)² has a factor 2."),
            (slope / (a * (1 - a)), "The activation's slope, a(1 − a), is missing."),
            (
                slope / (a * (1 - a)) * z * (1 - z),
                "The sigmoid's slope is a(1 − a), with a, not z.",
            ),
            (slope / x, "The weight's slope has one factor more than the bias's: dz/dw is x."),
            (slope[[1, 1]], "The weight's slope has one factor more than the bias's: dz/dw is x."),
            (slope[[0, 0]], "x belongs to the weight's slope only: dz/db is 1."),
            (slope[::-1], "The two are exchanged: first the weight, then the bias."),
            (
                np.array([slope[0], 2 * (new_a - t) * new_a * (1 - new_a)]),
                "Both slopes belong to the old weight: compute them before you move.",
            ),
        )
        if np.allclose(after, slope):
            raise Wrong("Those are the slopes. Return the weight and the bias after the step.")
        for wrong, words in hints:
            if np.allclose(moved, wrong):
                raise Wrong(f"{words} ({call})")
        right = before - rate * slope
        raise Wrong(
            f"{call} gave {after[0]:.4f} and {after[1]:.4f}; "
            f"by hand it is {right[0]:.4f} and {right[1]:.4f}."
        )


@exercise("02-first-weight", "The slope of a first weight")
def first_weight(answer: Any) -> None:
    for x, t, u, c, v, d in ((0.5, 1.0, 0.7, 0.1, 1.5, 0.2), (-1.4, 0.3, 0.6, -0.2, -0.8, 0.5)):
        call = f"first_weight_slope(x={x}, t={t}, u={u}, c={c}, v={v}, d={d})"
        got = answer(x, t, u, c, v, d)
        if got is None:
            raise Wrong(f"{call} returned nothing. Go forward first: h, then y.")
        got = float(got)
        z = u * x + c
        h = np.tanh(z)
        y = v * h + d
        right = 2 * (y - t) * v * (1 - h**2) * x
        if np.isclose(got, right):
            continue
        hints = (
            (right / v, "The way back leads through the second layer's weight: dy/dh is v."),
            (right / (1 - h**2), "The way back leads through tanh, whose slope is 1 − h²."),
            (right / (1 - h**2) * (1 - z**2), "The slope of tanh is 1 − h², with h, not z."),
            (right / (1 - h**2) * h * (1 - h), "h(1 − h) is the sigmoid's slope; tanh has 1 − h²."),
            (
                right / x,
                "At the end comes the input: dz/du is x. Without it, it is the slope of c.",
            ),
            (right / 2, "The slope of (y − t)² has a factor 2."),
            (-right, "The sign is turned: dE/dy is 2(y − t)."),
            (2 * (y - t) * h, "That is the slope of v. u lies one layer further back."),
        )
        for wrong, words in hints:
            if np.isclose(got, wrong):
                raise Wrong(f"{words} ({call} gave {got:.4f})")
        raise Wrong(f"{call} gave {got:.4f}; by a small step of u it is {right:.4f}.")


@exercise("02-rate", "A learning rate")
def learning_rate(answer: Any) -> None:
    rate = float(answer)
    if not np.isfinite(rate):
        raise Wrong(f"{rate} is no learning rate.")
    if rate <= 0:
        raise Wrong(f"With a rate of {rate:g} it does not go down at all.")
    w, first = 0.0, float((GREYS**2).mean() / 4)
    for _ in range(10):
        w -= rate * float((2 * (w * GREYS - GREYS / 2) * GREYS).mean())
    error = float(((w * GREYS - GREYS / 2) ** 2).mean())
    if error < 1:
        return
    says = f"After ten steps the error is {error:.3g}; it began at {first:.0f}."
    if not error <= first:  # NaN, too
        raise Wrong(
            f"{says} Each step leaps over the valley, to a higher place: take a smaller rate."
        )
    if w > 0.5 or rate * float((GREYS**2).mean()) > 0.5:
        raise Wrong(f"{says} It leaps over the valley, back and forth: take a smaller rate.")
    raise Wrong(f"{says} It is on its way, in steps that are too short: take a larger rate.")
