"""`grade` as a notebook's cell calls it: an answer in one process, its judge in another."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from srcourse.classroom import answers, course, grade, wire
from srcourse.classroom.answers import Answer
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import find, judged
from tests.classroom.answers import a1, a2

apart = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one process only")
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        0.1,
        "ä",
        [1, [2.5, None]],
        (1, (2,)),
        {"a": 1, 2: [3]},
        float("inf"),
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        np.float32(1.5),
        np.array(True),
    ],
)
def test_plain_data_travels_unchanged(value):
    found = wire.unpack(wire.pack(value))
    assert type(found) is type(value)
    assert getattr(found, "dtype", None) == getattr(value, "dtype", None)
    assert np.array_equal(found, value) if isinstance(value, np.ndarray) else found == value


def test_a_tensor_travels_and_what_could_run_does_not():
    import torch

    assert torch.equal(wire.unpack(wire.pack(torch.arange(3.0))), torch.arange(3.0))
    for odd in (object(), len, np.array([None]), {1, 2}):
        with pytest.raises(TypeError):
            wire.pack(odd)
    for message in (b"", b"{}", b'{"array": 3}', b'{"what": []}', b"\x80\x04."):
        with pytest.raises(ValueError, match="no message"):
            wire.unpack(message)


def test_points_are_a_number_for_nbgrader_and_a_hint_for_the_learner():
    points = grade("a1-output-size", a1.no_dilation)
    assert float(repr(points)) == points == 1
    assert "dilation is left out" in points.words
    assert "1 of 2 points" in points._repr_html_()


def test_an_unknown_question_is_named():
    with pytest.raises(ValueError, match="there is no question 'a1-gone'; there are: a1-by-hand"):
        grade("a1-gone", None)


@apart
@pytest.mark.parametrize(
    ("key", "answer", "points"),
    [
        ("a1-by-hand", (a1.VALID, a1.PADDED), 2),
        ("a1-conv2d", a1.four_loops, 4),
        ("a1-conv2d", a1.by_scipy, 0),
        ("a2-block", a2.Parts, 3),
        ("a2-block", a2.ZeroPadded, 2),
    ],
)
def test_both_ways_to_run_a_judge_agree(key, answer, points):
    asked = find(key)
    here = judged(asked, Answer(answer, asked.forbidden))
    there = grade(key, answer)
    assert (here.points, here.words) == (points, there.words)
    assert there == points


def endless(*args):
    while True:
        with contextlib.suppress(BaseException):
            1 / 0  # noqa: B018


def hungry(*args):
    held = []
    while True:
        held.append(np.empty(10**7))


def ends_python(*args):
    os._exit(0)


def kills_its_parent(*args):
    os.kill(os.getppid(), 0)
    raise SystemExit


def talks_into_the_line(*args):
    for number in range(3, 100):
        with contextlib.suppress(OSError):
            os.write(number, b"\0\0\0\0\0\0\0\x02[]")
    return 1


def as_an_object(*args):
    return object()


def as_nothing_finite(*args):
    return float("nan")


@apart
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (endless, "did not come to an end within 1 seconds"),
        (hungry, "more memory than there is"),
        (ends_python, "ended Python itself"),
        (kills_its_parent, "Your code stopped with SystemExit"),
        (talks_into_the_line, "wrote into the line"),
        (as_an_object, "what cannot be judged (object)"),
        (as_nothing_finite, "NaN"),
    ],
)
def test_what_breaks_in_an_answer_becomes_a_hint(answer, words):
    asked = find("a1-output-size")
    with answers.apart(answer) as line:
        verdict = judged(asked, answers.Remote(line, asked.forbidden, seconds=1))
    assert verdict.points == 0
    assert words in verdict.words


@apart
def test_what_an_answer_started_ends_with_it(tmp_path):
    def leaves_a_process(*args):
        if (child := os.fork()) == 0:
            endless()
        (tmp_path / str(child)).touch()
        return a1.formula(*args)

    asked = find("a1-output-size")
    with answers.apart(leaves_a_process) as line:
        assert judged(asked, answers.Remote(line, asked.forbidden, seconds=5)).points == 2
    started = [int(file.name) for file in tmp_path.iterdir()]
    assert len(started) == 8
    deadline = time.monotonic() + 10
    while any(map(_runs, started)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and nobody has asked how


@apart
def test_noise_and_a_file_that_is_called_numpy_disturb_nothing(tmp_path, monkeypatch, capfd):
    def noisy(*args):
        print("noise" * 10**5)
        print("noise", file=sys.stderr)
        os.write(2, b"noise")
        return a1.formula(*args)

    (tmp_path / "numpy.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert grade("a1-output-size", noisy) == 2
    assert capfd.readouterr() == ("", "")


def test_a_spoiled_argument_is_noticed_and_a_caught_theft_is_too():
    def spoils(image):
        image += 1
        return image

    with pytest.raises(Wrong, match="It changed what it was given"):
        Answer(spoils)(np.zeros(3))
    asked = find("a1-conv2d")
    assert "of srcourse" in judged(asked, Answer(a1.by_the_course, asked.forbidden)).words


@pytest.mark.parametrize(
    ("folder", "words"),
    [("full", "not empty"), ("full/file", "which is a file")],
)
def test_a_course_is_made_in_a_new_folder_only(tmp_path, folder, words):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(ValueError, match=words):
        course.new(tmp_path / folder)


def test_without_nbgrader_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    with pytest.raises(ValueError, match=r"pip install -c constraints"):
        course.new(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_no_course_and_an_assignment_that_is_not_there_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"has no nbgrader_config.py"):
        course.scores(tmp_path)
    course.new(tmp_path / "course")
    with pytest.raises(ValueError, match="in source there are: a1_convolution"):
        course.release(tmp_path / "course", "a9")
    with pytest.raises(ValueError, match="nothing is in submitted/STUDENT/a1"):
        course.grade(tmp_path / "course", "a1_convolution_and_pooling")


def test_the_lessons_do_not_load_nbgrader():
    script = (
        "import srcourse.classroom, srcourse.cli.classroom, sys; print('nbgrader' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_what_a_library_calls_while_it_is_imported_is_no_borrowing(tmp_path, monkeypatch):
    lines = "def helper():\n    return 1\n\n\nTABLE = [helper()]\n"
    (tmp_path / "lender.py").write_text(lines)
    (tmp_path / "second_lender.py").write_text(lines)
    monkeypatch.syspath_prepend(tmp_path)

    def imports():
        import lender

        return len(lender.TABLE)

    def borrows():
        import second_lender

        return second_lender.helper()

    assert Answer(imports, ("lender",))() == 1
    with pytest.raises(Wrong, match="It calls `helper` of second_lender"):
        Answer(borrows, ("second_lender",))()
