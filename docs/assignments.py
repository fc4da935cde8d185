"""What the instructors' guide tells of each assignment, from its notebook and its tests."""

import re
from collections import defaultdict
from pathlib import Path

import nbformat

from docs.costs import table
from srcourse import results

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks" / "assignments"
PLACE = "<!-- assignments -->"
_QUESTION = re.compile(r"^## (.+?) \((\d+) points?(, in words)?\)", re.MULTILINE)
_MARKS = re.compile(r"([\\`*_\[\]$|<>])")


def filled(page: str, rubrics: bool = False) -> str:
    """`page` with a section on each assignment; `rubrics` shows how the written parts are graded,
    which is nothing for students to read."""
    if PLACE not in page:
        raise ValueError(f"page has no place {PLACE!r}")
    return page.replace(PLACE, "\n\n".join(section(f, rubrics) for f in _notebooks()))


def _notebooks() -> list[Path]:
    return sorted(NOTEBOOKS.glob("a[0-9]*.ipynb"))


def section(file: Path, rubrics: bool) -> str:
    """Aim, time, questions and points of an assignment, and the mistakes that its tests know."""
    notebook = nbformat.read(file, as_version=4)
    title, aim, *rest = notebook.cells[0].source.split("\n\n")
    (frame,) = (part for part in rest if part.startswith("**From**"))
    parts = [f"##{title}", aim, frame.replace("](../", "](../notebooks/"), questions(notebook)]
    if known := mistakes(file.stem.partition("_")[0]):
        parts.append(folded("Common mistakes, and what the learner reads", known))
    if rubrics:
        found = (rubric(cell) for cell in notebook.cells)
        parts.append(folded("Rubrics", "\n\n".join(filter(None, found))))
    return "\n\n".join(parts)


def questions(notebook: nbformat.NotebookNode) -> str:
    """A table of the questions, their points, and who grades them."""
    rows: list[tuple] = [("Question", "Points", "Graded by")]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := _QUESTION.search(cell.source)):
            rows.append((found[1], found[2], "you" if found[3] else "the checks"))
    return table(rows)


def mistakes(assignment: str) -> str:
    """A table of the wrong answers that the graders are tested with; empty where none is."""
    hints: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in results.read("graders")["results"]:
        if not row["right"] and row["question"].startswith(f"{assignment}-"):
            points = f"{row['points']:g} of {row['of']:g}"
            hints[row["question"], row["hint"]] += [row["answer"], points]
    rows: list[tuple] = [("Question", "Answer", "Points", "Hint")]
    for (question, hint), (answer, points, *_) in hints.items():
        rows.append((f"`{question}`", *(_plain(words) for words in (answer, points, hint))))
    return table(rows, left=True) if len(rows) > 1 else ""


def rubric(cell: nbformat.NotebookNode) -> str:
    """How a written answer is graded, as its teacher's version says; empty for other cells."""
    about = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "markdown" or not about.get("grade"):
        return ""
    text = re.sub(r"^### (BEGIN|END) SOLUTION\s*", "", cell.source, flags=re.MULTILINE)
    return f"**`{about['grade_id']}`**, {about['points']:g} points\n\n{text.strip()}"


def folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _plain(words: str) -> str:
    """Words that Markdown shows as they are."""
    return _MARKS.sub(r"\\\1", " ".join(words.split()))
