import numpy as np
import pytest
import torch

from srcourse.widgets import NeuronExplorer
from srcourse.widgets.neuron_explorer import (
    ACTIVATIONS,
    CELLS,
    DATA,
    DEEP,
    FAR,
    HIGH,
    forward_and_back,
    landscape,
)

IN_TORCH = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("activation", IN_TORCH)
def test_forward_and_back_agree_with_torch(data, activation):
    x, t = torch.tensor(DATA[data], dtype=torch.float64).T
    for weight, bias in ((-1.5, 1.5), (0.7, -0.4), (2.9, 2.9)):
        w, b = (torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in (weight, bias))
        a = IN_TORCH[activation](w * x + b)
        E = ((a - t) ** 2).mean()
        E.backward()
        found = forward_and_back(DATA[data], weight, bias, activation)
        np.testing.assert_allclose(found.a, a.detach())
        assert found.error.mean() == pytest.approx(E.item())
        assert (found.E, found.dE_dw, found.dE_db) == pytest.approx(
            (E.item(), w.grad.item(), b.grad.item())
        )


def test_the_factors_of_the_chain_rule_by_hand():
    found = forward_and_back([(2, 1), (-1, 0.5)], 0.5, 0.25, "relu")
    np.testing.assert_allclose(found.z, [1.25, -0.25])
    np.testing.assert_allclose(found.a, [1.25, 0])
    np.testing.assert_allclose(found.error, [0.0625, 0.25])
    np.testing.assert_allclose(found.dE_da, [0.5, -1])
    np.testing.assert_allclose(found.da_dz, [1, 0])
    assert (found.dE_dw, found.dE_db) == (0.5, 0.25)


def test_the_step_has_no_slope_and_does_not_move():
    widget = NeuronExplorer("switch", "step", rate=3.0)
    widget.step(10)
    assert (widget.weight, widget.bias) == (-1.5, 1.5)
    assert len(widget.path) == 11


def test_steps_are_those_of_torchs_sgd():
    widget = NeuronExplorer("switch", "tanh", 1.0, -0.5, 0.3)
    widget.step(3)
    widget.step(9)
    x, t = torch.tensor(DATA["switch"], dtype=torch.float64).T
    w, b = (torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in (1.0, -0.5))
    optimiser = torch.optim.SGD([w, b], lr=0.3)
    for _ in range(12):
        optimiser.zero_grad()
        ((torch.tanh(w * x + b) - t) ** 2).mean().backward()
        optimiser.step()
    assert [widget.weight, widget.bias] == pytest.approx([w.item(), b.item()])
    assert len(widget.path) == 13


def test_identity_on_a_line_finds_the_least_squares_line():
    widget = NeuronExplorer("line", rate=0.3)
    widget.step(300)
    assert [widget.weight, widget.bias] == pytest.approx(np.polyfit(*np.transpose(DATA["line"]), 1))


def test_two_arms_have_two_valleys():
    ends = []
    for weight in (1, -1):
        widget = NeuronExplorer("two arms", "relu", weight, 0, 0.3)
        widget.step(1000)
        assert max(abs(widget.now().dE_dw), abs(widget.now().dE_db)) < 1e-3
        ends.append((widget.weight, widget.now().E))
    (right, low), (left, high) = ends
    assert right > 1
    assert left < -1
    assert low < 0.34 < 0.5 < high


def test_a_run_away_neuron_stays_within_reach_of_a_float():
    widget = NeuronExplorer("line", rate=3.0)
    widget.step(1000)
    assert len(widget.path) < 30
    assert max(map(abs, widget.path[-1])) > 1000
    assert np.abs(widget.path).max() <= FAR
    assert np.isfinite(widget.now().E)
    widget.snapshot()


def test_new_data_or_activation_begin_at_the_same_start():
    for trait, value in (("data", "switch"), ("activation", "tanh")):
        widget = NeuronExplorer(weight=1, bias=-2)
        widget.step(5)
        setattr(widget, trait, value)
        assert widget.path == [[1.0, -2.0]]


def test_summary():
    widget = NeuronExplorer()
    assert widget.summary() == {
        "data": "line",
        "activation": "identity",
        "steps": 0,
        "w": -1.5,
        "b": 1.5,
        "error": 5.1107,
        "dE_dw": -5.146,
        "dE_db": -0.114,
    }
    widget.step()
    assert repr(widget).startswith(
        "NeuronExplorer(data='line', activation='identity', steps=1, w=-0.985, b=1.511,"
    )


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_landscape_is_low_where_the_error_is(activation):
    data = DATA["two arms"]
    ground = landscape(data, activation)
    assert (ground.dtype, ground.shape) == (np.uint8, (CELLS, CELLS, 3))
    centres = (np.arange(CELLS) + 0.5) * (6 / CELLS) - 3  # to the last digit: a step is sharp
    errors = np.array(
        [[forward_and_back(data, w, b, activation).E for w in centres] for b in -centres]
    )
    assert tuple(ground[np.unravel_index(errors.argmin(), errors.shape)]) == DEEP
    assert tuple(ground[np.unravel_index(errors.argmax(), errors.shape)]) == HIGH
    order = np.argsort(errors, axis=None)
    assert (np.diff(ground.reshape(-1, 3)[order, 0].astype(int)) >= 0).all()  # never back downhill


def test_a_flat_landscape_has_one_colour():
    # Both points are on the same side of every step, as they have one x and opposite targets.
    ground = landscape([(0.5, 0), (0.5, 1)], "step")
    assert (ground == DEEP).all()


def test_snapshot_follows():
    start = NeuronExplorer()
    pictures = [start.snapshot(), NeuronExplorer(bias=0).snapshot()]
    start.step(3)
    pictures.append(start.snapshot())
    pictures.append(NeuronExplorer("switch", "sigmoid").snapshot())
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert picture.shape == pictures[0].shape
    for one, other in zip(pictures, [*pictures[1:], pictures[0]], strict=True):
        assert (one != other).any()


def test_own_points():
    widget = NeuronExplorer(np.array([[0, 1], [1, 2]]), rate=0.3)
    assert widget.data == "your own"
    widget.step(300)
    assert [widget.weight, widget.bias] == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": "circle"}, "data is 'circle'; accepted: line, switch, two arms"),
        ({"data": [(1, 2)]}, "2 to 12 pairs"),
        ({"data": [(1, 2, 3), (1, 2, 3)]}, "2 to 12 pairs"),
        ({"data": [(0, 0)] * 13}, "2 to 12 pairs"),
        ({"data": [("a", 0), (0, 0)]}, "2 to 12 pairs"),
        ({"data": [(0,), (0, 0)]}, "2 to 12 pairs"),
        ({"data": 3}, "2 to 12 pairs"),
        ({"data": [(4, 0), (0, 0)]}, "outside the picture; accepted: x within ±3"),
        ({"data": [(0, 3), (0, 0)]}, "t from −1.5 to 2.5"),
        ({"data": [(0, float("nan")), (0, 0)]}, "outside the picture"),
        ({"activation": "softmax"}, "activation is 'softmax'; accepted: identity, relu"),
        ({"rate": 0.2}, "rate is 0.2; accepted: 0.01, 0.03, 0.1"),
        ({"weight": 3.1}, "weight is 3.1; accepted: −3 to 3"),
        ({"weight": float("nan")}, "weight is nan"),
        ({"bias": -4}, "bias is -4; accepted: −3 to 3"),
    ],
)
def test_what_is_not_accepted(arguments, words):
    with pytest.raises(ValueError, match=r"accepted|must") as caught:
        NeuronExplorer(**arguments)
    assert words in str(caught.value)
