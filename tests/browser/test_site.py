"""The site in a real browser: it fetches nothing from outside, and its widgets live."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread

import numpy as np
import pytest
from PIL import Image

from srcourse.widgets import KernelExplorer, ModelCompare
from tests.browser.jupyter import Opened
from tests.site import built

FRAME = 60  # milliseconds: longer than one


@contextmanager
def opened(browser, site: str, name: str, width: int = 1280) -> Iterator[Opened]:
    """A page with the network blocked: nothing is asked of it, and nothing goes wrong."""
    allowed = (f"{site}/", "data:", "blob:")
    page = browser.new_context(viewport={"width": width, "height": 1000}).new_page()
    found = Opened(page)

    def answer(route):
        if route.request.url.startswith(allowed):
            route.continue_()
        else:
            found.outside.append(route.request.url)
            route.abort()

    page.route("**/*", answer)
    page.on("pageerror", lambda error: found.errors.append(str(error)))
    page.on(
        "console",
        lambda said: found.errors.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.goto(f"{site}/{name}.html")
    yield found
    page.wait_for_timeout(FRAME)
    assert (found.outside, found.errors) == ([], [])
    page.context.close()


@pytest.fixture(scope="module")
def on_disk() -> str:
    return built().folder.as_uri()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The folder as any server would serve it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built().folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def drawn(canvas) -> np.ndarray:
    """What is on a canvas, RGB."""
    url = canvas.evaluate("c => c.toDataURL('image/png')")
    return np.asarray(Image.open(BytesIO(b64decode(url.split(",")[1]))).convert("RGB"))


def alive(found: Opened, name: str):
    """The live widget of that class, in the place of its snapshot."""
    place = found.page.locator(f'.sr-live[data-widget="{name}"]').first
    found.page.locator(".cell_output").filter(has=place).first.scroll_into_view_if_needed()
    place.locator(".sr-widget").wait_for(timeout=20_000)
    picture = found.page.locator(".cell_output").filter(has=place).locator("img").first
    assert not picture.is_visible()
    return place


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "page", ["index", "notebooks/06_the_problem", "notebooks/13_psnr_and_ssim", "api/layers"]
)
def test_pages_need_no_network_and_fit(browser, on_disk, page, width):
    with opened(browser, on_disk, page, width) as found:
        assert found.page.locator("article h1").first.is_visible()
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width
        shown = found.page.evaluate(
            "() => Promise.all([...document.images].map((i) => i.decode().then(() => i.alt)))"
        )
        assert all(shown)


@pytest.mark.parametrize("where", ["on_disk", "served"])
def test_kernel_explorer_lives_by_mouse_and_by_keys(browser, request, where):
    with opened(browser, request.getfixturevalue(where), "notebooks/03_convolution") as found:
        widget = alive(found, "KernelExplorer")
        before, after = widget.locator("canvas").all()

        def shows(python: KernelExplorer) -> None:
            found.page.wait_for_timeout(FRAME)
            seen, right = drawn(after), python.filtered()
            differs = np.argwhere((seen != right).any(axis=2))
            assert seen.shape == right.shape
            assert len(differs) <= 32, "more than the mark around one pixel"
            assert f"mean {right.mean():.2f}" in widget.inner_text()

        shows(KernelExplorer("sharpen"))
        # By mouse: a pixel's arithmetic.
        box = before.bounding_box()
        pixel = box["width"] / 256
        before.hover(position={"x": 64.5 * pixel, "y": 128.5 * pixel})
        widget.get_by_text("Pixel (128, 64)").wait_for()
        # By keys: the pixel, the kernel, the photograph.
        before.focus()
        found.page.keyboard.press("ArrowDown")
        widget.get_by_text("Pixel (129, 64)").wait_for()
        cell = widget.get_by_label("kernel, row 2, column 2")
        cell.focus()
        found.page.keyboard.press("ArrowUp")
        shows(KernelExplorer([[0, -1, 0], [-1, 6, -1], [0, -1, 0]]))
        widget.get_by_label("Photograph", exact=True).focus()
        found.page.keyboard.type("camera")
        widget.get_by_label("Kernel", exact=True).select_option("sobel-x")
        widget.get_by_label("Show results").select_option("shift")
        widget.get_by_text("the photograph camera").or_(
            widget.locator('canvas[aria-label^="the photograph camera"]')
        ).first.wait_for()
        shows(KernelExplorer("sobel-x", photo="camera", show="shift"))


def test_kernel_explorer_takes_a_picture_of_ones_own(browser, on_disk):
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    png = BytesIO()
    Image.fromarray(picture).save(png, "PNG")
    with opened(browser, on_disk, "notebooks/03_convolution") as found:
        widget = alive(found, "KernelExplorer")
        file = widget.get_by_label("or your own")
        file.set_input_files({"name": "a.png", "mimeType": "", "buffer": png.getvalue()})
        canvas = widget.locator('canvas[aria-label="the photograph your own, 30 by 20 pixels"]')
        canvas.wait_for()
        assert (drawn(canvas) != picture).any(axis=2).sum() <= 100, "only the mark is new"
        file.set_input_files({"name": "b.png", "mimeType": "", "buffer": b"no picture"})
        widget.get_by_text("cannot read this file as a picture").wait_for()
        assert canvas.is_visible()


def test_the_wipe_lives_by_mouse_and_by_keys(browser, on_disk):
    with opened(browser, on_disk, "notebooks/12_edsr") as found:
        widget = alive(found, "ModelCompare")
        canvas, wipe = widget.locator("canvas"), widget.get_by_role("slider", name="Wipe")

        def shows(photo: str, left: str, right: str, scale: int, share: float) -> None:
            python = ModelCompare(photo=photo, left=left, right=right, scale=scale)
            sides = {side: python.enlargement(side) for side in ("left", "right")}
            psnr = [f"{found.psnr:.2f} dB" for found in sides.values()]
            widget.get_by_role("row", name=" ".join(["PSNR", *psnr]), exact=True).wait_for()
            found.page.wait_for_timeout(FRAME)
            one, other = (python.seen(side.picture, fit=2) for side in sides.values())
            expected = other.copy()
            line = round(share * expected.shape[1])
            expected[:, :line] = one[:, :line]
            assert np.array_equal(drawn(canvas), expected)

        shows("astronaut", "bicubic", "edsr-mini", 2, 0.5)
        wipe.focus()
        for _ in range(5):
            found.page.keyboard.press("ArrowLeft")
        shows("astronaut", "bicubic", "edsr-mini", 2, 0.4)
        box, at = canvas.bounding_box(), wipe.bounding_box()
        found.page.mouse.move(at["x"] + at["width"] / 2, box["y"] + 40)
        found.page.mouse.down()
        found.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 50, steps=4)
        found.page.mouse.up()
        shows("astronaut", "bicubic", "edsr-mini", 2, 0.25)
        widget.get_by_label("Scale", exact=True).select_option("3")
        widget.get_by_label("Left", exact=True).select_option("nearest")
        widget.get_by_label("Photograph", exact=True).select_option("camera")
        shows("camera", "nearest", "edsr-mini", 3, 0.25)
        assert not widget.get_by_label("or your own").is_visible()


def test_convolution_stepper_lives(browser, on_disk):
    with opened(browser, on_disk, "notebooks/03_convolution") as found:
        widget = alive(found, "ConvolutionStepper")
        assert "Stop 1 of 9" in widget.inner_text()
        widget.get_by_role("button", name="Next").focus()
        found.page.keyboard.press("ArrowRight")
        widget.get_by_text("Stop 2 of 9: the products sum to 3.").wait_for()


def test_without_what_it_fetches_the_snapshot_stays(browser, on_disk):
    page = browser.new_page()
    page.route("**/KernelExplorer.js", lambda route: route.abort())
    page.goto(f"{on_disk}/notebooks/03_convolution.html")
    place = page.locator('.sr-live[data-widget="KernelExplorer"]')
    output = page.locator(".cell_output").filter(has=place).first
    output.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert output.locator("img").is_visible()
    assert not place.is_visible()
    page.close()
