"""What the graders make of wrong answers: python -m tests.classroom.mutations

Prints a row for each, and records them in data/results/graders.json.
"""

from pathlib import Path

from srcourse import results
from srcourse.classroom.answers import Answer
from srcourse.classroom.grading import find, judged
from tests.classroom.answers import given

RECORD = Path(__file__).parents[2] / "data" / "results" / "graders.json"


def table() -> list[dict]:
    """Of every answer: its question, what is done in it, its points of how many, and the hint."""
    rows = []
    for answer in given():
        asked = find(answer.key)
        verdict = judged(asked, Answer(answer.object, asked.forbidden))
        rows.append(
            {
                "question": answer.key,
                "answer": answer.name,
                "right": answer.points is None,
                "points": float(verdict.points),
                "of": float(verdict.most),
                "hint": verdict.words,
            }
        )
    return rows


def main() -> None:
    rows = table()
    for row in rows:
        mark = "right" if row["right"] else "wrong"
        points = f"{row['points']:g}/{row['of']:g}"
        print(f"{row['question']:<18}{mark:<7}{row['answer']:<32}{points:<6}{row['hint']}")
    results.write(
        RECORD,
        "python -m tests.classroom.mutations",
        "right and wrong answers to the graded questions, kept with the tests",
        "CPU",
        rows,
    )


if __name__ == "__main__":
    main()
