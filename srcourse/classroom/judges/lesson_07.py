"""Judges of lesson 07, interpolation."""

from collections.abc import Callable
from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.resampling import bilinear, cubic_kernel, nearest

Where = Callable[[np.ndarray, int], np.ndarray]


@exercise("07-landing", "Where an input pixel lands")
def landing(answer: Any) -> None:
    for j, scale in [(0, 2), (1, 2), (3, 3), (0, 4), (10, 4), (5, 1)]:
        call = f"landing({j}, {scale})"
        got = answer(j, scale)
        if got is None:
            raise Wrong(f"{call} returned nothing. Solve x = (i + ½)/s − ½ for i.")
        if np.isclose(got, (j + 0.5) * scale - 0.5):
            continue
        hints = {
            j * scale: "Stretching moves centres: take j's centre, j + ½, and come back by ½.",
            (j + 0.5) * scale: "That is counted from the picture's edge; pixel 0's centre is ½ in.",
            (j + 0.5) / scale - 0.5: "That is the way from output to input; turn it round.",
            (j - 0.5) * scale + 0.5: "Both halves have the wrong sign.",
        }
        for wrong, hint in hints.items():
            if np.isclose(got, wrong):
                raise Wrong(f"{call} gave {got:g}. {hint}")
        raise Wrong(
            f"{call} gave {got:g}. At ×2 input pixel 0 becomes output pixels 0 and 1: "
            "its centre lands halfway between theirs."
        )


@exercise("07-bilinear", "Bilinear in loops, twice as large")
def bilinear_in_loops(answer: Any) -> None:
    image = np.array([[10.0, 50, 30, 90], [200, 0, 120, 40], [70, 160, 20, 5]])
    before = image.copy()
    at_the_border = "Beyond the border repeat the edge pixel: keep indices between 0 and n − 1."
    try:
        got = answer(image)
    except IndexError as error:
        raise Wrong(
            f"It looked for a pixel that is not there ({error}). {at_the_border}"
        ) from error
    if got is None:
        raise Wrong("It returned nothing. Start from zeros, twice as high and wide, and fill them.")
    got = np.asarray(got)
    right = bilinear(image, 2)
    if not np.array_equal(image, before):
        raise Wrong("It changed the image that it was given. Write into a new array.")
    if got.shape != right.shape:
        raise Wrong(
            f"A 3×4 image came out with shape {got.shape}; twice as large is {right.shape}."
        )
    if np.allclose(got, right, atol=1e-4):
        return
    inside = np.s_[2:-2, 2:-2]  # what no border reaches, whichever half pixel was lost

    def same(other: np.ndarray) -> bool:
        return np.allclose(got[inside], other[inside])

    if np.allclose(got, np.floor(right)) or np.allclose(got, np.rint(right)):
        raise Wrong("The values are whole numbers. Keep them real: make the output of floats.")
    if same(nearest(image, 2)):
        raise Wrong("These are copies of the nearest pixel. Mix the 2 × 2 around the place.")
    if same(_in_both(image, lambda i, s: i / s)):
        raise Wrong("It lies half a pixel off: the place in the input is (i + ½)/2 − ½, not i/2.")
    if same(_in_both(image, _farther)):
        raise Wrong("The weights are exchanged: the nearer pixel counts ¾, the farther one ¼.")
    if same(right):
        raise Wrong(
            f"Right inside, wrong at the border. {at_the_border} "
            "An index of −1 takes the pixel at the other end."
        )
    row, col = np.argwhere(~np.isclose(got, right))[0]
    here = f"{got[row, col]:.4g}; by hand it is {right[row, col]:.4g}"
    raise Wrong(f"Pixel ({row}, {col}) came out as {here}.")


@exercise("07-weights", "Bicubic's four weights")
def four_weights(answer: Any) -> None:
    pixels = np.array([-1, 0, 1, 2])
    for t in (0.25, 0.75, 0.0, 1 / 3):
        call = f"four_weights({t:.3g})"
        got = answer(t)
        if got is None:
            raise Wrong(f"{call} returned nothing. How far from t are the pixels −1, 0, 1 and 2?")
        got = np.asarray(got)
        if got.shape != (4,):
            raise Wrong(f"{call} gave shape {got.shape}; it should be four numbers.")
        right = cubic_kernel(t - pixels)
        if np.allclose(got, right, atol=1e-5):
            continue
        call = f"{call} gave {_listed(got)}"
        if np.allclose(got, right[::-1]):
            raise Wrong(f"{call}: the right numbers, from right to left.")
        if np.allclose(got, cubic_kernel(t - pixels, -0.75)):
            raise Wrong(f"{call}: these belong to a = −0.75; take −0.5.")
        if np.allclose(got, cubic_kernel(t - pixels + 1)):
            raise Wrong(f"{call}: those are the pixels −2, −1, 0 and 1; take −1, 0, 1 and 2.")
        if not np.isclose(got.sum(), 1):
            raise Wrong(
                f"{call}, which sum to {got.sum():.3g} and should sum to 1. "
                "Are your distances t + 1, t, 1 − t and 2 − t?"
            )
        raise Wrong(f"{call}; Keys' kernel gives {_listed(right)}.")


@exercise("07-find-the-bug", "The line that moves")
def find_the_bug(answer: Any) -> None:
    line = np.array([0.0, 10, 40, 20, 60, 90, 30, 80])
    n = len(line)
    for scale in (2, 3, 4):
        call = f"enlarge_line(line, {scale})"
        got = answer(line, scale)
        if got is None:
            raise Wrong(f"{call} returned nothing. The last line of the original is still needed.")
        got = np.asarray(got)
        if got.shape != (scale * n,):
            raise Wrong(f"{call} gave shape {got.shape}; {n} samples should become {scale * n}.")
        right = _on_line(line, scale, lambda i, s: (i + 0.5) / s - 0.5)
        if np.allclose(got, right, atol=1e-4):
            continue
        hints: list[tuple[Where, str]] = [
            (lambda i, s: (i + 0.5) / s, "moves the line to the left. Where should sample 0 lie?"),
            (lambda i, s: i / s, "still moves it to the left, by less: i/s forgets both halves."),
            (
                lambda i, s: (i - 0.5) / s,
                "moves it to the right: two halves, one not divided by s.",
            ),
            (
                lambda i, s: i * (n - 1) / (s * n - 1),
                "stretches it: the first and last centres are tied together. Pixels have a width.",
            ),
        ]
        for where, hint in hints:
            if np.allclose(got, _on_line(line, scale, where)):
                raise Wrong(f"{call} {hint}")
        raise Wrong(f"{call} begins with {_listed(got[:3])}; it should be {_listed(right[:3])}.")


def _farther(i: np.ndarray, scale: int) -> np.ndarray:
    """Where to read so that the two neighbours' weights come out exchanged."""
    x = (i + 0.5) / scale - 0.5
    return 2 * np.floor(x) + 1 - x


def _on_line(line: np.ndarray, scale: int, where: Where) -> np.ndarray:
    """`line` interpolated linearly at where(i, scale), its ends repeated."""
    return np.interp(where(np.arange(scale * len(line)), scale), np.arange(len(line)), line)


def _in_both(image: np.ndarray, where: Where) -> np.ndarray:
    """`image` interpolated bilinearly, twice as large, at where(i, 2) along either axis."""
    for axis in (0, 1):
        image = np.apply_along_axis(_on_line, axis, image, 2, where)
    return image


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{value:.3g}" for value in values)
