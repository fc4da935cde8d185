"""README's animation, from the real thing: python -m tests.browser.readme_picture"""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser.jupyter import ROOT, chromium, open_notebook, running_lab

LESSON = "03_convolution"
WIDTH = 720


def main() -> None:
    frames = []
    with tempfile.TemporaryDirectory() as folder:
        home, lessons = Path(folder, "home"), Path(folder, "lessons")
        home.mkdir()
        lessons.mkdir()
        shutil.copy(ROOT / "notebooks" / f"{LESSON}.ipynb", lessons)
        with running_lab(home, lessons) as lab, chromium() as browser:
            opened = open_notebook(lab, browser, LESSON)
            opened.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
            opened.page.set_viewport_size({"width": 1080, "height": 1000})
            widget = opened.widget("kernel-explorer")

            def shoot() -> None:
                opened.page.wait_for_timeout(400)
                shot = Image.open(io.BytesIO(widget.screenshot())).convert("RGB")
                height = round(shot.height * WIDTH / shot.width)
                frames.append(shot.resize((WIDTH, height), Image.Resampling.LANCZOS))

            kernel, show = widget.get_by_label("Kernel", exact=True), widget.get_by_label("Show")
            shoot()
            kernel.select_option("gaussian")
            shoot()
            kernel.select_option("sobel-x")
            show.select_option("shift")
            shoot()
            kernel.select_option("identity")
            show.select_option("clip")
            shoot()
            corner = widget.get_by_label("kernel, row 1, column 1")
            corner.focus()
            for _ in range(2):
                opened.page.keyboard.press("ArrowDown")
                shoot()
    # One size and one palette for all frames keeps the file small and free of flicker.
    height = min(frame.height for frame in frames)
    frames = [frame.crop((0, 0, WIDTH, height)) for frame in frames]
    palette = frames[0].quantize(128)
    small = [f.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for f in frames]
    target = ROOT / "docs" / "kernel-explorer.gif"
    target.parent.mkdir(exist_ok=True)
    small[0].save(target, save_all=True, append_images=small[1:], duration=1600, loop=0)
    print(target.relative_to(ROOT), target.stat().st_size)


if __name__ == "__main__":
    main()
