import numpy as np
import pytest
import torch

from srcourse.models.residual import HE, Block, DepthNet
from srcourse.training.race import Runner

pytestmark = pytest.mark.usefixtures("one_thread")


def by_hand(block, x):
    """A block in NumPy, batch norm written out."""
    first, _, _, second, _ = block.branch

    def normalised(values):
        return (values - values.mean(0)) / np.sqrt(values.var(0) + 1e-5)

    f = np.maximum(normalised(x @ first.weight.detach().numpy().T), 0)
    f = normalised(f @ second.weight.detach().numpy().T)
    return np.maximum(f + x if block.shortcut else f, 0)


@pytest.mark.parametrize("shortcut", [False, True])
def test_a_block_is_what_its_formula_says(shortcut):
    x = np.random.default_rng(0).normal(size=(50, 6))
    block = Block(6, shortcut, norm=True).double()
    got = block(torch.tensor(x)).detach().numpy()
    assert np.allclose(got, by_hand(block, x))


def test_a_residual_block_at_zero_is_the_identity_and_a_plain_one_erases():
    x = torch.rand(9, 6)
    for shortcut, expected in ((True, x), (False, torch.zeros(9, 6))):
        block = Block(6, shortcut, norm=True)
        torch.nn.init.zeros_(block.branch[-1].weight)
        assert torch.equal(block(x), expected)


@pytest.mark.parametrize("depth", [4, 10, 32])
def test_depth_counts_the_layers_of_weights(depth):
    net = DepthNet(depth, norm=False)
    assert len(net.layers()) == depth
    assert len(net.blocks()) == depth // 2 - 1
    assert net(torch.zeros(5, 18)).shape == (5, 1)


def test_plain_and_residual_start_alike_and_seeds_differ():
    plain, residual, other = (
        list(DepthNet(8, shortcut, seed=seed).parameters())
        for shortcut, seed in ((False, 1), (True, 1), (True, 2))
    )
    assert all(torch.equal(a, b) for a, b in zip(plain, residual, strict=True))
    assert not torch.equal(residual[0], other[0])


def test_the_first_weights_have_the_spread_that_was_asked_for():
    for gain in (HE, 3**-0.5):
        net = DepthNet(4, norm=False, gain=gain, width=400)
        weight = net.layers()[1].weight
        assert abs(weight.std().item() * 20 / gain - 1) < 0.01
        assert not any(layer.bias.any() for layer in net.layers())


def test_making_a_network_leaves_the_global_random_numbers_reproducible():
    torch.manual_seed(3)
    first = DepthNet(4, seed=0).layers()[0].weight
    torch.manual_seed(4)
    assert torch.equal(first, DepthNet(4, seed=0).layers()[0].weight)


@pytest.mark.parametrize("depth", [2, 7, 0])
def test_a_depth_without_whole_blocks_is_refused(depth):
    with pytest.raises(ValueError, match="an even number from 4"):
        DepthNet(depth)


def test_a_runner_follows_plain_torch():
    random = torch.Generator().manual_seed(0)
    inputs, targets = torch.rand(40, 18, generator=random), torch.rand(40, 1, generator=random)
    runner = Runner(DepthNet(4, seed=2), inputs, targets, 0.01).run(5)
    net = DepthNet(4, seed=2)
    optimizer = torch.optim.Adam(net.parameters(), 0.01)
    losses = []
    for _ in range(6):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(inputs), targets)
        loss.backward()
        losses.append(loss.item())
        gradients = [layer.weight.grad.norm().item() for layer in net.layers()]
        optimizer.step()
    assert runner.losses == pytest.approx(losses, rel=1e-4)
    assert runner.gradients() == pytest.approx(gradients, rel=1e-3)
    assert torch.allclose(runner.output, runner.net(inputs))
