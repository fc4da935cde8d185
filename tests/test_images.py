"""srcourse.images against Pillow, tifffile, scikit-image and known values."""

import contextlib
import io
import socket
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
import skimage.color
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageOps

from srcourse import images

RNG = np.random.default_rng(7)
COLOURS = RNG.integers(0, 256, (9, 14, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (9, 14, 4), dtype=np.uint16)

shapes = st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([None, 3, 4])).map(
    lambda s: s[:2] if s[2] is None else s
)
unit = st.floats(0, 1, allow_subnormal=False)


def encoded(picture: Image.Image, form: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def tiff(array, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(array: np.ndarray, colour_type: int, extra: bytes = b"", part: float = 1) -> bytes:
    """A 16-bit PNG put together from the specification alone, or one with part of its pixels."""
    height, width = array.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    packed = zlib.compress(rows)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", packed[: round(part * len(packed))])
        + chunk(b"IEND", b"")
    )


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")


# load


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP"])
def test_load_keeps_8_bit_colour_and_grey(form):
    for array in (COLOURS, COLOURS[..., 0]):
        loaded = images.load(encoded(Image.fromarray(array), form))
        assert loaded.dtype == np.uint8
        np.testing.assert_array_equal(loaded, array)


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_load_of_lossy_formats_is_what_pillow_decodes(form):
    data = encoded(Image.fromarray(images.sample("chelsea")), form)
    expected = np.array(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(images.load(data), expected)


def test_load_takes_paths_bytes_and_files(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(Image.fromarray(COLOURS)))
    with path.open("rb") as file:
        for source in (path, str(path), path.read_bytes(), file):
            np.testing.assert_array_equal(images.load(source), COLOURS)


def test_load_gives_an_array_of_its_own():
    loaded = images.load(encoded(Image.fromarray(COLOURS)))
    loaded[0, 0] = 0  # raises where the array is read-only


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_load_keeps_alpha(form):
    rgba = RNG.integers(1, 256, (9, 14, 4), dtype=np.uint8)
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    np.testing.assert_array_equal(
        images.load(encoded(Image.fromarray(rgba), form, **options)), rgba
    )


def test_load_makes_rgba_of_grey_with_alpha():
    grey_alpha = COLOURS[..., :2]
    picture = Image.merge("LA", [Image.fromarray(grey_alpha[..., k].copy()) for k in (0, 1)])
    np.testing.assert_array_equal(images.load(encoded(picture)), grey_alpha[..., [0, 0, 0, 1]])


def test_load_resolves_palettes():
    indices = np.array([[0, 1], [2, 1]], np.uint8)
    palette = [255, 0, 0, 0, 255, 0, 10, 20, 30]
    picture = Image.fromarray(indices)
    picture.putpalette(palette)
    colours = np.array(palette, np.uint8).reshape(3, 3)[indices]
    np.testing.assert_array_equal(images.load(encoded(picture)), colours)

    alpha = np.array([0, 128, 255], np.uint8)[indices]
    with_alpha = images.load(encoded(picture, transparency=bytes([0, 128, 255])))
    np.testing.assert_array_equal(with_alpha, np.dstack([colours, alpha]))


def test_load_resolves_a_transparent_colour():
    data = encoded(Image.fromarray(COLOURS), transparency=tuple(int(v) for v in COLOURS[2, 3]))
    loaded = images.load(data)
    np.testing.assert_array_equal(loaded[..., :3], COLOURS)
    transparent = (loaded[..., :3] == COLOURS[2, 3]).all(axis=2)
    np.testing.assert_array_equal(loaded[..., 3], np.where(transparent, 0, 255))

    grey = images.load(
        encoded(Image.fromarray(COLOURS[..., 0]), transparency=int(COLOURS[0, 0, 0]))
    )
    assert grey.shape == (9, 14, 4)
    assert grey[0, 0, 3] == 0


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP"])
def test_load_makes_0_and_255_of_one_bit(form):
    bits = RNG.random((9, 14)) < 0.5
    loaded = images.load(encoded(Image.fromarray(bits), form))
    assert loaded.dtype == np.uint8
    np.testing.assert_array_equal(loaded, np.where(bits, 255, 0))


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_load_makes_rgb_of_cmyk(form):
    cyan = np.zeros((16, 32), np.uint8)
    cyan[:, :16] = 255  # beside bare paper
    inks = [Image.fromarray(ink) for ink in (cyan, cyan * 0, cyan * 0, cyan * 0)]
    options = {"quality": 100} if form == "JPEG" else {}
    data = encoded(Image.merge("CMYK", inks), form, **options)
    loaded = images.load(data)
    assert loaded.shape == (16, 32, 3)
    np.testing.assert_allclose(loaded[:, :16], np.broadcast_to([0, 255, 255], (16, 16, 3)), atol=2)
    np.testing.assert_allclose(loaded[:, 16:], 255, atol=2)


@pytest.mark.parametrize(
    ("colour_type", "channels"), [(0, [0]), (2, [0, 1, 2]), (6, [0, 1, 2, 3]), (4, [0, 0, 0, 3])]
)
def test_load_keeps_16_bits_of_png(colour_type, channels):
    stored = DEEP[..., sorted(set(channels))]
    loaded = images.load(png16(stored, colour_type))
    assert loaded.dtype == np.uint16
    np.testing.assert_array_equal(loaded, DEEP[..., channels].squeeze())


def test_load_keeps_16_bits_beside_a_transparent_colour():
    transparent = DEEP[4, 5, :3].astype(">u2").tobytes()
    loaded = images.load(png16(DEEP[..., :3], 2, chunk(b"tRNS", transparent)))
    np.testing.assert_array_equal(loaded[..., :3], DEEP[..., :3])
    assert loaded[4, 5, 3] == 0
    assert (loaded[..., 3] == 65535).sum() == 9 * 14 - 1


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"compression": "zlib", "predictor": 2},
        {"planarconfig": "separate"},
        {"tile": (16, 16)},
        {"bigtiff": True},
        {"byteorder": ">"},
    ],
    ids=str,
)
def test_load_keeps_16_bits_of_tiff(channels, layout):
    array = DEEP[..., :channels].squeeze()
    options = dict(layout, photometric="minisblack" if channels == 1 else "rgb")
    if channels == 4:
        options["extrasamples"] = ["unassalpha"]
    if channels == 1:
        options.pop("planarconfig", None)
    separate = "planarconfig" in options
    loaded = images.load(tiff(np.moveaxis(array, -1, 0) if separate else array, **options))
    assert loaded.dtype == np.uint16
    np.testing.assert_array_equal(loaded, array)


