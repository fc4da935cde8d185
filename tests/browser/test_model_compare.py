"""ModelCompare in a notebook of its own: by mouse, by keys, and while the kernel is busy."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

from srcourse import zoo
from srcourse.widgets import ModelCompare
from srcourse.widgets.model_compare import SIDES
from tests.browser.jupyter import Lab, Opened, open_notebook

WAIT = 30_000  # milliseconds
NETWORK, SCALE = next((name, scales[0]) for name, scales in zoo.trained().items())
OTHER = next(s for s in (2, 3, 4) if s != SCALE)
# One network, at one scale, whatever ships by now.
CELL = f"""\
from srcourse import zoo
from srcourse.widgets import ModelCompare
zoo.trained = lambda: {{{NETWORK!r}: ({SCALE},)}}
ModelCompare("nearest", "bicubic", {SCALE}, "chelsea")"""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
# Enlarging by a network waits for `go_on`.
SLOW = """\
from threading import Event
from srcourse.widgets import model_compare
go_on, known = Event(), model_compare.enlarged
def slow(method, *rest):
    if method in zoo.names():
        go_on.wait(60)
    return known(method, *rest)
model_compare.enlarged = slow"""


@contextmanager
def opened(lab: Lab, browser, name: str, source: str) -> Iterator[Opened]:
    """A notebook of one cell, open and run, without an error before and after its use."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / f"{name}.ipynb")
    found = open_notebook(lab, browser, name)
    errors = found.page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert errors.all_inner_texts() == []
    yield found
    assert (found.errors, found.outside) == ([], [])
    found.page.evaluate("() => window.jupyterapp.commands.execute('kernelmenu:shutdown')")
    found.page.context.close()


@contextmanager
def busy_kernel(page, folder: Path) -> Iterator[None]:
    """The notebook's kernel answers nothing within the block, however slow the machine."""
    started, go_on = folder / "started", folder / "go_on"
    waits = f"""\
from pathlib import Path
from time import sleep
Path({str(started)!r}).touch()
while not Path({str(go_on)!r}).exists():
    sleep(0.02)"""
    page.evaluate(f"code => {{ {KERNEL}.requestExecute({{code}}); }}", waits)
    while not started.exists():
        page.wait_for_timeout(20)
    try:
        yield
    finally:
        go_on.touch()


def drawn(canvas) -> np.ndarray:
    """What is on a canvas, RGB."""
    url = canvas.evaluate("c => c.toDataURL('image/png')")
    return np.asarray(Image.open(BytesIO(b64decode(url.split(",")[1]))).convert("RGB"))


def png(image: np.ndarray) -> bytes:
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def lesson(lab, browser):
    with opened(lab, browser, "model_compare", CELL) as found:
        yield found


@pytest.fixture
def page(lesson):
    return lesson.page


@pytest.fixture
def widget(lesson):
    return lesson.widget("model-compare")


@pytest.fixture
def fresh(page, widget):
    """The widget as it began, whatever another test did to it."""
    widget.get_by_role("button", name="Show all").click()
    for label, value in (("Left", "nearest"), ("Right", "bicubic"), ("Photograph", "chelsea")):
        widget.get_by_label(label, exact=True).select_option(value)
    widget.get_by_label("Scale", exact=True).select_option(str(SCALE))
    widget.get_by_role("slider", name="Wipe").focus()
    page.keyboard.press("Home")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    return ModelCompare("nearest", "bicubic", SCALE, "chelsea")


