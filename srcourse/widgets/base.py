"""What every widget of the course has in common."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from math import ceil
from pathlib import Path

import anywidget
import numpy as np
import traitlets
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from srcourse import images
from srcourse.resampling import imresize

_HERE = Path(__file__).parent


def front_end(name: str) -> str:
    """The ES module of a widget: the helpers that all share, then its own ``{name}.js``.

    One text, because a widget's module reaches the browser without a folder to import from.
    """
    return (_HERE / "shared.js").read_text() + (_HERE / f"{name}.js").read_text()


STYLE = (_HERE / "shared.css").read_text()


class CourseWidget(anywidget.AnyWidget):
    """A widget that also shows something where there is no kernel.

    A subclass gives `_esm` = `front_end(…)`, and two pure views of its traits: `snapshot`, a
    picture for pages without a kernel, and `summary`, figures that a test can read. A stored
    notebook then holds the picture, and nbval compares the figures.
    """

    _css = STYLE

    def snapshot(self) -> np.ndarray:
        """The picture that stands for the widget, uint8 (H, W, 3)."""
        raise NotImplementedError

    def summary(self) -> dict[str, object]:
        """What the widget shows, as a few names and rounded figures, the same on every machine."""
        raise NotImplementedError

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={value!r}" for key, value in self.summary().items())
        return f"{type(self).__name__}({fields})"

    def _repr_mimebundle_(self, **kwargs: dict) -> tuple[dict, dict]:
        found = super()._repr_mimebundle_(**kwargs)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        png = BytesIO()
        Image.fromarray(self.snapshot()).save(png, "PNG")
        # A front end without widgets shows the richest of what is left: the picture.
        return {
            **data,
            "text/plain": repr(self),
            "image/png": b64encode(png.getvalue()).decode(),
        }, metadata


class PhotoWidget(CourseWidget):
    """A widget that works on a photograph: one that ships, or the learner's own.

    photo: the name of a sample, or ``"your own"`` after an upload. `pixels` holds what is shown,
    uint8 (H, W, 3), no side longer than `longest`. A file that cannot be read, or that would be
    shown with a side shorter than `smallest`, leaves everything as it was; `message` says why.
    """

    photos = traitlets.List(traitlets.Unicode()).tag(sync=True)
    photo = traitlets.Unicode("astronaut").tag(sync=True)
    upload = traitlets.Dict().tag(sync=True)  # {"name", "data"}: a file from the browser
    message = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    source = traitlets.Bytes().tag(sync=True)  # `pixels`, row by row

    longest = 256
    smallest = 1

    def __init__(self, photo: str = "astronaut", **traits: object):
        super().__init__(photos=list(images.samples()), **traits)
        self.photo = photo
        self._show(images.sample(photo))
        self.observe(self._photo_chosen, "photo")
        self.observe(self._photo_uploaded, "upload")

    @property
    def pixels(self) -> np.ndarray:
        return np.frombuffer(self.source, np.uint8).reshape(self.height, self.width, 3)

    def _show(self, image: np.ndarray) -> None:
        shown = images.to_uint8(images.rgb(image))
        scale = self.longest / max(shown.shape[:2])
        if scale < 1:
            shown = imresize(shown, scale)
        with self.hold_sync():
            self.height, self.width = shown.shape[:2]
            self.source = shown.tobytes()
            self.message = ""

    def _photo_chosen(self, change: dict) -> None:
        if change["new"] in images.samples():
            self._show(images.sample(change["new"]))

    def _photo_uploaded(self, change: dict) -> None:
        try:
            image = images.load(bytes(change["new"]["data"]))
        except ValueError as error:
            self.message = str(error)
            return
        size = image.shape[:2]
        shown = self._shown_as(*size)
        if min(shown) < self.smallest:
            height, width = size
            reduced = f", shown as {shown[1]}×{shown[0]}" if shown != size else ""
            self.message = (
                f"the picture is {width}×{height}{reduced}; "
                f"accepted: at least {self.smallest} pixels a side"
            )
            return
        with self.hold_sync():
            self.photo = "your own"
            self._show(image)

    def _shown_as(self, height: int, width: int) -> tuple[int, int]:
        """The size at which a photograph of that size is shown."""
        scale = min(1, self.longest / max(height, width))
        return ceil(height * scale - 1e-9), ceil(width * scale - 1e-9)  # as `imresize` rounds


class ZoomedPhoto(PhotoWidget):
    """A photograph under zoom and pan; `zoomAndPan` in shared.js is its front end.

    zoom: one of `zooms`. row, col: the pixel in the middle of the view; without them the picture's
    own middle, as after each change of the photograph.

    Raises ValueError for anything else.
    """

    zooms = traitlets.List([1]).tag(sync=True)
    zoom = traitlets.Int(1).tag(sync=True)
    row = traitlets.Float().tag(sync=True)
    col = traitlets.Float().tag(sync=True)

    def __init__(
        self, photo: str, zoom: int, row: float | None, col: float | None, **traits: object
    ):
        if zoom not in self.zooms:
            raise ValueError(f"zoom is {zoom}; accepted: {listed(self.zooms)}")
        super().__init__(photo, zoom=zoom, **traits)
        for name, value, side in (("row", row, self.height), ("col", col, self.width)):
            if value is not None:
                if not 0 <= value < side:
                    raise ValueError(f"{name} is {value}; the picture has 0 to {side - 1}")
                setattr(self, name, value)

    def seen(self, picture: np.ndarray, fit: int = 1) -> np.ndarray:
        """What the view shows of `picture`: each of its pixels fit·zoom × fit·zoom large."""
        rows, cols = (
            (_offset(centre, n, fit, self.zoom) + np.arange(n * fit)) // (fit * self.zoom)
            for centre, n in zip((self.row, self.col), picture.shape[:2], strict=True)
        )
        return picture[rows][:, cols]

    def _show(self, image: np.ndarray) -> None:
        with self.hold_sync():
            super()._show(image)
            self.row, self.col = (self.height - 1) / 2, (self.width - 1) / 2


def _offset(centre: float, n: int, fit: int, zoom: int) -> int:
    """How many of the zoomed side's n·fit·zoom screen pixels lie before the view of n·fit."""
    first = np.floor((centre + 0.5) * fit * zoom - n * fit / 2 + 0.5)
    return int(np.clip(first, 0, n * fit * (zoom - 1)))