def test_load_reads_lzw_tiff_of_16_bit_colour():
    context = av.CodecContext.create("tiff", "w")
    context.width, context.height, context.pix_fmt = 14, 9, "rgb48le"
    context.time_base, context.options = 1, {"compression_algo": "lzw"}
    colours = np.ascontiguousarray(DEEP[..., :3])
    frame = av.VideoFrame.from_ndarray(colours, format="rgb48le")
    data = b"".join(bytes(p) for p in [*context.encode(frame), *context.encode(None)])
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        assert file.pages[0].compression == tifffile.COMPRESSION.LZW
    np.testing.assert_array_equal(images.load(data), colours)


def test_load_never_misreads_lzw_tiles():
    tile = RNG.integers(0, 65536, (16, 16, 3), dtype=np.uint16)
    codes = []  # LZW without a table: 9 bits a byte, cleared before codes would widen
    for start in range(0, tile.nbytes, 200):
        codes += [256, *tile.tobytes()[start : start + 200]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    layout = {"shape": tile.shape, "dtype": tile.dtype, "tile": (16, 16), "photometric": "rgb"}
    data = tiff(iter([packed]), compression="zlib", **layout)
    deflate, lzw = (struct.pack("<HHII", 259, 3, 1, kind) for kind in (8, 5))
    assert data.count(deflate) == 1
    data = data.replace(deflate, lzw)
    high_bytes = np.array(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(high_bytes, tile >> 8)  # the file is sound
    with contextlib.suppress(ValueError):  # where tifffile's codecs are not installed
        np.testing.assert_array_equal(images.load(data), tile)


def test_load_inverts_white_is_zero():
    grey = DEEP[..., 0]
    np.testing.assert_array_equal(images.load(tiff(grey, photometric="miniswhite")), 65535 - grey)

    for photometric, expected in ((0, 65535 - grey), (1, grey)):
        picture = Image.fromarray(grey)
        lzw = encoded(picture, "TIFF", compression="tiff_lzw", tiffinfo={262: photometric})
        with tifffile.TiffFile(io.BytesIO(lzw)) as file:
            assert file.pages[0].photometric == photometric
        np.testing.assert_array_equal(images.load(lzw), expected)


def test_load_reads_the_first_of_several_pages():
    loaded = images.load(tiff(np.stack([DEEP[..., 0], DEEP[..., 1]]), photometric="minisblack"))
    np.testing.assert_array_equal(loaded, DEEP[..., 0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_load_applies_the_orientation(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = encoded(Image.fromarray(COLOURS), exif=exif)
    expected = np.array(ImageOps.exif_transpose(Image.open(io.BytesIO(turned))))
    np.testing.assert_array_equal(images.load(turned), expected)

    deep = COLOURS.astype(np.uint16) * 257
    tag = [(0x0112, "H", 1, orientation, True)]
    for data, scale in (
        (png16(deep, 2, chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))), 257),
        (tiff(deep, photometric="rgb", extratags=tag), 257),
        (tiff(COLOURS, photometric="rgb", extratags=tag), 1),
    ):
        np.testing.assert_array_equal(images.load(data), expected.astype(np.uint16) * scale)


# what load refuses


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "empty"),
        (b"GIF89a, or so it says", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "not a picture|damaged"),
        (png_header(50_000, 50_000), "too large.*175 million"),
        (png_header(17_600, 10_000), "too large.*175 million"),
        (png16(DEEP, 6, part=0.5), "cannot be decoded"),
        (tiff(np.zeros((4, 4), np.float32)), "pixel format is F"),
        (tiff(np.zeros((4, 4), np.uint32)), "cannot be decoded|damaged|not a picture"),
        (tiff(np.zeros((4, 4), np.int16)), "pixel format is I"),
        (tiff(DEEP, photometric="separated"), "16-bit SEPARATED"),
        (tiff(DEEP, photometric="rgb", extrasamples=["assocalpha"]), "straight alpha"),
        (io.StringIO("text"), "opened as text"),
        (42, "type int"),
        (COLOURS, "type ndarray"),
    ],
    ids=[
        "empty", "not a picture", "signature only", "50000 squared", "176 megapixels", "half",
        "float", "32-bit", "signed", "16-bit CMYK", "premultiplied", "text file", "number",
        "array",
    ],
)  # fmt: skip
def test_load_refuses(source, message):
    with pytest.raises(ValueError, match=message) as caught:
        images.load(source)
    assert "source" in str(caught.value)


