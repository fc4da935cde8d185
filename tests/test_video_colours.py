"""Colours survive: each matrix and range, by the formulas of ITU-T H.273."""

import av
import numpy as np
import pytest

from srcourse.video import upscale_video
from srcourse.video.colours import colours, to_rgb, to_yuv
from tests.video_clips import decoded, make

# H.273, table 4: matrix code, then Kr and Kb.
MATRICES = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
RED = (200, 30, 60)


def yuv_of(colour, matrix: int, full: bool) -> tuple[int, ...]:
    """H.273, equations 38 to 46, in 8 bits."""
    kr, kb = MATRICES[matrix]
    r, g, b = (c / 255 for c in colour)
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if full:
        return round(255 * y), round(255 * cb + 128), round(255 * cr + 128)
    return round(219 * y + 16), round(224 * cb + 128), round(224 * cr + 128)


def flat(yuv, size=(32, 48)):
    """A frame of one colour in 4:2:0."""
    height, width = size
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, level in zip(frame.planes, yuv, strict=True):
        plane.update(bytes([level]) * plane.buffer_size)
    return frame


def middle(frame) -> tuple[int, ...]:
    """The levels at its centre, as stored."""
    return tuple(
        int(np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[p.height // 2, p.width // 2])
        for p in frame.planes
    )


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
def test_a_known_colour_and_its_tags_survive(tmp_path, matrix, full):
    tags = (2 if full else 1, matrix, 5, 6)
    stored = yuv_of(RED, matrix, full)
    clip = make(tmp_path / "in.mp4", [flat(stored)], colours=tags)
    frame = decoded(clip)[0]
    assert middle(frame) == pytest.approx(stored, abs=1)
    # The network sees the colour that a player shows.
    assert to_rgb(frame, colours(frame))[16, 24].tolist() == pytest.approx(RED, abs=3)
    upscale_video(clip, tmp_path / "out.mp4", "bicubic", 2, quality=0)
    result = decoded(tmp_path / "out.mp4")[0]
    assert middle(result) == pytest.approx(stored, abs=2)
    found = (result.color_range, result.colorspace, result.color_primaries, result.color_trc)
    assert found == tags


@pytest.mark.parametrize(("size", "assumed"), [((480, 640), 6), ((720, 1280), 1)])
def test_what_the_file_does_not_tell_is_what_players_assume(size, assumed):
    frame = flat(yuv_of(RED, assumed, False), size)
    assert to_rgb(frame, colours(frame))[9, 9].tolist() == pytest.approx(RED, abs=3)


def test_an_assumed_matrix_is_told_in_the_result(tmp_path):
    """360 lines would be taken for BT.601, and 720 for BT.709: the colours would shift."""
    clip = make(tmp_path / "in.mp4", [flat(yuv_of(RED, 6, False), (360, 640))])
    assert decoded(clip)[0].colorspace == 2  # unspecified
    upscale_video(clip, tmp_path / "out.mp4", "nearest", 2)
    assert decoded(tmp_path / "out.mp4")[0].colorspace == 6


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
def test_every_colour_goes_there_and_back(matrix, full):
    frame = flat((128, 128, 128))
    frame.colorspace, frame.color_range = matrix, 2 if full else 1
    found = colours(frame)
    patches = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    picture = patches.repeat(16, axis=0).repeat(16, axis=1)
    back = to_rgb(to_yuv(picture, found), found)
    centres = (slice(8, None, 16), slice(8, None, 16))
    assert np.abs(back[centres].astype(int) - patches).max() <= 4


def test_ten_bits_and_444_are_read(tmp_path):
    picture = np.full((32, 48, 3), RED, np.uint8)
    for pix_fmt in ("yuv420p10le", "yuv444p"):
        clip = make(tmp_path / "in.mkv", [picture] * 2, codec="ffv1", pix_fmt=pix_fmt, options={})
        upscale_video(clip, tmp_path / "out.mp4", "bicubic", 2, quality=0)
        frame = decoded(tmp_path / "out.mp4")[0]
        assert to_rgb(frame, colours(frame))[32, 48].tolist() == pytest.approx(RED, abs=3)
