"""The whole study, on a handful of images that stand in for CIFAR-10."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from srcourse.cli import app
from srcourse.datasets.cifar10 import Cifar10, Labelled
from srcourse.recovery import Setting, normalized, ratio, study
from srcourse.recovery.study import Study

SMALL = Study("edsr-mini", seeds=2, setting=Setting(epochs=1, features=4, hidden=8))


def pictures(count, seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count)
    images = random.integers(0, 60, (count, 32, 32, 3)) + 19 * labels[:, None, None, None]
    return Labelled(images.astype(np.uint8), labels)


@pytest.fixture(scope="module")
def data():
    return Cifar10(pictures(200, 0), pictures(40, 1))


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    work = tmp_path_factory.mktemp("study")
    return study.run(SMALL, data, work, workers=2), work


def test_the_source_s_split(data):
    parts = study.split(Study(), data)
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 144,
        "validation": 16,
        "split": 40,
        "official": 40,
    }
    rows = np.concatenate([parts[p].images for p in ("train", "validation", "split")])
    assert len({row.tobytes() for row in rows}) == 200, "no image is in two parts"


def test_fifty_thousand_are_split_as_in_the_source():
    data = Cifar10(Labelled(np.zeros((50_000, 1)), np.zeros(50_000)), pictures(1, 0))
    sizes = [len(part) for part in study.split(Study(), data).values()]
    assert sizes == [36_000, 4_000, 10_000, 1]


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match="3 training images are too few"):
        study.split(Study(), Cifar10(pictures(3, 0), pictures(3, 0)))


def test_every_arm_is_judged_by_its_own_and_by_the_originals_classifiers(finished):
    found, _ = finished
    for test in ("split", "official"):
        matched, fixed = (set(found["tests"][test][c]) for c in ("matched", "fixed"))
        assert matched == set(SMALL.arms)
        assert matched - fixed == {"lr"}
        assert "edsr-mini, noisy" in matched
    assert {len(c) for c in found["curves"].values()} == {2}
    assert found["source"]["prs"] == pytest.approx(0.6707 / 0.6799, abs=1e-4)


def test_the_scores_follow_from_the_answers(finished, data):
    found, work = finished
    for test in ("split", "official"):
        outcome = study.outcome(SMALL, data, work, test)
        top, floor = outcome.right("original"), outcome.right("bicubic")
        entry = found["tests"][test]["matched"]["fsrcnn"]
        right = outcome.right("fsrcnn")
        assert [int(n) for n in entry["right"].split()] == right.sum(axis=0).tolist()
        assert entry["accuracy"] == [round(x, 4) for x in right.mean(axis=1)]
        assert entry["prs"]["value"] == ratio(right, top).value
        assert entry["normalized"]["value"] == normalized(right, top, floor).value


def test_it_does_not_depend_on_how_many_seeds_are_trained_at_once(finished, data, tmp_path):
    found, _ = finished
    again = study.run(SMALL, data, tmp_path, workers=1)
    again["training_cpu_seconds"] = found["training_cpu_seconds"]
    assert again == found


def test_it_goes_on_where_it_was_interrupted(finished, data, tmp_path, monkeypatch):
    import shutil

    found, work = finished
    shutil.copytree(work, tmp_path / "work")
    for missing in ("fsrcnn-1.npz", "edsr-mini-noisy-0.npz", "edsr-mini-noisy-1.npz"):
        (tmp_path / "work" / missing).unlink()
    made = []
    own = study.make
    monkeypatch.setattr(study, "make", lambda arm, *a, **k: made.append(arm) or own(arm, *a, **k))
    again = study.run(SMALL, data, tmp_path / "work", workers=1)
    assert set(made) == {"fsrcnn", "edsr-mini, noisy"}
    again["training_cpu_seconds"] = found["training_cpu_seconds"]
    assert again == found


@pytest.mark.parametrize(
    "other", [{"seeds": 3}, {"setting": Setting(epochs=2)}, {"model": "fsrcnn"}]
)
def test_another_study_s_folder_is_refused(finished, data, other):
    _, work = finished
    with pytest.raises(ValueError, match="another study, other data or other weights"):
        study.run(replace(SMALL, **other), data, work)


def test_other_data_are_refused(finished):
    _, work = finished
    with pytest.raises(ValueError, match="another study, other data"):
        study.run(SMALL, Cifar10(pictures(200, 5), pictures(40, 1)), work)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"seeds": 0}, "seeds is 0"),
        ({"model": "edsr"}, "no trained weights ship for edsr"),
        ({"model": "lr"}, "model is 'lr'; accepted: a network"),
    ],
)
def test_bad_studies_are_refused_before_any_work(bad, message, data, tmp_path):
    with pytest.raises(ValueError, match=message):
        study.run(replace(SMALL, **bad), data, tmp_path / "work")
    assert not (tmp_path / "work").exists()


def write_binary(folder, data):
    folder.mkdir()
    parts = {f"data_batch_{n + 1}.bin": data.train[n::5] for n in range(5)}
    for name, part in {**parts, "test_batch.bin": data.test}.items():
        planes = part.images.transpose(0, 3, 1, 2).reshape(len(part), -1)
        (folder / name).write_bytes(
            np.column_stack([part.labels.astype(np.uint8), planes]).tobytes()
        )


def test_the_command_writes_a_record(data, tmp_path):
    write_binary(tmp_path / "cifar-10-batches-bin", data)
    out = tmp_path / "prs.json"
    words = ["prs", "--cifar10", str(tmp_path), "--out", str(out), "--seeds", "1", "--epochs", "1"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "CIFAR-10, 200 training and 40 test images" in done.output
    record = json.loads(out.read_text())
    assert record["command"].startswith("srcourse prs --cifar10")
    assert record["data"] == "CIFAR-10, 200 training and 40 test images"
    assert record["results"]["tests"]["split"]["matched"]["original"]["prs"]["over_seeds"] is None
    assert "one seed: no interval over seeds" in done.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--out", "prs.txt"], "ends in .json"),
        (["--cifar10", "nowhere"], "holds no CIFAR-10"),
        (["--seeds", "0"], "seeds is 0"),
        (["--epochs", "0"], "epochs is 0"),
        (["--precision", "half"], "precision is 'half'"),
        (["--workers", "0"], "workers is 0"),
        (["--model", "edsr-minni"], "did you mean 'edsr-mini'"),
    ],
)
def test_bad_commands_end_in_one_line(change, message, data, tmp_path):
    write_binary(tmp_path / "cifar-10-batches-bin", data)
    words = {"--cifar10": str(tmp_path), "--out": str(tmp_path / "prs.json")}
    words |= dict([change])
    done = CliRunner().invoke(app, ["prs", *(w for pair in words.items() for w in pair)])
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_cifar10_it_is_the_small_experiment(monkeypatch):
    from srcourse import recovery
    from srcourse.recovery import experiment

    few = {1000: 40, 300: 20}
    own = experiment.crops
    monkeypatch.setattr(experiment, "crops", lambda half, n, seed=0: own(half, few[n], seed))
    done = CliRunner().invoke(app, ["prs", "--seeds", "2", "--model", "fsrcnn"])
    assert done.exit_code == 0, done.output
    found = recovery.small("fsrcnn", seeds=2)
    assert study.lines(study.summary(found), 2) in done.output
    assert found.arms == ("original", "lr", "nearest", "bicubic", "fsrcnn")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "prs.json"], "out is given without cifar10"),
        (["--epochs", "3"], "epochs is given without cifar10"),
        (["--precision", "half"], "precision is given without cifar10"),
        (["--workers", "2"], "workers is given without cifar10"),
        (["--cifar10", "."], "out is missing"),
        (["--model", "edsr-minni"], "did you mean 'edsr-mini'"),
        (["--seeds", "0"], "seeds is 0"),
    ],
)
def test_bad_small_experiments_end_in_one_line(words, message):
    done = CliRunner().invoke(app, ["prs", *words])
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
