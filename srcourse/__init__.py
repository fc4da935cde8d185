"""A course on image super-resolution: what the lessons import.

``import srcourse as sr`` is light: each name below loads its module, and torch only where it is
needed, on first use.
"""

from importlib import import_module
from typing import Any

_ROOMS = (
    "claims",
    "classroom",
    "colorization",
    "datasets",
    "images",
    "layers",
    "metrics",
    "models",
    "recovery",
    "resampling",
    "training",
    "video",
    "widgets",
    "zoo",
)
_FUNCTIONS = {"colorize": "colorization", "upscale": "upscaling", "upscale_video": "video"}

__all__ = [*_ROOMS, *_FUNCTIONS]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module(f"{__name__}.{_FUNCTIONS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