def listed(values: Iterable[object]) -> str:
    """Values as an error message names them."""
    return ", ".join(map(str, values))


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """What snapshots are written in: Pillow's own font has no ×, − or Greek letters."""
    return ImageFont.truetype(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", size)


def panels(*shown: tuple[str, np.ndarray], side: int = 256) -> np.ndarray:
    """Pictures side by side, each under its caption: a snapshot, uint8 (H, W, 3).

    Each picture (uint8 or float, grey or RGB) is enlarged by a whole factor, without smoothing, as
    far as it stays within `side` pixels, so that single pixels can be seen.
    """
    written = font(12)
    tiles = []
    for caption, image in shown:
        tile = images.to_uint8(images.rgb(image))
        factor = max(1, side // max(tile.shape[:2]))
        tile = tile.repeat(factor, axis=0).repeat(factor, axis=1)
        width = max(tile.shape[1], int(written.getlength(caption)) + 1)
        page = Image.new("RGB", (width + 12, tile.shape[0] + 28), "white")
        ImageDraw.Draw(page).text((6, 6), caption, fill="black", font=written)
        page.paste(Image.fromarray(tile), (6, 26))
        tiles.append(np.asarray(page))
    height = max(tile.shape[0] for tile in tiles)
    padded = [
        np.pad(t, [(0, height - t.shape[0]), (0, 0), (0, 0)], constant_values=255) for t in tiles
    ]
    return np.concatenate(padded, axis=1)
