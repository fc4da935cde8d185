"""The classifier against its parts written out in plain torch, and counted by hand."""

import pytest
import torch
from torch.nn import functional as F

from srcourse.models.classifier import Classifier


@pytest.mark.parametrize(
    ("side", "features", "parameters"),
    [
        # 3·9·32 + 32, 32·9·64 + 64, (side/4)²·64·64 + 64, 64·10 + 10
        (32, 32, 896 + 18_496 + 262_208 + 650),
        (16, 32, 896 + 18_496 + 65_600 + 650),
        (32, 16, 448 + 4_640 + 131_136 + 650),
    ],
)
def test_counted_by_hand(side, features, parameters):
    model = Classifier(side, features=features)
    assert sum(p.numel() for p in model.parameters()) == parameters
    assert model(torch.rand(5, 3, side, side)).shape == (5, 10)


@pytest.mark.parametrize("side", [16, 32])
def test_it_is_the_chain_of_its_layers(side):
    torch.manual_seed(0)
    model = Classifier(side, classes=7, features=4, hidden=9)
    x = torch.rand(2, 3, side, side)
    w = list(model.parameters())
    y = F.max_pool2d(F.conv2d(x, w[0], w[1], padding=1).clamp(min=0), 2)
    y = F.max_pool2d(F.conv2d(y, w[2], w[3], padding=1).clamp(min=0), 2)
    y = (y.flatten(1) @ w[4].T + w[5]).clamp(min=0)
    scores = y @ w[6].T + w[7]
    torch.testing.assert_close(model(x), scores)
    assert (scores < 0).any(), "scores, not yet probabilities"


def test_it_learns_to_tell_ten_pictures_apart():
    torch.manual_seed(0)
    model, x, t = Classifier(16, features=8), torch.rand(10, 3, 16, 16), torch.arange(10)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        F.cross_entropy(model(x), t).backward()
        optimizer.step()
    assert torch.equal(model(x).argmax(dim=1), t)


@pytest.mark.parametrize("side", [0, 2, 30, 33])
def test_a_side_that_cannot_be_halved_twice_is_an_error(side):
    with pytest.raises(ValueError, match=f"side is {side}; accepted: a multiple of 4"):
        Classifier(side)
