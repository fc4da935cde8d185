"""The learner's copy of the lessons (srcourse.lab) and its verb."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from srcourse import cli, lab, shipped

NAMES = ("00_start_here.ipynb", "01_eyes.ipynb", "03_convolution.ipynb")


def ship(notebooks: Path, **texts: str) -> None:
    """Change what the course ships: lesson stem → text."""
    for stem, text in texts.items():
        (notebooks / f"{stem}.ipynb").write_text(text)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A stand-in for the course's own notebooks folder, with what a learner must not get."""
    folder = tmp_path / "course" / "notebooks"
    for inner in ("source", "assignments"):
        (folder / inner).mkdir(parents=True)
        (folder / inner / "90_teacher.ipynb").write_text("solutions")
    (folder / "source" / "03_convolution.py").write_text("# %%")
    (folder / "build.py").write_text("")
    for name in NAMES:
        (folder / name).write_text(f"{name}, first version")
    monkeypatch.setattr(shipped, "folder", lambda name: folder.parent / name)
    return folder


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "home" / "sr-course"


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir() if file.name != lab.RECORD}


# The copy


def test_first_run_copies_the_lessons_and_nothing_else(notebooks, mine):
    done = lab.copy_lessons(mine)
    assert done == lab.Copied(mine, NAMES, (), (), (), ())
    assert content(mine) == {name: f"{name}, first version" for name in NAMES}


def test_second_run_does_nothing(notebooks, mine):
    lab.copy_lessons(mine)
    before = {file: file.stat().st_mtime_ns for file in mine.iterdir()}
    assert lab.copy_lessons(mine) == lab.Copied(mine, (), (), (), (), ())
    assert {file: file.stat().st_mtime_ns for file in mine.iterdir()} == before


def test_untouched_lessons_follow_the_course_and_new_ones_come(notebooks, mine):
    lab.copy_lessons(mine)
    ship(notebooks, **{"01_eyes": "second", "04_pooling": "new"})
    done = lab.copy_lessons(mine)
    assert done == lab.Copied(mine, ("04_pooling.ipynb",), ("01_eyes.ipynb",), (), (), ())
    assert content(mine)["01_eyes.ipynb"] == "second"
    ship(notebooks, **{"01_eyes": "third"})  # an updated lesson is still untouched
    assert lab.copy_lessons(mine).updated == ("01_eyes.ipynb",)


def test_a_changed_lesson_is_never_written_to(notebooks, mine):
    lab.copy_lessons(mine)
    (mine / "03_convolution.ipynb").write_text("my work")
    done = lab.copy_lessons(mine)
    assert (done.kept, done.newer) == (("03_convolution.ipynb",), ())
    ship(notebooks, **{"03_convolution": "second"})
    for _ in range(2):  # it is said each time
        done = lab.copy_lessons(mine)
        assert done.kept == done.newer == ("03_convolution.ipynb",)
        assert done.updated == ()
        assert content(mine)["03_convolution.ipynb"] == "my work"


def test_refresh_writes_beside_and_overwrites_nothing(notebooks, mine):
    lab.copy_lessons(mine)
    (mine / "03_convolution.ipynb").write_text("my work")
    (mine / "03_convolution.new.ipynb").write_text("mine too")
    ship(notebooks, **{"03_convolution": "second"})
    done = lab.copy_lessons(mine, ["03_convolution"])
    assert done.refreshed == ("03_convolution.new2.ipynb",)
    found = content(mine)
    assert found["03_convolution.ipynb"] == "my work"
    assert found["03_convolution.new.ipynb"] == "mine too"
    assert found["03_convolution.new2.ipynb"] == "second"
    # It is offered no more, and asking again finds the file that is there.
    assert lab.copy_lessons(mine).newer == ()
    assert lab.copy_lessons(mine, ["03_convolution"]).refreshed == done.refreshed
    ship(notebooks, **{"03_convolution": "third"})
    assert lab.copy_lessons(mine).newer == ("03_convolution.ipynb",)
    assert lab.copy_lessons(mine, ["03"]).refreshed == ("03_convolution.new3.ipynb",)


