"""Every lesson is a test: nbval runs its cells and compares what they give with what is stored."""

import os
import tempfile
from pathlib import Path

# Lessons run as a newcomer's: with nothing passed, and nothing written into the repository.
os.environ["SRCOURSE_PROGRESS"] = str(Path(tempfile.mkdtemp()) / "progress.json")
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
os.environ["OMP_NUM_THREADS"] = "2"  # as the lessons were built

# The teacher's versions are not executed: their answers are tests/classroom's to judge.
collect_ignore_glob = ["notebooks/assignments/*"]


def pytest_collectstart(collector):
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("stderr",)
