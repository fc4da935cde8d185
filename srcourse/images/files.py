"""Picture files in and out, without losing depth, transparency or orientation on the way."""

import os
import struct
import warnings
import zlib
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from .arrays import Array, check_range, to_uint8

Source = str | os.PathLike[str] | bytes | BinaryIO

MAX_PIXELS = 175_000_000
"""The largest picture that `load` decodes; Pillow itself refuses a little above it."""

_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
_READABLE = "PNG, JPEG, WebP, TIFF and BMP"
_OPAQUE = ("JPEG", "BMP")
_DEEP = ("PNG", "TIFF")

_ORIENTATION = 0x0112  # these four are EXIF's and TIFF's tag numbers
_BITS_PER_SAMPLE = 258
_SAMPLE_FORMAT = 339
_UNSIGNED = 1
_SPACE = slice(16, 20)  # of an ICC profile's header: its colour space
_PNG_HEAD = 8 + 25  # the signature and the IHDR chunk, which is always first


def load(source: Source) -> Array:
    """Read a picture from a path, from bytes or from a binary file: PNG, JPEG, WebP, TIFF, BMP.

    Returns uint8, or uint16 for a 16-bit PNG or TIFF: ``(H, W)``, ``(H, W, 3)`` or
    ``(H, W, 4)``. Black-and-white becomes 0 and 255; palettes and CMYK become RGB; grey with
    transparency becomes RGBA. The EXIF orientation is applied, colour profiles are not. Of
    several frames or pages the first is read.

    Raises FileNotFoundError where there is no such file, and ValueError for what is not a
    picture, is damaged or incomplete, has a pixel format other than these, or has more than
    `MAX_PIXELS` pixels by its header (nothing is decoded then).
    """
    name, data = _read(source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's: a big picture, an odd tag
        try:
            picture = Image.open(BytesIO(data), formats=sorted(set(_FORMATS.values())))
            too_large = picture.width * picture.height > MAX_PIXELS
        except UnidentifiedImageError:
            raise ValueError(f"{name} is not a picture; accepted are {_READABLE}") from None
        except Image.DecompressionBombError:
            too_large = True
        except Exception as error:  # Pillow raises a dozen types on damaged files
            raise ValueError(f"{name} is a damaged picture: {error}") from error
        if too_large:
            raise ValueError(
                f"{name} is too large a picture: accepted are at most "
                f"{MAX_PIXELS // 1_000_000} million pixels"
            )
        try:
            if _is_16_bit(picture, data):
                return _deep(picture, data)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return np.array(upright.convert(_mode(upright)))
        except Exception as error:
            raise ValueError(f"{name} cannot be decoded: {error}") from error


def icc_profile(source: Source) -> bytes | None:
    """The colour profile (ICC) that a picture file carries, if it fits what `load` makes of it.

    None where there is none, and for a profile of CMYK or of another space that is converted.
    Raises as `load` does for what is not a picture.
    """
    name, data = _read(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(BytesIO(data), formats=sorted(set(_FORMATS.values())))
            profile = picture.info.get("icc_profile")
            grey = picture.mode.startswith("I;16") or _mode(picture) == "L"
    except Exception as error:
        raise ValueError(f"{name} is not a picture, or damaged: {error}") from None
    return profile if profile and profile[_SPACE] == (b"GRAY" if grey else b"RGB ") else None


def save(
    path: str | os.PathLike[str], image: Array, *, quality: int = 95, icc: bytes | None = None
) -> None:
    """Write `image` in the format that the suffix of `path` names: .png, .jpg, .jpeg, .webp,
    .tif, .tiff or .bmp.

    Floats are clipped to [0, 1] and rounded to 8 bits. uint16 stays so in PNG and TIFF, and is
    rounded to 8 bits elsewhere. `quality`, 1 to 100, is that of JPEG and WebP. `icc` is the
    colour profile to carry, which a BMP cannot. The file is written beside and then renamed: an
    interrupted write leaves an older file as it was.

    Raises FileNotFoundError where the folder does not exist, and ValueError for an unknown
    suffix, for an array that is not an image (as `check_range` does), for transparency in a JPEG or
    BMP, for a quality out of range and for a size that the format cannot hold.
    """
    path = Path(path)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise ValueError(
            f"path {str(path)!r} has the suffix {path.suffix!r}; accepted are {', '.join(_FORMATS)}"
        )
    check_range(image)
    if image.ndim == 3 and image.shape[2] == 4 and form in _OPAQUE:
        raise ValueError(
            f"image has transparency, which {form} cannot keep; PNG, WebP and TIFF keep it"
        )
    if not 1 <= quality <= 100:
        raise ValueError(f"quality is {quality}; accepted are 1 to 100")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path {str(path)!r}: there is no folder {str(path.parent)!r}")
    data = _encode(image, form, quality, icc)
    beside = path.with_name(f".{uuid4().hex}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _read(source: Source) -> tuple[str, bytes]:
    """What to call the source in a message, and its bytes."""
    name = "source"
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        name = f"source {str(path)!r}"
        if path.is_dir():
            raise ValueError(f"{name} is a folder; accepted is a picture file")
        if not path.exists():
            raise FileNotFoundError(f"{name}: there is no such file")
        data = path.read_bytes()
    elif hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise ValueError("source is a file opened as text; accepted is a binary file ('rb')")
    else:
        raise ValueError(
            f"source is of type {type(source).__name__}; accepted are a path, bytes and a "
            "binary file"
        )
    if not data:
        raise ValueError(f"{name} is empty; accepted are {_READABLE}")
    return name, data


def _mode(picture: Image.Image) -> str:
    """The Pillow mode to convert an 8-bit picture to."""
    if picture.has_transparency_data:
        return "RGBA"
    if picture.mode in ("1", "L"):
        return "L"
    if picture.mode in ("P", "RGB", "CMYK", "YCbCr"):
        return "RGB"
    raise ValueError(f"its pixel format is {picture.mode}; save it as 8- or 16-bit grey or RGB")


def _is_16_bit(picture: Image.Image, data: bytes) -> bool:
    if picture.format == "PNG":
        return data[24] == 16  # the bit depth in the IHDR chunk, which is always first
    if picture.format == "TIFF":
        tags: Any = picture.tag_v2  # type: ignore[attr-defined]
        depths, formats = tags.get(_BITS_PER_SAMPLE, ()), tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))
        return set(depths) == {16} and set(formats) == {_UNSIGNED}
    return False


def _deep(picture: Image.Image, data: bytes) -> NDArray[np.uint16]:
    """Decode 16 bits per channel, which Pillow would reduce to 8 for colour."""
    orientation = picture.getexif().get(_ORIENTATION, 1)
    picture.load()  # reports damage, which the decoders below may pass over
    image = _decode_ffmpeg(data, "png") if picture.format == "PNG" else _decode_tiff(data)
    if image.shape[2] == 1:
        image = image[..., 0]
    elif image.shape[2] == 2:
        image = image[..., [0, 0, 0, 1]]
    return np.ascontiguousarray(_upright(image, orientation), dtype=np.uint16)


def _upright(image: Array, orientation: int) -> Array:
    """Undo the camera's orientation (EXIF 2.32, tag 0x0112)."""
    if orientation in (5, 6, 7, 8):
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return image


def _decode_ffmpeg(data: bytes, codec: str) -> Array:
    """The 16-bit samples, (H, W, C)."""
    import av

    context = av.CodecContext.create(codec, "r")
    frame: Any = [*context.decode(av.Packet(data)), *context.decode(None)][0]  # type: ignore
    channels = len(frame.format.components)
    order = ">u2" if frame.format.name.endswith("be") else "<u2"
    rows = np.frombuffer(frame.planes[0], order).reshape(frame.height, -1)
    return rows[:, : frame.width * channels].reshape(frame.height, frame.width, channels)


def _decode_tiff(data: bytes) -> Array:
    """The 16-bit samples, (H, W, C)."""
    import tifffile
    from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, PLANARCONFIG

    with tifffile.TiffFile(BytesIO(data)) as file:
        page: Any = file.pages[0]
        if page.photometric not in (
            PHOTOMETRIC.MINISBLACK,
            PHOTOMETRIC.MINISWHITE,
            PHOTOMETRIC.RGB,
        ):
            raise ValueError(f"16-bit {page.photometric.name} is not read; save it as RGB")
        if EXTRASAMPLE.ASSOCALPHA in page.extrasamples:
            raise ValueError("16-bit premultiplied alpha is not read; save it with straight alpha")
        striped = not page.is_tiled and page.planarconfig == PLANARCONFIG.CONTIG
        if page.compression == COMPRESSION.LZW and striped:
            # tifffile would need one package more; FFmpeg also turns white-is-zero round
            return _decode_ffmpeg(data, "tiff")
        # planes, depth, height, width, channels: of planes and channels one is single
        image = np.moveaxis(page.asarray().reshape(page.shaped)[:, 0], 0, -1)
        image = image.reshape(*image.shape[:2], -1)
        return 65535 - image if page.photometric == PHOTOMETRIC.MINISWHITE else image


def _encode(image: Array, form: str, quality: int, icc: bytes | None) -> bytes:
    if image.dtype == np.uint16 and form in _DEEP:
        return _encode_png(image, icc) if form == "PNG" else _encode_tiff(image, icc)
    options: dict[str, Any] = {"quality": quality} if form in ("JPEG", "WEBP") else {}
    if icc and form != "BMP":
        options["icc_profile"] = icc
    file = BytesIO()
    try:
        Image.fromarray(to_uint8(image)).save(file, form, **options)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"image of shape {image.shape} cannot be written as {form}: {error}"
        ) from error
    return file.getvalue()


def _encode_png(image: Array, icc: bytes | None) -> bytes:
    import av

    layout = "gray16be" if image.ndim == 2 else {3: "rgb48be", 4: "rgba64be"}[image.shape[2]]
    context: Any = av.CodecContext.create("png", "w")
    context.height, context.width = image.shape[:2]
    context.pix_fmt, context.time_base = layout, Fraction(1)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format=layout)
    frame.pts = 0
    data = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    return data[:_PNG_HEAD] + _png_profile(icc) + data[_PNG_HEAD:] if icc else data


def _png_profile(icc: bytes) -> bytes:
    """The iCCP chunk (PNG specification, 11.3.2.3), which FFmpeg does not write."""
    body = b"iCCP" + b"icc\0\0" + zlib.compress(icc)
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _encode_tiff(image: Array, icc: bytes | None) -> bytes:
    import tifffile

    file = BytesIO()
    tifffile.imwrite(
        file,
        image,
        photometric="minisblack" if image.ndim == 2 else "rgb",
        extrasamples=["unassalpha"] if image.shape[2:] == (4,) else None,
        compression="zlib",
        metadata=None,
        iccprofile=icc,
    )
    return file.getvalue()
