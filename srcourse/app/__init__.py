"""The application: a server that takes a picture or a video and gives back an enhanced one."""

from importlib import import_module
from typing import Any

__all__ = ["Settings", "create"]

_HOMES = {"Settings": "settings", "create": "api"}


def __getattr__(name: str) -> Any:
    # On first use: the server's helper processes import this room too, and need no web framework.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
