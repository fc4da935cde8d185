import numpy as np

from srcourse import images
from srcourse.widgets import ChromaExplorer


def test_picture_and_figures_follow_mouse_and_keys(open_lesson):
    lesson = open_lesson("01_eyes_and_pixels")
    widget = lesson.widget("chroma-explorer")
    after = widget.locator("canvas").nth(1)

    def shows(luma, chroma):
        python = ChromaExplorer("coffee", luma, chroma)
        widget.get_by_text(python.figures).wait_for(timeout=10_000)
        shape = (python.height, python.width, 4)
        shown = np.array(lesson.pixels(after)).reshape(shape)[..., :3]
        assert np.array_equal(shown, python.coarse())

    shows(1, 4)
    widget.get_by_label("Colours (Cb, Cr)").select_option("16")
    shows(1, 16)
    brightness = widget.get_by_label("Brightness (Y)")
    brightness.focus()
    lesson.page.keyboard.press("ArrowDown")
    shows(2, 16)


def test_an_upload_is_shown_and_a_bad_file_explained(open_lesson, tmp_path):
    lesson = open_lesson("01_eyes_and_pixels")
    widget = lesson.widget("chroma-explorer")
    images.save(tmp_path / "mine.png", images.sample("zone_plate")[:100, :140])
    (tmp_path / "bad.png").write_text("no picture")
    widget.get_by_label("or your own").set_input_files(tmp_path / "mine.png")
    widget.locator('canvas[width="140"]').first.wait_for(timeout=10_000)
    assert widget.get_by_label("Photograph", exact=True).input_value() == "your own"
    widget.get_by_label("or your own").set_input_files(tmp_path / "bad.png")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=10_000)
    assert widget.locator("canvas").first.get_attribute("width") == "140"
