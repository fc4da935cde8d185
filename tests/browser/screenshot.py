"""Look at lessons: python -m tests.browser.screenshot NAME… writes .screens/NAME-1.png, -2.png, …

Each lesson is run in JupyterLab and photographed from top to bottom, 1600 pixels a picture.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.browser.jupyter import ROOT, chromium, open_notebook, running_lab

PIECE = 1600


def main(names: list[str]) -> None:
    screens = ROOT / ".screens"
    screens.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home, lessons = Path(folder, "home"), Path(folder, "lessons")
        home.mkdir()
        lessons.mkdir()
        with running_lab(home, lessons) as lab, chromium() as browser:
            for name in names:
                shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", lessons)
                page = open_notebook(lab, browser, name).page
                page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
                pane = page.locator(".jp-WindowedPanel-outer").first
                height = pane.evaluate("p => p.scrollHeight")
                page.set_viewport_size({"width": 1180, "height": PIECE + 120})
                for number, top in enumerate(range(0, height, PIECE), 1):
                    pane.evaluate("(p, top) => p.scrollTo(0, top)", top)
                    page.wait_for_timeout(300)
                    file = screens / f"{name}-{number}.png"
                    pane.screenshot(path=file)
                    print(file.relative_to(ROOT))
                page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
