"""Assignments for a class, graded by nbgrader: `srcourse classroom new`, `release`, `grade` …"""

import csv
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from srcourse.cli.command import app, command

classroom = typer.Typer(help="Assignments for a class, with nbgrader.", no_args_is_help=True)
app.add_typer(classroom, name="classroom")
verb = partial(command, to=classroom)

Assignment = Annotated[str, typer.Argument(help="its folder's name in source")]
Course = Annotated[Path, typer.Option(help="the course's folder")]


@verb
def new(folder: Annotated[Path, typer.Argument(help="a new or empty one")]) -> None:
    """Make a course: the assignments, and nbgrader's folders and settings."""
    from srcourse.classroom import course as room

    for name in room.new(folder):
        typer.echo(name)
    typer.echo(f"{folder} is ready; next, in it: srcourse classroom release ASSIGNMENT")


@verb
def release(assignment: Assignment, course: Course = Path()) -> None:
    """Make the students' version, without solutions."""
    from srcourse.classroom import course as room

    typer.echo(f"to hand out: {room.release(course, assignment)}")


@verb
def grade(
    assignment: Assignment,
    course: Course = Path(),
    student: Annotated[list[str] | None, typer.Option(help="of all, if none")] = None,
) -> None:
    """Grade what lies in submitted/STUDENT/ASSIGNMENT; grading again is harmless."""
    from srcourse.classroom import course as room

    found = room.grade(course, assignment, student or ())
    for score in found:
        typer.echo(_line(score))
    if any(score.problem for score in found):
        raise typer.Exit(1)


@verb
def feedback(assignment: Assignment, course: Course = Path()) -> None:
    """Write each student's feedback, as a page of HTML."""
    from srcourse.classroom import course as room

    for file in room.feedback(course, assignment):
        typer.echo(file)


@verb
def scores(
    course: Course = Path(),
    to: Annotated[Path | None, typer.Option("--csv", help="write them to this file")] = None,
) -> None:
    """What every student has so far."""
    from srcourse.classroom import course as room

    found = room.scores(course)
    if to is None:
        for score in found:
            typer.echo(f"{score.assignment:<36} {_line(score)}")
        return
    with open(to, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("assignment", "student", "points", "most", "to grade by hand", "problem"))
        for score in found:
            graded = (score.points, score.most, score.by_hand)
            numbers = ("", "", "") if score.problem else graded  # no 0 where nothing was graded
            rows.writerow((score.assignment, score.student, *numbers, score.problem))


def _line(score) -> str:
    if score.problem:
        return f"{score.student:<20} not graded: {score.problem}"
    waiting = f", {score.by_hand} to grade by hand" if score.by_hand else ""
    return f"{score.student:<20} {score.points:g} of {score.most:g} points{waiting}"
