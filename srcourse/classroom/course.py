"""A course in nbgrader's format: made, and run by nbgrader's own API.

Whatever these functions do, nbgrader's commands do in the same folder too. They need the extra
``classroom``.
"""

import re
import shutil
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srcourse import shipped

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI

CONFIG = "nbgrader_config.py"
_TEXT = '''"""nbgrader's settings for this course; all of them: https://nbgrader.readthedocs.io"""

c = get_config()

c.CourseDirectory.course_id = "srcourse"

# Seconds that one cell of a submission may take before it is stopped.
c.Execute.timeout = 120
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"]

# A cell that a student deleted comes back, if it is graded or others need it.
c.RestoreCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "srcourse.classroom.deleted.RestoreCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Run a submission as nbgrader does; go on where a cell ends the kernel; and take the points from
# the judges, not from what the notebook says of itself.
c.Autograde.autograde_preprocessors = [
    "srcourse.classroom.execute.ExecuteJudged",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
'''


def assignments() -> dict[str, Path]:
    """The assignments that ship, the teacher's versions, by name."""
    folder = shipped.folder("notebooks") / "assignments"
    return {file.stem: file for file in sorted(folder.glob("a[0-9]*.ipynb"))}


def new(folder: Path) -> tuple[str, ...]:
    """Make `folder` an nbgrader course with the assignments that ship; return their names.

    Raises ValueError for a folder that is not empty, or a file.
    """
    _nbgrader()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"folder is {str(folder)!r}, which is a file; name a folder")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"folder is {str(folder)!r}, which is not empty; name a new one")
    found = assignments()
    for name, file in found.items():
        target = folder / "source" / name
        target.mkdir(parents=True)
        shutil.copyfile(file, target / file.name)
    for empty in ("release", "submitted", "autograded", "feedback"):
        (folder / empty).mkdir()
    (folder / CONFIG).write_text(_TEXT, encoding="utf-8")
    return tuple(found)


def release(folder: Path, assignment: str) -> Path:
    """Make the students' version of `assignment`, without its solutions; return its folder.

    Raises ValueError for an assignment that is not in the course's source folder, and where
    nbgrader fails.
    """
    api = _api(folder)
    _known(api, assignment)
    _done(_run(api.generate_assignment, assignment), f"{assignment} could not be released")
    return Path(folder) / "release" / assignment


@dataclass(frozen=True)
class Score:
    """What a student has for an assignment.

    by_hand: parts that are still to be read by a teacher. problem: why it could not be graded.
    """

    assignment: str
    student: str
    points: float
    most: float
    by_hand: int = 0
    problem: str = ""


def grade(folder: Path, assignment: str, students: Iterable[str] = ()) -> list[Score]:
    """Grade what lies in ``submitted/STUDENT/ASSIGNMENT``, of all students or of the named ones.

    A submission that cannot be graded does not keep the others from it: its score says why.
    Raises ValueError for an unknown assignment, one that was not released, and where none is
    submitted.
    """
    api = _api(folder)
    _known(api, assignment)
    submitted = sorted(api.get_submitted_students(assignment))
    missing = sorted(set(students) - set(submitted))
    if missing or not submitted:
        who = f"from {', '.join(missing)} " if missing else ""
        raise ValueError(
            f"assignment is {assignment!r}, and nothing {who}is in submitted/STUDENT/{assignment}"
        )
    expected = _released(api, assignment)
    found = []
    for student in sorted(students) or submitted:
        handed_in = folder / "submitted" / student / assignment
        if problem := _misnamed(handed_in, expected):
            found.append(Score(assignment, student, 0, 0, problem=problem))
            continue
        done = _run(api.autograde, assignment, student)
        if done["success"]:
            found.append(_score(api, assignment, student))
        else:
            found.append(Score(assignment, student, 0, 0, problem=_reason(done)))
    return found


