"""What repo2docker reads of this repository, and that nothing is left to do after its build.

repo2docker itself needs a network and Docker; what it would do is checked part by part.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from srcourse import lab, widgets
from srcourse.widgets.base import CourseWidget

ROOT = Path(__file__).resolve().parents[1]
# Files that would count instead of environment.yml, or beside it; `binder` folders hide the root.
OTHERS = (
    "Dockerfile",
    "Pipfile",
    "REQUIRE",
    "Project.toml",
    "default.nix",
    "install.R",
    "DESCRIPTION",
)
STEPS = ("postBuild", "start", "apt.txt", "runtime.txt")


def deciding(folder: Path) -> list[str]:
    """The files of `folder` by which repo2docker builds, and the steps that follow."""
    for hidden in ("binder", ".binder"):
        if (folder / hidden).is_dir():
            return [f"{hidden}/"]
    return [n for n in (*OTHERS, "environment.yml", *STEPS) if (folder / n).exists()]


def test_environment_yml_alone_decides_and_no_step_follows():
    assert deciding(ROOT) == ["environment.yml"]


@pytest.mark.parametrize("name", ["Dockerfile", "postBuild", ".binder/environment.yml"])
def test_what_would_decide_instead_is_seen(tmp_path, name):
    (tmp_path / "environment.yml").touch()
    assert deciding(tmp_path) == ["environment.yml"]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert deciding(tmp_path) != ["environment.yml"]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """What a clone would hold: the files that git tracks, or would."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def test_what_pip_is_given_can_be_built_in_a_clean_folder(clone, tmp_path):
    """`-c constraints.txt` and `-e .` are local: repo2docker then copies the whole repository."""
    *_, pip = yaml.safe_load((clone / "environment.yml").read_text())["dependencies"]
    assert pip == {"pip": ["-c constraints.txt", "-e ."]}
    assert (clone / "constraints.txt").is_file()
    # The build that pip asks for at `-e .`: a wheel that points into the folder.
    script = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", script], cwd=clone, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        paths = [archive.read(n).decode().strip() for n in archive.namelist() if n.endswith(".pth")]
    assert str(clone) in [str(Path(line)) for text in paths for line in text.splitlines()]


def test_the_course_starts_from_the_clone(clone, tmp_path):
    script = (
        "import srcourse as sr; from srcourse import lab\n"
        "picture = sr.upscale(sr.images.sample('chelsea')[:16, :16], 2, 'bicubic')\n"
        "copied = lab.copy_lessons('mine')\n"
        "print(sr.__file__, picture.shape, len(copied.added))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(clone), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        str(clone / "srcourse" / "__init__.py"), "(32,", "32,", "3)", str(len(lab.lessons()))
    ]  # fmt: skip


def test_the_widgets_need_no_build():
    """Their front ends are whole modules, and JupyterLab's part of it comes built."""
    kinds = [getattr(widgets, name) for name in widgets.__all__]
    assert kinds
    for kind in kinds:
        assert issubclass(kind, CourseWidget)
        assert "export default" in kind._esm
        assert "import " not in "".join(kind._esm.partition("export default")[::2])
        assert "https://" not in kind._esm
    command = [sys.executable, "-m", "jupyter", "labextension", "list"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in ("anywidget", "@jupyter-widgets/jupyterlab-manager"):
        (line,) = (text for text in (said.stdout + said.stderr).splitlines() if f"{name} v" in text)
        assert "enabled" in line
        assert "OK" in line


def test_the_lines_that_a_hub_runs_copy_the_lessons(tmp_path):
    """Those that the page on JupyterHub gives, with a folder of the test's own."""
    page = (ROOT / "docs" / "classroom.md").read_text()
    lines = re.findall(r"(from srcourse import lab; lab\.copy_lessons\('[^']+'\))", page)
    assert len(lines) == 2
    for number, line in enumerate(lines):
        folder = tmp_path / str(number)
        exec(re.sub(r"'[^']+'", repr(str(folder)), line))
        assert {file.name for file in folder.glob("*.ipynb")} == set(lab.lessons())