def test_load_names_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.png"):
        images.load(tmp_path / "nowhere.png")
    with pytest.raises(ValueError, match="folder"):
        images.load(tmp_path)


def every_format() -> dict[str, bytes]:
    noise = RNG.integers(0, 256, (40, 50, 3), dtype=np.uint8)
    deep = noise.astype(np.uint16) * 257
    made = {
        form: encoded(Image.fromarray(noise), form)
        for form in ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
    }
    return made | {"PNG 16": png16(deep, 2), "TIFF 16": tiff(deep, photometric="rgb")}


WHOLE = every_format()


@pytest.mark.parametrize("form", WHOLE)
def test_load_refuses_a_truncated_file(form, tmp_path):
    assert images.load(WHOLE[form]).shape == (40, 50, 3)
    path = tmp_path / "half"
    path.write_bytes(WHOLE[form][: len(WHOLE[form]) // 2])
    with pytest.raises(ValueError, match=r"half.*(damaged|cannot be decoded|not a picture)"):
        images.load(path)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_load_of_damaged_bytes_gives_an_image_or_a_value_error(form, data):
    damaged = bytearray(WHOLE[form])
    for place in data.draw(st.lists(st.integers(0, min(len(damaged), 400) - 1), min_size=1)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        images.check(images.load(bytes(damaged)))


# save


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(st.sampled_from([np.uint8, np.uint16]), shapes), st.sampled_from([".png", ".tiff"])
)
def test_png_and_tiff_give_back_what_was_saved(tmp_path_factory, image, suffix):
    path = tmp_path_factory.getbasetemp() / f"round{suffix}"
    images.save(path, image)
    loaded = images.load(path)
    assert loaded.dtype == image.dtype
    np.testing.assert_array_equal(loaded, image)


def test_saved_16_bit_files_are_right_for_other_readers(tmp_path):
    for image in (DEEP[..., 0], DEEP[..., :3], DEEP):
        images.save(tmp_path / "a.tif", image)
        np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), image)
        images.save(tmp_path / "a.png", image)
        with Image.open(tmp_path / "a.png") as picture:
            eight = np.array(picture)  # of colour Pillow keeps the upper byte
        np.testing.assert_array_equal(eight, image if image.ndim == 2 else image >> 8)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_save_clips_and_rounds_floats(tmp_path, dtype):
    floats = np.array([[-0.2, 0, 0.25, 0.5, 0.75, 1, 1.3]], dtype)
    images.save(tmp_path / "a.png", floats)
    assert images.load(tmp_path / "a.png").tolist() == [[0, 0, 64, 128, 191, 255, 255]]


