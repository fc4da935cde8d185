"""ColorizationExplorer in a notebook of its own: by mouse and by keys."""

import numpy as np
import pytest

from srcourse import images
from srcourse.widgets import ColorizationExplorer
from tests.browser.test_model_compare import drawn, opened

WAIT = 15_000  # milliseconds
CELL = """\
from srcourse.widgets import ColorizationExplorer
ColorizationExplorer("coffee", 0.5)"""


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "colorization_explorer", CELL) as found:
        yield found


@pytest.fixture
def page(lesson):
    return lesson.page


@pytest.fixture
def widget(lesson, page):
    """As the cell made it."""
    found = lesson.widget("colorization-explorer")
    found.get_by_label("Photograph", exact=True).select_option("coffee")
    found.get_by_label("Temperature", exact=True).fill("0.5")
    for label, value in (("Left", "grey"), ("Right", "coloured")):
        found.get_by_label(label, exact=True).select_option(value)
    wipe = found.get_by_role("slider", name="Wipe")
    wipe.focus()
    page.keyboard.press("Home")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    found.locator("canvas").first.focus()
    page.keyboard.press("Home")
    return found


@pytest.fixture
def python():
    return ColorizationExplorer("coffee", 0.5)


def view(python: ColorizationExplorer, name: str) -> np.ndarray:
    data = {"grey": python.grey, "coloured": python.coloured, "truth": python.source}[name]
    return np.frombuffer(data, np.uint8).reshape(python.height, python.width, 3)


def number(value: float) -> str:
    return f"{round(value):d}".replace("-", "−")


def shows(widget, python: ColorizationExplorer, **change) -> None:
    """After `change` the page has what Python has: both pictures, the plane, figures, the wipe."""
    for name, value in change.items():
        setattr(python, name, value)
    at, figures = python.at, python.figures
    light, share = f"L {at['light']:.0f}", f"{100 * at['share']:.1f} %"
    said = f"Row {at['row']}, column {at['column']}, {light}. The likeliest bin holds {share}"
    widget.get_by_text(said).wait_for(timeout=WAIT)
    truth = (
        f"of the truth {figures['truth']:.1f}."
        if python.known
        else "and its true colours are not known."
    )
    saturation = f"{figures['coloured']:.1f}, {truth}"
    widget.get_by_text(f"at a temperature of {python.temperature:.2f}: {saturation}").wait_for(
        timeout=WAIT
    )
    widget.page.wait_for_timeout(60)  # a frame or two
    for mark in at["marks"]:
        row = widget.get_by_role("row").filter(
            has=widget.page.get_by_role("rowheader", name=mark["name"], exact=True)
        )
        cells = row.locator("td").all_inner_texts()
        radius = np.hypot(mark["a"], mark["b"])
        assert cells == ["", number(mark["a"]), number(mark["b"]), f"{radius:.0f}"]
    assert widget.get_by_role("row").count() == 1 + len(at["marks"])
    picture, plane = (widget.locator("canvas").nth(n) for n in range(2))
    expected = view(python, python.right).copy()
    line = round(python.wipe * python.width)
    expected[:, :line] = view(python, python.left)[:, :line]
    assert np.array_equal(drawn(picture), expected)
    assert np.array_equal(drawn(plane), python.plane())
    described = picture.get_attribute("aria-label")
    size = f"{python.photo}, {python.width} by {python.height} pixels"
    sides = f"{python.left} left of the wipe, {python.right} right of it"
    assert described.startswith(f"{size}: {sides}. Mean saturation")
    described = plane.get_attribute("aria-label")
    for mark in at["marks"]:
        assert f"{mark['name']}: a {number(mark['a'])}, b {number(mark['b'])}" in described
    slider = widget.get_by_role("slider", name="Wipe")
    left = round(100 * python.wipe)
    assert slider.get_attribute("aria-valuetext") == (
        f"{left} % {python.left}, {100 - left} % {python.right}"
    )


