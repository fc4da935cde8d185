"""Judges of lesson 11, SelNet."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.layers import relu, sigmoid


@exercise("11-selection-unit", "The selection unit")
def selection_unit(answer: Any) -> None:
    random = np.random.default_rng(0)
    x, weight, bias = random.normal(size=(3, 7)), random.normal(size=(3, 3)), np.array([1, -2, 0.5])
    before = x.copy()
    got = answer(x, weight, bias)
    if got is None:
        raise Wrong("It returned nothing. Compute the switch first: σ(weight · ReLU(x) + bias).")
    if not np.array_equal(x, before):
        raise Wrong("It changed the x that it was given. Write into a new array.")
    got = np.asarray(got, dtype=float)
    b = bias[:, None]
    s = sigmoid(weight @ relu(x) + b)
    right = x * s
    if got.shape != right.shape:
        raise Wrong(f"x of shape {x.shape} gave shape {got.shape}; the unit keeps the shape of x.")
    if np.allclose(got, right, atol=1e-5):
        return
    mistakes = (
        ("That is the switch. Multiply x by it.", s),
        ("The other factor is x itself, not ReLU(x): negative numbers may pass.", relu(x) * s),
        ("The switch looks at ReLU(x), not at x.", x * sigmoid(weight @ x + b)),
        ("The σ is missing: a switch stays between 0 and 1.", x * (weight @ relu(x) + b)),
        ("The bias is missing.", x * sigmoid(weight @ relu(x))),
        (
            "weight has the channels out first: weight @ x, not its transpose.",
            x * sigmoid(weight.T @ relu(x) + b),
        ),
        ("ReLU comes before the weights, not after them.", x * sigmoid(relu(weight @ x + b))),
        ("A switch multiplies; yours is added.", x + s),
        (
            "Each channel listens only to itself here. weight @ … mixes the channels.",
            x * sigmoid(np.diag(weight)[:, None] * relu(x) + b),
        ),
        ("x is multiplied with the closed part, 1 − σ.", x * (1 - s)),
    )
    for hint, wrong in mistakes:
        if np.allclose(got, wrong, atol=1e-5):
            raise Wrong(hint)
    raise Wrong(f"The first number came out as {got[0, 0]:.4f}; it is {right[0, 0]:.4f}.")


@exercise("11-slope", "Its slope")
def slope(answer: Any) -> None:
    for x, w, b in ((1.5, 0.8, -0.5), (-1.2, 0.8, -0.5), (0.4, -2.0, 1.0), (-0.3, 3.0, 0.0)):
        call = f"unit_slope({x}, {w}, {b})"
        got = answer(x, w, b)
        if got is None:
            raise Wrong(f"{call} returned nothing. Use the product rule: (x · s)' = s + x · s'.")
        got = float(got)
        s = sigmoid(w * relu(x) + b).item()
        above, curve = float(x > 0), s * (1 - s)
        right = s + x * curve * w * above
        if np.isclose(got, right, rtol=1e-4):
            continue
        mistakes = (
            ("That is one half of the product rule. x also moves the switch.", s),
            ("That is the other half of the product rule: add the switch itself.", right - s),
            ("Below zero ReLU(x) does not change, so neither does the switch.", s + x * curve * w),
            (
                "The switch's own slope has a factor w, from inside σ.",
                s + x * curve * above,
            ),
            ("In the second part, x is missing: x · s'.", s + curve * w * above),
            ("The slope of σ is s · (1 − s), not s.", s + x * s * w * above),
            ("The slope of σ is s · (1 − s), not 1 − s.", s + x * (1 - s) * w * above),
            ("That is the value of the unit, not its slope.", x * s),
            ("The slope of a product is a sum, s + x · s'.", s * x * curve * w * above),
            (
                "σ is taken at w·ReLU(x) + b; the bias is missing.",
                _slope(x, w, 0.0),
            ),
        )
        for hint, wrong in mistakes:
            if np.isclose(got, wrong, rtol=1e-4):
                raise Wrong(f"{call} gave {got:.4g}. {hint}")
        raise Wrong(f"{call} gave {got:.4g}; it is {right:.4g}. Here s is {s:.4g}.")


def _slope(x: float, w: float, b: float) -> float:
    s = sigmoid(w * relu(x) + b).item()
    return s + x * s * (1 - s) * w * (x > 0)


@exercise("11-imitate", "An imitation")
def imitate(answer: Any) -> None:
    numbers = np.asarray(answer, dtype=float)
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise Wrong(f"Two numbers are wanted, (w, b); this is {answer!r}.")
    w, b = numbers.tolist()
    if w == b == 0:
        raise Wrong(
            "Both are 0: the switch stands at a half. Choose b for the negative side first."
        )
    x = np.linspace(-2, 2, 4001)
    off = abs(x * sigmoid(w * relu(x) + b) - np.maximum(x, 0.1 * x))
    below, above = off[x < 0].max(), off[x > 0].max()
    if max(below, above) <= 0.05:
        return
    if below > 0.05:
        stands = sigmoid(b).item()
        hint = f"Below zero the switch stands at σ(b) = {stands:.3g}, and should at 0.1."
        if np.isclose(b, 0.1):
            hint += " b = 0.1 is not σ(b) = 0.1: solve for b."
        elif np.isclose(stands, 0.9, atol=0.01):
            hint += " Turn the sign of b."
        raise Wrong(hint)
    if w <= 0:
        raise Wrong("Below zero it fits. Above zero the switch should open: let w be positive.")
    at = x[x > 0][off[x > 0].argmax()]
    raise Wrong(
        f"Below zero it fits. Above, it is still off by {above:.2g} at x = {at:.2g}, where the "
        "switch has not opened yet. Make w larger."
    )
