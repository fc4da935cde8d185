"""Clips as arrays, the one that ships, and what is measured."""

import json
import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from srcourse import cli, images, video
from srcourse.video import drawn, measure
from tests.video_clips import decoded, make, pictures, sound_of

pytestmark = pytest.mark.usefixtures("one_thread")


def test_what_is_written_is_read_back(tmp_path):
    given = pictures(4)
    file = video.write(tmp_path / "out.mp4", given, 30, quality=0)
    found = list(video.frames(file))
    assert np.abs(np.array(found).astype(int) - given).mean() < 2
    assert len(list(video.frames(file, 2))) == 2
    facts = video.probe(file)
    assert (facts.frames, facts.rate) == (4, pytest.approx(30))
    assert decoded(file)[0].colorspace == 1  # BT.709


def test_grey_and_float_frames_and_sound_are_written(tmp_path):
    grey = [np.full((16, 16), level) for level in (0.2, 0.8)]
    voice = BytesIO(make(tmp_path / "voice.mp4", [], sound="aac").read_bytes())
    file = video.write(tmp_path / "out.mp4", grey, sound=voice, quality=0)
    first, second = video.frames(file)
    assert first.mean() == pytest.approx(51, abs=1.5)
    assert second.mean() == pytest.approx(204, abs=1.5)
    assert sound_of(file) == sound_of(tmp_path / "voice.mp4")


@pytest.mark.parametrize(
    ("frames", "settings", "message"),
    [
        ([], {}, "frames: there are none"),
        ([np.zeros((8, 8)), np.zeros((9, 8))], {}, "frames: number 2 is"),
        (["cat"], {}, "frames must be a NumPy array"),
        ([np.zeros((8, 8))], {"rate": 0}, "rate is 0; accepted: 0.001 to 1000"),
        ([np.zeros((8, 8))], {"rate": 1e-9}, "rate is 1e-09; accepted: 0.001"),
        ([np.zeros((8, 8))], {"rate": 1e12}, "rate is 1000000000000.0"),
        ([np.zeros((8, 8))], {"rate": float("inf")}, "rate is inf"),
        ([np.zeros((8, 8))], {"rate": float("nan")}, "rate is nan"),
        ([np.zeros((8, 8))], {"quality": 60}, "quality is 60"),
    ],
)
def test_bad_clips_are_refused(tmp_path, frames, settings, message):
    with pytest.raises(ValueError, match=message):
        video.write(tmp_path / "out.mp4", frames, **settings)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("most", [0, -1, 2.5, float("nan")])
def test_frames_refuses_a_number_that_is_not_whole_or_none_at_all(most):
    with pytest.raises(ValueError, match=f"most is {most}; accepted are whole numbers from 1"):
        next(video.frames(video.clip(), most))


# the clip that ships


def test_the_clip_that_ships_is_what_is_drawn():
    facts = video.probe(video.clip())
    assert (facts.width, facts.height, facts.frames) == (320, 192, 75)
    assert facts.seconds == pytest.approx(3)
    assert facts.audio
    assert video.clip().stat().st_size < 1_000_000
    stored = list(video.frames(video.clip()))
    for index in (0, 37, 74):
        luma = [255 * images.luma(f) for f in (stored[index], drawn.frame(index))]
        assert np.abs(luma[0] - luma[1]).mean() < 4  # noise of 3 levels is coded in part
        other = 255 * images.luma(drawn.frame((index + 10) % 75))
        assert np.abs(luma[0] - other).mean() > 6


def test_the_clip_has_a_tone_at_the_drawn_pitch():
    import av

    with av.open(str(video.clip())) as container:
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
        rate = container.streams.audio[0].rate
    assert len(heard) / rate == pytest.approx(3, abs=0.1)
    half = heard[: rate // 2]
    peak = np.abs(np.fft.rfft(half)).argmax() * rate / len(half)
    assert peak == pytest.approx(220, abs=5)


def test_the_drawn_frame_moves_and_rests_where_it_says():
    first, later = (drawn.frame(i).astype(int) for i in (0, 8))
    change = np.abs(first - later).mean(axis=2)
    assert change[8:104, 8:104].mean() < 5  # the star: noise
    assert change[8:88, 208:312].mean() > 15  # the weave
    assert change[20:84, 124:188].mean() > 10  # the wheel


# what is measured


def test_a_screen_recording_is_mostly_reused():
    pages = list(measure.screen(6))
    assert pages[0].shape == (360, 640, 3)
    saved = measure.saving("bicubic", 2, 6)
    assert 0.7 < saved["reused"] < 5 / 6


def test_flickers_tells_each_model(tmp_path):
    clip = [drawn.frame(i)[:97, :193] for i in range(2)]
    found = measure.flickers(clip, ["bicubic", "nearest"], 2)
    assert 0 < found["original"] < 3
    assert found["bicubic"] != found["nearest"]
    assert 0.2 < found["share"] < 1


def test_the_command_records_what_it_measured(tmp_path):
    folder = tmp_path / "walk"
    folder.mkdir()
    for i in range(3):
        images.save(folder / f"{i}.png", drawn.frame(i)[:64, :64])
    out = tmp_path / "video.json"
    words = ["evaluate-video", str(folder), "--scale", "2", "--model", "bicubic", "--frames", "2"]
    result = CliRunner().invoke(cli.app, [*words, "--out", str(out)])
    assert result.exit_code == 0, result.output
    record = json.loads(out.read_text())
    (row,) = record["results"]["clips"]
    assert (row["clip"], row["frames"], row["width"]) == ("walk", 2, 64)
    assert row["speed"][0]["of_bicubic"] == 1
    assert row["flicker"]["bicubic"] > 0
    assert record["results"]["memory"] == []
    assert "walk" in record["command"]


def test_the_command_refuses_one_frame():
    words = ["evaluate-video", str(video.clip()), "--scale", "2", "--frames", "1"]
    result = CliRunner().invoke(cli.app, words)
    assert result.exit_code == 2
    assert "frames is 1" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--length", "0"], "length is 0; accepted are whole numbers from 1"),
        (["b/walk.mp4"], "clips: 'walk' is there twice"),
    ],
)
def test_the_command_refuses_before_it_measures(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    for folder in "ab":
        Path(folder).mkdir()
        shutil.copy(video.clip(), Path(folder) / "walk.mp4")
    monkeypatch.setattr(measure, "speeds", lambda *_: pytest.fail("it measured"))
    result = CliRunner().invoke(cli.app, ["evaluate-video", "a/walk.mp4", "--scale", "2", *words])
    assert result.exit_code == 2
    assert message in result.stderr
