"""Colorizers with their trained weights: ours, and the authors'."""

from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from srcourse import shipped, zoo
from srcourse.models.colorful import AB_RANGE, Colorful, ColorfulRegression

NAME = "colorful-mini"


def file() -> Path:
    """Where the weights of `colorful-mini` ship."""
    return shipped.folder("data") / "weights" / "colour" / f"{NAME}.safetensors"


def load(path: Path | None = None) -> Colorful:
    """A colorizer ready to be used: the one that ships, or that in `path`: what `srcourse train`
    wrote, or the authors' checkpoint (.pt, .pth or .safetensors), read without running code in it.

    Width and number of bins are read off the tensors. Raises FileNotFoundError, and ValueError for
    a file that cannot be read or is of another network: it lists what does not fit.
    """
    path = Path(path) if path else file()
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load(path: Path, _time: int) -> Colorful:
    given = zoo.read_checkpoint(path)
    first, last = given.get("model1.0.weight"), given.get("model8.6.weight")
    colours = given.get("model_out.weight")
    if first is None or last is None or colours is None or colours.shape[:1] != (2,):
        raise ValueError(f"weights: {path} is of another network; a colorizer has model1 to model8")
    kind = ColorfulRegression if len(last) == 2 != colours.shape[1] else Colorful
    model = kind(AB_RANGE * colours[..., 0, 0].T, len(first))
    problems = _misfits(model.state_dict(), given)
    if problems:
        raise ValueError(f"weights: {path} does not fit: {'; '.join(problems)}")
    model.load_state_dict(given)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval().requires_grad_(False)


def _misfits(own: dict[str, Tensor], given: dict[str, Tensor]) -> list[str]:
    return [
        *(f"missing {k}" for k in own if k not in given),
        *(f"extra {k}" for k in given if k not in own),
        *(
            f"{k} is {tuple(given[k].shape)}, not {tuple(v.shape)}"
            for k, v in own.items()
            if k in given and given[k].shape != v.shape
        ),
    ]
