"""The site, built once for all tests that look at it."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Site:
    """folder: where it lies. seconds: of CPU that building it took. said: what was printed."""

    folder: Path
    seconds: float
    said: str


@cache
def built() -> Site:
    """The site, built by the command that CONTRIBUTING names."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    before = os.times()
    command = [sys.executable, "-m", "docs.build", str(home / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    after = os.times()
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    spent = (after[2] + after[3]) - (before[2] + before[3])  # its children's, user and system
    return Site(home / "site", spent, said)
