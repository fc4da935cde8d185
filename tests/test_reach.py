"""srcourse.models.reach: what is computed from the layers is what a changed pixel shows."""

import threading

import pytest
import torch
from torch import nn

from srcourse import zoo
from srcourse.models.reach import extent

BUILT = [
    (name, scale)
    for name in zoo.names()
    for scale in zoo.SCALES
    if name not in ("edsr", "mdsr") and (name, scale) != ("srresnet", 3)
]


def columns_reached(network: nn.Module, halo: int) -> tuple[int, int]:
    """LR columns, to the left and right, in which something comes out where one has gone in.

    Without biases nothing comes out of nothing, and weights that are positive do not cancel.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.uniform_(layer.weight, 0, 1 / layer.weight[0].numel())
            nn.init.zeros_(layer.bias)
    width = 2 * halo + 9
    middle = width // 2
    seen = torch.zeros(network.scale * width, dtype=torch.bool)
    for sign in (1, -1):  # a ReLU stops one, and with it bicubic's outer taps
        x = torch.zeros(1, network.channels, 3, width, dtype=torch.float64)
        x[..., middle] = sign
        with torch.no_grad():
            seen |= (network(x) != 0).any(2).any(1)[0]
    columns = seen.nonzero().flatten() // network.scale
    return middle - int(columns[0]), int(columns[-1]) - middle


@pytest.mark.parametrize(("name", "scale"), BUILT)
def test_the_halo_is_how_far_a_pixel_reaches(name, scale):
    torch.manual_seed(0)
    network = zoo.build(name, scale).double().eval()
    halo = extent(network).halo
    assert max(columns_reached(network, halo)) == halo


@pytest.mark.parametrize(
    ("name", "scale", "halo"),
    [
        # 3×3 convolutions count 1 each before the PixelShuffle, and 1/scale after it: the head,
        # 2·32 in blocks, the body's last, the upsampler's, and the tail's share.
        ("edsr", 2, 68),
        ("edsr", 3, 68),
        # two 5×5 blocks more: 8; and 2·80 in the body
        ("mdsr", 2, 172),
    ],
)
def test_the_largest_by_hand(name, scale, halo):
    assert extent(zoo.build(name, scale)).halo == halo


def test_the_widest_layer_is_found():
    assert extent(zoo.build("edsr-baseline", 2)).widest == 64 * 4
    assert extent(zoo.build("srcnn", 3)).widest == 64 * 9
    assert extent(zoo.build("fsrcnn", 2)).widest == 56


@pytest.mark.parametrize(
    "layer", [nn.MaxPool2d(2), nn.Conv2d(1, 1, 3, stride=2, padding=1), nn.Upsample(2, mode="area")]
)
def test_a_layer_it_does_not_know_is_an_error(layer):
    network = nn.Sequential(layer)
    network.channels = 1
    with pytest.raises(ValueError, match=r"^model: how far .* reaches is not known$"):
        extent(network)


def test_other_threads_may_compute_meanwhile():
    """Nothing that networks share is changed while one is looked at."""
    going, wrong = threading.Event(), []

    def compute():
        network = zoo.build("fsrcnn", 2)
        while not going.is_set():
            try:
                network(torch.zeros(1, 1, 4, 4))
            except Exception as error:
                wrong.append(error)

    other = threading.Thread(target=compute)
    other.start()
    for _ in range(20):
        extent(zoo.build("edsr-mini", 2))
    going.set()
    other.join()
    assert wrong == []


def test_an_operation_it_does_not_know_is_an_error():
    class Mean(nn.Module):
        channels = 1

        def forward(self, x):
            return torch.cumsum(x, 3)

    with pytest.raises(ValueError, match="cumsum"):
        extent(Mean())
