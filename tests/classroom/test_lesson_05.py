import numpy as np
import pytest
import torch

from srcourse.classroom import check
from srcourse.layers import relu


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def branch(x, w1, w2):
    return relu(x @ w1) @ w2


def in_place(x, w1, w2):
    f = branch(x, w1, w2)
    x += f
    return relu(x)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, w1, w2: None, "returned nothing"),
        (branch, "Add the input"),
        (lambda x, w1, w2: relu(branch(x, w1, w2)), "plain block"),
        (lambda x, w1, w2: relu(branch(x, w1, w2)) + x, "can only add"),
        (lambda x, w1, w2: branch(x, w1, w2) + x, "after the sum is missing"),
        (lambda x, w1, w2: relu(x @ w1 @ w2 + x), "one matrix"),
        (lambda x, w1, w2: relu(relu(x @ w1) + x), "w2 is not used"),
        (lambda x, w1, w2: relu(branch(x, w2, w1) + x), "exchanged"),
        (lambda x, w1, w2: relu(branch(x, w1.T, w2.T) + x), "turned over"),
        (lambda x, w1, w2: relu(branch(x, w1, w2) + x).sum(), "has the shape of x"),
        (lambda x, w1, w2: np.zeros_like(x), "first number came out as 0.0000"),
        (in_place, "changed the x"),
        (lambda x: x, "TypeError"),
    ],
)
def test_residual_block_hints(answer, hint):
    fails("05-residual-block", answer, hint)


def test_residual_block_may_be_written_otherwise():
    def as_lists(x, w1, w2):
        return relu(branch(x, w1, w2) + x).tolist()

    def in_torch(x, w1, w2):
        x, w1, w2 = (torch.tensor(a, dtype=torch.float32) for a in (x, w1, w2))
        return torch.relu(torch.relu(x @ w1) @ w2 + x)

    for answer in (as_lists, in_torch):
        assert check("05-residual-block", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda slopes: None, "returned nothing"),
        (lambda slopes: np.prod(slopes), "slope of plain blocks"),
        (lambda slopes: 1 + np.prod(slopes), "each block has its own shortcut"),
        (lambda slopes: sum(1 + s for s in slopes), "does not add them"),
        (lambda slopes: 1 + sum(slopes), "added up the slopes"),
        (lambda slopes: np.prod([1 + s for s in slopes]) if slopes else 0, "hands its input on"),
        (lambda slopes: 7.0, "multiply to 1.5"),
    ],
)
def test_stack_slope_hints(answer, hint):
    fails("05-stack-slope", answer, hint)


def test_stack_slope_may_be_written_otherwise():
    assert check("05-stack-slope", lambda s: np.prod(1 + np.array(s))).passed
    assert check("05-stack-slope", lambda s: torch.tensor(s).add(1).prod()).passed


def padded(x, channels, stride):
    kept = x[:, ::stride, ::stride]
    return np.concatenate([kept, np.zeros((channels - len(kept), *kept.shape[1:]))])


def with_more_channels(x, channels, stride):
    kept = x[:, ::stride, ::stride]
    return np.concatenate([kept, np.zeros((channels, *kept.shape[1:]))])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, c, s: None, "returned nothing"),
        (lambda x, c, s: x[:, ::s, ::s], "channels of zeros are missing"),
        (lambda x, c, s: padded(x, c, 1), "Take every 2-th"),
        (with_more_channels, "not how many to add"),
        (lambda x, c, s: padded(x, c, s)[..., None], "it should be (5, 2, 3)"),
        (lambda x, c, s: np.roll(padded(x, c, s), c - len(x), axis=0), "zeros in front"),
        (lambda x, c, s: np.resize(x[:, ::s, ::s], padded(x, c, s).shape), "zeros only"),
        (lambda x, c, s: padded(x[:, s - 1 :, s - 1 :], c, s), "should be x[:, ::2, ::2]"),
    ],
)
def test_zero_padded_hints(answer, hint):
    fails("05-zero-padded", answer, hint)


def test_zero_padded_may_be_written_otherwise():
    def by_pad(x, channels, stride):
        return np.pad(x[:, ::stride, ::stride], [(0, channels - len(x)), (0, 0), (0, 0)])

    def in_torch(x, channels, stride):
        kept = torch.tensor(x)[:, ::stride, ::stride]
        return torch.nn.functional.pad(kept, (0, 0, 0, 0, 0, channels - len(kept)))

    for answer in (by_pad, in_torch, lambda *a: by_pad(*a).tolist()):
        assert check("05-zero-padded", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (0, "Replace the 0"),
        (172_032 + 128 + 256 + 512, "counts a bias"),
        (9 * 172_032, "nine times as many"),
        (9 * 172_032 + 896, "3 × 3 layers with biases"),
        (64 * 128, "the first of the three"),
        (64 * 512, "There are three steps"),
        (64 + 128 + 128 + 256 + 256 + 512, "multiply"),
        (64**2 + 128**2 + 256**2, "not a to a"),
        (1000, "Multiply channels in by channels out"),
    ],
)
def test_projection_weights_hints(answer, hint):
    fails("05-projection-weights", answer, hint)


@pytest.mark.parametrize("answer", [172_032, 172_032.0, np.int64(172_032)])
def test_projection_weights_right(answer):
    assert check("05-projection-weights", answer).passed
