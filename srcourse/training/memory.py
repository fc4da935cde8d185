"""What training keeps in memory for the way back."""

import torch
from torch import Tensor, nn


def kept_for_backward(network: nn.Module, x: Tensor) -> int:
    """Bytes of what autograd keeps while `network` computes on `x`; its weights are not counted.

    Each stretch of memory counts once, though several layers may keep it.
    """
    kept: dict[int, int] = {}
    holding: list[Tensor] = []  # so that no address is used again meanwhile

    def pack(tensor: Tensor) -> Tensor:
        if not isinstance(tensor, nn.Parameter):
            memory = tensor.untyped_storage()
            kept[memory.data_ptr()] = memory.nbytes()
            holding.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        network(x)
    return sum(kept.values())
