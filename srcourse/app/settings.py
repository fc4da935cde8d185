"""What a server allows itself and others."""

import os
from dataclasses import dataclass, fields
from typing import Any

import psutil

GIB = 2**30
_REST = GIB  # of the memory: for the system, the server itself and its two readers
_WORKER = 5 * GIB // 2  # what a worker takes at most, at the largest picture and frame below


@dataclass(frozen=True)
class Settings:
    """Bounds of a server; each is a positive number.

    workers: pictures and videos in work at one time, each in a process of its own. threads: of each
    of them. queue: how many more may wait. bytes: of a file, before base64. pixels: of a picture as
    it is sent. enlarged: of a picture as it is answered. frames, seconds: of a video. frame: pixels
    of a video's frame as it is answered. work: seconds that one job may take. pause: seconds
    without a byte after which an upload is given up. kept: seconds that a result is kept. results,
    result_bytes: how many are, and how large together. hosts: names, beside localhost and plain
    addresses, under which the server may be asked for.

    Raises ValueError for a bound that is not positive.
    """

    workers: int = 1
    threads: int = 1
    queue: int = 32
    bytes: int = 64 * 2**20
    pixels: int = 16_000_000
    enlarged: int = 64_000_000
    frames: int = 3600
    seconds: float = 60.0
    frame: int = 4096 * 2160
    work: float = 1800.0
    pause: float = 20.0
    kept: float = 3600.0
    results: int = 100
    result_bytes: int = 2 * GIB
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "hosts" and not value > 0:
                raise ValueError(f"{field.name} is {value}; it must be positive")

    @property
    def body(self) -> int:
        """Bytes of a request at most: the file in base64, and 16 KiB for all else."""
        return 4 * -(-self.bytes // 3) + 2**14

    @classmethod
    def for_machine(
        cls, cores: int | None = None, memory: int | None = None, **changes: Any
    ) -> "Settings":
        """Settings that fit `cores` and `memory` (bytes), by default this machine's.

        A worker for every two cores, as far as the memory holds them, and all cores among them. On
        a machine too small for one of the usual size, pictures and frames must be smaller.
        """
        cores = cores or _cores()
        free = max(GIB // 2, (memory or psutil.virtual_memory().total) - _REST)
        workers = changes.pop("workers", max(1, min(cores // 2, free // _WORKER)))
        share = min(1.0, free / workers / _WORKER)
        fitting = {
            "threads": max(1, cores // workers),
            "pixels": int(share * cls.pixels),
            "enlarged": int(share * cls.enlarged),
            "frame": int(share * cls.frame),
        }
        return cls(workers=workers, **fitting | changes)


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
