"""DistortionExplorer: pictures of one PSNR that look nothing alike, and what SSIM says of them."""

from pathlib import Path

import numpy as np
import traitlets

from srcourse import images
from srcourse.distortions import KINDS, SAME, at_psnr, distort, in_words
from srcourse.metrics import psnr, ssim
from srcourse.resampling import imresize
from srcourse.widgets.base import STYLE, PhotoWidget, front_end, panels

NAMES = {kind: kind for kind in KINDS} | {"jpeg": "JPEG", "salt": "salt and pepper"}
# Where the sliders begin: on a photograph, at a PSNR near 28 dB.
BEGIN = {
    "blur": 0.2, "noise": 0.08, "shift": 0.14, "contrast": 0.15, "brightness": 0.08, "jpeg": 0.85,
    "salt": 0.005,
}  # fmt: skip
# A slider at p, 0 to 1, means the strength p to this power, so that 20 to 45 dB have some room.
POWERS = dict.fromkeys(KINDS, 2) | {"jpeg": 1, "salt": 4}
LEAST, MOST = 5, 80  # dB: what can be held
SMALLEST = 11  # pixels a side: SSIM's window


class DistortionExplorer(PhotoWidget):
    """Spoil a photograph in one of seven ways, and read its PSNR and SSIM.

    kind: one of `srcourse.distortions.KINDS`. strength: 0 to 1, of that kind; each has its own.
    hold: a PSNR, 5 to 80 dB, or None. While one is held, another kind or photograph gets the
    strength at which it leaves that PSNR, and another strength holds the PSNR that it leaves. A
    kind that cannot spoil the picture so much is shown at full strength, and `note` says so.

    The figures, over the three channels, are of the picture before it is rounded for the screen.

    Raises ValueError for a value outside these, for both a strength and a PSNR to hold, and for an
    unknown photograph.
    """

    _esm = front_end("distortion_explorer")
    _css = STYLE + Path(__file__).with_suffix(".css").read_text()
    names = traitlets.Dict(NAMES).tag(sync=True)
    powers = traitlets.Dict(POWERS).tag(sync=True)
    kind = traitlets.Unicode("blur").tag(sync=True)
    strengths = traitlets.Dict(BEGIN).tag(sync=True)
    hold = traitlets.Bool(False).tag(sync=True)
    held = traitlets.Float(allow_none=True).tag(sync=True)  # dB; None where none is held
    note = traitlets.Unicode().tag(sync=True)
    result = traitlets.Bytes().tag(sync=True)  # as large as `source`
    # Of `result`: kind, amount, psnr (None where nothing changed) and ssim.
    figures = traitlets.Dict().tag(sync=True)
    rankable = traitlets.Bool().tag(sync=True)  # is there a PSNR for a ranking?
    # The same for each kind, and whether it `reaches` the PSNR.
    ranking: traitlets.List = traitlets.List().tag(sync=True)

    longest = 192

    def __init__(
        self,
        photo: str = "astronaut",
        kind: str = "blur",
        *,
        strength: float | None = None,
        hold: float | None = None,
    ):
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; accepted: {', '.join(KINDS)}")
        if strength is not None and not 0 <= strength <= 1:
            raise ValueError(f"strength is {strength}; accepted: 0 to 1")
        if hold is not None and not LEAST <= hold <= MOST:
            raise ValueError(f"hold is {hold}; accepted: {LEAST} to {MOST} dB, or None")
        if strength is not None and hold is not None:
            raise ValueError(f"strength is {strength} and hold is {hold}; accepted: one of them")
        self._made: tuple = ()
        self._ranked: tuple = ()  # photograph and PSNR of `ranking`
        super().__init__(
            photo=photo,
            kind=kind,
            strengths=BEGIN if strength is None else BEGIN | {kind: strength},
            hold=hold is not None,
            held=hold,
        )
        self._follow()
        self.observe(self._follow, ["source", "kind", "strengths", "hold"])
        self.on_msg(self._asked)

    def _show(self, image: np.ndarray) -> None:
        """Mirror what is too small for SSIM."""
        shown = images.to_uint8(images.rgb(image))
        shown = imresize(shown, min(1.0, self.longest / max(shown.shape[:2])))
        missing = [(0, max(0, SMALLEST - side)) for side in shown.shape[:2]]
        super()._show(np.pad(shown, [*missing, (0, 0)], mode="symmetric"))

    def distorted(self) -> np.ndarray:
        """The spoiled picture, float in [0, 1]."""
        return distort(self.pixels, self.kind, self.strengths[self.kind])

    def compare(self) -> list[dict]:
        """Every kind at the PSNR that is held, or else shown: the `figures` of each, the highest
        SSIM first; last those that cannot spoil the picture so much, at full strength. Empty where
        there is no such PSNR."""
        target = self._target()
        if target is not None and self._ranked != (self.source, target):
            found = [self._at(kind, target) for kind in KINDS]
            self._ranked = self.source, target
            self.ranking = sorted(found, key=lambda row: (not row["reaches"], -row["ssim"]))
        return self.ranking

    def _target(self) -> float | None:
        return _holdable(self.figures["psnr"]) if self.held is None else self.held

    def _at(self, kind: str, target: float) -> dict:
        try:
            strength, picture = at_psnr(self.pixels, kind, target)
        except ValueError:
            return self._scored(kind, 1, distort(self.pixels, kind, 1)) | {"reaches": False}
        return self._scored(kind, strength, picture) | {"reaches": True}

    def _scored(self, kind: str, strength: float, picture: np.ndarray) -> dict:
        original = images.to_float(self.pixels)
        decibels = psnr(original, picture)
        return {
            "kind": kind,
            "amount": in_words(kind, strength),
            "psnr": decibels if decibels < SAME else None,
            "ssim": ssim(original, picture),
        }

    def _asked(self, _widget: object, content: object, _buffers: object) -> None:
        if content == "compare":
            self.compare()

    def _follow(self, _change: object = None) -> None:
        settings = self.source, self.kind, self.strengths[self.kind], self.hold
        if settings == self._made:
            return  # one message may change several traits, and each is told of
        anew = self._made[:2] != settings[:2]  # another photograph or kind
        strength, note = self.strengths[self.kind], ""
        held: float | None = self.held
        if self.hold and held is not None and anew:
            try:
                strength, picture = at_psnr(self.pixels, self.kind, held)
            except ValueError:
                strength, picture = 1.0, distort(self.pixels, self.kind, 1)
                note = self._falls_short(picture)
        else:
            picture = self.distorted()
            held = None
        figures = self._scored(self.kind, strength, picture)
        if self.hold and held is None:
            held = _holdable(figures["psnr"])
            if held is None:
                note = "There is no PSNR to hold: move the slider until the picture changes."
        self._made = self.source, self.kind, strength, self.hold
        with self.hold_sync():
            self.strengths = self.strengths | {self.kind: strength}
            self.result = images.to_uint8(picture).tobytes()
            self.figures, self.held, self.note = figures, held, note
            target = self._target()
            self.rankable = target is not None
            if self._ranked != (self.source, target):
                self._ranked, self.ranking = (), []

    def _falls_short(self, picture: np.ndarray) -> str:
        least = psnr(images.to_float(self.pixels), picture)
        name = NAMES[self.kind][0].upper() + NAMES[self.kind][1:]
        if least >= SAME:
            return f"{name} changes nothing in this picture."
        return (
            f"{name} cannot spoil this picture down to {self.held:.2f} dB: "
            f"at full strength it leaves {least:.2f} dB."
        )

    def snapshot(self) -> np.ndarray:
        found = self.figures
        scores = f"{_said(found['psnr'])} dB, SSIM {found['ssim']:.2f}"
        return panels(
            (self.photo, self.pixels),
            (f"{NAMES[self.kind]}: {scores}", self.distorted()),
            side=384,
        )

    def summary(self) -> dict[str, object]:
        return {
            "photo": self.photo,
            "kind": self.kind,
            "strength": float(f"{self.strengths[self.kind]:.2g}"),
            "held": None if self.held is None else round(self.held, 1),
            "psnr": _said(self.figures["psnr"]),
            "ssim": round(self.figures["ssim"], 2),
        }


def _holdable(decibels: float | None) -> float | None:
    return decibels if decibels is not None and decibels <= MOST else None


def _said(decibels: float | None) -> str:
    return "∞" if decibels is None else f"{decibels:.1f}"
