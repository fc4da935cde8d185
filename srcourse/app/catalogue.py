"""The models that the server offers, and how a request names them."""

import re
from difflib import get_close_matches
from functools import cache

from srcourse import results, shipped
from srcourse.app.refused import Refused
from srcourse.resampling import METHODS

COLOURIZER = "colorful-mini"
SCALES = (2, 3, 4)
DEFAULT_SCALE = 2

# Title and note of each; a network that is not here yet goes by its name.
_WORDS = {
    "nearest": ("Nearest neighbour", "Repeats pixels: no new detail, and the fastest."),
    "bilinear": ("Bilinear", "Straight lines between pixels: soft."),
    "bicubic": ("Bicubic", "What most programs do: smooth, no network."),
    "srcnn": ("SRCNN", "Dong and others, 2014: three layers, after bicubic."),
    "fsrcnn": ("FSRCNN", "Dong and others, 2016: small and quick, good for video."),
    "btsrn-mini": ("BTSRN, small", "Fan and others, 2017: blocks before and after enlarging."),
    "selnet-mini": ("SelNet, small", "Choi and Kim, 2017: units that select what passes."),
    "srresnet": ("SRResNet", "Ledig and others, 2017: residual blocks."),
    "edsr-mini": ("EDSR, small", "Lim and others, 2017, narrower: sharp edges, takes its time."),
    "edsr-baseline": ("EDSR baseline", "Lim and others, 2017, full width: six times slower."),
    COLOURIZER: ("Colours", "Zhang and others, 2016: gives a grey picture plausible colours."),
}
_ENDING = re.compile(r"-x(\d+)$")


@cache
def scales() -> dict[str, tuple[int, ...]]:
    """Each model by its name, and the scales it knows; read off the files, torch stays unloaded."""
    found: dict[str, set[int]] = {}
    for name in results.manifest():
        network, _, scale = name.rpartition("-x")
        if scale.isdecimal():
            found.setdefault(network, set()).add(int(scale))
    offered: dict[str, tuple[int, ...]] = dict.fromkeys(METHODS, SCALES)
    offered |= {name: tuple(sorted(known)) for name, known in found.items()}
    if (shipped.folder("data") / "weights" / "colour" / f"{COLOURIZER}.safetensors").is_file():
        offered[COLOURIZER] = (1,)
    return offered


def models() -> list[dict]:
    """What a page shows of each model."""
    return [
        {
            "name": name,
            "title": _WORDS.get(name, (name, ""))[0],
            "scales": list(known),
            "kinds": ["picture", "video"],
            "note": _WORDS.get(name, (name, ""))[1],
        }
        for name, known in scales().items()
    ]


def find(model: str, scale: int | None) -> tuple[str, int]:
    """The name and scale that a request means by MODEL and SCALE.

    The scale is that of the name's ending, as in ``"edsr-mini-x4"``, or SCALE, or 2 (1 of the
    colourizer). Raises Refused where the two differ, or there is no such model or scale.
    """
    ending = _ENDING.search(model)
    name = model[: ending.start()] if ending else model
    known = scales().get(name)
    if known is None:
        near = get_close_matches(name, scales(), 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(scales())}"
        raise Refused(422, f"MODEL {model[:60]!r} is not known; {hint}")
    if ending and scale is not None and int(ending[1]) != scale:
        raise Refused(422, f"MODEL {model!r} and SCALE {scale} differ; give the scale once")
    given = int(ending[1]) if ending else scale
    chosen = (DEFAULT_SCALE if DEFAULT_SCALE in known else known[0]) if given is None else given
    if chosen not in known:
        have = ", ".join(map(str, known))
        raise Refused(422, f"the scale is {chosen}; {name} has: {have}")
    return name, chosen
