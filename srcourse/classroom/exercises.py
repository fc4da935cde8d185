"""Exercises: a judge for each, who says what is wrong and hints at why."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from srcourse import progress
from srcourse.classroom import judges


class Wrong(Exception):
    """Raised by a judge: the answer is not right yet, and this hint says why."""


@dataclass(frozen=True)
class Exercise:
    """key: lesson and name, as ``"03-output-size"``. judge: takes the answer, may raise Wrong."""

    key: str
    title: str
    judge: Callable[[Any], None]


_REGISTRY: dict[str, Exercise] = {}


def exercise(key: str, title: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register the decorated function as the judge of exercise `key`."""

    def register(judge: Callable[[Any], None]) -> Callable[[Any], None]:
        _REGISTRY[key] = Exercise(key, title, judge)
        return judge

    return register


def exercises() -> dict[str, Exercise]:
    """Every exercise of the course by key, in the lessons' order."""
    for module in iter_modules(judges.__path__):
        import_module(f"{judges.__name__}.{module.name}")
    return dict(sorted(_REGISTRY.items()))


@dataclass(frozen=True)
class Result:
    """What `check` says of an answer: passed or not, and in words."""

    title: str
    passed: bool
    words: str

    def __repr__(self) -> str:
        title = self.title if self.title.endswith("?") else f"{self.title}."
        return f"{'Passed' if self.passed else 'Not yet'}: {title} {self.words}"

    def _repr_html_(self) -> str:
        return panel(self.passed, "Passed" if self.passed else "Not yet", self.title, self.words)


def panel(passed: bool, verdict: str, title: str, words: str) -> str:
    """What a judge says, as HTML: in green with a tick, or in brown."""
    mark, colour = ("✓", "#00734d") if passed else ("○", "#9a5700")
    words = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(words))
    return (
        f'<div role="status" style="border-left:4px solid {colour};padding:.3em .8em">'
        f'<strong style="color:{colour}">{mark} {verdict}: {html.escape(title)}</strong><br>'
        f"{words}</div>"
    )


def check(key: str, answer: Any) -> Result:
    """Judge `answer` for exercise `key`; remember it where it is right.

    A wrong answer, or one that raises an error of its own, comes back with a hint.
    Raises ValueError for a key that no exercise has.
    """
    known = exercises()
    if key not in known:
        near = get_close_matches(key, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"there is no exercise {key!r}{hint}")
    found = known[key]
    try:
        found.judge(answer)
    except Wrong as wrong:
        return Result(found.title, False, str(wrong))
    except Exception as error:
        words = f"Your code stopped with {type(error).__name__}: {error}"
        return Result(found.title, False, words)
    progress.record("passed", key)
    return Result(found.title, True, "It is in your map of the course, in lesson 00.")
