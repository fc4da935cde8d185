"""srcourse.training.memory: against what must be kept, counted by hand."""

import torch
from torch import nn

from srcourse.training.memory import kept_for_backward

MAP = 4 * 8 * 8 * 4  # bytes of 4 maps of 8 × 8 float32


def test_a_convolution_keeps_its_input():
    x = torch.rand(1, 4, 8, 8, requires_grad=True)
    assert kept_for_backward(nn.Conv2d(4, 4, 3, padding=1), x) == MAP


def test_what_two_layers_keep_together_counts_once():
    x = torch.rand(1, 4, 8, 8, requires_grad=True)
    two = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
    assert kept_for_backward(two, x) == 2 * MAP  # the input; ReLU's output, which both need


def test_nothing_is_kept_where_nothing_is_learned():
    layer = nn.Conv2d(4, 4, 3).requires_grad_(False)
    assert kept_for_backward(layer, torch.rand(1, 4, 8, 8)) == 0
