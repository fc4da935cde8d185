"""Predict: the learner's guess first, then the answer beside it."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import traitlets
from PIL import Image, ImageDraw, ImageFont

from srcourse import progress
from srcourse.widgets.base import CourseWidget, font, front_end


class Predict(CourseWidget):
    """Asks a question, and shows the answer only after a guess.

    key: where the guess is kept in the learner's progress, as ``"03-size"``. answer: the value, or
    a function without arguments that computes it, called only once a guess is there. choices: what
    may be guessed; without them the guess is a number. unit: stands behind the number. because: a
    sentence shown with the answer.

    A number may have a decimal point or a decimal comma. 1,234.5 and 1.234,5 are read as they look;
    1,234 alone could be either, and is asked again.

    Raises ValueError for an answer that is none of the choices, or no number.
    """

    _esm = front_end("predict")
    question = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    guess = traitlets.Unicode().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)  # empty until there is a guess

    def __init__(
        self,
        key: str,
        question: str,
        answer: float | str | Callable[[], float | str],
        *,
        choices: Sequence[str] = (),
        unit: str = "",
        because: str = "",
    ):
        if not callable(answer):
            _valid(answer, choices)
        self.key, self._answer, self._because = key, answer, because
        super().__init__(question=question, choices=list(choices), unit=unit)
        self.observe(self._guessed, "guess")

    def _guessed(self, change: dict) -> None:
        guess = change["new"].strip()
        if not guess:
            return
        number = None
        if not self.choices:
            try:
                number = _number(guess.removesuffix(self.unit))
            except ValueError as error:
                self.verdict = f"“{guess}” {error}"
                return
        answer = self._answer() if callable(self._answer) else self._answer
        _valid(answer, self.choices)
        unit = f" {self.unit}" if self.unit else ""
        if number is None:
            right, said, found = guess == answer, guess, str(answer)
        else:
            right = bool(np.isclose(number, float(answer), rtol=0.01))
            said, found = f"{number:g}{unit}", f"{float(answer):,.6g}{unit}"
        verdict = f"You said: {said}. It is: {found}."
        progress.record("predicted", self.key, guess)
        self.verdict = f"{'✓' if right else '→'} {verdict} {self._because}".strip()

    def snapshot(self) -> np.ndarray:
        written = font(14)
        lines = [self.question, *(f"○ {choice}" for choice in self.choices), self.verdict]
        wrapped = [part for line in lines if line for part in _wrapped(line, written, 600)]
        page = Image.new("RGB", (624, 24 + 22 * len(wrapped)), "white")
        for number, line in enumerate(wrapped):
            ImageDraw.Draw(page).text((12, 10 + 22 * number), line, fill="black", font=written)
        return np.asarray(page)

    def summary(self) -> dict[str, object]:
        return {"question": self.question, "guess": self.guess or None}


_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_POINT_IN_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")  # 1,234.5 or 1,234,567
_COMMA_IN_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})")  # 1.234,5


def _number(guess: str) -> float:
    """`guess` as a number; raises ValueError that says what is wrong with it."""
    text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", guess.strip().replace("−", "-"))  # 1 234
    if _AMBIGUOUS.fullmatch(text):
        whole, point = text.replace(",", ""), text.replace(",", ".")
        raise ValueError(f"can be read in two ways; write {whole} or {point}.")
    if _POINT_IN_GROUPS.fullmatch(text):
        text = text.replace(",", "")
    elif _COMMA_IN_GROUPS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ValueError("is not a number; try again.")
    return number


def _valid(answer: float | str, choices: Sequence[str]) -> None:
    if choices and answer not in choices:
        raise ValueError(f"answer is {answer!r}; it must be one of the choices: {list(choices)}")
    if not choices and not isinstance(answer, int | float | np.number):
        raise ValueError(f"answer is {answer!r}; without choices it must be a number")


def _wrapped(line: str, written: ImageFont.FreeTypeFont, width: int) -> list[str]:
    rows = [""]
    for word in line.split():
        longer = f"{rows[-1]} {word}".strip()
        if written.getlength(longer) <= width or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows
