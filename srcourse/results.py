"""Recorded results: what takes long is run once by a command and read by the lessons."""

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from srcourse import shipped

_VERSIONED = ("srcourse", "numpy", "pillow", "scikit-image", "torch")


def write(file: Path, command: str, data: str, device: str, results: Any) -> None:
    """Write `results` to `file` with what made them: command, date, versions, device and data.

    data: in words, where the pictures came from. The file is written beside and then renamed.
    Raises ValueError for NaN and infinity, which JSON has not.
    """
    record = {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {"python": platform.python_version()} | {n: version(n) for n in _VERSIONED},
        "device": device,
        "data": data,
        "results": results,
    }
    part = file.with_name(file.name + ".part")
    try:
        part.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def manifest() -> dict[str, dict]:
    """Of each of the weights that ship, how it was trained and what it reaches."""
    return json.loads((shipped.folder("data") / "weights" / "manifest.json").read_text())["results"]


def read(name: str) -> dict:
    """The record ``data/results/{name}.json`` that ships with the course.

    Raises ValueError for a name that is not recorded.
    """
    folder = shipped.folder("data") / "results"
    file = folder / f"{name}.json"
    if not file.is_file():
        known = ", ".join(sorted(f.stem for f in folder.glob("*.json")))
        raise ValueError(f"results: {name!r} is not recorded; there are: {known}")
    return json.loads(file.read_text())
