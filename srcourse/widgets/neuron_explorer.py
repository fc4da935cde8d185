"""NeuronExplorer: one neuron, its error as a landscape, and the way down."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import traitlets
from PIL import Image, ImageDraw

from srcourse.layers import relu, sigmoid
from srcourse.widgets.base import CourseWidget, front_end, panels

Curve = Callable[[np.ndarray], np.ndarray]
# Each activation f and its slope f′, both of z.
ACTIVATIONS: dict[str, tuple[Curve, Curve]] = {
    "identity": (lambda z: z, np.ones_like),
    "relu": (relu, lambda z: np.where(z > 0, 1.0, 0.0)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "step": (lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like),
}
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
# Points (x, t). Each set asks for something else: a straight line; a switch with two points that
# contradict each other; a curve of which one neuron can follow only one arm.
DATA = {
    name: tuple(zip(x, t, strict=True))
    for name, x, t in (
        ("line", (-1, -0.4, 0.1, 0.7, 1.2, 1.8, 2.4), (-0.35, 0.05, 0.1, 0.6, 0.75, 1.2, 1.35)),
        ("switch", (-2, -1.3, -0.6, 0, 0.5, 1.1, 1.8), (0, 0, 1, 0, 1, 1, 1)),
        ("two arms", (-2.4, -1.7, -1, -0.3, 0.4, 1.1, 1.8, 2.4), (1.5, 0.6, 0, 0, 0, 0, 0.9, 1.8)),
    )
}
OWN = "your own"
REACH = 3.0  # of the sliders, of the landscape both ways, and of x
LOWEST, HIGHEST = -1.5, 2.5  # of the response's picture, and of t
FAR = 1e6  # a weight beyond this has run away
CELLS, SHADES = 88, 24  # of the landscape: cells a side, shades from the valley to the peak
DEEP, HIGH = (8, 48, 107), (247, 251, 255)  # the colours of the lowest and the highest error
_FINE = 0.02  # the difference in error from which on the shades grow coarser


class Pass(NamedTuple):
    """One pass over all points, forward and back. Arrays have a number a point.

    z = wx + b, a = f(z), error = (a − t)²; dE_da and da_dz are the factors of the chain rule.
    E, dE_dw and dE_db are means over the points.
    """

    z: np.ndarray
    a: np.ndarray
    error: np.ndarray
    dE_da: np.ndarray
    da_dz: np.ndarray
    E: float
    dE_dw: float
    dE_db: float


def forward_and_back(
    points: Sequence[Sequence[float]], weight: float, bias: float, activation: str
) -> Pass:
    """What a neuron with one input makes of `points`, pairs (x, t), and the slopes of its error."""
    x, t = np.array(points, float).T
    f, slope = ACTIVATIONS[activation]
    z = weight * x + bias
    a = f(z)
    error, dE_da, da_dz = (a - t) ** 2, 2 * (a - t), slope(z)
    return Pass(
        *(z, a, error, dE_da, da_dz),
        E=float(error.mean()),
        dE_dw=float((dE_da * da_dz * x).mean()),
        dE_db=float((dE_da * da_dz).mean()),
    )


def landscape(points: Sequence[Sequence[float]], activation: str) -> np.ndarray:
    """The error over all weights and biases within ±REACH, as a map: uint8 (CELLS, CELLS, 3).

    w grows to the right, b upwards. A logarithm chooses among the shades, so that a flat valley
    floor still has some.
    """
    x, t = np.array(points, float).T
    across = (np.arange(CELLS) + 0.5) * (2 * REACH / CELLS) - REACH
    z = across[:, None] * x + -across[:, None, None]
    E = ((ACTIVATIONS[activation][0](z) - t) ** 2).mean(axis=2)
    height = np.log1p((E - E.min()) / _FINE)
    if height.max() > 0:
        height /= height.max()
    shade = np.minimum(np.floor(height * SHADES), SHADES - 1)[..., None] / (SHADES - 1)
    return np.floor(np.array(DEEP) * (1 - shade) + np.array(HIGH) * shade + 0.5).astype(np.uint8)


class NeuronExplorer(CourseWidget):
    """Move a neuron's weight and bias by hand or by gradient descent, and watch its error.

    data: a name in `DATA`, or 2 to 12 pairs (x, t) with x within ±3 and t from −1.5 to 2.5.
    activation: one of `ACTIVATIONS`. weight, bias: where it starts, within ±3. rate: the learning
    rate, one of `RATES`. The error is the mean of (f(wx + b) − t)².

    `path` holds the weight and bias after each step since the neuron was last moved by hand.

    Raises ValueError for anything else.
    """

    _esm = front_end("neuron_explorer")
    sets = traitlets.Dict().tag(sync=True)  # the points by name
    data = traitlets.Unicode("line").tag(sync=True)
    activations = traitlets.List(list(ACTIVATIONS)).tag(sync=True)
    activation = traitlets.Unicode("identity").tag(sync=True)
    rates = traitlets.List(list(RATES)).tag(sync=True)
    rate = traitlets.Float(0.1).tag(sync=True)
    path = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    point = traitlets.Int(0).tag(sync=True)  # the one whose arithmetic is written out

    def __init__(
        self,
        data: str | Sequence[Sequence[float]] = "line",
        activation: str = "identity",
        weight: float = -1.5,
        bias: float = 1.5,
        rate: float = 0.1,
    ):
        sets: dict[str, Sequence[Sequence[float]]] = dict(DATA)
        if not isinstance(data, str):
            sets[OWN] = _valid_points(data)
            data = OWN
        for name, value, known in (
            ("data", data, sets),
            ("activation", activation, ACTIVATIONS),
            ("rate", rate, RATES),
        ):
            if value not in known:
                raise ValueError(f"{name} is {value!r}; accepted: {', '.join(map(str, known))}")
        for name, number in (("weight", weight), ("bias", bias)):
            if not -REACH <= number <= REACH:
                raise ValueError(f"{name} is {number}; accepted: −{REACH:g} to {REACH:g}")
        super().__init__(
            sets={name: [list(map(float, p)) for p in points] for name, points in sets.items()},
            data=data,
            activation=activation,
            rate=rate,
            path=[[float(weight), float(bias)]],
        )
        self.observe(self._new_landscape, ["data", "activation"])

    @property
    def weight(self) -> float:
        return self.path[-1][0]

    @property
    def bias(self) -> float:
        return self.path[-1][1]

    def now(self) -> Pass:
        """The pass at the present weight and bias."""
        return forward_and_back(self.sets[self.data], self.weight, self.bias, self.activation)

    def step(self, times: int = 1) -> None:
        """Gradient descent: w ← w − rate · dE/dw, and b alike. A run-away neuron stays put."""
        path = list(self.path)
        for _ in range(times):
            weight, bias = path[-1]
            found = forward_and_back(self.sets[self.data], weight, bias, self.activation)
            after = [weight - self.rate * found.dE_dw, bias - self.rate * found.dE_db]
            if max(map(abs, after)) > FAR:
                break
            path.append(after)
        self.path = path

    def snapshot(self) -> np.ndarray:
        return panels(
            (f"{self.activation} neuron, E = {self.now().E:.3f}", self._response()),
            ("error over w (across) and b (up)", self._map()),
            side=3 * CELLS,
        )

    def summary(self) -> dict[str, object]:
        found = self.now()
        return {
            "data": self.data,
            "activation": self.activation,
            "steps": len(self.path) - 1,
            "w": _rounded(self.weight),
            "b": _rounded(self.bias),
            "error": round(found.E, 4),
            "dE_dw": _rounded(found.dE_dw),
            "dE_db": _rounded(found.dE_db),
        }

    def _new_landscape(self, change: dict) -> None:
        self.path = self.path[:1]

    def _response(self) -> np.ndarray:
        side = 3 * CELLS
        page = Image.new("RGB", (side, side), "white")
        pen = ImageDraw.Draw(page)

        def spot(x: float, y: float) -> tuple[float, float]:
            return (
                (x + REACH) / (2 * REACH) * side,
                float(np.clip((HIGHEST - y) / (HIGHEST - LOWEST), -1, 2)) * side,
            )

        pen.line([spot(-REACH, 0), spot(REACH, 0)], "#999999")
        pen.line([spot(0, LOWEST), spot(0, HIGHEST)], "#999999")
        xs = np.linspace(-REACH, REACH, 400)
        f = ACTIVATIONS[self.activation][0]
        curve = zip(xs, f(self.weight * xs + self.bias), strict=True)
        pen.line([spot(x, y) for x, y in curve], "#0072b2", 3)
        for (x, t), a in zip(self.sets[self.data], self.now().a, strict=True):
            pen.line([spot(x, a), spot(x, t)], "#d55e00")
            pen.circle(spot(x, t), 4, "#d55e00", "black")
        return np.asarray(page)

    def _map(self) -> np.ndarray:
        points = self.sets[self.data]
        ground = landscape(points, self.activation).repeat(3, axis=0).repeat(3, axis=1)
        page = Image.fromarray(ground)
        pen = ImageDraw.Draw(page)
        scale = 3 * CELLS / (2 * REACH)
        edge = 2 * REACH  # what lies further off is drawn no further
        spots = [
            ((np.clip(w, -edge, edge) + REACH) * scale, (REACH - np.clip(b, -edge, edge)) * scale)
            for w, b in self.path
        ]
        if len(spots) > 1:
            pen.line(spots, "#e69f00", 2)
        for spot in spots:
            pen.circle(spot, 2, "#e69f00")
        pen.circle(spots[-1], 5, "#e69f00", "black")
        return np.asarray(page)


def _rounded(number: float) -> float:
    return round(number, 3) + 0.0  # no −0.0


def _valid_points(data: Sequence[Sequence[float]]) -> list[list[float]]:
    try:
        points = np.array(data, float)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1:] != (2,) or not 2 <= len(points) <= 12:
        raise ValueError("data must be a name or 2 to 12 pairs (x, t) of numbers")
    x, t = points.T
    # Written so that NaN is refused too.
    if not (np.abs(x) <= REACH).all() or not ((t >= LOWEST) & (t <= HIGHEST)).all():
        raise ValueError(
            f"data has points outside the picture; accepted: x within ±{REACH:g}, "
            f"t from −{-LOWEST:g} to {HIGHEST:g}"
        )
    return points.tolist()
