"""Random LR–HR patch pairs from folders of pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from srcourse.images import load, luma, rgb, to_uint8
from srcourse.resampling import imresize, modcrop


class Patches:
    """Pictures kept in memory as uint8 with their LR versions, and random patch pairs from them.

    channels: 3 for RGB, 1 for luma. patch: the LR patch's side in pixels; smaller pictures are
    left out. Raises ValueError where none is left.
    """

    def __init__(self, files: Sequence[Path], scale: int, channels: int, patch: int):
        self.scale, self.patch = scale, patch
        self.pairs = []
        for file in tqdm(files, desc="reading", unit="picture", leave=False):
            image = load(file)
            if min(image.shape[:2]) < patch * scale:
                continue
            hr = modcrop(rgb(image), scale)
            # Luma is rounded once for storage; the network never sees the difference.
            hr = to_uint8(luma(hr) if channels == 1 else hr)
            self.pairs.append((imresize(hr, 1 / scale), hr))
        if not self.pairs:
            raise ValueError(f"images: none is as large as a patch, {patch * scale} pixels a side")
        areas = np.array([lr.shape[0] * lr.shape[1] for lr, _ in self.pairs], float)
        self.share = areas / areas.sum()

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """`size` random pairs, flipped and turned: uint8 (size, C, P, P) and (size, C, sP, sP).

        Large pictures are drawn more often, in proportion to their area.
        """
        lrs: list[np.ndarray] = []
        hrs: list[np.ndarray] = []
        for index in rng.choice(len(self.pairs), size, p=self.share):
            lr, hr = self.pairs[index]
            y = rng.integers(lr.shape[0] - self.patch + 1)
            x = rng.integers(lr.shape[1] - self.patch + 1)
            turns, flip = int(rng.integers(4)), rng.integers(2)
            for picture, s, out in ((lr, 1, lrs), (hr, self.scale, hrs)):
                cut = picture[s * y : s * (y + self.patch), s * x : s * (x + self.patch)]
                cut = np.rot90(cut, turns)
                out.append(cut[:, ::-1] if flip else cut)
        return _tensor(lrs), _tensor(hrs)


def _tensor(pictures: list[np.ndarray]) -> Tensor:
    batch = np.stack(pictures)
    planes = batch[:, None] if batch.ndim == 3 else batch.transpose(0, 3, 1, 2)
    return torch.from_numpy(planes.copy())
