"""ColorizationExplorer: a grey photograph in colour, and the colours possible at each pixel."""

from pathlib import Path

import numpy as np
import traitlets
from PIL import Image, ImageDraw, ImageFont

from srcourse import images
from srcourse.widgets.base import STYLE, PhotoWidget, front_end, listed, panels

VIEWS = ("grey", "coloured", "truth")
REACH = 115  # units of a and b from the middle of the drawn plane to its edge
UNIT = 1.5  # screen pixels for one of them
LEGEND = 26  # screen pixels below the plane, for what its marks mean
_SIDE = round(2 * REACH * UNIT)
_WIPE = Path(__file__).with_name("model_compare.css").read_text()


class ColorizationExplorer(PhotoWidget):
    """Colour the lightness of a photograph, and see what the network holds possible at a pixel.

    temperature: of the annealed mean, above 0 (the mode) up to 1 (the mean). pixel: (row, column)
    of the photograph as shown; its middle if None, as after each change of the photograph. left,
    right: ``"grey"``, ``"coloured"``, or ``"truth"`` where the photograph is in colour. wipe: the
    share of the picture that shows the left one.

    The network sees a photograph once; another temperature takes only its shares again. It gives
    one distribution for a cell of several pixels; between cells the colours blend.

    Raises ValueError for anything else.
    """

    _esm = front_end("colorization_explorer")
    _css = STYLE + _WIPE + Path(__file__).with_suffix(".css").read_text()
    temperature = traitlets.Float(0.38).tag(sync=True)
    pixel = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    left = traitlets.Unicode("grey").tag(sync=True)
    right = traitlets.Unicode("coloured").tag(sync=True)
    wipe = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    known = traitlets.Bool().tag(sync=True)  # are the true colours?
    note = traitlets.Unicode().tag(sync=True)
    grey = traitlets.Bytes().tag(sync=True)  # as large as `source`, which is the truth
    coloured = traitlets.Bytes().tag(sync=True)
    figures = traitlets.Dict().tag(sync=True)  # of the picture
    at = traitlets.Dict().tag(sync=True)  # of the pixel: its figures and the drawn plane

    longest = 384

    def __init__(
        self,
        photo: str = "coffee",
        temperature: float = 0.38,
        *,
        pixel: tuple[int, int] | None = None,
        left: str = "grey",
        right: str = "coloured",
    ):
        super().__init__(photo, temperature=temperature)
        self.observe(self._anneal, "temperature")
        self.observe(self._look, "pixel")
        self.left, self.right = left, right
        if pixel is not None:
            self.pixel = pixel

    def picture(self) -> np.ndarray:
        """The photograph in the network's colours, uint8 (H, W, 3), as `colorize` gives it."""
        ab = enlarged(self._annealed(self._shares), self.height, self.width)
        return images.to_uint8(images.lab_to_rgb(np.dstack([self._light, ab])))

    def distribution(self) -> np.ndarray:
        """The shares of the bins at the pixel, float (bins,)."""
        rows, columns = self._cells
        return self._shares[rows[self.pixel[0]], columns[self.pixel[1]]]

    def marks(self) -> dict[str, np.ndarray]:
        """The pixel's colours (a, b): the distribution's mode, its annealed mean, its mean, and
        the truth where it is known."""
        from srcourse.colorization import bins

        shares = self.distribution()
        found = {
            "mode": bins()[shares.argmax()],
            "annealed mean": self._annealed(shares),
            "mean": shares @ bins() / shares.sum(),
        }
        return found | ({"truth": self._true[self.pixel]} if self.known else {})

    def plane(self) -> np.ndarray:
        """The distribution in the plane of a and b, with its marks: uint8 (H, W, 3)."""
        light = self._light[self.pixel]
        return draw_plane(self.distribution(), light, self.marks())

    def snapshot(self) -> np.ndarray:
        top, height, left, width = self._box()
        shown = {"grey": self.grey, "coloured": self.coloured, "truth": self.source}
        if not self.known:
            del shown["truth"]
        captions = {"coloured": f"coloured, temperature {self.temperature:g}"}
        pictures = []
        for name, data in shown.items():
            page = Image.frombytes("RGB", (self.width, self.height), data)
            box = (left - 1, top - 1, left + width, top + height)
            ImageDraw.Draw(page).rectangle(box, outline="#f0e442", width=2)
            pictures.append((captions.get(name, name), np.asarray(page)))
        row, column = self.pixel
        pictures.append((f"the colours at row {row}, column {column}", self.plane()))
        rows = [panels(*pictures[:2], side=1), panels(*pictures[2:], side=1)]
        wide = max(r.shape[1] for r in rows)
        padded = [
            np.pad(r, [(0, 0), (0, wide - r.shape[1]), (0, 0)], constant_values=255) for r in rows
        ]
        return np.concatenate(padded)

    def summary(self) -> dict[str, object]:
        marks = self.marks()
        return {
            "photo": self.photo,
            "temperature": round(self.temperature, 2),
            "saturation": round(self.figures["coloured"]),
            "truth": round(self.figures["truth"]) if self.known else None,
            "pixel": self.pixel,
            "mode": tuple(int(v) for v in marks["mode"]),
            "mean": tuple(round(float(v)) for v in marks["mean"]),
        }

    @traitlets.validate("temperature")
    def _warm(self, proposal: dict) -> float:
        from srcourse.colorization.bins import check_temperature

        check_temperature(proposal["value"])
        return proposal["value"]

    @traitlets.validate("pixel")
    def _inside(self, proposal: dict) -> tuple[int, int]:
        row, column = proposal["value"]
        if not (0 <= row < self.height and 0 <= column < self.width):
            raise ValueError(
                f"pixel is ({row}, {column}); the picture has rows 0 to {self.height - 1} "
                f"and columns 0 to {self.width - 1}"
            )
        return row, column

    @traitlets.validate("left", "right")
    def _possible(self, proposal: dict) -> str:
        name, view = proposal["trait"].name, proposal["value"]
        accepted = VIEWS if self.known else VIEWS[:2]
        if view not in accepted:
            raise ValueError(f"{name} is {view!r}; accepted for {self.photo}: {listed(accepted)}")
        return view

    def _annealed(self, shares: np.ndarray) -> np.ndarray:
        from srcourse.colorization import annealed_mean

        return annealed_mean(shares, self.temperature)

    def _show(self, image: np.ndarray) -> None:
        """Another photograph: the network looks at it, this once."""
        from srcourse import colorization
        from srcourse.colorization.picture import SIDE, in_colour

        with self.hold_sync():
            super()._show(image)
            lab = images.rgb_to_lab(self.pixels)
            self._light, self._true = lab[..., 0], lab[..., 1:]
            self._shares = colorization.shares(colorization.load(), colorization.small(self.pixels))
            shrink = min(1.0, SIDE / max(self.height, self.width))
            self._cells = [
                ((np.arange(n) + 0.5) * shrink).astype(int) // 4 for n in (self.height, self.width)
            ]
            self.known = in_colour(self.pixels)
            for side, other in (("left", "grey"), ("right", "coloured")):
                if getattr(self, side) == "truth" and not self.known:
                    setattr(self, side, other)
            self.note = _sentence(colorization.remark(image))
            grey = images.lab_to_rgb(np.dstack([self._light, np.zeros_like(self._true)]))
            # One channel for all: R, G and B of a grey differ in their last bit.
            self.grey = images.to_uint8(images.rgb(grey[..., 1])).tobytes()
            self.pixel = self.height // 2, self.width // 2
            self._anneal()

    def _anneal(self, _change: object = None) -> None:
        picture = self.picture()
        # Of what is shown: a colour that the screen cannot show has lost some.
        ab = images.rgb_to_lab(picture)[..., 1:]
        with self.hold_sync():
            self.coloured = picture.tobytes()
            self.figures = {
                "temperature": self.temperature,
                "coloured": float(np.hypot(*ab.T).mean()),
                "truth": float(np.hypot(*self._true.T).mean()) if self.known else None,
            }
            self._look()

    def _look(self, _change: object = None) -> None:
        shares, light = np.sort(self.distribution())[::-1], self._light[self.pixel]
        marks = self.marks()
        shown = images.to_uint8(_at_lightness(light, np.array(list(marks.values()))))
        plane = self.plane()
        self.at = {
            "photo": self.photo,
            "row": self.pixel[0],
            "column": self.pixel[1],
            "light": float(light),
            "share": float(shares[0] / shares.sum()),
            "bins": int((np.cumsum(shares) < 0.9 * shares.sum()).sum()) + 1,
            "marks": [
                {"name": name, "a": float(a), "b": float(b), "rgb": rgb.tolist()}
                for (name, (a, b)), rgb in zip(marks.items(), shown[0], strict=True)
            ],
            "box": self._box(),
            "plane": plane.tobytes(),
            "height": plane.shape[0],
            "width": plane.shape[1],
        }

    def _box(self) -> tuple[int, int, int, int]:
        """The pixel's cell: its first row, its height, its first column, its width."""
        found: list[int] = []
        for cells, place in zip(self._cells, self.pixel, strict=True):
            inside = np.flatnonzero(cells == cells[place])
            found += [int(inside[0]), len(inside)]
        top, height, left, width = found
        return top, height, left, width


