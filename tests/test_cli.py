"""`srcourse evaluate`, `upscale` and `train`, and the one-line errors of each."""

import json
import shutil
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import typer
from safetensors.torch import load_file
from typer.testing import CliRunner

from srcourse import cli, images, metrics, zoo
from srcourse.claims import background
from srcourse.cli import command
from srcourse.training.loop import Run
from srcourse.upscaling import upscale

pytestmark = pytest.mark.usefixtures("one_thread")

RUNNER = CliRunner()
CAT = images.sample("chelsea")[90:131, 120:167]  # 41 × 47


def srcourse(*words):
    return RUNNER.invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "Pair"
    folder.mkdir()
    images.save(folder / "cat.png", CAT)
    images.save(folder / "grey.png", CAT[..., 1])
    return folder


def expected(scale: int, mode: str = "y", model: str = "bicubic") -> dict:
    named = [("cat", CAT), ("grey", CAT[..., 1])]
    return metrics.evaluate(lambda lr, s: upscale(lr, s, model), named, scale, mode)


def refused(result, message: str) -> None:
    """One line on stderr, exit code 2, nothing on stdout, no traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    # A progress bar may stand before it: tqdm draws it anew after each carriage return.
    lines = result.stderr.replace("\r", "\n").splitlines()
    (line,) = [text for text in lines if text.strip() and "%|" not in text]
    assert line.startswith("srcourse: ")
    assert message in line


# evaluate


def test_evaluate_prints_a_table(pictures):
    result = srcourse("evaluate", "bicubic", "--images", pictures, "--scale", 2, "--scale", 3)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 8
    for start, scale in ((0, 2), (4, 3)):
        found = expected(scale)
        assert lines[start] == f"bicubic ×{scale} on Pair (y)"
        rows = [*found["images"], {"name": "mean", **found["mean"]}]
        for line, row in zip(lines[start + 1 : start + 4], rows, strict=True):
            assert line.split() == [row["name"], f"{row['psnr']:.2f}", "dB", f"{row['ssim']:.4f}"]


@pytest.mark.parametrize("mode", ["y", "rgb"])
def test_evaluate_prints_json(pictures, mode):
    words = ("--images", pictures, "--scale", 2, "--scale", 4, "--mode", mode, "--json")
    result = srcourse("evaluate", "bilinear", *words)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert lines == [
        {"model": "bilinear", "scale": scale, **expected(scale, mode, "bilinear")}
        for scale in (2, 4)
    ]


def test_an_infinite_psnr_is_null_in_json(tmp_path):
    folder = tmp_path / "Flat"
    folder.mkdir()
    images.save(folder / "flat.png", np.full((40, 40), 90, np.uint8))
    out = tmp_path / "flat.json"
    words = ("evaluate", "bicubic", "--images", folder, "--scale", 2)
    result = srcourse(*words, "--json", "--out", out)

    def no_constants(name):
        raise AssertionError(f"{name} is no JSON")

    line = json.loads(result.stdout, parse_constant=no_constants)
    assert line["images"] == [{"name": "flat", "psnr": None, "ssim": 1.0}]
    assert line["mean"] == {"psnr": None, "ssim": 1.0}
    record = json.loads(out.read_text(), parse_constant=no_constants)
    assert record["results"]["means"][0]["psnr"] is None
    assert "inf dB" in srcourse(*words).stdout


def test_evaluate_records_the_means_and_how_they_came_about(pictures, tmp_path):
    other = tmp_path / "Single"
    other.mkdir()
    images.save(other / "cat.png", CAT)
    out = tmp_path / "bicubic.json"
    words = ("--images", pictures, "--images", other, "--scale", 2, "--scale", 3, "--out", out)
    assert srcourse("evaluate", "bicubic", *words).exit_code == 0
    record = json.loads(out.read_text())
    assert record["command"] == (
        "srcourse evaluate bicubic --images Pair --images Single --scale 2 --scale 3 --mode y "
        "--out bicubic.json"
    )
    assert record["data"] == "Pair (2 pictures), Single (1 pictures)"
    assert record["device"]
    assert len(record["date"]) == 10
    assert record["versions"]["torch"] == version("torch")
    found = record["results"]
    assert (found["model"], found["mode"]) == ("bicubic", "y")
    assert [(m["set"], m["scale"]) for m in found["means"]] == [
        ("Pair", 2),
        ("Pair", 3),
        ("Single", 2),
        ("Single", 3),
    ]
    assert found["means"][0] == {"set": "Pair", "scale": 2, **expected(2)["mean"]}


def test_the_set_has_a_name_also_where_the_folder_is_a_dot(pictures, monkeypatch):
    monkeypatch.chdir(pictures)
    result = srcourse("evaluate", "nearest", "--images", ".", "--scale", 2)
    assert result.stdout.startswith("nearest ×2 on Pair (y)")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bicubc", "--scale", 2], "model is 'bicubc'; did you mean 'bicubic'?"),
        (["bicubic", "--scale", 0], "scale is 0; it must be a whole number from 1"),
        (["bicubic", "--scale", -2], "scale is -2; it must be a whole number from 1"),
        (["bicubic", "--scale", 99], "cat: image is 41×47, smaller than scale 99"),
        (["bicubic", "--scale", 20], "cat: border is 20; it leaves nothing of a picture of 40×40"),
        (["bicubic", "--scale", 2, "--mode", "Y"], "mode is 'Y'; accepted: y, rgb"),
        (["fsrcnn", "--scale", 7], "scale is 7; fsrcnn is built for 2, 3, 4"),
        (["bicubic", "--scale", 2, "--out", "none/r.json"], "out is none/r.json"),
        (["bicubic", "--scale", 2, "--out", "r.png"], "out is r.png; it must be a file that ends"),
        (["bicubic", "--scale", 2, "--scale", 0], "scale is 0; it must be a whole number from 1"),
    ],
)
def test_evaluate_refuses_in_one_line(pictures, words, message):
    refused(srcourse("evaluate", *words, "--images", pictures), message)


def test_evaluate_refuses_folders_and_damaged_pictures(tmp_path, pictures):
    (tmp_path / "Empty").mkdir()
    for folder, message in (
        (tmp_path / "Empty", "Empty holds no picture"),
        (tmp_path / "Missing", "Missing is not a folder"),
        (pictures / "cat.png", "cat.png is not a folder"),
    ):
        refused(srcourse("evaluate", "bicubic", "--scale", 2, "--images", folder), message)
    (pictures / "cat.png").write_bytes((pictures / "cat.png").read_bytes()[:200])
    refused(srcourse("evaluate", "bicubic", "--scale", 2, "--images", pictures), "cat.png")


def test_an_option_of_the_wrong_kind_is_named(pictures):
    result = srcourse("evaluate", "bicubic", "--images", pictures, "--scale", "1.5")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("Error: Invalid value for '--scale': ")


def test_claims_are_listed_with_evidence_and_counted():
    lines = srcourse("claims", "2.3.1").stdout.splitlines()
    assert lines[0] == "2.3.1: A convolution is composed of integers."
    assert lines[1].startswith("    does not hold: The Gaussian's corner is 0.0625")
    assert lines[-1].startswith("1 statements: 0 holds, 0 holds with a limit, 1 does not hold")


def test_claims_for_programs():
    found = json.loads(srcourse("claims", "2.3", "--json").stdout)
    assert sum(found["counts"].values()) == len(found["claims"]) > 3
    assert {claim["section"] for claim in found["claims"]} == {"2.3.1", "2.3.2"}
    assert all(claim["verdict"] == claim["recorded"] for claim in found["claims"])


def test_a_claim_that_comes_out_otherwise_ends_with_1(monkeypatch):
    monkeypatch.setattr(background, "named_kernel", lambda name: np.eye(3))
    result = srcourse("claims", "2.3.1")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "on record as 'does not hold': 2.3.1 A convolution is composed of integers."
    ]


def test_claims_of_an_unknown_section_name_the_known():
    result = srcourse("claims", "9.9")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no claim of section '9.9'" in result.stderr


def test_a_reader_that_stops_early_ends_it_quietly_as_by_sigpipe():
    pipe = f"{sys.executable} -c 'from srcourse.cli import app; app()' claims"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {pipe} | true"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


# upscale


def test_upscale_writes_one_picture_and_says_where(pictures, tmp_path):
    out = tmp_path / "big.png"
    result = srcourse(
        "upscale", pictures / "cat.png", "-o", out, "--scale", 3, "--model", "bicubic"
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(out)]
    np.testing.assert_array_equal(images.load(out), upscale(CAT, 3, "bicubic"))


def test_upscale_takes_folders_and_every_option(pictures, tmp_path):
    out = tmp_path / "big"
    words = ("upscale", pictures, "-o", out, "--tile", 32, "--self-ensemble")
    assert srcourse(*words).exit_code == 0
    expected = upscale(CAT, 2, "edsr-mini", tile=32, self_ensemble=True)
    np.testing.assert_array_equal(images.load(out / "cat.png"), expected)
    assert images.load(out / "grey.png").shape == (82, 94)
    before = (out / "cat.png").read_bytes()
    refused(srcourse(*words), "exists; --force replaces it")
    (out / "cat.png").write_bytes(b"old")
    assert srcourse(*words, "--force").exit_code == 0
    assert (out / "cat.png").read_bytes() == before


def test_upscale_goes_on_after_a_bad_picture(pictures, tmp_path):
    (pictures / "bad.png").write_bytes(b"junk")
    result = srcourse("upscale", pictures, "-o", tmp_path / "big", "--model", "nearest")
    assert result.exit_code == 2
    assert "bad.png' is not a picture" in result.stderr
    assert "srcourse: 1 of 3 pictures could not be enlarged" in result.stderr
    assert sorted(f.name for f in (tmp_path / "big").iterdir()) == ["cat.png", "grey.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("none.png",), "none.png: there is no such file"),
        (("cat.png", "--model", "edsr-mimi"), "did you mean 'edsr-mini'?"),
        (("cat.png", "--model", "edsr"), "no trained weights ship for edsr ×2"),
        (("cat.png", "--scale", 0), "scale is 0; it must be a whole number from 1"),
        (("cat.png", "--scale", 7), "scale is 7; edsr-mini is built for 2, 3, 4"),
        (("cat.png", "--tile", 0), "tile is 0; it must be a whole number of pixels from 1"),
    ],
)
def test_upscale_refuses_in_one_line(pictures, tmp_path, words, message):
    name, *rest = words
    refused(srcourse("upscale", pictures / name, "-o", tmp_path / "big.png", *rest), message)
    assert not (tmp_path / "big.png").exists()


def test_weights_that_train_wrote_are_evaluated_by_their_file(pictures, tmp_path):
    file = tmp_path / "mine.safetensors"
    words = ("--images", pictures, "--steps", 1, "--set", "patch=8")
    assert srcourse("train", "fsrcnn-x2", *words, "--out", file).exit_code == 0
    words = ("--images", pictures, "--json")
    result = srcourse("evaluate", file, *words, "--scale", 2)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["mean"] == pytest.approx(expected(2, "y", file)["mean"])
    refused(srcourse("evaluate", file, *words, "--scale", 3), "mine.safetensors was trained for 2")


# bench


def test_bench_prints_a_table_or_json_and_records_it(tmp_path):
    out = tmp_path / "bench.json"
    words = ("bench", "fsrcnn", "srcnn", "--side", 12, "--rounds", 1)
    result = srcourse(*words)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()[1:]] == ["fsrcnn", "srcnn"]
    result = srcourse(*words, "--json", "--out", out)
    assert [row["model"] for row in json.loads(result.stdout)] == ["fsrcnn", "srcnn"]
    record = json.loads(out.read_text())
    assert record["results"] == json.loads(result.stdout)
    assert record["command"] == (
        "srcourse bench fsrcnn srcnn --scale 2 --side 12 --rounds 1 --out bench.json"
    )
    refused(srcourse("bench", "fsrcn"), "did you mean 'fsrcnn'?")
    refused(srcourse(*words, "--out", tmp_path / "b.txt"), "must be a file that ends in .json")


# ship and curves


def test_ship_and_curves_record_what_train_wrote(pictures, tmp_path, monkeypatch):
    run, weights = tmp_path / "run.safetensors", tmp_path / "weights"
    weights.mkdir()
    words = ("--images", pictures, "--steps", 4, "--set", "patch=8", "--every", 2)
    assert srcourse("train", "fsrcnn-x2", *words, "--out", run).exit_code == 0

    monkeypatch.chdir(pictures)
    result = srcourse("ship", run, "--images", ".", "--into", weights)
    assert result.exit_code == 0, result.output
    record = json.loads((weights / "manifest.json").read_text())
    assert record["command"] == "srcourse ship --images Pair"
    assert list(record["results"]) == ["fsrcnn-x2"]
    assert list(record["results"]["fsrcnn-x2"]["measured"]) == ["Pair"]

    # Nothing is replaced before all that was asked for is found to be there.
    before = {file: file.read_bytes() for file in weights.iterdir()}
    twin = tmp_path / "other" / "Pair"
    shutil.copytree(pictures, twin)
    for other, message in ((twin, "'Pair' is there twice"), ("none", "none is not a folder")):
        words = ("--images", pictures, "--images", other, "--into", weights)
        refused(srcourse("ship", run, *words), message)
    words = ("--images", pictures, "--into", tmp_path / "nowhere")
    refused(srcourse("ship", run, *words), "nowhere; it must be a folder that exists")
    assert {file: file.read_bytes() for file in weights.iterdir()} == before

    out = tmp_path / "runs.json"
    result = srcourse("curves", run, "--out", out)
    assert result.exit_code == 0, result.output
    record = json.loads(out.read_text())
    assert record["command"] == "srcourse curves run.safetensors --out runs.json"
    assert [entry["step"] for entry in record["results"]["run"]["history"]] == [2, 4]
    refused(srcourse("curves", run, "--out", tmp_path / "runs.png"), "it must be a file that ends")
    refused(srcourse("curves", tmp_path / "none.safetensors", "--out", out), "none.safetensors")


# train


def test_train_writes_weights_and_a_checkpoint_and_resumes(pictures, tmp_path):
    out = tmp_path / "net.safetensors"
    words = ("train", "fsrcnn-x2", "--images", pictures, "--out", out, "--device", "cpu")
    images.save(pictures / "large.png", np.tile(CAT, (2, 2, 1)))  # a patch takes 48 pixels
    result = srcourse(*words, "--steps", 2)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith(f"{out}: step 2 of 2, ")
    zoo.build("fsrcnn", 2).load_state_dict(load_file(out))
    assert out.with_suffix(".ckpt").is_dir()
    result = srcourse(*words, "--steps", 3, "--resume")
    assert result.exit_code == 0, result.output
    assert ": step 3 of 3, " in result.stdout
    result = srcourse(*words, "--steps", 9, "--minutes", 1e-9, "--resume")
    assert ": step 4 of 9, " in result.stdout


def test_train_hands_on_every_option(pictures, tmp_path, monkeypatch):
    seen = {}

    def run(recipe, folders, out, **options):
        seen.update(recipe=recipe, folders=folders, out=out, **options)
        return {"step": recipe.steps, "seconds": 0}

    monkeypatch.setattr("srcourse.training.loop.train", run)
    words = ["--validation", "v", "--init", "i", "--steps", "5", "--minutes", "2.5"]
    words += ["--device", "cpu", "--resume"]
    folders = ("--images", pictures, "--images", tmp_path)
    result = srcourse("train", "edsr-mini-x3", *folders, "--out", "o.safetensors", *words)
    assert result.exit_code == 0, result.output
    assert (seen["recipe"].name, seen["recipe"].steps) == ("edsr-mini-x3", 5)
    assert seen["folders"] == [pictures, tmp_path]
    assert seen["out"] == Path("o.safetensors")
    assert (seen["validation"], seen["init"]) == (Path("v"), Path("i"))
    assert (seen["minutes"], seen["device"], seen["resume"]) == (2.5, "cpu", True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fsrcnn-x5"], "recipe is 'fsrcnn-x5'; did you mean 'fsrcnn-x"),
        (["qqq"], "recipe is 'qqq'; known: srcnn-x2, "),
        (["fsrcnn-x2", "--device", "gpu"], "device is 'gpu'; accepted: auto, cpu, cuda"),
        (["fsrcnn-x2", "--steps", 0], "steps is 0; it must be a whole number from 1"),
        (["fsrcnn-x2", "--minutes", 0], "minutes is 0.0; it must be positive"),
        (["fsrcnn-x2", "--resume"], "resume: there is no checkpoint in "),
        (["fsrcnn-x2", "--init", "none.safetensors"], "none.safetensors"),
        (["fsrcnn-x2", "--validation", "none"], "images: none is not a folder"),
        (["fsrcnn-x2"], "images: none is as large as a patch, 48 pixels a side"),
    ],
)
def test_train_refuses_in_one_line(pictures, tmp_path, monkeypatch, words, message):
    monkeypatch.setattr(Run, "advance", lambda *_: pytest.fail("training began"))
    out = tmp_path / "net.safetensors"
    refused(srcourse("train", *words, "--images", pictures, "--out", out), message)
    assert not out.exists()


def test_train_refuses_an_out_folder_that_is_missing(pictures, tmp_path):
    out = tmp_path / "none" / "net.safetensors"
    words = ("train", "fsrcnn-x2", "--images", pictures, "--out", out)
    refused(srcourse(*words), "none is not a folder")


def test_a_full_disk_ends_in_one_line(pictures, tmp_path, monkeypatch):
    images.save(pictures / "large.png", np.tile(CAT, (2, 2, 1)))

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    out = tmp_path / "net.safetensors"
    words = ("train", "fsrcnn-x2", "--images", pictures, "--out", out, "--steps", 1)
    refused(srcourse(*words, "--device", "cpu"), "No space left on device")


# The wrapper


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("scale is 0"), "srcourse: scale is 0\n"),
        (FileNotFoundError(2, "No such file or directory", "x.png"), "No such file or directory"),
        (json.JSONDecodeError("bad", "", 0), "srcourse: bad"),
        (MemoryError("Unable to allocate 9 TiB"), "srcourse: Unable to allocate 9 TiB"),
        (MemoryError(), "srcourse: not enough memory"),
    ],
)
def test_command_turns_bad_input_into_one_line(error, line, monkeypatch):
    app = typer.Typer()
    monkeypatch.setattr(command, "app", app)

    @command.command
    def boom() -> None:
        raise error

    @command.command
    def fine(count: int) -> None:
        typer.echo(f"{count + 1}")

    refused(RUNNER.invoke(app, ["boom"]), line.strip())
    assert RUNNER.invoke(app, ["fine", "2"]).stdout == "3\n"
    with pytest.raises(type(error)):
        boom()


def test_a_defect_is_not_dressed_up_as_bad_input(monkeypatch):
    app = typer.Typer()
    monkeypatch.setattr(command, "app", app)

    @command.command
    def defect() -> None:
        raise KeyError("a bug")

    result = RUNNER.invoke(app)
    assert isinstance(result.exception, KeyError)


def test_missing_arguments_are_status_2_and_help_names_the_verbs():
    assert srcourse("evaluate", "bicubic").exit_code == 2
    assert srcourse("no-such-verb").exit_code == 2
    result = srcourse("--help")
    assert result.exit_code == 0
    for verb in ("evaluate", "train"):
        assert verb in result.stdout


# audit


def audited(model: str, scale: int):
    named = {"cat.png": CAT, "grey.png": CAT[..., 1]}
    return metrics.audit(lambda lr, s: upscale(lr, s, model), named, scale)


def test_audit_prints_a_table_for_each_model_set_and_scale(pictures):
    words = ("--images", pictures, "--scale", 2, "--scale", 3)
    result = srcourse("audit", "bicubic", "nearest", *words)
    assert result.exit_code == 0, result.output
    expected = [
        f"{model} on Pair\n{audited(model, scale)!r}\n\n"
        for model in ("bicubic", "nearest")
        for scale in (2, 3)
    ]
    assert result.stdout == "".join(expected)


def test_audit_prints_json_and_records_it(pictures, tmp_path):
    out = tmp_path / "audit.json"
    words = ("--images", pictures, "--scale", 4, "--json", "--out", out)
    result = srcourse("audit", "bicubic", "bilinear", *words)
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(a["model"], a["set"], a["scale"]) for a in lines] == [
        ("bicubic", "Pair", 4),
        ("bilinear", "Pair", 4),
    ]
    found = audited("bilinear", 4)
    assert lines[1]["psnr"] == found.psnr
    assert [(r["group"], r["deviation"], r["psnr"], r["change"]) for r in lines[1]["rows"]] == [
        (r.group, r.deviation, r.psnr, r.change) for r in found.rows
    ]
    record = json.loads(out.read_text())
    assert record["results"] == {"audits": lines}
    assert record["data"] == "Pair (2 pictures)"
    assert record["command"] == (
        "srcourse audit bicubic bilinear --images Pair --scale 4 --out audit.json"
    )


def test_audit_has_no_infinity_in_json(tmp_path):
    folder = tmp_path / "Flat"
    folder.mkdir()
    images.save(folder / "flat.png", np.full((40, 40), 90, np.uint8))
    out = tmp_path / "flat.json"
    words = ("--images", folder, "--scale", 2, "--json", "--out", out)
    result = srcourse("audit", "nearest", *words)
    assert result.exit_code == 0, result.output
    line = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(name))
    assert line["psnr"] is None
    assert {row["psnr"] for row in line["rows"]} == {None}
    assert {row["change"] for row in line["rows"]} == {0.0}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["bicubic", "bicubc", "--scale", 2], "model is 'bicubc'; did you mean 'bicubic'?"),
        (["bicubic", "--scale", 2, "--scale", 0], "scale is 0; it must be a whole number from 1"),
        (["fsrcnn", "--scale", 7], "scale is 7; fsrcnn is built for 2, 3, 4"),
        (["bicubic", "--scale", 99], "cat.png: image is 41×47, smaller than scale 99"),
        (["bicubic", "--scale", 2, "--out", "r.png"], "out is r.png; it must be a file that ends"),
        (["bicubic", "--scale", 2, "--out", "none/r.json"], "out is none/r.json; it must be"),
    ],
)
def test_audit_refuses_in_one_line(pictures, words, message):
    refused(srcourse("audit", *words, "--images", pictures), message)
