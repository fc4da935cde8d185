"""FeatureMaps: what each layer of a trained network holds for a photograph."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import traitlets

from srcourse.widgets.base import STYLE, PhotoWidget, front_end, panels
from srcourse.widgets.model_compare import plane_or_rgb

TILE = 96  # pixels a side of a map in the grid, at most
SIGNED = 0.1  # a lowest value beyond this share of the highest counts as more than overshoot


class Held(NamedTuple):
    """One layer: levels is uint8 (C, H, W); the figures are float32 (C,), of the values themselves.

    signed: whether grey stands for 0, or black.
    """

    name: str
    kind: str
    levels: np.ndarray
    signed: bool
    lowest: np.ndarray
    highest: np.ndarray
    mean: np.ndarray

    @property
    def shape(self) -> str:
        return " × ".join(map(str, self.levels.shape))


class FeatureMaps(PhotoWidget):
    """Walk through a trained network, layer by layer and channel by channel.

    network: the name of a trained network. scale: one for which it is trained. layer: its number in
    the order in which the layers run, or its name, such as ``"body.3.body.0"``. channel: the one
    that is enlarged. Both count from 0.

    Raises ValueError for anything else.
    """

    _esm = front_end("feature_maps")
    _css = STYLE + Path(__file__).with_suffix(".css").read_text()
    networks = traitlets.Dict().tag(sync=True)  # the trained ones, each with its scales
    network = traitlets.Unicode("edsr-mini").tag(sync=True)
    scale = traitlets.Int(2).tag(sync=True)
    layers = traitlets.List(traitlets.List(traitlets.Unicode())).tag(
        sync=True
    )  # name, kind and shape of each
    layer = traitlets.Int(0).tag(sync=True)
    channel = traitlets.Int(0).tag(sync=True)
    maps = traitlets.Dict().tag(sync=True)  # the layer's grid, in one piece
    enlarged = traitlets.Dict().tag(sync=True)  # the channel's map and its figures

    longest = 72  # pixels a side: a network with wide layers at ×4 still fits in any memory

    def __init__(
        self,
        network: str = "edsr-mini",
        scale: int = 2,
        photo: str = "astronaut",
        layer: int | str = 0,
        channel: int = 0,
    ):
        from srcourse import zoo  # torch is loaded only where it is needed

        networks = {name: list(scales) for name, scales in zoo.trained().items()}
        _check(networks, network, scale)
        super().__init__(photo, networks=networks, network=network, scale=scale)
        self._show_network()
        names = [name for name, _, _ in self.layers]
        if isinstance(layer, str) and layer not in names:
            raise ValueError(f"layer is {layer!r}; accepted: {', '.join(names)}")
        self.observe(self._show_layer, "layer")
        self.observe(self._show_channel, "channel")
        self.layer = names.index(layer) if isinstance(layer, str) else layer
        self.channel = channel
        self.observe(self._show_network, ["network", "scale", "source"])

    def held(self) -> Held:
        """What the chosen layer holds."""
        return self._all()[self.layer]

    def figures(self) -> dict[str, float]:
        """The chosen channel's lowest and highest value and their mean."""
        held = self.held()
        found = {"min": held.lowest, "max": held.highest, "mean": held.mean}
        return {name: float(values[self.channel]) for name, values in found.items()}

    def snapshot(self) -> np.ndarray:
        held = self.held()
        return panels(
            (f"{self.photo}, into {self.network}, scale {self.scale}", self.pixels),
            (
                f"{held.name}, {held.kind}: {len(held.levels)} channels",
                _sheet(_reduced(held.levels)),
            ),
            (f"channel {self.channel}", held.levels[self.channel]),
            side=432,
        )

    def summary(self) -> dict[str, object]:
        held = self.held()
        return {
            "network": self.network,
            "scale": self.scale,
            "photo": self.photo,
            "layer": held.name,
            "kind": held.kind,
            "shape": held.shape,
            "channel": self.channel,
            **{name: float(f"{value:.3g}") for name, value in self.figures().items()},
        }

    def _all(self) -> tuple[Held, ...]:
        return _held(self.network, self.scale, self.source, self.width)

    @traitlets.validate("network", "scale")
    def _possible(self, proposal: dict) -> object:
        chosen = {"network": self.network, "scale": self.scale}
        _check(self.networks, **chosen | {proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @traitlets.validate("layer", "channel")
    def _within(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        count = len(self.layers) if name == "layer" else len(self.held().levels)
        if not 0 <= value < count:
            raise ValueError(f"{name} is {value}; accepted: 0 to {count - 1}")
        return value

    def _show_network(self, change: object = None) -> None:
        """Another network begins at its first layer; another photograph stays where one is."""
        before = [name for name, _, _ in self.layers]
        with self.hold_sync():
            self.layers = [[held.name, held.kind, held.shape] for held in self._all()]
            if before != [name for name, _, _ in self.layers]:
                self.layer = self.channel = 0
            self._show_layer()

    def _show_layer(self, change: object = None) -> None:
        held = self.held()
        tiles = _reduced(held.levels)
        count, height, width = tiles.shape
        with self.hold_sync():
            self.channel = min(self.channel, count - 1)
            self.maps = {
                "layer": self.layer,
                "count": count,
                "height": height,
                "width": width,
                "tiles": tiles.tobytes(),
                "signed": held.signed,
            }
            self._show_channel()

    def _show_channel(self, change: object = None) -> None:
        levels = self.held().levels[self.channel]
        figures = (f"{name} {_said(value)}" for name, value in self.figures().items())
        self.enlarged = {
            "layer": self.layer,
            "channel": self.channel,
            "height": levels.shape[0],
            "width": levels.shape[1],
            "levels": levels.tobytes(),
            "figures": ", ".join(figures),
        }


def as_levels(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """Maps (C, H, W) as uint8, each by its own largest value, and whether they are signed.

    Signed maps run from black, minus that value, over mid grey, 0, to white; others from black, 0
    or less, to white. What little a picture overshoots below 0 does not make it signed.
    """
    signed = bool(-values.min() > SIGNED * values.max())
    peak = (abs(values) if signed else values).max(axis=(1, 2), keepdims=True)
    shown = values / np.where(peak > 0, peak, 1)
    shown = (shown + 1) / 2 if signed else np.clip(shown, 0, 1)
    return np.floor(255 * shown + 0.5).astype(np.uint8), signed


@lru_cache(maxsize=4)
def _held(network: str, scale: int, source: bytes, width: int) -> tuple[Held, ...]:
    """What every layer holds for the picture in `source` (RGB, row by row): one forward pass."""
    from srcourse import zoo
    from srcourse.models.features import feature_maps

    picture = plane_or_rgb(np.frombuffer(source, np.uint8).reshape(-1, width, 3))
    return tuple(
        Held(
            name,
            kind,
            *as_levels(values),
            lowest=values.min(axis=(1, 2)),
            highest=values.max(axis=(1, 2)),
            mean=values.mean(axis=(1, 2)),
        )
        for name, kind, values in feature_maps(zoo.load(network, scale), picture)
    )


def _reduced(levels: np.ndarray) -> np.ndarray:
    """`levels` (C, H, W) by a whole factor, so that no side is longer than `TILE`."""
    _, height, width = levels.shape
    by = -(-max(height, width) // TILE)
    if by == 1:
        return levels
    rows, cols = max(1, height // by), max(1, width // by)
    cut = levels[:, : rows * by, : cols * by]
    blocks = cut.reshape(len(levels), rows, cut.shape[1] // rows, cols, cut.shape[2] // cols)
    return np.floor(blocks.mean(axis=(2, 4)) + 0.5).astype(np.uint8)


def _sheet(tiles: np.ndarray) -> np.ndarray:
    """All of `tiles` (C, h, w) on one picture, row by row, with white between."""
    columns = int(np.ceil(np.sqrt(len(tiles))))
    missing = -len(tiles) % columns
    framed = np.pad(tiles, [(0, missing), (0, 2), (0, 2)], constant_values=255)
    _, height, width = framed.shape
    rows = framed.reshape(-1, columns, height, width)
    return rows.transpose(0, 2, 1, 3).reshape(-1, columns * width)


def _check(networks: dict[str, list[int]], network: object, scale: object) -> None:
    if network not in networks:
        raise ValueError(f"network is {network!r}; accepted: {', '.join(networks)}")
    scales = networks[str(network)]
    if scale not in scales:
        have = ", ".join(map(str, scales))
        raise ValueError(f"scale is {scale!r}; {network} is trained for {have}")


def _said(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
