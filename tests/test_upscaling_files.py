"""srcourse.upscaling.files: what is planned, what is written, and what is left alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from srcourse import images
from srcourse.upscaling import upscale
from srcourse.upscaling.files import plan, transform_files

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def twice(image: np.ndarray) -> np.ndarray:
    return upscale(image, 2, "nearest")


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/a.png", "in/b.jpg", "in/deep/a.png"):
        images.save(tmp_path / name, images.sample("chelsea")[:9, :12])
    return tmp_path


def test_one_file_to_a_file_or_into_a_folder(folder):
    source = folder / "in" / "a.png"
    assert plan([source], folder / "big.png") == [(source, folder / "big.png")]
    assert plan([source], folder / "out") == [(source, folder / "out" / "a.png")]
    (folder / "odd.png").mkdir()
    assert plan([source], folder / "odd.png") == [(source, folder / "odd.png" / "a.png")]


def test_a_folder_keeps_its_shape(folder):
    targets = [t for _, t in plan([folder / "in"], folder / "out")]
    assert targets == [folder / "out" / n for n in ("a.png", "b.jpg", "deep/a.png")]


@pytest.mark.parametrize(
    ("inputs", "out", "message"),
    [
        (["none.png"], "out", "none.png: there is no such file"),
        (["in/a.png"], "big.gif", "ends in .gif; accepted: .bmp"),
        (["in"], "big.png", "big.png is one file; for several pictures, give a folder"),
        (["in/a.png", "in/b.jpg"], "big.png", "is one file"),
        (["in/a.png", "in/deep/a.png"], "out", "would both become"),
        (["in/a.png"], "in/a.png", "is one of the pictures that are read"),
        (["in/a.png"], "in", "is one of the pictures that are read"),
        (["in/a.png"], "in/b.jpg", "exists; --force replaces it"),
        (["in/a.png"], "notes", "notes is a file, and no picture; give a folder"),
        (["in"], "notes", "notes is a file, and no picture; give a folder"),
    ],
)
def test_the_plan_refuses(folder, inputs, out, message):
    (folder / "notes").write_text("mine")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        plan([folder / name for name in inputs], folder / out)


def test_results_below_the_folder_are_not_enlarged_again(folder):
    out = folder / "in" / "big"
    first = plan([folder / "in"], out)
    assert all(problem is None for _, problem in transform_files(first, twice))
    assert plan([folder / "in"], out, force=True) == first


def test_force_replaces_but_never_the_original(folder):
    source = folder / "in" / "a.png"
    assert plan([source], folder / "in" / "b.jpg", force=True)
    with pytest.raises(ValueError, match="is one of the pictures that are read"):
        plan([source], source, force=True)


def test_a_bad_picture_stops_no_other(folder):
    (folder / "in" / "aa.png").write_bytes(b"junk")
    found = dict(transform_files(plan([folder / "in"], folder / "out"), twice))
    assert "aa.png' is not a picture" in found.pop(folder / "out" / "aa.png")
    assert set(found.values()) == {None}
    assert images.load(folder / "out" / "deep" / "a.png").shape == (18, 24, 3)
    assert not (folder / "out" / "aa.png").exists()


def test_a_picture_too_large_for_the_memory_stops_no_other(folder):
    images.save(folder / "in" / "a.png", images.sample("chelsea")[:10, :12])

    def greedy(picture):
        if len(picture) == 10:
            raise MemoryError
        return twice(picture)

    found = dict(transform_files(plan([folder / "in"], folder / "out"), greedy))
    assert "in/a.png: not enough memory for it" in found.pop(folder / "out" / "a.png")
    assert len(found) == 2
    assert set(found.values()) == {None}


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_depth_and_colour_profile_are_kept(tmp_path, ending, dtype):
    image = images.sample("chelsea")[:9, :12].astype(dtype) * (257 if dtype == np.uint16 else 1)
    images.save(tmp_path / f"a.{ending}", image, icc=SRGB)
    pairs = plan([tmp_path / f"a.{ending}"], tmp_path / "out")
    assert [problem for _, problem in transform_files(pairs, twice)] == [None]
    with Image.open(tmp_path / "out" / f"a.{ending}") as found:  # read by Pillow, not by us
        assert found.info["icc_profile"] == SRGB
    deep = dtype == np.uint16 and ending in ("png", "tif")
    assert images.load(tmp_path / "out" / f"a.{ending}").dtype == (np.uint16 if deep else np.uint8)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_keeps_a_grey_profile_and_no_other(tmp_path, ending, dtype):
    grey = SRGB[:16] + b"GRAY" + SRGB[20:]  # what the header says is what decides
    image = images.sample("camera")[:9, :12].astype(dtype)
    for name, profile, kept in (("a", grey, grey), ("b", SRGB, None)):
        images.save(tmp_path / f"{name}.{ending}", image, icc=profile)
        pairs = plan([tmp_path / f"{name}.{ending}"], tmp_path / "out")
        assert [problem for _, problem in transform_files(pairs, twice)] == [None]
        assert images.load(tmp_path / "out" / f"{name}.{ending}").dtype == dtype
        with Image.open(tmp_path / "out" / f"{name}.{ending}") as found:
            assert found.info.get("icc_profile") == kept


def test_a_grey_profile_is_not_passed_on_to_colours(tmp_path):
    grey = SRGB[:16] + b"GRAY" + SRGB[20:]
    images.save(tmp_path / "a.png", images.sample("camera")[:9, :12], icc=grey)
    pairs = plan([tmp_path / "a.png"], tmp_path / "out")
    coloured = transform_files(pairs, lambda picture: np.dstack([picture] * 3))
    assert [problem for _, problem in coloured] == [None]
    with Image.open(tmp_path / "out" / "a.png") as found:
        assert (found.mode, found.info.get("icc_profile")) == ("RGB", None)


def test_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(images.sample("chelsea")[:9, :12]).save(tmp_path / "a.png", exif=exif)
    pairs = plan([tmp_path / "a.png"], tmp_path / "b.png")
    assert [problem for _, problem in transform_files(pairs, twice)] == [None]
    assert Image.open(tmp_path / "b.png").size == (18, 24)
