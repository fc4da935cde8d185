"""A statement of the source report as data: what it says, what we find, and how."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

VERDICTS = ("holds", "holds with a limit", "does not hold", "not checkable")


@dataclass(frozen=True)
class Finding:
    """What a measurement says of a claim: one of VERDICTS, and a sentence with its figures."""

    verdict: str
    evidence: str


@dataclass(frozen=True)
class Claim:
    """section: of the source report. statement: what it says there, in our words.

    verdict: as recorded; a test measures it again. measure: returns a Finding; for what no cell of
    this course can settle, one that says why.
    """

    section: str
    statement: str
    verdict: str
    measure: Callable[[], Finding]


_REGISTRY: list[Claim] = []


def claim(section: str, statement: str, verdict: str) -> Callable:
    """Register the decorated function as the measurement of a claim.

    Raises ValueError for a verdict that is none.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"verdict is {verdict!r}; accepted: {', '.join(VERDICTS)}")

    def register(measure: Callable[[], Finding]) -> Callable[[], Finding]:
        _REGISTRY.append(Claim(section, statement, verdict, measure))
        return measure

    return register


def not_checkable(section: str, statement: str, why: str) -> None:
    """Register a claim that nothing in this course can measure, and `why`."""
    claim(section, statement, "not checkable")(lambda: Finding("not checkable", why))


def graded(holds: bool, evidence: str, *, limit: str = "") -> Finding:
    """A finding from a condition; where it holds, but not without a `limit`, the limit is told."""
    if not holds:
        return Finding("does not hold", evidence)
    if limit:
        return Finding("holds with a limit", f"{evidence} {limit}")
    return Finding("holds", evidence)


def claims(*sections: str) -> tuple[Claim, ...]:
    """The claims of the report's `sections` (``"2.4"`` includes ``"2.4.2"``), or all, in order.

    Raises ValueError for a section that has none.
    """
    for section in sections:
        if not any(_within(c.section, section) for c in _REGISTRY):
            known = ", ".join(sorted({c.section for c in _REGISTRY}))
            raise ValueError(f"no claim of section {section!r} is recorded; there are: {known}")
    chosen = [c for c in _REGISTRY if not sections or any(_within(c.section, s) for s in sections)]
    return tuple(sorted(chosen, key=lambda c: [int(part) for part in c.section.split(".")]))


def _within(section: str, outer: str) -> bool:
    return section == outer or section.startswith(f"{outer}.")


@dataclass(frozen=True)
class Table:
    """Claims, each with what was found just now."""

    rows: tuple[tuple[Claim, Finding], ...]

    def counts(self) -> dict[str, int]:
        """How many got each verdict, in the order of VERDICTS."""
        found = [finding.verdict for _, finding in self.rows]
        return {verdict: found.count(verdict) for verdict in VERDICTS}

    def as_data(self) -> dict[str, Any]:
        """Counts and rows as plain data; `recorded` is the verdict that a test holds it to."""
        rows = [
            {
                "section": claim.section,
                "statement": claim.statement,
                "verdict": finding.verdict,
                "evidence": finding.evidence,
                "recorded": claim.verdict,
            }
            for claim, finding in self.rows
        ]
        return {"counts": self.counts(), "claims": rows}

    def __repr__(self) -> str:
        return "\n".join(
            f"{claim.section}: {claim.statement}\n    {found.verdict}: {found.evidence}"
            for claim, found in self.rows
        )

    def _repr_html_(self) -> str:
        left = 'style="text-align:left;vertical-align:top"'
        rows = "".join(
            f"<tr><td {left}>{claim.section}</td><td {left}>{html.escape(claim.statement)}</td>"
            f"<td {left}><strong>{found.verdict}</strong></td>"
            f"<td {left}>{html.escape(found.evidence)}</td></tr>"
            for claim, found in self.rows
        )
        names = ("Section", "The source report says", "Verdict", "What a cell finds")
        head = "".join(f"<th {left}>{name}</th>" for name in names)
        return f"<table><tr>{head}</tr>{rows}</table>"


def table(*sections: str) -> Table:
    """Measure the claims of `sections` now. Raises ValueError as `claims` does."""
    return Table(tuple((c, c.measure()) for c in claims(*sections)))
