"""A larger EDSR that starts from a smaller one."""

import pytest
import torch
from safetensors.torch import save_file

from srcourse import zoo
from srcourse.models.edsr import EDSR
from srcourse.training.growth import grown, smaller
from srcourse.training.loop import Run
from srcourse.training.recipes import Recipe


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(5)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_large_network_computes_what_the_small_one_does(scale):
    small, large = EDSR(scale, blocks=2, features=8), EDSR(scale, blocks=4, features=12)
    given, own = small.state_dict(), large.state_dict()
    assert smaller(given, own)
    before = {key: tensor.clone() for key, tensor in own.items()}
    state = grown(given, own)
    assert all(torch.equal(own[key], before[key]) for key in own)
    large.load_state_dict(state)
    picture = torch.rand(1, 3, 9, 7)
    with torch.no_grad():
        torch.testing.assert_close(large(picture), small(picture), atol=1e-5, rtol=0)


def test_all_that_is_new_learns():
    small, large = EDSR(2, blocks=1, features=4), EDSR(2, blocks=2, features=6)
    large.load_state_dict(grown(small.state_dict(), large.state_dict()))
    optimiser = torch.optim.SGD(large.parameters(), lr=1e-6)
    for _ in range(3):  # what is behind a zero weight hears of the loss a step later
        optimiser.zero_grad()
        large(torch.rand(2, 3, 8, 8)).square().mean().backward()
        optimiser.step()
    for name, parameter in large.named_parameters():
        if parameter.requires_grad and parameter.dim() == 4:
            assert (parameter.grad != 0).any(dim=(2, 3)).all(), name


@pytest.mark.parametrize(
    "other",
    [
        lambda: EDSR(3, blocks=1, features=2),  # each of its tensors would fit
        lambda: EDSR(2, blocks=3, features=4),
        lambda: EDSR(2, blocks=1, features=9),
        lambda: zoo.build("fsrcnn", 2),
        lambda: zoo.build("srresnet", 2),
    ],
    ids=["another scale", "more blocks", "more features", "fsrcnn", "srresnet"],
)
def test_what_is_no_smaller_edsr_does_not_grow(other):
    own = EDSR(2, blocks=2, features=8).state_dict()
    assert smaller(EDSR(2, blocks=1, features=4).state_dict(), own)
    assert not smaller(other().state_dict(), own)


def test_a_run_starts_from_the_smaller_network(tmp_path):
    given = zoo.build("edsr-mini", 2).state_dict()
    save_file(given, tmp_path / "mini.safetensors")
    run = Run(Recipe("edsr-baseline", 2, steps=1), torch.device("cpu"))
    run.start_from(tmp_path / "mini.safetensors")
    small = zoo.build("edsr-mini", 2)
    small.load_state_dict(given)
    picture = torch.rand(1, 3, 8, 8)
    with torch.no_grad():
        for network in (run.model, run.ema):
            torch.testing.assert_close(network(picture), small(picture), atol=1e-5, rtol=0)
