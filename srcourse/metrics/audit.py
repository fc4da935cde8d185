"""What the usual deviations from the field's protocol would have reported, in decibels.

Two papers' figures can be compared only where both were scored, and their LR pictures made, in the
same way. `audit` measures how far each usual deviation moves the figure of one upscaler.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from srcourse.images import check_range, rgb, to_float, to_uint8
from srcourse.metrics.protocol import Upscaler, make_lr, score
from srcourse.metrics.psnr import psnr
from srcourse.resampling import imresize, modcrop, whole_scale

FULL_RANGE = (0.299, 0.587, 0.114)  # JPEG's Y (ITU-T T.871), 0 to 255; the field's goes 16 to 235
# The field's Y in the digits that many programs use is (65.738, 129.057, 25.064) / 256.
TYPO = (64.738 / 256, 129.057 / 256, 25.064 / 256)

SCORING = (
    "RGB instead of Y",
    "Y over the full range",
    "Y with 64.738 for 65.738",
    "no border left out",
    "not rounded to 8 bits",
)
DEGRADATION: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "LR without antialiasing": lambda hr, s: imresize(hr, 1 / s, antialias=False),
    "LR by a cubic of a = −0.75": lambda hr, s: imresize(hr, 1 / s, a=-0.75),
    "LR by Pillow's bicubic": lambda hr, s: _pillow(hr, s),
    "LR by OpenCV's cubic": lambda hr, s: imresize(hr, 1 / s, a=-0.75, antialias=False),
}


@dataclass(frozen=True)
class Row:
    """group: "scoring" or "degradation". psnr and change: in dB, against the protocol's own."""

    group: str
    deviation: str
    psnr: float
    change: float


@dataclass(frozen=True)
class Audit:
    """psnr: by the protocol, in dB, the mean over `pictures` pictures. rows: one a deviation."""

    scale: int
    pictures: int
    psnr: float
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        lines = [f"{'the protocol, ×' + str(self.scale):<42}{self.psnr:8.2f} dB"]
        lines += [
            f"{row.group:<14}{row.deviation:<28}{row.psnr:8.2f} dB{_signed(row.change):>8}"
            for row in self.rows
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        left, right = 'style="text-align:left"', 'style="text-align:right"'
        named = (("Group", left), ("Deviation", left), ("PSNR, dB", right), ("Change", right))
        cells = [(f"the protocol, ×{self.scale}", "–", f"{self.psnr:.2f}", "")]
        cells += [
            (row.group, row.deviation, f"{row.psnr:.2f}", _signed(row.change)) for row in self.rows
        ]
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td {side}>{html.escape(cell)}</td>"
                for cell, (_, side) in zip(line, named, strict=True)
            )
            + "</tr>"
            for line in cells
        )
        head = "".join(f"<th {side}>{name}</th>" for name, side in named)
        return f"<table><tr>{head}</tr>{rows}</table>"


def audit(
    upscaler: Upscaler,
    hr: np.ndarray | Sequence[np.ndarray] | Mapping[str, np.ndarray],
    scale: int,
) -> Audit:
    """PSNR of `upscaler(lr, scale)` by the protocol, and by each usual deviation from it.

    hr: a picture, several, or several by name; of several, every figure is the mean. Any that
    `score` takes. One deviation at a time; all else stays as the protocol has it.

    "scoring": the same SR picture, scored otherwise. RGB: all channels. Full range: JPEG's Y. The
    typo 64.738 stands in some well-known programs. Not rounded: the upscaler is given the same LR
    picture as float, and its answer is scored as it comes.

    "degradation": another LR picture, rounded to 8 bits, for the same upscaler. (Where a paper's
    bicubic was another program's both ways, down and up, its figure moved somewhat differently.)
    OpenCV's cubic is `imresize` with a = −0.75 and without antialiasing: the same kernel, whose
    weights at ×2 and ×4 its fixed-point numbers hold exactly. At every odd scale it copies the
    middle pixel, as any cubic without antialiasing does.

    Rows that do not apply are left out: those of colour where all pictures are grey (a grey picture
    among coloured ones counts in them as the protocol scores it), and "not rounded" where the
    upscaler answers in whole numbers.

    Raises ValueError for a scale that is not a whole number from 1, where there is no picture, for
    one that cannot be scored, and for an upscaler that returns another size, NaN or no picture.
    """
    scale = whole_scale(scale)
    each = []
    for name, picture in _named(hr).items():
        try:
            each.append(_figures(upscaler, picture, scale))
        except ValueError as error:
            raise ValueError(f"{name}: {error}" if name else str(error)) from error
    if not each:
        raise ValueError("hr is empty; accepted: a picture, or several")
    protocol = float(np.mean([figures["protocol"] for figures in each]))
    rows = []
    for deviation in (*SCORING, *DEGRADATION):
        if not any(deviation in figures for figures in each):
            continue
        value = float(np.mean([figures.get(deviation, figures["protocol"]) for figures in each]))
        change = 0.0 if value == protocol else value - protocol  # both may be infinite
        group = "scoring" if deviation in SCORING else "degradation"
        rows.append(Row(group, deviation, value, change))
    return Audit(scale, len(each), protocol, tuple(rows))


