"""Judges of lesson 17, Video."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise


@exercise("17-flicker", "Flicker")
def flicker(answer: Any) -> None:
    random = np.random.default_rng(17)
    for count, height, width in ((4, 9, 12), (6, 8, 5)):
        frames = random.integers(90, 110, (count, height, width), dtype=np.uint8)
        rest = random.random((height, width)) < 0.6
        frames[:, ~rest] = random.integers(0, 256, (count, int((~rest).sum())))
        got = answer(frames.copy(), rest.copy())
        if got is None:
            raise Wrong("It returned nothing. Return one number, in levels.")
        got = np.asarray(got, float)
        if got.shape:
            raise Wrong(f"It should be one number, the mean of all; this has shape {got.shape}.")
        wide = frames.astype(float)
        steps = np.diff(wide, axis=0)
        at = np.abs(steps)[:, rest]
        if np.isclose(got, at.mean(), atol=1e-6):
            continue
        wrapped = np.diff(frames, axis=0)
        mistakes = {
            "A `uint8` cannot go below 0: there 10 − 12 is 254. Make the frames floats before you "
            "subtract.": wrapped[:, rest].mean(),
            "Changes up and down cancel. Take the absolute value of each before the mean.": (
                steps[:, rest].mean()
            ),
            "The absolute value comes too late: changes up and down have cancelled by then. Take "
            "it of each change.": abs(steps[:, rest].mean()),
            "That is the mean over the whole picture. Only where `rest` is True counts.": (
                np.abs(steps).mean()
            ),
            "That is taken where the scene moves. `rest` is True where it rests.": (
                np.abs(steps)[:, ~rest].mean()
            ),
            "What moves became 0, and counts in the mean all the same. Leave it out: "
            "`steps[:, rest]`.": (np.abs(steps) * rest).mean(),
            "That is the change from the first frame. Compare each frame with the one before it.": (
                np.abs(wide[1:] - wide[0])[:, rest].mean()
            ),
            "That only compares the last frame with the first.": (
                np.abs(wide[-1] - wide[0])[rest].mean()
            ),
            "That is the mean of the squares. Take the mean of the absolute values.": (
                (at**2).mean()
            ),
            "That is the root of the mean square. Take the mean of the absolute values.": (
                np.sqrt((at**2).mean())
            ),
            "That is the sum. Divide by how many changes there are.": at.sum(),
            "Between N frames there are N − 1 changes, and not N.": at.sum() / (count * rest.sum()),
            "That is the spread of each pixel over time. Compare neighbouring frames.": (
                wide.std(axis=0)[rest].mean()
            ),
            "`np.diff` goes along the last axis by itself, from pixel to pixel. Time is axis 0.": (
                np.abs(np.diff(wide))[:, rest[:, 1:]].mean()
            ),
        }
        for hint, wrong in mistakes.items():
            if np.isclose(got, wrong, atol=1e-6):
                raise Wrong(hint)
        raise Wrong(f"For {count} frames it gave {got:.4g}; the mean change is {at.mean():.4g}.")


@exercise("17-repeats", "Again the same")
def repeats(answer: Any) -> None:
    random = np.random.default_rng(17)
    one, other = (random.integers(0, 255, (6, 5, 3), dtype=np.uint8) for _ in range(2))
    nearly = one.copy()
    nearly[3, 2, 1] += 1
    mixed = one[::-1].copy()  # the same values elsewhere
    clip = [one, one, nearly, nearly, other, one, mixed, mixed, mixed]
    clip = [frame.copy() for frame in clip]
    right = [False, True, False, True, False, False, False, True, True]
    got = answer(clip)
    if got is None:
        raise Wrong("It returned nothing. Return a list, one bool for each frame.")
    got = np.asarray(got)
    if got.shape == (len(clip) - 1,):
        raise Wrong("One is missing: the first frame too has its bool, False.")
    if got.shape != (len(clip),):
        raise Wrong(f"Of {len(clip)} frames it made shape {got.shape}; return one bool for each.")
    found = [bool(value) for value in got]
    if found == right:
        if [bool(value) for value in answer([one])] != [False]:
            raise Wrong("A video of one frame should give [False].")
        return
    hints = {
        "The first frame has none before it: it cannot equal it. Begin with False.": [
            True,
            *right[1:],
        ],
        "It compares with the frame after. Compare with the one before.": [*right[1:], False],
        "It compares with the first frame. Compare with the one just before.": [
            number > 0 and np.array_equal(frame, one) for number, frame in enumerate(clip)
        ],
        "That says which frames are new. The question is which are not.": [not r for r in right],
        "That asks whether the frame has occurred at all. Only the one just before counts.": [
            any(np.array_equal(frame, earlier) for earlier in clip[:number])
            for number, frame in enumerate(clip)
        ],
        "One pixel that differs by one level is enough to make a frame new: no tolerance.": [
            number > 0 and abs(frame.astype(int) - clip[number - 1]).mean() < 1
            for number, frame in enumerate(clip)
        ],
        "It is enough for it that some pixels are equal. All have to be: `np.array_equal`.": [
            number > 0 and bool((frame == clip[number - 1]).any())
            for number, frame in enumerate(clip)
        ],
        "Frames of one mean, or one sum, need not be equal. Compare pixel by pixel.": [
            number > 0 and frame.sum() == clip[number - 1].sum()
            for number, frame in enumerate(clip)
        ],
        "Nothing was found to repeat. `is` asks for one and the same object; compare the pixels, "
        "with `np.array_equal`.": [False] * len(clip),
    }
    for hint, wrong in hints.items():
        if found == wrong:
            raise Wrong(hint)
    number = next(n for n, (f, r) in enumerate(zip(found, right, strict=True)) if f != r)
    raise Wrong(f"Frame {number} of our test should give {right[number]}, not {found[number]}.")


@exercise("17-frame-at", "What is on the screen")
def frame_at(answer: Any) -> None:
    times = [0.0, 0.04, 0.08, 0.36, 0.40, 1.0]
    asked = {0.0: 0, 0.03: 0, 0.04: 1, 0.34: 2, 0.39: 3, 0.7: 4, 1.0: 5, 7.5: 5}
    got = {}
    for seconds in asked:
        found = answer(list(times), seconds)
        call = f"frame_at(times, {seconds})"
        if found is None:
            raise Wrong(f"{call} returned nothing. Return the number of a frame.")
        got[seconds] = float(found)
    if got == asked:
        # The first time stamp need not be 0.
        later = answer([0.5, 0.6, 0.9], 0.65)
        if later != 1:
            raise Wrong(f"With times [0.5, 0.6, 0.9], at 0.65, it gave {later}; 1 is seen then.")
        return
    steps = np.array(times)
    mean_rate = (len(times) - 1) / (times[-1] - times[0])
    hints = {
        "That is the frame that comes next. The one on the screen is the last that has begun.": {
            s: n + 1 for s, n in asked.items()
        },
        "A frame is seen from its own time on: at exactly 0.04 it is the one of 0.04. With "
        "`searchsorted`, that is side='right'.": {
            s: int(np.searchsorted(steps, s)) - 1 for s in asked
        },
        "`searchsorted` tells where the time would be put in: at or behind the frame that is "
        "seen.": {s: int(np.searchsorted(steps, s)) for s in asked},
        "That is the frame whose time is nearest. A frame that is yet to come is not seen.": {
            s: int(np.abs(steps - s).argmin()) for s in asked
        },
        "That takes the times as even, by their mean rate. They are not.": {
            s: min(int(s * mean_rate), 5) for s in asked
        },
        "That takes 25 frames for each second. The times are uneven: look into `times`.": {
            s: int(s * 25 + 1e-9) for s in asked
        },
        "That is the frame's time. Return its number.": {s: times[n] for s, n in asked.items()},
    }
    for hint, wrong in hints.items():
        if got == wrong:
            raise Wrong(hint)
    for seconds, right in asked.items():
        if got[seconds] != right:
            raise Wrong(
                f"With times {times}, at {seconds} s, it gave {got[seconds]:g}; frame {right} is "
                "seen then."
            )
