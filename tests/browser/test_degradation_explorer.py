"""Lesson 06: the prediction and the degradation explorer, by mouse and by keys."""

import numpy as np
import pytest

from srcourse import images
from srcourse.widgets import DegradationExplorer

WAIT = 15_000  # milliseconds


@pytest.fixture(scope="module")
def lesson(open_lesson):
    return open_lesson("06_the_problem")


@pytest.fixture
def widget(lesson):
    return lesson.widget("degradation-explorer")


def seen(lesson, canvas, width: int) -> np.ndarray:
    return np.array(lesson.pixels(canvas), np.uint8).reshape(-1, width, 4)[..., :3]


def shows(lesson, widget, python: DegradationExplorer) -> None:
    """The page has this widget's score, pictures and kernel."""
    widget.get_by_role("status").filter(has_text=f"{python.psnr:.2f} dB").wait_for(timeout=WAIT)
    hr, lr, enlarged, kernel = (widget.locator("canvas").nth(n) for n in range(4))
    height, width, small = python.height, python.width, python.lr_width
    assert np.array_equal(seen(lesson, hr, width), python.pixels)
    assert np.array_equal(seen(lesson, lr, small), python.degraded())
    assert seen(lesson, enlarged, width).tobytes() == python.enlarged
    size = f"{small} by {height * small // width} pixels"
    assert lr.get_attribute("aria-label") == f"the degraded picture, {size}"
    weights = np.pad(np.array(python.kernel), (17 - len(python.kernel)) // 2)
    drawn = seen(lesson, kernel, 17)[..., 0]
    assert abs(drawn - 255 * weights / weights.max()).max() <= 1


def test_prediction_by_mouse(lesson):
    predict = lesson.widget("predict")
    assert "It is:" not in predict.inner_text()
    predict.get_by_label("about 65,000").check()
    predict.get_by_text("That is my guess").click()
    said = "You said: about 65,000. It is: about 16 million."
    predict.get_by_text(said).wait_for(timeout=WAIT)


def test_pictures_kernel_and_figures_follow_the_keys(lesson, widget):
    def key(label: str, *presses: str) -> None:
        widget.get_by_label(label).focus()
        for press in presses:
            lesson.page.keyboard.press(press)

    shows(lesson, widget, DegradationExplorer("astronaut", 3))
    key("Downsampling", "ArrowRight")
    shows(lesson, widget, DegradationExplorer("astronaut", 4))
    key("Blur, σ along", "End")
    key("Blur, angle", "ArrowRight", "ArrowRight")
    shows(lesson, widget, DegradationExplorer("astronaut", 4, along=2.5, angle=10))
    key("JPEG quality", "Home")
    shows(lesson, widget, DegradationExplorer("astronaut", 4, along=2.5, angle=10, jpeg=5))
    widget.get_by_text("the rest changes it by −").wait_for(timeout=WAIT)


def test_pictures_and_figures_follow_the_mouse(lesson, widget):
    widget.get_by_label("Speckle, σ").fill("0.2")
    widget.get_by_text("Downsampling alone", exact=True).click()
    widget.get_by_text("Downsampling is all that happened").wait_for(timeout=WAIT)
    scale = int(widget.get_by_label("Downsampling").input_value())
    shows(lesson, widget, DegradationExplorer("astronaut", scale))
    noise = widget.get_by_label("Noise, σ")
    box = noise.bounding_box()
    noise.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    level = int(noise.input_value())
    assert 20 <= level <= 30
    shows(lesson, widget, DegradationExplorer("astronaut", scale, noise=level))
    widget.get_by_label("Photograph", exact=True).select_option("chelsea")
    shows(lesson, widget, DegradationExplorer("chelsea", scale, noise=level))


def test_an_upload_is_shown_and_a_bad_file_explained(lesson, widget, tmp_path):
    images.save(tmp_path / "mine.png", images.sample("zone_plate")[:100, :140])
    (tmp_path / "bad.png").write_text("no picture")
    widget.get_by_label("or your own").set_input_files(tmp_path / "mine.png")
    widget.get_by_text("HR, 132 × 96").wait_for(timeout=WAIT)
    before = seen(lesson, widget.locator("canvas").first, 132)
    assert np.array_equal(before[..., 0], images.sample("zone_plate")[:96, :132])
    widget.get_by_label("or your own").set_input_files(tmp_path / "bad.png")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=WAIT)
    assert np.array_equal(seen(lesson, widget.locator("canvas").first, 132), before)
