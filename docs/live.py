"""Widgets that live in a page without a kernel: their state from Python, for `_static/live.js`.

KernelExplorer and ConvolutionStepper compute in the browser. ModelCompare gets its enlargements
ready-made, for a few photographs. What a page needs is fetched when it needs it, by script, so
that the site works from a disk as well as from a server.
"""

import ast
import html
import json
import time
from base64 import b64encode
from collections.abc import Container, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from anywidget import AnyWidget
from PIL import Image

from srcourse import images
from srcourse.widgets import ConvolutionStepper, KernelExplorer, ModelCompare
from srcourse.widgets.base import CourseWidget
from srcourse.widgets.model_compare import ORIGINAL, most_detailed

LIVE = {kind.__name__: kind for kind in (ConvolutionStepper, KernelExplorer, ModelCompare)}
COMPARED = ("astronaut", "chelsea", "camera")  # ModelCompare's photographs
NOTES = {
    "ConvolutionStepper": "Live in this page.",
    "KernelExplorer": "Live in this page; a picture of your own stays on your machine.",
    "ModelCompare": "Live in this page, with enlargements made beforehand, and so without times. "
    "In the course itself you can also compare pictures of your own.",
}
_PICTURE = {"source", "height", "width", "upload", "left_shown", "right_shown"}


def call(source: str, names: Container[str]) -> ast.Call | None:
    """The call of one of `names` that is all that a cell's `source` does, or None."""
    body = ast.parse(source).body
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call):
        made = body[0].value
        if isinstance(made.func, ast.Name) and made.func.id in names:
            return made
    return None


def place(source: str) -> str:
    """Where the widget that a cell's `source` makes comes to life, in HTML; empty for others."""
    made = call(source, LIVE)
    if made is None:
        return ""
    name = made.func.id  # type: ignore[attr-defined]
    arguments = [ast.literal_eval(argument) for argument in made.args]
    named = {str(k.arg): ast.literal_eval(k.value) for k in made.keywords}
    state = html.escape(json.dumps(state_of(LIVE[name](*arguments, **named))))
    note = f'<p class="sr-note">{NOTES[name]}</p>'
    return f'<div class="sr-live" data-widget="{name}" data-state="{state}">{note}</div>'


def state_of(widget: CourseWidget) -> dict[str, object]:
    """The traits that `widget` shares with its front end, but for pictures, which come by name."""
    own = set(widget.trait_names(sync=True)) - set(AnyWidget.class_trait_names(sync=True))
    state = {n: getattr(widget, n) for n in own - _PICTURE if not n.startswith("_")}
    if isinstance(widget, ModelCompare):
        state["photos"] = list(COMPARED)
        state["sizes"] = {photo: piece(photo).shape[:2] for photo in COMPARED}
    return dict(sorted(state.items()))


def piece(photo: str) -> np.ndarray:
    """What ModelCompare shows of a photograph."""
    return most_detailed(images.rgb(images.sample(photo)), ModelCompare.longest)


def write(folder: Path) -> None:
    """Write into `folder` what `live.js` fetches: modules, photographs and enlargements."""
    folder.mkdir(parents=True)
    for name, kind in LIVE.items():
        _write(folder, name, {"module": kind._esm, "style": kind._css})
    for photo in images.samples():
        pixels = KernelExplorer(photo=photo).pixels
        height, width = pixels.shape[:2]
        _write(folder, photo, {"height": height, "width": width, "picture": _url(pixels)})
    for photo in COMPARED:
        for shown in _enlargements(photo):
            size = shown["height"], shown["width"], 3
            shown["picture"] = _url(np.frombuffer(shown.pop("pixels"), np.uint8).reshape(size))
            _write(folder, f"{photo}-{shown['method']}-{shown['scale']}", shown)


def _enlargements(photo: str) -> Iterator[dict]:
    """What ModelCompare shows of `photo`, by every method at every scale that it has."""
    widget = ModelCompare(photo=photo, left=ORIGINAL, right=ORIGINAL)
    for scale in widget.scales:
        widget.left, widget.scale = ORIGINAL, scale
        for method in (m for m, scales in widget.choices.items() if scale in scales):
            widget.left = method
            while not widget.left_shown:  # its thread is at work
                time.sleep(0.005)
                if widget.message:
                    raise RuntimeError(widget.message)
            figures = widget.left_shown["figures"] | {"Time": "–"}
            yield {**widget.left_shown, "figures": figures}


def _write(folder: Path, name: str, value: dict) -> None:
    text = f"srcourseLive({json.dumps(name)}, {json.dumps(value)});\n"
    (folder / f"{name}.js").write_text(text)


def _url(pixels: np.ndarray) -> str:
    png = BytesIO()
    Image.fromarray(pixels).save(png, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(png.getvalue()).decode()}"
