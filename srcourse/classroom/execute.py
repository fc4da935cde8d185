"""How a submission is run for grading: nbgrader's `Execute`, held to what the judges say.

A course's nbgrader_config.py names this class. It adds two things. A cell that ends the kernel, or
that cannot be stopped, fails by itself, and the rest of the notebook is graded. And a graded cell
counts only with the points that its judge noted: what a notebook claims for itself is worth 0. A
teacher's own graded cell, which no judge of the course knows, is nbgrader's alone.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution, setenv

from srcourse.classroom.grading import VERDICTS, questions

SKIPPED = "skip-execution"  # nbclient leaves out cells with this tag


class ExecuteJudged(Execute):
    """nbgrader's Execute, with the additions above."""

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> Any:
        deadly: list[NotebookNode] = []
        with tempfile.TemporaryDirectory() as folder:
            notes = Path(folder) / "verdicts"
            with setenv(**{VERDICTS: str(notes)}):
                while True:
                    notes.write_text("")
                    try:
                        nb, resources = super().preprocess(nb, resources, km)
                        break
                    except (DeadKernelError, CellTimeoutError):
                        deadly.append(self._running)
                        self._running.metadata.setdefault("tags", []).append(SKIPPED)
            verdicts = [json.loads(line) for line in notes.read_text().splitlines()]
        for cell in deadly:
            cell.metadata.tags.remove(SKIPPED)
            cell.outputs = [
                _error("This cell ended Python itself, or would not stop. It was left out.")
            ]
        hold_to(nb, verdicts)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> Any:
        self._running = cell
        return super().preprocess_cell(cell, resources, index)


def hold_to(notebook: NotebookNode, verdicts: list[dict]) -> None:
    """Let the course's own graded cells count with the points in the judges' `verdicts` only."""
    given = {verdict["key"]: verdict["points"] for verdict in verdicts}
    known = questions()
    for cell in notebook.cells:
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            continue
        key = cell.metadata.nbgrader["grade_id"]
        if key not in known:
            continue
        results = [o for o in cell.outputs if o.output_type == "execute_result"]
        failed = any(o.output_type == "error" for o in cell.outputs)
        try:
            claimed = [float(o.data["text/plain"]) for o in results]
        except (KeyError, ValueError):
            claimed = []
        if not failed and claimed != [given.get(key)]:
            cell.outputs = [_error("No judge gave these points, so they do not count.")]


def _error(words: str) -> NotebookNode:
    return new_output("error", ename="NotCounted", evalue=words, traceback=[words])


__all__ = ["ExecuteJudged", "hold_to"]
