"""Build the lessons and assignments from their text source: python notebooks/build.py [NAME…]

Each ``source/NN_topic.py`` (py:percent) becomes ``NN_topic.ipynb``: executed, and normalised so
that building again without a change gives the same file. Each ``assignments/source/aN_topic.py``
becomes ``assignments/aN_topic.ipynb``, the teacher's version in nbgrader's format, not executed. A
NAME is the beginning of a lesson's or an assignment's.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from srcourse.classroom.grading import questions

HERE = Path(__file__).resolve().parent
ASSIGNMENTS = HERE / "assignments"
VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def unexecuted(source: Path) -> nbformat.NotebookNode:
    """The notebook that `source` describes: its cells, without outputs."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{source.stem[:2]}-{number:02}"
        if asks(cell):
            # Its code holds the answer, and stands above the question: JupyterLab shows three dots,
            # a page that MyST makes a button.
            cell.metadata["jupyter"] = {"source_hidden": True}
            cell.metadata["tags"] = ["hide-input"]
    notebook.nbformat_minor = 5
    return notebook


def asks(cell: nbformat.NotebookNode) -> bool:
    """Whether `cell` asks for a prediction."""
    return cell.cell_type == "code" and re.search(r"\bPredict\(", cell.source) is not None


def build(source: Path) -> nbformat.NotebookNode:
    """The notebook that `source` describes, executed in a folder of its own and normalised."""
    notebook = unexecuted(source)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        client.execute()
    normalise(notebook)
    return notebook


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Take out what differs from run to run: times, versions, widget models and their state."""
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.outputs = _merged(cell.outputs)
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = count
            # Without a kernel a saved view shows an error; the snapshot beside it does not.
            output.get("data", {}).pop(VIEW, None)


def _merged(outputs: list) -> list:
    """`outputs` with what was printed in several pieces, as it happened to arrive, in one."""
    merged: list = []
    for output in outputs:
        streams = [o.get("name") for o in (*merged[-1:], output) if o.output_type == "stream"]
        if len(streams) == 2 and streams[0] == streams[1]:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def assignment(source: Path) -> nbformat.NotebookNode:
    """The teacher's version that `source` describes, with nbgrader's metadata.

    A cell says what it is in its first line: ``answer="a1-pool"`` (code that the learner writes),
    ``test="a1-pool"`` (the locked cell that grades it, for the question's points) or
    Raises ValueError for a question that has no judge, or that the notebook does not grade.
    """
    notebook = unexecuted(source)
    name = source.stem.partition("_")[0]
    asked, tested = questions(name), []
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("lines_to_next_cell", None)
        roles = {"answer", "test", "written"} & set(cell.metadata)
        role = roles.pop() if roles else None
        if cell.metadata.pop("scratch", False) or (role is None and cell.cell_type != "code"):
            continue
        key = cell.metadata.pop(role) if role else f"{name}-cell-{number:02}"
        about = {"grade": False, "solution": False, "locked": False, "task": False}
        if role == "answer":
            about |= {"solution": True, "grade_id": f"{key}-answer"}
        elif role == "written":
            about |= {"solution": True, "grade": True, "grade_id": key}
            about["points"] = cell.metadata.pop("points")
        else:
            about |= {"locked": True, "grade_id": key}
        if role == "test":
            if key not in asked:
                raise ValueError(f"{source.name}: there is no question {key!r}")
            tested.append(key)
            about |= {"grade": True, "points": asked[key].points}
        cell.metadata["nbgrader"] = about | {"schema_version": 3}
    if sorted(tested) != sorted(asked):
        raise ValueError(f"{source.name} tests {tested}; its judges are {list(asked)}")
    return notebook


def main(names: list[str]) -> None:
    os.environ["OMP_NUM_THREADS"] = "2"  # sums depend on the number of threads in their last digit
    lessons = sorted((HERE / "source").glob("[0-9]*.py"))
    sources = [*lessons, *sorted((ASSIGNMENTS / "source").glob("a[0-9]*.py"))]
    chosen = [s for s in sources if not names or any(s.name.startswith(n) for n in names)]
    if not chosen:
        sys.exit(f"no lesson or assignment begins with {' or '.join(names)}")
    for source in chosen:
        print(source.stem, flush=True)
        target = source.parent.parent / f"{source.stem}.ipynb"
        part = target.with_suffix(".part")
        nbformat.write(build(source) if source in lessons else assignment(source), part)
        part.replace(target)


if __name__ == "__main__":
    main(sys.argv[1:])
