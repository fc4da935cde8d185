"""Whether an SR picture, made small again, gives back the LR picture that it came from."""

import numpy as np

from srcourse.images import check, check_range, to_uint8
from srcourse.metrics.protocol import make_lr
from srcourse.metrics.psnr import psnr
from srcourse.resampling import whole_scale


def consistency(lr: np.ndarray, sr: np.ndarray, scale: int) -> float:
    """PSNR in dB between `lr` and `sr` degraded by the protocol (`make_lr`), both in 8 bits.

    lr: (H, W) or (H, W, 3), uint8, uint16 or float in [0, 1]. sr: `scale` times as high and wide,
    with lr's channels, of any of these types. All channels count, and the border too, since the LR
    picture is known everywhere. Infinite where the two are the same file. A low value shows that
    `sr` cannot be right; a high one does not show that it is.

    Source: back-projection's error, Irani and Peleg 1991; called LR-PSNR by Lugmayr et al. 2021
    (NTIRE challenge on the super-resolution space), who ask for at least 45 dB.

    Raises ValueError for a scale that is not a whole number from 1, a picture that is none or has
    transparency, a float far outside [0, 1], and for shapes that do not fit.
    """
    scale = whole_scale(scale)
    for name, image in (("lr", lr), ("sr", sr)):
        check(image, name, alpha=False)
        check_range(image, name)
    fitting = (scale * lr.shape[0], scale * lr.shape[1], *lr.shape[2:])
    if sr.shape != fitting:
        raise ValueError(
            f"sr has shape {sr.shape}; for an lr of shape {lr.shape} at scale {scale} it must be "
            f"{fitting}"
        )
    return psnr(to_uint8(lr), make_lr(sr, scale))