def feedback(folder: Path, assignment: str) -> list[Path]:
    """Write each graded student's feedback as HTML; return the files.

    Raises ValueError for an unknown assignment, one of which nothing is graded, and where nbgrader
    fails.
    """
    api = _api(folder)
    _known(api, assignment)
    if not api.get_autograded_students(assignment):
        raise ValueError(
            f"assignment is {assignment!r}, and nothing of it is graded; grade it first"
        )
    _done(_run(api.generate_feedback, assignment), f"no feedback could be written on {assignment}")
    return sorted(Path(folder).glob(f"feedback/*/{assignment}/*.html"))


def scores(folder: Path) -> list[Score]:
    """What every student has for every assignment that was handed in.

    One that is not graded, or could not be, has a problem and no points.
    """
    api = _api(folder)
    found = []
    for assignment in sorted(api.get_source_assignments()):
        graded = api.get_autograded_students(assignment)
        for student in sorted(graded | api.get_submitted_students(assignment)):
            if student in graded:
                found.append(_score(api, assignment, student))
            else:
                problem = "grade was not run on this submission, or failed"
                found.append(Score(assignment, student, 0, 0, problem=problem))
    return found


def _score(api: "NbGraderAPI", assignment: str, student: str) -> Score:
    with api.gradebook as book:
        found = book.find_submission(assignment, student)
        waiting = sum(g.needs_manual_grade for n in found.notebooks for g in n.grades)
        return Score(assignment, student, found.score, found.max_score, waiting)


def _api(folder: Path) -> "NbGraderAPI":
    """nbgrader's API on the course in `folder`, with the settings that lie there."""
    _nbgrader()
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    if not (folder / CONFIG).is_file():
        raise ValueError(f"course is {str(folder)!r}, which has no {CONFIG}; make one with new")
    try:
        settings = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    except Exception as error:  # it is Python, and anything may be amiss in it
        raise ValueError(f"{folder / CONFIG} cannot be read: {error}") from None
    settings.CourseDirectory.root = str(folder.resolve())
    settings.NbGraderAPI.log_level = "ERROR"  # _reason reads what went wrong there
    return NbGraderAPI(config=settings)


def _nbgrader() -> None:
    """Raises ValueError where nbgrader is not installed."""
    try:
        import nbgrader  # noqa: F401
    except ImportError:
        raise ValueError(
            "the classroom needs nbgrader; install it, in your clone of the repository, with: "
            'pip install -c constraints.txt -e ".[classroom]"'
        ) from None


def _known(api: "NbGraderAPI", assignment: str) -> None:
    known = sorted(api.get_source_assignments())
    if assignment not in known:
        raise ValueError(f"assignment is {assignment!r}; in source there are: {', '.join(known)}")


def _released(api: "NbGraderAPI", assignment: str) -> list[str]:
    """The files of a released assignment. Raises ValueError for one that was not released."""
    with api.gradebook as book:
        found = {a.name: [f"{n.name}.ipynb" for n in a.notebooks] for a in book.assignments}
    if not found.get(assignment):
        raise ValueError(f"assignment is {assignment!r}, which was not released; release it first")
    return found[assignment]


def _misnamed(handed_in: Path, expected: list[str]) -> str:
    """Why nothing in the folder `handed_in` can be graded; empty where something can be."""
    there = sorted(file.name for file in handed_in.glob("*.ipynb"))
    if set(there) & set(expected):
        return ""
    what = f"only {', '.join(there)}" if there else "no notebook"
    return f"{handed_in} holds {what}; it must be named {' or '.join(expected)}"


def _run(step: Callable[..., dict], *names: str) -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, about its database
        return step(*names)


def _done(done: dict, trouble: str) -> None:
    if not done["success"]:
        raise ValueError(f"{trouble}: {_reason(done)}")


def _reason(done: dict) -> str:
    """The cause of a failure, in one line: the logged exception, or nbgrader's first error."""
    log = done.get("log", "").splitlines()
    raised = [line.strip() for line in log if re.match(r"    [\w.]*(Error|Exception)\b", line)]
    errors = [line.removeprefix("[ERROR] ") for line in log if line.startswith("[ERROR]")]
    last = done.get("error", "").strip().splitlines()
    return (raised[-1:] or errors[:1] or last[-1:] or ["unknown"])[0]
