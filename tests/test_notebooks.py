"""The lessons as documents: built from their source, executed, worth checking, and solvable."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from notebooks.build import HERE, VIEW, asks, normalise, unexecuted
from srcourse import images
from srcourse.classroom import LESSONS, check, exercises

SOURCES = sorted((HERE / "source").glob("[0-9]*.py"))
LESSON_NAMES = [source.stem for source in SOURCES]
# nbval sees none of what these show, so it would pass for nothing.
FORBIDDEN = (
    r"clear_output|\binteract(ive)?\(|with\s+\w*[Oo]utput\w*\(?\)?:|update_display"
    r"|time\.time|perf_counter"
)
MIN_COMPARED = 6


def lesson(name: str) -> nbformat.NotebookNode:
    return nbformat.read(HERE / f"{name}.ipynb", as_version=4)


def text_of(notebook) -> str:
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def code_cells(notebook) -> list:
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def compared(cell) -> bool:
    """Whether nbval compares anything that the cell gave."""
    return any(
        (o.output_type == "stream" and o.name == "stdout") or "text/plain" in o.get("data", {})
        for o in cell.outputs
    )


def complaints(notebook, folder: Path = HERE) -> list[str]:
    """What makes a stored lesson worthless as a test, or broken for a reader."""
    found = []
    for number, cell in enumerate(code_cells(notebook), 1):
        if cell.execution_count is None:
            found.append(f"cell {number} was not executed")
        if match := re.search(FORBIDDEN, cell.source):
            found.append(f"cell {number} uses {match.group()}, which nbval does not see")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"cell {number} stored an error: {output.ename}")
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f"cell {number} wrote to stderr")
            if VIEW in output.get("data", {}):
                found.append(f"cell {number} stored a widget's view, which shows an error later")
    if sum(map(compared, code_cells(notebook))) < MIN_COMPARED:
        found.append(f"fewer than {MIN_COMPARED} cells have an output that is compared")
    if "widgets" in notebook.metadata:
        found.append("widget state is stored")
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(notebook)):
        if (
            not re.match(r"https?:|#|mailto:", target)
            and not (folder / target.split("#")[0]).exists()
        ):
            found.append(f"links to {target}, which is not there")
    return found


def good_notebook() -> nbformat.NotebookNode:
    v4 = nbformat.v4
    cells = [
        v4.new_code_cell(
            "1", execution_count=1, outputs=[v4.new_output("execute_result", {"text/plain": "1"})]
        )
        for _ in range(MIN_COMPARED)
    ]
    return v4.new_notebook(cells=[v4.new_markdown_cell("[next](01.ipynb)"), *cells])


def test_every_lesson_has_a_source_and_every_source_a_lesson():
    built = sorted(p.stem for p in HERE.glob("*.ipynb"))
    assert built == LESSON_NAMES == [lesson.name for lesson in LESSONS]


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_notebook_and_source_are_in_step(name):
    source, built = unexecuted(HERE / "source" / f"{name}.py"), lesson(name)
    hint = f"run: python notebooks/build.py {name[:2]}"
    assert [(c.cell_type, c.source, c.id, c.metadata) for c in built.cells] == [
        (c.cell_type, c.source, c.id, c.metadata) for c in source.cells
    ], hint
    assert built.metadata == source.metadata, hint


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_stored_lesson_is_worth_checking(name):
    assert complaints(lesson(name)) == []


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_lesson_has_its_frame(name):
    text = text_of(lesson(name))
    code = "\n".join(c.source for c in code_cells(lesson(name)))
    parts = [
        "You will be able to",
        "**Time**",
        "## Predict first",
        "## Key points",
        "## References",
    ]
    assert [part for part in parts if part not in text] == []
    abilities = text.split("You will be able to")[1].split("**Time**")[0]
    assert abilities.count("\n- ") == 3
    assert code.index("Predict(") < code.index("check(")
    entry = next(entry for entry in LESSONS if entry.name == name)
    assert text.startswith(f"# {name[:2]} · {entry.title}\n")
    assert f"**Time** about {entry.minutes} minutes" in text  # what the map says


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_the_answer_to_a_prediction_is_folded_away_and_nothing_else(name):
    asking = [c for c in code_cells(lesson(name)) if asks(c)]
    folded = [c for c in lesson(name).cells if c.metadata.get("jupyter", {}).get("source_hidden")]
    assert asking == folded != [], f"run: python notebooks/build.py {name[:2]}"
    for cell in asking:
        assert cell.source.startswith("Predict(\n"), "the first line shows beside the dots"
        (only,) = ast.parse(cell.source).body  # what else the cell does, a reader would not see
        assert isinstance(only, ast.Expr), cell.source
        assert only.value.func.id == "Predict", cell.source
        assert "image/png" in cell.outputs[0]["data"], "the question is shown without a kernel too"


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_every_picture_has_a_caption(name):
    cells = lesson(name).cells
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "code" and "plt.show()" in cell.source:
            assert after is not None, cell.source
            assert after.cell_type == "markdown", cell.source
            assert after.source.lstrip().startswith("*"), f"no caption after:\n{cell.source}"


def solutions(name: str) -> dict[str, str]:
    fence = r"<summary>Solution: (\S+)</summary>\s*```python\n(.*?)```"
    return dict(re.findall(fence, text_of(lesson(name)), re.DOTALL))


@pytest.mark.parametrize("name", LESSON_NAMES)
def test_each_exercise_is_open_and_its_folded_solution_passes(name):
    built = lesson(name)
    keys = [key for key in exercises() if key.startswith(name[:2])]
    answers = {
        key: (variable, cell)
        for cell in code_cells(built)
        for key, variable in re.findall(r"^check\(\"([^\"]+)\", (\w+)\)", cell.source, re.MULTILINE)
    }
    assert sorted(answers) == keys == sorted(solutions(name))
    assert keys, "a lesson has at least one exercise"
    for _, cell in answers.values():
        shown = cell.outputs[-1]["data"]["text/plain"]
        assert shown.startswith("Not yet"), f"the exercise is solved already: {shown}"
    # A solution may use what the lesson imports and defines; running all of it would take minutes.
    namespace: dict = {}
    for cell in code_cells(built):
        kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        body = [node for node in ast.parse(cell.source).body if isinstance(node, kept)]
        exec(compile(ast.Module(body, []), name, "exec"), namespace)
    for key in keys:
        exec(solutions(name)[key], namespace)
        result = check(key, namespace[answers[key][0]])
        assert result.passed, f"{key}: {result.words}"


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda nb: nb.cells[1].update(execution_count=None), "was not executed"),
        (lambda nb: nb.cells[1].update(source="interact(f)"), "uses interact("),
        (lambda nb: nb.cells[1].update(source="with Output():\n  pass"), "uses with Output():"),
        (lambda nb: nb.cells[1].update(outputs=[]), "fewer than"),
        (lambda nb: nb.cells[0].update(source="[x](gone.ipynb)"), "links to gone.ipynb"),
        (lambda nb: nb.metadata.update(widgets={}), "widget state"),
        (lambda nb: nb.cells[1].outputs[0]["data"].update({VIEW: {}}), "a widget's view"),
        (
            lambda nb: nb.cells[1].outputs.append(
                nbformat.v4.new_output("error", ename="KeyError", evalue="", traceback=[])
            ),
            "stored an error: KeyError",
        ),
        (
            lambda nb: nb.cells[1].outputs.append(
                nbformat.v4.new_output("stream", name="stderr", text="oh")
            ),
            "wrote to stderr",
        ),
    ],
)
def test_the_guard_sees_what_is_wrong(tmp_path, spoil, complaint):
    (tmp_path / "01.ipynb").touch()
    notebook = good_notebook()
    assert complaints(notebook, tmp_path) == []
    spoil(notebook)
    assert any(complaint in found for found in complaints(notebook, tmp_path))


def test_normalising_takes_out_what_differs_from_run_to_run():
    one, other = good_notebook(), good_notebook()
    for notebook, times in ((one, "10:00"), (other, "11:00")):
        notebook.metadata["widgets"] = {"state": times}
        cell = notebook.cells[1]
        cell.metadata["execution"] = {"iopub.execute_input": times}
        cell.outputs[0]["data"][VIEW] = {"model_id": times}
        cell.execution_count = len(times)
        pieces = ("on", "e\n") if times == "10:00" else ("one\n",)
        notebook.cells[2].outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=piece) for piece in pieces
        ]
        for number, c in enumerate(notebook.cells):
            c.id = str(number)
        normalise(notebook)
    assert one == other


def test_nbval_fails_a_lesson_whose_stored_output_is_wrong(tmp_path):
    notebook = good_notebook()
    notebook.metadata = lesson(LESSON_NAMES[0]).metadata
    notebook.cells[2].outputs[0]["data"]["text/plain"] = "2"
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--nbval",
        "--nbval-current-env",
        "-c",
        "/dev/null",
    ]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "1 failed" in done.stdout


def test_the_pictures_of_the_course_are_credited():
    text = (HERE.parent / "data" / "README.md").read_text()
    assert [name for name in images.samples() if name not in text] == []
