"""Judges of lesson 01, eyes and pixels."""

from typing import Any

import numpy as np

from srcourse.classroom.exercises import Wrong, exercise
from srcourse.images import luma
from srcourse.resampling import bicubic, imresize


@exercise("01-luma", "Luma")
def my_luma(answer: Any) -> None:
    picture = np.random.default_rng(1).random((4, 6, 3))
    got = answer(picture.copy())
    if got is None:
        raise Wrong("It returned nothing. Weigh the three channels and add them up.")
    got = np.asarray(got, dtype=float)
    right = 255 * luma(picture)
    if got.shape != (4, 6):
        raise Wrong(f"A picture (4, 6, 3) should give a plane (4, 6); this is {got.shape}.")
    if np.allclose(got, right, atol=1e-6):
        return
    if np.allclose(got, right - 16):
        raise Wrong("Black came out as 0. In this standard it is 16.")
    if np.allclose(got, right / 255) or np.allclose(got, (right - 16) / 255):
        raise Wrong("The weights are right, the scale is not: return levels from 16 to 235.")
    if np.allclose(got, 255 * luma(picture[..., ::-1])):
        raise Wrong("Red and blue are exchanged. Channel 0 is red.")
    if np.allclose(got, np.round(right)):
        raise Wrong("Do not round: PSNR on rounded luma is another number.")
    if np.allclose(got, 16 + 219 * picture.mean(axis=2), atol=0.5):
        raise Wrong("That is the plain mean. Green counts most, blue least.")
    raise Wrong(
        f"The first pixel came out as {got[0, 0]:.2f}; the formula gives {right[0, 0]:.2f}."
    )


@exercise("01-halve-colours", "Coarse colours")
def halve_colours(answer: Any) -> None:
    ycbcr = np.random.default_rng(2).random((8, 12, 3))
    got = answer(ycbcr.copy())
    if got is None:
        raise Wrong("It returned nothing. Take the planes apart, and stack them again.")
    got = np.asarray(got, dtype=float)
    if got.shape != ycbcr.shape:
        raise Wrong(f"The result has shape {got.shape}; it should stay {ycbcr.shape}.")
    half = [bicubic(imresize(ycbcr[..., c], 1 / 2), 2) for c in range(3)]
    touched = [not np.allclose(got[..., c], ycbcr[..., c]) for c in range(3)]
    if touched[0]:
        raise Wrong("Brightness, channel 0, has changed. It is the one to leave alone.")
    if not touched[1] or not touched[2]:
        still = " and ".join(n for n, t in zip(("Cb", "Cr"), touched[1:], strict=True) if not t)
        raise Wrong(f"{still} came back as it was.")
    if all(np.allclose(got[..., c], half[c], atol=1e-6) for c in (1, 2)):
        return
    raise Wrong("Cb and Cr changed, but not as through imresize(…, 1 / 2) and bicubic(…, 2).")


@exercise("01-share-left", "What is left")
def share_left(answer: Any) -> None:
    for factor in (1, 2, 4):
        got = answer(factor)
        right = (1 + 2 / factor**2) / 3
        if got is None:
            raise Wrong("It returned nothing. Count the numbers of three planes.")
        if np.isclose(got, right):
            continue
        if np.isclose(got, (1 + 2 / factor) / 3):
            raise Wrong("A plane shrinks in height and in width: the factor counts twice.")
        if np.isclose(got, 1 / factor**2):
            raise Wrong("Y keeps its size; only two of the three planes shrink.")
        if np.isclose(got, 3 * right):
            raise Wrong("Divide by the three planes that there were before.")
        raise Wrong(f"For factor {factor} it gives {got:.4g}; counted by hand it is {right:.4g}.")