def test_save_reduces_16_bits_with_rounding(tmp_path):
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    images.save(tmp_path / "a.bmp", levels)
    np.testing.assert_array_equal(images.load(tmp_path / "a.bmp"), np.rint(levels / 257))


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".webp"])
def test_quality_sets_how_near_a_lossy_file_is(tmp_path, suffix):
    photo = images.sample("chelsea")
    errors = []
    for quality in (10, 95):
        path = tmp_path / f"{quality}{suffix}"
        images.save(path, photo, quality=quality)
        errors.append(np.abs(images.load(path) - photo.astype(float)).mean())
    assert errors[1] < 2.5 < 3.5 < errors[0]
    images.save(tmp_path / f"default{suffix}", photo)
    assert (tmp_path / f"default{suffix}").read_bytes() == path.read_bytes()


def test_webp_keeps_alpha(tmp_path):
    rgba = np.dstack([images.sample("chelsea"), np.tile(np.arange(451) // 2, (300, 1))])
    images.save(tmp_path / "a.webp", rgba.astype(np.uint8))
    np.testing.assert_array_equal(images.load(tmp_path / "a.webp")[..., 3], rgba[..., 3])


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.bmp"])
def test_save_refuses_alpha_where_it_would_be_lost(tmp_path, name):
    with pytest.raises(ValueError, match=r"image has transparency.*PNG, WebP and TIFF keep it"):
        images.save(tmp_path / name, DEEP)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "image", "options", "message"),
    [
        ("a.gif", COLOURS, {}, r"path .*'\.gif'; accepted are \.png"),
        ("a", COLOURS, {}, r"path .*suffix ''; accepted are \.png"),
        ("a.png", [[0, 1]], {}, "image must be a NumPy array, not list"),
        ("a.png", COLOURS[0, 0], {}, r"image has shape \(3,\); accepted are \(H, W\)"),
        ("a.png", COLOURS[..., :2], {}, r"image has shape \(9, 14, 2\)"),
        ("a.png", COLOURS[..., :1], {}, r"image has shape \(9, 14, 1\)"),
        ("a.png", COLOURS[:0], {}, "image has shape .* no pixels"),
        ("a.png", COLOURS.astype(int), {}, "image has dtype int64; accepted are uint8"),
        ("a.png", COLOURS > 3, {}, "image has dtype bool"),
        ("a.png", np.full((2, 2), np.nan), {}, "image holds NaN"),
        ("a.png", np.full((2, 2), np.inf), {}, "image holds NaN or infinity"),
        ("a.jpg", COLOURS, {"quality": 0}, "quality is 0; accepted are 1 to 100"),
        ("a.jpg", COLOURS, {"quality": 101}, "quality is 101"),
        ("a.webp", np.zeros((20_000, 1), np.uint8), {}, "image of shape .* as WEBP"),
        ("a.jpg", np.zeros((70_000, 1), np.uint8), {}, "image of shape .* as JPEG"),
    ],
)
def test_save_refuses(tmp_path, name, image, options, message):
    with pytest.raises(ValueError, match=message):
        images.save(tmp_path / name, image, **options)
    assert not list(tmp_path.iterdir())


def test_save_needs_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        images.save(tmp_path / "nowhere" / "a.png", COLOURS)


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    images.save(path, COLOURS)
    whole = Path.write_bytes

    def stop_half_way(self, data):
        whole(self, data[: len(data) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", stop_half_way)
    with pytest.raises(KeyboardInterrupt):
        images.save(path, 255 - COLOURS)
    assert list(tmp_path.iterdir()) == [path]
    np.testing.assert_array_equal(images.load(path), COLOURS)


# number formats


def test_to_float_divides_by_the_largest_value():
    assert images.to_float(np.array([[0, 51, 255]], np.uint8)).tolist() == [[0, 0.2, 1]]
    assert images.to_float(np.array([[0, 13107, 65535]], np.uint16)).tolist() == [[0, 0.2, 1]]
    overshoot = images.to_float(np.array([[-0.5, 1.5]], np.float32))
    assert overshoot.dtype == np.float64
    assert overshoot.tolist() == [[-0.5, 1.5]]


@given(hnp.arrays(np.uint8, shapes))
def test_to_uint8_undoes_to_float(image):
    for dtype in (np.float16, np.float32, np.float64):
        back = images.to_uint8(images.to_float(image).astype(dtype))
        assert back.dtype == np.uint8
        np.testing.assert_array_equal(back, image)


def test_rgb_repeats_grey_and_lays_alpha_over_white():
    grey = COLOURS[..., 0]
    np.testing.assert_array_equal(images.rgb(grey), skimage.color.gray2rgb(grey))
    assert images.rgb(COLOURS) is COLOURS
    pixel = np.array([[[0.2, 0.4, 1.0, 0.25]]])
    np.testing.assert_allclose(images.rgb(pixel), [[[0.8, 0.85, 1.0]]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_rgb_of_rgba_agrees_with_skimage_and_keeps_the_dtype(dtype):
    top = 1 if dtype == np.float32 else np.iinfo(dtype).max
    rgba = (DEEP / 65535 * top).astype(dtype)
    laid = images.rgb(rgba)
    assert laid.dtype == dtype
    expected = skimage.color.rgba2rgb(rgba / top)
    np.testing.assert_allclose(laid / top, expected, atol=0.501 / top if top > 1 else 1e-6)


@pytest.mark.parametrize(
    "function",
    [
        images.to_float, images.to_uint8, images.rgb, images.luma, images.rgb_to_ycbcr,
        images.ycbcr_to_rgb, images.rgb_to_lab,
    ],
)  # fmt: skip
def test_conversions_refuse_what_is_not_an_image(function):
    for wrong in ([[0]], COLOURS[0, 0], COLOURS.astype(np.int16), np.full((2, 2, 3), np.nan)):
        with pytest.raises(ValueError, match=r"^image .*(array|accepted)"):
            function(wrong)


# colour


def test_luma_has_the_values_of_bt601():
    colours = np.array([[[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]], float)
    np.testing.assert_allclose(
        images.luma(colours) * 255, [[16, 235, 81.481, 144.553, 40.966]], rtol=1e-14
    )


def test_luma_is_unrounded_and_agrees_with_skimage():
    photo = images.sample("astronaut")
    luma = images.luma(photo)
    assert luma.dtype == np.float64
    np.testing.assert_allclose(luma * 255, skimage.color.rgb2ycbcr(photo)[..., 0], atol=1e-9)
    assert np.abs(luma * 255 - np.rint(luma * 255)).max() > 0.4


def test_luma_of_grey_is_the_grey_and_of_rgba_what_is_seen():
    np.testing.assert_array_equal(images.luma(COLOURS[..., 0]), COLOURS[..., 0] / 255)
    clear = np.zeros((2, 3, 4))
    np.testing.assert_allclose(images.luma(clear), 235 / 255)


def test_ycbcr_agrees_with_skimage():
    photo = images.sample("coffee")
    np.testing.assert_allclose(
        images.rgb_to_ycbcr(photo) * 255, skimage.color.rgb2ycbcr(photo), atol=1e-9
    )


@given(hnp.arrays(np.float64, (3, 4, 3), elements=unit))
def test_ycbcr_to_rgb_is_the_inverse(colours):
    np.testing.assert_allclose(
        images.ycbcr_to_rgb(images.rgb_to_ycbcr(colours)), colours, atol=1e-12
    )


def all_corners() -> np.ndarray:
    steps = np.linspace(0, 1, 18)
    return np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(18, -1, 3)


def test_lab_agrees_with_skimage():
    cube = all_corners()
    lab, expected = images.rgb_to_lab(cube), skimage.color.rgb2lab(cube)
    # skimage rounds the bounds of Lab's straight part, so that the darkest differ by up to 1e-4
    bright = (skimage.color.rgb2xyz(cube) > 0.0097).all(axis=-1)
    assert bright.mean() > 0.9
    np.testing.assert_allclose(lab[bright], expected[bright], atol=1e-9)
    np.testing.assert_allclose(lab, expected, atol=3e-4)
    np.testing.assert_allclose(images.lab_to_rgb(expected), cube, atol=1e-5)


def test_lab_of_known_colours():
    pixels = np.array([[[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8)
    known = [[[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]]
    np.testing.assert_allclose(images.rgb_to_lab(pixels), known, atol=0.02)


@given(hnp.arrays(np.float64, (3, 4, 3), elements=unit))
def test_lab_to_rgb_is_the_inverse(colours):
    np.testing.assert_allclose(images.lab_to_rgb(images.rgb_to_lab(colours)), colours, atol=1e-6)


def test_lab_clips_what_srgb_cannot_show():
    vivid = images.lab_to_rgb(np.array([[[50.0, 150.0, -150.0]]]))
    assert vivid.min() == 0
    assert vivid.max() == pytest.approx(1)
    overshoot = images.rgb_to_lab(np.array([[[1.2, 1.0, 1.0], [-0.3, 0.0, 0.0]]]))
    np.testing.assert_allclose(overshoot, [[[100, 0, 0], [0, 0, 0]]], atol=0.02)


@pytest.mark.parametrize(
    ("function", "array", "name"),
    [
        (images.rgb_to_ycbcr, COLOURS[..., 0], "image"),
        (images.ycbcr_to_rgb, DEEP, "image"),
        (images.rgb_to_lab, COLOURS[..., 0], "image"),
        (images.lab_to_rgb, np.zeros((4, 4)), "lab"),
    ],
)
def test_colour_spaces_need_three_channels(function, array, name):
    with pytest.raises(ValueError, match=rf"^{name} .*accepted is \(H, W, 3\)"):
        function(array)


def test_lab_to_rgb_needs_floats():
    with pytest.raises(ValueError, match="lab must be a float array"):
        images.lab_to_rgb(COLOURS)


# samples


def test_every_sample_opens_offline_and_is_as_described(monkeypatch):
    def no_network(*args):
        raise AssertionError("a sample asked for the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert len(images.samples()) == 18
    for name in images.samples():
        image, entry = images.sample(name), images.about(name)
        assert type(image) is np.ndarray
        assert image.dtype == np.uint8
        assert image.flags.writeable
        assert image.shape[2:] == ((3,) if entry.colour else ())
        assert entry.name == name
        assert all((entry.title, entry.author, entry.source, entry.licence))
        assert np.ptp(image) > 50
    assert images.sample("chelsea").shape == (300, 451, 3)


def test_the_data_readme_names_every_sample_with_its_licence():
    readme = (Path(__file__).parents[1] / "data" / "README.md").read_text("utf-8")
    for name in images.samples():
        line = next(line for line in readme.splitlines() if line.startswith(f"| `{name}` |"))
        if images.about(name).kind == "photo":
            height, width = images.sample(name).shape[:2]
            assert f"| {width} × {height}, " in line
            assert line.endswith(f"| {images.about(name).licence} |")
    assert "CC BY 4.0" in readme


def test_an_unknown_sample_gets_a_suggestion():
    for function in (images.sample, images.about):
        with pytest.raises(ValueError, match=r"'astronut' is not .* did you mean 'astronaut'"):
            function("astronut")
    with pytest.raises(ValueError, match="accepted are astronaut, "):
        images.sample("qqqqq")


CHARTS = [name for name in images.samples() if images.about(name).kind == "chart"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_same_each_time_and_the_callers_own(name):
    first = images.sample(name)
    assert first.shape == (256, 256)
    again = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(images.sample(name), again)


def test_the_zone_plate_has_its_frequencies_where_it_says():
    chart = images.sample("zone_plate")
    np.testing.assert_array_equal(chart, chart[::-1, ::-1])
    np.testing.assert_array_equal(chart, chart.T)
    above = chart[128, 128:] > 127
    for radius in (32, 64, 128):  # the frequency grows evenly, to 0.4 cycles a pixel at 128
        cycles = 0.4 * radius / 128 * radius / 2
        crossings = (above[1:radius] != above[: radius - 1]).sum()
        assert crossings == round(2 * cycles)


def test_the_siemens_star_has_36_pairs_and_melts_in_the_centre():
    star = images.sample("siemens_star")
    angles = np.radians(np.arange(0, 360, 0.25) + 0.1)
    for radius in (60, 110):
        columns = np.rint(127.5 + radius * np.cos(angles)).astype(int)
        rows = np.rint(127.5 + radius * np.sin(angles)).astype(int)
        white = star[rows, columns] > 127
        assert (white & ~np.roll(white, 1)).sum() == 36
    assert np.ptp(star[124:132, 124:132].astype(int)) < 110
    assert star[124:132, 124:132].mean() == pytest.approx(127.5, abs=8)


def test_the_slanted_edge_leans_by_five_degrees():
    edge = images.sample("slanted_edge")
    assert (edge.min(), edge.max()) == (51, 204)
    position = (204.0 - edge).sum(axis=1) / (204 - 51)  # the dark width of each row
    slope, middle = np.polyfit(np.arange(256) - 127.5, position, 1)
    assert np.degrees(np.arctan(slope)) == pytest.approx(5, abs=0.02)
    assert middle == pytest.approx(128, abs=0.05)


def test_the_small_text_has_eleven_lines_with_clear_margins():
    ink = 255 - images.sample("small_text").astype(int)
    written = ink.max(axis=1) > 60
    assert (np.diff(written.astype(int)) == 1).sum() == 11
    assert ink[:4].sum() == ink[-4:].sum() == ink[:, :4].sum() == ink[:, -4:].sum() == 0
    assert len(np.unique(ink)) > 30  # antialiased


# the room


def test_spread_colour_takes_the_nearest_visible():
    image = np.zeros((1, 7, 4), np.uint8)
    image[0, 1] = 10, 20, 30, 1
    image[0, 6] = 70, 80, 90, 255
    out = images.spread_colour(image)
    np.testing.assert_array_equal(out[0, :, 0], [10, 10, 10, 10, 70, 70, 70])
    np.testing.assert_array_equal(out[..., 3], image[..., 3])
    assert image[0, 0, 0] == 0
    hidden = np.zeros((2, 2, 4), np.uint8)
    np.testing.assert_array_equal(images.spread_colour(hidden), hidden)
    with pytest.raises(ValueError, match=r"image has shape \(2, 2, 3\); accepted is \(H, W, 4\)"):
        images.spread_colour(hidden[..., :3])


def test_the_room_needs_only_numpy_and_pillow():
    code = """
import sys
for name in ("skimage", "scipy", "av", "tifffile", "torch", "matplotlib"):
    sys.modules[name] = None
from srcourse import images
import io, tempfile, pathlib
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "a.jpg"
    images.save(path, images.sample("small_text"))
    print(images.luma(images.load(path)).shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "(256, 256)", done.stderr


# Folders


def test_the_pictures_of_a_folder_are_files_that_are_not_hidden(tmp_path):
    for name in ("b.png", "deep/a.PNG", "album.png/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        images.save(tmp_path / name, images.sample("camera")[:9])
    (tmp_path / "._b.png").write_bytes(b"notes")
    (tmp_path / "notes.txt").write_text("notes")
    found = [str(file.relative_to(tmp_path)) for file in images.picture_files([tmp_path])]
    assert found == ["album.png/c.jpg", "b.png", "deep/a.PNG"]
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "._b.png").write_bytes(b"notes")
    with pytest.raises(ValueError, match="empty holds no picture"):
        images.picture_files([tmp_path / "empty"])
