"""Several processes, one training: what `torchrun` starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Team:
    """The processes of one training: `rank` is this one's number, from 0, of `size`.

    Each computes on its own part of every batch, and all take the same step. The first writes.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """`model`, its gradients averaged over the team."""
        return DistributedDataParallel(model) if self.size > 1 else model

    def any(self, mine: bool, device: torch.device) -> bool:
        """Whether it is so in one of the processes: all then do the same."""
        if self.size == 1:
            return mine
        flag = torch.tensor(float(mine), device=device)
        dist.all_reduce(flag, dist.ReduceOp.MAX)
        return bool(flag)


ALONE = Team()


@contextmanager
def team(device: torch.device) -> Iterator[Team]:
    """The team that the environment tells of (RANK, WORLD_SIZE …), else this process alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(dist.get_rank(), dist.get_world_size())
        # A thread of gloo's that still holds one of our tensors while its process ends aborts it.
        dist.barrier()
    finally:
        dist.destroy_process_group()
