"""The reference: one page a room of the package, from its docstrings."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

ROOMS = (
    "images",
    "layers",
    "resampling",
    "metrics",
    "models",
    "zoo",
    "upscaling",
    "colorization",
    "recovery",
    "datasets",
    "training",
    "widgets",
)


def stage(folder: Path) -> list[str]:
    """Write the pages into `folder` and return their names for a table of contents."""
    folder.mkdir(parents=True)
    for room in ROOMS:
        (folder / f"{room}.md").write_text(page(f"srcourse.{room}"))
    return [f"{folder.name}/{room}" for room in ROOMS]


def page(name: str) -> str:
    """What a package hands on by its ``__all__``, or else the modules within it."""
    module = import_module(name)
    parts = [f"# `{name}`\n", _members(name)]
    if hasattr(module, "__path__") and not hasattr(module, "__all__"):
        for inner in sorted(info.name for info in iter_modules(module.__path__)):
            parts.append(f"## `{name}.{inner}`\n")
            parts.append(_members(f"{name}.{inner}"))
    return "\n".join(parts)


def _members(name: str) -> str:
    return f"```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n"
