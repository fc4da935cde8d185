"""srcourse.doctor: each check is made to fail, and its verb to say so."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from packaging.requirements import Requirement
from typer.testing import CliRunner

from srcourse import cli, doctor, lab, shipped

NEEDS = [Requirement(r) for r in metadata.requires("srcourse") or ()]
RUNTIME = {r.name for r in NEEDS if not r.marker or r.marker.evaluate({"extra": ""})}


def found(name: str) -> doctor.Check:
    (check,) = [c for c in doctor.checks() if c.name == name]
    assert bool(check.advice) != check.ok, "advice where there is a problem, and only there"
    assert "\n" not in check.found + check.advice
    return check


@pytest.fixture
def installed(monkeypatch):
    """Change what appears to be installed: name → version, or None for missing."""

    def change(**versions: str | None) -> None:
        real = metadata.version

        def version(name: str) -> str:
            if name not in versions:
                return real(name)
            if versions[name] is None:
                raise metadata.PackageNotFoundError(name)
            return versions[name]

        monkeypatch.setattr(metadata, "version", version)

    return change


def test_every_runtime_dependency_is_checked_and_no_extra():
    names = [c.name for c in doctor.checks()]
    assert len(names) == len(set(names))
    assert RUNTIME.issubset(names)
    assert "torch" in RUNTIME
    assert not {"pytest", "mypy"} & set(names)


def test_this_environment_has_what_it_was_installed_with():
    for name in ("Python", *RUNTIME, "kernel python3", *map("widgets: {}".format, WIDGETS)):
        assert found(name).ok, found(name)


WIDGETS = ("jupyterlab_widgets", "anywidget")


def test_missing_and_wrong_packages(installed):
    installed(av=None, numpy="1.26.4", torch="2.13.0+cpu")
    assert found("av") == doctor.Check(
        "av", False, "not installed", f'pip install "av{_range("av")}"'
    )
    assert found("numpy").found == "1.26.4"
    assert found("numpy").advice == f'pip install "numpy{_range("numpy")}"'
    assert found("torch").ok


def _range(name: str) -> str:
    return str(next(r.specifier for r in NEEDS if r.name == name))


def test_wrong_python(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.4")
    assert not found("Python").ok
    assert found("Python").found.startswith("3.10.4, ")


def test_course_that_is_not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", missing)
    assert not found("installation").ok


def test_front_ends_are_looked_for_where_jupyterlab_looks(monkeypatch, tmp_path):
    import jupyter_core.paths

    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda *_: [str(tmp_path)])
    for package in WIDGETS:
        assert not found(f"widgets: {package}").ok
    for extension, package in doctor.FRONT_ENDS.items():
        (tmp_path / extension).mkdir(parents=True)
        (tmp_path / extension / "package.json").write_text("{}")
        assert found(f"widgets: {package}").ok


def test_front_ends_are_those_that_jupyterlab_serves():
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions

    assert set(doctor.FRONT_ENDS) <= set(get_federated_extensions(jupyter_path("labextensions")))


@pytest.mark.parametrize(
    ("spec", "ok"),
    [
        (None, True),  # the one that ipykernel brings
        ('{"argv": ["python", "-m", "ipykernel_launcher"], "language": "python"}', True),
        ('{"argv": ["/elsewhere/bin/python3", "-m", "ipykernel_launcher"]}', False),
        ("{", False),
    ],
)
def test_kernel_runs_this_python(monkeypatch, tmp_path, spec, ok):
    if spec:
        (tmp_path / "kernels" / "python3").mkdir(parents=True)
        (tmp_path / "kernels" / "python3" / "kernel.json").write_text(spec)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert found("kernel python3").ok is ok


def test_missing_kernel(monkeypatch):
    from jupyter_client import kernelspec

    monkeypatch.setattr(kernelspec.KernelSpecManager, "_find_spec_directory", lambda *_: None)
    assert found("kernel python3") == doctor.Check(
        "kernel python3", False, "No such kernel named python3", "pip install ipykernel"
    )


def test_files_that_do_not_ship(monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "folder", lambda name: tmp_path / name)
    names = ("lessons", "weights", "recorded results")
    assert [found(name).ok for name in names] == [False] * 3
    for file in (f"notebooks/{lab.START}", "data/weights/a.safetensors", "data/results/a.json"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    assert [found(name).found for name in names] == ["1 files"] * 3
    (tmp_path / "notebooks" / lab.START).rename(tmp_path / "notebooks" / "07_other.ipynb")
    assert not found("lessons").ok


def test_an_installation_without_its_folders(monkeypatch):
    def missing(name):
        raise FileNotFoundError(name)

    monkeypatch.setattr(shipped, "folder", missing)
    assert not found("weights").ok


@pytest.mark.parametrize(("gibibytes", "ok"), [(1.9, False), (2.1, True)])
def test_memory(monkeypatch, gibibytes, ok):
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=gibibytes * 2**30)
    )
    assert found("free memory").ok is ok
    assert found("free memory").found == f"{gibibytes} GiB"


@pytest.mark.parametrize(("cores", "ok"), [({0}, False), ({0, 5}, True)])
def test_cores_that_this_process_may_use(monkeypatch, cores, ok):
    monkeypatch.setattr(doctor.os, "sched_getaffinity", lambda _: cores, raising=False)
    assert found("cores").ok is ok
    assert found("cores").found == str(len(cores))


@pytest.mark.parametrize(("gibibytes", "ok"), [(0.5, False), (1.5, True)])
def test_disk_of_the_learners_folder(monkeypatch, gibibytes, ok):
    asked = []
    monkeypatch.setattr(
        doctor.shutil,
        "disk_usage",
        lambda folder: asked.append(folder) or SimpleNamespace(free=gibibytes * 2**30),
    )
    assert found("free disk").ok is ok
    assert set(asked) == {Path(".")}


def test_checks_need_no_torch():
    code = "import sys, srcourse.doctor as d; d.checks(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# The verb


def test_verb_when_all_is_well(monkeypatch):
    monkeypatch.setattr(doctor, "checks", lambda: [doctor.Check("Python", True, "3.11.7")])
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert (result.exit_code, result.stdout) == (0, "ok       Python  3.11.7\n")


def test_verb_with_a_problem(monkeypatch):
    rows = [doctor.Check("cores", True, "2"), doctor.Check("av", False, "missing", "pip install")]
    monkeypatch.setattr(doctor, "checks", lambda: rows)
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert result.stdout == "ok       cores  2\nproblem  av     missing → pip install\n"
    assert result.stderr == "problems found by 1 of 2 checks\n"
