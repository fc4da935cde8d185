"""A picture cut into tiles that, enlarged one by one, fit together exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from math import ceil, isqrt

import psutil

LARGEST, HANDY, SMALLEST = 512, 192, 32  # LR pixels a side
_SHARE = 4  # of the free memory, one part in so many
MOST = 2**30  # bytes


@dataclass(frozen=True)
class Span:
    """A tile along one axis: `first` to `last`, read with its surroundings from `start` to `stop`.

    All in LR pixels, the ends left out.
    """

    first: int
    last: int
    start: int
    stop: int

    @property
    def read(self) -> slice:
        return slice(self.start, self.stop)

    def write(self, scale: int) -> slice:
        """Its place in the enlarged picture."""
        return slice(scale * self.first, scale * self.last)

    def kept(self, scale: int) -> slice:
        """Its own part of what was read, enlarged."""
        return slice(scale * (self.first - self.start), scale * (self.last - self.start))


def cut(height: int, width: int, side: int, halo: int) -> Iterator[tuple[Span, Span]]:
    """Cut `height` × `width` pixels into tiles of about equal size, at most `side` a side.

    Each reads up to `halo` pixels beyond its own, as far as the picture goes.
    """
    return product(_spans(height, side, halo), _spans(width, side, halo))


def _spans(length: int, side: int, halo: int) -> list[Span]:
    count = ceil(length / side)
    ends = [length * i // count for i in range(count + 1)]
    return [
        Span(first, last, max(0, first - halo), min(length, last + halo))
        for first, last in pairwise(ends)
    ]


def side_for(bytes_per_pixel: int, halo: int) -> int:
    """The side of a tile, in LR pixels, that a quarter of the free memory and 1 GiB hold.

    At most 512, or 192 where its surroundings then add less than a third to what is computed: a
    network's arrays stay so small that the C library hands the same memory out again, where it asks
    the system for larger ones each time, which clears them page by page.

    bytes_per_pixel: what enlarging takes for each LR pixel that is read.
    """
    free = min(psutil.virtual_memory().available // _SHARE, MOST)
    best = HANDY if 3 * (HANDY + 2 * halo) ** 2 < 4 * HANDY**2 else LARGEST
    return min(max(isqrt(free // bytes_per_pixel) - 2 * halo, SMALLEST), best)
