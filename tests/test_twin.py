"""srcourse.models.twin: another way to compute the same."""

import pytest
import torch
from torch import nn

from srcourse import zoo
from srcourse.models.twin import as_convolution, twin

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "more"),
    [
        (9, 2, 4, 1),
        (9, 3, 4, 2),
        (9, 4, 4, 3),
        (2, 2, 0, 0),
        (3, 3, 0, 0),
        (4, 2, 1, 0),
        (8, 4, 2, 0),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_it_computes_what_the_transposed_convolution_does(kernel, stride, padding, more, bias):
    torch.manual_seed(0)
    deconv = nn.ConvTranspose2d(
        5, 3, kernel, stride, padding, output_padding=more, bias=bias, dtype=torch.float64
    )
    x = torch.randn(2, 5, 7, 6, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(as_convolution(deconv).double()(x), deconv(x))


@pytest.mark.parametrize(
    "deconv",
    [
        nn.ConvTranspose2d(2, 2, 9, 2),
        nn.ConvTranspose2d(2, 2, 4, 2, 1, groups=2),
        nn.ConvTranspose2d(2, 2, (2, 3), (2, 3)),
        nn.ConvTranspose2d(2, 2, 3, 2, 1, output_padding=1, dilation=2),
    ],
)
def test_others_are_refused(deconv):
    with pytest.raises(ValueError, match="does not enlarge by its stride alone"):
        as_convolution(deconv)


@pytest.mark.parametrize("name", sorted(set(zoo.names()) - {"edsr", "mdsr"}))
@pytest.mark.parametrize("scale", [2, 4])
def test_a_network_gives_the_same_picture_and_keeps_its_layers(name, scale):
    torch.manual_seed(0)
    network = zoo.build(name, scale).eval()
    layers = [repr(layer) for layer in network.modules()]
    fast = twin(network)
    assert not any(isinstance(layer, nn.ConvTranspose2d) for layer in fast.modules())
    x = torch.rand(1, network.channels, 9, 8)
    with torch.no_grad():
        torch.testing.assert_close(fast(x), network(x), atol=1e-5, rtol=1e-4)
    assert layers == [repr(layer) for layer in network.modules()]
    assert twin(network) is fast


def test_an_activation_never_writes_over_a_skip():
    fast = twin(zoo.build("btsrn-mini", 2))
    first, _, second, _ = fast.lr_stage[0].body
    assert not first.inplace
    assert second.inplace
    assert all(block.body[1].inplace for block in twin(zoo.build("edsr-mini", 2)).body[:-1])
