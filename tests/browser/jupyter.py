"""A real JupyterLab in a real Chromium: lessons are opened and run as a learner does it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Without these Chromium itself asks the network, and so hides what a page would ask.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--no-sandbox",
    "--disable-gpu",
]
IDLE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const session = panel?.sessionContext;
  return session?.isReady && session.session?.kernel?.status === 'idle';
}"""
# Cells are done when none shows [*]; the kernel is briefly idle between two of them.
DONE = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets
    .filter((w) => w.model.type === 'code' && w.model.sharedModel.source.trim());
  return cells.every((w) => w.model.executionCount != null && w.model.executionState !== 'running');
}"""


@dataclass
class Lab:
    """A running JupyterLab: its address and the folder that it serves."""

    url: str
    folder: Path


@contextmanager
def running_lab(home: Path, folder: Path) -> Iterator[Lab]:
    """JupyterLab on a free port serving `folder`; its settings and runtime files go to `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_CONFIG_PATH": ROOT / "srcourse" / "jupyter",  # as `srcourse lab` has it
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "SRCOURSE_PROGRESS": folder / "progress.json",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += [f"--ServerApp.root_dir={folder}", "--expose-app-in-browser"]
    command += ["--LabApp.news_url=None", "--LabApp.extension_manager=readonly"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=os.environ | {k: str(v) for k, v in own.items()}
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, url, home / "log")
        yield Lab(url, folder)
    finally:
        server.terminate()
        try:
            server.wait(20)  # a second, as a rule
        except subprocess.TimeoutExpired:  # how JupyterLab ends is not what is tested here
            server.kill()
            server.wait()


def _wait_for(server: subprocess.Popen, url: str, log: Path) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{url}/api", timeout=2).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.25)
    raise RuntimeError(f"no JupyterLab: {log.read_text()[-2000:]}")


@contextmanager
def chromium():
    """Chromium, as the system installed it, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@dataclass
class Opened:
    """A lesson that was opened and run. `page` is Playwright's."""

    page: object
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def widget(self, name: str, nth: int = 0):
        """The `nth` widget of class ``sr-{name}`` on the page, scrolled into view."""
        found = self.page.locator(f".sr-{name}").nth(nth)
        found.scroll_into_view_if_needed()
        return found

    def pixels(self, canvas) -> list[int]:
        """A canvas's bytes, RGBA."""
        return canvas.evaluate(
            "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
        )


def open_notebook(lab: Lab, browser, name: str, seconds: float = 180) -> Opened:
    """Open ``{name}.ipynb`` of the lab's folder in a page of its own, and run all of it."""
    page = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
    opened = Opened(page)

    def watch(request):
        if not request.url.startswith((lab.url, lab.url.replace("http", "ws"), "data:", "blob:")):
            opened.outside.append(request.url)

    page.on("request", watch)
    page.on("pageerror", lambda error: opened.errors.append(str(error)))
    # A workspace of its own: no dialog from what another test left open.
    page.goto(f"{lab.url}/lab/workspaces/{name}-{time.monotonic_ns()}/tree/{name}.ipynb")
    page.wait_for_function("() => window.jupyterapp", timeout=60_000)
    page.wait_for_function(IDLE, timeout=90_000)
    # Cells far below the fold must exist too.
    page.evaluate(
        """() => { const notebook = window.jupyterapp.shell.currentWidget.content;
        notebook.notebookConfig = {...notebook.notebookConfig, windowingMode: 'none'}; }"""
    )
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE, timeout=1000 * seconds)
    page.wait_for_function(IDLE, timeout=30_000)
    return opened