def shows(widget, python: ModelCompare, **change) -> None:
    """After `change` the page has what Python has: figures, place, wipe and every pixel."""
    for name, value in change.items():
        setattr(python, name, value)
    found = {side: python.enlargement(side) for side in SIDES}
    psnr = [f"{found[side].psnr:.2f} dB".replace("inf", "∞") for side in SIDES]
    ssim = [f"{found[side].ssim:.3f}" for side in SIDES]
    for line in ([python.left, python.right], ["PSNR", *psnr], ["SSIM", *ssim]):
        widget.get_by_role("row", name=" ".join(line), exact=True).wait_for(timeout=WAIT)
    height, width = found["left"].picture.shape[:2]
    seen = python.seen(np.dstack(np.indices((height, width))), fit=2)
    (top, bottom), (left, right) = seen[[0, -1], [0, -1]].T
    place = f"Zoom {python.zoom}: rows {top} to {bottom}, columns {left} to {right}."
    widget.get_by_text(place).wait_for(timeout=WAIT)
    slider = widget.get_by_role("slider", name="Wipe")
    assert slider.get_attribute("aria-valuenow") == str(round(100 * python.wipe))
    widget.page.wait_for_timeout(50)  # a frame
    expected = python.seen(found["right"].picture, fit=2).copy()
    line = round(python.wipe * expected.shape[1])
    expected[:, :line] = python.seen(found["left"].picture, fit=2)[:, :line]
    canvas = widget.locator("canvas")
    assert np.array_equal(drawn(canvas), expected)
    said = canvas.get_attribute("aria-label")
    assert place in said
    assert f"Left of the wipe: {python.left}, PSNR {psnr[0]}. Right of it: {python.right}," in said


def test_the_wipe_by_keys_and_by_mouse(page, widget, fresh):
    shows(widget, fresh)
    wipe = widget.get_by_role("slider", name="Wipe")
    wipe.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    shows(widget, fresh, wipe=0.4)
    assert wipe.get_attribute("aria-valuetext") == "40 % nearest, 60 % bicubic"
    page.keyboard.press("Home")
    shows(widget, fresh, wipe=0)
    page.keyboard.press("End")
    shows(widget, fresh, wipe=1)
    page.keyboard.press("ArrowDown")
    shows(widget, fresh, wipe=0.98)
    box = widget.locator("canvas").bounding_box()
    at = wipe.bounding_box()
    page.mouse.move(at["x"] + at["width"] / 2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 60, steps=4)
    page.mouse.move(box["x"] + 144, box["y"] + 70, steps=4)
    page.mouse.up()
    shows(widget, fresh, wipe=0.25)
    page.mouse.move(box["x"] + 400, box["y"] + 70)  # let go
    shows(widget, fresh)


