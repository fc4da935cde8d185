"""What equals the frame before is not computed again, and the result is the same."""

import numpy as np
import pytest

from srcourse.upscaling import upscale
from srcourse.video import upscale_video
from srcourse.video.enlarge import enlarger
from srcourse.video.reuse import TILE, Enlarger, changed_tiles, rectangles
from tests.video_clips import make

pytestmark = pytest.mark.usefixtures("one_thread")


def noise(height=200, width=150, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("model", ["bicubic", "fsrcnn", "edsr-mini"])
def test_a_patched_frame_is_as_one_computed_whole(model):
    first = noise()
    second = first.copy()
    second[65:70, 60:68] = 255 - second[65:70, 60:68]  # one pixel from the tiles above
    third = second.copy()
    third[199, 149] = 255 - third[199, 149]
    run = enlarger(model, 2)
    for frame in (first, second, third):
        difference = np.abs(run(frame).astype(int) - upscale(frame, 2, model))
        assert difference.max() <= 1  # another tile rounds another way
        assert (difference > 0).mean() < 0.01


def test_it_counts_what_it_saves():
    seen = []

    def twice(piece):
        seen.append(piece.shape[:2])
        return piece.repeat(2, 0).repeat(2, 1)

    run = Enlarger(twice, 2, 0)
    first = noise(128, 128)
    first_sr = run(first)
    assert run.reused == 0
    assert run(first.copy()) is first_sr
    assert run.reused == 0.5
    third = first.copy()
    third[5, 5] ^= 1
    np.testing.assert_array_equal(run(third), third.repeat(2, 0).repeat(2, 1))
    assert seen == [(128, 128), (64, 64)]
    assert run.reused == pytest.approx(1 - (1 + 0 + 0.25) / 3)
    assert first_sr[10, 10, 0] == first[5, 5, 0]  # what was handed out stays as it was


def test_without_a_halo_only_whole_frames_are_reused():
    calls = []
    run = Enlarger(lambda f: calls.append(1) or f, 1, None)
    frame = noise()
    other = frame.copy()
    other[0, 0] ^= 1
    for picture in (frame, frame, other):
        run(picture)
    assert len(calls) == 2


@pytest.mark.parametrize("halo", [0, 3, 70])
def test_changed_tiles_against_a_loop(halo):
    before = noise(200, 150)
    after = before.copy()
    after[66, 10, 2] ^= 1
    after[130, 149, 0] ^= 1
    differs = (before != after).any(axis=2)
    expected = [
        [
            differs[max(0, y - halo) : y + TILE + halo, max(0, x - halo) : x + TILE + halo].any()
            for x in range(0, 150, TILE)
        ]
        for y in range(0, 200, TILE)
    ]
    # The last tile ends where the picture does, and so does its halo.
    np.testing.assert_array_equal(changed_tiles(before, after, halo), expected)


def test_rectangles_cover_each_changed_tile_once():
    rng = np.random.default_rng(0)
    for _ in range(50):
        changed = rng.random((9, 11)) < rng.random()
        covered = np.zeros(changed.shape, int)
        for rows, columns in rectangles(changed, 4):
            covered[rows, columns] += 1
            assert max(rows.stop - rows.start, columns.stop - columns.start) <= 4
        np.testing.assert_array_equal(covered, changed)
    assert len(list(rectangles(np.ones((4, 4), bool), 8))) == 1


def test_a_still_video_is_computed_once(tmp_path):
    clip = make(tmp_path / "in.mkv", [noise(32, 48)] * 10, codec="ffv1", options={})
    assert upscale_video(clip, tmp_path / "out.mp4", "bicubic", 2).reused == pytest.approx(0.9)
