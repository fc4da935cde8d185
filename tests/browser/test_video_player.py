"""VideoPlayer in a notebook of its own: by mouse, by keys, and playing while the kernel is busy."""

import numpy as np
import pytest

from srcourse import video
from srcourse.widgets import VideoPlayer
from tests.browser.test_model_compare import busy_kernel, drawn, opened

WAIT = 15_000  # milliseconds
CLIPS = """\
import numpy as np
random = np.random.default_rng(0)
def clip(amount):
    frames = 120 + random.integers(-amount, amount + 1, (5, 48, 80, 3))
    frames[::2, 8:16, 16:24] = 20
    return list(frames.astype(np.uint8))
versions = {"calm": clip(1), "restless": clip(4)}
"""
CELL = f"""\
from srcourse import video
from srcourse.widgets import VideoPlayer
{CLIPS}
VideoPlayer(versions, video.still(versions["calm"]), 10)"""
FIT = 8


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "video_player", CELL) as found:
        yield found


@pytest.fixture
def page(lesson):
    return lesson.page


@pytest.fixture
def python():
    found: dict = {}
    exec(CLIPS, found)
    return VideoPlayer(found["versions"], video.still(found["versions"]["calm"]), 10)


@pytest.fixture
def widget(lesson, page):
    """As the cell made it."""
    found = lesson.widget("video-player")
    found.get_by_label("Show", exact=True).select_option("picture")
    found.get_by_label("Darken what moves").set_checked(False)
    wipe = found.get_by_role("slider", name="Wipe")
    wipe.focus()
    page.keyboard.press("Home")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    found.locator("canvas").focus()
    page.keyboard.press("Home")
    return found


def expected(python: VideoPlayer) -> np.ndarray:
    left, right = (
        python.shown(side).repeat(FIT, axis=0).repeat(FIT, axis=1) for side in ("left", "right")
    )
    both = right.copy()
    line = round(python.wipe * both.shape[1])
    both[:, :line] = left[:, :line]
    return both


def shows(widget, python: VideoPlayer, **change) -> None:
    """After `change` the page has what Python has: every pixel, and the figures."""
    for name, value in change.items():
        setattr(python, name, value)
    number = python.frame
    widget.get_by_text(f"Paused: frame {number + 1} of 5, {number / 10:.2f} s.").wait_for(
        timeout=WAIT
    )
    figures = [python.figures[side]["frames"][number] for side in ("left", "right")]
    row = widget.get_by_role("row", name=" ".join(["this frame", *figures]), exact=True)
    row.wait_for(timeout=WAIT)
    widget.page.wait_for_timeout(100)  # a frame
    canvas = widget.locator("canvas")
    assert np.array_equal(drawn(canvas), expected(python))
    said = canvas.get_attribute("aria-label")
    assert f"Frame {number + 1} of 5" in said
    assert f"Left of the wipe: calm, flicker {figures[0]}. Right of it: restless" in said
    slider = widget.get_by_role("slider", name="Frame")
    assert slider.input_value() == str(number)
    assert slider.get_attribute("aria-valuetext") == f"{number + 1} of 5, {number / 10:.2f} s"


def test_it_does_not_play_by_itself(page, widget, python):
    page.wait_for_timeout(600)
    shows(widget, python)


def test_step_by_keys_buttons_and_slider(page, widget, python):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    shows(widget, python, frame=2)
    page.keyboard.press("ArrowLeft")
    shows(widget, python, frame=1)
    page.keyboard.press("End")
    shows(widget, python, frame=4)
    page.keyboard.press("ArrowRight")  # round again
    shows(widget, python, frame=0)
    widget.get_by_role("button", name="One frame back").click()
    shows(widget, python, frame=4)
    widget.get_by_role("button", name="One frame on").click()
    widget.get_by_role("button", name="One frame on").click()
    shows(widget, python, frame=1)
    widget.get_by_role("slider", name="Frame").fill("3")
    shows(widget, python, frame=3)


def test_the_wipe_by_keys_and_by_mouse(page, widget, python):
    wipe = widget.get_by_role("slider", name="Wipe")
    wipe.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    shows(widget, python, wipe=0.4)
    assert wipe.get_attribute("aria-valuetext") == "40 % calm, 60 % restless"
    page.keyboard.press("End")
    shows(widget, python, wipe=1)
    page.keyboard.press("Home")
    shows(widget, python, wipe=0)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    box, at = widget.locator("canvas").bounding_box(), wipe.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    share = float(wipe.evaluate("h => h.style.left").removesuffix("%")) / 100
    assert abs(share - 0.75) < 1 / box["width"]  # a pixel, as mice count in whole ones
    shows(widget, python, wipe=share)


def test_the_change_and_what_moves(page, widget, python):
    page.keyboard.press("ArrowRight")
    widget.get_by_label("Show", exact=True).select_option("change")
    shows(widget, python, frame=1, view="change")
    assert "its change from the frame before" in widget.locator("canvas").get_attribute(
        "aria-label"
    )
    widget.get_by_label("Darken what moves").check()
    page.wait_for_timeout(200)
    found, bright = drawn(widget.locator("canvas")).astype(int), expected(python).astype(int)
    moves = np.zeros(bright.shape[:2], bool)
    moves[8 * FIT : 16 * FIT, 16 * FIT : 24 * FIT] = True  # the one block
    assert np.array_equal(found[~moves], bright[~moves])
    assert np.abs(found[moves] - bright[moves] / 4).max() < 2


def test_it_plays_pauses_and_needs_no_kernel(page, widget, python, tmp_path):
    page.evaluate(
        """() => { const line = document.querySelector('.sr-video-player .sr-readout');
        window.seen = new Set();
        new MutationObserver(() => window.seen.add(line.textContent)).observe(
          line, {childList: true, characterData: true, subtree: true}); }"""
    )
    with busy_kernel(page, tmp_path):
        widget.locator("canvas").focus()
        page.keyboard.press(" ")
        widget.get_by_role("button", name="Pause", exact=True).wait_for(timeout=WAIT)
        assert widget.locator(".sr-readout").get_attribute("aria-live") == "off"
        page.wait_for_function(
            "() => [...window.seen].filter((s) => s.startsWith('Play')).length >= 5"
        )
        page.keyboard.press(" ")
        widget.get_by_role("button", name="Play", exact=True).wait_for(timeout=WAIT)
    stopped = widget.locator(".sr-readout").text_content()
    page.wait_for_timeout(500)
    assert widget.locator(".sr-readout").text_content() == stopped
    number = int(widget.get_by_role("slider", name="Frame").input_value())
    shows(widget, python, frame=number)
    # A step ends the playing; so does the slider.
    widget.get_by_role("button", name="Play", exact=True).click()
    widget.get_by_role("button", name="Pause", exact=True).wait_for(timeout=WAIT)
    widget.get_by_role("slider", name="Frame").fill("2")
    shows(widget, python, frame=2)
