"""srcourse.models.cost: published figures, and a count while the network runs."""

import pytest
import torch
from torch import nn

from srcourse import zoo
from srcourse.models.cost import multiply_adds, parameters

HD = 1280 * 720


@pytest.mark.parametrize(
    ("name", "scale", "published"),
    [
        ("srcnn", 2, 52.7),
        ("fsrcnn", 2, 2.87),
        ("fsrcnn", 3, 1.28),
        ("fsrcnn", 4, 0.72),
        ("edsr-baseline", 2, 316),
        ("edsr-baseline", 3, 160),
        ("edsr-baseline", 4, 114),
        ("edsr", 2, 9385),
        ("edsr", 4, 2895),
        ("selnet", 2, 226),
        ("btsrn", 2, 431),
    ],
)
def test_published_figures_for_a_720p_picture(name, scale, published):
    found = float(multiply_adds(zoo.build(name, scale)) * HD / 10**9)
    assert found == pytest.approx(published, rel=0.01)


@pytest.mark.parametrize("name", ["srcnn", "fsrcnn", "btsrn-mini", "selnet-mini", "edsr-mini"])
def test_it_is_what_is_counted_while_the_network_runs(name):
    network = zoo.build(name, 3).eval()
    counted = 0

    def count(layer, inputs, output):
        nonlocal counted
        pixels = inputs[0] if isinstance(layer, nn.ConvTranspose2d) else output
        counted += layer.weight.numel() * pixels.shape[2] * pixels.shape[3]

    expected = multiply_adds(network) * (15 * 21)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and layer.weight.requires_grad:
            layer.register_forward_hook(count)
    with torch.no_grad():
        network(torch.zeros(1, network.channels, 5, 7))
    assert counted == expected


def test_weights_that_ship_cost_the_same_as_fresh_ones():
    for function in (multiply_adds, parameters):
        assert function(zoo.load("edsr-mini", 2)) == function(zoo.build("edsr-mini", 2))


def test_frozen_numbers_are_no_parameters():
    assert parameters(zoo.build("edsr-baseline", 2)) == 1_369_859
    assert parameters(zoo.build("fsrcnn", 4)) == 12_809