def test_refreshed_version_may_take_the_lessons_place(notebooks, mine):
    lab.copy_lessons(mine)
    (mine / "03_convolution.ipynb").write_text("my work")
    ship(notebooks, **{"03_convolution": "second"})
    lab.copy_lessons(mine, ["03_convolution"])
    (mine / "03_convolution.new.ipynb").replace(mine / "03_convolution.ipynb")
    ship(notebooks, **{"03_convolution": "third"})
    assert lab.copy_lessons(mine).updated == ("03_convolution.ipynb",)


def test_refreshing_what_is_unchanged_writes_nothing(notebooks, mine):
    lab.copy_lessons(mine)
    assert lab.copy_lessons(mine, ["03_convolution"]).refreshed == ()
    assert set(content(mine)) == set(NAMES)


@pytest.mark.parametrize(
    "name", ["03_convolution", "03_convolution.ipynb", "03", "sr-course/03_convolution.ipynb"]
)
def test_refresh_understands_the_lessons_name(notebooks, mine, name):
    lab.copy_lessons(mine)
    (mine / "03_convolution.ipynb").write_text("my work")
    assert lab.copy_lessons(mine, [name]).refreshed == ("03_convolution.new.ipynb",)


def test_a_deleted_lesson_comes_back(notebooks, mine):
    lab.copy_lessons(mine)
    (mine / "01_eyes.ipynb").unlink()
    assert lab.copy_lessons(mine).added == ("01_eyes.ipynb",)


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"01_eyes.ipynb": 7}'])
def test_without_its_record_everything_different_is_the_learners(notebooks, mine, damage):
    lab.copy_lessons(mine)
    (mine / lab.RECORD).write_text(damage)
    (mine / "01_eyes.ipynb").write_text("my work")
    ship(notebooks, **{"03_convolution": "second"})
    done = lab.copy_lessons(mine)
    assert done.kept == ("01_eyes.ipynb", "03_convolution.ipynb")
    assert content(mine)["01_eyes.ipynb"] == "my work"


@pytest.mark.parametrize("copied_before", [True, False])
def test_what_is_no_file_in_a_lessons_place_is_left_alone(notebooks, mine, copied_before):
    lab.copy_lessons(mine)
    for name in NAMES[:2]:
        (mine / name).unlink()
    if not copied_before:
        (mine / lab.RECORD).unlink()
    (mine / NAMES[0]).mkdir()
    (mine / NAMES[1]).symlink_to("nowhere")
    assert lab.copy_lessons(mine).kept == NAMES[:2]
    assert (mine / NAMES[0]).is_dir()
    assert (mine / NAMES[1]).is_symlink()


