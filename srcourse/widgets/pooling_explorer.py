"""PoolingExplorer: a window slides over a picture and keeps one number of each stop."""

from collections.abc import Sequence

import numpy as np
import traitlets

from srcourse.images import luma, to_float, to_uint8
from srcourse.layers import POOLINGS, convolve2d, named_kernel, pool2d, relu
from srcourse.resampling import imresize
from srcourse.widgets.base import PhotoWidget, front_end, panels

SIDES = (16, 32, 64)
SIZES = (2, 3, 4)
STRIDES = (1, 2, 3, 4)
SHOWS = ("photograph", "feature", "even grey")
MAX_SHIFT = 4
MAX_NOISE = 60


class PoolingExplorer(PhotoWidget):
    """Max or average pooling of a small grey picture, window by window; and what a shift of the
    picture, or noise on it, does to the result.

    kind: ``"max"`` or ``"average"``. size, stride: of the window; stride is the size unless given.
    side: pixels of the square that is cut from the photograph's middle. show: what is pooled, the
    ``"photograph"``, a ``"feature"`` of it (Sobel-x, then ReLU), or an ``"even grey"``. shift: by
    how many pixels the picture moves to the right. noise: its standard deviation in grey levels.
    row, col: the window whose numbers are shown.

    Raises ValueError for a value that is not offered.
    """

    _esm = front_end("pooling_explorer")
    kind = traitlets.Unicode("max").tag(sync=True)
    size = traitlets.Int(2).tag(sync=True)
    stride = traitlets.Int(2).tag(sync=True)
    side = traitlets.Int(32).tag(sync=True)
    show = traitlets.Unicode("photograph").tag(sync=True)
    shift = traitlets.Int(0).tag(sync=True)
    noise = traitlets.Int(0).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    col = traitlets.Int(0).tag(sync=True)
    offered = traitlets.Dict().tag(sync=True)
    # What is pooled, uint8, (side, side + MAX_SHIFT): a shift brings in what lies to the left.
    plane = traitlets.Bytes().tag(sync=True)
    # Standard normal numbers, float32: the same in the browser and here.
    normal = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        kind: str = "max",
        size: int = 2,
        stride: int | None = None,
        photo: str = "camera",
        side: int = 32,
        show: str = "photograph",
        shift: int = 0,
        noise: int = 0,
    ):
        stride = size if stride is None else stride
        offered: dict[str, Sequence] = {
            "kind": POOLINGS,
            "size": SIZES,
            "stride": STRIDES,
            "side": SIDES,
            "show": SHOWS,
            "shift": range(MAX_SHIFT + 1),
            "noise": range(MAX_NOISE + 1),
        }
        given = (kind, size, stride, side, show, shift, noise)
        chosen = dict(zip(offered, given, strict=True))
        for name, value in chosen.items():
            if value not in offered[name]:
                raise ValueError(f"{name} is {value!r}; accepted: {_words(offered[name])}")
        normal = np.random.default_rng(0).standard_normal((max(SIDES), max(SIDES)), np.float32)
        super().__init__(
            photo=photo,
            normal=normal.tobytes(),
            offered={name: list(values) for name, values in offered.items()},
            **chosen,
        )
        self._follow()
        self.observe(self._follow, ["source", "side", "show"])
        self.row = self.col = len(self.pooled()) // 2

    def _show(self, image: np.ndarray) -> None:
        height, width = image.shape[:2]
        edge = min(height, width)
        top, left = (height - edge) // 2, (width - edge) // 2
        super()._show(image[top : top + edge, left : left + edge])

    def _follow(self, change: dict | None = None) -> None:
        wide = self.side + MAX_SHIFT
        # Luma runs from 16 to 235; here black is 0 and white 255.
        grey = (255 * imresize(luma(to_float(self.pixels)), wide / self.height) - 16) * 255 / 219
        if self.show == "feature":
            grey = relu(convolve2d(grey, named_kernel("sobel-x"), padding="same", edge="edge"))
        elif self.show == "even grey":
            grey = np.full((wide, wide), 128.0)
        top = MAX_SHIFT // 2
        self.plane = to_uint8(grey[top : top + self.side] / 255).tobytes()

    def picture(self, shift: int | None = None, noise: int | None = None) -> np.ndarray:
        """What is pooled, float (side, side) in grey levels; noise may leave 0 to 255."""
        shift = self.shift if shift is None else shift
        noise = self.noise if noise is None else noise
        plane = np.frombuffer(self.plane, np.uint8).reshape(self.side, -1).astype(float)
        normal = np.frombuffer(self.normal, np.float32).reshape(max(SIDES), -1)
        left = MAX_SHIFT - shift
        return plane[:, left : left + self.side] + noise * normal[: self.side, : self.side]

    def pooled(self) -> np.ndarray:
        """The picture pooled, float, in grey levels."""
        return pool2d(self.picture(), self.size, self.stride, self.kind)

    def changes(self) -> dict[str, dict[str, float]]:
        """What shift and noise do, in grey levels, ``"before"`` pooling and after each kind.

        ``change``: mean absolute difference from the picture without either. ``share``: that, over
        the mean absolute deviation of the numbers themselves; NaN where they are all the same.
        ``bias``, ``spread``: mean and standard deviation of what the noise alone adds.
        """

        def measured(kind: str) -> dict[str, float]:
            still, moved, seen = (
                p if kind == "before" else pool2d(p, self.size, self.stride, kind)
                for p in (self.picture(0, 0), self.picture(noise=0), self.picture())
            )
            change, variation = abs(seen - still).mean(), abs(still - still.mean()).mean()
            return {
                "change": float(change),
                "share": float(change / variation) if variation else float("nan"),
                "bias": float((seen - moved).mean()),
                "spread": float((seen - moved).std()),
            }

        return {kind: measured(kind) for kind in ("before", *POOLINGS)}

    def snapshot(self) -> np.ndarray:
        pooled = self.pooled()
        caption = f"{self.kind} {self.size} by {self.size}, stride {self.stride}: {_by(pooled)}"
        before = self.picture()
        return panels(
            (f"{self.photo}, {_by(before)}", to_uint8(before / 255)),
            (caption, to_uint8(pooled / 255)),
            side=320,
        )

    def summary(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "size": self.size,
            "stride": self.stride,
            "photo": self.photo,
            "show": self.show,
            "pooled": _by(self.pooled()),
            "change": {kind: round(c["change"], 1) for kind, c in self.changes().items()},
        }


def _by(array: np.ndarray) -> str:
    return f"{array.shape[0]} by {array.shape[1]}"


def _words(values: Sequence) -> str:
    if isinstance(values, range):
        return f"a whole number from {values[0]} to {values[-1]}"
    return ", ".join(map(str, values))
