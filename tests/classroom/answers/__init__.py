"""Answers to the graded questions: right ones, written in different ways, and typical wrong ones.

A module for each assignment, read by the tests and by the table of mutations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


@dataclass(frozen=True)
class Given:
    """points: what it should earn. hint: words that its hint must hold; "" for a right answer."""

    key: str
    name: str
    object: Any
    points: float | None  # None: all of them
    hint: str

    def __str__(self) -> str:
        return f"{self.key}: {self.name}"


GIVEN: list[Given] = []


def right(key: str, name: str = "") -> Callable[[Any], Any]:
    """The decorated answer is right. name: where it has no telling one of its own."""

    def register(object: Any) -> Any:
        GIVEN.append(Given(key, name or object.__name__.replace("_", " "), object, None, ""))
        return object

    return register


def wrong(key: str, hint: str, points: float = 0, name: str = "") -> Callable[[Any], Any]:
    """The decorated answer is wrong, is worth `points`, and gets a hint that holds `hint`."""

    def register(object: Any) -> Any:
        GIVEN.append(Given(key, name or object.__name__.replace("_", " "), object, points, hint))
        return object

    return register


def given() -> list[Given]:
    """All of them."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return GIVEN
