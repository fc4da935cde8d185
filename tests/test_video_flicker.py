"""Flicker on frames whose change is known."""

import numpy as np
import pytest

from srcourse.video import flicker, still


def steps(*levels, size=(24, 40)):
    return [np.full(size, level, np.uint8) for level in levels]


def test_what_never_changes_does_not_flicker():
    frames = steps(90, 90, 90)
    assert still(frames).shape == (2, 3, 5)
    assert still(frames).all()
    assert flicker(frames, still(frames)) == 0


def test_a_known_change_is_told_in_levels():
    assert flicker(steps(90, 92, 91), still(steps(0, 0, 0))) == pytest.approx(1.5)


def test_only_what_rests_counts():
    original = steps(90, 90)
    original[1][:8, :8] = 200  # one block moves
    rest = still(original)
    assert rest.sum() == 14
    assert not rest[0, 0, 0]
    larger = steps(50, 50)
    larger[1][:8, :8] = 250
    larger[1][8:16, :8] = 57  # one of 14 blocks flickers by 7
    assert flicker(larger, rest) == pytest.approx(0.5)


def test_the_threshold_is_of_the_block_mean():
    original = steps(90, 90)
    original[1][:8, :8][::2] = 96  # half of a block by 6: 3 in the mean
    assert not still(original, 3)[0, 0, 0]
    assert still(original, 3.1)[0, 0, 0]


def test_colours_count_by_their_luma():
    before = np.zeros((8, 8, 3), np.uint8)
    after = before.copy()
    after[..., 1] = 255
    # BT.601 in studio range: green is 128.553 of 219 levels.
    assert flicker([before, after], np.ones((1, 1, 1), bool)) == pytest.approx(128.553)


def test_rows_beyond_the_last_block_are_left_out():
    frames = steps(10, 10, size=(23, 41))
    frames[1][16:] = 250
    frames[1][:, 40:] = 250
    assert still(frames).shape == (1, 2, 5)
    assert flicker(frames, still(frames)) == 0


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (steps(1), "at least 2"),
        ([*steps(1), np.zeros((9, 9), np.uint8)], "of one size"),
        (steps(1, 2, size=(7, 40)), "at least 8"),
        ([[1, 2], [3, 4]], "frames must be a NumPy array"),
    ],
)
def test_bad_frames(frames, message):
    with pytest.raises(ValueError, match=message):
        still(frames)


def test_bad_settings():
    with pytest.raises(ValueError, match="threshold is 0"):
        still(steps(1, 2), 0)
    with pytest.raises(ValueError, match="rest has shape"):
        flicker(steps(1, 2), np.ones((2, 3, 5), bool))
    with pytest.raises(ValueError, match="nothing in these frames"):
        flicker(steps(1, 2), np.zeros((1, 3, 5), bool))