def test_an_interrupted_copy_leaves_whole_files_and_goes_on(notebooks, mine, monkeypatch):
    lab.copy_lessons(mine)
    ship(notebooks, **{"01_eyes": "second", "03_convolution": "second"})
    real = Path.replace

    def full(self, target):
        if "03" in self.name:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ValueError, match="No space left on device"):
        lab.copy_lessons(mine)
    assert content(mine) == {
        NAMES[0]: f"{NAMES[0]}, first version",
        NAMES[1]: "second",
        NAMES[2]: f"{NAMES[2]}, first version",
    }
    monkeypatch.undo()
    monkeypatch.setattr(shipped, "folder", lambda name: notebooks.parent / name)
    assert lab.copy_lessons(mine).updated == (NAMES[2],)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ship"), st.sampled_from(NAMES)),
        st.tuples(st.just("edit"), st.sampled_from(NAMES)),
        st.tuples(st.just("edit beside"), st.sampled_from(NAMES)),
        st.tuples(st.just("delete"), st.sampled_from(NAMES)),
        st.tuples(st.just("lose the record"), st.just("")),
        st.tuples(st.just("run"), st.just("")),
        st.tuples(st.just("refresh"), st.sampled_from(NAMES)),
    ),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_nothing_the_learner_wrote_is_lost(tmp_path_factory, steps):
    root = tmp_path_factory.mktemp("any")
    notebooks, mine = root / "notebooks", root / "mine"
    notebooks.mkdir()
    mine.mkdir()
    for name in NAMES:
        (notebooks / name).write_text("version 0")
    written: dict[Path, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "folder", lambda name: root / name)
        for number, (what, name) in enumerate(steps):
            if what == "ship":
                (notebooks / name).write_text(f"version {number}")
            elif what in ("edit", "edit beside"):
                file = mine / (name if what == "edit" else name.replace(".", ".new."))
                file.write_text(f"mine {number}")
                written[file] = f"mine {number}"
            elif what == "delete":
                (mine / name).unlink(missing_ok=True)
                written.pop(mine / name, None)
            elif what == "lose the record":
                (mine / lab.RECORD).unlink(missing_ok=True)
            else:
                lab.copy_lessons(mine, [name] if what == "refresh" else [])
                assert not list(mine.glob("*.part"))
            assert {file: file.read_text() for file in written} == written


# Bad input


