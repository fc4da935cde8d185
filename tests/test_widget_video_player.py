from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from srcourse import video
from srcourse.images import luma
from srcourse.video.flicker import flicker
from srcourse.widgets import VideoPlayer
from srcourse.widgets.video_player import GAIN, change

COUNT = 5


def clip(amount, seed=0):
    """Grey frames of 24 × 41 with noise of so many levels, and a block that moves."""
    random = np.random.default_rng(seed)
    frames = 120 + random.integers(-amount, amount + 1, (COUNT, 24, 41, 3))
    frames[::2, 8:16, 16:24] = 20
    return list(frames.astype(np.uint8))


VERSIONS = {"calm": clip(1), "restless": clip(4, 1)}
REST = video.still(VERSIONS["calm"])


@pytest.fixture
def widget():
    return VideoPlayer(VERSIONS, REST, 25)


def test_the_page_gets_every_pixel(widget):
    for side, frames in zip(("left", "right"), VERSIONS.values(), strict=True):
        sent = [np.asarray(Image.open(BytesIO(data))) for data in widget.pictures[side]]
        assert np.array_equal(sent, frames)


def test_the_figures_are_the_flicker_where_the_scene_rests(widget):
    assert not REST[:, 1, 2].any()
    assert REST.sum() == REST.size - len(REST)
    for side, frames in zip(("left", "right"), VERSIONS.values(), strict=True):
        planes = np.array([255 * luma(frame) for frame in frames])[:, :, :40]
        steps = np.abs(np.diff(planes, axis=0))
        at = REST.repeat(8, axis=1).repeat(8, axis=2)
        assert widget.figures[side]["mean"] == f"{steps[at].mean():.2f}"
        each = [f"{step[where].mean():.2f}" for step, where in zip(steps, at, strict=True)]
        assert widget.figures[side]["frames"] == ["–", *each]


def test_a_frame_in_which_all_moves_has_no_figure():
    rest = REST.copy()
    rest[1, 0], rest[2] = False, False
    widget = VideoPlayer(VERSIONS, rest)
    second = flicker(VERSIONS["calm"][1:3], rest[1:2])
    assert widget.figures["left"]["frames"][2] == f"{second:.2f}"
    assert [f == "–" for f in widget.figures["left"]["frames"]] == [True, False, False, True, False]
    assert widget.figures["left"]["mean"] == f"{flicker(VERSIONS['calm'], rest):.2f}"


def test_rest_reaches_the_page_row_by_row(widget):
    sent = np.frombuffer(widget.rest, np.uint8).reshape(COUNT - 1, 3, 5)
    assert np.array_equal(sent, REST)


def test_a_change_is_that_of_the_luma():
    before, after = VERSIONS["calm"][1], VERSIONS["restless"][1]
    exact = GAIN * np.abs(255 * luma(after) - 255 * luma(before)).clip(0, 255)
    found = change(before, after).astype(int)
    assert found.shape == before.shape
    assert np.abs(found[..., 0] - exact.clip(0, 255)).max() < 3  # the weights are rounded
    assert np.array_equal(change(before, after), change(after, before))
    assert not change(before, before).any()


def test_snapshot_and_summary(widget):
    shown = widget.snapshot()
    assert (shown.dtype, shown.shape[2]) == (np.uint8, 3)
    assert widget.summary() == {
        "versions": "calm | restless",
        "frames": 5,
        "rate": 25,
        "frame": 0,
        "view": "picture",
        "left_flicker": round(flicker(VERSIONS["calm"], REST), 1),
        "right_flicker": round(flicker(VERSIONS["restless"], REST), 1),
    }
    assert np.array_equal(widget.shown("right"), VERSIONS["restless"][0])
    factor = 320 // 41
    large = VERSIONS["calm"][0].repeat(factor, axis=0).repeat(factor, axis=1)
    assert np.array_equal(shown[26 : 26 + len(large), 6 : 6 + large.shape[1]], large)
    widget.frame, widget.view = 3, "change"
    assert np.array_equal(widget.shown("left"), change(*VERSIONS["calm"][2:4]))
    widget.frame = 0
    assert not widget.shown("left").any()


def test_grey_and_float_frames_are_shown_as_they_are():
    grey = [frame[..., 0] for frame in VERSIONS["calm"]]
    widget = VideoPlayer({"grey": grey, "float": [frame / 255 for frame in grey]}, REST)
    for side in ("left", "right"):
        assert np.array_equal(widget.shown(side)[..., 1], grey[0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"versions": {"one": VERSIONS["calm"]}}, "versions must be a dict of two names"),
        ({"versions": [VERSIONS["calm"]] * 2}, "versions must be a dict of two names"),
        ({"versions": VERSIONS | {"restless": VERSIONS["calm"][1:]}}, "in number of frames"),
        (
            {"versions": VERSIONS | {"restless": [f[1:] for f in VERSIONS["calm"]]}},
            "differ in size",
        ),
        (
            {"versions": {"a": VERSIONS["calm"][:1], "b": VERSIONS["calm"][:1]}},
            "1 frames; accepted",
        ),
        ({"versions": dict.fromkeys("ab", [np.zeros((7, 9), np.uint8)] * 5)}, "9×7; accepted: 8"),
        ({"versions": dict.fromkeys("ab", [np.zeros((8, 641), np.uint8)] * 5)}, "641×8; accepted"),
        ({"versions": dict.fromkeys("ab", [np.full((8, 8), 9.0)] * 5)}, r"versions\['a'\]"),
        ({"rest": REST[1:]}, "rest is of 3 pairs of frames; accepted: 4"),
        ({"rest": REST[:, 1:]}, "rest has shape"),
        ({"rest": np.zeros_like(REST)}, "rest is True nowhere"),
        ({"rate": 0}, "rate is 0; accepted: above 0"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"frame": 5}, "frame is 5; accepted: 0 to 4"),
        ({"frame": -1}, "frame is -1"),
        ({"view": "sum"}, "view is 'sum'; accepted: picture, change"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        VideoPlayer(**{"versions": VERSIONS, "rest": REST} | wrong)
