"""Checkpoints: a folder of safetensors files, each at most 15 MiB, beside a small JSON state."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryFile

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

LIMIT = 15 * 2**20
_ENTRY = 200  # bytes, at most, that a tensor takes in a file's header beside its name


def save_tensors(tensors: dict[str, Tensor], file: Path, metadata: dict[str, str]) -> None:
    """One safetensors file, written beside and then renamed: a failure leaves the old one whole."""
    part = file.with_name(file.name + ".part")
    try:
        part.write_bytes(save({k: v.contiguous().cpu() for k, v in tensors.items()}, metadata))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Raises OSError where no file can be made in `folder`: better before the work than after."""
    with TemporaryFile(dir=folder):
        pass


def write(folder: Path, tensors: dict[str, Tensor], state: dict) -> None:
    """Replace the checkpoint in `folder` by `tensors` and `state`, the old one kept until done.

    A failure leaves the old one whole and nothing beside it.
    """
    fresh, old = (folder.with_name(folder.name + end) for end in (".part", ".old"))
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for number, shard in enumerate(_shards(tensors)):
            save_tensors(shard, fresh / f"{number:03}.safetensors", {})
        (fresh / "state.json").write_text(json.dumps(state, indent=1))
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def read(folder: Path) -> tuple[dict[str, Tensor], dict]:
    """The tensors and state of the checkpoint in `folder`.

    Raises ValueError where there is none, or where it is damaged.
    """
    old = folder.with_name(folder.name + ".old")
    if not folder.is_dir() and old.is_dir():  # cut off between the two renames of `write`
        folder = old
    if not (folder / "state.json").is_file():
        raise ValueError(f"resume: there is no checkpoint in {folder}")
    tensors: dict[str, Tensor] = {}
    try:
        for file in sorted(folder.glob("*.safetensors")):
            tensors |= load_file(file)
        return tensors, json.loads((folder / "state.json").read_text())
    except (SafetensorError, json.JSONDecodeError) as error:
        raise ValueError(f"resume: the checkpoint in {folder} is damaged: {error}") from None


def _shards(tensors: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    shards: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        bytes_ = tensor.nbytes + len(name) + _ENTRY
        if shards[-1] and size + bytes_ > LIMIT:
            shards.append({})
            size = 0
        shards[-1][name] = tensor
        size += bytes_
    return shards
