"""ChromaExplorer: coarsen a photograph's brightness or its colours, and see which one you miss."""

import numpy as np
import traitlets

from srcourse.images import rgb_to_ycbcr, to_float, to_uint8, ycbcr_to_rgb
from srcourse.metrics import psnr
from srcourse.resampling import imresize
from srcourse.widgets.base import PhotoWidget, front_end, panels

FACTORS = (1, 2, 4, 8, 16)


def coarsened(plane: np.ndarray, factor: int) -> np.ndarray:
    """`plane` (H, W) kept at 1/factor of its resolution: shrunk, then enlarged to its old size."""
    if factor == 1:
        return plane
    height, width = plane.shape
    small = imresize(plane, 1 / factor)
    return imresize(small, factor)[:height, :width]


class ChromaExplorer(PhotoWidget):
    """Luma and chroma each at a resolution of its own.

    luma, chroma: by how much Y, and Cb and Cr, are shrunk before they are enlarged again: 1, 2, 4,
    8 or 16. The figures are the share of numbers that is left, and PSNR on luma and on RGB.

    Raises ValueError for another factor.
    """

    _esm = front_end("chroma_explorer")
    factors = traitlets.List(list(FACTORS)).tag(sync=True)
    luma = traitlets.Int(1).tag(sync=True)
    chroma = traitlets.Int(4).tag(sync=True)
    result = traitlets.Bytes().tag(sync=True)
    figures = traitlets.Unicode().tag(sync=True)

    def __init__(self, photo: str = "coffee", luma: int = 1, chroma: int = 4):
        for name, value in (("luma", luma), ("chroma", chroma)):
            if value not in FACTORS:
                raise ValueError(f"{name} is {value}; accepted: {', '.join(map(str, FACTORS))}")
        super().__init__(photo=photo, luma=luma, chroma=chroma)
        self._follow()
        self.observe(self._follow, ["luma", "chroma", "source"])

    def coarse(self) -> np.ndarray:
        """The photograph with its planes coarsened, uint8 (H, W, 3)."""
        planes = rgb_to_ycbcr(to_float(self.pixels))
        factors = (self.luma, self.chroma, self.chroma)
        kept = [coarsened(planes[..., c], factor) for c, factor in enumerate(factors)]
        return to_uint8(ycbcr_to_rgb(np.stack(kept, axis=2)))

    def kept(self) -> float:
        """The share of the picture's numbers that is left."""
        return (1 / self.luma**2 + 2 / self.chroma**2) / 3

    def _follow(self, change: dict | None = None) -> None:
        picture = self.coarse()
        on_luma = psnr(self.pixels, picture, channel="y")
        on_rgb = psnr(self.pixels, picture)
        with self.hold_sync():
            self.result = picture.tobytes()
            self.figures = (
                f"{100 * self.kept():.1f} % of the numbers are left. "
                f"PSNR on luma {on_luma:.1f} dB, on RGB {on_rgb:.1f} dB.".replace("inf", "∞")
            )

    def snapshot(self) -> np.ndarray:
        caption = f"luma 1/{self.luma}, chroma 1/{self.chroma}"
        return panels((self.photo, self.pixels), (caption, self.coarse()))

    def summary(self) -> dict[str, object]:
        return {
            "photo": self.photo,
            "luma": self.luma,
            "chroma": self.chroma,
            "kept": round(self.kept(), 4),
            "psnr_y": round(psnr(self.pixels, self.coarse(), channel="y"), 1),
        }
