"""pyproject.toml, constraints.txt and environment.yml agree, and so do the files about the project.

Whether every pinned version exists for every Python and machine: tests/dry_run_install.py.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests import dry_run_install

ROOT = Path(__file__).resolve().parent.parent
PROJECT = (ROOT / "pyproject.toml").read_text()
CONSTRAINTS = (ROOT / "constraints.txt").read_text()
ENVIRONMENT = (ROOT / "environment.yml").read_text()
MINORS = [f"3.{minor}" for minor in range(40)]


def pythons(requires: str) -> list[str]:
    """The minor versions of Python that a requires-python lets in, whole."""
    wanted = SpecifierSet(requires)
    return [v for v in MINORS if wanted.contains(f"{v}.0") and wanted.contains(f"{v}.99")]


def pins(constraints: str) -> tuple[dict[str, list[Requirement]], list[str]]:
    """The pinned packages, and what is wrong with the file in itself."""
    found: dict[str, list[Requirement]] = {}
    wrong = []
    for line in constraints.splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            pin = Requirement(text)
        except InvalidRequirement:
            wrong.append(f"constraints: {text!r} is no requirement")
            continue
        if pin.url or not re.fullmatch(r"==[\w.]+", str(pin.specifier)):
            wrong.append(f"constraints: {text!r} is no exact version that an index serves")
            continue
        if canonicalize_name(pin.name) == "srcourse":
            wrong.append("constraints: srcourse itself is pinned")
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found, wrong


def out_of_step(project: str, constraints: str, environment: str) -> list[str]:
    """How the three files disagree, in words; empty where they do not."""
    about = tomllib.loads(project)["project"]
    supported = pythons(about["requires-python"])
    pinned, wrong = pins(constraints)
    extras = about.get("optional-dependencies", {})
    for text in [*about["dependencies"], *(text for extra in extras.values() for text in extra)]:
        need = Requirement(text)
        if need.name == about["name"]:  # an extra that takes in another
            continue
        for python in supported:
            here = {
                **default_environment(),
                "python_version": python,
                "python_full_version": f"{python}.9",
            }
            valid = [
                pin
                for pin in pinned.get(canonicalize_name(need.name), [])
                if pin.marker is None or pin.marker.evaluate(here)
            ]
            if len(valid) != 1:
                wrong.append(f"{need.name}: {len(valid)} constraints on Python {python}")
            for pin in valid:
                if not need.specifier.contains(str(pin.specifier).removeprefix("==")):
                    wrong.append(f"{need}: its constraint is {pin.specifier}")
    return wrong + _environment(environment, about["requires-python"])


def _environment(environment: str, requires: str) -> list[str]:
    wrong = []
    listed = yaml.safe_load(environment)["dependencies"]
    specs = {}
    for text in (item for item in listed if isinstance(item, str)):
        try:
            spec = rattler.MatchSpec(text, strict=True)
        except Exception as error:  # rattler's own exceptions
            wrong.append(f"environment: {text!r}: {error}")
            continue
        specs[spec.name.normalized] = spec.version
    if "pip" not in specs:
        wrong.append("environment: pip is not listed")
    if not specs.get("python"):
        wrong.append("environment: it names no version of Python")
    else:
        chosen = rattler.VersionSpec(specs["python"])
        fits = [v for v in MINORS if chosen.matches(rattler.Version(f"{v}.9"))]
        if not fits or not set(fits) <= set(pythons(requires)):
            wrong.append(f"environment: Python {specs['python']} is not within {requires}")
    pip = [item["pip"] for item in listed if isinstance(item, dict)]
    if pip != [["-c constraints.txt", "-e ."]]:
        wrong.append(f"environment: pip installs {pip}, not the course under its constraints")
    return wrong


def test_the_three_files_are_in_step():
    assert out_of_step(PROJECT, CONSTRAINTS, ENVIRONMENT) == []


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "message"),
    [
        ("project", r'"numpy>=', '"numpy>=99,>=', "numpy<3,>=2.0,>=99: its constraint is =="),
        ("project", r'"pytest>=', '"pytest<8,>=', "pytest<8,>=8.3: its constraint is =="),
        (
            "project",
            r'    "tqdm>',
            '    "einops>=0.8",\n    "tqdm>',
            "einops: 0 constraints on Pyth",
        ),
        ("project", r">=3.11,<3.15", ">=3.13,<3.15", "environment: Python 3.12.* is not within"),
        ("constraints", r"(?m)^typer==.*\n", "", "typer: 0 constraints on Python 3.11"),
        (
            "constraints",
            r"(?m)^scipy==.*",
            r"\g<0> ; python_version < '3.14'",
            "scipy: 0 constraint",
        ),
        ("constraints", r"(?m)^torch==.*", r"\g<0>+cpu", "'torch==2.13.0+cpu' is no exact version"),
        ("constraints", r"(?m)^torch==.*", "torch @ file:///torch.whl", "is no exact version that"),
        ("constraints", r"(?m)^pillow==.*", "pillow>=11", "'pillow>=11' is no exact version"),
        ("constraints", r"(?m)^pillow==.*", "-e .", "'-e .' is no requirement"),
        ("constraints", r"\Z", "srcourse==0.1.0\n", "srcourse itself is pinned"),
        ("environment", r"python=3\.12", "python=3.10", "environment: Python 3.10.* is not within"),
        (
            "environment",
            r"python=3\.12",
            "python>=3.11",
            "Python >=3.11 is not within >=3.11,<3.15",
        ),
        ("environment", r"python=3\.12", "python", "it names no version of Python"),
        (
            "environment",
            r"python=3\.12",
            "python>=>3",
            "environment: 'python>=>3': unable to parse",
        ),
        ("environment", r"  - pip>=24\n", "", "pip is not listed"),
        ("environment", r"      - -c .*\n", "", "not the course under its constraints"),
        ("environment", r"- -e \.", "- srcourse", "not the course under its constraints"),
    ],
)
def test_drift_is_found(file, pattern, replacement, message):
    files = {"project": PROJECT, "constraints": CONSTRAINTS, "environment": ENVIRONMENT}
    files[file], changes = re.subn(pattern, replacement, files[file], count=1)
    assert changes == 1
    found = out_of_step(**files)
    assert any(message in line for line in found), found


def test_the_dry_run_asks_for_every_supported_python():
    supported = pythons(tomllib.loads(PROJECT)["project"]["requires-python"])
    assert [".".join(v.split(".")[:2]) for v in dry_run_install.PYTHONS] == supported


def test_licence_and_citation():
    about = tomllib.loads(PROJECT)["project"]
    licence = (ROOT / "LICENSE").read_text()
    assert about["license"] == "BSD-3-Clause AND CC-BY-4.0"
    for text in (
        "BSD 3-Clause License",
        "Creative Commons Attribution 4.0",
        "https://creativecommons.org/licenses/by/4.0/legalcode",
        "2026, The srcourse authors",
    ):
        assert text in licence
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == about["version"]
    assert citation["license"] in about["license"]
    assert {"message", "title", "authors"} <= set(citation)


def test_hooks_fetch_nothing_and_are_what_ci_runs():
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    assert {hook["language"] for hook in local["hooks"]} == {"system"}
    ci = (ROOT / ".ci" / "run").read_text().splitlines()
    for hook in local["hooks"]:
        words = hook["entry"].replace(" --force-exclude", "")
        assert any(line == words or line == f"{words} --check" for line in ci), words


# .ci/run, with every program that it calls replaced by one that notes how it was called

STANDS_FOR = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $1" in
    "newest -m") mkdir -p "$3/bin"; echo "VIRTUAL=yes" > "$3/bin/activate" ;;
    "pytest "*) echo "$REPORT" > "${PYTEST_ADDOPTS##*=}" ;;
    "python .ci/"*) exec "$PYTHON_HERE" "$@" ;;
esac
[ "$(basename "$0")" != "$BROKEN" ]
"""
CASE = '<testcase classname="{}" name="{}">{}</testcase>'
SKIP = '<skipped type="pytest.skip" message="no browser"/>'


