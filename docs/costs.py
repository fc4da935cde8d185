"""What the lessons cost a server: the tables of `classroom.md`, from the recorded measurement."""

from math import floor

from srcourse import results
from srcourse.classroom import LESSONS

SYSTEM_GIB = 1.0  # kept for the machine and the hub
PATIENCE = 300  # seconds that a class waits at most when all of it runs a whole lesson at once
MACHINES = ((2, 4), (4, 8), (4, 16), (8, 32), (16, 64))  # cores, GiB


def filled(page: str) -> str:
    """`page` with the tables in the places that it names."""
    record = results.read("lesson_costs")
    found = record["results"]
    for name, table in (("lessons", per_lesson(found)), ("machines", per_machine(found))):
        place = f"<!-- table: {name} -->"
        if place not in page:
            raise ValueError(f"page has no place {place!r}")
        page = page.replace(place, table)
    made = f"{record['date']}, {record['device']}, Python {record['versions']['python']}"
    return page.replace("<!-- measured -->", f"Measured {made}.")


def per_lesson(found: dict) -> str:
    """Seconds and peak memory of each lesson, and what the learner's own server takes."""
    rows: list[tuple] = [("Lesson", "Seconds", "CPU seconds", "Peak memory, MiB")]
    titles = {lesson.name: f"{lesson.number} {lesson.title}" for lesson in LESSONS}
    for cost in found["lessons"]:
        figures = (f"{cost[key]:.0f}" for key in ("seconds", "cpu_seconds", "peak_mib"))
        rows.append((titles[cost["lesson"]], *figures))
    rows.append(("JupyterLab's server itself", "", "", f"{found['server_mib']:.0f}"))
    return table(rows)


def per_machine(found: dict) -> str:
    """How many learners fit, by memory and by cores."""
    rows: list[tuple] = [("Cores", "Memory, GiB", "by memory", "by cores", "Learners")]
    for cores, gib in MACHINES:
        by_memory, by_cores = learners(found, cores, gib)
        rows.append((cores, gib, by_memory, by_cores, min(by_memory, by_cores)))
    return table(rows)


def learners(found: dict, cores: int, gib: float) -> tuple[int, int]:
    """How many learners a machine has memory for, and how many it has cores for."""
    peak = max(cost["peak_mib"] for cost in found["lessons"]) + found["server_mib"]
    heaviest = max(cost["cpu_seconds"] for cost in found["lessons"])
    return floor((gib - SYSTEM_GIB) * 1024 / peak), floor(cores * PATIENCE / heaviest)


def table(rows: list[tuple], left: bool = False) -> str:
    """`rows` in Markdown, the first as its head; but for the first column figures stand right."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    rule = "|---" + ("|---" if left else "|--:") * (len(rows[0]) - 1) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
