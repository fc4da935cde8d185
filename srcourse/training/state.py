"""What a training is made of, kept in its checkpoint and taken up again."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from srcourse.training import checkpoint


class TrainingState:
    """The network, its averaged twin, the optimiser, and where the training by `recipe` stands.

    recipe: a dataclass with `steps` and `ema`. origin: the run that made the weights it began with.
    """

    recipe: Any
    model: torch.nn.Module
    ema: torch.nn.Module
    optimiser: torch.optim.Optimizer
    step: int
    seconds: float
    history: list[dict]
    losses: list[float]  # of the steps since history's last entry
    origin: dict | None

    @torch.no_grad()
    def average(self) -> None:
        """Move the averaged twin; batch norm's statistics are averages already."""
        # A young average would remember its random start for too long.
        decay = min(self.recipe.ema, (1 + self.step) / (10 + self.step))
        for mean, now in zip(self.ema.parameters(), self.model.parameters(), strict=True):
            mean.lerp_(now, 1 - decay)
        for kept, running in zip(self.ema.buffers(), self.model.buffers(), strict=True):
            kept.copy_(running)

    def save(self, folder: Path) -> None:
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"ema.{k}": v for k, v in self.ema.state_dict().items()}
        for number, slot in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{number}.{k}": v for k, v in slot.items()}
        state = {
            "recipe": asdict(self.recipe),
            "step": self.step,
            "seconds": round(self.seconds, 1),
            "history": self.history,
            "losses": self.losses,
            "origin": self.origin,
        }
        checkpoint.write(folder, tensors, state)

    def restore(self, folder: Path) -> None:
        """Go on from `folder`; the recipe may have another number of steps.

        Raises ValueError where the checkpoint is missing, damaged or made by another recipe.
        """
        tensors, state = checkpoint.read(folder)
        try:
            self._take(tensors, state, folder)
        except (KeyError, TypeError, RuntimeError) as error:  # what fits no network of the recipe
            reason = str(error).splitlines()[0]
            raise ValueError(f"resume: the checkpoint in {folder} is damaged: {reason}") from None

    def _take(self, tensors: dict[str, Any], state: dict, folder: Path) -> None:
        mine, theirs = json.loads(json.dumps(asdict(self.recipe))), state["recipe"]
        differing = [k for k in mine if k != "steps" and mine[k] != theirs.get(k)]
        if differing:
            raise ValueError(f"resume: {folder} was made with another {', '.join(differing)}")
        if state["step"] > self.recipe.steps:
            raise ValueError(
                f"steps is {self.recipe.steps}; the checkpoint is at {state['step']} already"
            )

        def part(prefix: str) -> dict:
            return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

        self.model.load_state_dict(part("model."))
        self.ema.load_state_dict(part("ema."))
        slots: dict[int, dict] = {}
        for key, value in part("optimiser.").items():
            number, field = key.split(".")
            slots.setdefault(int(number), {})[field] = value
        self.optimiser.load_state_dict(self.optimiser.state_dict() | {"state": slots})
        self.step, self.seconds = state["step"], state["seconds"]
        self.history, self.losses = state["history"], state["losses"]
        self.origin = state["origin"]
