"""The application's page: on a phone and on a desk, by touch, mouse and keys, and when things fail.

What fails is a server that fails on demand; the last tests run against the real one.
"""

import base64
import io
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.app_icons import PAGE, SIZES, draw
from tests.browser.fake_server import MODELS, FakeServer, serve

WAIT = 15_000  # ms
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK = {"viewport": {"width": 1280, "height": 800}}


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png")
    return out.getvalue()


def clip(frames: int = 24, rate: int = 12) -> bytes:
    """An MP4 whose every frame is brighter than the last."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(frames):
            grey = np.full((64, 96, 3), 20 + number * 200 // frames, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(grey)))
        file.mux(stream.encode())
    return out.getvalue()


CHECKS = (np.indices((12, 18)).sum(0) % 2 * 255).astype(np.uint8)
PICTURE: dict[str, Any] = {"name": "checks.png", "mimeType": "image/png", "buffer": png(CHECKS)}
VIDEO: dict[str, Any] = {"name": "brighter.mp4", "mimeType": "video/mp4", "buffer": clip()}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeServer]:
    fake, server = serve()
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def fake(running) -> FakeServer:
    running.reset()
    return running


@pytest.fixture
def open_page(browser) -> Iterator[Callable]:
    """A function that opens the page; at the end, nothing may have gone wrong or outside."""
    contexts, wrong = [], []

    def opened(url: str, device: dict = DESK, script: str = "", **more):
        context = browser.new_context(**device, **more)
        contexts.append(context)
        context.set_default_timeout(WAIT)
        if script:
            context.add_init_script(script)
        page = context.new_page()

        def watch(request):
            if not request.url.startswith((f"{url}/", "blob:", "data:")):
                wrong.append(request.url)

        def listen(message):
            # The browser's own line for an answer of 4xx or 5xx; the page cannot keep it quiet.
            quiet = message.text.startswith("Failed to load resource")
            if message.type in ("error", "warning") and not quiet:
                wrong.append(message.text)

        page.on("request", watch)
        page.on("console", listen)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{url}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def give(page, file: dict) -> None:
    """Choose a file, as the file dialogue does."""
    page.locator("#file:enabled").set_input_files(file)


def enlarged(page) -> None:
    page.locator("#save").wait_for()


def says(page, text: str) -> None:
    page.locator("#bar").get_by_text(text).wait_for()


def transform(page) -> list[float]:
    """Where the picture lies on the stage: left, top, zoom."""
    words = page.locator(".half > *").last.evaluate("node => node.style.transform")
    return [float(w) for w in words.replace("translate(", "").replace("px", "")
            .replace(") scale(", ",").rstrip(")").split(",")]  # fmt: skip


def wipe(page) -> int:
    return int(page.get_by_role("slider", name="Wipe").get_attribute("aria-valuenow"))


def touch(page, kind: str, *points: tuple[float, float]) -> None:
    """One event of fingers on the screen; no points: all are lifted."""
    if not hasattr(page, "fingers"):
        page.fingers = page.context.new_cdp_session(page)
    fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
    page.fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})


def drag_by_touch(page, *path: tuple[float, float]) -> None:
    touch(page, "Start", path[0])
    for spot in path[1:]:
        touch(page, "Move", spot)
    page.wait_for_timeout(
        120
    )  # the finger rests: after a flick the browser takes no tap for a while
    touch(page, "Move", path[-1])
    touch(page, "End")


def drag_by_mouse(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_on_a_phone_by_touch(fake, open_page):
    page = open_page(fake.url, PHONE)
    page.get_by_label("Model", exact=True).select_option("fsrcnn")
    page.get_by_text("Small and quick.").wait_for()
    page.get_by_label("×3", exact=True).tap()
    with page.expect_file_chooser() as chosen:
        page.get_by_text("Tap here to choose a picture").tap()
    chosen.value.set_files(PICTURE)
    says(page, "checks.png is ready.")
    with page.expect_file_chooser() as taken:
        page.get_by_text("Camera", exact=True).tap()
    taken.value.set_files(PICTURE | {"name": "photo.png"})
    says(page, "photo.png is ready.")
    page.locator("#file").set_input_files(PICTURE)
    says(page, "checks.png is ready.")
    assert page.locator("#camera").get_attribute("capture") == "environment"
    assert page.locator("#camera").get_attribute("accept") == "image/*"
    page.get_by_role("button", name="Enlarge ×3").tap()
    enlarged(page)
    assert fake.asked == [
        {
            "KIND": "picture",
            "MODEL": "fsrcnn",
            "SCALE": 3,
            "FILENAME": "checks.png",
            "DATA": PICTURE["buffer"],
        }
    ]
    cells = page.locator("#facts td").all_inner_texts()
    assert cells[:3] == ["", "18 × 12", "54 × 36"]
    assert cells[3] == f"{len(PICTURE['buffer'])} bytes"
    assert cells[-1].endswith(" s")

    # The line follows its handle, and a finger anywhere on the picture while all of it shows.
    stage = page.locator("#stage").bounding_box()
    at = middle(page.get_by_role("slider", name="Wipe"))
    drag_by_touch(page, at, (at[0] - 50, at[1]), (stage["x"] + 0.2 * stage["width"], at[1]))
    assert wipe(page) == 20
    drag_by_touch(page, (300, at[1]), (320, at[1]), (300 + 0.2 * stage["width"], at[1]))
    assert wipe(page) == 40

    # Two fingers zoom about the point between them; one then moves the picture.
    x, y = middle(page.locator("#stage"))
    touch(page, "Start", (x - 40, y), (x + 40, y))
    for apart in (60, 80, 100):
        touch(page, "Move", (x - apart, y), (x + apart, y))
    touch(page, "End")
    left, top, zoom = transform(page)
    assert zoom == pytest.approx(2.5, abs=0.02)
    assert [left, top] == pytest.approx([-0.75 * stage["width"], -0.75 * stage["height"]], abs=3)
    drag_by_touch(page, (x - 60, y), (x - 40, y + 10), (x - 20, y + 20))
    assert transform(page)[:2] == pytest.approx([left + 40, top + 20], abs=3)
    assert wipe(page) == 40
    drag_by_touch(page, (x - 150, y - 80), (x, y), (x + 150, y + 80))
    drag_by_touch(page, (x - 150, y - 80), (x, y), (x + 150, y + 80))
    assert transform(page)[:2] == [0, 0]  # and no further
    page.get_by_role("button", name="Show all").tap()
    page.get_by_text("Zoom 1: all of it.").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390

    with page.expect_download() as saved:
        page.get_by_role("link", name="Save").tap()
    assert saved.value.suggested_filename == "checks.png"
    result = Image.open(saved.value.path())
    assert np.array_equal(np.array(result)[..., 0], CHECKS.repeat(3, 0).repeat(3, 1))


def test_on_a_desk_by_mouse(fake, open_page):
    page = open_page(fake.url)
    page.get_by_text("Choose a picture, or drop or paste it here").wait_for()
    assert not page.get_by_text("Camera", exact=True).is_visible()
    carry = """([name, type, data, kind]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const box = new DataTransfer();
      box.items.add(new File([bytes], name, { type }));
      for (const event of kind === "paste" ? ["paste"] : ["dragover", "drop"]) {
        document.body.dispatchEvent(kind === "paste"
          ? new ClipboardEvent(event, { clipboardData: box, bubbles: true })
          : new DragEvent(event, { dataTransfer: box, bubbles: true, cancelable: true }));
        if (event === "dragover") window.marked = document.body.classList.contains("dropping");
      }
    }"""
    data = base64.b64encode(PICTURE["buffer"]).decode()
    page.evaluate(carry, ["dropped.png", "image/png", data, "drop"])
    says(page, "dropped.png is ready.")
    assert page.evaluate("window.marked")
    assert page.locator(".dropping").count() == 0
    page.evaluate(carry, ["pasted.png", "image/png", data, "paste"])
    says(page, "pasted.png is ready.")
    assert page.get_by_role("button", name="Show only after").is_disabled()  # nothing there yet
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)

    stage = page.locator("#stage").bounding_box()
    x, y = middle(page.locator("#stage"))
    drag_by_mouse(page, (x, y), (stage["x"] + 0.7 * stage["width"], y + 30))
    assert wipe(page) == 70
    for name, share in (("Show only before", 100), ("Show only after", 0), ("Show both", 50)):
        page.get_by_role("button", name=name).click()
        assert wipe(page) == share
        assert page.get_by_role("button", name=name).get_attribute("aria-pressed") == "true"

    # The wheel zooms about the mouse once the picture has the focus, and else scrolls past.
    page.evaluate("() => document.activeElement.blur()")
    page.mouse.move(x + 100, y)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    assert transform(page)[2] == 1
    page.locator(".view").focus()
    page.mouse.move(x + 100, y)
    page.mouse.wheel(0, -100)
    page.wait_for_function("() => document.querySelector('.where').textContent.includes('1.5')")
    held = x + 100 - stage["x"]
    assert transform(page)[0] == pytest.approx(held - 1.5 * held, abs=1)
    page.get_by_role("button", name="Zoom in").click()
    left, top, zoom = transform(page)
    assert zoom == 2
    drag_by_mouse(page, (x + 100, y + 20), (x + 50, y - 20))
    assert transform(page)[:2] == pytest.approx([left - 50, top - 40], abs=1)
    page.get_by_role("button", name="Show all").click()
    page.mouse.dblclick(x, y)
    assert transform(page)[2] == 3
    page.mouse.dblclick(x, y)
    assert transform(page)[2] == 1


def test_by_keys_alone(fake, open_page):
    fake.pause = 0.3
    page = open_page(fake.url)
    page.locator("#scales input").first.wait_for()
    page.on("filechooser", lambda _: None)  # from here on such a dialog is caught
    seen = []

    def tab_to(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            found = page.evaluate(
                """() => { const node = document.activeElement;
                const frame = node.matches("input.hidden") ? node.nextElementSibling
                  : node.matches(".segments input") ? node.nextElementSibling : node;
                const style = getComputedStyle(frame);
                return [node.getAttribute("aria-label") ?? node.labels?.[0]?.innerText
                  ?? node.innerText, style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
            )
            seen.append(found)
            if found[0] == name:
                return
        raise AssertionError(f"{name} is not reached: {seen}")

    tab_to("Model")
    page.keyboard.press("ArrowDown")
    assert page.locator("#model").input_value() == "fsrcnn"
    tab_to("×2")
    page.keyboard.press("ArrowRight")
    tab_to("Picture")
    tab_to("Choose a picture")
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files(PICTURE)
    says(page, "checks.png is ready.")
    tab_to("Enlarge ×3")
    page.keyboard.press("Enter")
    page.locator("#cancel:focus").wait_for()  # the focus is not lost with the button
    page.locator("#save:focus").wait_for()
    assert fake.asked[0]["MODEL"] == "fsrcnn"
    assert fake.asked[0]["SCALE"] == 3

    page.keyboard.press("Tab")
    picture = page.locator(".view:focus")
    for key in ("+", "=", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    stage = page.locator("#stage").bounding_box()
    left, top, zoom = transform(page)
    assert zoom == 2
    assert left == pytest.approx(-(0.5 + 1 / 8) * stage["width"], abs=1)
    assert top == pytest.approx(-(0.5 + 1 / 8) * stage["height"], abs=1)
    assert "Zoom 2: columns 16 to 44, rows 11 to 30." in picture.get_attribute("aria-label")
    page.keyboard.press("-")
    assert transform(page)[2] == 1.5
    page.keyboard.press("Home")
    assert transform(page) == [0, 0, 1]
    tab_to("Wipe")
    for key, share in (("ArrowLeft", 48), ("ArrowUp", 50), ("Home", 0), ("End", 100)):
        page.keyboard.press(key)
        assert wipe(page) == share
    tab_to("Show only before")
    tab_to("Zoom in")
    assert [found for found in seen if found[1] != "solid" or found[2] < 2] in (
        [],
        [["Wipe", "none", 3.0]],  # whose round handle is marked instead
    )


def test_before_is_smooth_and_after_is_the_result(fake, open_page):
    page = open_page(fake.url)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()

    def shares(name: str) -> float:
        """How much of the stage is neither black nor white."""
        page.get_by_role("button", name=name).click()
        page.mouse.move(5, 5)
        shot = Image.open(io.BytesIO(page.locator("#stage").screenshot())).convert("L")
        grey = np.array(shot)[60:-60, 60:-60]
        return float(((grey > 30) & (grey < 225)).mean())

    # A check is 1 pixel of the one and 2 × 2 of the other: ramps from end to end, and with pauses.
    assert shares("Show only before") > 1.5 * shares("Show only after")
    page.get_by_role("button", name="Show both").click()
    clips = page.locator(".half").evaluate_all("all => all.map(half => half.style.clipPath)")
    assert clips == ["inset(0px 50% 0px 0px)", "inset(0px 0px 0px 50%)"]
    sizes = page.locator(".half > *").evaluate_all("all => all.map(m => m.style.cssText)")
    assert sizes[0] == sizes[1]


COUNT = """
  window.alive = new Set();
  const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
  URL.createObjectURL = (blob) => { const url = make.call(URL, blob); alive.add(url); return url; };
  URL.revokeObjectURL = (url) => { alive.delete(url); revoke.call(URL, url); };
"""


def test_the_same_picture_again_with_another_model(fake, open_page):
    page = open_page(fake.url, script=COUNT)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    page.get_by_role("button", name="Zoom in").click()
    place, tools = transform(page), page.locator("#tools").bounding_box()
    page.get_by_label("Model", exact=True).select_option("fsrcnn")
    says(page, "The same picture again, with fsrcnn ×2?")
    assert page.locator(".label").all_inner_texts() == ["Before", "edsr-mini ×2"]  # till then
    assert page.get_by_role("link", name="Save").is_visible()
    page.get_by_label("×4", exact=True).click()
    page.get_by_role("button", name="Enlarge ×4").click()
    page.locator(".label").get_by_text("fsrcnn ×4").wait_for()
    assert [a["FILENAME"] for a in fake.asked] == ["checks.png"] * 2
    assert transform(page) == place  # the same spot, to compare
    assert page.locator("#tools").bounding_box() == tools
    page.get_by_label("Model", exact=True).select_option("srcnn")  # knows 3 alone
    assert page.get_by_role("button", name="Enlarge ×3").is_enabled()
    page.get_by_label("Model", exact=True).select_option("colorful-mini")
    assert page.get_by_text("The size stays").is_visible()
    page.get_by_role("button", name="Add colour").click()
    page.locator(".label").get_by_text("colorful-mini").wait_for()
    assert fake.asked[-1]["SCALE"] == 1
    assert page.evaluate("alive.size") == 2  # what shows, and nothing older
    give(page, PICTURE)
    says(page, "checks.png is ready.")
    assert page.evaluate("alive.size") == 1


def test_each_kind_keeps_what_was_chosen(fake, open_page):
    page = open_page(fake.url)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    page.get_by_label("Model", exact=True).select_option("colorful-mini")
    page.get_by_label("Video", exact=True).click()
    says(page, "Choose a video to begin.")
    assert page.locator("#model").input_value() == "fsrcnn"  # the other knows pictures only
    only = page.locator("#model option[value=colorful-mini]")
    assert only.inner_text() == "Colorful mini (pictures only)"
    assert only.is_disabled()
    page.get_by_label("Picture", exact=True).click()
    assert page.locator("#model").input_value() == "colorful-mini"
    assert page.locator("#facts td").all_inner_texts()[1:3] == ["18 × 12", "36 × 24"]
    # A file of the other kind is not refused: the kind follows it.
    give(page, VIDEO)
    says(page, "brighter.mp4 is a video, so that is chosen now.")
    assert page.get_by_label("Video", exact=True).is_checked()


def test_progress_is_real_and_can_be_cancelled(fake, open_page):
    fake.steps, fake.pause = 40, 0.1
    page = open_page(fake.url)
    give(page, PICTURE)
    boxes = [page.locator(name).bounding_box() for name in ("#stage", "#tools", "#bar")]
    page.get_by_role("button", name="Enlarge ×2").click()
    says(page, "At work: EDSR mini …")
    bar = page.get_by_role("progressbar")
    page.wait_for_function(
        "() => Number(document.querySelector('#progress').ariaValueNow ?? 0) >= 20"
        " || Number(document.querySelector('#progress').getAttribute('aria-valuenow')) >= 20"
    )
    share = int(bar.get_attribute("aria-valuenow"))
    assert share == pytest.approx(100 * fake.jobs["1"]["done"] / 40, abs=15)
    assert "left" in bar.get_attribute("aria-valuetext")
    assert page.title().endswith("Super-resolution")
    assert "%" in page.title()
    assert page.locator("#steps").evaluate("node => node.inert")
    assert boxes == [page.locator(n).bounding_box() for n in ("#stage", "#tools", "#bar")]
    page.get_by_role("button", name="Cancel").click()
    says(page, "Cancelled. checks.png is still here.")
    page.get_by_role("button", name="Enlarge ×2").wait_for()
    page.wait_for_timeout(300)
    assert fake.dropped == ["1"]
    assert fake.jobs["1"]["status"] == "cancelled"
    fake.steps, fake.countable = 2, False
    page.get_by_role("button", name="Enlarge ×2").click()
    page.locator("#progress.unknown:not(.off):not([aria-valuenow])").wait_for()
    enlarged(page)
    assert boxes == [page.locator(n).bounding_box() for n in ("#stage", "#tools", "#bar")]


def test_leaving_stops_the_job(fake, open_page):
    fake.steps = 200
    page = open_page(fake.url)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    says(page, "At work")
    page.goto("about:blank")
    for _ in range(30):
        if fake.dropped:
            break
        time.sleep(0.1)
    assert fake.dropped == ["1"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("notes.txt", "text/plain", b"hi"), "notes.txt is neither a picture nor a video."),
        (("none.png", "image/png", b""), "none.png is empty."),
        (
            ("long.png", "image/png", bytes(2_300_000)),
            "long.png has 2.3 MB; the server takes at most 2 MB.",
        ),
        (
            ("wide.png", "image/png", png(np.zeros((1000, 1200), np.uint8))),
            "wide.png has 1200 × 1000 pixels, 1.2 megapixels; "
            "the server takes at most 1 megapixel at ×2.",
        ),
        (
            ("late.mp4", "video/mp4", clip(31, 1)),
            "late.mp4 lasts 31 s; the server takes at most 30 s.",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_sent_is_said_before(fake, open_page, file, sentence):
    page = open_page(fake.url, PHONE)
    give(page, dict(zip(("name", "mimeType", "buffer"), file, strict=True)))
    page.get_by_role("alert").get_by_text(sentence).wait_for()
    assert page.get_by_role("button", name="Enlarge ×2").is_disabled()
    assert fake.asked == []


def test_a_scale_that_is_too_much_leaves_the_smaller_ones(fake, open_page):
    page = open_page(fake.url)
    grey = png(np.zeros((900, 1000), np.uint8))  # 14.4 megapixels at ×4; 9 are accepted
    give(page, {"name": "grey.png", "mimeType": "image/png", "buffer": grey})
    says(page, "grey.png is ready.")
    page.get_by_label("×4", exact=True).click()
    page.get_by_role("alert").get_by_text("at most 0.563 megapixels at ×4.").wait_for()
    assert page.get_by_role("button", name="Enlarge ×4").is_disabled()
    page.get_by_label("×3", exact=True).click()
    assert page.get_by_role("button", name="Enlarge ×3").is_enabled()


def test_what_the_browser_cannot_show_the_server_may_read(fake, open_page):
    page = open_page(fake.url)
    out = io.BytesIO()
    Image.fromarray(CHECKS).save(out, "tiff")
    give(page, {"name": "scan.tif", "mimeType": "image/tiff", "buffer": out.getvalue()})
    page.get_by_text("This browser cannot show scan.tif, but perhaps the server").wait_for()
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    assert page.get_by_role("link", name="Save").get_attribute("download") == "scan.png"
    assert page.locator(".view").get_attribute("aria-label").startswith("edsr-mini ×2.")
    assert not page.get_by_role("slider", name="Wipe").is_visible()


def test_the_servers_refusals_in_words(fake, open_page):
    page = open_page(fake.url)
    give(page, PICTURE)
    start, alert = page.locator("#start"), page.get_by_role("alert")
    fake.refusal = (422, "DATA is a video; pictures are PNG")
    start.click()
    alert.get_by_text("checks.png is a video; pictures are PNG.", exact=True).wait_for()
    fake.refusal = (413, "the picture has 9 pixels; 4 are accepted")
    page.get_by_role("button", name="Try again").click()
    alert.get_by_text("The picture has 9 pixels; 4 are accepted.", exact=True).wait_for()
    fake.refusal, fake.failure = None, "the work on this file failed"
    page.get_by_role("button", name="Try again").click()
    alert.get_by_text("The work on this file failed.", exact=True).wait_for()
    page.get_by_label("×3", exact=True).click()  # another choice: what went wrong is over
    assert alert.inner_text() == ""
    fake.failure = ""
    page.get_by_role("button", name="Enlarge ×3").click()
    enlarged(page)


def test_a_busy_server_is_asked_again_when_it_said(fake, open_page):
    fake.busy, fake.wait = 1, 2
    page = open_page(fake.url)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    began = time.monotonic()
    says(page, "The server is busy. It is asked again in 2 s.")
    page.locator("#detail").get_by_text("1 s").wait_for()
    assert fake.asked == []
    enlarged(page)
    assert time.monotonic() - began > 1.9
    fake.busy, fake.wait = 1, 60
    page.get_by_label("×3", exact=True).click()
    page.get_by_role("button", name="Enlarge ×3").click()
    says(page, "The server is busy.")
    page.get_by_role("button", name="Cancel").click()
    says(page, "Cancelled.")
    assert len(fake.asked) == 1


HASTE = "const later = setTimeout; window.setTimeout = (task, ms) => later(task, ms / 5);"


def test_a_server_that_goes_away(fake, open_page):
    fake.steps = 30
    page = open_page(fake.url, script=HASTE)
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").click()
    says(page, "At work")
    fake.gone = True
    says(page, "The server does not answer. Trying to find it again …")
    fake.gone = False  # it was the network: the job goes on
    enlarged(page)
    assert len(fake.asked) == 1

    fake.steps = 60
    page.get_by_label("×3", exact=True).click()
    page.get_by_role("button", name="Enlarge ×3").click()
    says(page, "At work")
    fake.gone = True
    gone = "The server has gone away; checks.png is still here."
    page.get_by_role("alert").get_by_text(gone).wait_for()
    fake.gone = False
    page.get_by_role("button", name="Try again").click()
    says(page, "At work")  # still the same job
    assert len(fake.asked) == 2
    fake.jobs.clear()  # it was started anew
    page.get_by_role("alert").get_by_text("The server no longer knows this job").wait_for()
    fake.steps = 2
    page.get_by_role("button", name="Try again").click()
    enlarged(page)
    assert len(fake.asked) == 3

    # Gone while the file is sent.
    fake.gone = True
    page.get_by_label("×4", exact=True).click()
    page.get_by_role("button", name="Enlarge ×4").click()
    page.get_by_role("alert").get_by_text(gone).wait_for()
    assert page.get_by_role("link", name="Save").is_visible()  # what there was before


def test_something_else_answers(fake, open_page):
    page = open_page(fake.url)
    give(page, PICTURE)
    page.route("**/jobs", lambda route: route.fulfill(body="<p>Please sign in</p>"))
    page.get_by_role("button", name="Enlarge ×2").click()
    page.get_by_role("alert").get_by_text(
        "What answers here is not the course's server."
    ).wait_for()
    page.unroute("**/jobs")
    page.get_by_role("button", name="Try again").click()
    enlarged(page)


def test_no_server_from_the_start(fake, open_page):
    fake.gone = True
    page = open_page(fake.url, PHONE)
    page.get_by_role("alert").get_by_text("The server cannot be reached.").wait_for()
    assert page.locator("#model").is_disabled()
    fake.gone = False
    page.get_by_role("button", name="Try again").tap()
    says(page, "Choose a picture to begin.")
    assert page.locator("#model option").all_inner_texts() == [m["title"] for m in MODELS]
    assert page.locator("#model").input_value() == "edsr-mini"


def test_a_file_of_several_slices_arrives_whole(fake, open_page):
    fake.limits["bytes"] = 10_000_000
    rest = np.random.default_rng(0).bytes(7_000_000)  # in a box that players skip
    large = VIDEO["buffer"] + (len(rest) + 8).to_bytes(4, "big") + b"free" + rest
    page = open_page(fake.url)
    page.get_by_label("Video", exact=True).check()
    give(page, VIDEO | {"buffer": large})
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    assert fake.asked[0]["DATA"] == large


LEVEL = """node => { const c = new OffscreenCanvas(1, 1).getContext("2d");
  c.drawImage(node, 0, 0, 1, 1); return c.getImageData(0, 0, 1, 1).data[0]; }"""


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_two_videos_in_step(fake, open_page, device):
    page = open_page(fake.url, device)
    page.get_by_label("Video", exact=True).click()
    give(page, VIDEO)
    says(page, "brighter.mp4 is ready.")
    page.get_by_role("button", name="Play").click()  # it can be looked at before
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.1")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Enlarge ×2").click()
    enlarged(page)
    assert fake.asked[0]["KIND"] == "video"
    assert page.locator("#facts td").all_inner_texts()[5:7] == ["2.0 s", "2.0 s"]

    videos = page.locator("video")
    assert videos.count() == 2
    times = "() => [...document.querySelectorAll('video')].map((v) => v.currentTime)"
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(900)
    before, after = page.evaluate(times)
    assert after > 0.3
    assert abs(before - after) < 0.15
    page.get_by_role("button", name="Pause").click()
    seek = page.get_by_role("slider", name="Time")
    seek.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => !v.seeking)")
    before, after = page.evaluate(times)
    assert before == after > 0.3
    levels = [video.evaluate(LEVEL) for video in videos.all()]
    assert levels[0] == levels[1] > 30  # the same frame, and not the first
    assert [v.evaluate("v => v.muted") for v in videos.all()] == [True, False]
    page.get_by_role("button", name="Sound").click()
    assert [v.evaluate("v => v.muted") for v in videos.all()] == [True, True]
    page.get_by_role("slider", name="Wipe").press("End")
    assert wipe(page) == 100
    # At its end it begins again.
    seek.press("End")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => { const t = document.querySelector('.after > video').currentTime;"
                           " return t > 0.05 && t < 1.5; }")  # fmt: skip
    page.get_by_label("Picture", exact=True).click()
    assert not seek.is_visible()


def test_sharing_where_the_browser_can(fake, open_page):
    stub = """navigator.canShare = ({ files }) => files.length === 1;
      navigator.share = async ({ files }) => { window.shared = [files[0].name, files[0].type];
        if (window.fails) throw new DOMException("no", window.fails); };"""
    page = open_page(fake.url, PHONE, script=stub)
    give(page, PICTURE)
    assert not page.get_by_role("button", name="Share").is_visible()
    page.get_by_role("button", name="Enlarge ×2").tap()
    page.get_by_role("button", name="Share").tap()
    assert page.evaluate("window.shared") == ["checks.png", "image/png"]
    page.evaluate("window.fails = 'AbortError'")
    page.get_by_role("button", name="Share").tap()
    assert page.get_by_role("alert").inner_text() == ""
    page.evaluate("window.fails = 'NotAllowedError'")
    page.get_by_role("button", name="Share").tap()
    page.get_by_role("alert").get_by_text("Sharing did not work here. Save does.").wait_for()


# Every text that shows and is not inactive, with its contrast by WCAG 2.
CONTRASTS = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = (colour) => colour.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (under, [r, g, b, a]) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a));
  const behind = (node) => {
    const layers = [];
    for (let n = node; n && layers.at(-1)?.[3] !== 1; n = n.parentElement) {
      layers.push(parse(getComputedStyle(n).backgroundColor));
    }
    return layers.reduceRight(over, [255, 255, 255]);
  };
  const inactive = (node) => node.closest("noscript, .hidden, [inert], :disabled")
    || node.previousElementSibling?.disabled;
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const [text, node] = [walk.currentNode.data.trim(), walk.currentNode.parentElement];
    if (!text || inactive(node) || !node.checkVisibility({ visibilityProperty: true })) continue;
    const both = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    found.push([text, (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)]);
  }
  return found;
}"""
# The controls that are too small for a thumb.
SMALL = """() => [...document.querySelectorAll("button, a, select, input, [role=slider], .button")]
  .filter((n) => n.checkVisibility() && !n.matches(".hidden") && !n.closest("noscript"))
  .map((n) => [n.id || n.ariaLabel || n.innerText, n.getBoundingClientRect()])
  .filter(([, box]) => box.height < 40 || box.width < 34).map(([name]) => name)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_names_contrast_and_room_in_every_state(fake, open_page, device, scheme):
    fake.pause = 0.4
    page = open_page(fake.url, device, color_scheme=scheme)
    grounds = {"light": "rgb(244, 246, 248)", "dark": "rgb(16, 19, 23)"}
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == grounds[scheme]

    def check(state: str) -> None:
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 10
        assert [f for f in contrasts if f[1] < 4.5] == [], state
        assert page.evaluate(SMALL) == [], state
        tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        controls = {"button", "link", "combobox", "slider", "radio", "progressbar", "radiogroup"}
        nameless = [
            node["role"]["value"]
            for node in tree
            if not node["ignored"]
            and node["role"]["value"] in controls | {"image", "table", "region", "form"}
            and not node.get("name", {}).get("value")
            and node.get("parentId")
        ]
        assert nameless == [], state
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, state

    says(page, "Choose a picture to begin.")
    check("empty")
    give(page, PICTURE)
    says(page, "is ready.")
    check("ready")
    page.locator("#start").click()
    says(page, "At work")
    check("at work")
    enlarged(page)
    check("done")
    give(page, {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hi"})
    says(page, "neither")
    check("refused")
    fake.pause = 0.01
    give(page, VIDEO)
    says(page, "brighter.mp4 is a video")
    page.locator("#start").click()
    enlarged(page)
    check("video")


def test_reduced_motion(fake, open_page):
    fake.countable, fake.pause = False, 0.5
    page = open_page(fake.url, reduced_motion="reduce")
    give(page, PICTURE)
    page.locator("#start").click()
    unknown = page.locator("#progress.unknown:not(.off) div")
    unknown.wait_for()
    assert unknown.evaluate("node => getComputedStyle(node).animationName") == "pulse"


def test_it_can_be_installed(fake, open_page, browser):
    page = open_page(fake.url, PHONE)
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["display"] == "standalone"
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [e["errorId"] for e in errors if e["errorId"] != "in-incognito"] == []
    for size in SIZES:
        drawn = np.array(Image.open(io.BytesIO(draw(browser, size))).convert("RGB"), int)
        kept = np.array(Image.open(PAGE / f"icon-{size}.png").convert("RGB"), int)
        assert kept.shape == (size, size, 3)
        assert np.abs(drawn - kept).mean() < 1, "remake: python -m tests.browser.app_icons"


# --- the real server --------------------------------------------------------------------------

REAL = """
import socket, sys
from srcourse.app.running import run
from srcourse.app.settings import Settings
listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
run(Settings(pixels=1_000_000), listening)
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Iterator[str]:
    """The address of the real server."""
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-c", REAL], stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert server.stdout
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def test_a_picture_by_the_real_server(real, open_page):
    from srcourse.resampling import imresize

    page = open_page(real, PHONE)
    page.get_by_label("Model", exact=True).select_option("bicubic")
    give(page, PICTURE)
    page.get_by_role("button", name="Enlarge ×2").tap()
    enlarged(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save").tap()
    assert saved.value.suggested_filename == "checks.png"
    result = np.array(Image.open(saved.value.path()), int)
    assert np.abs(result - imresize(CHECKS, 2)).max() <= 1
    page.get_by_label("Model", exact=True).select_option("fsrcnn")
    page.get_by_role("button", name="Enlarge ×2").tap()
    page.locator(".label").get_by_text("fsrcnn ×2").wait_for()
    assert page.locator("#facts td").all_inner_texts()[1:3] == ["18 × 12", "36 × 24"]
    # What is no picture, whatever it is called; and what is too large.
    give(page, {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.locator("#start").tap()
    page.get_by_role("alert").get_by_text("broken.png is not a picture;").wait_for()
    wide = png(np.zeros((1100, 1000), np.uint8))
    give(page, {"name": "wide.png", "mimeType": "image/png", "buffer": wide})
    page.get_by_role("alert").get_by_text("the server takes at most 1 megapixel").wait_for()


def test_a_video_by_the_real_server(real, open_page):
    page = open_page(real)
    page.get_by_label("Video", exact=True).click()
    assert page.locator("#model").input_value() == "fsrcnn"
    give(page, VIDEO)
    page.get_by_role("button", name="Enlarge ×2").click()
    page.locator("#save").wait_for(timeout=3 * WAIT)
    assert page.locator("#facts td").all_inner_texts()[1:3] == ["96 × 64", "192 × 128"]
    assert page.get_by_role("link", name="Save").get_attribute("download") == "brighter.mp4"
    page.get_by_role("slider", name="Time").focus()
    page.keyboard.press("PageUp")
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => !v.seeking)")
    levels = [video.evaluate(LEVEL) for video in page.locator("video").all()]
    assert levels[0] == pytest.approx(levels[1], abs=4)
    assert levels[0] > 30


def test_only_the_pages_own_files_are_on_the_page():
    """No script or style within the HTML, and no address but relative ones."""
    text = (PAGE / "index.html").read_text()
    assert "style=" not in text
    assert "<style" not in text
    assert text.count("<script") == 1
    for file in Path(PAGE).iterdir():
        if file.suffix in (".html", ".js", ".css", ".webmanifest"):
            assert "http://" not in file.read_text().replace("http://www.w3.org", "")
            assert "https://" not in file.read_text()
