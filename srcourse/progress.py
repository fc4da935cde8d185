"""What the learner has done, in a small file in their own folder."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

FILE = "progress.json"


def file() -> Path:
    """``progress.json`` in the current folder, or what SRCOURSE_PROGRESS names."""
    return Path(os.environ.get("SRCOURSE_PROGRESS") or FILE)


def read() -> dict[str, dict[str, Any]]:
    """Everything recorded: ``{"passed": {key: date}, "predicted": {key: guess}}``.

    A file that cannot be read is set aside as ``progress.json.broken``, and counts as empty.
    """
    path = file()
    empty: dict[str, dict[str, Any]] = {"passed": {}, "predicted": {}}
    if not path.is_file():
        return empty
    try:
        found = json.loads(path.read_text())
        return {kind: dict(found.get(kind, {})) for kind in empty}
    except (ValueError, AttributeError, TypeError):
        path.replace(path.with_name(path.name + ".broken"))
        return empty


def record(kind: str, key: str, value: Any = None) -> None:
    """Remember `key` under ``"passed"`` or ``"predicted"``: its value, or today's date.

    In a folder that cannot be written to, nothing is remembered, and nothing else is lost.
    """
    known = read()
    known[kind].setdefault(key, date.today().isoformat() if value is None else value)
    path = file()
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(known, indent=1))
        part.replace(path)
    except OSError:
        return