def report(*cases: tuple[str, str, str]) -> str:
    body = "".join(CASE.format(*case) for case in cases)
    return f'<testsuites><testsuite name="pytest">{body}</testsuite></testsuites>'


BROWSER_RAN = report(("tests.browser.test_a", "test_x", ""))


@pytest.fixture
def ci(tmp_path):
    """Run .ci/run on a README; gives its exit status, its stderr and the calls it made."""
    (tmp_path / "bin").mkdir()
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("newest", "python", "pip", "pytest", "ruff", "mypy", "chromium"):
        (tmp_path / "bin" / name).write_text(STANDS_FOR)
        (tmp_path / "bin" / name).chmod(0o755)

    def run(readme: str, cases: str = BROWSER_RAN, broken: str = "") -> tuple[int, str, list[str]]:
        (tmp_path / "README.md").write_text(readme)
        calls = tmp_path / "calls"
        calls.write_text("")
        done = subprocess.run(
            ["bash", tmp_path / ".ci" / "run"],
            env=os.environ
            | {"PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])}
            | {"PYTHON": "missing newest", "PYTHON_HERE": sys.executable, "CALLS": str(calls)}
            | {"TMPDIR": str(tmp_path), "REPORT": cases, "BROKEN": broken},
            cwd="/",
            capture_output=True,
            text=True,
        )
        assert not list(tmp_path.glob("tmp.*")), "the temporary folder is still there"
        return done.returncode, done.stderr, calls.read_text().splitlines()

    return run


README = (ROOT / "README.md").read_text()


def test_ci_runs_the_readmes_command_in_a_new_environment_then_the_linters(ci):
    status, _, calls = ci(README)
    assert status == 0
    assert [call.split(" /")[0] for call in calls[1:]] == [
        "newest -m venv",
        "python --version",
        "pip install -c constraints.txt -e .[test]",
        "pytest ",
        "python .ci/browser_tests_ran.py",
        "ruff check",
        "ruff format --check",
        "mypy ",
    ]


@pytest.mark.parametrize("program", ["pip", "pytest", "ruff", "mypy"])
def test_ci_fails_where_a_step_fails(ci, program):
    status, _, calls = ci(README, broken=program)
    assert status != 0
    assert calls[-1].split()[0] == program


@pytest.mark.parametrize(
    ("readme", "said"),
    [
        ("# Nothing", "must give the test command on one line, once; found: ''"),
        ('    pip install -e ".[test]"\n', "once; found: ''"),
        ('    pip install -e ".[test]" && pytest\n' * 2, "on one line, once"),
    ],
)
def test_ci_takes_its_command_from_the_readme(ci, readme, said):
    status, stderr, calls = ci(readme)
    assert status == 1
    assert said in stderr
    assert not any(call.startswith("pip") for call in calls)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([("tests.browser.test_a", "test_x", ""), ("tests.test_b", "test_y", SKIP)], ""),
        ([("tests.test_b", "test_y", "")], "no browser test ran"),
        ([], "no browser test ran"),
        (
            [("tests.browser.test_a", "test_x", ""), ("tests.browser.test_a", "test_z", SKIP)],
            "skipped: tests.browser.test_a.test_z (no browser)",
        ),
        ([("", "tests.browser.test_a", SKIP)], "skipped: tests.browser.test_a (no browser)"),
    ],
)
def test_ci_fails_where_browser_tests_did_not_run(ci, cases, said):
    status, stderr, _ = ci(README, report(*cases))
    assert (status, said in stderr) == (bool(said), True)
