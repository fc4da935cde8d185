"""Judges of assignment 6, the broken pipeline."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from srcourse.classroom.answers import Answer
from srcourse.classroom.assignments.pipelines import (
    ENLARGERS,
    REACH,
    UPSCALERS,
    batch_network,
    enlarged,
    sampled,
    sticker,
)
from srcourse.classroom.exercises import Wrong
from srcourse.classroom.grading import compare, numbers, question
from srcourse.resampling import bicubic, bilinear, imresize, nearest

HALF = 0.51  # of a level: any kind of rounding, and no more

# What each pipeline suffers from, and where to look if it was called something else.
BUGS = {
    "A": ("channel order", "Blue skin and blue hair: what has become of the red?"),
    "B": ("no halo", "The error stands in straight lines. What begins and ends along them?"),
    "C": ("value range", "No error is seen, and yet the network adds nothing. What did it get?"),
    "D": (
        "wrap-around",
        "The specks stand where it is brightest or darkest. Which levels would be there?",
    ),
    "E": ("alpha", "The rim is dark over any ground. Which colour lies where nothing is seen?"),
    "F": ("batch norm", "One picture, and its levels depend on its neighbours. Which layer looks?"),
    "G": (
        "grid shift",
        "Joints are bright on one side and dark on the other, less so in the middle.",
    ),
    "H": ("aliasing", "Stripes that the original lacks, before any network has seen the picture."),
}
CAUSES = (
    *(cause for cause, _ in BUGS.values()),
    "border",
    "gamma",
    "JPEG",
    "overfitting",
    "padding",
    "rounding",
)


@question("a6-names", "The bugs by name", points=4)
def names(answer: Answer) -> None:
    given = answer.value
    if given is None or (isinstance(given, dict) and not any(given.values())):
        raise Wrong("This is not written yet.")
    if not isinstance(given, dict):
        raise Wrong('Give a dictionary from letters to causes: {"A": "…", "B": "…"}.')
    hints = []
    for letter, (cause, hint) in BUGS.items():
        named = given.get(letter)
        if named == cause:
            answer.earned += 0.5
        elif not named:
            hints.append(f"{letter} has no name yet.")
        elif named not in CAUSES:
            hints.append(f"{letter}: {str(named)[:30]!r} is not in the list of causes.")
        else:
            hints.append(f"{letter}: not “{named}”. {hint}")
    if hints:
        raise Wrong(" ".join(hints))


# --- Mending ------------------------------------------------------------------------------------


def _judge(
    got: Any, exact: np.ndarray, mistakes: Mapping[str, np.ndarray | None], call: str
) -> None:
    """Raises Wrong unless `got` is uint8 and holds `exact`, levels that are not yet clipped."""
    right = np.clip(exact, 0, 255)
    found = numbers(got, call)
    whole = np.round(exact)
    hints = {f"{call}: {hint}": wrong for hint, wrong in mistakes.items()} | {
        f"{call}: levels beyond 0 and 255 wrap around in uint8.": whole % 256,
        f"{call}: the levels go from 0 to 1. Bring them back to 0 to 255.": right / 255,
        f"{call}: the levels are cut down to whole numbers, not rounded.": np.floor(right),
        f"{call}: it is clipped to 0 and 1 after the levels were brought to 0 to 255.": (
            np.clip(whole, 0, 1)
        ),
        f"{call}: levels beyond 0 and 255 are left in.": exact,
    }
    compare(found, right, hints, what=call, atol=HALF)
    dtype = np.asarray(got).dtype
    if dtype != np.uint8:
        raise Wrong(f"{call}: the levels are right, their type is {dtype}. Make it uint8.")


def _levels(values: np.ndarray) -> np.ndarray:
    return np.clip(255 * values, 0, 255)


def _noise(seed: int, *shape: int) -> np.ndarray:
    """Levels that differ from pixel to pixel, so that every mistake shows."""
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


@question("a6-mend-a", "Pipeline A mended", points=1, forbidden=())
def mend_a(answer: Answer) -> None:
    bgr = _noise(1, 12, 15, 3)
    rgb = bgr[..., ::-1] / 255
    mistakes = {
        "red and blue are still exchanged.": _levels(enlarged(bgr / 255)),
        "the colours are right now, but the network got blue where it wants red. Turn the "
        "channels before it.": _levels(enlarged(bgr / 255)[..., ::-1]),
        "the network got RGB, and then the channels are turned back to BGR.": _levels(
            enlarged(rgb)[..., ::-1]
        ),
        "[::-1] turns the rows. The channels are the last axis: [..., ::-1].": _levels(
            enlarged(bgr[::-1] / 255)
        ),
        "[:, ::-1] turns the columns. The channels are the last axis: [..., ::-1].": _levels(
            enlarged(bgr[:, ::-1] / 255)
        ),
        "the channels are moved on by one place. Red and blue are to be exchanged.": _levels(
            enlarged(np.roll(bgr, 1, axis=2) / 255)
        ),
        "the network got the levels 0 to 255; it wants 0 to 1.": np.clip(
            enlarged(255 * rgb), 0, 255
        ),
    }
    _judge(answer(bgr.copy()), 255 * enlarged(rgb), mistakes, "mended_a(bgr)")


def _tiled(image: np.ndarray, size: int, halo: int, pasted: bool = False) -> np.ndarray:
    """The network's levels, tile by tile, each with `halo` pixels around it where there are any.

    pasted: the halo is left on what is laid down.
    """
    h, w = image.shape[:2]
    large = np.zeros((2 * h, 2 * w, 3))
    for top in range(0, h, size):
        for left in range(0, w, size):
            t, x = max(top - halo, 0), max(left - halo, 0)
            tile = image[t : top + size + halo, x : left + size + halo] / 255
            out = enlarged(tile)
            if pasted:
                large[2 * t : 2 * t + len(out), 2 * x : 2 * x + out.shape[1]] = out
                continue
            out = out[2 * (top - t) :, 2 * (left - x) :][: 2 * size, : 2 * size]
            large[2 * top : 2 * top + len(out), 2 * left : 2 * left + out.shape[1]] = out
    return _levels(large)


@question("a6-mend-b", "Pipeline B mended", points=2, forbidden=())
def mend_b(answer: Answer) -> None:
    size = 32
    for sides in ((64, 128), (45, 107)):
        if sides[0] == 45:
            answer.earned = 1  # sides that are multiples of the tile's
        image = _noise(2, *sides, 3)
        h, w = sides
        call = f"mended_b({h} × {w} pixels)"
        exact = 255 * enlarged(image / 255)
        around = ((REACH, REACH), (REACH, REACH), (0, 0))
        inner = np.s_[2 * REACH : -2 * REACH, 2 * REACH : -2 * REACH]
        full = np.zeros_like(exact)
        last = np.s_[: 2 * (h - h % size), : 2 * (w - w % size)]
        full[last] = np.clip(exact, 0, 255)[last]
        mistakes: dict[str, np.ndarray | None] = {
            "the tiles still end at their borders: they have no halo.": _tiled(image, size, 0),
            **{
                f"a halo of {halo} is too small. The network sees {REACH} pixels far.": _tiled(
                    image, size, halo
                )
                for halo in range(1, REACH)
            },
            "the tiles have a halo, and it is laid down with them, over their neighbours. Cut it "
            "off.": _tiled(image, size, REACH, pasted=True),
            "beyond the picture's own border there is nothing; you padded it with black.": _levels(
                enlarged(np.pad(image, around) / 255)[inner]
            ),
            "the picture's own border is mirrored before the network pads it in its own way.": (
                _levels(enlarged(np.pad(image, around, mode="reflect") / 255)[inner])
            ),
            "the last rows or columns, which fill no tile, are left black.": (full),
            "the network got the levels 0 to 255; it wants 0 to 1.": np.clip(
                enlarged(image.astype(float)), 0, 255
            ),
            "this is bicubic interpolation, not the network.": _levels(bicubic(image / 255, 2)),
        }
        _judge(answer(image.copy()), exact, mistakes, call)


@question("a6-mend-c", "Pipeline C mended", points=1, forbidden=())
def mend_c(answer: Answer) -> None:
    image = np.clip(_noise(3, 14, 11, 3), 20, 230)
    x = image / 255
    least, most = float(image.min()), float(image.max())
    mistakes = {
        "the network still gets 0 to 255.": np.clip(enlarged(image.astype(float)), 0, 255),
        "the network gets 0 to 1 now, and what comes out of it is rounded to 0 and 1. Bring it "
        "back first.": np.clip(np.round(enlarged(x)), 0, 1),
        "// gives whole numbers, here zeros. Divide with /.": np.zeros((28, 22, 3)),
        "the network wants 0 to 1, not −1 to 1.": np.clip(
            127.5 * (enlarged(2 * x - 1) + 1), 0, 255
        ),
        "divided by 256 and multiplied by 255: white would no longer be white.": _levels(
            enlarged(image / 256)
        ),
        "divided by the picture's own maximum, and multiplied by 255: that makes it brighter.": (
            _levels(enlarged(image / most))
        ),
        "the picture's least and largest level became 0 and 1. The range is that of the type, 0 "
        "to 255.": np.clip(
            least + (most - least) * enlarged((image - least) / (most - least)), 0, 255
        ),
        "stretched between the picture's least and largest level: its contrast is changed.": (
            _levels(enlarged((image - least) / (most - least)))
        ),
        "the network gets 0 to 255, and its answer is multiplied by 255.": np.clip(
            255 * enlarged(image.astype(float)), 0, 255
        ),
    }
    _judge(answer(image.copy()), 255 * enlarged(x), mistakes, "mended_c(image)")


@question("a6-mend-d", "Pipeline D mended", points=1, forbidden=())
def mend_d(answer: Answer) -> None:
    image = np.where(_noise(4, 13, 12, 3) > 127, 255, 0).astype(np.uint8)
    exact = 255 * enlarged(image / 255)
    whole = np.round(exact)
    stretched = (exact - exact.min()) / (exact.max() - exact.min()) * 255
    mistakes = {
        "levels still wrap around. In uint8 it is too late to clip.": whole % 256,
        "only what is above 255 is clipped; what is below 0 wraps to white.": (
            np.minimum(whole, 255) % 256
        ),
        "only what is below 0 is clipped; what is above 255 wraps to black.": (
            np.maximum(whole, 0) % 256
        ),
        "all levels are stretched into 0 to 255. That changes those that were right.": stretched,
        "levels below 0 are turned over by abs. They should become 0.": np.minimum(abs(whole), 255),
        "clipped to 16 to 235. That is the range of video, not of this picture.": np.clip(
            exact, 16, 235
        ),
        "levels out of range became 0, also those above 255.": np.where(
            (whole < 0) | (whole > 255), 0, whole
        ),
        "the network's input is smoothed or clipped; the overshoot is in its output.": _levels(
            enlarged(np.clip(image, 16, 235) / 255)
        ),
    }
    _judge(answer(image.copy()), exact, mistakes, "mended_d(image)")


def _over(rgba: np.ndarray, ground: float) -> np.ndarray:
    """What is seen of RGBA levels over an even ground."""
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] * alpha + ground * (1 - alpha)


@question("a6-mend-e", "Pipeline E mended", points=1.5, forbidden=())
def mend_e(answer: Answer) -> None:
    rgba = sticker(20)
    rgba[12:16, 2:9, 3] //= 3
    rgba[:, :, :3] = np.where(rgba[..., 3:] == 0, (0, 90, 0), rgba[..., :3])
    call = "mended_e(rgba)"
    got = answer(rgba.copy())
    h, w = rgba.shape[:2]
    if np.shape(got) == (2 * h, 2 * w, 3):
        raise Wrong(f"{call}: the alpha channel is gone. RGBA in, RGBA out.")
    found = numbers(got, call, (2 * h, 2 * w, 4))
    x = rgba / 255
    alpha = bilinear(x[..., 3], 2)[..., None]
    held = bilinear(x[..., :3] * x[..., 3:], 2)  # premultiplied
    colour = np.divide(held, alpha, out=np.zeros_like(held), where=alpha > 0)
    plain = bilinear(x[..., :3], 2)
    white = bilinear(x[..., :3] * x[..., 3:] + 1 - x[..., 3:], 2)
    opaque = np.ones_like(alpha)

    def picture(colours: np.ndarray, alphas: np.ndarray) -> np.ndarray:
        return 255 * np.dstack([colours, alphas])

    mistakes = {
        "the colour under transparent pixels is still mixed in.": picture(plain, alpha),
        "the colours are multiplied by alpha and not divided by it afterwards: they are too "
        "dark where alpha is below 1.": picture(held, alpha),
        "the colours are divided by alpha without having been multiplied by it.": picture(
            np.clip(np.divide(plain, alpha, out=np.zeros_like(held), where=alpha > 0), 0, 1), alpha
        ),
        "alpha is set to 255 everywhere.": picture(colour, opaque),
        "alpha is set to 255 everywhere, and hidden colours are shown.": picture(plain, opaque),
        "it is laid over white, so it fits no other ground.": picture(white, opaque),
        "it is laid over white before alpha is enlarged: a bright rim.": picture(white, alpha),
        "alpha is copied from the nearest pixel; enlarge it as the colours.": picture(
            colour, nearest(x[..., 3], 2)
        ),
        "alpha is made 0 or 255: the soft edge is gone.": picture(colour, np.round(alpha)),
        "alpha is divided by itself.": picture(colour, (alpha > 0).astype(float)),
    }
    hints = {f"{call}: {hint}": wrong for hint, wrong in mistakes.items()} | {
        f"{call}: the levels go from 0 to 1. Bring them back to 0 to 255.": (
            picture(colour, alpha) / 255
        ),
    }
    # Compared as it is seen: the colour of what is wholly transparent is nobody's business.
    grounds = (0.0, 255.0)
    compare(
        np.stack([_over(found, ground) for ground in grounds]),
        np.stack([_over(picture(colour, alpha), ground) for ground in grounds]),
        {hint: np.stack([_over(m, ground) for ground in grounds]) for hint, m in hints.items()},
        what=f"{call}, over black and white,",
        atol=2 * HALF,
    )
    dtype = np.asarray(got).dtype
    if dtype != np.uint8:
        raise Wrong(f"{call}: the levels are right, their type is {dtype}. Make it uint8.")


@question("a6-mend-f", "Pipeline F mended", points=1.5, forbidden=())
def mend_f(answer: Answer) -> None:
    import torch

    batch = np.stack([_noise(5, 10, 12) // 3, 130 + _noise(6, 10, 12) // 4, _noise(7, 10, 12)])
    x = torch.tensor(batch[:, None] / 255, dtype=torch.float32)

    def run(prepare: Callable[[Any], Any] = lambda network: network, pictures: Any = x) -> Any:
        network = batch_network()
        prepare(network)
        with torch.no_grad():
            return 255 * network(pictures)[:, 0].numpy()

    def late(network: Any) -> None:
        with torch.no_grad():
            network(x)
        network.eval()

    def forgotten(network: Any) -> None:
        network[0].reset_running_stats()
        network.eval()

    shown = {
        "batch normalisation still takes the batch's own mean and spread.": run(),
        "each picture is now normalised by itself: still in training mode.": np.concatenate(
            [run(pictures=x[i : i + 1]) for i in range(len(x))]
        ),
        "it met the batch in training mode before eval(): its statistics have moved.": run(late),
        "its learnt statistics are not used: they were reset, or the layer was taken out. The "
        "layers behind it were trained with them.": run(forgotten),
    }
    mistakes = {hint: np.clip(levels, 0, 255) for hint, levels in shown.items()}
    exact = run(lambda network: network.eval())
    call = "mended_f(batch)"
    got = answer(batch.copy())
    if np.shape(got) == (3, 1, 20, 24):
        raise Wrong(f"{call}: the axis of the channel is still there. It should be (N, 2H, 2W).")
    mistakes["all pictures are the first one, enlarged."] = np.clip(
        np.repeat(exact[:1], 3, axis=0), 0, 255
    )
    _judge(got, exact, mistakes, call)


@question("a6-mend-g", "Pipeline G mended", points=1.5, forbidden=())
def mend_g(answer: Answer) -> None:
    image = _noise(8, 9, 12, 3)
    for scale in (2, 3):
        call = f"mended_g(image, {scale})"
        got = answer(image.copy(), scale)
        if scale == 3 and np.shape(got) == (18, 24, 3):
            raise Wrong(f"{call}: it enlarges by 2, whatever the scale.")
        _judge(got, 255 * bicubic(image / 255, scale), _grids(image, scale), call)


def _grids(image: np.ndarray, s: int) -> dict[str, np.ndarray]:
    """What comes out where the places are wrong, by hint."""
    x = image / 255

    def centres(n: int) -> np.ndarray:
        return (np.arange(s * n) + 0.5) / s - 0.5

    def corners(n: int) -> np.ndarray:
        return np.linspace(0, n - 1, s * n)

    def read(rows: Callable[[int], np.ndarray], cols: Callable | None = None) -> np.ndarray:
        return _levels(sampled(x, rows(len(x)), (cols or rows)(x.shape[1])))

    return {
        "the first and the last centres are still tied together.": read(corners),
        "i / s forgets both halves. A pixel's place is its centre.": read(
            lambda n: np.arange(s * n) / s
        ),
        "half a pixel of the small picture is still to be taken off.": read(
            lambda n: (np.arange(s * n) + 0.5) / s
        ),
        "half a pixel of the large picture is forgotten: divide i + ½.": read(
            lambda n: np.arange(s * n) / s - 0.5
        ),
        "the ends are still tied, half a pixel farther out.": read(
            lambda n: np.linspace(-0.5, n - 0.5, s * n)
        ),
        "the rows are mended, the columns are not.": read(centres, corners),
        "the columns are mended, the rows are not.": read(corners, centres),
        "places before the first centre and beyond the last are pulled onto them. `sampled` "
        "mirrors the picture by itself.": read(lambda n: np.clip(centres(n), 0, n - 1)),
        "places are rounded to whole pixels: that copies the nearest.": read(
            lambda n: np.round(centres(n))
        ),
        "the places are right, but this is bilinear. Read by the cubic.": _levels(bilinear(x, s)),
        "the cubic has a = −0.75 here; it should have −0.5.": _levels(bicubic(x, s, a=-0.75)),
    }


@question("a6-mend-h", "Pipeline H mended", points=1.5, forbidden=())
def mend_h(answer: Answer) -> None:
    for scale in (2, 3):
        if scale == 3:
            answer.earned = 0.5
        hr = _noise(9, 12 * scale, 10 * scale, 3)
        call = f"mended_h(hr, {scale})"
        x = hr / 255
        high, wide = 12, 10
        blocks = x.reshape(high, scale, wide, scale, 3)
        soft = _blurred(x, scale)
        mistakes = {
            "still read pixel by pixel, without antialiasing: fine detail folds into stripes.": (
                _levels(bicubic(x, 1 / scale))
            ),
            "every s-th pixel is kept: that has no antialiasing at all.": _levels(
                x[::scale, ::scale]
            ),
            "it is smoothed after it was made small. By then the detail has folded.": _levels(
                _blurred(bicubic(x, 1 / scale), scale)
            ),
            "the mean of each block is an antialiasing, but not the protocol's: that is the cubic, "
            "s times as wide.": _levels(blocks.mean(axis=(1, 3))),
            "smoothed, and then every s-th pixel is kept: a shift by (s − 1) / 2 pixels.": _levels(
                soft[::scale, ::scale]
            ),
            "this is the triangle of bilinear; the protocol's is the cubic.": _levels(
                imresize(x, 1 / scale, method="bilinear")
            ),
            "this is Pillow's bicubic. Beyond the border it has nothing; the protocol mirrors.": (
                np.asarray(Image.fromarray(hr).resize((wide, high), Image.Resampling.BICUBIC))
            ),
            "the cubic has a = −0.75 here; the protocol's has −0.5.": _levels(
                imresize(x, 1 / scale, a=-0.75)
            ),
        }
        _judge(answer(hr.copy(), scale), 255 * imresize(x, 1 / scale), mistakes, call)


def _blurred(x: np.ndarray, scale: int) -> np.ndarray:
    """The mean of `scale` × `scale` pixels around each, borders repeated."""
    before, after = (scale - 1) // 2, scale // 2
    padded = np.pad(x, [(before, after), (before, after), (0, 0)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (scale, scale), axis=(0, 1))
    return windows.mean(axis=(-2, -1))


# --- Proofs -------------------------------------------------------------------------------------


def verdict(check: Callable, kind: str, name: str) -> bool | None:
    """What a learner's `check` says of one of the pipelines; None where it is not yes or no."""
    pipeline = ENLARGERS[name] if kind == "enlarger" else UPSCALERS[name]()
    said = check(pipeline)
    return bool(said) if isinstance(said, bool | np.bool_) else None