def test_folder_that_is_a_file(notebooks, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    with pytest.raises(ValueError, match=r"^folder is .*notes\.txt.* is a file"):
        lab.copy_lessons(file)
    assert file.read_text() == "mine"


def test_folder_that_cannot_be_made(notebooks, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"^folder is .*cannot be written to \(Not a directory\)"):
        lab.copy_lessons(tmp_path / "notes.txt" / "lessons")


def test_folder_that_cannot_be_written_to(notebooks, mine, monkeypatch):
    # The tests may run as root, for whom there is no such folder.
    def denied(self, data):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", denied)
    with pytest.raises(ValueError, match=r"cannot be written to \(Permission denied\); name a fol"):
        lab.copy_lessons(mine)


@pytest.mark.parametrize("inside", [".", "mine", "source/../mine"])
def test_folder_within_the_courses_own(notebooks, inside):
    before = sorted(notebooks.rglob("*"))
    with pytest.raises(ValueError, match="which is the course's own"):
        lab.copy_lessons(notebooks / inside)
    assert sorted(notebooks.rglob("*")) == before


def test_folder_within_the_courses_own_by_a_link(notebooks, tmp_path):
    (tmp_path / "link").symlink_to(notebooks)
    with pytest.raises(ValueError, match="which is the course's own"):
        lab.copy_lessons(tmp_path / "link")


def test_unknown_lesson_is_refused_before_anything_is_written(notebooks, mine):
    with pytest.raises(ValueError, match=r"'03_convolutoin'; did you mean '03_convolution'\?"):
        lab.copy_lessons(mine, ["03_convolutoin"])
    with pytest.raises(ValueError, match=r"'zzz'; the lessons are: 00_start_here, 01_eyes, "):
        lab.copy_lessons(mine, ["zzz"])
    assert not mine.exists()


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("localhost", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ValueError, match=f"port is {port}, which another program uses"):
            lab.check_port(port)
    lab.check_port(port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port_out_of_range(port):
    with pytest.raises(ValueError, match=f"port is {port}; it must be from 1 to 65535"):
        lab.check_port(port)


def test_course_without_lessons(notebooks, mine):
    for file in notebooks.glob("*.ipynb"):
        file.unlink()
    with pytest.raises(FileNotFoundError, match="lessons are missing"):
        lab.copy_lessons(mine)


# The verb


@pytest.fixture
def srcourse(monkeypatch, tmp_path):
    """Run the command in an empty folder; JupyterLab's start is only noted."""
    opened = []
    monkeypatch.setattr(lab, "open_lab", lambda *given: opened.append(given))
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")

    def run(*words):
        opened.clear()
        result = CliRunner().invoke(cli.app, ["lab", *map(str, words)])
        return result, list(opened)

    return run


def test_verb_copies_to_sr_course_and_opens_it(notebooks, srcourse, tmp_path):
    result, opened = srcourse()
    here = tmp_path / "cwd" / "sr-course"
    assert result.exit_code == 0, result.output
    assert set(content(here)) == set(NAMES)
    assert f"copied to {here}: 3 of the course's lessons" in result.stdout
    assert opened == [(here, None, True)]


def test_verb_says_what_it_kept_and_how_to_get_the_other(notebooks, srcourse, mine):
    srcourse(mine)
    (mine / "03_convolution.ipynb").write_text("my work")
    ship(notebooks, **{"01_eyes": "second", "03_convolution": "second"})
    result, opened = srcourse(mine, "--port", 9999, "--no-browser")
    assert "updated, as you had not changed them: 01_eyes.ipynb\n" in result.stdout
    assert "yours, left as they are: 03_convolution.ipynb\n" in result.stdout
    assert "--refresh 03_convolution puts it beside yours" in result.stdout
    assert opened == [(mine, 9999, False)]
    result, _ = srcourse(mine, "--refresh", "03_convolution")
    assert f"the course's version: {mine / '03_convolution.new.ipynb'}\n" in result.stdout
    result, _ = srcourse(mine, "--refresh", "01_eyes")
    assert "nothing to refresh" in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--port", "70000"], "port is 70000"),
        (["--refresh", "4_pooling"], "refresh is '4_pooling'"),
        (["../course/notebooks"], "the course's own"),
    ],
)
def test_verb_refuses_in_one_line(notebooks, srcourse, tmp_path, words, message):
    result, opened = srcourse(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("srcourse: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert opened == []
    assert list((tmp_path / "cwd").iterdir()) == []


# The real course, the real server


def test_the_course_starts_with_the_lesson_that_opens():
    assert next(iter(lab.lessons())) == lab.START


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_jupyterlab_opens_at_lesson_00_asks_nobody_and_ends_on_ctrl_c(tmp_path):
    import pty

    terminal, keyboard = pty.openpty()
    command = "import sys; sys.argv[0] = 'srcourse'; from srcourse.cli import app; app()"
    own = {"HOME": tmp_path, "JUPYTER_CONFIG_DIR": tmp_path / "config"}
    own |= {"JUPYTER_RUNTIME_DIR": tmp_path / "runtime", "JUPYTER_DATA_DIR": tmp_path / "data"}
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", command, "lab", "mine", "--no-browser"],
            cwd=tmp_path,
            env=os.environ | {key: str(value) for key, value in own.items()},
            stdin=keyboard,
            stdout=log,
            stderr=log,
        )
        try:
            address, said = None, ""
            for _ in range(600):
                said = (tmp_path / "log").read_text()
                address = re.search(
                    r"(http://127\S+?)(/lab/tree/00_start_here\.ipynb)(\?\S+)", said
                )
                if address or server.poll() is not None:
                    break
                time.sleep(0.1)
            assert address, said
            base, path, token = address.groups()

            def get(where: str) -> str:
                with urllib.request.urlopen(base + where + token, timeout=60) as answer:
                    return answer.read().decode()

            page = re.search(r'id="jupyter-config-data".*?>(.*?)</script>', get(path), re.DOTALL)
            config = json.loads(page[1])
            assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
            assert config["extensionManager"]["can_install"] is False
            assert json.loads(get("/lab/api/news")) == {"news": []}
            assert json.loads(get("/lab/api/update")) == {"notification": None}
            served = json.loads(get("/api/contents"))["content"]
            assert {f["name"] for f in served} >= set(lab.lessons())
            server.send_signal(signal.SIGINT)
            assert server.wait(30) == 0, (tmp_path / "log").read_text()
        finally:
            server.kill()
            server.wait()
            os.close(terminal)
            os.close(keyboard)
