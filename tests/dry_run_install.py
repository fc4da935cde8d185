"""Ask the package index whether both README commands install, on machines that we do not have.

    pip install uv
    python tests/dry_run_install.py

For each Python and kind of machine below, the dependencies of pyproject.toml are resolved under
constraints.txt from wheels alone, and nothing is installed. A package that constraints.txt leaves
out fails too. uv does it because pip's `--dry-run --platform` judges markers (`sys_platform ==
"win32"`) by the machine it runs on. Not found by this: whether what installs there also runs.
"""

import os
import re
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11.0", "3.12", "3.13", "3.14")
MACHINES = {  # as uv names them. PyTorch and PyAV have no wheels for Intel Macs or before macOS 14.
    "Linux, x86": "x86_64-unknown-linux-gnu",
    "Linux, ARM": "aarch64-unknown-linux-gnu",
    "macOS 14, Apple silicon": "aarch64-apple-darwin",
    "Windows, x86": "x86_64-pc-windows-msvc",
}


def pinned(text: str) -> set[str]:
    """The packages that a constraints file names, in the spelling that compares equal."""
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def problem(python: str, machine: str) -> str:
    """Why the course does not install on `python` and `machine`; empty where it does."""
    with tempfile.TemporaryDirectory() as folder:
        resolved = Path(folder, "resolved.txt")
        done = subprocess.run(
            [
                *("uv", "pip", "compile", "pyproject.toml", "--extra=test", "--quiet"),
                *("--constraints=constraints.txt", "--only-binary=:all:", "--no-annotate"),
                *(f"--python-version={python}", f"--python-platform={machine}"),
                f"--output-file={resolved}",
            ],
            cwd=ROOT,
            env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return done.stderr.strip()
        loose = pinned(resolved.read_text()) - pinned((ROOT / "constraints.txt").read_text())
        return f"not in constraints.txt: {', '.join(sorted(loose))}" if loose else ""


if __name__ == "__main__":
    bad = 0
    for python, (name, machine) in product(PYTHONS, MACHINES.items()):
        found = problem(python, machine)
        bad += bool(found)
        print(f"{'problem' if found else 'ok     '} Python {python:<7} {name}  {found}", flush=True)
    sys.exit(bad > 0)
