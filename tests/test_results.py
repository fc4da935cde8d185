"""srcourse.results: what is recorded says how it came about, and is never half-written."""

import json
import platform
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from srcourse import results, shipped

RESULTS = {"means": [{"set": "Set5", "psnr": 33.68}], "note": "×2"}


def write(file: Path, found=RESULTS) -> None:
    results.write(file, "srcourse evaluate bicubic", "Set5 (5 pictures)", "cpu", found)


def test_a_record_says_what_made_it(tmp_path):
    write(tmp_path / "r.json")
    record = json.loads((tmp_path / "r.json").read_text())
    assert list(record) == ["command", "date", "versions", "device", "data", "results"]
    assert record["command"] == "srcourse evaluate bicubic"
    assert record["data"] == "Set5 (5 pictures)"
    assert record["device"] == "cpu"
    assert record["results"] == RESULTS
    made = datetime.fromisoformat(record["date"]).replace(tzinfo=UTC)
    assert timedelta(0) <= datetime.now(UTC) - made < timedelta(days=2)
    assert record["versions"]["python"] == platform.python_version()
    for name in ("srcourse", "numpy", "pillow", "scikit-image", "torch"):
        assert record["versions"][name] == version(name)


def test_a_failed_write_leaves_the_old_record_and_nothing_beside_it(tmp_path, monkeypatch):
    file = tmp_path / "r.json"
    write(file)
    inode = file.stat().st_ino
    write(file)
    assert file.stat().st_ino != inode  # a new file took the old one's name
    before = file.read_bytes()
    for bad in ({"psnr": float("inf")}, {"psnr": float("nan")}):
        with pytest.raises(ValueError, match="JSON"):
            write(file, bad)

    def full(self, text):
        self.write_bytes(text[:9].encode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write(file)
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["r.json"]


def test_read_gives_a_shipped_record_and_names_the_known_ones(tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    for name in ("beta", "alpha"):
        write(tmp_path / "results" / f"{name}.json")
    monkeypatch.setattr(shipped, "folder", lambda name: tmp_path)
    assert results.read("alpha")["results"] == RESULTS
    with pytest.raises(ValueError, match=r"results: 'gamma' is not recorded; .*: alpha, beta$"):
        results.read("gamma")


def test_every_shipped_record_is_complete_json():
    files = sorted((shipped.folder("data") / "results").glob("*.json"))
    assert files
    for file in files:
        record = results.read(file.stem)
        assert record["command"].startswith(("srcourse ", "python -m ")), file
        assert datetime.fromisoformat(record["date"]), file
        assert {"versions", "device", "data", "results"} <= record.keys(), file
        assert "/" not in record["command"] + record["data"], f"{file}: a path of somebody's disk"


def test_the_recorded_bicubic_is_the_published_one():
    """The EDSR paper's table 2: what every other recorded figure rests on."""
    published = {
        "Set5": {2: (33.66, 0.9299), 3: (30.39, 0.8682), 4: (28.42, 0.8104)},
        "Set14": {2: (30.24, 0.8688), 3: (27.55, 0.7742), 4: (26.00, 0.7027)},
    }
    means = results.read("bicubic")["results"]["means"]
    assert {(m["set"], m["scale"]) for m in means} == {(s, x) for s in published for x in (2, 3, 4)}
    for mean in means:
        psnr, ssim = published[mean["set"]][mean["scale"]]
        assert mean["psnr"] == pytest.approx(psnr, abs=0.025)
        assert mean["ssim"] == pytest.approx(ssim, abs=0.0015)


def test_shipped_finds_the_clone_and_says_what_is_missing():
    assert shipped.folder("data").is_dir()
    with pytest.raises(FileNotFoundError, match="the course's 'nothing' folder is missing"):
        shipped.folder("nothing")
