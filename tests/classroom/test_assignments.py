"""The graders of the assignments: what is right passes, what is wrong loses points and is named."""

from collections import Counter

import nbformat
import pytest

from notebooks.build import ASSIGNMENTS, assignment
from srcourse import results
from srcourse.classroom.answers import Answer
from srcourse.classroom.grading import Verdict, find, judged, questions
from tests.classroom.answers import given

SOURCES = {source.stem: source for source in sorted((ASSIGNMENTS / "source").glob("a[0-9]*.py"))}
GIVEN = given()
pytestmark = pytest.mark.usefixtures("one_thread")


def verdict(key: str, answer) -> Verdict:
    asked = find(key)
    return judged(asked, Answer(answer, asked.forbidden))


def metadata(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


@pytest.mark.parametrize("name", SOURCES)
def test_notebook_and_source_are_in_step_and_worth_20_points(name):
    built = nbformat.read(ASSIGNMENTS / f"{name}.ipynb", as_version=4)
    assert built == assignment(SOURCES[name]), f"run: python notebooks/build.py {name[:2]}"
    assert sum(metadata(cell).get("points", 0) for cell in built.cells) == 20
    assert any(metadata(c).get("grade") and metadata(c)["solution"] for c in built.cells), (
        "an assignment has a part that a teacher grades"
    )


@pytest.mark.parametrize("name", SOURCES)
def test_the_reference_gets_all_points(name):
    """What the teacher's version says, cell by cell, without a kernel."""
    namespace: dict = {}
    for cell in assignment(SOURCES[name]).cells:
        if metadata(cell).get("grade") and cell.cell_type == "code":
            key = metadata(cell)["grade_id"]
            namespace["grade"] = verdict
            exec(cell.source.replace("grade(", "got = grade("), namespace)
            got = namespace["got"]
            assert got.key == key
            assert (got.points, got.words) == (got.most, "All as it should be.")
        elif metadata(cell).get("solution") and cell.cell_type == "code":
            exec(cell.source, namespace)
        elif cell.cell_type == "code" and metadata(cell).get("locked"):
            exec(cell.source.replace("plt.show()", "plt.close()"), namespace)


@pytest.mark.parametrize("answer", GIVEN, ids=str)
def test_each_answer_gets_its_points_and_its_hint(answer):
    got = verdict(answer.key, answer.object)
    if answer.points is None:
        assert (got.points, got.words) == (got.most, "All as it should be.")
    else:
        assert answer.hint in got.words
        assert got.points == answer.points < got.most


def unwritten(*args, **kwargs):
    raise NotImplementedError


@pytest.mark.parametrize("key", questions())
def test_a_blank_gets_nothing(key):
    for blank in (None, unwritten, lambda *args, **kwargs: None):
        got = verdict(key, blank)
        assert got.points == 0
        assert got.words


@pytest.mark.parametrize("key", questions())
def test_each_question_has_two_right_answers_and_six_wrong_ones(key):
    count = Counter(answer.points is None for answer in GIVEN if answer.key == key)
    assert count[True] >= 2
    assert count[False] >= 6
    hints = [answer.hint for answer in GIVEN if answer.key == key and answer.hint]
    assert len(set(hints)) >= 6, "each mistake is named, not all in the same words"


def test_the_recorded_table_is_of_these_answers():
    """What each is worth is tested above; the record tells it to who reads."""
    recorded = [
        (row["question"], row["answer"], row["points"])
        for row in results.read("graders")["results"]
    ]
    most = questions()
    assert recorded == [
        (a.key, a.name, most[a.key].points if a.points is None else a.points) for a in GIVEN
    ], "run: python -m tests.classroom.mutations"
