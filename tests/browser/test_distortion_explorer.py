"""DistortionExplorer in a notebook of its own: by mouse and by keys."""

import numpy as np
import pytest

from srcourse import images
from srcourse.widgets import DistortionExplorer
from srcourse.widgets.distortion_explorer import BEGIN, NAMES, POWERS
from tests.browser.test_model_compare import drawn, opened

WAIT = 15_000  # milliseconds
CELL = """\
from srcourse.widgets import DistortionExplorer
DistortionExplorer("astronaut", "noise", strength=0.09)"""


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "distortion_explorer", CELL) as found:
        yield found


@pytest.fixture
def widget(lesson):
    """As the cell made it."""
    found = lesson.widget("distortion-explorer")
    found.get_by_label("Photograph", exact=True).select_option("astronaut")
    found.get_by_label("Hold PSNR").uncheck()
    found.get_by_label("Distortion").select_option("noise")
    found.get_by_label("Strength").fill("0.3")
    shows(found, DistortionExplorer("astronaut", "noise", strength=0.3**2))
    return found


def shows(widget, python: DistortionExplorer) -> None:
    """The page has this widget's pictures, its figures in words, and its slider."""
    found = python.figures
    score = "∞" if found["psnr"] is None else f"{found['psnr']:.2f}"
    said = f"PSNR {score} dB, SSIM {found['ssim']:.3f}"
    numbers = f"{said}." if python.held is None else f"{said}. Held: {python.held:.2f} dB."
    widget.get_by_text(numbers, exact=True).wait_for(timeout=WAIT)
    name = NAMES[python.kind]
    widget.get_by_text(f"Distorted: {name}", exact=True).wait_for(timeout=WAIT)
    original, distorted = (widget.locator("canvas").nth(n) for n in range(2))
    assert np.array_equal(drawn(original), python.pixels)
    assert drawn(distorted).tobytes() == python.result
    size = f"{python.width} by {python.height} pixels"
    assert original.get_attribute("aria-label") == f"{python.photo}, {size}"
    assert distorted.get_attribute("aria-label") == (
        f"{python.photo}, distorted: {name}, {found['amount']}; {said}"
    )
    slider = widget.get_by_label("Strength")
    assert slider.get_attribute("aria-valuetext") == found["amount"]
    place = python.strengths[python.kind] ** (1 / POWERS[python.kind])
    assert float(slider.input_value()) == pytest.approx(place, abs=0.0051)
    assert widget.get_by_role("alert", include_hidden=True).nth(1).inner_text() == python.note


def held(photo: str, kind: str, decibels: float) -> DistortionExplorer:
    return DistortionExplorer(photo, kind, hold=decibels)


def test_by_keys_a_psnr_is_held_through_every_kind(lesson, widget):
    def key(label: str, *presses: str) -> None:
        widget.get_by_label(label).focus()
        for press in presses:
            lesson.page.keyboard.press(press)

    key("Strength", *["ArrowLeft"] * 4)
    python = DistortionExplorer("astronaut", "noise", strength=0.29**2)
    shows(widget, python)
    wanted = python.figures["psnr"]
    key("Hold PSNR", "Space")
    for kind in ("shift", "contrast", "brightness", "jpeg", "salt"):
        key("Distortion", "ArrowDown")
        shows(widget, held("astronaut", kind, wanted))
    key("Hold PSNR", "Space")
    key("Distortion", "Home")
    shows(widget, DistortionExplorer("astronaut", "blur", strength=BEGIN["blur"]))
    key("Strength", "Home")
    shows(widget, DistortionExplorer("astronaut", "blur", strength=0))
    assert widget.get_by_role("button", name="Rank").is_disabled()


def test_by_mouse_the_slider_sets_what_is_held(lesson, widget):
    widget.get_by_label("Hold PSNR").check()
    slider = widget.get_by_label("Strength")
    box = slider.bounding_box()
    slider.click(position={"x": 0.4 * box["width"], "y": box["height"] / 2})
    place = float(slider.input_value())
    assert 0.35 < place < 0.45
    python = DistortionExplorer("astronaut", "noise", strength=place**2)
    python.hold = True
    wanted = python.figures["psnr"]
    shows(widget, python)
    widget.get_by_label("Distortion").select_option("JPEG")
    shows(widget, held("astronaut", "jpeg", wanted))
    widget.get_by_label("Photograph", exact=True).select_option("chelsea")
    shows(widget, held("chelsea", "jpeg", wanted))


def test_the_ranking_by_mouse(lesson, widget):
    widget.get_by_label("Hold PSNR").check()
    python = DistortionExplorer("astronaut", "noise", strength=0.3**2)
    rows = python.compare()
    assert widget.get_by_role("table").count() == 0
    widget.get_by_role("button", name="Rank all kinds at this PSNR").click()
    lines = widget.get_by_role("row")
    lines.nth(len(rows)).wait_for(timeout=WAIT)
    assert lines.count() == 1 + len(rows)
    for place, row in enumerate(rows, 1):
        cells = lines.nth(place).locator("td").all_inner_texts()
        scores = [f"{row['psnr']:.2f} dB", f"{row['ssim']:.3f}"]
        assert cells == [str(place), NAMES[row["kind"]], row["amount"], *scores]
    widget.get_by_label("Distortion").select_option("shift")
    shows(widget, held("astronaut", "shift", python.figures["psnr"]))
    assert lines.count() == 1 + len(rows)  # of the same PSNR
    widget.get_by_label("Strength").fill("0.5")
    lines.first.wait_for(state="detached", timeout=WAIT)


def test_what_cannot_be_reached_is_said(lesson, widget):
    widget.get_by_label("Strength").fill("0.45")
    widget.get_by_label("Hold PSNR").check()
    widget.get_by_text("Held: ").wait_for(timeout=WAIT)
    widget.get_by_label("Photograph", exact=True).select_option("clock")
    wanted = DistortionExplorer("astronaut", "noise", strength=0.45**2).figures["psnr"]
    shows(widget, held("clock", "noise", wanted))
    widget.get_by_label("Distortion").select_option("JPEG")
    python = held("clock", "jpeg", wanted)
    assert "cannot spoil" in python.note
    widget.get_by_role("alert").filter(has_text=python.note).wait_for(timeout=WAIT)
    shows(widget, python)
    widget.get_by_role("button", name="Rank all kinds at this PSNR").click()
    row = widget.get_by_role("row").filter(has_text="JPEG")
    row.get_by_text("not ranked").wait_for(timeout=WAIT)
    assert "even at quality 1.0" in row.inner_text()
    widget.get_by_label("Distortion").select_option("noise")
    shows(widget, held("clock", "noise", wanted))


def test_an_upload_is_distorted_and_a_bad_file_explained(lesson, widget, tmp_path):
    images.save(tmp_path / "mine.png", images.sample("zone_plate")[:100, :140])
    (tmp_path / "bad.png").write_text("no picture")
    widget.get_by_label("or your own").set_input_files(tmp_path / "mine.png")
    widget.get_by_text("Original, 140 × 100").wait_for(timeout=WAIT)
    original, distorted = (widget.locator("canvas").nth(n) for n in range(2))
    assert np.array_equal(drawn(original)[..., 0], images.sample("zone_plate")[:100, :140])
    before = drawn(distorted)
    assert before.shape == (100, 140, 3)
    assert before.std() > 10
    widget.get_by_label("or your own").set_input_files(tmp_path / "bad.png")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=WAIT)
    assert np.array_equal(drawn(distorted), before)
