"""Reads CIFAR-10 as its author publishes it: the binary and the Python layout."""

import pickle
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_PIXELS = 3 * 32 * 32
PYTHON = (*(f"data_batch_{n}" for n in range(1, 6)), "test_batch")
BINARY = tuple(f"{name}.bin" for name in PYTHON)


@dataclass(frozen=True)
class Labelled:
    """Pictures, uint8 (N, H, W, 3), and what each shows, (N,), as numbers from 0."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, chosen: Any) -> "Labelled":
        return Labelled(self.images[chosen], self.labels[chosen])


@dataclass(frozen=True)
class Cifar10:
    """CIFAR-10 as found: `train` and `test`, of 50,000 and 10,000 pictures where it is whole."""

    train: Labelled
    test: Labelled

    def __str__(self) -> str:
        return f"CIFAR-10, {len(self.train):,} training and {len(self.test):,} test images"


def read(folder: Path) -> Cifar10:
    """CIFAR-10 from `folder`, or from the folder in it that has the release's own name.

    Any whole number of records is read. The Python layout is read without running what a pickle
    may hold. Raises ValueError for a folder that holds neither layout, a missing file, half a
    record, a label above 9, and a pickle of something else.
    """
    layouts = (("cifar-10-batches-bin", BINARY, _binary), ("cifar-10-batches-py", PYTHON, _python))
    for own, files, parse in layouts:
        for place in (folder / own, folder):
            missing = [name for name in files if not (place / name).is_file()]
            if len(missing) == len(files):
                continue
            if missing:
                raise ValueError(f"cifar10: {place} lacks {', '.join(missing)}")
            *train, test = (Labelled(*parse(place / name)) for name in files)
            images = np.concatenate([part.images for part in train])
            return Cifar10(Labelled(images, np.concatenate([p.labels for p in train])), test)
    known = " or ".join(own for own, *_ in layouts)
    raise ValueError(f"cifar10: {folder} holds no CIFAR-10; it is or contains {known}")


def _binary(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """A record is a label byte, then all red, all green, all blue pixels, row by row."""
    content = np.fromfile(file, np.uint8)
    records, rest = divmod(len(content), 1 + _PIXELS)
    if rest or not records:
        raise ValueError(
            f"cifar10: {file} has {len(content):,} bytes, no whole number of records of "
            f"{1 + _PIXELS:,}; it is damaged or something else"
        )
    table = content.reshape(records, 1 + _PIXELS)
    return _checked(file, table[:, 1:], table[:, 0])


class _DataOnly(pickle.Unpickler):
    """Knows how an array is put together, and refuses to call anything else."""

    _ALLOWED = frozenset(
        (f"{module}.multiarray", "_reconstruct") for module in ("numpy.core", "numpy._core")
    ) | {("numpy", "ndarray"), ("numpy", "dtype"), ("_codecs", "encode")}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def _python(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """A dictionary: ``b"data"`` (N, 3072) in the same order, and ``b"labels"``."""
    try:
        found = _DataOnly(BytesIO(file.read_bytes()), encoding="bytes").load()
        found = {k.decode() if isinstance(k, bytes) else k: v for k, v in found.items()}
        data, labels = np.asarray(found["data"]), np.asarray(found["labels"])
    except Exception as error:  # a damaged pickle may raise anything
        raise ValueError(f"cifar10: {file} is no batch of CIFAR-10: {error}") from None
    if data.dtype != np.uint8 or data.shape != (len(labels), _PIXELS) or not len(labels):
        raise ValueError(
            f"cifar10: {file} holds {data.shape} {data.dtype} for {labels.shape} labels; "
            f"a batch has (N, {_PIXELS}) uint8 and N labels"
        )
    return _checked(file, data, labels)


def _checked(file: Path, pixels: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if labels.min() < 0 or labels.max() >= len(NAMES):
        raise ValueError(f"cifar10: {file} has labels that are not between 0 and 9")
    images = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), labels.astype(np.int64)