def enlarged(ab: np.ndarray, height: int, width: int) -> np.ndarray:
    """a and b of every fourth pixel of the small picture, (h/4, w/4, 2), for each pixel of the
    large one, (height, width, 2), as `colorize` blends them."""
    import torch
    from torch.nn.functional import interpolate

    from srcourse.colorization.picture import SIDE

    planes = torch.from_numpy(ab).permute(2, 0, 1)[None]
    planes = interpolate(planes, scale_factor=4, mode="bilinear")
    shrink = min(1.0, SIDE / max(height, width))
    rows, columns = (max(1, round(n * shrink)) for n in (height, width))
    planes = interpolate(planes[..., :rows, :columns], (height, width), mode="bilinear")
    return planes[0].permute(1, 2, 0).numpy()


def draw_plane(shares: np.ndarray, light: float, marks: dict[str, np.ndarray]) -> np.ndarray:
    """The bins in the plane of a (to the right) and b (upwards), uint8 (H, W, 3).

    shares: (bins,); each bin is a square of that area, the largest as large as a bin, in the bin's
    colour at that lightness. marks: of `ColorizationExplorer.marks`.
    """
    from srcourse.colorization.bins import STEP, bins

    twice = 2  # drawn at twice the size and halved, for smooth edges
    unit, side = twice * UNIT, twice * _SIDE
    page = Image.new("RGB", (side, side + twice * LEGEND), "white")
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=13 * twice)

    def place(ab: np.ndarray) -> tuple[float, float]:
        return (REACH + ab[0]) * unit, (REACH - ab[1]) * unit

    def square(ab: np.ndarray, half: float, **how: object) -> None:
        x, y = place(ab)
        draw.rectangle((x - half, y - half, x + half, y + half), **how)  # type: ignore[arg-type]

    cell = STEP * unit / 2
    for ab in bins():
        square(ab, cell, fill="#f1f1f1", outline="#d5d5d5")
    draw.line((side / 2, 0, side / 2, side), fill="#8a8a8a", width=twice)
    draw.line((0, side / 2, side, side / 2), fill="#8a8a8a", width=twice)
    for text, xy, anchor in (
        ("green", (4 * twice, side / 2 + 3 * twice), "la"),
        ("red, a", (side - 4 * twice, side / 2 + 3 * twice), "ra"),
        ("yellow, b", (side / 2 + 5 * twice, 2 * twice), "la"),
        ("blue", (side / 2 - 5 * twice, side - 3 * twice), "rd"),
    ):
        draw.text(xy, text, fill="#333333", font=font, anchor=anchor)
    colours = images.to_uint8(_at_lightness(light, bins()))[0]
    for ab, share, colour in zip(bins(), shares / shares.max(), colours, strict=True):
        half = cell * np.sqrt(share)
        if half > 0.7 * twice:  # what is smaller than a pixel would be a speck
            square(ab, half, fill=tuple(map(int, colour)), outline="#555555")
    for name, ab in marks.items():
        _mark(draw, name, *place(ab), twice)
    x, y = 12.0 * twice, side + twice * LEGEND / 2
    for name in marks:
        _mark(draw, name, x, y, twice)
        draw.text((x + 11 * twice, y), name, fill="black", font=font, anchor="lm")
        x += 34 * twice + font.getlength(name)
    return np.asarray(page.reduce(twice))


