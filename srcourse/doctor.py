"""Is this machine ready for the course? Each check says what it found and what to do about it."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from srcourse import lab, shipped

MEMORY = 2.0  # GiB free, for the longest lesson with JupyterLab and a browser beside it
DISK = 1.0  # GiB free, for the learner's copy, what it makes, and temporary files
CORES = 2  # what the lessons' times are measured on
FRONT_ENDS = {  # labextension → the package that brings it
    "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets",
    "anywidget": "anywidget",
}
_AGAIN = "install the course again, from its README"


@dataclass(frozen=True)
class Check:
    """One thing looked at. advice: what to do, in a line; empty where all is well."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def checks(folder: Path | str = ".") -> list[Check]:
    """Everything the lessons need, looked up in about a second and without the network.

    folder: where the learner works, whose disk counts.
    """
    found = [
        *_installed(),
        *_front_ends(),
        _kernel(),
        *_files(),
        _memory(),
        _cores(),
        _disk(Path(folder)),
    ]
    return [Check(c.name, c.ok, c.found, "" if c.ok else c.advice) for c in found]


def table(found: list[Check] | None = None) -> str:
    """`checks()` as lines of text, for a terminal or a lesson's output."""
    rows = checks() if found is None else found
    width = max(len(c.name) for c in rows)
    return "\n".join(
        f"{'ok     ' if c.ok else 'problem'}  {c.name:<{width}}  {c.found}"
        + (f" → {c.advice}" if c.advice else "")
        for c in rows
    )


def _installed() -> Iterator[Check]:
    """Python itself, and each package that the course's metadata asks for."""
    try:
        about = metadata.metadata("srcourse")
        from packaging.requirements import Requirement
        from packaging.specifiers import SpecifierSet
    except ImportError as error:  # PackageNotFoundError is one
        yield Check("installation", False, str(error), _AGAIN)
        return
    python, range_ = platform.python_version(), about["Requires-Python"]
    yield Check(
        "Python",
        SpecifierSet(range_).contains(python, prereleases=True),
        f"{python}, {sys.executable}",
        f"use a Python {range_}, and install the course there",
    )
    for text in metadata.requires("srcourse") or ():
        need = Requirement(text)
        if need.marker and not need.marker.evaluate({"extra": ""}):
            continue
        asked = f'pip install "{need.name}{need.specifier}"'
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            yield Check(need.name, False, "not installed", asked)
            continue
        yield Check(need.name, need.specifier.contains(version, prereleases=True), version, asked)


def _front_ends() -> Iterator[Check]:
    """What shows widgets in the browser, in the folders where JupyterLab looks for it."""
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError as error:
        yield Check("widgets in the browser", False, str(error), _AGAIN)
        return
    for extension, package in FRONT_ENDS.items():
        places = [Path(folder, extension) for folder in jupyter_path("labextensions")]
        there = [place for place in places if (place / "package.json").is_file()]
        yield Check(
            f"widgets: {package}",
            bool(there),
            str(there[0]) if there else "its part for the browser is not where JupyterLab looks",
            f"pip install --force-reinstall --no-deps {package}",
        )


def _kernel() -> Check:
    """The notebooks' kernel must run the Python that has the course."""
    name = "kernel python3"
    try:
        from jupyter_client.manager import KernelManager

        python = KernelManager(kernel_name="python3").format_kernel_cmd()[0]
    except Exception as error:  # NoSuchKernel, or whatever a damaged kernelspec brings about
        return Check(name, False, str(error) or type(error).__name__, "pip install ipykernel")
    return Check(
        name,
        _bin(python) == _bin(sys.executable),
        python,
        "it is another Python: jupyter kernelspec remove python3, then pip install ipykernel",
    )


def _bin(python: str) -> str:
    # Not resolved: a virtual environment's Python is a link to the one it was made from.
    return os.path.normcase(os.path.dirname(os.path.abspath(python)))


def _files() -> Iterator[Check]:
    for what, folder, pattern in (
        ("lessons", "notebooks", "*.ipynb"),
        ("weights", "data", "weights/*.safetensors"),
        ("recorded results", "data", "results/*.json"),
    ):
        try:
            count = len(list(shipped.folder(folder).glob(pattern)))
        except FileNotFoundError:
            count = 0
        if what == "lessons" and count and lab.START not in lab.lessons():
            count = 0
        yield Check(what, count > 0, f"{count} files" if count else "missing", _AGAIN)


def _memory() -> Check:
    try:
        import psutil
    except ImportError:
        return Check("free memory", False, "psutil is not installed", _AGAIN)
    free = psutil.virtual_memory().available / 2**30
    return Check(
        "free memory",
        free >= MEMORY,
        f"{free:.1f} GiB",
        f"close other programs until {MEMORY:.0f} GiB are free, or the kernel may be stopped",
    )


def _cores() -> Check:
    affinity = getattr(os, "sched_getaffinity", None)  # what a container or a batch system allows
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    return Check(
        "cores",
        count >= CORES,
        str(count),
        f"all works; reckon with {CORES} times the minutes that a lesson states",
    )


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free / 2**30
    return Check(
        "free disk",
        free >= DISK,
        f"{free:.1f} GiB",
        f"free {DISK:.0f} GiB, or give srcourse lab a folder on another disk",
    )
