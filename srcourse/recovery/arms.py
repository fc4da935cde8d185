"""The arms of the experiment: one set of pictures, degraded and brought back in different ways."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from srcourse import zoo
from srcourse.images import rgb_to_ycbcr, to_float, ycbcr_to_rgb
from srcourse.models.bicubic import bicubic
from srcourse.resampling import degrade

SCALE = 2
NOISE = 10.0  # grey levels of 255: the source calls its LR pictures noisy, and does not say how
NOISY = ", noisy"
SIMPLE = ("original", "lr", "nearest", "bicubic")


def check_arm(arm: str) -> None:
    """Raises ValueError for an arm that `make` does not know."""
    name = arm.removesuffix(NOISY)
    if name not in SIMPLE:
        _network(name)
    elif name == "original" != arm:
        raise ValueError("arm is 'original, noisy'; the originals are not degraded")


def weights_of(arm: str) -> Path | None:
    """The file of the network that makes `arm`; None where there is none."""
    name = arm.removesuffix(NOISY)
    if name in SIMPLE:
        return None
    return Path(name) if name.endswith(".safetensors") else zoo.weights_file(name, SCALE)


def make(arm: str, hr: np.ndarray, progress: bool = False) -> np.ndarray:
    """What becomes of `hr`, uint8 (N, H, W, 3) with even sides, in `arm`; uint8.

    ``"original"``: as it is. All others see only the LR pictures, (N, H/2, W/2, 3): the protocol's
    antialiased bicubic, rounded to 8 bits, and for a name that ends in ``", noisy"`` white noise
    of σ = NOISE added before rounding (seeded by the picture's place in the batch).
    ``"lr"``: these themselves. ``"nearest"``, ``"bicubic"``, a network that ships for ×2, or the
    .safetensors that `srcourse train` wrote for ×2: enlarged by it.

    Raises ValueError for an unknown arm, and for pictures of another shape or type.
    """
    check_arm(arm)
    if (
        hr.dtype != np.uint8
        or hr.ndim != 4
        or hr.shape[3] != 3
        or hr.shape[1] % 2
        or hr.shape[2] % 2
    ):
        raise ValueError(
            f"hr has shape {hr.shape} and type {hr.dtype}; accepted: uint8 (N, H, W, 3), even sides"
        )
    name = arm.removesuffix(NOISY)
    if name == "original":
        return hr
    noise = NOISE if arm.endswith(NOISY) else 0
    quiet = None if progress else True  # None: a bar in a terminal only
    lr = np.stack(
        [
            degrade(picture, SCALE, noise=noise, seed=number)
            for number, picture in enumerate(tqdm(hr, f"{arm}: LR", leave=False, disable=quiet))
        ]
    )
    if name == "lr":
        return lr
    if name == "nearest":
        return lr.repeat(SCALE, axis=1).repeat(SCALE, axis=2)
    network = None if name == "bicubic" else _network(name)
    batches = np.array_split(lr, max(1, len(lr) // 250))
    return np.concatenate(
        [_enlarge(network, b) for b in tqdm(batches, arm, leave=False, disable=quiet)]
    )


def _network(name: str) -> nn.Module:
    network = (
        zoo.load_trained(Path(name)) if name.endswith(".safetensors") else zoo.load(name, SCALE)
    )
    if network.scale != SCALE:
        raise ValueError(f"arm is {name!r}, trained for ×{network.scale}; accepted: ×{SCALE}")
    return network


@torch.inference_mode()
def _enlarge(network: nn.Module | None, lr: np.ndarray) -> np.ndarray:
    """A whole batch at once; the same as `sr.upscale` of each picture, which a test holds it to."""
    if network is None:
        sr = _planes(bicubic(_tensor(to_float(lr.reshape(-1, *lr.shape[2:])), lr.shape), SCALE))
    elif network.channels == 3:
        sr = _planes(network(_tensor(to_float(lr.reshape(-1, *lr.shape[2:])), lr.shape)))
    else:
        ycbcr = _tensor(rgb_to_ycbcr(lr.reshape(-1, *lr.shape[2:])), lr.shape)
        enlarged = torch.cat([network(ycbcr[:, :1]), bicubic(ycbcr[:, 1:], SCALE)], dim=1)
        planes = _planes(enlarged)
        sr = ycbcr_to_rgb(planes.reshape(-1, *planes.shape[2:])).reshape(planes.shape)
    return np.floor(np.clip(sr, 0, 1) * 255 + 0.5).astype(np.uint8)


def _tensor(tall: np.ndarray, shape: tuple[int, ...]) -> Tensor:
    """A batch that stood as one tall picture, which colour conversions do not mind."""
    batch = torch.from_numpy(tall.reshape(shape).transpose(0, 3, 1, 2).astype(np.float32))
    return batch.to(memory_format=torch.channels_last)


def _planes(batch: Tensor) -> np.ndarray:
    return batch.numpy().transpose(0, 2, 3, 1).astype(np.float64)
