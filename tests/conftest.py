"""What several tests share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch) -> Path:
    """What a test passes or guesses goes to a file of its own, and into nobody's map."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv("SRCOURSE_PROGRESS", str(file))
    return file


@pytest.fixture(scope="module")
def one_thread():
    """On networks as small as the tests', threads cost more than they give."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
