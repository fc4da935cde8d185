"""What equals the frame before is not computed again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from srcourse.upscaling.tiles import LARGEST, Span

TILE = 64  # pixels a side of what is compared


@dataclass
class Enlarger:
    """Enlarges one frame after the other, of each only the tiles that changed.

    enlarge: uint8 (H, W, 3) to `scale` times the size. halo: pixels around a tile that its result
    depends on; None where it depends on the whole frame, such as colours that a network guesses.
    check: called before each piece of work; it may raise.
    """

    enlarge: Callable[[np.ndarray], np.ndarray]
    scale: int
    halo: int | None
    check: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._before: np.ndarray | None = None
        self._enlarged: np.ndarray | None = None
        self._seen = self._computed = 0

    @property
    def reused(self) -> float:
        """The share of all frames' pixels, 0 to 1, that was not computed."""
        return 1 - self._computed / self._seen if self._seen else 0.0

    def __call__(self, frame: np.ndarray) -> np.ndarray:
        """`frame` enlarged; the same array as before where nothing changed."""
        height, width = frame.shape[:2]
        self._seen += height * width
        before, self._before = self._before, frame
        if before is not None and np.array_equal(before, frame):
            assert self._enlarged is not None
            return self._enlarged
        if before is None or self.halo is None:
            changed = np.ones((-(-height // TILE), -(-width // TILE)), bool)
        else:
            changed = changed_tiles(before, frame, self.halo)
        self._enlarged = self._compute(frame, changed)
        return self._enlarged

    def _compute(self, frame: np.ndarray, changed: np.ndarray) -> np.ndarray:
        if self.halo is None:
            self.check()
            self._computed += frame.shape[0] * frame.shape[1]
            return self.enlarge(frame)
        height, width = frame.shape[:2]
        if self._enlarged is None:
            out = np.empty((self.scale * height, self.scale * width, 3), np.uint8)
        else:
            out = self._enlarged.copy()
        for rows, columns in rectangles(changed, LARGEST // TILE):
            self.check()
            y, x = _span(rows, height, self.halo), _span(columns, width, self.halo)
            self._computed += (y.last - y.first) * (x.last - x.first)
            piece = self.enlarge(frame[y.read, x.read])
            out[y.write(self.scale), x.write(self.scale)] = piece[
                y.kept(self.scale), x.kept(self.scale)
            ]
        return out


def _span(tiles: slice, length: int, halo: int) -> Span:
    first, last = tiles.start * TILE, min(tiles.stop * TILE, length)
    return Span(first, last, max(0, first - halo), min(length, last + halo))


def changed_tiles(before: np.ndarray, frame: np.ndarray, halo: int) -> np.ndarray:
    """Which tiles of `frame`, or the `halo` pixels around them, differ from `before`.

    Both (H, W, C). Returns bool (rows, columns) of tiles.
    """
    height, width = frame.shape[:2]
    differs = (frame != before).reshape(height, -1)
    rows = _any_within(differs, height, halo, 1)  # (rows, W·C)
    return _any_within(rows.T, width, halo, frame.shape[2]).T


def _any_within(differs: np.ndarray, length: int, halo: int, step: int) -> np.ndarray:
    """Along the first axis, whether any is True in each tile and its halo."""
    spans = [_span(slice(i, i + 1), length, halo) for i in range(-(-length // TILE))]
    return np.stack([differs[s.start * step : s.stop * step].any(axis=0) for s in spans])


def rectangles(changed: np.ndarray, most: int) -> Iterator[tuple[slice, slice]]:
    """The True tiles as rectangles of tiles, at most `most` a side, that do not overlap."""
    left = changed.copy()
    rows, columns = left.shape
    for row in range(rows):
        for column in range(columns):
            if not left[row, column]:
                continue
            right = column + 1
            while right < min(columns, column + most) and left[row, right]:
                right += 1
            low = row + 1
            while low < min(rows, row + most) and left[low, column:right].all():
                low += 1
            left[row:low, column:right] = False
            yield slice(row, low), slice(column, right)
