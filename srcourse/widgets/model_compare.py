"""ModelCompare: one photograph enlarged in two ways, under a wipe, with the figures of both."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import NamedTuple

import numpy as np
import traitlets

from srcourse import images
from srcourse.metrics import make_lr, score
from srcourse.resampling import METHODS, modcrop
from srcourse.upscaling import upscale
from srcourse.widgets.base import STYLE, ZoomedPhoto, front_end, listed, panels

ORIGINAL = "original"  # the HR picture itself
SCALES = (2, 3, 4)
SIDES = ("left", "right")
# One enlargement at a time: two at once would slow each other, and spoil each other's time.
_worker = ThreadPoolExecutor(1, thread_name_prefix="enlarge")


class Enlargement(NamedTuple):
    """picture: uint8 (H, W, 3); psnr in dB. The original took no time and has no parameters."""

    picture: np.ndarray
    psnr: float
    ssim: float
    seconds: float | None
    parameters: int | None


class ModelCompare(ZoomedPhoto):
    """Reduce a photograph as the protocol does, enlarge it in two ways, and wipe between them.

    left, right: ``"original"``, an interpolation or a trained network (`choices` lists them).
    scale: 2, 3 or 4, as far as both have it. The picture is the piece of the photograph that has
    the most detail. zoom: one of `zooms`. row, col: the pixel in the middle of the view; without
    them the picture's own middle. wipe: the share of the view that shows the left one.

    Each side is enlarged in a thread of its own, so that the page stays awake; until it is done,
    its `…_shown` is empty.

    Raises ValueError for anything else.
    """

    _esm = front_end("model_compare")
    _css = STYLE + Path(__file__).with_suffix(".css").read_text()
    choices = traitlets.Dict().tag(sync=True)  # what can be compared, each with its scales
    left = traitlets.Unicode("bicubic").tag(sync=True)
    right = traitlets.Unicode("edsr-mini").tag(sync=True)
    scales = traitlets.List(list(SCALES)).tag(sync=True)
    scale = traitlets.Int(2).tag(sync=True)
    left_shown = traitlets.Dict().tag(sync=True)  # the picture and its figures, in one piece
    right_shown = traitlets.Dict().tag(sync=True)
    wipe = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    zooms = traitlets.List([1, 2, 3, 4, 6, 8]).tag(sync=True)

    longest = 288  # pixels a side: whole at ×2, ×3 and ×4
    smallest = 24  # below that ×4 and the protocol's border leave next to nothing

    def __init__(
        self,
        left: str = "bicubic",
        right: str = "edsr-mini",
        scale: int = 2,
        photo: str = "astronaut",
        zoom: int = 1,
        row: float | None = None,
        col: float | None = None,
    ):
        offered = choices()
        _check(offered, left, right, scale)
        self._lock = RLock()
        self._wanted: dict[str, tuple] = {}
        super().__init__(
            photo,
            zoom,
            row,
            col,
            choices={name: list(scales) for name, scales in offered.items()},
            left=left,
            right=right,
            scale=scale,
        )
        self._ask()
        self.observe(self._ask, [*SIDES, "scale", "source"])

    def enlargement(self, side: str) -> Enlargement:
        """What is shown on the ``"left"`` or the ``"right"``, once it is done."""
        return _worker.submit(enlarged, *self._request(side)).result()

    def snapshot(self) -> np.ndarray:
        shown = []
        for side in SIDES:
            found = self.enlargement(side)
            # In words that the snapshot's font has.
            said = f"{found.psnr:.2f} dB" if np.isfinite(found.psnr) else "no difference"
            shown.append(
                (f"{getattr(self, side)}, scale {self.scale}: {said}", self.seen(found.picture))
            )
        return panels(*shown, side=self.longest)

    def summary(self) -> dict[str, object]:
        figures: dict[str, object] = {"photo": self.photo, "scale": self.scale}
        for side in SIDES:
            found = self.enlargement(side)
            figures[side] = getattr(self, side)
            figures[f"{side}_psnr"] = round(found.psnr, 2)
            figures[f"{side}_ssim"] = round(found.ssim, 3)
        return figures

    def set_state(self, sync_data: dict) -> None:
        with self._lock:  # the thread shows nothing while the page's wishes are being read
            super().set_state(sync_data)

    @traitlets.validate(*SIDES, "scale")
    def _possible(self, proposal: dict) -> object:
        chosen = {name: getattr(self, name) for name in (*SIDES, "scale")}
        _check(self.choices, **chosen | {proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    def _request(self, side: str) -> tuple[str, int, bytes, int]:
        return getattr(self, side), self.scale, self.source, self.width

    def _ask(self, change: object = None) -> None:
        """Have each side enlarged that is not what is wanted."""
        with self._lock:
            for side in SIDES:
                wanted = self._request(side)
                if self._wanted.get(side) != wanted:
                    self._wanted[side] = wanted
                    self.set_trait(f"{side}_shown", {})
                    _worker.submit(self._answer, side, wanted)

    def _answer(self, side: str, wanted: tuple[str, int, bytes, int]) -> None:
        """In the thread: enlarge and show, unless something else is wanted by now."""
        if self._wanted[side] != wanted:
            return
        try:
            shown, message = _to_show(*wanted), ""
        except Exception as error:  # it would be lost with the thread
            shown, message = {}, f"{wanted[0]} ×{wanted[1]} failed: {error}"
        with self._lock:
            if self._wanted[side] == wanted:
                self.set_trait(f"{side}_shown", shown and {**shown, "photo": self.photo})
                self.message = message or self.message

    def _show(self, image: np.ndarray) -> None:
        piece = most_detailed(images.to_uint8(images.rgb(image)), self.longest)
        with self._lock:
            super()._show(piece)

    def _shown_as(self, height: int, width: int) -> tuple[int, int]:
        return min(height, self.longest), min(width, self.longest)


def choices() -> dict[str, tuple[int, ...]]:
    """What can be compared, each with its scales."""
    from srcourse import zoo  # torch is loaded only where it is needed

    return dict.fromkeys((ORIGINAL, *METHODS), SCALES) | zoo.trained()


def most_detailed(image: np.ndarray, side: int) -> np.ndarray:
    """The piece of `image`, uint8 (H, W, 3), in which neighbouring pixels differ most.

    It is `side` pixels high and wide, or as many as there are.
    """
    height, width = (min(side, n) for n in image.shape[:2])
    green = image[..., 1].astype(np.int16)
    steps = abs(np.diff(green, axis=0, prepend=green[:1]))
    steps += abs(np.diff(green, axis=1, prepend=green[:, :1]))
    # Sums over all that lies above and left of a corner: four of them give a piece's own.
    table = np.pad(steps, ((1, 0), (1, 0))).cumsum(axis=0, dtype=np.int64).cumsum(axis=1)
    below = table[height:] - table[:-height]
    detail = below[:, width:] - below[:, :-width]
    top, left = np.unravel_index(detail.argmax(), detail.shape)
    return image[top : top + height, left : left + width]


def plane_or_rgb(image: np.ndarray) -> np.ndarray:
    """`image` (H, W, 3), or its one plane (H, W) where all three are the same."""
    return image[..., 0] if (image == image[..., :1]).all() else image


@lru_cache(maxsize=64)
def enlarged(method: str, scale: int, source: bytes, width: int) -> Enlargement:
    """The picture in `source` (RGB, row by row) degraded by the protocol and enlarged again."""
    picture = plane_or_rgb(np.frombuffer(source, np.uint8).reshape(-1, width, 3))
    hr = modcrop(picture, scale)
    if method == ORIGINAL:
        return Enlargement(images.rgb(hr), **score(hr, hr, scale), seconds=None, parameters=None)
    lr = make_lr(hr, scale)
    upscale(lr[:8, :8], scale, method)  # what only a first call costs
    before = perf_counter()
    sr = upscale(lr, scale, method)
    seconds = perf_counter() - before
    return Enlargement(
        images.rgb(sr), **score(hr, sr, scale), seconds=seconds, parameters=_learned(method, scale)
    )


def _learned(method: str, scale: int) -> int:
    """How many numbers `method` has learned."""
    if method in METHODS:
        return 0
    from srcourse import zoo
    from srcourse.models.cost import parameters

    return parameters(zoo.load(method, scale))


def _to_show(method: str, scale: int, source: bytes, width: int) -> dict[str, object]:
    """What the page shows of one side."""
    found = enlarged(method, scale, source, width)
    height, width = found.picture.shape[:2]
    return {
        "method": method,
        "scale": scale,
        "height": height,
        "width": width,
        "pixels": found.picture.tobytes(),
        "figures": {
            "PSNR": _decibels(found.psnr),
            "SSIM": f"{found.ssim:.3f}",
            "Time": "–" if found.seconds is None else _milliseconds(found.seconds),
            "Parameters": "–" if found.parameters is None else f"{found.parameters:,}",
        },
    }


def _check(
    offered: Mapping[str, Sequence[int]], left: object, right: object, scale: object
) -> None:
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; accepted: {listed(SCALES)}")
    for side, method in (("left", left), ("right", right)):
        if method not in offered:
            raise ValueError(f"{side} is {method!r}; accepted: {listed(offered)}")
        if scale not in offered[str(method)]:
            have = listed(offered[str(method)])
            raise ValueError(f"scale is {scale}; {side}, {method}, is trained for {have}")


def _decibels(psnr: float) -> str:
    return f"{psnr:.2f} dB" if np.isfinite(psnr) else "∞ dB"


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.{0 if seconds >= 0.01 else 1}f} ms"
