"""From key press to new picture: python -m tests.browser.latency records it for each widget.

The time runs from the browser's keydown event to the first frame after a canvas was redrawn with
other pixels. It is written to data/results/latency.json.
"""

import json
import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from srcourse import results
from tests.browser.jupyter import ROOT, Opened, chromium, open_notebook, running_lab

PRESSES = 30
# Remembers when a key went down, and when the frame with the new picture was out: the next begins.
WATCH = """() => {
  window.srDown = window.srShown = 0;
  const drawn = () => { if (!window.srPending && window.srDown > window.srShown) {
    window.srPending = true;
    requestAnimationFrame(() => {
      window.srShown = performance.now(); window.srPending = false; }); } };
  for (const name of ['putImageData', 'drawImage']) {
    const original = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      original.apply(this, args); drawn(); };
  }
  document.addEventListener('keydown', () => { window.srDown = performance.now(); }, true);
}"""


def kernel_explorer(opened: Opened) -> Callable[[int], None]:
    """Arrow keys in a cell of the kernel: each adds or takes 1."""
    opened.widget("kernel-explorer").get_by_label("kernel, row 1, column 1").focus()
    return lambda i: opened.page.keyboard.press("ArrowUp" if i % 2 else "ArrowDown")


def scale_explorer(opened: Opened) -> Callable[[int], None]:
    """Arrow keys in the menu of scales: Python enlarges anew."""
    opened.widget("scale-explorer").get_by_label("Scale").focus()
    return lambda i: opened.page.keyboard.press("ArrowUp" if i % 2 else "ArrowDown")


def chroma_explorer(opened: Opened) -> Callable[[int], None]:
    opened.widget("chroma-explorer").get_by_label("Colours (Cb, Cr)").focus()
    return lambda i: opened.page.keyboard.press("ArrowUp" if i % 2 else "ArrowDown")


def degradation_explorer(opened: Opened) -> Callable[[int], None]:
    opened.widget("degradation-explorer").get_by_label("Noise").focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


def distortion_explorer(opened: Opened) -> Callable[[int], None]:
    """Arrow keys on the strength: Python spoils and scores anew."""
    opened.widget("distortion-explorer").get_by_label("Strength").focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


def model_compare(opened: Opened) -> Callable[[int], None]:
    """Arrow keys on the wipe, once both sides are there: the browser draws alone."""
    widget = opened.widget("model-compare")
    widget.get_by_text("computing…").first.wait_for(state="hidden", timeout=60_000)
    widget.get_by_label("Wipe", exact=True).focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


def recovery_explorer(opened: Opened) -> Callable[[int], None]:
    """Arrow keys on the threshold: Python counts, and picks other images."""
    opened.widget("recovery-explorer").get_by_label("Share that counts").focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


def colorization_explorer(opened: Opened) -> Callable[[int], None]:
    """Arrow keys on the temperature: Python colours anew."""
    opened.widget("colorization-explorer").get_by_label("Temperature", exact=True).focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


def video_player(opened: Opened) -> Callable[[int], None]:
    """Arrow keys on the picture, from frame to frame: the browser draws alone."""
    opened.widget("video-player").locator("canvas").focus()
    return lambda i: opened.page.keyboard.press("ArrowLeft" if i % 2 else "ArrowRight")


# name: (lesson, how to press, goal in ms)
WIDGETS = {
    "KernelExplorer": ("03_convolution", kernel_explorer, 30),
    "ScaleExplorer": ("07_interpolation", scale_explorer, 100),
    "ChromaExplorer": ("01_eyes_and_pixels", chroma_explorer, 100),
    "DegradationExplorer": ("06_the_problem", degradation_explorer, 100),
    "DistortionExplorer": ("13_psnr_and_ssim", distortion_explorer, 100),
    "ModelCompare": ("12_edsr", model_compare, 30),
    "RecoveryExplorer": ("14_performance_recovery_score", recovery_explorer, 100),
    "ColorizationExplorer": ("16_colorization", colorization_explorer, 150),
    "VideoPlayer": ("17_video", video_player, 30),
}


def latencies(opened: Opened, press: Callable[[int], None], presses: int = PRESSES) -> list[float]:
    """Milliseconds from each of `presses` key presses to the new picture, the first left out."""
    opened.page.evaluate(WATCH)
    found = []
    for number in range(presses + 1):
        press(number)
        opened.page.wait_for_function("() => window.srShown > window.srDown", timeout=20_000)
        found.append(opened.page.evaluate("() => window.srShown - window.srDown"))
        opened.page.wait_for_timeout(150)
    return found[1:]


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home, lessons = Path(folder, "home"), Path(folder, "lessons")
        home.mkdir()
        lessons.mkdir()
        with running_lab(home, lessons) as lab, chromium() as browser:
            version = browser.version
            for name, (lesson, prepare, goal) in WIDGETS.items():
                shutil.copy(ROOT / "notebooks" / f"{lesson}.ipynb", lessons)
                opened = open_notebook(lab, browser, lesson)
                found = sorted(latencies(opened, prepare(opened)))
                opened.page.context.close()
                row = {
                    "widget": name,
                    "median_ms": round(statistics.median(found), 1),
                    "p90_ms": round(found[int(0.9 * len(found))], 1),
                    "goal_ms": goal,
                    "presses": len(found),
                }
                print(json.dumps(row))
                rows.append(row)
    results.write(
        ROOT / "data" / "results" / "latency.json",
        command="python -m tests.browser.latency",
        data="the photograph that each lesson opens with",
        device=f"{platform.machine()}, Chromium {version}",
        results=rows,
    )


if __name__ == "__main__":
    main()
