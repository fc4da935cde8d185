"""Names → architecture and weights, ours and other projects'."""

import json
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from srcourse import shipped
from srcourse.models.btsrn import BTSRN
from srcourse.models.edsr import EDSR
from srcourse.models.fsrcnn import FSRCNN
from srcourse.models.mdsr import MDSR
from srcourse.models.selnet import SelNet
from srcourse.models.srcnn import SRCNN
from srcourse.models.srresnet import SRResNet
from srcourse.resampling import whole_scale

# The papers' networks, and smaller ones of the same make ("mini") that two cores can train.
_BUILDERS: dict[str, Callable[..., nn.Module]] = {
    "srcnn": SRCNN,
    "srcnn-915": partial(SRCNN, f2=1),
    "fsrcnn": FSRCNN,
    "btsrn": BTSRN,
    "btsrn-mini": partial(BTSRN, width=32, inner=32),
    "selnet": SelNet,
    "selnet-mini": partial(SelNet, pairs=5, features=32),
    "srresnet": SRResNet,
    "edsr-mini": partial(EDSR, blocks=8, features=32),
    "edsr-baseline": partial(EDSR, blocks=16, features=64),
    "edsr": partial(EDSR, blocks=32, features=256, res_scale=0.1),
    "mdsr": MDSR,
}
SCALES = (2, 3, 4)


def names() -> tuple[str, ...]:
    """Every network that `build` knows."""
    return tuple(_BUILDERS)


def build(name: str, scale: int, **options: int) -> nn.Module:
    """The bare network `name` at `scale`, freshly initialised.

    options: of its class, such as BTSRN's `lr_blocks` and `hr_blocks`.
    Raises ValueError for an unknown name (the nearest one is suggested), scale or option.
    """
    if name not in _BUILDERS:
        near = get_close_matches(str(name), _BUILDERS, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"model is {name!r}{hint} known: {', '.join(_BUILDERS)}")
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; {name} is built for {', '.join(map(str, SCALES))}")
    try:
        for option, value in options.items():
            blocks = option.endswith("blocks")  # of which there may be none
            if value < 0 or (value == 0 and not blocks):
                accepted = "a whole number from 0" if blocks else "positive"
                raise ValueError(f"options of {name}: {option} is {value}; it must be {accepted}")
        return _BUILDERS[name](int(scale), **options)
    except TypeError as error:
        raise ValueError(f"options of {name}: {error}") from None


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
    if Path(file).is_dir():
        raise ValueError(f"weights: {file} is a folder; accepted: a safetensors file")
    try:
        return {name: tensor.float() for name, tensor in load_file(file).items()}
    except SafetensorError as error:
        raise ValueError(
            f"weights: {file} is not a safetensors file, or damaged: {error}"
        ) from None


def training(file: Path) -> dict | None:
    """How the weights in the safetensors `file` were trained, as `srcourse train` wrote it.

    None where it wrote nothing: another program's weights. Raises as `read_weights` does.
    """
    read_weights(file)  # tells a damaged file from another program's
    with safe_open(file, "pt") as opened:
        written = (opened.metadata() or {}).get("training")
    return json.loads(written) if written else None


def training_of(file: Path) -> dict:
    """As `training`. Raises ValueError where it is not told, or the file is damaged."""
    about = training(file)
    if about is None:
        raise ValueError(
            f"weights: {file} does not say which network it is of; use zoo.load_checkpoint"
        )
    return about


def lineage(about: dict) -> list[dict]:
    """The run `about`, as `training` tells of it, and before it those whose weights it and they
    began with: the latest first."""
    runs = [about]
    while origin := runs[-1].get("origin"):
        runs.append(origin)
    return runs


def load_trained(path: Path) -> nn.Module:
    """The network whose weights `srcourse train` wrote to `path`, ready to be used.

    Raises FileNotFoundError, and ValueError for a file that does not say which network it is of, or
    is a colorizer's.
    """
    return _trained_at(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)  # a folder of pictures needs it for each of them
