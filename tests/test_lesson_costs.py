"""python -m tests.lesson_costs: what it measures is what a kernel does, and it goes on."""

import json
import subprocess
import sys

import nbformat
import pytest

from srcourse import results, shipped
from srcourse.classroom import LESSONS, Lesson
from tests import lesson_costs

MIB = 2**20


def notebook(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])


def test_memory_and_cpu_of_a_process_and_its_child_are_seen():
    child = f"import time; held = b'x' * (150 * {MIB}); time.sleep(3)"
    work = "import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    script = f"import subprocess, sys\n{work}\nsubprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", script])
    watch = lesson_costs.Watch(process.pid)
    watch.start()
    process.wait()
    watch.stop()
    assert 150 * MIB < watch.peak < 350 * MIB
    assert 0.4 < watch.cpu < 5


def test_a_notebook_costs_what_its_cells_do():
    small = lesson_costs.cost(notebook("1"))
    large = lesson_costs.cost(
        notebook(f"import time; held = b'x' * (300 * {MIB}); time.sleep(1); del held")
    )
    assert 250 < large["peak_mib"] - small["peak_mib"] < 350
    assert large["seconds"] >= 1
    assert small["peak_mib"] > 20


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Two lessons, and a measurement that takes no time."""
    (tmp_path / "results").mkdir()
    pair = (Lesson("00_a", "A", 1), Lesson("01_b", "B", 1))
    for lesson in pair:
        nbformat.write(notebook(lesson.title), tmp_path / f"{lesson.name}.ipynb")
    monkeypatch.setattr(shipped, "folder", lambda name: tmp_path)
    monkeypatch.setattr(lesson_costs, "LESSONS", pair)
    monkeypatch.setattr(lesson_costs, "server_memory", lambda: 99)
    monkeypatch.setattr(lesson_costs.os, "sched_setaffinity", lambda *a: None, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    ran = []

    def cost(found):
        ran.append(found.cells[0].source)
        return {"seconds": 1.0, "cpu_seconds": 1.0, "peak_mib": len(ran)}

    monkeypatch.setattr(lesson_costs, "cost", cost)
    return tmp_path, ran


def test_what_is_recorded_is_kept_until_the_notebook_changes(course):
    folder, ran = course
    lesson_costs.main(["01"])
    assert ran == ["B"]
    lesson_costs.main([])
    assert ran == ["B", "A"]
    recorded = results.read("lesson_costs")["results"]
    assert [row["lesson"] for row in recorded["lessons"]] == ["00_a", "01_b"]
    assert recorded["server_mib"] == 99
    lesson_costs.main([])
    assert ran == ["B", "A"]
    nbformat.write(notebook("C"), folder / "01_b.ipynb")
    lesson_costs.main([])
    assert ran == ["B", "A", "C"]
    lesson_costs.main(["--again"])
    assert ran == ["B", "A", "C", "A", "C"]


def test_an_interrupted_run_keeps_what_it_has(course, monkeypatch):
    folder, _ = course
    known = lesson_costs.cost

    def stopped(found):
        if found.cells[0].source == "B":
            raise KeyboardInterrupt
        return known(found)

    monkeypatch.setattr(lesson_costs, "cost", stopped)
    with pytest.raises(KeyboardInterrupt):
        lesson_costs.main([])
    (row,) = json.loads((folder / "results" / "lesson_costs.json").read_text())["results"][
        "lessons"
    ]
    assert row["lesson"] == "00_a"


def test_every_lesson_is_recorded_and_stays_within_its_minute():
    rows = results.read("lesson_costs")["results"]["lessons"]
    assert [row["lesson"] for row in rows] == [lesson.name for lesson in LESSONS]
    assert [row["lesson"] for row in rows if row["cpu_seconds"] > 60] == []
