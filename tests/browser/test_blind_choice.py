"""BlindChoice in a notebook of its own: by mouse and by keys, to the verdict and the CSV."""

import csv
from io import StringIO

import numpy as np
import pytest

from srcourse.widgets import BlindChoice
from srcourse.widgets.blind_choice import verdict
from tests.browser.test_model_compare import drawn, opened

WAIT = 30_000  # milliseconds
NAMES = ['=1+1, "quoted"', "two\nlines", "Zürich", "plain"]


def pairs():
    rng = np.random.default_rng(5)
    sizes = [(30, 40, 3), (64, 64), (12, 90), (50, 20, 3)]
    return [tuple(rng.integers(0, 256, (2, *size), np.uint8)) for size in sizes]


CELL = f"""\
import numpy as np
from srcourse.widgets import BlindChoice
rng = np.random.default_rng(5)
sizes = [(30, 40, 3), (64, 64), (12, 90), (50, 20, 3)]
pairs = [tuple(rng.integers(0, 256, (2, *size), np.uint8)) for size in sizes]
BlindChoice(pairs, "Which one?", key="99-blind", names={NAMES!r}, seed=7)"""


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "blind_choice", CELL) as found:
        yield found


@pytest.fixture
def page(lesson):
    return lesson.page


@pytest.fixture(scope="module")
def draws():
    """Python's own widget, which is drawn anew whenever the page is."""
    return BlindChoice(pairs(), "Which one?", key="99-blind", names=NAMES, seed=7)


@pytest.fixture
def widget(lesson, draws):
    """The page's widget before its first answer, in the same draw as `draws`."""
    found = lesson.widget("blind-choice")
    found.get_by_role("button", name="Start again with a new draw").click()
    draws.again()
    shows(found, draws)
    return found


def shows(widget, python: BlindChoice) -> None:
    """The page has what Python has: progress, and every pixel of both pictures."""
    pair = python.shown[python.answered]
    count = len(python.shown)
    widget.get_by_text(f"Pair {python.answered + 1} of {count}", exact=True).wait_for(timeout=WAIT)
    for side in ("left", "right"):
        size = f"{side} picture, {pair['width']} × {pair['height']} pixels"
        canvas = widget.get_by_role("button", name=side).locator(f'canvas[aria-label="{size}"]')
        found = drawn(canvas)
        assert np.array_equal(found.reshape(-1), np.frombuffer(pair[side], np.uint8))
        box = canvas.bounding_box()
        assert box["width"] == pytest.approx(pair["width"] * pair["zoom"])
        assert box["height"] == pytest.approx(pair["height"] * pair["zoom"])
    tops = [widget.locator("canvas").nth(i).bounding_box()["y"] for i in range(2)]
    assert tops[0] == tops[1]


def test_a_test_by_mouse_to_its_verdict_and_its_csv(page, widget, draws):
    for side in ("left", "right", "right", "left"):
        assert "correct" not in widget.inner_text()
        assert widget.get_by_role("button", name="Save as CSV").count() == 0
        shows(widget, draws)
        widget.get_by_role("button", name=side).locator("canvas").click()
        draws.choose(side)
    correct = sum(answer["correct"] for answer in draws.answers)
    widget.get_by_text(verdict(correct, 4), exact=True).wait_for(timeout=WAIT)
    widget.get_by_text("All 4 pairs answered").wait_for(timeout=WAIT)
    assert widget.get_by_role("button", name="left").count() == 0

    items = widget.get_by_role("listitem")
    assert items.count() == 4
    for number, answer in enumerate(draws.answers):
        first = "left" if answer["left"] == "first" else "right"
        mark = "✓" if answer["correct"] else "✗"
        name = answer["pair"].replace("\n", " ")
        said = f"{mark} {name}: you chose {answer['chosen']}; the correct one is on the {first}"
        item = items.nth(number)
        item.get_by_text(said, exact=True).wait_for(timeout=WAIT)
        for at, side in enumerate(("left", "right")):
            canvas = item.locator("canvas").nth(at)
            shown = np.frombuffer(draws.shown[number][side], np.uint8)
            assert np.array_equal(drawn(canvas).reshape(-1), shown)
            assert canvas.get_attribute("aria-label").endswith("correct answer") == (side == first)
            framed = canvas.evaluate("c => getComputedStyle(c).outlineStyle")
            assert framed == ("solid" if side == first else "none")

    with page.expect_download() as saved:
        widget.get_by_role("button", name="Save as CSV").click()
    assert saved.value.suggested_filename == "99-blind.csv"
    with open(saved.value.path(), encoding="utf-8", newline="") as file:
        text = file.read()
    assert text == draws.csv
    names = [row[0] for row in csv.reader(StringIO(text, newline=""))][1:]
    assert sorted(names) == sorted(["'" + NAMES[0], *NAMES[1:]])