def _trained_at(path: Path, _time: int) -> nn.Module:
    recipe = training_of(path)["recipe"]
    if "scale" not in recipe:
        raise ValueError(f"weights: {path} is a colorizer's; it enlarges nothing")
    return load_checkpoint(path, recipe["model"], recipe["scale"], **recipe.get("options", {}))


def load_checkpoint(path: Path, name: str, scale: int, **options: int) -> nn.Module:
    """The network `name` at `scale` with the weights in `path`, on the CPU, ready to be used.

    path: .safetensors, or .pt/.pth as torch saves them, read without running code in it. The names
    of the tensors are ours, which for EDSR and MDSR are their authors', or for EDSR the other
    common ones (``conv_first``, ``body.0.conv1`` …), which leave out the mean colour. options: as
    `build` takes them.

    Raises FileNotFoundError, and ValueError for a file that cannot be read as weights alone, and
    for tensors that are missing, too many or of another shape: it lists them.
    """
    model = build(name, scale, **options)
    own = model.state_dict()
    given = read_checkpoint(Path(path))
    if "conv_first.weight" in given:
        given = {k: v for k, v in own.items() if "_mean." in k} | _official_names(given)
    problems = [f"missing {k}" for k in own if k not in given]
    problems += [f"extra {k}" for k in given if k not in own]
    problems += [
        f"{k} is {tuple(given[k].shape)}, not {tuple(own[k].shape)}"
        for k in own
        if k in given and given[k].shape != own[k].shape
    ]
    if problems:
        raise ValueError(f"{path} does not fit {name} ×{scale}: {'; '.join(problems)}")
    model.load_state_dict(given)
    return _ready(model)


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint, .safetensors or .pt/.pth, as float32; none of it is executed.

    Raises FileNotFoundError, and ValueError for what cannot be read as weights alone.
    """
    if path.suffix.lower() not in (".pt", ".pth"):
        return read_weights(path)
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    except UnpicklingError:
        raise ValueError(
            f"weights: {path} holds more than tensors, or is none; it was not run"
        ) from None
    except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"weights: {path} is damaged or not torch's: {reason}") from None
    for wrapper in ("params_ema", "params", "state_dict"):
        if isinstance(found, dict) and isinstance(found.get(wrapper), dict):
            found = found[wrapper]
            break
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        raise ValueError(f"weights: {path} is not a table of named tensors")
    return {key: tensor.float() for key, tensor in found.items()}


def _official_names(given: dict[str, Tensor]) -> dict[str, Tensor]:
    """EDSR's tensors under its authors' names, from the other common ones."""
    blocks = len({k.split(".")[1] for k in given if re.match(r"body\.\d+\.", k)})
    renames = (
        (r"^conv_first\.", "head.0."),
        (r"^(body\.\d+)\.conv1\.", r"\1.body.0."),
        (r"^(body\.\d+)\.conv2\.", r"\1.body.2."),
        (r"^conv_after_body\.", f"body.{blocks}."),
        (r"^upsample\.", "tail.0."),
        (r"^conv_last\.", "tail.1."),
    )
    named = {}
    for key, tensor in given.items():
        for pattern, ours in renames:
            key = re.sub(pattern, ours, key)
        named[key] = tensor
    return named


@cache
def load(name: str, scale: int) -> nn.Module:
    """The trained network `name` at `scale`, on the CPU, ready to be used but not trained.

    Raises ValueError as `build` does, and where no weights ship for it.
    """
    scale = whole_scale(scale)
    model = build(name, scale)
    file = weights_file(name, scale)
    if not file.is_file():
        have = ", ".join(f"{n} ×{'/'.join(map(str, s))}" for n, s in trained().items())
        raise ValueError(
            f"no trained weights ship for {name} ×{scale}; they do for: {have or 'none'}. To train "
            f"it: srcourse train; to use a checkpoint: zoo.load_checkpoint(path, {name!r}, {scale})"
        )
    model.load_state_dict(read_weights(file))
    return _ready(model)


def _ready(model: nn.Module) -> nn.Module:
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval().requires_grad_(False)
