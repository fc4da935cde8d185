"""srcourse.upscaling.tiles: nothing is missed, nothing twice, and no seam is seen."""

from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from srcourse import images, zoo
from srcourse.resampling import METHODS
from srcourse.upscaling import halo, upscale
from srcourse.upscaling.tiles import HANDY, LARGEST, MOST, SMALLEST, cut, side_for

pytestmark = pytest.mark.usefixtures("one_thread")

TRAINED = [n for n in zoo.names() if n not in ("edsr", "mdsr", "srcnn-915")]


@settings(deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.integers(0, 30))
def test_every_pixel_is_written_once_with_its_surroundings(height, width, side, halo):
    picture = np.arange(height * width).reshape(height, width)
    count = np.zeros_like(picture)
    for y, x in cut(height, width, side, halo):
        read = picture[y.read, x.read]
        np.testing.assert_array_equal(read[y.kept(1), x.kept(1)], picture[y.write(1), x.write(1)])
        count[y.write(1), x.write(1)] += 1
        for span, length in ((y, height), (x, width)):
            assert 1 <= span.last - span.first <= side
            assert span.start == max(0, span.first - halo)
            assert span.stop == min(length, span.last + halo)
            assert span.write(3) == slice(3 * span.first, 3 * span.last)
    assert (count == 1).all()


@pytest.mark.parametrize("name", TRAINED)
def test_tiled_is_whole(name, tmp_path, monkeypatch):
    """With random weights, which see as far as the layers let them."""
    monkeypatch.setattr(zoo, "weights_file", lambda n, s: tmp_path / f"{n}-x{s}.safetensors")
    zoo.load.cache_clear()
    photo = images.sample("chelsea")[60:147, 120:207] / 255.0  # 87 × 87
    for scale in (2, 3, 4) if "mini" in name or name == "fsrcnn" else (2,):
        torch.manual_seed(0)
        save_file(zoo.build(name, scale).state_dict(), zoo.weights_file(name, scale))
        whole = upscale(photo, scale, name, tile=87)
        tiled = upscale(photo, scale, name, tile=30)
        np.testing.assert_allclose(tiled, whole, atol=2e-6)
    zoo.load.cache_clear()


def test_a_smaller_halo_would_be_seen(monkeypatch):
    """The test above can fail: one pixel less, and the tiles no longer fit."""
    photo = images.sample("chelsea")[60:147, 120:207] / 255.0
    whole = upscale(photo, 2, "fsrcnn", tile=87)
    monkeypatch.setattr("srcourse.upscaling.cut", lambda h, w, n, halo: cut(h, w, n, halo - 1))
    assert np.abs(upscale(photo, 2, "fsrcnn", tile=30) - whole).max() > 1e-4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [2, 3, 5])
def test_interpolation_in_tiles(method, scale):
    photo = images.sample("chelsea")[60:121, 120:181]
    whole = upscale(photo, scale, method, tile=61)
    np.testing.assert_allclose(upscale(photo, scale, method, tile=7), whole, atol=1)
    floats = photo / 255
    np.testing.assert_allclose(
        upscale(floats, scale, method, tile=7), upscale(floats, scale, method, tile=61), atol=1e-12
    )


def test_the_tile_fits_the_free_memory(monkeypatch):
    def free(bytes_: int) -> None:
        monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=bytes_))

    free(4 * 10_000 * 200**2)
    assert side_for(10_000, 20) == 200 - 40
    free(1)
    assert side_for(10_000, 20) == SMALLEST
    free(2**50)
    assert side_for(100, 20) == LARGEST
    assert side_for(100_000, 8) == int((MOST / 100_000) ** 0.5) - 16


@pytest.mark.parametrize(
    ("halo", "side", "share"), [(2, HANDY, 4 / 3), (14, HANDY, 4 / 3), (15, LARGEST, 9 / 8)]
)
def test_little_is_computed_in_vain(halo, side, share, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2**50))
    assert side_for(100, halo) == side
    assert (side + 2 * halo) ** 2 < share * side**2


@pytest.mark.parametrize("tile", [0, -3, 2.5, "8", True])
def test_a_tile_that_is_no_size_is_refused(tile):
    with pytest.raises(
        ValueError, match=r"^tile is .*; it must be a whole number of pixels from 1$"
    ):
        upscale(np.zeros((4, 4)), 2, "bicubic", tile=tile)


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (1, 40), (41, 1, 3), (3, 5, 4)])
@pytest.mark.parametrize("model", ["bicubic", "fsrcnn", "edsr-mini"])
def test_the_smallest_pictures(shape, model):
    image = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert upscale(image, 2, model).shape == (2 * shape[0], 2 * shape[1], *shape[2:])


def test_each_tile_is_told():
    heard = []
    rgba = np.random.default_rng(0).integers(0, 256, (20, 50, 4), np.uint8)
    upscale(rgba, 2, "bicubic", tile=20, tell=lambda *counts: heard.append(counts))
    assert heard == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("model", ["bicubic", "srcnn", "fsrcnn"])
def test_a_pixel_depends_on_no_more_than_the_halo(model):
    """And on the halo's last pixel, or fewer would do."""
    reach = halo(model, 2)
    picture = np.random.default_rng(0).random((4 * reach + 1, 4 * reach + 1))
    other = picture.copy()
    other[2 * reach, 2 * reach] = 1 - other[2 * reach, 2 * reach].round()
    moved = np.argwhere(np.abs(upscale(other, 2, model) - upscale(picture, 2, model)).max(axis=0))
    first, last = int(moved.min()) // 2, int(moved.max()) // 2
    assert reach == 2 * reach - first == last - 2 * reach


def test_a_long_strip_comes_in_many_tiles():
    strip = images.sample("chelsea")[100:101, :400]
    whole = upscale(strip, 2, "fsrcnn", tile=400)
    np.testing.assert_allclose(upscale(strip, 2, "fsrcnn", tile=32), whole, atol=1)
