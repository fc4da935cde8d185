"""Judges of lesson 00, start here."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.images import sample
from srcourse.upscaling import upscale


@exercise("00-enlarge", "Your first enlargement")
def enlarge(answer: Any) -> None:
    if not isinstance(answer, np.ndarray):
        raise Wrong("That is no picture yet. Put what sr.upscale(…) returns into `bigger`.")
    cat = sample("chelsea")
    height, width = cat.shape[:2]
    if answer.shape[:2] == (height, width):
        raise Wrong("It has the size of the original. Did you enlarge it?")
    if answer.shape != (3 * height, 3 * width, 3):
        raise Wrong(f"It has shape {answer.shape}; ×3 of {cat.shape} is another.")
    if np.array_equal(answer, upscale(cat, 3, "bicubic")):
        return
    if np.array_equal(answer, upscale(cat, 3, "nearest")):
        raise Wrong("These are big square pixels: model='nearest'. The exercise asks for bicubic.")
    raise Wrong("The size is right, but it is not the bicubic enlargement of 'chelsea'.")


@exercise("00-invented", "How many pixels are invented")
def invented(answer: Any) -> None:
    for scale in (2, 3, 4):
        got = answer(scale)
        right = 1 - 1 / scale**2
        if got is None:
            raise Wrong("It returned nothing. Of scale · scale pixels, how many had a number?")
        if np.isclose(got, right):
            continue
        if np.isclose(got, 1 - 1 / scale):
            raise Wrong("The picture grows in height and in width: the scale counts twice.")
        if np.isclose(got, 1 / scale**2):
            raise Wrong("That is the share for which a number was there; what is missing?")
        if np.isclose(got, 100 * right):
            raise Wrong("Return a share between 0 and 1, not a percentage.")
        raise Wrong(f"At ×{scale} it gives {got:.4g}; counted by hand it is {right:.4g}.")
