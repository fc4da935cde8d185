"""DegradationExplorer: what blur, downsampling, noise and JPEG each take from a photograph."""

import numpy as np
import traitlets

from srcourse import images
from srcourse.metrics import psnr
from srcourse.resampling import degrade, gaussian_kernel, imresize, modcrop
from srcourse.upscaling import upscale
from srcourse.widgets.base import PhotoWidget, front_end, panels

NO_JPEG = 100  # the slider's right end, above the best quality, means no compression
# What each slider goes through: lowest, highest.
RANGES = {
    "scale": (2, 4),
    "along": (0, 2.5),
    "across": (0, 2.5),
    "angle": (0, 180),
    "noise": (0, 50),
    "speckle": (0, 0.5),
    "jpeg": (5, NO_JPEG),
}
THIN = 0.3  # pixels: a blur along a line is still this wide, or it would fall between the pixels
SEED = 0


class DegradationExplorer(PhotoWidget):
    """Degrade a photograph term by term; see the LR picture and what bicubic makes of it.

    scale: 2, 3 or 4. along, across: σ of the blur in its two directions, 0 to 2.5 pixels of the HR
    picture; angle: the first direction, in degrees anticlockwise from the x axis. noise: σ of the
    added noise in grey levels, 0 to 50. speckle: σ of the noise that multiplies, 0 to 0.5. jpeg:
    quality 1 to 95, or None. The noise is the same each time.

    Raises ValueError for a value outside these, and for an unknown photograph.
    """

    _esm = front_end("degradation_explorer")
    ranges = traitlets.Dict(RANGES).tag(sync=True)
    scale = traitlets.Int(4).tag(sync=True)
    along = traitlets.Float(0).tag(sync=True)
    across = traitlets.Float(0).tag(sync=True)
    angle = traitlets.Float(0).tag(sync=True)
    noise = traitlets.Float(0).tag(sync=True)
    speckle = traitlets.Float(0).tag(sync=True)
    jpeg = traitlets.Int(NO_JPEG).tag(sync=True)
    lr = traitlets.Bytes().tag(sync=True)  # (height / scale, width / scale, 3), row by row
    lr_width = traitlets.Int().tag(sync=True)
    enlarged = traitlets.Bytes().tag(sync=True)  # as large as `source`
    # Of `enlarged`, luma, dB, and where downsampling is all that happened; None where equal to HR.
    psnr = traitlets.Float(allow_none=True).tag(sync=True)
    psnr_downsampled = traitlets.Float(allow_none=True).tag(sync=True)
    kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)

    longest = 144

    def __init__(
        self,
        photo: str = "astronaut",
        scale: int = 4,
        *,
        along: float = 0,
        across: float = 0,
        angle: float = 0,
        noise: float = 0,
        speckle: float = 0,
        jpeg: int | None = None,
    ):
        if scale not in (2, 3, 4):
            raise ValueError(f"scale is {scale}; accepted: 2, 3 or 4")
        amounts = {
            "along": along,
            "across": across,
            "angle": angle,
            "noise": noise,
            "speckle": speckle,
        }
        for name, amount in amounts.items():
            low, high = RANGES[name]
            if not low <= amount <= high:
                raise ValueError(f"{name} is {amount}; accepted: {low:g} to {high:g}")
        if jpeg is not None and not 1 <= jpeg <= 95:
            raise ValueError(f"jpeg is {jpeg}; accepted: a quality from 1 to 95, or None")
        self._made: tuple = ()
        super().__init__(
            photo=photo, scale=scale, jpeg=NO_JPEG if jpeg is None else jpeg, **amounts
        )
        self._degrade()
        self.observe(self._degrade, [*RANGES, "source"])

    def _show(self, image: np.ndarray) -> None:
        """Cut the photograph so that every scale divides its sides; mirror what is too small."""
        shown = images.to_uint8(images.rgb(image))
        shown = imresize(shown, min(1.0, self.longest / max(shown.shape[:2])))
        missing = [(0, max(0, 24 - side)) for side in shown.shape[:2]]
        super()._show(modcrop(np.pad(shown, [*missing, (0, 0)], mode="symmetric"), 12))

    def blur_kernel(self) -> np.ndarray | None:
        """κ of eq. 4, or None without a blur."""
        if self.along == 0 and self.across == 0:
            return None
        return gaussian_kernel((max(self.along, THIN), max(self.across, THIN)), self.angle)

    def degraded(self) -> np.ndarray:
        """The LR picture, uint8 (height / scale, width / scale, 3)."""
        return degrade(
            self.pixels,
            self.scale,
            blur=self.blur_kernel(),
            noise=self.noise,
            speckle=self.speckle,
            jpeg=None if self.jpeg == NO_JPEG else self.jpeg,
            seed=SEED,
        )

    def _score(self, lr: np.ndarray) -> tuple[np.ndarray, float | None]:
        enlarged = upscale(lr, self.scale, "bicubic")
        score = psnr(self.pixels, enlarged, channel="y", border=self.scale)
        return enlarged, score if np.isfinite(score) else None

    def _degrade(self, _change: object = None) -> None:
        settings = (self.source, *(getattr(self, name) for name in RANGES))
        if settings == self._made:
            return  # one message may change several traits, and each is told of
        before, self._made = self._made, settings
        lr = self.degraded()
        enlarged, score = self._score(lr)
        kernel = self.blur_kernel()
        with self.hold_sync():
            self.lr, self.lr_width, self.enlarged = lr.tobytes(), lr.shape[1], enlarged.tobytes()
            self.psnr, self.kernel = score, [[1.0]] if kernel is None else kernel.tolist()
            if before[:2] != settings[:2]:  # the photograph or the scale
                self.psnr_downsampled = self._score(degrade(self.pixels, self.scale))[1]

    def snapshot(self) -> np.ndarray:
        lr = self.degraded()
        shown = lr.repeat(self.scale, axis=0).repeat(self.scale, axis=1)
        enlarged, score = self._score(lr)
        return panels(
            (f"HR: {self.photo}", self.pixels),
            (f"LR, 1/{self.scale} of each side", shown),
            (f"bicubic of it, {_said(score)} dB", enlarged),
            side=288,
        )

    def summary(self) -> dict[str, object]:
        return {
            "photo": self.photo,
            "scale": self.scale,
            "psnr": _said(self.psnr),
            "psnr_downsampled": _said(self.psnr_downsampled),
        }


def _said(score: float | None) -> str:
    return "∞" if score is None else f"{score:.1f}"
