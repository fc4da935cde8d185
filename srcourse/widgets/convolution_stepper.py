"""ConvolutionStepper: one stop of the kernel at a time, on a grid small enough to check by hand."""

from collections.abc import Sequence

import numpy as np
import traitlets
from PIL import Image, ImageDraw, ImageFont

from srcourse.layers import ConvolutionStep, conv_output_size, convolution_steps
from srcourse.widgets.base import CourseWidget, front_end

IMAGE = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
KERNEL = ((1, 0, 1), (0, 1, 0), (1, 0, 1))
_WINDOW, _DONE = "#f0e442", "#cfe8f5"


class ConvolutionStepper(CourseWidget):
    """Follow a kernel over a grid of numbers: window, products, sum, output.

    image: a grid (H, W) of at most 9 × 9; kernel: (k, k), k odd. padding 0–3, stride 1–3 and
    dilation 1–3 are the sliders' ranges. step: the stop that is shown, from 0.

    Raises ValueError as `srcourse.layers.convolve2d` does, and for a grid that is too large.
    """

    _esm = front_end("convolution_stepper")
    image = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    padding = traitlets.Int(0, min=0, max=3).tag(sync=True)
    stride = traitlets.Int(1, min=1, max=3).tag(sync=True)
    dilation = traitlets.Int(1, min=1, max=3).tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self,
        image: Sequence[Sequence[float]] = IMAGE,
        kernel: Sequence[Sequence[float]] = KERNEL,
        padding: int = 0,
        stride: int = 1,
        dilation: int = 1,
    ):
        steps = list(convolution_steps(image, kernel, stride, padding, dilation))
        grid, table = np.asarray(image, float), np.asarray(kernel, float)
        if max(grid.shape) > 9:
            raise ValueError(f"image is {grid.shape[0]}×{grid.shape[1]}; accepted: up to 9×9")
        for name, value in (("padding", padding), ("stride", stride), ("dilation", dilation)):
            if value > 3:
                raise ValueError(f"{name} is {value}; the widget shows up to 3")
        super().__init__(
            image=grid.tolist(),
            kernel=table.tolist(),
            padding=padding,
            stride=stride,
            dilation=dilation,
            step=min(self.step, len(steps) - 1),
        )

    def steps(self) -> list[ConvolutionStep]:
        """Every stop; empty where the kernel, with its gaps, does not fit."""
        try:
            stops = convolution_steps(
                self.image, self.kernel, self.stride, self.padding, self.dilation
            )
        except ValueError:
            return []
        return list(stops)

    def snapshot(self) -> np.ndarray:
        steps = self.steps()
        kernel = np.array(self.kernel)
        if not steps:
            return _grids([("The kernel does not fit", kernel, {})])
        now = steps[min(self.step, len(steps) - 1)]
        p, d = self.padding, self.dilation
        reach = range(0, d * len(kernel), d)
        window = {(now.top + p + i, now.left + p + j): _WINDOW for i in reach for j in reach}
        rows, cols = steps[-1].row + 1, steps[-1].col + 1
        output = np.full((rows, cols), np.nan)
        for stop in steps[: self.step + 1]:
            output[stop.row, stop.col] = stop.total
        done = {(stop.row, stop.col): _DONE for stop in steps[: self.step]}
        return _grids(
            [
                ("picture", np.pad(np.array(self.image), p), window),
                ("kernel", kernel, {}),
                ("products", now.products, {}),
                (
                    f"output: {now.total:g} is their sum",
                    output,
                    done | {(now.row, now.col): _WINDOW},
                ),
            ]
        )

    def summary(self) -> dict[str, object]:
        steps = self.steps()
        height, width = len(self.image), len(self.image[0])
        size = "none"
        if steps:
            sides = [
                conv_output_size(n, len(self.kernel), self.stride, self.padding, self.dilation)
                for n in (height, width)
            ]
            size = "×".join(map(str, sides))
        now = steps[min(self.step, len(steps) - 1)].total if steps else None
        return {"image": f"{height}×{width}", "output": size, "step": self.step, "sum": now}


def _grids(shown: list[tuple[str, np.ndarray, dict]]) -> np.ndarray:
    """Tables of numbers side by side, some cells coloured; NaN is an empty cell."""
    cell, font = 34, ImageFont.load_default(size=14)
    widths = [max(cell * v.shape[1], int(font.getlength(c))) + 24 for c, v, _ in shown]
    height = max(cell * v.shape[0] for _, v, _ in shown) + 44
    page = Image.new("RGB", (sum(widths), height), "white")
    pen = ImageDraw.Draw(page)
    left = 12
    for (caption, values, colours), width in zip(shown, widths, strict=True):
        pen.text((left, 8), caption, fill="black", font=font)
        for (row, col), value in np.ndenumerate(values):
            x, y = left + cell * col, 32 + cell * row
            pen.rectangle((x, y, x + cell, y + cell), colours.get((row, col), "white"), "#888888")
            if np.isfinite(value):
                pen.text((x + cell / 2, y + cell / 2), f"{value:g}", "black", font, anchor="mm")
        left += width
    return np.asarray(page)
