"""A small EDSR's weights in a larger one that computes the same, and learns on from there.

After Chen, Goodfellow and Shlens 2016, "Net2Net: Accelerating Learning via Knowledge Transfer",
ICLR, https://arxiv.org/abs/1511.05641; but what is new starts at random where the paper copies, and
the old channels do not hear of it: their weights for it are zero.
"""

import re

from torch import Tensor

_SECOND_CONV = re.compile(r"body\.(\d+)\.body\.2\.")


def smaller(given: dict[str, Tensor], own: dict[str, Tensor]) -> bool:
    """Whether `given` is an EDSR's, of one scale with `own` and with fewer blocks or features."""
    needed = {"head.0.weight", "tail.0.0.weight"}
    if not (needed <= given.keys() and needed <= own.keys()) or _squares(given) != _squares(own):
        return False
    renamed = _renamed(given, own)
    return renamed.keys() <= own.keys() and all(
        a.dim() == own[key].dim()
        and all(x <= y for x, y in zip(a.shape, own[key].shape, strict=True))
        for key, a in renamed.items()
    )


def grown(given: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor]:
    """`own`, a larger EDSR's fresh tensors, with `given`'s in the first channels of each layer.

    The network computes what the small one does: in its first channels, whose weights for further
    channels are zero, and with new blocks that add nothing to them yet.
    """
    old = given["head.0.weight"].shape[0]  # features
    blocks = _blocks(given)
    large = {key: tensor.clone() for key, tensor in own.items()}
    for key, tensor in _renamed(given, own).items():
        rows = slice(tensor.shape[0])
        if tensor.dim() == 4:
            large[key][rows, tensor.shape[1] :] = 0
            large[key][rows, : tensor.shape[1]] = tensor
        else:
            large[key][rows] = tensor
    for key, tensor in large.items():
        match = _SECOND_CONV.match(key)
        if match and int(match[1]) >= blocks:
            tensor[:old] = 0
    return large


def _squares(state: dict[str, Tensor]) -> float:
    """What the first step of the way up multiplies the channels by: its scale squared."""
    return state["tail.0.0.weight"].shape[0] / state["head.0.weight"].shape[0]


def _blocks(state: dict[str, Tensor]) -> int:
    return sum(bool(_SECOND_CONV.match(key)) and key.endswith("weight") for key in state)


def _renamed(given: dict[str, Tensor], own: dict[str, Tensor]) -> dict[str, Tensor]:
    """The convolution after the blocks has their count as its number."""
    last, there = (f"body.{_blocks(state)}." for state in (given, own))
    return {
        there + key.removeprefix(last) if key.startswith(last) else key: tensor
        for key, tensor in given.items()
    }
