"""One recipe for each network that ships: what its paper says, scaled to what we can compute."""

from dataclasses import dataclass, field, fields, replace
from functools import partial
from math import inf
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """How to train one network.

    model and scale name it; `steps` of `batch` LR patches, `patch` pixels a side; `loss` is
    ``"l1"`` or ``"mse"``; `optimiser` is ``"adam"`` or ``"soap"``. The learning rate `lr` is
    multiplied by `drop` at each of `milestones` (shares of the run), and is a tenth for parameters
    whose name begins with `slow`; `init` names a recipe whose weights it starts from, where they
    fit; `ema` is the decay of the averaged weights, which are what is measured and shipped;
    `options` are the network's own, such as BTSRN's number of blocks.

    Raises ValueError for a number out of its range.
    """

    model: str
    scale: int
    steps: int
    batch: int = 16
    patch: int = 24
    loss: str = "l1"
    optimiser: str = "adam"
    lr: float = 1e-3
    milestones: tuple[float, ...] = (2 / 3, 5 / 6)
    drop: float = 1 / 3
    ema: float = 0.999
    slow: str | None = None
    init: str | None = None
    seed: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "patch"):
            if (value := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {value}; it must be a whole number from 1")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it must be a whole number from 0")
        for name in ("lr", "drop"):
            if not 0 < (value := getattr(self, name)) < inf:
                raise ValueError(f"{name} is {value}; it must be positive")
        if not 0 <= self.ema < 1:
            raise ValueError(f"ema is {self.ema}; it must be from 0 to below 1")

    @property
    def name(self) -> str:
        return f"{self.model}-x{self.scale}"


def changed(recipe: Any, settings: list[str]) -> Any:
    """A `Recipe` (or one for colour) with the settings ``NAME=VALUE``: its fields, or else options
    of its network, where it has such.

    Raises ValueError for a setting of another form, and for a value that is not of its field's
    type. An option that the network lacks shows when it is built.
    """
    own: dict[str, Any] = {f.name: getattr(recipe, f.name) for f in fields(recipe)}
    given: dict[str, Any] = {}
    options = dict(own.get("options", {}))
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not (name and equals and value) or name in ("model", "scale", "options"):
            raise ValueError(f"set is {setting!r}; accepted: NAME=VALUE, such as loss=mse")
        if name not in own and "options" not in own:
            raise ValueError(f"set names {name!r}; there are: {', '.join(own)}")
        try:
            if name in own:
                kind = type(own[name])
                given[name] = kind(value) if kind in (int, float) else _plain(value, own[name])
            else:
                options[name] = int(value) if value.lstrip("-").isdigit() else float(value)
        except ValueError:
            raise ValueError(f"set is {setting!r}; its value is not a number") from None
    return replace(recipe, **given, **({"options": options} if options else {}))


def _plain(text: str, now: Any) -> Any:
    """`text` as the type of a field that is no number: numbers with commas, or a word."""
    return tuple(map(float, text.split(","))) if isinstance(now, tuple) else text


_srcnn = partial(Recipe, "srcnn", loss="mse", optimiser="soap", lr=3e-3, slow="reconstruct.")
_fsrcnn = partial(Recipe, "fsrcnn", loss="mse", optimiser="soap", lr=3e-3)
_edsr_mini = partial(Recipe, "edsr-mini", steps=10_000, optimiser="soap")

RECIPES = {
    recipe.name: recipe
    for recipe in (
        # SRCNN, section 4.1: MSE, the last layer at a tenth of the rate; ×3 and ×4 start from ×2.
        # It works on the enlarged picture, whose patch keeps its size.
        _srcnn(2, steps=15_000),
        _srcnn(3, steps=7_500, patch=16, init="srcnn-x2"),
        _srcnn(4, steps=7_500, patch=12, init="srcnn-x2"),
        # FSRCNN, section 4.1: between scales only the deconvolution differs.
        _fsrcnn(2, steps=20_000),
        _fsrcnn(3, steps=10_000, init="fsrcnn-x2"),
        _fsrcnn(4, steps=10_000, init="fsrcnn-x2"),
        # BTSRN, section 3: MSE.
        Recipe("btsrn-mini", 2, steps=6_000, loss="mse", optimiser="soap"),
        Recipe("btsrn", 2, steps=100_000, loss="mse", lr=4e-4),
        Recipe("btsrn", 3, steps=60_000, loss="mse", lr=4e-4, init="btsrn-x2"),
        Recipe("btsrn", 4, steps=60_000, loss="mse", lr=4e-4, init="btsrn-x2"),
        Recipe("selnet-mini", 2, steps=7_000, optimiser="soap"),
        Recipe("selnet", 2, steps=100_000, lr=4e-4),
        Recipe("selnet", 3, steps=60_000, lr=4e-4, init="selnet-x2"),
        Recipe("selnet", 4, steps=60_000, lr=4e-4, init="selnet-x2"),
        # SRResNet, section 3.2: MSE.
        Recipe("srresnet", 4, steps=100_000, loss="mse", lr=1e-4),
        # EDSR, section 4.1: L1; ×3 and ×4 start from ×2, and the large network from the small.
        _edsr_mini(2),
        _edsr_mini(3, init="edsr-mini-x2"),
        _edsr_mini(4, init="edsr-mini-x2"),
        Recipe(
            "edsr-baseline",
            2,
            steps=100_000,
            batch=8,
            optimiser="soap",
            lr=5e-4,
            init="edsr-mini-x2",
        ),
        Recipe("edsr-baseline", 3, steps=60_000, lr=4e-4, init="edsr-baseline-x2"),
        Recipe("edsr-baseline", 4, steps=60_000, lr=4e-4, init="edsr-baseline-x2"),
    )
}
