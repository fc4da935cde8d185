"""Graded questions: a judge for each, its points, and `grade`, which an assignment's cells call.

A judge is written as an exercise's is: it calls the answer, and raises `Wrong` with a hint. What
part of the points is earned by then it says on its way: ``answer.earned = 2``. The notebooks hold
none of it: their cells name the question, and the judge runs in a process of its own, which the
learner's code cannot reach.
"""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import numpy.typing as npt

from srcourse.classroom import assignments
from srcourse.classroom.answers import LIBRARIES, SECONDS, Answer, apart
from srcourse.classroom.exercises import Wrong, panel

Judge = Callable[[Answer], None]
VERDICTS = "SRCOURSE_VERDICTS"  # names the file in which the judges note what they gave


@dataclass(frozen=True)
class Question:
    """key: assignment and name, as ``"a1-pool"``. points: for a right answer.

    forbidden: packages that do by themselves what is to be written by hand.
    seconds: for one call of the answer.
    """

    key: str
    title: str
    points: float
    judge: Judge
    forbidden: tuple[str, ...] = ()
    seconds: float = SECONDS


_REGISTRY: dict[str, Question] = {}


def question(
    key: str,
    title: str,
    points: float,
    *,
    forbidden: Sequence[str] = LIBRARIES,
    seconds: float = SECONDS,
) -> Callable[[Judge], Judge]:
    """Register the decorated function as the judge of question `key`."""

    def register(judge: Judge) -> Judge:
        _REGISTRY[key] = Question(key, title, points, judge, tuple(forbidden), seconds)
        return judge

    return register


def questions(assignment: str = "a") -> dict[str, Question]:
    """The graded questions by key, in their assignments' order.

    assignment: the beginning of its name, such as ``"a1"``; all of them if not given.
    """
    for module in iter_modules(assignments.__path__):
        if module.name.startswith(assignment):
            import_module(f"{assignments.__name__}.{module.name}")
    return {key: found for key, found in _REGISTRY.items() if key.startswith(assignment)}


def find(key: str) -> Question:
    """The question `key`. Raises ValueError for a key that no question has."""
    known = questions(key.partition("-")[0])
    if key not in known:
        raise ValueError(f"there is no question {key!r}; there are: {', '.join(questions())}")
    return known[key]


@dataclass(frozen=True)
class Verdict:
    """What a judge says of an answer: its points, and why."""

    key: str
    title: str
    points: float
    most: float
    words: str


def judged(asked: Question, answer: Answer) -> Verdict:
    """Let the judge of the question look at `answer`, in this process."""
    try:
        asked.judge(answer)
    except Wrong as wrong:
        words = str(wrong)
    except Exception as error:  # an answer of a kind that the judge did not foresee
        words = f"This could not be judged ({type(error).__name__}: {error})."
    else:
        return Verdict(asked.key, asked.title, asked.points, asked.points, "All as it should be.")
    return Verdict(asked.key, asked.title, answer.earned, asked.points, words)


class Points(float):
    """The points of an answer. A number, so that nbgrader takes it for the cell's score."""

    def __new__(cls, verdict: Verdict) -> "Points":
        points = super().__new__(cls, verdict.points)
        points.verdict = verdict
        return points

    verdict: Verdict

    @property
    def words(self) -> str:
        return self.verdict.words

    def _repr_html_(self) -> str:
        v = self.verdict
        return panel(v.points == v.most, f"{v.points:g} of {v.most:g} points", v.title, v.words)


def grade(key: str, answer: Any) -> Points:
    """Judge `answer` to question `key`; show its points and a hint, and return the points.

    On Linux the answer runs in a copy of this process, with limits on its time and memory, and its
    judge in another; elsewhere both run in this one.
    Raises ValueError for a key that no question has.
    """
    asked = find(key)
    if sys.platform != "linux":
        return Points(judged(asked, Answer(answer, asked.forbidden)))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of forking beside the notebook's threads: the copy is idle
        with apart(answer) as line:
            # -P: no file of the learner's stands in for a module.
            done = subprocess.run(
                [sys.executable, "-P", "-m", "srcourse.classroom.judge", key, str(line.fileno())],
                pass_fds=[line.fileno()],
                capture_output=True,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            )
    if done.returncode:
        raise RuntimeError(f"the judge of {key} failed:\n{done.stderr}")
    return Points(Verdict(**json.loads(done.stdout)))


def note(verdict: Verdict) -> None:
    """Write down a verdict where the one who grades wants to see it from the judge itself."""
    if file := os.environ.get(VERDICTS):
        with open(file, "a") as notes:
            notes.write(json.dumps(asdict(verdict)) + "\n")


# --- What most judges need ----------------------------------------------------------------------


def numbers(got: Any, what: str = "It", shape: tuple[int, ...] | None = None) -> np.ndarray:
    """`got` as float64. Raises Wrong unless it holds real, finite numbers, of `shape` if given."""
    if got is None:
        raise Wrong(f"{what} returned nothing. Is there a return at the end?")
    try:
        found = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{what} gave what is no table of numbers.") from None
    if shape is not None and found.shape != shape:
        raise Wrong(f"{what} has shape {found.shape}; it should be {shape}.")
    if not np.isfinite(found).all():
        raise Wrong(f"{what} holds NaN or infinity.")
    return found


def compare(
    got: np.ndarray,
    right: npt.ArrayLike,
    mistakes: Mapping[str, npt.ArrayLike | None] | None = None,
    *,
    what: str = "It",
    atol: float = 1e-6,
) -> None:
    """Raises Wrong unless `got` is `right`, to within `atol`.

    mistakes: from a hint to what comes out of the mistake that it names; the first one that fits is
    told. One of another shape never fits, nor does one that is right in this case.
    """
    right = np.asarray(right, dtype=float)
    if got.shape == right.shape and np.allclose(got, right, atol=atol):
        return
    for hint, wrong in (mistakes or {}).items():
        if (
            wrong is not None
            and got.shape == np.shape(wrong)
            and np.allclose(got, wrong, atol=atol)
        ):
            raise Wrong(hint)
    if got.shape != right.shape:
        raise Wrong(f"{what} has shape {got.shape}; it should be {right.shape}.")
    where = np.unravel_index(np.argmax(np.abs(got - right)), right.shape)
    place = f" at {tuple(map(int, where))}" if right.ndim else ""
    raise Wrong(f"{what} is {got[where]:.4g}{place}; by hand it is {right[where]:.4g}.")
