"""The experiment's offline data: crops of ten photographs, as lesson 04 uses them."""

import numpy as np

from srcourse.datasets.cifar10 import Labelled
from srcourse.images import luma, rgb, sample, to_uint8

NAMES = (
    "astronaut",
    "chelsea",
    "coffee",
    "rocket",
    "hubble_deep_field",
    "retina",
    "camera",
    "brick",
    "grass",
    "gravel",
)


def crops(half: str, count: int, seed: int = 0, side: int = 32) -> Labelled:
    """`count` crops of the ten photographs, all made grey, equally many of each.

    half: ``"left"``, to train on, or ``"right"``, to test on: no pixel is in both. Grey, because a
    mean colour would give a photograph away. Which photograph a crop is of is what is to be told.
    Raises ValueError for another half, fewer crops than photographs, and an odd or too large side.
    """
    if half not in ("left", "right"):
        raise ValueError(f"half is {half!r}; accepted: left, right")
    if count < len(NAMES):
        raise ValueError(
            f"count is {count}; it must be {len(NAMES)} or more, one of each photograph"
        )
    halves = []
    for name in NAMES:
        photo = to_uint8(rgb(luma(rgb(sample(name)))))
        width = photo.shape[1] // 2
        halves.append(photo[:, :width] if half == "left" else photo[:, -width:])
    if side % 2 or not 0 < side <= min(min(photo.shape[:2]) for photo in halves):
        raise ValueError(f"side is {side}; accepted: even, and no larger than half a photograph")
    random = np.random.default_rng(seed)
    labels = np.arange(count) % len(NAMES)
    images = np.empty((count, side, side, 3), np.uint8)
    for number, label in enumerate(labels):
        photo = halves[label]
        y, x = (int(random.integers(n - side + 1)) for n in photo.shape[:2])
        images[number] = photo[y : y + side, x : x + side]
    return Labelled(images, labels)
