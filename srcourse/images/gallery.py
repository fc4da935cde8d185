"""The pictures the course ships: scikit-image's photographs and the project's own charts."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from . import charts


@dataclass(frozen=True)
class Sample:
    """What a caption says of a sample picture."""

    name: str
    title: str
    kind: Literal["photo", "chart"]
    colour: bool
    author: str
    source: str
    licence: str


def _photo(
    name: str, title: str, author: str, source: str, licence: str, *, colour: bool = False
) -> Sample:
    return Sample(name, title, "photo", colour, author, source, licence)


def _chart(name: str, title: str) -> Sample:
    return Sample(name, title, "chart", False, "srcourse", "srcourse.images.charts", "CC BY 4.0")


# Authors and licences as scikit-image's docstrings (skimage/data/_fetchers.py) state them.
_SAMPLES = {
    entry.name: entry
    for entry in (
        _photo(
            "astronaut",
            "Astronaut Eileen Collins",
            "NASA",
            "NASA Great Images database",
            "public domain",
            colour=True,
        ),
        _photo(
            "chelsea",
            "Chelsea the cat",
            "Stefan van der Walt",
            "scikit-image",
            "CC0",
            colour=True,
        ),
        _photo(
            "coffee",
            "Coffee cup",
            "Rachel Michetti",
            "courtesy of Pikolo Espresso Bar",
            "CC0",
            colour=True,
        ),
        _photo(
            "rocket",
            "Launch of Falcon 9 with DSCOVR",
            "SpaceX",
            "SpaceX Photos",
            "public domain",
            colour=True,
        ),
        _photo(
            "hubble_deep_field",
            "Hubble eXtreme Deep Field",
            "NASA",
            "HubbleSite",
            "public domain",
            colour=True,
        ),
        _photo(
            "retina",
            "Retina of a left eye",
            "Mikael Häggström",
            "Wikimedia Commons",
            "CC0",
            colour=True,
        ),
        _photo("camera", "Man with a camera", "Lav Varshney", "scikit-image", "CC0"),
        _photo("brick", "Brick wall", "CC0Textures", "CC0Textures, Bricks25", "CC0"),
        _photo("grass", "Grass", "linolafett", "DeviantArt, Grass 01", "CC0"),
        _photo("gravel", "Gravel", "CC0Textures", "CC0Textures, Gravel04", "CC0"),
        _photo(
            "cell",
            "Cell floating in saline",
            "Paul Müller et al.",
            "Optics Express 26(8), 10729 (2018)",
            "CC0",
        ),
        _photo(
            "clock",
            "Motion-blurred clock",
            "Stefan van der Walt",
            "scikit-image",
            "public domain",
        ),
        _photo(
            "microaneurysms",
            "Microaneurysms in a retina",
            "Andreas Maier (owner)",
            "High-Resolution Fundus Image Database",
            "CC0",
        ),
        _photo("text", "Handwritten text", "not named", "Wikipedia, Corner.png", "public domain"),
        _chart("zone_plate", "Zone plate"),
        _chart("siemens_star", "Siemens star"),
        _chart("slanted_edge", "Slanted edge"),
        _chart("small_text", "Small text"),
    )
}


def samples() -> tuple[str, ...]:
    """The names that `sample` and `about` know: first the photographs, then the charts."""
    return tuple(_SAMPLES)


def about(name: str) -> Sample:
    """Title, kind, author, source and licence of a sample picture.

    Raises ValueError for an unknown name, with the nearest known one.
    """
    if name not in _SAMPLES:
        near = get_close_matches(str(name), _SAMPLES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"accepted are {', '.join(_SAMPLES)}"
        raise ValueError(f"name {name!r} is not a sample picture; {hint}")
    return _SAMPLES[name]


def sample(name: str) -> NDArray[np.uint8]:
    """A picture that ships with the course, uint8, ``(H, W, 3)`` or ``(H, W)``; never downloads.

    Raises ValueError for an unknown name, with the nearest known one.
    """
    if about(name).kind == "chart":
        return getattr(charts, name)()
    import skimage.data

    return getattr(skimage.data, name)()
