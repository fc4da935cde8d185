"""`upscale_video` against PyAV: what of the original the result keeps, and how runs end."""

import _thread
import signal
import threading
import time
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
import pytest
from typer.testing import CliRunner

import srcourse as sr
from srcourse import cli, images
from srcourse.upscaling import upscale
from srcourse.video import Cancelled, Limits, probe, upscale_video
from srcourse.video.ahead import ahead
from srcourse.video.colours import colours, to_rgb
from tests.video_clips import decoded, make, pictures, sound_of

pytestmark = pytest.mark.usefixtures("one_thread")

RUNNER = CliRunner()


@pytest.fixture
def clip(tmp_path):
    return make(tmp_path / "in.mp4", sound="aac")


def times(file) -> list[Fraction]:
    return [frame.pts * frame.time_base for frame in decoded(file)]


def stored_luma(frame) -> np.ndarray:
    """Its Y, as the file has it."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width].astype(float)


def alone(folder) -> list[str]:
    return sorted(f.name for f in folder.iterdir())


@pytest.mark.parametrize("model", ["bicubic", "fsrcnn"])
def test_each_frame_is_what_upscale_makes_of_it(tmp_path, clip, model):
    done = upscale_video(clip, tmp_path / "out.mp4", model, 2, quality=0)
    inputs, outputs = decoded(clip), decoded(tmp_path / "out.mp4")
    assert done.frames == len(outputs) == len(inputs) == 5
    assert done.fps == pytest.approx(done.frames / done.seconds)
    for before, after in zip(inputs, outputs, strict=True):
        expected = 255 * images.luma(upscale(to_rgb(before, colours(before)), 2, model))
        found = stored_luma(after)
        assert found.shape == expected.shape
        assert np.abs(found - expected).mean() < 0.8


def test_sr_hands_the_function_on():
    assert sr.upscale_video is upscale_video


def test_sound_is_copied_bit_for_bit(tmp_path, clip):
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    assert sound_of(tmp_path / "out.mp4") == sound_of(clip)
    assert len(sound_of(clip)) > 5


def test_uneven_times_and_the_last_duration_are_kept(tmp_path):
    base = Fraction(1, 90_000)
    given = [0, 3000, 4500, 12_345, 90_000]
    lasting = [3000, 1500, 7845, 77_655, 45_000]
    clip = make(tmp_path / "in.mp4", times=given, durations=lasting, time_base=base)
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    assert times(tmp_path / "out.mp4") == times(clip) == [t * base for t in given]
    durations = [f.duration * f.time_base for f in decoded(tmp_path / "out.mp4")]
    assert durations[-1] == Fraction(1, 2)


def test_times_are_kept_in_matroska(tmp_path):
    clip = make(tmp_path / "in.mkv", times=[0, 40, 55, 400, 1000], time_base=Fraction(1, 1000))
    upscale_video(clip, tmp_path / "out.mkv", "nearest", 2)
    assert times(tmp_path / "out.mkv") == times(clip)


@pytest.mark.parametrize("turn", [(90,), (180,), (-90,), (0, True, False), (90, True, False)])
def test_the_rotation_and_flips_are_kept(tmp_path, turn):
    clip = make(tmp_path / "in.mp4", rotation=turn)
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    matrices = [
        [bytes(d) for d in decoded(f)[0].side_data if d.type.name == "DISPLAYMATRIX"]
        for f in (clip, tmp_path / "out.mp4")
    ]
    assert matrices[0] == matrices[1] != []
    assert probe(tmp_path / "out.mp4").rotation == probe(clip).rotation
    if len(turn) == 1:
        assert abs(probe(clip).rotation) == abs(turn[0])


def test_without_a_rotation_none_is_written(tmp_path, clip):
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    assert probe(tmp_path / "out.mp4").rotation == 0


def test_the_pixels_shape_is_kept(tmp_path):
    clip = make(tmp_path / "in.mp4", aspect=Fraction(128, 117))
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(128, 117)


def test_an_odd_result_repeats_its_last_row_and_column(tmp_path):
    frames = pictures(2, 15, 21)
    clip = make(tmp_path / "in.mkv", frames, codec="ffv1", pix_fmt="bgr0", options={})
    upscale_video(clip, tmp_path / "out.mp4", "bicubic", 3, quality=0)
    last = stored_luma(decoded(tmp_path / "out.mp4")[-1])
    assert last.shape == (46, 64)
    assert np.abs(last[-1] - last[-2]).max() <= 1
    assert np.abs(last[:, -1] - last[:, -2]).max() <= 1


def test_an_odd_video_enlarged_to_even_has_its_size(tmp_path):
    clip = make(tmp_path / "in.mkv", pictures(2, 15, 21), codec="ffv1", options={})
    upscale_video(clip, tmp_path / "out.mp4", "bicubic", 2)
    facts = probe(tmp_path / "out.mp4")
    assert (facts.height, facts.width) == (30, 42)


def test_a_function_is_applied_and_keeps_the_size(tmp_path, clip):
    upscale_video(clip, tmp_path / "out.mp4", lambda frame: 255 - frame, quality=0)
    before, after = decoded(clip)[2], decoded(tmp_path / "out.mp4")[2]
    assert np.abs(stored_luma(after) - (251 - stored_luma(before))).mean() < 1.5  # 16 to 235


def test_a_function_that_changes_the_size_is_refused(tmp_path, clip):
    with pytest.raises(ValueError, match=r"^model made uint8 \(16, 24, 3\) of a frame"):
        upscale_video(clip, tmp_path / "out.mp4", lambda frame: frame[::2, ::2])
    assert alone(tmp_path) == ["in.mp4"]


def test_the_colorizer_keeps_the_size_and_brightness(tmp_path):
    clip = make(tmp_path / "in.mp4", pictures(2))
    done = upscale_video(clip, tmp_path / "out.mp4", "colorful-mini", quality=0)
    before, after = decoded(clip)[1], decoded(tmp_path / "out.mp4")[1]
    assert done.frames == 2
    assert (after.height, after.width) == (before.height, before.width)
    assert np.corrcoef(stored_luma(after).ravel(), stored_luma(before).ravel())[0, 1] > 0.95


@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov", "avi"])
def test_from_memory_it_is_as_from_a_file(tmp_path, ending):
    codec = "mpeg4" if ending == "avi" else "libx264"
    clip = make(tmp_path / f"in.{ending}", codec=codec, options={})
    assert probe(BytesIO(clip.read_bytes())) == probe(clip)
    for name, source in (("a", clip), ("b", BytesIO(clip.read_bytes()))):
        upscale_video(source, tmp_path / f"{name}.mp4", "bicubic", 2, quality=0)
    # Frames, not bytes: x264's threads may decide another way from run to run.
    for one, other in zip(decoded(tmp_path / "a.mp4"), decoded(tmp_path / "b.mp4"), strict=True):
        np.testing.assert_array_equal(one.to_ndarray(), other.to_ndarray())


def test_probe_tells_what_was_written(tmp_path):
    facts = probe(make(tmp_path / "in.mp4", sound="aac", rotation=(90,)))
    assert (facts.width, facts.height, facts.frames) == (48, 32, 5)
    assert facts.seconds == pytest.approx(0.2)
    assert facts.rate == pytest.approx(25)
    assert (facts.codec, facts.container, facts.rotation, facts.audio) == ("h264", "mov", 90, True)
    assert probe(make(tmp_path / "in.mkv")).frames is None
    assert not probe(tmp_path / "in.mkv").audio


def test_quality_makes_the_file_smaller(tmp_path):
    rng = np.random.default_rng(0)
    clip = make(tmp_path / "in.mp4", [rng.integers(0, 255, (32, 48, 3), np.uint8)] * 3)
    sizes = []
    for quality in (0, 18, 40):
        upscale_video(clip, tmp_path / "out.mp4", "bicubic", 2, quality=quality)
        sizes.append((tmp_path / "out.mp4").stat().st_size)
    assert sizes[0] > 2 * sizes[1] > 4 * sizes[2]


def test_tell_hears_of_every_frame_and_the_total(tmp_path, clip):
    heard = []
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2, tell=lambda *n: heard.append(n))
    assert heard == [(i, 5) for i in range(1, 6)]


def test_a_cancelled_run_leaves_nothing(tmp_path, clip):
    seen = []
    with pytest.raises(Cancelled):
        upscale_video(
            clip,
            tmp_path / "out.mp4",
            "nearest",
            2,
            tell=lambda *n: seen.append(n),
            cancelled=lambda: len(seen) >= 2,
        )
    assert 2 <= len(seen) < 5
    assert alone(tmp_path) == ["in.mp4"]


def test_ctrl_c_leaves_no_file_and_the_older_one_as_it_was(tmp_path):
    clip = make(tmp_path / "in.mp4", pictures(30))
    (tmp_path / "out.mp4").write_bytes(b"older")
    threads = threading.active_count()

    def interrupt(done, _total):
        if done == 3:
            _thread.interrupt_main()

    # Started in the background of a script, Python would ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            upscale_video(clip, tmp_path / "out.mp4", "nearest", 2, tell=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert alone(tmp_path) == ["in.mp4", "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"older"
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(frames=4), "has more than 4 frames"),
        (Limits(seconds=0.1), "lasts more than 0.1 seconds"),
        (Limits(pixels=64 * 96 - 1), "enlarged has frames of 96 × 64 pixels"),
    ],
)
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_limits_are_held_to(tmp_path, limits, message, ending):
    clip = make(tmp_path / f"in.{ending}")
    with pytest.raises(ValueError, match=message):
        upscale_video(clip, tmp_path / "out.mp4", "nearest", 2, limits=limits)
    assert alone(tmp_path) == [clip.name]
    exact = Limits(5, 0.2, 64 * 96)
    assert upscale_video(clip, tmp_path / "out.mp4", "nearest", 2, limits=exact).frames == 5


def test_limits_hold_where_the_header_lies(tmp_path, monkeypatch):
    clip = make(tmp_path / "in.mp4")
    facts = probe(clip).__class__(48, 32, 1, 0.04, 25.0, "h264", "mov", 0, False)
    monkeypatch.setattr("srcourse.video.source.Video._facts", lambda *_: facts)
    for limits in (Limits(frames=3), Limits(seconds=0.1)):
        with pytest.raises(ValueError, match="the most accepted"):
            upscale_video(clip, tmp_path / "out.mp4", "nearest", 2, limits=limits)
    assert alone(tmp_path) == ["in.mp4"]


# ahead


def test_ahead_overlaps_and_stays_bounded():
    made, most = [], 0

    def items():
        for i in range(20):
            made.append(i)
            yield i

    got = []
    for item in ahead(items(), 2):
        time.sleep(0.005)
        got.append(item)
        most = max(most, len(made) - len(got))
    assert got == list(range(20))
    assert 2 <= most <= 4  # two wait, one is held, one is being made


def test_ahead_hands_errors_on_and_ends_its_thread():
    closed = threading.Event()

    def items():
        try:
            yield 1
            raise KeyError("lost")
        finally:
            closed.set()

    with pytest.raises(KeyError, match="lost"):
        list(ahead(items(), 1))
    assert closed.is_set()

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    closed.clear()
    stop = threading.Event()
    run = ahead(endless(), 1, stop)
    next(run)
    run.close()
    assert closed.is_set()
    assert stop.is_set()


# the command


def srcourse(*words):
    return RUNNER.invoke(cli.app, [str(word) for word in words])


def test_the_command_enlarges_and_says_so(tmp_path, clip):
    result = srcourse("video", clip, "-o", tmp_path / "out.mp4", "--model", "nearest")
    assert result.exit_code == 0, result.output
    assert "5 frames" in result.stdout
    assert len(decoded(tmp_path / "out.mp4")) == 5


def test_the_command_replaces_a_file_only_by_force(tmp_path, clip):
    out = tmp_path / "out.mp4"
    out.write_bytes(b"older")
    words = ("video", clip, "-o", out, "--model", "nearest")
    result = srcourse(*words)
    assert result.exit_code == 2
    assert result.stderr == f"srcourse: out: {out} exists; --force replaces it\n"
    assert out.read_bytes() == b"older"
    assert srcourse(*words, "--force").exit_code == 0
    assert len(decoded(out)) == 5
