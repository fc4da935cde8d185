"""What each lesson costs a server: python -m tests.lesson_costs [--again] [NAME…]

Each notebook runs in a fresh kernel on two cores; its seconds, CPU seconds and peak memory go to
data/results/lesson_costs.json, as does the memory of JupyterLab's server. What is recorded there
for the notebook as it is now is kept, unless ``--again`` is given. A NAME is the beginning of a
lesson's.
"""

import hashlib
import json
import os
import platform
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter

import nbformat
import psutil
from nbclient import NotebookClient

from srcourse import results, shipped
from srcourse.classroom import LESSONS
from tests.browser.jupyter import running_lab

CORES = 2
EVERY = 0.05  # seconds between two looks at the memory
MIB = 2**20


class Watch(threading.Thread):
    """Follows a process and its children: `peak` is their largest memory together, in bytes
    resident, and `cpu` the seconds that they computed."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.peak = 0
        self._cpu: dict[int, float] = {}
        self._root, self._over = psutil.Process(pid), threading.Event()

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self._over.is_set():
            self.look()
            self._over.wait(EVERY)

    def look(self) -> None:
        resident = 0
        try:
            for process in (self._root, *self._root.children(recursive=True)):
                with process.oneshot():
                    resident += process.memory_info().rss
                    times = process.cpu_times()
                    self._cpu[process.pid] = times.user + times.system
        except psutil.NoSuchProcess:  # a child ended meanwhile
            return
        self.peak = max(self.peak, resident)

    def stop(self) -> None:
        self.look()
        self._over.set()
        self.join()


def cost(notebook: nbformat.NotebookNode) -> dict[str, float]:
    """Run `notebook` in a fresh kernel and a folder of its own: seconds, CPU seconds, peak MiB."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SRCOURSE_PROGRESS"] = str(Path(folder, "progress.json"))
        client = NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        before = perf_counter()
        with client.setup_kernel():
            watch = Watch(client.km.provisioner.pid)  # type: ignore[union-attr]
            watch.start()
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            seconds = perf_counter() - before
            watch.stop()
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(watch.cpu, 1),
        "peak_mib": round(watch.peak / MIB),
    }


def server_memory() -> int:
    """MiB resident of JupyterLab's server when it has started, which each learner has."""
    with tempfile.TemporaryDirectory() as home:
        lessons = Path(home, "lessons")
        lessons.mkdir()
        with running_lab(Path(home), lessons):
            children = psutil.Process().children(recursive=True)
            labs = [child for child in children if "jupyterlab" in child.cmdline()]
            return round(sum(lab.memory_info().rss for lab in labs) / MIB)


def main(arguments: list[str]) -> None:
    again = "--again" in arguments
    names = [word for word in arguments if not word.startswith("-")]
    if hasattr(os, "sched_setaffinity"):  # on Linux; kernels inherit it
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    os.environ["OMP_NUM_THREADS"] = str(CORES)
    file = shipped.folder("data") / "results" / "lesson_costs.json"
    found = json.loads(file.read_text())["results"] if file.is_file() else {"lessons": []}
    known = {row["lesson"]: row for row in found["lessons"]}
    if again or "server_mib" not in found:
        found["server_mib"] = server_memory()
    for lesson in LESSONS:
        if names and not any(lesson.name.startswith(name) for name in names):
            continue
        source = shipped.folder("notebooks") / f"{lesson.name}.ipynb"
        mark = hashlib.sha256(source.read_bytes()).hexdigest()
        if known.get(lesson.name, {}).get("sha256") == mark and not again:
            continue
        row = cost(nbformat.read(source, as_version=4))
        known[lesson.name] = {"lesson": lesson.name, **row, "sha256": mark}
        print(json.dumps(known[lesson.name]), flush=True)
        # Written after each: an interrupted run goes on where it was.
        found["lessons"] = [known[entry.name] for entry in LESSONS if entry.name in known]
        results.write(
            file,
            command="python -m tests.lesson_costs",
            data="the lessons' own notebooks, each in a fresh kernel",
            device=f"{platform.machine()}, {CORES} cores",
            results=found,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
