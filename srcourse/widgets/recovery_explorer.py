"""RecoveryExplorer: which images a classifier recognises after one method and not after another."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from PIL import Image, ImageDraw, ImageFont

from srcourse.widgets.base import STYLE, CourseWidget, front_end

if TYPE_CHECKING:  # its room loads torch, which the other widgets' lessons would wait for
    from srcourse.recovery import Outcome

GROUPS = ("both", "first", "second", "neither")  # which of the two arms recover an image
MOST = 24  # pairs of pictures shown at once
STEP = 0.05  # of the threshold


class RecoveryExplorer(CourseWidget):
    """Compare two arms of an experiment, image by image.

    An image counts as recovered by an arm when the share of the true class (softmax, the mean over
    the seeds) is at least `threshold`, 0 to 1. first, second: two of the arms whose pictures the
    outcome holds. classifier: ``"matched"`` or ``"fixed"``, which has no LR arm. group: which
    images to show: those that ``"both"`` arms recover, only the ``"first"``, only the ``"second"``,
    or ``"neither"``. Of more than 24 those are shown where the two arms' shares differ most.

    Raises ValueError for anything else, and for an outcome with fewer than two arms' pictures.
    """

    _esm = front_end("recovery_explorer")
    _css = STYLE + Path(__file__).with_suffix(".css").read_text()
    arms = traitlets.Dict().tag(sync=True)  # of each classifier
    step = traitlets.Float(STEP).tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)
    second = traitlets.Unicode().tag(sync=True)
    classifier = traitlets.Unicode("matched").tag(sync=True)
    threshold = traitlets.Float(0.5).tag(sync=True)
    group = traitlets.Unicode("second").tag(sync=True)
    found = traitlets.Dict().tag(sync=True)  # the counts, and the pairs of pictures, in one piece

    def __init__(
        self,
        outcome: "Outcome",
        first: str = "bicubic",
        second: str = "edsr-mini",
        classifier: str = "matched",
        threshold: float = 0.5,
        group: str = "second",
    ):
        shares = {
            kind: {
                a: s.mean(axis=0) for a, s in outcome.shares[kind].items() if a in outcome.images
            }
            for kind in outcome.shares
        }
        arms = {kind: list(found) for kind, found in shares.items() if len(found) > 1}
        if not arms:
            raise ValueError(
                "outcome holds the pictures of fewer than two arms; nothing to compare"
            )
        chosen: dict[str, Any] = {"classifier": classifier, "first": first, "second": second}
        chosen |= {"threshold": threshold, "group": group}
        for name, value in chosen.items():
            _check(arms, name, value, classifier)
        self._outcome, self._shares = outcome, shares
        super().__init__(arms=arms, **chosen)
        self._show()
        self.observe(self._another_classifier, "classifier")
        self.observe(self._show, ["first", "second", "threshold", "group"])

    def recovered(self, arm: str) -> np.ndarray:
        """Whether the arm recovers each image, bool (N,)."""
        return self._true(arm) >= self.threshold

    def members(self) -> np.ndarray:
        """The numbers of the images of `group`, those whose two shares differ most first."""
        a, b = self.recovered(self.first), self.recovered(self.second)
        of = {"both": a & b, "first": a & ~b, "second": ~a & b, "neither": ~a & ~b}
        inside = np.flatnonzero(of[self.group])
        apart = np.abs(self._true(self.first) - self._true(self.second))[inside]
        return inside[np.argsort(-apart, kind="stable")]

    def counts(self) -> dict[str, int]:
        """How many images each of GROUPS has."""
        a, b = self.recovered(self.first), self.recovered(self.second)
        sizes = (a & b, a & ~b, ~a & b, ~a & ~b)
        return {name: int(of.sum()) for name, of in zip(GROUPS, sizes, strict=True)}

    def mcnemar(self) -> float | None:
        """How often a split as uneven as that of the images which only one arm recovers would come
        if both arms were equally good: the exact test (McNemar 1947). None where there are none.
        """
        from scipy.stats import binomtest  # half a second, which only this widget needs

        counts = self.counts()
        differ = counts["first"] + counts["second"]
        return float(binomtest(counts["first"], differ).pvalue) if differ else None

    def snapshot(self) -> np.ndarray:
        found = self.found
        lines = [
            f"{self.classifier} classifiers, recovered: a share of {self.threshold:.2f} or more",
            f"left {self.first}, right {self.second}: "
            + ", ".join(f"{count} {_said(self, name)}" for name, count in found["counts"].items()),
        ]
        tiles = np.frombuffer(found["tiles"], np.uint8)
        tiles = tiles.reshape(-1, found["height"], found["width"], 3)
        return _page(lines, tiles, found["pairs"])

    def summary(self) -> dict[str, object]:
        """Settings and sizes only: what was trained differs from machine to machine."""
        return {
            "images": len(self._outcome.labels),
            "seeds": len(self._outcome.shares[self.classifier][self.first]),
            **{name: getattr(self, name) for name in ("first", "second", "classifier")},
            "threshold": round(self.threshold, 2),
            "group": self.group,
        }

    def _true(self, arm: str) -> np.ndarray:
        """The share of the true class, (N,)."""
        labels = self._outcome.labels
        return self._shares[self.classifier][arm][np.arange(len(labels)), labels]

    @traitlets.validate("first", "second", "classifier", "threshold", "group")
    def _possible(self, proposal: dict) -> object:
        _check(self.arms, proposal["trait"].name, proposal["value"], self.classifier)
        return proposal["value"]

    def _another_classifier(self, change: object = None) -> None:
        """An arm that this classifier cannot see gives way to another."""
        known = self.arms[self.classifier]
        with self.hold_sync():
            for name, other in (("first", "second"), ("second", "first")):
                if getattr(self, name) not in known:
                    setattr(self, name, next(arm for arm in known if arm != getattr(self, other)))
            self._show()

    def _show(self, change: object = None) -> None:
        members = self.members()[:MOST]
        left, right = (self._outcome.images[arm][members] for arm in (self.first, self.second))
        tiles = _side_by_side(left, right)
        self.found = {
            "counts": self.counts(),
            "mcnemar": self.mcnemar(),
            "images": len(self._outcome.labels),
            "threshold": self.threshold,
            "first": self.first,
            "second": self.second,
            "group": self.group,
            "height": tiles.shape[1],
            "width": tiles.shape[2],
            "tiles": tiles.tobytes(),
            "pairs": [self._pair(number) for number in members],
        }

    def _pair(self, number: int) -> dict[str, Any]:
        """What an image shows, what each arm's version was named, and its true class's shares."""
        names, label = self._outcome.names, self._outcome.labels[number]
        said: dict[str, Any] = {"number": int(number), "true": names[label]}
        for side, arm in (("first", self.first), ("second", self.second)):
            shares = self._shares[self.classifier][arm][number]
            said[side] = [names[shares.argmax()], float(shares[label])]
        return said


def _side_by_side(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two batches (N, H, W, 3) next to each other, the smaller enlarged by repeating its pixels."""
    side = max(left.shape[1], right.shape[1])
    left, right = (
        batch.repeat(side // batch.shape[1], axis=1).repeat(side // batch.shape[2], axis=2)
        for batch in (left, right)
    )
    between = np.full((len(left), side, 2, 3), 255, np.uint8)
    return np.concatenate([left, between, right], axis=2)


def _page(lines: list[str], tiles: np.ndarray, pairs: list[dict[str, Any]]) -> np.ndarray:
    """Lines of text, then the pairs in rows of six, each above what there is to say of it."""
    font = ImageFont.load_default(size=12)
    factor = max(1, 140 // tiles.shape[2])
    width, height = 156, factor * tiles.shape[1] + 78
    rows = -(-len(tiles) // 6)
    page = Image.new("RGB", (6 * width, 52 + rows * height), "white")
    draw = ImageDraw.Draw(page)
    for row, words in enumerate(lines):
        draw.text((6, 6 + 20 * row), words, fill="black", font=font)
    for number, (tile, pair) in enumerate(zip(tiles, pairs, strict=True)):
        x, y = 6 + number % 6 * width, 52 + number // 6 * height
        large = tile.repeat(factor, axis=0).repeat(factor, axis=1)
        page.paste(Image.fromarray(large), (x, y))
        (left, before), (right, after) = pair["first"], pair["second"]
        said = (
            pair["true"],
            f"left: {left}",
            f"right: {right}",
            f"share {before:.2f} | {after:.2f}",
        )
        for row, words in enumerate(said):
            draw.text((x, y + len(large) + 2 + 16 * row), words, fill="black", font=font)
    return np.asarray(page)


def _said(widget: RecoveryExplorer, group: str) -> str:
    return {"first": f"only {widget.first}", "second": f"only {widget.second}"}.get(group, group)


def _check(arms: dict[str, list[str]], name: str, value: object, classifier: str) -> None:
    if name == "threshold":
        if not (isinstance(value, int | float) and 0 <= value <= 1):
            raise ValueError(f"threshold is {value!r}; accepted: 0 to 1")
        return
    accepted = {"classifier": list(arms), "group": list(GROUPS)}.get(name)
    if accepted is None:
        accepted = arms[classifier]
    if value not in accepted:
        raise ValueError(f"{name} is {value!r}; accepted: {', '.join(accepted)}")