def test_zoom_and_pan_of_both(page, widget, fresh):
    canvas = widget.locator("canvas")
    canvas.focus()
    for key in ("+", "+", "=", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    shows(widget, fresh, zoom=4, row=143.5 - 9, col=143.5 + 9)  # an eighth of 72 pixels
    for key in ("-", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    shows(widget, fresh, zoom=3, row=134.5 + 12, col=152.5 - 24)
    page.keyboard.press("Home")
    shows(widget, fresh, zoom=1)
    for name in ("Zoom in", "Zoom in", "Zoom out", "Move right", "Move down", "Move down"):
        widget.get_by_role("button", name=name, exact=True).click()
    shows(widget, fresh, zoom=2, row=143.5 + 36, col=143.5 + 18)
    for name in ("Move left", "Move up"):
        widget.get_by_role("button", name=name, exact=True).click()
    shows(widget, fresh, row=143.5 + 18, col=143.5)

    # A drag moves both; the wheel zooms about the mouse, and only after a click.
    page.evaluate("() => document.activeElement.blur()")
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(300)
    widget.scroll_into_view_if_needed()
    shows(widget, fresh)
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 120, steps=4)
    page.mouse.move(box["x"] + 60, box["y"] + 140, steps=4)
    page.mouse.up()
    shows(widget, fresh, row=161.5 - 10, col=143.5 + 10)  # 40 screen pixels are 10 at zoom 2
    page.mouse.move(box["x"] + 288, box["y"] + 288)
    page.mouse.wheel(0, -100)
    shows(widget, fresh, zoom=3)
    page.mouse.wheel(0, 100)
    page.mouse.wheel(0, 100)
    shows(widget, fresh, zoom=1)


def test_methods_scales_and_photographs(page, widget, fresh):
    left, scale = widget.get_by_label("Left", exact=True), widget.get_by_label("Scale", exact=True)
    left.focus()
    page.keyboard.press("ArrowDown")
    shows(widget, fresh, left="bilinear")
    scale.select_option(str(OTHER))
    shows(widget, fresh, scale=OTHER)
    # What is not trained for this scale cannot be chosen, nor a scale that one side lacks.
    network = widget.locator(f'option[value="{NETWORK}"]')
    assert network.all_inner_texts() == [f"{NETWORK} (×{SCALE})"] * 2
    assert [option.is_disabled() for option in network.all()] == [True, True]
    scale.select_option(str(SCALE))
    left.select_option("original")
    shows(widget, fresh, scale=SCALE, left="original")
    widget.get_by_label("Right", exact=True).select_option(NETWORK)
    python = ModelCompare("original", NETWORK, SCALE, "chelsea")
    psnr = f"{python.enlargement('right').psnr:.2f} dB"
    widget.get_by_role("cell", name=psnr).wait_for(timeout=WAIT)
    assert scale.locator(f'option[value="{OTHER}"]').is_disabled()
    assert scale.locator(f'option[value="{SCALE}"]').is_enabled()
    assert widget.get_by_role("cell", name=" ms").count() == 1
    widget.get_by_label("Right", exact=True).select_option("bicubic")
    widget.get_by_label("Photograph", exact=True).select_option("text")
    shows(widget, fresh, right="bicubic", photo="text")


def test_an_upload_is_compared_and_a_bad_one_explained(widget, fresh):
    def upload(name: str, data: bytes) -> None:
        widget.get_by_label("or your own").set_input_files(
            {"name": name, "mimeType": "image/png", "buffer": data}
        )

    upload("bad.png", b"no picture")
    widget.get_by_role("alert").filter(has_text="not a picture").wait_for(timeout=WAIT)
    upload("small.png", png(np.zeros((4, 6), np.uint8)))
    widget.get_by_role("alert").filter(has_text="6×4; accepted: at least 24").wait_for(timeout=WAIT)
    shows(widget, fresh)
    mine = png(np.random.default_rng(0).integers(0, 256, (240, 288, 3), np.uint8))
    upload("mine.png", mine)
    widget.get_by_text("288 × 240 pixels of your own, reduced to").wait_for(timeout=WAIT)
    shows(widget, fresh, upload={"name": "mine.png", "data": mine})
    assert widget.locator(".sr-message").text_content() == ""


def test_the_page_and_the_kernel_stay_awake_while_a_network_runs(page, widget, fresh, tmp_path):
    def execute(code: str) -> None:
        page.evaluate(f"code => {KERNEL}.requestExecute({{code}}).done.then(() => null)", code)

    execute(SLOW)
    widget.get_by_label("Right", exact=True).select_option(NETWORK)
    widget.get_by_text(f"{NETWORK}: computing…").wait_for(timeout=WAIT)
    assert widget.get_by_role("cell", name="computing…").count() == 4
    execute("1 + 1")  # answered, though the network still runs
    widget.get_by_label("Left", exact=True).select_option("bilinear")
    page.wait_for_timeout(500)
    assert widget.get_by_text("bilinear: computing…").count() == 1  # one at a time
    widget.get_by_label("Right", exact=True).select_option("original")  # what was asked last wins
    execute("go_on.set()")
    shows(widget, fresh, left="bilinear", right="original")
    assert widget.get_by_text("computing…").count() == 0

    with busy_kernel(page, tmp_path):  # wipe and zoom need none
        widget.get_by_role("slider", name="Wipe").focus()
        page.keyboard.press("ArrowRight")
        widget.locator("canvas").focus()
        page.keyboard.press("+")
        shows(widget, fresh, wipe=0.52, zoom=2)
