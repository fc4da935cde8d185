import json

import pytest

from srcourse import progress
from srcourse.classroom import Wrong, check, course_map, exercise, exercises


def size(n, k, s, p):
    return (n + 2 * p - k) // s + 1


def test_what_is_passed_is_kept_and_shown_on_the_map(own_progress):
    before = next(row for row in course_map().rows if row[0].number == "03")
    check("03-output-size", lambda *a: None)
    assert not own_progress.exists()
    assert check("03-output-size", size).passed
    after = next(row for row in course_map().rows if row[0].number == "03")
    assert (before[1], after[1]) == (0, 1)
    assert "03-output-size" in json.loads(own_progress.read_text())["passed"]
    assert "1 of" in repr(course_map())
    assert "●○" in course_map()._repr_html_()


def test_a_broken_progress_file_is_set_aside_and_not_lost(own_progress):
    own_progress.write_text('{"passed": {"03-')
    assert check("03-output-size", size).passed
    assert own_progress.with_name("progress.json.broken").read_text() == '{"passed": {"03-'
    assert list(progress.read()["passed"]) == ["03-output-size"]


def test_a_folder_that_cannot_be_written_to_loses_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setenv("SRCOURSE_PROGRESS", str(tmp_path / "gone" / "progress.json"))
    assert check("03-output-size", size).passed


def test_an_unknown_exercise_is_named_and_the_nearest_suggested():
    with pytest.raises(ValueError, match="did you mean '03-output-size'"):
        check("03-ouput-size", size)


def test_an_error_in_the_answer_is_told_and_not_raised():
    result = check("03-output-size", lambda *a: 1 // 0)
    assert not result.passed
    assert "ZeroDivisionError" in result.words


def test_html_cannot_be_smuggled_in_through_a_hint():
    @exercise("99-html", "<b>bold</b>")
    def judge(answer):
        raise Wrong(f"got {answer}")

    try:
        html = check("99-html", "<script>")._repr_html_()
    finally:
        del exercises.__globals__["_REGISTRY"]["99-html"]
    assert "<script>" not in html
    assert "<b>bold" not in html


def test_code_in_a_hint_is_shown_as_code():
    result = check("00-enlarge", None)
    assert "`bigger`" in result.words
    assert "<code>bigger</code>" in result._repr_html_()


def test_the_first_guess_is_the_one_that_counts(own_progress):
    progress.record("predicted", "03-stops", "9")
    progress.record("predicted", "03-stops", "4")
    assert progress.read()["predicted"] == {"03-stops": "9"}, (
        "the first guess is the one that counts"
    )
