"""KernelExplorer: a kernel under the learner's hands, and the photograph that follows."""

import numpy as np
import traitlets

from srcourse.layers import KERNELS, convolve2d, named_kernel
from srcourse.widgets.base import PhotoWidget, front_end, panels

SIZES = (3, 5, 7)
SHOWS = ("clip", "shift", "magnitude")


def as_shown(values: np.ndarray, show: str) -> np.ndarray:
    """Filter results, any real numbers in grey levels, as uint8 pixels.

    show: ``"clip"`` cuts at 0 and 255; ``"shift"`` adds 128 first, so that negative results can be
    seen; ``"magnitude"`` drops the sign. Halves are rounded up, as the browser's copy does.
    """
    if show == "shift":
        values = values + 128
    elif show == "magnitude":
        values = np.abs(values)
    return np.floor(np.clip(values, 0, 255) + 0.5).astype(np.uint8)


class KernelExplorer(PhotoWidget):
    """Edit a kernel or take a named one; see the photograph filtered, and the sum at one pixel.

    kernel: a named kernel, or a square table of numbers of side 3, 5 or 7. size: the side of a
    named one. show: how results outside 0–255 become pixels, see `as_shown`. row, col: the pixel
    whose neighbourhood, products and sum are shown. The border is mirrored, the edge repeated.

    Raises ValueError for a kernel that is unknown, not square, of another side, or not finite.
    """

    _esm = front_end("kernel_explorer")
    names = traitlets.List(list(KERNELS)).tag(sync=True)
    sizes = traitlets.List(list(SIZES)).tag(sync=True)
    name = traitlets.Unicode("sharpen").tag(sync=True)
    size = traitlets.Int(3).tag(sync=True)
    kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    show = traitlets.Enum(SHOWS, "clip").tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    col = traitlets.Int(0).tag(sync=True)
    # Every named kernel at every size, so that the browser need not ask.
    presets = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        kernel: str | np.ndarray | list = "sharpen",
        size: int = 3,
        photo: str = "astronaut",
        show: str = "clip",
    ):
        if size not in SIZES:
            raise ValueError(f"size is {size}; accepted: 3, 5 or 7")
        if isinstance(kernel, str):
            name, table = kernel, named_kernel(kernel, size)
        else:
            name, table = "your own", np.asarray(kernel, float)
            if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) not in SIZES:
                raise ValueError(f"kernel has shape {table.shape}; accepted: 3×3, 5×5 or 7×7")
            if not np.isfinite(table).all():
                raise ValueError("kernel must hold finite numbers only; got NaN or infinity")
        super().__init__(
            photo=photo,
            name=name,
            size=len(table),
            kernel=table.tolist(),
            show=show,
            presets={n: {s: named_kernel(n, s).tolist() for s in SIZES} for n in KERNELS},
        )
        self.row, self.col = self.height // 2, self.width // 2

    def filtered(self) -> np.ndarray:
        """The photograph under the kernel, uint8 (H, W, 3): what the browser draws."""
        values = convolve2d(self.pixels, self.kernel, padding="same", edge="symmetric")
        return as_shown(values, self.show)

    def snapshot(self) -> np.ndarray:
        return panels((self.photo, self.pixels), (f"under “{self.name}”", self.filtered()))

    def summary(self) -> dict[str, object]:
        return {
            "kernel": self.name,
            "size": self.size,
            "photo": self.photo,
            "mean": round(float(self.filtered().mean()), 2),
        }