def test_by_keys_alone(page, widget, draws):
    widget.get_by_role("button", name="left").focus()
    for key, side in (
        ("ArrowRight", "right"),
        ("ArrowLeft", "left"),
        ("Enter", "left"),  # the focus stays on the left one
        ("ArrowRight", "right"),
    ):
        shows(widget, draws)
        page.keyboard.press(key)
        draws.choose(side)
    correct = sum(answer["correct"] for answer in draws.answers)
    widget.get_by_text(verdict(correct, 4), exact=True).wait_for(timeout=WAIT)
    page.wait_for_function("() => document.activeElement.textContent === 'Your answers'")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("() => document.activeElement.textContent").startswith("Start again")
    page.keyboard.press("Enter")
    draws.again()
    shows(widget, draws)
    assert "left" in page.evaluate("() => document.activeElement.textContent")
    assert "correct" not in widget.inner_text()


def test_an_answer_is_one_click_and_one_key(page, widget, draws):
    left = widget.get_by_role("button", name="left")
    left.click()
    draws.choose("left")
    shows(widget, draws)
    page.mouse.down(click_count=2)  # a slow double click, its second half on the next pair
    page.mouse.up(click_count=2)
    page.wait_for_timeout(500)
    shows(widget, draws)
    for key, side in (("ArrowRight", "right"), ("Enter", "left")):
        for _ in range(5):
            page.keyboard.down(key)  # held down
            page.wait_for_timeout(100)
        page.keyboard.up(key)
        draws.choose(side)
        shows(widget, draws)
    for key in ("Alt+ArrowLeft", "Control+ArrowRight", "Shift+ArrowLeft", "ArrowUp"):
        left.evaluate(
            """(button, [key, ...held]) => button.dispatchEvent(new KeyboardEvent('keydown', {
            key, bubbles: true, altKey: held.includes('Alt'), ctrlKey: held.includes('Control'),
            shiftKey: held.includes('Shift')}))""",
            key.split("+")[::-1],
        )
    page.wait_for_timeout(300)
    shows(widget, draws)


def test_two_clicks_before_the_next_pair_is_there_are_one_answer(page, widget, draws):
    right, left = (widget.get_by_role("button", name=side) for side in ("right", "left"))
    click_both = "(right, left) => { right.click(); left.click(); }"
    right.evaluate(click_both, left.element_handle())
    draws.choose("right")
    shows(widget, draws)
    page.wait_for_timeout(500)
    shows(widget, draws)


def test_on_a_narrow_page_the_zoom_is_a_smaller_whole_number(page, widget, draws):
    wide = page.viewport_size
    pair = draws.shown[0]
    canvases = widget.locator("canvas")
    try:
        for width in (900, 700, 560):
            page.set_viewport_size({"width": width, "height": 1400})
            page.wait_for_timeout(500)
            zooms = [canvases.nth(i).bounding_box()["width"] / pair["width"] for i in range(2)]
            assert 1 <= zooms[0] == zooms[1] == round(zooms[0]) < pair["zoom"]
            row = widget.locator(".sr-pair").first
            assert row.evaluate("e => e.scrollWidth <= e.clientWidth")
    finally:
        page.set_viewport_size(wide)
    page.wait_for_timeout(500)
    shows(widget, draws)