def test_all_by_keys(page, widget, python):
    shows(widget, python)
    widget.get_by_label("Temperature", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    shows(widget, python, temperature=0.47)
    page.keyboard.press("End")
    shows(widget, python, temperature=1)
    slider = widget.get_by_label("Temperature", exact=True)
    assert slider.get_attribute("aria-valuetext") == "1.00, the mean"
    page.keyboard.press("Home")
    shows(widget, python, temperature=0.01)
    assert slider.get_attribute("aria-valuetext") == "0.01, nearly the mode"

    widget.locator("canvas").first.focus()
    top, _, left, width = python.at["box"]
    page.keyboard.press("ArrowRight")
    shows(widget, python, pixel=(python.pixel[0], left + width))
    page.keyboard.press("ArrowUp")
    shows(widget, python, pixel=(top - 1, python.pixel[1]))
    page.keyboard.press("ArrowLeft")
    shows(widget, python, pixel=(python.pixel[0], left + width - 1))
    page.keyboard.press("ArrowDown")
    shows(widget, python, pixel=(top, python.pixel[1]))
    page.keyboard.press("Home")
    shows(widget, python, pixel=(128, 192))

    wipe = widget.get_by_role("slider", name="Wipe")
    wipe.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    shows(widget, python, wipe=0.4)
    page.keyboard.press("End")
    shows(widget, python, wipe=1)
    widget.get_by_label("Left", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    shows(widget, python, left="truth")


def test_at_the_edge_the_keys_stay_inside(page, widget, python):
    canvas = widget.locator("canvas").first
    canvas.click(position={"x": 2.5, "y": 2.5})
    shows(widget, python, pixel=(2, 2))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    shows(widget, python, pixel=(0, 0))


def test_by_mouse_a_click_chooses_the_pixel_and_a_drag_wipes(page, widget, python):
    canvas = widget.locator("canvas").first
    canvas.click(position={"x": 60.5, "y": 200.5})
    shows(widget, python, pixel=(200, 60))
    mark, box = widget.locator(".sr-mark").bounding_box(), canvas.bounding_box()
    top, height, left, width = python.at["box"]
    assert mark["x"] - box["x"] == pytest.approx(left, abs=1)
    assert mark["y"] - box["y"] == pytest.approx(top, abs=1)
    assert (mark["width"], mark["height"]) == pytest.approx((width, height), abs=1)
    handle = widget.get_by_role("slider", name="Wipe").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=4)
    page.mouse.move(box["x"] + 96, box["y"] + 70, steps=4)
    page.mouse.up()
    shows(widget, python, wipe=0.25)  # and the pixel is the same
    page.mouse.move(box["x"] + 350, box["y"] + 70)
    shows(widget, python)


def test_without_a_truth_none_is_offered(widget, python):
    widget.get_by_label("Right", exact=True).select_option("truth")
    shows(widget, python, right="truth")
    note = widget.get_by_text("It is in colour already: only its lightness is used.")
    assert note.is_visible()
    widget.get_by_label("Photograph", exact=True).select_option("camera")
    shows(widget, python, photo="camera")
    assert python.right == "coloured"
    assert note.count() == 0
    for label in ("Left", "Right"):
        menu = widget.get_by_label(label, exact=True)
        assert menu.locator("option[value=truth]").is_disabled()
    widget.get_by_label("Photograph", exact=True).select_option("chelsea")
    shows(widget, python, photo="chelsea")
    assert widget.get_by_label("Left", exact=True).locator("option[value=truth]").is_enabled()


def test_an_upload_is_coloured_and_a_bad_file_explained(widget, tmp_path):
    mine = np.ascontiguousarray(images.sample("camera")[100:180, 150:250])
    images.save(tmp_path / "mine.png", mine)
    (tmp_path / "bad.png").write_text("no picture")
    widget.get_by_label("or your own").set_input_files(tmp_path / "mine.png")
    widget.get_by_text("Row 40, column 50, ").wait_for(timeout=WAIT)
    picture, plane = (widget.locator("canvas").nth(n) for n in range(2))
    assert np.array_equal(drawn(picture)[:, :50], images.rgb(mine)[:, :50])  # the grey half
    assert picture.bounding_box()["width"] == 300  # three screen pixels for each
    before = drawn(picture), drawn(plane)
    widget.get_by_label("or your own").set_input_files(tmp_path / "bad.png")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=WAIT)
    assert np.array_equal(drawn(picture), before[0])
    assert np.array_equal(drawn(plane), before[1])
