"""A course by nbgrader: released, handed in, graded, and told about; and what learners may try."""

import csv
import re
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from notebooks.build import ASSIGNMENTS
from srcourse import cli
from srcourse.classroom import course, grading

NAMES = sorted(course.assignments())
A1 = "a1_convolution_and_pooling"


def srcourse(*words) -> str:
    done = CliRunner().invoke(cli.app, ["classroom", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def classroom(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "course"
    srcourse("new", folder)
    return folder


def read(file: Path) -> nbformat.NotebookNode:
    return nbformat.read(file, as_version=4)


def hand_in(classroom: Path, student: str, name: str, notebook: nbformat.NotebookNode) -> None:
    folder = classroom / "submitted" / student / name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def solved(released: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The students' notebook with the teacher's answers typed in."""
    reference = {
        c.metadata.nbgrader["grade_id"]: c.source
        for c in read(ASSIGNMENTS / f"{name}.ipynb").cells
        if "nbgrader" in c.metadata and c.metadata.nbgrader["solution"]
    }
    for cell in released.cells:
        if (found := cell.metadata.get("nbgrader", {}).get("grade_id")) in reference:
            cell.source = reference[found]
    return released


def secrets(name: str) -> set[str]:
    """The lines of the solutions that are long enough to be told from anybody's."""
    text = (ASSIGNMENTS / "source" / f"{name}.py").read_text()
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", text, re.DOTALL)
    lines = {line.strip(" #") for region in regions for line in region.splitlines()}
    return {line for line in lines if len(line) > 12}


def of_the_judges(name: str) -> set[str]:
    text = Path(grading.__file__).with_name("assignments").joinpath(f"{name}.py").read_text()
    return {line.strip() for line in text.splitlines() if len(line.strip()) > 30}


@pytest.mark.parametrize("name", NAMES)
def test_one_cycle(classroom, name):
    srcourse("release", name, "--course", classroom)
    file = classroom / "release" / name / f"{name}.ipynb"
    released = file.read_text()
    assert secrets(name)
    assert [line for line in secrets(name) if line in released] == []
    assert "BEGIN SOLUTION" not in released

    hand_in(classroom, "ada", name, solved(read(file), name))
    automatic = sum(question.points for question in grading.questions(f"{name[:2]}").values())
    written = sum(
        c.metadata.get("nbgrader", {}).get("grade", False) and c.cell_type == "markdown"
        for c in read(file).cells
    )
    said = srcourse("grade", name, "--course", classroom)
    assert said.split("ada")[1].split() == (
        f"{automatic:g} of 20 points, {written} to grade by hand".split()
    )

    (page,) = srcourse("feedback", name, "--course", classroom).split()
    feedback = Path(page).read_text()
    assert f"points: {next(iter(grading.questions(f'{name[:2]}').values())).title}" in feedback
    assert [line for line in of_the_judges(name) if line in feedback] == []

    srcourse("scores", "--course", classroom, "--csv", classroom / "scores.csv")
    with open(classroom / "scores.csv") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["assignment"] == name]
    assert (row["student"], float(row["points"]), float(row["most"])) == ("ada", automatic, 20)


# What learners do to a notebook, by mistake or by design; each in the answer's cell or the test's.
ATTACKS = {
    "a1-by-hand-answer": "import os\nos._exit(1)",
    "a1-output-size-answer": (
        "import os, sys, warnings\nprint('here', file=sys.stderr)\n"
        "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n"
        "    print('noise' * 1000)\n    print('noise', file=sys.stderr)\n"
        "    warnings.warn('noise')\n    os.write(2, b'noise')\n"
        "    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1"
    ),
    "a1-conv2d-answer": (
        "def conv2d(image, kernel, *more, **others):\n"
        "    while True:\n        try:\n            1 / 0\n"
        "        except BaseException:\n            pass"
    ),
    "a1-layer-answer": (
        "def conv_layer(x, weight, bias):\n    return np.ones((10**6, 10**4)).tolist()"
    ),
    "a1-pool": "3.0  # thank you",  # an edited test cell
    "a1-pool-answer": (
        "import srcourse.layers\n"
        "def pool(image, size, stride, kind):\n"
        "    return srcourse.layers.pool2d(image, size, stride, kind)"
    ),
    "a1-pool-backward-answer": "grade = lambda key, answer: 2.0\npool_backward = None",
}


def test_who_cheats_or_breaks_things_harms_nobody(classroom):
    srcourse("release", A1, "--course", classroom)
    released = classroom / "release" / A1 / f"{A1}.ipynb"
    notebook = read(released)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        cell.source = ATTACKS.get(about.get("grade_id"), cell.source)
        if about.get("grade_id") == "a1-pool":
            about["points"] = 1000
    hand_in(classroom, "eve", A1, notebook)

    endless = read(released)
    endless.cells[
        3
    ].source = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    endless.cells = [  # and a graded cell deleted
        c for c in endless.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "a1-layer"
    ]
    hand_in(classroom, "max", A1, endless)

    settings = classroom / course.CONFIG
    before = settings.read_text()
    settings.write_text(before + "\nc.Execute.timeout = 12\n")
    try:
        said = srcourse(
            *("grade", A1, "--course", classroom),
            *("--student", "eve", "--student", "max"),
        )
    finally:
        settings.write_text(before)
    eve, max_ = said.splitlines()
    assert "2 of 20 points" in eve, "those for output_size, in spite of its noise"
    assert "0 of 20 points" in max_

    graded = read(classroom / "autograded" / "eve" / A1 / f"{A1}.ipynb")
    shown = {
        c.metadata.nbgrader["grade_id"]: "".join(map(str, c.outputs))
        for c in graded.cells
        if "nbgrader" in c.metadata and c.cell_type == "code"
    }
    for key, words in (
        ("a1-by-hand-answer", "ended Python itself"),
        ("a1-output-size", "2 of 2 points"),
        ("a1-conv2d", "did not come to an end within 10 seconds"),
        ("a1-layer", "more memory than there is"),
        ("a1-pool", "It calls <code>pool2d</code> of srcourse"),
        ("a1-pool-backward", "No judge gave these points"),
    ):
        assert words in shown[key], key
    ids = [
        c.metadata.get("nbgrader", {}).get("grade_id")
        for c in read(classroom / "autograded" / "max" / A1 / f"{A1}.ipynb").cells
    ]
    assert "a1-layer" in ids, "the deleted cell is back"


def test_one_whose_submission_is_broken_is_told_and_the_others_are_graded(classroom):
    (classroom / "submitted" / "tom" / A1).mkdir(parents=True)
    (classroom / "submitted" / "tom" / A1 / f"{A1}.ipynb").write_text("{ no notebook")
    done = CliRunner().invoke(
        cli.app,
        ["classroom", "grade", A1, "--course", str(classroom), "--student", "tom"],
    )
    assert done.exit_code == 1
    assert "tom" in done.stdout
    assert "not graded" in done.stdout
    assert "does not appear to be JSON" in done.stdout
    assert done.stdout.count("\n") == 1

    srcourse("scores", "--course", classroom, "--csv", classroom / "scores.csv")
    with open(classroom / "scores.csv") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["student"] == "tom"]
    assert (row["points"], row["most"]) == ("", ""), "no 0 where nothing was graded"
    assert row["problem"]


def refused(*words) -> str:
    done = CliRunner().invoke(cli.app, ["classroom", *map(str, words)])
    assert done.exit_code != 0
    assert done.output.count("\n") == 1
    return done.output


def test_deleted_cells_come_back_where_they_were(classroom):
    srcourse("release", A1, "--course", classroom)
    notebook = solved(read(classroom / "release" / A1 / f"{A1}.ipynb"), A1)
    whole = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    # The imports, a test, a picture that the next written answer is about, and that answer.
    deleted = {"a1-cell-01", "a1-pool", "a1-cell-24", "a1-which-pooling"}
    notebook.cells = [c for c, key in zip(notebook.cells, whole, strict=True) if key not in deleted]
    hand_in(classroom, "zoë", A1, notebook)
    said = srcourse("grade", A1, "--course", classroom, "--student", "zoë")
    assert "16 of 20 points, 2 to grade by hand" in said
    graded = read(classroom / "autograded" / "zoë" / A1 / f"{A1}.ipynb").cells
    keys = [c.metadata.get("nbgrader", {}).get("grade_id") for c in graded]
    assert list(filter(None, keys)) == list(filter(None, whole))


def test_a_notebook_of_another_name_is_told_by_both_names(classroom):
    srcourse("release", A1, "--course", classroom)
    folder = classroom / "submitted" / "josé" / A1
    folder.mkdir(parents=True)
    nbformat.write(read(classroom / "release" / A1 / f"{A1}.ipynb"), folder / "résumé.ipynb")
    said = refused("grade", A1, "--course", classroom, "--student", "josé")
    assert "only résumé.ipynb" in said
    assert f"must be named {A1}.ipynb" in said


def test_steps_out_of_order_say_which_comes_first(tmp_path):
    folder = tmp_path / "course"
    srcourse("new", folder)
    hand_in(folder, "ada", A1, read(folder / "source" / A1 / f"{A1}.ipynb"))
    assert "not released; release it first" in refused("grade", A1, "--course", folder)
    assert "grade it first" in refused("feedback", A1, "--course", folder)


def test_a_slip_in_the_settings_is_told_in_one_line(tmp_path):
    (tmp_path / course.CONFIG).write_text("c = get_config()\nc.Execute.timeout = (12\n")
    assert f"{course.CONFIG} cannot be read" in refused("scores", "--course", tmp_path)


def test_a_question_of_ones_own_is_graded_by_its_own_assertions(tmp_path):
    folder = tmp_path / "course"
    srcourse("new", folder)
    source = folder / "source" / A1 / f"{A1}.ipynb"
    notebook = read(source)
    answer, test = nbformat.v4.new_code_cell(), nbformat.v4.new_code_cell()
    about = {"schema_version": 3, "locked": False, "task": False}
    answer.source = "### BEGIN SOLUTION\nown = 2\n### END SOLUTION"
    answer.metadata.nbgrader = about | {"grade_id": "own", "grade": False, "solution": True}
    test.source = "assert own == 2"
    test.metadata.nbgrader = about | {
        **{"grade_id": "own-test", "grade": True, "solution": False, "locked": True, "points": 3}
    }
    notebook.cells += [answer, test]
    nbformat.write(notebook, source)
    srcourse("release", A1, "--course", folder)
    for student, code in {"ada": "own = 2", "bob": "own = 3"}.items():
        handed_in = read(folder / "release" / A1 / f"{A1}.ipynb")
        handed_in.cells[-2].source = code
        hand_in(folder, student, A1, handed_in)
    ada, bob = srcourse("grade", A1, "--course", folder).splitlines()
    assert "3 of 23 points" in ada
    assert "0 of 23 points" in bob
