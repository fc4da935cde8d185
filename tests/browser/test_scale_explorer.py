from base64 import b64decode
from io import BytesIO

import numpy as np
from PIL import Image

from srcourse.widgets import ScaleExplorer


def drawn(canvas):
    """What is on a canvas, RGB; as a PNG, which Playwright carries faster than numbers."""
    url = canvas.evaluate("c => c.toDataURL('image/png')")
    return np.asarray(Image.open(BytesIO(b64decode(url.split(",")[1]))).convert("RGB"))


def png(image):
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def test_browser_and_python_show_the_same_and_follow_mouse_and_keyboard(open_lesson):
    lesson = open_lesson("07_interpolation", seconds=400)
    widget = lesson.widget("scale-explorer")
    page, pictures = lesson.page, widget.get_by_role("group", name="The pictures")
    canvases = pictures.locator("canvas")
    python = ScaleExplorer("astronaut", scale=3, zoom=4, row=50, col=97)

    def follows(**change):
        """After `change` the browser shows what Python does: figures, place and every pixel."""
        for name, value in change.items():
            setattr(python, name, value)
        for name, score in python.result["scores"].items():
            widget.locator(".sr-readout", has_text=f"{name} {score}").wait_for(timeout=5000)
            assert pictures.get_by_text(f"{name}: {score}").count() == 1
        where = python.seen(np.dstack(np.indices((python.height, python.width))))
        rows, cols = where[[0, -1], [0, -1]].T
        place = f"Zoom {python.zoom}: rows {rows[0]} to {rows[1]}, columns {cols[0]} to {cols[1]}."
        widget.get_by_text(place).wait_for(timeout=5000)
        page.wait_for_timeout(50)  # a frame
        for number, picture in enumerate(python.pictures().values()):
            assert np.array_equal(drawn(canvases.nth(number)), python.seen(picture)), change
        assert place.rstrip(".") in canvases.nth(3).get_attribute("aria-label")

    follows()
    widget.get_by_label("Scale", exact=True).select_option("4")
    follows(scale=4)
    widget.get_by_label("Scale", exact=True).select_option("2")
    follows(scale=2)

    # bicubic's parameter, by the keyboard: its picture, its figure and its curve
    curve = drawn(widget.locator("canvas").last)
    slider = widget.get_by_label("Bicubic’s a")
    for _ in range(5):
        slider.press("ArrowLeft")
    follows(a=-0.75)
    widget.get_by_text("a = −0.75: its weights go down to −0.111").wait_for()
    assert not np.array_equal(drawn(widget.locator("canvas").last), curve)

    # the view, by the keyboard
    pictures.focus()
    for key in ("+", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    follows(zoom=6, row=45, col=102)  # an eighth of 36 pixels, rounded, is 5
    for key in ("-", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    follows(zoom=4, row=52, col=88)
    page.keyboard.press("Home")
    follows(zoom=1)

    # by the buttons
    for name in ("Zoom in", "Zoom in", "Zoom in", "Zoom out", "Move right", "Move down"):
        widget.get_by_role("button", name=name, exact=True).click()
    follows(zoom=3, row=107.5 + 9, col=107.5 + 9)
    for name in ("Move left", "Move up", "Zoom in"):
        widget.get_by_role("button", name=name, exact=True).click()
    follows(zoom=4, row=107.5, col=107.5)

    # by the mouse: a drag moves all; the wheel zooms only after a click
    def at(number, x, y):
        box = canvases.nth(number).bounding_box()
        return box["x"] + x, box["y"] + y

    page.evaluate("() => document.activeElement.blur()")
    page.mouse.move(*at(1, 108, 108))
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(300)
    widget.scroll_into_view_if_needed()
    follows()
    page.mouse.move(*at(2, 100, 100))
    page.mouse.down()
    page.mouse.move(*at(2, 80, 120), steps=4)
    page.mouse.move(*at(2, 60, 140), steps=4)
    page.mouse.up()
    follows(row=97.5, col=117.5)  # 40 screen pixels are 10 pixels at zoom 4
    page.mouse.move(*at(0, 108, 108))
    page.mouse.wheel(0, -100)
    follows(zoom=6)
    page.mouse.wheel(0, 100)
    page.mouse.wheel(0, 100)
    follows(zoom=3)

    # another photograph, another shape, grey
    widget.get_by_label("Photograph", exact=True).select_option("clock")
    follows(photo="clock")

    # the learner's own picture: a bad one changes nothing and is explained
    def upload(name, data):
        widget.get_by_label("or your own").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": data}
        )

    upload("small.png", png(np.zeros((4, 6), np.uint8)))
    widget.get_by_role("alert").get_by_text("6×4; accepted: at least 24").wait_for(timeout=5000)
    follows()
    assert widget.get_by_label("Photograph", exact=True).input_value() == "clock"

    own = png(np.tile(np.arange(60, dtype=np.uint8) * 4, (48, 1)))
    upload("ramp.png", own)
    widget.get_by_text("your own, reduced to 30 × 24 pixels and enlarged ×2").wait_for(timeout=5000)
    follows(upload={"name": "ramp.png", "data": own})
    assert widget.locator(".sr-message").text_content() == ""
    assert pictures.get_by_text("original, 60 × 48").count() == 1