def _mark(draw: ImageDraw.ImageDraw, name: str, x: float, y: float, twice: int) -> None:
    """A shape for each of the marks, black with a white rim."""
    r = 7 * twice
    for colour, width in (("white", 5 * twice), ("black", 2 * twice)):
        grown = r + (width - 2 * twice) // 2
        if name == "mode":
            box = (x - grown, y - grown, x + grown, y + grown)
            draw.rectangle(box, outline=colour, width=width)
        elif name == "annealed mean":
            box = (x - grown, y - grown, x + grown, y + grown)
            draw.ellipse(box, outline=colour, width=width)
        elif name == "mean":
            draw.line((x - r, y - r, x + r, y + r), fill=colour, width=width)
            draw.line((x - r, y + r, x + r, y - r), fill=colour, width=width)
        else:
            draw.line((x - r, y, x + r, y), fill=colour, width=width)
            draw.line((x, y - r, x, y + r), fill=colour, width=width)


def _at_lightness(light: float, ab: np.ndarray) -> np.ndarray:
    """Colours (N, 2) at one lightness, as the screen shows them: float RGB (1, N, 3)."""
    lab = np.column_stack([np.full(len(ab), light), ab])[None]
    return images.lab_to_rgb(lab)


def _sentence(remark: str | None) -> str:
    return f"{remark[0].upper()}{remark[1:]}." if remark else ""
