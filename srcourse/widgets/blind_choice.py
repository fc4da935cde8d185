"""BlindChoice: two pictures side by side, and a choice made without knowing which is which."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import traitlets
from PIL import Image, ImageDraw

from srcourse import images, progress
from srcourse.metrics.binomial import wilson
from srcourse.widgets.base import STYLE, CourseWidget, font, front_end, panels

SIDES = ("left", "right")
LONGEST = 384  # pixels a side: two pictures stand beside each other on a page
COLUMNS = ("pair", "left", "chosen", "correct")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet computes what begins so


class BlindChoice(CourseWidget):
    """Shows pairs of pictures and asks of each which of the two it is; the verdict comes last.

    pairs: (first, second), both of one shape, (H, W) or (H, W, 3) in uint8, uint16 or float in
    [0, 1], no side longer than `LONGEST`. The first counts as the correct answer; a draw by `seed`
    decides in which order the pairs come and where each first picture stands, as often left as
    right. names: of the pairs, for the review and the CSV. key: where the first result is kept in
    the learner's progress, as ``"15-blind"``, and the name of the CSV file.

    Until the last answer, the page holds the pictures by their sides, and nothing else of them.

    Raises ValueError for anything else.
    """

    _esm = front_end("blind_choice")
    _css = STYLE + Path(__file__).with_suffix(".css").read_text()
    question = traitlets.Unicode().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    shown: traitlets.List = traitlets.List().tag(
        sync=True
    )  # the pairs as they come: two pictures and their size
    answered = traitlets.Int().tag(sync=True)  # how many pairs have their answer
    result = traitlets.Dict().tag(sync=True)  # empty until all have one

    def __init__(
        self,
        pairs: Sequence[tuple[np.ndarray, np.ndarray]],
        question: str = "Which is the original?",
        *,
        key: str = "blind-choice",
        names: Sequence[str] | None = None,
        seed: int = 0,
    ):
        for name, text in (("question", question), ("key", key)):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{name} is {text!r}; it must be a text")
        if not isinstance(seed, int | np.integer) or seed < 0:
            raise ValueError(f"seed is {seed!r}; it must be a whole number, 0 or more")
        self._pairs = _checked(pairs)
        self._names = _named(names, len(self._pairs))
        self._seed, self._draw = int(seed), 0
        super().__init__(question=question, key=key)
        self._deal()
        self.on_msg(self._asked)

    def choose(self, side: str) -> None:
        """Answer the pair that is shown: ``"left"`` or ``"right"``.

        Raises ValueError for another side, and when all pairs are answered.
        """
        if side not in SIDES:
            raise ValueError(f"side is {side!r}; accepted: {', '.join(SIDES)}")
        if self.answered == len(self._order):
            raise ValueError("all pairs are answered; `again` makes a new draw")
        self._chosen.append(side)
        with self.hold_sync():
            self.answered = len(self._chosen)
            if self.answered == len(self._order):
                self.result = self._reviewed()

    def again(self) -> None:
        """Forget the answers, and draw anew: another order, and other sides."""
        self._draw += 1
        self._deal()

    @property
    def answers(self) -> list[dict[str, object]]:
        """What was answered so far, in that order.

        pair: its name. left: what stood there, ``"first"`` or ``"second"``. chosen: ``"left"`` or
        ``"right"``. correct: 1 where that was the first picture, else 0.
        """
        return [
            {
                "pair": self._names[number],
                "left": "first" if first == "left" else "second",
                "chosen": chosen,
                "correct": int(chosen == first),
            }
            for (number, first), chosen in zip(self._order, self._chosen, strict=False)
        ]

    @property
    def csv(self) -> str:
        """`answers` as a table: comma-separated values under a line of names.

        A name that a spreadsheet would take for a formula stands behind an apostrophe.
        """
        text = StringIO()
        table = csv.DictWriter(text, COLUMNS)
        table.writeheader()
        for answer in self.answers:
            name = str(answer["pair"])
            table.writerow(answer | {"pair": f"'{name}" if name.startswith(_FORMULA) else name})
        return text.getvalue()

    def snapshot(self) -> np.ndarray:
        pair = self.shown[0]
        size = pair["height"], pair["width"], 3
        captioned = ((side, np.frombuffer(pair[side], np.uint8).reshape(size)) for side in SIDES)
        both = panels(*captioned, side=LONGEST)
        written = font(14)
        width = max(both.shape[1], int(written.getlength(self.question)) + 13)
        page = Image.new("RGB", (width, both.shape[0] + 28), "white")
        ImageDraw.Draw(page).text((6, 6), self.question, fill="black", font=written)
        page.paste(Image.fromarray(both), (0, 28))
        return np.asarray(page)

    def summary(self) -> dict[str, object]:
        return {
            "question": self.question,
            "pairs": len(self._pairs),
            "answered": self.answered,
        }

    def _deal(self) -> None:
        self._order = deal(len(self._pairs), self._seed, self._draw)
        self._chosen: list[str] = []
        shown = []
        for number, first in self._order:
            pair = self._pairs[number]
            height, width = pair[0].shape[:2]
            left, right = pair if first == "left" else pair[::-1]
            shown.append(
                {
                    "height": height,
                    "width": width,
                    "zoom": LONGEST // max(height, width),
                    "left": left.tobytes(),
                    "right": right.tobytes(),
                }
            )
        with self.hold_sync():
            self.shown, self.answered, self.result = shown, 0, {}

    def _reviewed(self) -> dict[str, object]:
        """What the page is told once all is answered; the first time, it is remembered."""
        answers = self.answers
        correct = sum(answer["correct"] == 1 for answer in answers)
        progress.record("predicted", self.key, f"{correct} of {len(answers)}")
        return {
            "verdict": verdict(correct, len(answers)),
            "csv": self.csv,
            "pairs": [
                {"name": answer["pair"], "chosen": answer["chosen"], "first": first}
                for answer, (_, first) in zip(answers, self._order, strict=True)
            ],
        }

    def _asked(self, widget: object, content: dict, buffers: object) -> None:
        """A message of the page: an answer with the number of its pair, or a wish to begin anew."""
        if content == "again":
            self.again()
        # Two clicks on the same pair are one answer.
        elif content["number"] == self.answered < len(self._order):
            self.choose(content["side"])


def deal(pairs: int, seed: int, draw: int = 0) -> list[tuple[int, str]]:
    """Which pair comes when, and the side of its first picture: (number, side) for each.

    As many stand left as right; of an odd number, chance decides where one more stands.
    """
    chance = np.random.default_rng([seed, draw])
    sides = chance.permutation((np.arange(pairs) + chance.integers(2)) % 2)
    return [(int(n), SIDES[side]) for n, side in zip(chance.permutation(pairs), sides, strict=True)]


def verdict(correct: int, answers: int) -> str:
    """What so many correct answers say, against a learner who only guesses."""
    low, high = wilson(correct, answers)
    found = (
        f"{correct} of {answers} correct: {100 * correct / answers:.0f} %, with a 95 % interval "
        f"(Wilson) from {100 * low:.1f} % to {100 * high:.1f} %. Chance, 50 %, lies "
    )
    if low > 0.5:
        return f"{found}below it: you see a difference."
    if high < 0.5:
        return f"{found}above it: you see a difference, and mostly took one picture for the other."
    few = "1 answer is" if answers == 1 else f"{answers} answers are"
    return f"{found}inside: {few} too few to tell your choices from guesses."


def _checked(pairs: object) -> list[tuple[np.ndarray, np.ndarray]]:
    """The pairs as uint8 (H, W, 3)."""
    if isinstance(pairs, str | dict) or not isinstance(pairs, Iterable):
        raise ValueError(f"pairs is {type(pairs).__name__}; it must be a list of (first, second)")
    found = []
    for number, pair in enumerate(pairs):
        name = f"pairs[{number}]"
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"{name} must be two pictures, (first, second)")
        for picture, image in enumerate(pair):
            images.check(image, f"{name}[{picture}]", alpha=False)
            images.check_range(image, f"{name}[{picture}]")
        first, second = pair
        if first.shape != second.shape:
            raise ValueError(
                f"{name} has shapes {first.shape} and {second.shape}; accepted: two of one shape"
            )
        if max(first.shape[:2]) > LONGEST:
            raise ValueError(
                f"{name} has shape {first.shape}; accepted: at most {LONGEST} pixels a side, "
                "so that both are seen pixel for pixel"
            )
        found.append((images.to_uint8(images.rgb(first)), images.to_uint8(images.rgb(second))))
    if not found:
        raise ValueError("pairs is empty; it must hold at least one (first, second)")
    return found


def _named(names: object, pairs: int) -> list[str]:
    if names is None:
        return [f"pair {number}" for number in range(1, pairs + 1)]
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ValueError(f"names is {names!r}; it must be a list of texts, one for each pair")
    found = list(names)
    wrong = [name for name in found if not isinstance(name, str)]
    if wrong:
        raise ValueError(f"names has {wrong[0]!r}; it must be a list of texts")
    if len(found) != pairs:
        raise ValueError(f"names has {len(found)} entries; accepted: {pairs}, one for each pair")
    return found
