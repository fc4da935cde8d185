"""ScaleExplorer: one photograph enlarged in several ways, all under the same zoom."""

from collections.abc import Sequence

import numpy as np
import traitlets

from srcourse.metrics import make_lr, psnr
from srcourse.resampling import METHODS, imresize, kernel_of, modcrop
from srcourse.upscaling import upscale
from srcourse.widgets.base import ZoomedPhoto, front_end, listed, panels

SCALES = (2, 3, 4)
STEEPEST = -1.5  # the lowest `a` of the slider
_DISTANCES = np.linspace(-2.5, 2.5, 201)


class ScaleExplorer(ZoomedPhoto):
    """Reduce a photograph as the protocol does, enlarge it again, and compare with the original.

    methods: names that `srcourse.upscaling.upscale` knows. scale: 2, 3 or 4, as far as every method
    has it. a: bicubic's parameter, −1.5 to 0. zoom: screen pixels for one pixel, one of `zooms`.
    row, col: the pixel in the middle of the view; without them the picture's own middle.

    Raises ValueError for anything else.
    """

    _esm = front_end("scale_explorer")
    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    scales = traitlets.List(traitlets.Int()).tag(sync=True)
    scale = traitlets.Int(2).tag(sync=True)
    a = traitlets.Float(-0.5).tag(sync=True)
    zooms = traitlets.List([1, 2, 3, 4, 6, 8, 12, 16]).tag(sync=True)
    # What the browser draws, in one piece, so that it never shows pictures of two scales at once.
    result = traitlets.Dict().tag(sync=True)

    longest = 216  # four pictures in a row; whole at ×2, ×3 and ×4
    smallest = 24  # below that ×4 and the protocol's border leave next to nothing

    def __init__(
        self,
        photo: str = "astronaut",
        scale: int = 2,
        methods: Sequence[str] = METHODS,
        a: float = -0.5,
        zoom: int = 1,
        row: float | None = None,
        col: float | None = None,
    ):
        scales = scales_of(methods)
        if scale not in scales:
            raise ValueError(f"scale is {scale}; accepted: {listed(scales)}")
        if not STEEPEST <= a <= 0:
            raise ValueError(f"a is {a}; accepted: {STEEPEST} to 0")
        super().__init__(
            photo, zoom, row, col, methods=list(methods), scales=scales, scale=scale, a=a
        )
        self._enlarge()
        self.observe(self._enlarge, ["source", "scale", "a"])
        self.observe(self._methods_chosen, "methods")

    def pictures(self) -> dict[str, np.ndarray]:
        """The original and each method's picture by name, uint8 (H, W, 3), cut to the scale."""
        lr = make_lr(self.pixels, self.scale)
        shown = {"original": modcrop(self.pixels, self.scale)}
        for name in self.methods:
            if name == "bicubic":
                shown[name] = imresize(lr, self.scale, a=self.a)
            else:
                shown[name] = upscale(lr, self.scale, name)
        return shown

    def scores(self, pictures: dict[str, np.ndarray]) -> dict[str, float]:
        """The PSNR of each method by the protocol, in dB; a grey photograph on its grey values."""
        original = pictures["original"]
        grey = (original == original[..., :1]).all()
        channel = None if grey else "y"
        return {
            name: psnr(original, pictures[name], channel=channel, border=self.scale)
            for name in self.methods
        }

    def snapshot(self) -> np.ndarray:
        shown = self.pictures()
        scores = self.scores(shown)
        captions = {"original": f"{self.photo}, scale {self.scale}"}
        captions |= {name: f"{name} {_words(scores[name])}" for name in self.methods}
        return panels(*((captions[name], self.seen(picture)) for name, picture in shown.items()))

    def summary(self) -> dict[str, object]:
        scores = self.scores(self.pictures())
        return {
            "photo": self.photo,
            "scale": self.scale,
            **{name: round(score, 2) for name, score in scores.items()},
        }

    def _enlarge(self, change: object = None) -> None:
        shown = self.pictures()
        height, width = shown["original"].shape[:2]
        scores = self.scores(shown)
        kernels = {n: kernel_of(n, self.a)[0](_DISTANCES) for n in self.methods if n in METHODS}
        self.result = {
            "scale": self.scale,
            "a": self.a,
            "height": height,
            "width": width,
            "names": list(shown),
            "pictures": [picture.tobytes() for picture in shown.values()],
            "scores": {name: _words(score) for name, score in scores.items()},
            "kernels": {name: values.tolist() for name, values in kernels.items()},
        }

    def _methods_chosen(self, change: dict) -> None:
        self.scales = scales_of(change["new"])
        if self.scale in self.scales:
            self._enlarge()
        else:
            self.scale = self.scales[0]


def scales_of(methods: Sequence[str]) -> list[int]:
    """The scales at which every one of `methods` works: a network's are those that it learned.

    Raises ValueError for a name that is no method, or no common scale.
    """
    networks = [name for name in methods if name not in METHODS]
    scales = list(SCALES)
    if networks:
        from srcourse import zoo  # torch is loaded only where it is needed

        trained = zoo.trained()
        unknown = [name for name in networks if name not in trained]
        if unknown:
            raise ValueError(
                f"methods has {unknown[0]!r}; accepted: {listed([*METHODS, *trained])}"
            )
        scales = [s for s in SCALES if all(s in trained[name] for name in networks)]
    if not methods or not scales:
        raise ValueError(
            f"methods is {list(methods)}; it must name at least one, of a common scale"
        )
    return scales


def _words(score: float) -> str:
    return f"{score:.2f} dB" if np.isfinite(score) else "no difference"
