import re
from pathlib import Path

import pytest

from srcourse.claims import VERDICTS, Claim, Finding, Table, claims, table
from srcourse.claims.claim import claim, graded

ALL = claims()


@pytest.mark.parametrize("one", ALL, ids=lambda c: f"{c.section} {c.statement[:40]}")
def test_measured_again_each_claim_gets_its_recorded_verdict(one):
    found = one.measure()
    assert found.verdict == one.verdict
    assert found.evidence.endswith((".", ")"))
    if one.verdict == "does not hold":
        assert any(c.isdigit() for c in found.evidence) or "keywords" in found.evidence


def test_each_section_that_states_something_is_covered():
    sections = {c.section for c in ALL}
    expected = ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1.1", "2.1.2", "2.2", "2.3.1", "2.3.2"]
    expected += [
        "2.4.1",
        "2.4.2",
        "2.4.3",
        "2.4.4",
        "2.5",
        "3.1",
        "3.2",
        "3.3",
        "3.4",
        "4.1",
        "4.3",
    ]
    expected += ["4.4", "5.1", "5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "7.1", "7.3.1", "7.3.2"]
    assert [s for s in expected if s not in sections] == []
    assert {c.verdict for c in ALL} == set(VERDICTS)


def test_a_section_includes_its_subsections_in_order():
    found = [c.section for c in claims("2.4")]
    assert found == sorted(found)
    assert set(found) == {"2.4.1", "2.4.2", "2.4.3", "2.4.4"}


def test_an_unknown_section_is_an_error_that_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'9.9' is recorded; there are: 1.1, "):
        claims("9.9")


def test_a_verdict_must_be_one_of_the_four():
    with pytest.raises(ValueError, match="verdict is 'true'"):
        claim("1.1", "It is so.", "true")


def test_graded():
    assert graded(False, "No.", limit="But.").verdict == "does not hold"
    assert graded(True, "Yes.").verdict == "holds"
    limited = graded(True, "Yes.", limit="But.")
    assert (limited.verdict, limited.evidence) == ("holds with a limit", "Yes. But.")


def test_table_shows_statement_verdict_and_evidence():
    shown = table("2.3.1")
    assert "composed of integers" in repr(shown)
    assert "<strong>does not hold</strong>" in shown._repr_html_()
    assert "0.0625" in shown._repr_html_()


def test_counts_and_data_of_a_table():
    findings = Finding("holds", "Yes."), Finding("does not hold", "No.")
    one = Claim("1.1", "So it is.", "holds", lambda: findings[0])
    found = Table(tuple((one, finding) for finding in findings))
    assert found.counts() == {
        "holds": 1,
        "holds with a limit": 0,
        "does not hold": 1,
        "not checkable": 0,
    }
    assert found.as_data()["claims"][1] == {
        "section": "1.1",
        "statement": "So it is.",
        "verdict": "does not hold",
        "evidence": "No.",
        "recorded": "holds",
    }


def test_every_claim_is_shown_in_the_lesson_of_its_subject():
    sources = (Path(__file__).parents[1] / "notebooks" / "source").glob("*.py")
    sources = [source for source in sources if source.stem != "19_report_card"]  # shows all
    calls = re.findall(r"claims\.table\((.*?)\)", "\n".join(s.read_text() for s in sources))
    shown = {c for call in calls for c in claims(*re.findall(r'"([\d.]+)"', call))}
    assert [f"{c.section} {c.statement}" for c in ALL if c not in shown] == []
