"""The wheel by itself: it carries the lessons and the data, and a lesson runs from it.

Built and installed without the network, and without the clone: what runs is the wheel's.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A learner's two steps: the copy, and the first lesson run in it by its own kernel.
LEARNER = """
import json, sys
import nbclient, nbformat
import srcourse
from srcourse import lab

done = lab.copy_lessons("mine")
lesson = nbformat.read(done.folder / lab.START, as_version=4)
lesson.cells.append(nbformat.v4.new_code_cell("import srcourse; print(srcourse.__file__)"))
client = nbclient.NotebookClient(
    lesson, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(done.folder)}}
)
client.execute()
json.dump(
    {
        "copied": done.added,
        "here": srcourse.__file__,
        "in the kernel": lesson.cells[-1].outputs[0].text.strip(),
    },
    sys.stdout,
)
"""


def built(folder: Path) -> Path:
    """The wheel, built into `folder` by what is installed here."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--target", folder, wheel),
        ],
        check=True,
    )
    return folder


def shipped(folder: str, pattern: str) -> set[str]:
    return {
        f"srcourse/shipped/{file.relative_to(ROOT).as_posix()}"
        for file in (ROOT / folder).glob(pattern)
        if file.is_file()
    }


def test_wheel_is_no_larger_than_a_learner_would_wait_for(wheel):
    assert wheel.stat().st_size < 60e6


def test_wheel_carries_lessons_data_and_front_ends_but_no_sources(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    lessons = shipped("notebooks", "*.ipynb") | shipped("notebooks", "assignments/*.ipynb")
    assert any("assignments" in name for name in lessons)
    assert lessons <= names
    data = shipped("data", "results/*.json") | shipped("data", "weights/*.safetensors")
    assert data
    assert data <= names
    front_ends = {
        f"srcourse/widgets/{file.name}" for file in ROOT.glob("srcourse/widgets/*.[jc]*s")
    }
    assert front_ends
    assert front_ends | {"srcourse/jupyter/labconfig/page_config.json"} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    allowed = ("srcourse/", "srcourse-")
    assert {name for name in names if not name.startswith(allowed)} == set()
    assert not {n for n in names if "/notebooks/" in n and n.endswith(".py")}
    assert not {n for n in names if ".ipynb_checkpoints" in n or "__pycache__" in n}


def test_learner_with_the_wheel_alone_copies_the_lessons_and_runs_the_first(installed, tmp_path):
    own = {"PYTHONPATH": installed, "IPYTHONDIR": tmp_path / "ipython"}
    own |= {"JUPYTER_RUNTIME_DIR": tmp_path / "runtime"}
    done = subprocess.run(
        [sys.executable, "-c", LEARNER],
        cwd=tmp_path,
        env=os.environ | {key: str(value) for key, value in own.items()},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["here"] == said["in the kernel"] == str(installed / "srcourse" / "__init__.py")
    assert said["copied"] == sorted(file.name for file in ROOT.glob("notebooks/*.ipynb"))
    assert {file.name for file in (tmp_path / "mine").glob("*.ipynb")} == set(said["copied"])
