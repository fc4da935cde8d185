from itertools import pairwise

import numpy as np
import pytest

from srcourse.classroom import check


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def steps(frames):
    return np.diff(frames.astype(float), axis=0)


def from_first(frames):
    wide = frames.astype(float)
    return np.abs(wide[1:] - wide[0])


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f, r: None, "returned nothing"),
        (lambda f, r: np.abs(steps(f))[:, r], "one number"),
        (lambda f, r: np.abs(np.diff(f, axis=0))[:, r].mean(), "there 10 − 12 is 254"),
        (lambda f, r: steps(f)[:, r].mean(), "up and down cancel"),
        (lambda f, r: abs(steps(f)[:, r].mean()), "comes too late"),
        (lambda f, r: np.abs(steps(f)).mean(), "over the whole picture"),
        (lambda f, r: np.abs(steps(f))[:, ~r].mean(), "where the scene moves"),
        (lambda f, r: (np.abs(steps(f)) * r).mean(), "became 0"),
        (lambda f, r: from_first(f)[:, r].mean(), "from the first frame"),
        (lambda f, r: from_first(f)[-1][r].mean(), "last frame with the first"),
        (lambda f, r: (steps(f)[:, r] ** 2).mean(), "mean of the squares"),
        (lambda f, r: np.sqrt((steps(f)[:, r] ** 2).mean()), "root of the mean square"),
        (lambda f, r: np.abs(steps(f))[:, r].sum(), "That is the sum"),
        (lambda f, r: np.abs(steps(f))[:, r].sum() / (len(f) * r.sum()), "N − 1 changes"),
        (lambda f, r: f.std(axis=0)[r].mean(), "spread of each pixel"),
        (lambda f, r: np.abs(np.diff(f.astype(float)))[:, r[:, 1:]].mean(), "Time is axis 0"),
        (lambda f, r: 3.0, "it gave 3; the mean change is"),
    ],
)
def test_flicker_hints(answer, hint):
    fails("17-flicker", answer, hint)


def test_flicker_may_be_written_otherwise():
    def by_loop(frames, rest):
        total = 0
        for before, after in pairwise(frames):
            total += sum(
                abs(int(a) - int(b)) for a, b in zip(after[rest], before[rest], strict=True)
            )
        return total / ((len(frames) - 1) * rest.sum())

    assert check("17-flicker", lambda f, r: np.abs(steps(f))[:, r].mean()).passed
    assert check("17-flicker", by_loop).passed


def pairs(frames):
    return list(pairwise(frames))


def repeats(frames):
    return [False] + [np.array_equal(a, b) for a, b in pairs(frames)]


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f: None, "returned nothing"),
        (lambda f: repeats(f)[1:], "One is missing"),
        (lambda f: np.array(f)[1:] == np.array(f)[:-1], "return one bool for each"),
        (lambda f: [True, *repeats(f)[1:]], "Begin with False"),
        (lambda f: [*repeats(f)[1:], False], "with the frame after"),
        (lambda f: [False] + [np.array_equal(f[0], a) for a in f[1:]], "with the first frame"),
        (lambda f: [not r for r in repeats(f)], "which frames are new"),
        (
            lambda f: [any(np.array_equal(a, b) for b in f[:n]) for n, a in enumerate(f)],
            "has occurred at all",
        ),
        (
            lambda f: [False] + [np.abs(a.astype(int) - b).mean() < 1 for a, b in pairs(f)],
            "no tolerance",
        ),
        (lambda f: [False] + [(a == b).any() for a, b in pairs(f)], "some pixels are equal"),
        (lambda f: [False] + [a.mean() == b.mean() for a, b in pairs(f)], "Frames of one mean"),
        (lambda f: [False] + [a is b for a, b in pairs(f)], "one and the same object"),
        (lambda f: [False] * 2 + [True] * (len(f) - 2), "Frame 1 of our test"),
        (lambda f: repeats(f) if len(f) > 1 else [], "A video of one frame"),
    ],
)
def test_repeats_hints(answer, hint):
    fails("17-repeats", answer, hint)


def test_repeats_may_be_written_otherwise():
    def by_array(frames):
        whole = np.array(frames)
        same = (whole[1:] == whole[:-1]).all(axis=(1, 2, 3))
        return np.concatenate([[False], same])

    def by_loop(frames):
        found, before = [], None
        for frame in frames:
            found.append(before is not None and bool((frame == before).all()))
            before = frame
        return found

    for answer in (repeats, by_array, by_loop):
        assert check("17-repeats", answer).passed


def frame_at(times, seconds):
    return int(np.searchsorted(times, seconds, side="right")) - 1


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda t, s: None, "returned nothing"),
        (lambda t, s: np.searchsorted(t, s, side="right"), "frame that comes next"),
        (lambda t, s: np.searchsorted(t, s) - 1, "from its own time on"),
        (lambda t, s: np.searchsorted(t, s), "would be put in"),
        (lambda t, s: np.abs(np.array(t) - s).argmin(), "whose time is nearest"),
        (lambda t, s: min(int(s * (len(t) - 1) / (t[-1] - t[0])), len(t) - 1), "mean rate"),
        (lambda t, s: int(s * 25 + 1e-9), "25 frames for each second"),
        (lambda t, s: t[frame_at(t, s)], "Return its number"),
        (lambda t, s: 0, "at 0.04 s, it gave 0; frame 1 is seen then"),
        (lambda t, s: frame_at(t, s) if t[0] == 0 else 0, "With times [0.5, 0.6, 0.9]"),
    ],
)
def test_frame_at_hints(answer, hint):
    fails("17-frame-at", answer, hint)


def test_frame_at_may_be_written_otherwise():
    def by_loop(times, seconds):
        found = 0
        for number, time in enumerate(times):
            if time <= seconds:
                found = number
        return found

    assert check("17-frame-at", frame_at).passed
    assert check("17-frame-at", by_loop).passed
    assert check("17-frame-at", lambda t, s: sum(time <= s for time in t) - 1).passed
