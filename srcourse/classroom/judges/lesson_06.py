"""Judges of lesson 06, the problem."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcourse import datasets
from srcourse.classroom.exercises import Wrong, exercise
from srcourse.resampling import blur, imresize


@exercise("06-degrade", "A picture degraded by eq. 4")
def degrade(answer: Any) -> None:
    random = np.random.default_rng
    scene = random(0).uniform(0.2, 0.8, (12, 18))
    # Neither the same from both sides nor upside down: a turned kernel shows.
    kernel = np.array([[0.0, 0.1, 0.0], [0.3, 0.2, 0.1], [0.0, 0.1, 0.2]])
    before = scene.copy()
    got = answer(scene, kernel, 3, 0, random(1))
    if got is None:
        raise Wrong("It returned nothing. Blur, then downsample, then add the noise.")
    got = np.asarray(got)
    if not np.array_equal(scene, before):
        raise Wrong("It changed the picture that it was given. Work on a new array.")
    if got.shape == (36, 54):
        raise Wrong("It enlarged the picture by 3. To shrink, imresize takes 1 / scale.")
    if got.shape != (4, 6):
        raise Wrong(f"A 12×18 picture at scale 3 gave shape {got.shape}; it should be (4, 6).")
    if not np.allclose(got, imresize(blur(scene, kernel), 1 / 3)):
        if np.allclose(got, imresize(scene, 1 / 3)):
            raise Wrong("The blur is missing: I ⊗ κ comes first.")
        if np.allclose(got, blur(imresize(scene, 1 / 3), kernel)):
            raise Wrong("It blurs after the downsampling. Eq. 4 blurs the HR picture.")
        if np.allclose(got, imresize(blur(scene, kernel[::-1, ::-1]), 1 / 3)):
            raise Wrong("The kernel is turned by 180°. The function blur takes it as it is.")
        raise Wrong("Without noise it should be imresize(blur(hr, kernel), 1 / scale); it is not.")

    flat, none = np.full((240, 240), 0.5), np.ones((1, 1))
    noise = np.asarray(answer(flat, none, 2, 10, random(2))) - 0.5
    sigma = noise.std() * 255
    if sigma < 1e-6:
        raise Wrong("There is no noise from pixel to pixel: draw one number for each LR pixel.")
    if sigma > 80:  # σ = 10 in [0, 1] is cut off at black and white
        raise Wrong("The noise drowns the picture. It is given in levels of 255: divide by 255.")
    if not 9 < sigma < 11:
        drawn = flat + random(2).normal(0, 10 / 255, flat.shape)
        if abs(sigma - (imresize(drawn, 1 / 2) - 0.5).std() * 255) < 0.5:
            raise Wrong(
                f"Of σ = 10 only {sigma:.1f} is left: the noise is added before the downsampling, "
                "which averages it away. Add it last."
            )
        raise Wrong(f"The noise should have σ = 10 grey levels; it has {sigma:.1f}.")
    edges = np.asarray(answer(np.tile([0.0, 1.0], (40, 20)), none, 1, 40, random(3)))
    if edges.min() < 0 or edges.max() > 1:
        raise Wrong("Noise leads out of 0 … 1: clip the result.")


@exercise("06-how-many", "How many HR pictures share one LR picture")
def how_many(answer: Any) -> None:
    for height, width, scale, levels in [(2, 2, 2, 256), (4, 4, 2, 2), (6, 9, 3, 4), (8, 4, 4, 3)]:
        call = f"how_many({height}, {width}, {scale}, {levels})"
        got = answer(height, width, scale, levels)
        if got is None:
            raise Wrong(f"{call} returned nothing. How many HR pictures are there at all?")
        hr, lr = height * width, height * width // scale**2
        if got == levels ** (hr - lr):
            continue
        if got == levels**hr:
            raise Wrong(
                f"{call} gave all HR pictures, levels^{hr}. Share them out over the LR ones."
            )
        if got == levels**lr:
            raise Wrong(f"{call} gave the number of LR pictures. How many HR pictures for each?")
        if got == levels ** (scale**2 - 1):
            raise Wrong(
                f"{call} counted one block. The picture has {lr} of them, each filled freely."
            )
        if got == levels ** (hr - hr // scale):
            raise Wrong(
                f"{call}: the scale shrinks both sides, so there are scale² times fewer pixels."
            )
        if got == levels * (hr - lr):
            raise Wrong(
                f"{call} multiplied. Each pixel multiplies the number by {levels}: a power."
            )
        raise Wrong(f"{call} gave {got}; {levels}^{hr} HR pictures share {levels}^{lr} LR ones.")


@exercise("06-twin", "A picture with the same LR picture")
def twin(answer: Any) -> None:
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Wrong("Give both pictures, the photograph and its twin: (photo, twin).")
    photo, other = (np.asarray(picture) for picture in answer)
    if photo.dtype != np.uint8 or other.dtype != np.uint8:
        raise Wrong(
            f"Both should be uint8, real files' pixels; these are {photo.dtype}, {other.dtype}."
        )
    if photo.shape != other.shape:
        raise Wrong(f"They should have one shape; these have {photo.shape} and {other.shape}.")
    if any(side % 3 for side in photo.shape[:2]):
        raise Wrong(
            f"Scale 3 should divide the sides; {photo.shape[0]}×{photo.shape[1]} is left over."
        )
    difference = abs(photo.astype(int) - other).mean()
    if difference == 0:
        raise Wrong(
            "That is the photograph itself. Add a pattern that the downsampling cannot see."
        )
    first, second = (imresize(picture, 1 / 3).astype(int) for picture in (photo, other))
    wrong = first != second
    if wrong[2:-2, 2:-2].any():
        raise Wrong(
            f"Their LR pictures differ, by up to {abs(first - second).max()} levels. Each LR pixel "
            "covers three HR pixels around its centre: let the pattern change its sign there. Its "
            "strength may change only along the stripes, and nothing may be cut off at 0 or 255."
        )
    if wrong.any():
        raise Wrong(
            "Inside they agree; at the border their LR pictures differ. The border is mirrored "
            "there, so each three pixels need the opposite sign of the three before."
        )
    if difference < 5:
        raise Wrong(
            f"They differ by {difference:.1f} levels on average. Make the pattern stronger."
        )


@exercise("06-training-set", "What to train on")
def training_set(answer: Any) -> None:
    if not isinstance(answer, Mapping):
        raise Wrong('Give a dictionary from names to counts, as {"T91": 91}.')
    for name, count in answer.items():
        if name not in datasets.names():
            raise Wrong(f"{name!r} is none of the registry's names: {', '.join(datasets.names())}.")
        found = datasets.about(name)
        if found.train == 0:
            raise Wrong(f"{name} is a test set ({found.use}): leave it out.")
        if count > found.train:
            raise Wrong(
                f"{name} has {found.images:,} pictures, and {found.test:,} of them are for "
                f"validation or test ({found.use}): take {found.train:,} at most."
            )
        if count < 1:
            raise Wrong(f"{count} pictures of {name}: leave it out, or take some.")
    if {"BSDS300", "BSDS500"} <= set(answer):
        raise Wrong("BSDS500 contains BSDS300: their pictures would count twice. Take one of them.")
    total = sum(answer.values())
    if total < 1000:
        raise Wrong(f"That is {total:,} pictures; take 1,000 or more.")
