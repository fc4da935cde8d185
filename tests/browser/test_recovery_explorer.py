"""RecoveryExplorer in a notebook of its own, by mouse and by keys."""

import re

import numpy as np
import pytest

from srcourse.recovery import Outcome
from srcourse.widgets import RecoveryExplorer
from tests.browser.test_model_compare import drawn, opened

WAIT = 30_000  # milliseconds
# 200 images of noise and made-up shares: nothing is trained.
MAKE = """\
import numpy as np
from srcourse.recovery import Outcome

random = np.random.default_rng(0)
labels = np.arange(200) % 4
shares = {kind: {} for kind in ("matched", "fixed")}
for arm in ("original", "lr", "bicubic", "edsr-mini"):
    for kind in shares:
        if (kind, arm) != ("fixed", "lr"):
            shares[kind][arm] = random.dirichlet([1.0] * 4, (2, 200))
sides = {"original": 32, "lr": 16, "bicubic": 32, "edsr-mini": 32}
images = {a: random.integers(0, 256, (200, n, n, 3)).astype(np.uint8) for a, n in sides.items()}
outcome = Outcome(labels, ("cat", "dog", "ship", "hubble_deep_field"), images, shares, {})
"""
CELL = MAKE + "from srcourse.widgets import RecoveryExplorer\nRecoveryExplorer(outcome)"


def outcome() -> Outcome:
    names: dict = {}
    exec(MAKE, names)
    return names["outcome"]


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "recovery_explorer", CELL) as found:
        yield found


def shows(widget, python: RecoveryExplorer, **change) -> None:
    """After `change` the page has what Python has: the counts, and each pair with its words."""
    for name, value in change.items():
        setattr(python, name, value)
    found, counts = python.found, python.counts()
    words = (
        f"a share of {python.threshold:.2f} or more, as a mean of the seeds. Of 200 images both "
        f"recover {counts['both']}, only {python.first} {counts['first']}, only {python.second} "
        f"{counts['second']}, neither {counts['neither']}."
    )
    widget.get_by_role("status").filter(has_text=words).wait_for(timeout=WAIT)
    which = {
        "both": "both recover",
        "neither": "neither recovers",
        "first": f"only {python.first} recovers",
        "second": f"only {python.second} recovers",
    }[python.group]
    if found["pairs"]:
        said = f"{len(found['pairs'])} of the {counts[python.group]} images that {which}, largest"
    else:
        said = f"There is no image that {which}."
    widget.get_by_text(said).wait_for(timeout=WAIT)
    items = widget.get_by_role("list", name=f"images that {which}").get_by_role("listitem")
    assert items.count() == len(found["pairs"])
    tiles = np.frombuffer(found["tiles"], np.uint8)
    tiles = tiles.reshape(-1, found["height"], found["width"], 3)
    for number in {0, len(tiles) // 2, len(tiles) - 1} if len(tiles) else ():
        item, pair = items.nth(number), found["pairs"][number]
        (left, before), (right, after) = pair["first"], pair["second"]
        lines = [
            pair["true"],
            f"left: {left}",
            f"right: {right}",
            f"share {before:.2f} | {after:.2f}",
        ]
        assert item.inner_text().split("\n") == lines
        picture = item.get_by_role("img")
        assert np.array_equal(drawn(picture), tiles[number])
        alt = f"image {pair['number']}, {pair['true']}: on the left {python.first}, on the right "
        assert picture.get_attribute("aria-label") == alt + python.second


def test_the_pairs_follow_the_keys(lesson):
    widget, page = lesson.widget("recovery-explorer"), lesson.page
    python = RecoveryExplorer(outcome())
    shows(widget, python)
    slider = widget.get_by_label("Share that counts as recovered")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shows(widget, python, threshold=0.4)
    assert slider.get_attribute("aria-valuetext") == "0.40"
    page.keyboard.press("End")
    shows(widget, python, threshold=1.0)
    widget.get_by_text("No image tells the two apart.").wait_for(timeout=WAIT)
    page.keyboard.press("Home")
    shows(widget, python, threshold=0.0)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.ariaLabel") == "Show the images that"
    page.keyboard.press("End")
    shows(widget, python, group="neither")


def test_arms_classifier_and_group_follow_the_mouse(lesson):
    widget = lesson.widget("recovery-explorer")
    python = RecoveryExplorer(outcome(), threshold=0.0, group="neither")
    widget.get_by_label("Share that counts as recovered").fill("0.3")
    shows(widget, python, threshold=0.3)
    first, second = (widget.get_by_label(f"{nth} arm") for nth in ("First", "Second"))
    first.select_option("lr")
    shows(widget, python, first="lr")
    group = widget.get_by_label("Show the images that")
    group.select_option("only lr recovers")
    shows(widget, python, group="first")
    share = 100 * python.mcnemar()
    test = "fewer than 0.1 %" if share < 0.1 else f"{share:.1f} %"
    widget.get_by_text(f"in {test} of cases (McNemar").wait_for(timeout=WAIT)

    widget.get_by_label("Classifier").select_option("fixed")
    shows(widget, python, classifier="fixed")
    assert python.first == first.input_value() == "original"
    assert second.locator("option").all_inner_texts() == ["original", "bicubic", "edsr-mini"]
    second.select_option("bicubic")
    shows(widget, python, second="bicubic")
    assert group.locator("option").all_inner_texts() == [
        "only bicubic recovers",
        "only original recovers",
        "both recover",
        "neither recovers",
    ]


def test_nothing_sticks_out(lesson):
    """The longest name wraps; the list is no wider than the widget."""
    widget = lesson.widget("recovery-explorer")
    inner = widget.evaluate("w => [w.scrollWidth, w.clientWidth]")
    assert inner[0] <= inner[1]
    assert re.search("hubble_deep_field", widget.inner_text())
