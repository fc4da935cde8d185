import re

import numpy as np

from srcourse.widgets import PoolingExplorer


def test_pictures_and_numbers_follow_mouse_and_keys(open_lesson, tmp_path):
    lesson = open_lesson("04_pooling_and_classification", seconds=500)
    widget = lesson.widget("pooling-explorer")
    before, after = (widget.locator("canvas").nth(n) for n in (0, 1))
    keys = lesson.page.keyboard

    def choose(label, value):
        widget.get_by_label(label, exact=True).select_option(value)

    def shown(canvas, side):
        canvas.and_(widget.locator(f'canvas[width="{side}"]')).wait_for(timeout=10_000)
        return np.array(lesson.pixels(canvas)).reshape(side, side, 4)

    def agrees(**arguments):
        """Both pictures to 1/255, and the table to its last digit, are as Python has them."""
        python = PoolingExplorer(**arguments)
        pooled = python.pooled()
        counts = f"{python.side**2} numbers {pooled.size} come out"
        widget.get_by_text(counts).wait_for(timeout=10_000)
        for kind, values in python.changes().items():
            row = widget.locator(f'tr[data-kind="{kind}"]')
            change = f"{values['change']:.2f}"
            row.get_by_text(change, exact=True).first.wait_for(timeout=10_000)
            cells = [
                c.replace("−", "-").replace("–", "nan") for c in row.locator("td").all_inner_texts()
            ]
            np.testing.assert_allclose(
                [float(c) for c in cells], list(values.values()), atol=0.0051
            )
        for canvas, values in ((before, python.picture()), (after, pooled)):
            pixels = shown(canvas, len(values))
            assert (pixels[..., 3] == 255).all()
            expected = np.clip(values, 0, 255)[..., None]
            assert abs(pixels[..., :3] - expected).max() <= 1

    agrees(kind="max")
    choose("Keep", "average")
    agrees(kind="average")
    choose("Pixels", "64")
    choose("Window", "3")
    choose("Stride", "2")
    choose("Pool", "feature")
    agrees(kind="average", size=3, stride=2, side=64, show="feature")

    # The sliders, by keyboard.
    widget.get_by_role("slider", name="Shift").focus()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    agrees(kind="average", size=3, stride=2, side=64, show="feature", shift=2)
    widget.get_by_role("slider", name="Noise").focus()
    keys.press("End")
    disturbed = {"size": 3, "stride": 2, "side": 64, "show": "feature", "shift": 2, "noise": 60}
    agrees(kind="average", **disturbed)
    choose("Keep", "max")
    agrees(kind="max", **disturbed)
    choose("Pool", "even grey")
    agrees(kind="max", **disturbed | {"show": "even grey"})

    # A window, by mouse on the picture and then by the arrow keys.
    choose("Pool", "photograph")
    agrees(kind="max", **disturbed | {"show": "photograph"})
    python = PoolingExplorer("max", **disturbed | {"show": "photograph"})

    def window_shows(row, col):
        widget.get_by_text(f"Window ({row}, {col}), ").wait_for(timeout=5000)
        numbers = python.picture()[2 * row : 2 * row + 3, 2 * col : 2 * col + 3]
        table = widget.get_by_role("table", name="the window's numbers")
        cells = [float(t.replace("−", "-")) for t in table.locator("td").all_inner_texts()]
        np.testing.assert_allclose(cells, numbers.ravel(), atol=0.051)
        largest = table.locator("td.sr-on").all_inner_texts()
        assert [float(t) for t in largest] == [round(numbers.max(), 1)]
        text = widget.get_by_text(f"Window ({row}, {col})").inner_text()
        kept = float(re.search(r"largest number is (.+)\.$", text).group(1))
        assert abs(kept - python.pooled()[row, col]) <= 0.051

    box = before.bounding_box()
    place = {"x": (20 + 0.5) * box["width"] / 64, "y": (41 + 0.5) * box["height"] / 64}
    before.hover(position=place)
    window_shows(20, 10)
    mark = widget.locator(".sr-mark").first.bounding_box()
    assert abs(mark["x"] - box["x"] - 20 / 64 * box["width"]) < 1
    assert abs(mark["width"] - 3 / 64 * box["width"]) < 1
    before.focus()
    keys.press("ArrowRight")
    window_shows(20, 11)
    keys.press("ArrowUp")
    window_shows(19, 11)
    after.hover(position={"x": box["width"] - 2, "y": 1})
    window_shows(0, 30)

    # A picture of one's own; a bad file leaves it.
    from srcourse import images

    images.save(tmp_path / "mine.png", np.full((9, 30), 50, np.uint8))
    (tmp_path / "bad.png").write_text("no picture")
    widget.get_by_label("or your own").set_input_files(tmp_path / "mine.png")
    widget.get_by_role("slider", name="Noise").focus()
    keys.press("Home")
    widget.get_by_text("the largest number is 50.").wait_for(timeout=10_000)
    widget.get_by_label("or your own").set_input_files(tmp_path / "bad.png")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=10_000)
    assert widget.get_by_label("Photograph", exact=True).input_value() == "your own"
    assert abs(shown(before, 64)[..., :3].astype(int) - 50).max() <= 1
    assert lesson.errors == []
