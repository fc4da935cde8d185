"""Cells that a student deleted: put back before a submission is run."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import OverwriteCells


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells, which also finds a place after a deleted or ungraded cell.

    What comes back are the graded cells, and the locked ones that others need, such as imports. A
    course's nbgrader_config.py names this class.
    """

    def add_missing_grade_cells(self, nb: NotebookNode, resources: Any) -> Any:
        released = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        points = {cell.name: cell.max_score for cell in released.grade_cells}
        answers = {cell.name for cell in released.solution_cells}
        place = 0  # behind the cell that stands before it in the released notebook
        for cell in released.source_cells:
            found = [
                at
                for at, own in enumerate(nb.cells)
                if own.metadata.get("nbgrader", {}).get("grade_id") == cell.name
            ]
            if found:
                place = found[0] + 1
            elif cell.name in points or cell.locked:
                back = self.missing_cell_transform(
                    cell, points.get(cell.name, 0), is_solution=cell.name in answers
                )
                if cell.name not in points:
                    back["metadata"]["nbgrader"]["grade"] = False
                    del back["metadata"]["nbgrader"]["points"]
                nb.cells.insert(place, back)
                place += 1
        return nb, resources


__all__ = ["RestoreCells"]
