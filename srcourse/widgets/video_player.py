"""VideoPlayer: one clip in two versions, played under a wipe, with the flicker of both."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image

from srcourse import images
from srcourse.video.flicker import BLOCK, flicker
from srcourse.widgets.base import STYLE, CourseWidget, front_end, listed, panels

SIDES = ("left", "right")
VIEWS = ("picture", "change")
GAIN = 32  # by which a change is multiplied to be seen
LONGEST = 640  # pixels a side: what a page shows without making it smaller
MOST = 60  # frames: all of them are in the page at once
_WIPE = Path(__file__).with_name("model_compare.css").read_text()  # the wipe's looks


class VideoPlayer(CourseWidget):
    """Plays two versions of a clip under a wipe; it needs no kernel once it is shown.

    versions: two names and their frames, as many of each, all of one size, images (H, W) or
    (H, W, 3) of 8 to `LONGEST` pixels a side; 2 to `MOST` frames. rest: where the scene rests, as
    `video.still` gives it for the original. rate: frames per second. frame: the one shown, from 0.
    view: ``"picture"``, or ``"change"``, how much each pixel's luma differs from the frame before,
    times `GAIN`. dark: darken what moves. wipe: the share of the view that shows the first version.

    It never plays by itself. The pictures go to the page once, without loss.

    Raises ValueError for anything else.
    """

    _esm = front_end("video_player")
    _css = STYLE + _WIPE + Path(__file__).with_suffix(".css").read_text()
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)  # of each side its frames, as WebP
    height = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    rate = traitlets.Float(25).tag(sync=True)
    count = traitlets.Int().tag(sync=True)
    rest = traitlets.Bytes().tag(sync=True)  # 1 where a block rests, frame by frame, row by row
    block = traitlets.Int(BLOCK).tag(sync=True)
    gain = traitlets.Int(GAIN).tag(sync=True)
    figures = traitlets.Dict().tag(sync=True)  # of each side, in words: each frame's, and the mean
    frame = traitlets.Int(0).tag(sync=True)
    view = traitlets.Unicode("picture").tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)
    wipe = traitlets.Float(0.5, min=0, max=1).tag(sync=True)

    def __init__(
        self,
        versions: Mapping[str, Sequence[np.ndarray]],
        rest: NDArray[np.bool_],
        rate: float = 25,
        *,
        frame: int = 0,
        view: str = "picture",
        dark: bool = False,
    ):
        if not 0 < rate <= 240:
            raise ValueError(f"rate is {rate}; accepted: above 0, to 240 frames per second")
        self._frames = _checked(versions)
        first = self._frames["left"]
        names = list(versions)
        self._flicker = {side: changes(self._frames[side], rest) for side in SIDES}
        self._mean = {side: flicker(self._frames[side], rest) for side in SIDES}
        super().__init__(
            names=names,
            pictures={side: [_webp(f) for f in self._frames[side]] for side in SIDES},
            height=first[0].shape[0],
            width=first[0].shape[1],
            count=len(first),
            rate=rate,
            rest=np.asarray(rest, np.uint8).tobytes(),
            figures={
                side: {
                    "frames": [_levels(value) for value in self._flicker[side]],
                    "mean": _levels(self._mean[side]),
                }
                for side in SIDES
            },
        )
        self.frame, self.view, self.dark = frame, view, dark

    def shown(self, side: str) -> NDArray[np.uint8]:
        """What the ``"left"`` or ``"right"`` shows of `frame` in `view`, (H, W, 3), undarkened."""
        clip = self._frames[side]
        if self.view == "picture":
            return clip[self.frame]
        return change(clip[max(self.frame - 1, 0)], clip[self.frame])

    def snapshot(self) -> np.ndarray:
        what = "" if self.view == "picture" else f", change × {GAIN}"
        return panels(
            *(
                (f"{name}, frame {self.frame + 1} of {self.count}{what}", self.shown(side))
                for side, name in zip(SIDES, self.names, strict=True)
            ),
            side=LONGEST // 2,
        )

    def summary(self) -> dict[str, object]:
        return {
            "versions": " | ".join(self.names),
            "frames": self.count,
            "rate": self.rate,
            "frame": self.frame,
            "view": self.view,
            **{f"{side}_flicker": round(self._mean[side], 1) for side in SIDES},
        }

    @traitlets.validate("frame")
    def _there(self, proposal: dict) -> int:
        if not 0 <= proposal["value"] < self.count:
            raise ValueError(f"frame is {proposal['value']}; accepted: 0 to {self.count - 1}")
        return proposal["value"]

    @traitlets.validate("view")
    def _known(self, proposal: dict) -> str:
        if proposal["value"] not in VIEWS:
            raise ValueError(f"view is {proposal['value']!r}; accepted: {listed(VIEWS)}")
        return proposal["value"]


def change(before: np.ndarray, after: np.ndarray) -> NDArray[np.uint8]:
    """How much the luma of two frames, uint8 (H, W, 3), differs, times `GAIN`; (H, W, 3) grey.

    In whole numbers, as the page computes it: BT.601 in thousandths, divided downwards.
    """
    step = after.astype(np.int64) - before
    luma = abs(257 * step[..., 0] + 504 * step[..., 1] + 98 * step[..., 2])  # of 219 levels
    return images.rgb(np.minimum(luma * GAIN // 1000, 255).astype(np.uint8))


def changes(clip: Sequence[np.ndarray], rest: NDArray[np.bool_]) -> list[float | None]:
    """The flicker of each frame against the one before; None for the first, and where all moves."""
    if len(rest) != len(clip) - 1:
        raise ValueError(f"rest is of {len(rest)} pairs of frames; accepted: {len(clip) - 1}")
    pairs = (slice(n, n + 1) for n in range(len(rest)))
    return [None] + [
        flicker(clip[pair.start : pair.stop + 1], rest[pair]) if rest[pair].any() else None
        for pair in pairs
    ]


def _checked(versions: object) -> dict[str, list[NDArray[np.uint8]]]:
    """The frames of each side, uint8 (H, W, 3)."""
    if not isinstance(versions, Mapping) or len(versions) != 2:
        raise ValueError("versions must be a dict of two names, each with its frames")
    found = {}
    for side, (name, frames) in zip(SIDES, versions.items(), strict=True):
        clip = []
        for frame in frames:
            images.check(frame, f"versions[{name!r}]", alpha=False)
            images.check_range(frame, f"versions[{name!r}]")
            clip.append(images.to_uint8(images.rgb(frame)))
        found[side] = clip
    counts = {len(clip) for clip in found.values()}
    shapes = {frame.shape for clip in found.values() for frame in clip}
    if len(counts) != 1 or len(shapes) != 1:
        raise ValueError("versions differ in size or in number of frames; accepted: as many of one")
    if not 2 <= min(counts) <= MOST:
        raise ValueError(f"versions have {min(counts)} frames; accepted: 2 to {MOST}")
    height, width, _ = shapes.pop()
    if not (min(height, width) >= BLOCK and max(height, width) <= LONGEST):
        raise ValueError(
            f"versions are {width}×{height}; accepted: {BLOCK} to {LONGEST} pixels a side"
        )
    return found


def _webp(frame: np.ndarray) -> bytes:
    stream = BytesIO()
    Image.fromarray(frame).save(stream, "WEBP", lossless=True, method=1)
    return stream.getvalue()


def _levels(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
