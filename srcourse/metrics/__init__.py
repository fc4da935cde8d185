"""How close a picture is to its original: PSNR, SSIM, and the field's protocol around them."""

from srcourse.metrics.audit import audit
from srcourse.metrics.consistency import consistency
from srcourse.metrics.protocol import evaluate, make_lr, score
from srcourse.metrics.psnr import mse, psnr
from srcourse.metrics.ssim import ssim, ssim_map

__all__ = [
    "audit",
    "consistency",
    "evaluate",
    "make_lr",
    "mse",
    "psnr",
    "score",
    "ssim",
    "ssim_map",
]
