"""What a network holds on its way: the output of each of its layers for one picture."""

from copy import deepcopy
from functools import partial
from typing import NamedTuple

import numpy as np
from torch import Tensor, nn

from srcourse.models.picture import enlarge


class LayerOutput(NamedTuple):
    """name: the layer's in the model; kind: its class; values: float32 (C, H, W)."""

    name: str
    kind: str
    values: np.ndarray


def feature_maps(model: nn.Module, image: np.ndarray) -> list[LayerOutput]:
    """What each layer of `model` gives out for `image`, in the order in which they run.

    image: as for `picture.enlarge`; of a colour picture a luma network sees Y. A layer is a module
    that contains no other. What the model computes between its layers, such as a skip's sum or
    `torch.relu`, is not listed.

    Raises ValueError as `enlarge` does.
    """
    model = deepcopy(model)  # whoever else runs the network meanwhile is not listened to
    found: list[LayerOutput] = []

    def keep(name: str, layer: nn.Module, _given: tuple[Tensor, ...], output: Tensor) -> None:
        values = output[0].float().cpu().numpy().copy()
        found.append(LayerOutput(name, type(layer).__name__, values))

    for name, layer in model.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(partial(keep, name))
    enlarge(model, image)
    return found
