"""SOAP: what is known of its steps, and what its coordinates are for."""

import pytest
import torch
from torch import nn

from srcourse.training.soap import LARGEST, SOAP


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(11)


def follow(kind, gradients, **settings):
    """Where the gradients lead a weight that begins at zero."""
    weight = nn.Parameter(torch.zeros_like(gradients[0]))
    optimiser = kind([weight], lr=0.01, **settings)
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimiser.step()
    return weight.detach()


def draws(count, *shape):
    """Gradients, each with a part that all share."""
    return torch.randn(count, *shape, dtype=torch.float64) + torch.randn(*shape).double()


@pytest.mark.parametrize("shape", [(7,), (1, LARGEST + 1)])
def test_where_no_axis_has_eigenvectors_it_is_adam(shape):
    gradients = draws(25, *shape)
    ours = follow(SOAP, gradients)
    torch.testing.assert_close(ours, follow(torch.optim.Adam, gradients, betas=(0.95, 0.95)))
    assert (ours != 0).all()


def test_where_the_eigenvectors_are_the_axes_it_is_adam():
    """Each gradient has one number that is not 0; which direction is the largest changes."""
    gradients = torch.zeros(60, 3, 2, dtype=torch.float64)
    for step, gradient in enumerate(gradients):
        place = int(torch.randint(6, ()))
        gradient.view(-1)[place] = (1 + place) ** (1 - step / 30)
    ours = follow(SOAP, gradients)
    torch.testing.assert_close(ours, follow(torch.optim.Adam, gradients, betas=(0.95, 0.95)))


def test_the_first_step_is_the_gradient_with_all_its_singular_values_one():
    weight = nn.Parameter(torch.zeros(6, 6, dtype=torch.float64))
    weight.grad = torch.randn(6, 6, dtype=torch.float64)
    u, _, v = torch.linalg.svd(weight.grad)
    SOAP([weight], lr=0.5).step()
    torch.testing.assert_close(weight.detach(), -0.5 * u @ v, atol=1e-5, rtol=0)


def turning(n):
    return torch.linalg.qr(torch.randn(n, n, dtype=torch.float64))[0]


def test_turning_the_coordinates_turns_the_path_and_adam_s_not():
    gradients, left, right = draws(45, 5, 4), turning(5), turning(4)
    for kind, same in ((SOAP, True), (torch.optim.Adam, False)):
        plain, turned = follow(kind, gradients), follow(kind, left @ gradients @ right)
        assert torch.allclose(turned, left @ plain @ right, atol=1e-6) == same


def test_a_kernel_s_pixels_are_one_axis():
    gradients, pixels = draws(45, 4, 3, 9), turning(9)
    plain = follow(SOAP, gradients.unflatten(3, (3, 3))).flatten(2)
    turned = follow(SOAP, (gradients @ pixels).unflatten(3, (3, 3))).flatten(2)
    torch.testing.assert_close(turned, plain @ pixels, atol=1e-6, rtol=0)


def test_the_coordinates_become_the_eigenvectors():
    """Of a gradient whose parts stay as they are, after the looks that it takes."""
    noise, left, right = torch.randn(400, 5, 4, dtype=torch.float64), turning(5), turning(4)
    strength = torch.tensor([9, 5, 3, 2, 1]).double()[:, None] * torch.tensor([7, 4, 2, 1]).double()
    weight = nn.Parameter(torch.zeros(5, 4, dtype=torch.float64))
    optimiser = SOAP([weight], lr=0.0, beta=0.99)
    for drawn in noise:
        weight.grad = left @ (drawn * strength) @ right.T
        optimiser.step()
    for axis, true in ((0, left), (1, right)):
        found = optimiser.state[weight][f"basis_{axis}"]
        torch.testing.assert_close(found.T @ found, torch.eye(len(found)).double())
        assert ((found * true).sum(0).abs() > 0.9).all()  # the largest first


def test_it_goes_down_a_narrow_valley_that_holds_adam_up():
    """Least squares of neighbouring pixels: 16 numbers in a row, each near the one before."""
    rows = torch.randn(256, 16, dtype=torch.float64).cumsum(1)
    target = rows @ torch.randn(16, 8, dtype=torch.float64)

    def left_over(kind):
        weight = nn.Parameter(torch.zeros(16, 8, dtype=torch.float64))
        optimiser = kind([weight], lr=0.05)
        for _ in range(200):
            optimiser.zero_grad()
            loss = (rows @ weight - target).square().mean()
            loss.backward()
            optimiser.step()
        return loss.item()

    assert left_over(SOAP) < 0.1 * left_over(torch.optim.Adam)


def test_what_has_no_gradient_stays():
    weight = nn.Parameter(torch.ones(3, 3))
    SOAP([weight], lr=0.1).step()
    assert (weight == 1).all()
