"""Names → architecture and weights."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from srcourse import shipped
from srcourse.models.edsr import EDSR
from srcourse.models.fsrcnn import FSRCNN

_BUILDERS: dict[str, Callable[..., nn.Module]] = {
    "fsrcnn": FSRCNN,
    "edsr-mini": partial(EDSR, blocks=8, features=32),
    "edsr-baseline": partial(EDSR, blocks=16, features=64),
}
SCALES = (2, 3, 4)


def names() -> tuple[str, ...]:
    """Every network that `build` knows."""
    return tuple(_BUILDERS)


def build(name: str, scale: int) -> nn.Module:
    """The bare network `name` at `scale`, freshly initialised.

    Raises ValueError for an unknown name (the nearest one is suggested) or scale.
    """
    if name not in _BUILDERS:
        near = get_close_matches(str(name), _BUILDERS, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"model is {name!r}{hint} known: {', '.join(_BUILDERS)}")
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; {name} is built for {', '.join(map(str, SCALES))}")
    return _BUILDERS[name](scale)


def weights_file(name: str, scale: int | str) -> Path:
    """Where the trained weights of `name` at `scale` ship, whether or not they do."""
    return shipped.folder("data") / "weights" / f"{name}-x{scale}.safetensors"


def trained() -> dict[str, tuple[int, ...]]:
    """The networks whose weights ship, each with its scales."""
    found = {n: tuple(s for s in SCALES if weights_file(n, s).is_file()) for n in names()}
    return {name: scales for name, scales in found.items() if scales}


def read_weights(file: Path) -> dict[str, Tensor]:
    """The tensors in the safetensors `file`, as float32; nothing in it is ever executed.

    Raises FileNotFoundError, and ValueError for what is not such a file.
    """
    try:
        return {name: tensor.float() for name, tensor in load_file(file).items()}
    except SafetensorError as error:
        raise ValueError(
            f"weights: {file} is not a safetensors file, or damaged: {error}"
        ) from None


@cache
def load(name: str, scale: int) -> nn.Module:
    """The trained network `name` at `scale`, on the CPU, ready to be used but not trained.

    Raises ValueError as `build` does, and where no weights ship for it.
    """
    model = build(name, scale)
    file = weights_file(name, scale)
    if not file.is_file():
        have = ", ".join(f"{n} ×{'/'.join(map(str, s))}" for n, s in trained().items())
        raise ValueError(
            f"no trained weights ship for {name} ×{scale}; they do for: {have or 'none'}"
        )
    model.load_state_dict(read_weights(file))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval().requires_grad_(False)