def _tried(answer: Answer, kind: str, right: Mapping[str, str], wrong: Mapping[str, str]) -> None:
    """Let the check meet pipelines, by name with the hint for the one that it misjudges.

    Half a point for a check that accepts all that are right and rejects the first that is wrong;
    the rest for one that rejects all of these.
    """
    said = {}
    for name in (*right, *wrong):
        said[name] = answer.via(verdict, kind, name)
        if said[name] is None:
            raise Wrong("It should return True or False.")
    if all(said.values()):
        raise Wrong("It accepts every pipeline, also the broken ones.")
    if not any(said.values()):
        raise Wrong("It rejects every pipeline, also those that are right.")
    if all(said[name] == (name in wrong) for name in said):
        raise Wrong("True and False are exchanged: a pipeline that is right should pass.")
    if not any(said[name] for name in right):
        raise Wrong("It rejects all pipelines that are right, and accepts one that is broken.")
    for name, hint in right.items():
        if not said[name]:
            raise Wrong(hint)
    if not said[next(iter(wrong))]:
        answer.earned = 0.5
    for name, hint in wrong.items():
        if said[name]:
            raise Wrong(hint)


@question("a6-prove-grid", "A check of the pixel grids", points=1.5, forbidden=())
def prove_grid(answer: Answer) -> None:
    _tried(
        answer,
        "enlarger",
        {
            "copies": "It rejects the nearest pixel's copies. They are coarse, but not shifted.",
            "lines": "It rejects bilinear interpolation, which is not shifted. Do not ask for a "
            "certain kernel.",
            "cubic": "It rejects bicubic interpolation, which is not shifted.",
            "network": "It rejects a network that sharpens, and which is not shifted.",
        },
        {
            "half": "It accepts an enlarger that reads at i / 2, which is half a pixel off.",
            "late": "It accepts a shift by one whole pixel of the large picture.",
            "across": "It accepts a shift to the side only. Look along both axes.",
            "corners": "It accepts the one that ties the corners together: its shift grows away "
            "from the middle, and is the same in a mirror. Look away from the middle.",
        },
    )


@question("a6-prove-batch", "A check of the neighbours' influence", points=1.5, forbidden=())
def prove_batch(answer: Answer) -> None:
    _tried(
        answer,
        "upscaler",
        {
            "plain": "It rejects bicubic interpolation, where no picture knows of another.",
            "fixed": "It rejects one with learnt, fixed statistics, which is right.",
            "own": "It rejects one that normalises each picture by itself. That may be unwise, but "
            "no neighbour has a say in it.",
            "single": "It rejects one whose numbers differ by a ten-millionth, as sums in single "
            "precision do. Allow for that.",
        },
        {
            "training": "It accepts one that normalises by the mean of the batch.",
            "first": "It accepts one that takes the statistics of the first picture for all. "
            "Look at a picture in another place.",
            "brightest": "It accepts one that divides by the brightest level in the batch.",
            "drifting": "It accepts one that goes on learning from what it meets: ask twice, with "
            "other pictures between.",
        },
    )
