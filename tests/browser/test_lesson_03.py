"""Lesson 03: the prediction, the stepper and the kernel explorer, by mouse and by keys."""

import numpy as np
import pytest

from srcourse.widgets import KernelExplorer


@pytest.fixture(scope="module")
def lesson(open_lesson):
    return open_lesson("03_convolution")


def test_prediction_by_keyboard(lesson):
    widget = lesson.widget("predict")
    assert "It is:" not in widget.inner_text()
    field = widget.get_by_label("How many numbers come out?")
    field.fill("3")
    field.press("Enter")
    widget.get_by_text("You said: 3. It is: 9.").wait_for()


def test_stepper_by_mouse_and_by_keys(lesson):
    widget = lesson.widget("convolution-stepper")
    output = widget.get_by_label("output", exact=True)
    assert output.inner_text().split() == ["4"]
    widget.get_by_text("Next").click()
    widget.get_by_text("Stop 2 of 9: the products sum to 3.").wait_for()
    assert output.inner_text().split() == ["4", "3"]
    lesson.page.keyboard.press("ArrowRight")
    widget.get_by_text("Stop 3 of 9: the products sum to 4.").wait_for()
    widget.get_by_text("To the end").click()
    widget.get_by_text("Stop 9 of 9").wait_for()
    assert output.inner_text().split() == list("434243234")


def test_stepper_fills_in_the_formula(lesson):
    widget = lesson.widget("convolution-stepper")
    padding = widget.get_by_label("Padding")
    padding.focus()
    lesson.page.keyboard.press("ArrowRight")
    widget.get_by_text("⌊(5 + 2·1 − 1·(3 − 1) − 1) / 1⌋ + 1 = 5 rows").wait_for()
    stride = widget.get_by_label("Stride")
    stride.focus()
    lesson.page.keyboard.press("ArrowRight")
    widget.get_by_text("⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3 rows").wait_for()
    dilation = widget.get_by_label("Dilation")
    dilation.focus()
    lesson.page.keyboard.press("End")
    widget.get_by_text("⌊(5 + 2·1 − 3·(3 − 1) − 1) / 2⌋ + 1 = 1 rows").wait_for()


def shown(lesson, canvas, python):
    return np.array(lesson.pixels(canvas)).reshape(python.height, python.width, 4)[..., :3]


def test_kernels_browser_and_python_convolve_alike(lesson):
    widget = lesson.widget("kernel-explorer")
    after = widget.locator("canvas").nth(1)
    for name, size, show in (
        ("sharpen", 3, "clip"),
        ("sobel-x", 5, "shift"),
        ("gaussian", 7, "clip"),
        ("laplacian", 3, "magnitude"),
    ):
        widget.get_by_label("Size").select_option(str(size))
        widget.get_by_label("Kernel", exact=True).select_option(name)
        widget.get_by_label("Show results").select_option(show)
        python = KernelExplorer(name, size, show=show)
        widget.get_by_text(f"mean {python.filtered().mean():.2f}").wait_for()
        # The mark around the chosen pixel is drawn over the picture.
        rows, cols = np.indices((python.height, python.width))
        clear = np.maximum(abs(rows - python.row), abs(cols - python.col)) > 4
        difference = abs(shown(lesson, after, python) - python.filtered().astype(int))[clear]
        assert difference.max() <= 1


def test_a_kernel_is_edited_by_keys_and_a_pixel_chosen_by_mouse_and_keys(lesson):
    widget = lesson.widget("kernel-explorer")
    widget.get_by_label("Size").select_option("3")
    widget.get_by_label("Show results").select_option("clip")
    widget.get_by_label("Kernel", exact=True).select_option("identity")
    python = KernelExplorer("identity")
    widget.get_by_text(f"mean {python.filtered().mean():.2f}").wait_for()
    widget.get_by_label("kernel, row 2, column 2").focus()
    lesson.page.keyboard.press("ArrowUp")
    doubled = KernelExplorer([[0, 0, 0], [0, 2, 0], [0, 0, 0]])
    widget.get_by_text(f"mean {doubled.filtered().mean():.2f}").wait_for()
    assert widget.get_by_label("Kernel", exact=True).input_value() == "your own"

    photo = widget.locator("canvas").first
    photo.hover(position={"x": 30.5, "y": 40.5})
    scale = photo.bounding_box()["width"] / python.width
    row, col = int(40.5 / scale), int(30.5 / scale)
    green = python.pixels[row, col, 1]
    widget.get_by_text(f"Pixel ({row}, {col}), green: the products sum to {2 * green}").wait_for()
    photo.focus()
    lesson.page.keyboard.press("ArrowDown")
    green = python.pixels[row + 1, col, 1]
    found = f"Pixel ({row + 1}, {col}), green: the products sum to {2 * green}"
    widget.get_by_text(found).wait_for()


def test_another_photograph(lesson):
    widget = lesson.widget("kernel-explorer")
    widget.get_by_label("Kernel", exact=True).select_option("box")
    widget.get_by_label("Photograph", exact=True).select_option("coffee")
    python = KernelExplorer("box", photo="coffee")
    widget.get_by_text(f"mean {python.filtered().mean():.2f}").wait_for()
    size = widget.locator("canvas").first.evaluate("c => [c.width, c.height]")
    assert size == [python.width, python.height]