def _figures(upscaler: Upscaler, picture: np.ndarray, scale: int) -> dict[str, float]:
    """PSNR of one picture by the protocol and by each deviation that applies to it."""
    hr = _opaque(picture, scale)
    lr = make_lr(hr, scale)
    answer = _enlarged(upscaler, lr, scale, hr.shape)
    sr = to_uint8(answer)
    found = {"protocol": score(hr, sr, scale)["psnr"]}
    if hr.ndim == 3:
        found["RGB instead of Y"] = psnr(hr, sr, border=scale)
        for deviation, weights in (
            ("Y over the full range", FULL_RANGE),
            ("Y with 64.738 for 65.738", TYPO),
        ):
            both = (np.asarray(image @ np.array(weights)) for image in (hr, sr))
            found[deviation] = psnr(*both, border=scale, data_range=255)
    found["no border left out"] = psnr(hr, sr, channel="y")
    unrounded = _enlarged(upscaler, to_float(lr), scale, hr.shape)
    if np.issubdtype(unrounded.dtype, np.floating):
        found["not rounded to 8 bits"] = psnr(to_float(hr), unrounded, channel="y", border=scale)
    for deviation, shrink in DEGRADATION.items():
        other = _enlarged(upscaler, shrink(hr, scale), scale, hr.shape)
        found[deviation] = score(hr, other, scale)["psnr"]
    return found


def _named(hr: Any) -> Mapping[str, np.ndarray]:
    if isinstance(hr, Mapping):
        return hr
    if isinstance(hr, np.ndarray):
        return {"": hr}
    if isinstance(hr, Sequence) and not isinstance(hr, str):
        return {f"hr[{number}]": picture for number, picture in enumerate(hr)}
    raise ValueError(f"hr is of type {type(hr).__name__}; accepted: a picture, or several")


def _opaque(picture: np.ndarray, scale: int) -> np.ndarray:
    """The protocol's reference: cut to a multiple of `scale`, uint8, transparency over white."""
    cut = modcrop(picture, scale)
    return to_uint8(rgb(cut) if cut.shape[2:] == (4,) else cut)


def _enlarged(upscaler: Upscaler, lr: np.ndarray, scale: int, shape: tuple[int, ...]) -> np.ndarray:
    sr = check_range(upscaler(lr, scale), "what upscaler returned")
    if sr.shape != shape:
        raise ValueError(
            f"upscaler returned shape {sr.shape}; for an LR picture of shape {lr.shape} at scale "
            f"{scale} it must be {shape}"
        )
    return sr


def _pillow(hr: np.ndarray, scale: int) -> np.ndarray:
    size = hr.shape[1] // scale, hr.shape[0] // scale
    return np.asarray(Image.fromarray(hr).resize(size, Image.Resampling.BICUBIC))


def _signed(change: float) -> str:
    """+0.12 or −0.12, with a true minus; 0.00 without a sign."""
    text = f"{change:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text
