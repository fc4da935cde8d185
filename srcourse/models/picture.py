"""A picture through a network: the step between arrays (H, W[, 3]) and tensors (N, C, H, W)."""

import numpy as np
import torch
from torch import Tensor, nn

from srcourse.images import check, rgb_to_ycbcr, to_float, ycbcr_to_rgb
from srcourse.resampling import bicubic


def to_tensor(image: np.ndarray) -> Tensor:
    """(H, W[, C]) in [0, 1] → float32 (1, C, H, W)."""
    planes = image[..., None] if image.ndim == 2 else image
    return torch.from_numpy(planes.transpose(2, 0, 1).astype(np.float32))[None]


def to_array(batch: Tensor) -> np.ndarray:
    """(1, C, H, W) → float64 (H, W, C), or (H, W) where C is 1."""
    planes = batch[0].float().cpu().numpy().astype(np.float64).transpose(1, 2, 0)
    return planes[..., 0] if planes.shape[2] == 1 else planes


@torch.inference_mode()
def run(model: nn.Module, planes: np.ndarray) -> np.ndarray:
    """`planes` (H, W) or (H, W, 3), as many as the model has channels, in [0, 1], enlarged."""
    weight = next(model.parameters())
    # Channels last halves a CPU's time on these networks.
    batch = to_tensor(planes).to(weight.device).to(memory_format=torch.channels_last)
    return to_array(model(batch))


def enlarge(model: nn.Module, image: np.ndarray) -> np.ndarray:
    """`image` (H, W) or (H, W, 3), of any type the course uses, enlarged by the model's scale.

    Returns float64, about [0, 1] but not clipped. A luma network enlarges Y, and bicubic the two
    chroma planes, as SRCNN's authors do; an RGB network sees a grey picture three times over.
    Raises ValueError for what is not such a picture, transparency included.
    """
    image = to_float(check(image, alpha=False))
    grey = image.ndim == 2
    if model.channels == 3:
        sr = run(model, np.repeat(image[..., None], 3, axis=2) if grey else image)
        return sr.mean(axis=2) if grey else sr
    if grey:
        return run(model, image)
    ycbcr = rgb_to_ycbcr(image)
    scale = int(model.scale)  # type: ignore[arg-type]
    luma = run(model, ycbcr[..., 0])
    chroma = [bicubic(ycbcr[..., c], scale) for c in (1, 2)]
    return ycbcr_to_rgb(np.stack([luma, *chroma], axis=2))
