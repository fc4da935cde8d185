"""Fixtures: one JupyterLab and one Chromium for all browser tests.

They end with this package: while Playwright runs, this thread has an event loop, and later tests
want their own.
"""

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.browser.jupyter import CHROMIUM, ROOT, Lab, Opened, chromium, open_notebook, running_lab


@pytest.fixture(scope="package")
def lab(tmp_path_factory) -> Iterator[Lab]:
    """JupyterLab, serving an empty folder."""
    with running_lab(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("lessons")) as found:
        yield found


@pytest.fixture(scope="package")
def browser():
    """Chromium; skipped where the system has none."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def open_lesson(lab, browser) -> Iterator[Callable[..., Opened]]:
    """A function that opens a lesson by name, runs it, and checks that nothing went wrong."""
    pages = []

    def opened(name: str, seconds: float = 180) -> Opened:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", lab.folder)
        found = open_notebook(lab, browser, name, seconds)
        pages.append(found)
        errors = found.page.locator(
            '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
        )
        assert errors.all_inner_texts() == []
        assert found.outside == [], "the lesson asked for something outside this machine"
        assert found.errors == []
        return found

    yield opened
    for found in pages:
        found.page.evaluate("() => window.jupyterapp.commands.execute('kernelmenu:shutdown')")
        found.page.context.close()
