"""DepthRace: a plain and a residual network learn the same photograph, side by side."""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from srcourse.images import luma, sample, to_float, to_uint8
from srcourse.resampling import imresize
from srcourse.widgets.base import CourseWidget, front_end

if TYPE_CHECKING:
    from srcourse.training.race import Runner

DEPTHS = (4, 8, 16, 24, 32)
# How the networks are normalised, and the spread of their first weights: DepthNet's arguments.
STARTS: dict[str, dict[str, Any]] = {
    "batch norm": {"norm": True},
    "no norm, small weights": {"norm": False, "gain": 3**-0.5},  # the spread torch gives a layer
    "no norm, He's weights": {"norm": False},
}
RATES = (0.0003, 0.001, 0.003, 0.01)
SEEDS = tuple(range(10))
STEPS = 300  # the race's length
SIDE = 24  # of the photograph, in pixels
KINDS = ("plain", "residual")
COLOURS = {"plain": "#0072b2", "residual": "#e69f00"}
_CHUNK = 0.04  # seconds of training before the kernel may answer again


def painting(side: int = SIDE) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the networks are given to learn: a photograph as a function of the place.

    Returns inputs (side², 18), targets (side², 1) and the photograph, float (side, side). A pixel's
    inputs are its row and column, from −1 to 1, and eight sines and eight cosines of them, from
    half a period over the picture's side to four; without those a network sees no detail. The
    targets are the grey levels, shifted and scaled to mean 0 and variance 1: to answer 0 everywhere
    is an error of 1.
    """
    face = luma(to_float(sample("astronaut")))[:190, 130:320]
    photo = np.clip(imresize(face, side / 190), 0, 1)
    along = (np.arange(side) + 0.5) / side * 2 - 1
    place = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    waves = [wave(np.pi * f * place) for f in (0.5, 1, 2, 4) for wave in (np.sin, np.cos)]
    targets = (photo - photo.mean()) / photo.std()
    return np.concatenate([place, *waves], axis=1), targets.reshape(-1, 1), photo


class DepthRace(CourseWidget):
    """Trains a plain and a residual network of the same depth on `painting`, and shows them learn.

    depth: layers of weights, one of `DEPTHS`. start: how signals keep their size, one of `STARTS`.
    rate: Adam's learning rate, one of `RATES`. seed: of the first weights, one of `SEEDS`. Both
    networks start from the same weights and see the same points.

    Live, it trains in short chunks on the kernel's own event loop, so that the page stays awake and
    an interrupt, or a running cell, stops it or makes it wait. `run` trains without a page.

    Raises ValueError for any other argument.
    """

    _esm = front_end("depth_race")
    depths = traitlets.List(list(DEPTHS)).tag(sync=True)
    starts = traitlets.List(list(STARTS)).tag(sync=True)
    rates = traitlets.List(list(RATES)).tag(sync=True)
    seeds = traitlets.List(list(SEEDS)).tag(sync=True)
    depth = traitlets.Enum(DEPTHS, 32).tag(sync=True)
    start = traitlets.Enum(tuple(STARTS), "batch norm").tag(sync=True)
    rate = traitlets.Enum(RATES, 0.003).tag(sync=True)
    seed = traitlets.Enum(SEEDS, 0).tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    steps = traitlets.Int(STEPS).tag(sync=True)
    losses = traitlets.Dict().tag(sync=True)  # of each kind, before the first step and after each
    gradients = traitlets.Dict().tag(sync=True)  # of each kind, from the first layer to the last
    side = traitlets.Int(SIDE).tag(sync=True)
    photo = traitlets.Bytes().tag(sync=True)  # what is to be learned, RGB row by row
    plain = traitlets.Bytes().tag(sync=True)  # what the networks make of it
    residual = traitlets.Bytes().tag(sync=True)
    _runners: "dict[str, Runner]"

    def __init__(
        self,
        depth: int = 32,
        start: str = "batch norm",
        rate: float = 0.003,
        seed: int = 0,
    ):
        for name, value, known in (
            ("depth", depth, DEPTHS),
            ("start", start, tuple(STARTS)),
            ("rate", rate, RATES),
            ("seed", seed, SEEDS),
        ):
            if value not in known:
                raise ValueError(f"{name} is {value!r}; accepted: {', '.join(map(str, known))}")
        super().__init__(depth=depth, start=start, rate=rate, seed=seed)
        inputs, targets, photo = painting()
        self._table, self._levels = (inputs, targets), (photo.mean(), photo.std())
        self.photo = _rgb(photo)
        # The kernel may hand on the page's messages in a thread of their own.
        self._lock = RLock()
        self._task: asyncio.Task | None = None
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None  # no kernel: there is no page either
        self.reset()
        self.observe(lambda change: self.reset(), ["depth", "start", "rate", "seed"])
        self.observe(self._start_or_stop, "running")
        self.on_msg(self._asked)

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return len(self.losses["plain"]) - 1

    def reset(self) -> None:
        """Stop, and go back to the first weights."""
        # torch takes a second to load, and no other widget needs it.
        import torch

        from srcourse.models.residual import DepthNet
        from srcourse.training.race import Runner

        inputs, targets = (torch.tensor(a, dtype=torch.float32) for a in self._table)
        with self._lock, _one_thread():
            self.running = False
            self._runners = {
                kind: Runner(
                    DepthNet(self.depth, kind == "residual", seed=self.seed, **STARTS[self.start]),
                    inputs,
                    targets,
                    self.rate,
                )
                for kind in KINDS
            }
            self._show()

    def run(self, steps: int) -> None:
        """Train both networks for `steps` more steps, at most to the end of the race."""
        with self._lock, _one_thread():
            steps = min(steps, STEPS - self.step)
            for runner in self._runners.values():
                runner.run(steps)
            self._show()

    def close(self) -> None:
        self.running = False
        super().close()

    def snapshot(self) -> np.ndarray:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10, 4.4), dpi=80, layout="constrained")
        axes = figure.subplot_mosaic([["photo", *KINDS], ["loss", "loss", "gradient"]])
        for name in ("photo", *KINDS):
            axes[name].imshow(np.frombuffer(getattr(self, name), np.uint8).reshape(SIDE, SIDE, 3))
            axes[name].set_title(f"{name}, step {self.step}" if name in KINDS else "photograph")
            axes[name].axis("off")
        for number, kind in enumerate(KINDS):
            axes["loss"].semilogy(self.losses[kind], ".-", color=COLOURS[kind], label=kind)
            layers = np.arange(self.depth) + 1 + 0.4 * (number - 0.5)
            axes["gradient"].bar(layers, self.gradients[kind], 0.4, color=COLOURS[kind], log=True)
        axes["loss"].set(xlabel="step", ylabel="error", xlim=(-3, STEPS))
        axes["loss"].legend()
        axes["gradient"].set(xlabel="layer", ylabel="size of its gradient")
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def summary(self) -> dict[str, object]:
        return {
            "depth": self.depth,
            "start": self.start,
            "rate": self.rate,
            "seed": self.seed,
            "step": self.step,
        } | {kind: float(f"{self.losses[kind][-1]:.2g}") for kind in KINDS}

    def _show(self) -> None:
        """Hand what the networks have come to, to the page, in one message."""
        mean, deviation = self._levels
        with self.hold_sync():
            self.losses = {kind: list(r.losses) for kind, r in self._runners.items()}
            self.gradients = {kind: r.gradients() for kind, r in self._runners.items()}
            for kind, runner in self._runners.items():
                levels = runner.output.detach().numpy().reshape(SIDE, SIDE)
                self.set_trait(kind, _rgb(np.clip(mean + deviation * levels, 0, 1)))

    def _asked(self, widget: CourseWidget, content: object, buffers: list) -> None:
        if content == "reset":
            self.reset()
        elif content == "step":
            self.run(10)

    def _start_or_stop(self, change: dict) -> None:
        if change["new"]:
            loop = self._loop or asyncio.get_running_loop()
            loop.call_soon_threadsafe(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._train())

    async def _train(self) -> None:
        steps = 1
        with self._interruptible():
            while self.running and self.step < STEPS:
                before = time.perf_counter()
                self.run(steps)
                pace = steps / (time.perf_counter() - before)
                steps = max(1, int(_CHUNK * pace))
                await asyncio.sleep(0.005)
            self.running = False

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Meanwhile, an interrupt of the kernel stops the race too; an idle kernel ignores it."""
        before = signal.getsignal(signal.SIGINT)

        def interrupted(number: int, frame: Any) -> None:
            self.running = False
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _one_thread() -> Iterator[None]:
    """On networks this small, a second thread costs more than it gives."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _rgb(grey: np.ndarray) -> bytes:
    return to_uint8(grey).repeat(3).tobytes()
