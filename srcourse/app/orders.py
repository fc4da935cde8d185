"""From a request's body to an order that can be worked on. Runs in a helper process.

All of it happens outside the server's own process: a body of many megabytes holds Python up for
seconds, and the header of a file that a stranger made is read by libraries in C.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from pydantic import ValidationError

from srcourse.app.catalogue import find
from srcourse.app.messages import JobRequest, Kind, Request
from srcourse.app.processes import Tell
from srcourse.app.refused import Refused, sentence
from srcourse.app.settings import Settings

_PICTURES = ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
ENDINGS = {"picture": ".png", "video": ".mp4"}
_HEIF = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis")


@dataclass(frozen=True)
class Order:
    """What is to be done: name and scale are the model's, MODEL is what the request called it."""

    kind: Kind
    name: str
    scale: int
    MODEL: str
    FILENAME: str


def take(body: Path, data: Path, kind: Kind | None, settings: Settings, tell: Tell) -> Order:
    """Check the JSON in `body` and write the file that it brings to `data`.

    kind: what is expected; None where the request says it. tell: hears nothing, as this is quick.
    Raises Refused.
    """
    request = _parsed(body.read_bytes(), JobRequest if kind is None else Request)
    asked: Kind = request.KIND if isinstance(request, JobRequest) else kind or "picture"
    name, scale = find(request.MODEL, request.SCALE)
    file = _decoded(request.DATA)
    if len(file) > settings.bytes:
        raise Refused(413, f"DATA is {len(file)} bytes; accepted are {settings.bytes}")
    (_check_picture if asked == "picture" else _check_video)(file, scale, settings)
    data.write_bytes(file)
    return Order(asked, name, scale, request.MODEL, renamed(request.FILENAME, asked))


def renamed(name: str, kind: Kind) -> str:
    """What the answer is called: the last part of `name`, with the ending of a PNG or an MP4.

    It is only ever told to the client, who may save the file under it: so it holds no folder, and
    nothing that cannot be printed.
    """
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rpartition(".")[0] or last
    stem = "".join(c for c in stem if c.isprintable() and c not in '<>:"|?*').strip(" .")
    return (stem or kind) + ENDINGS[kind]


def _parsed(body: bytes, message: type[Request]) -> Request:
    try:
        return message.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    field = first["loc"][0] if first["loc"] else None
    fields = ", ".join(message.model_fields)
    if first["type"] == "json_invalid":
        raise Refused(400, f"the body is not JSON: {first['ctx']['error']}")
    if field is None:
        raise Refused(422, f"the body is not a JSON object; its fields are {fields}")
    if first["type"] == "missing":
        raise Refused(422, f"{field} is missing; the fields are {fields}")
    if first["type"] == "extra_forbidden":
        raise Refused(422, f"{str(field)[:60]!r} is not a field; the fields are {fields}")
    raise Refused(422, f"{field}: {first['msg'][0].lower()}{first['msg'][1:]}")


def _decoded(text: str) -> bytes:
    if text.startswith("data:"):
        raise Refused(422, "DATA begins with 'data:'; send only what follows the comma")
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Refused(
            422, "DATA is not base64, or is cut; accepted are A–Z, a–z, 0–9, + and /, padded by ="
        ) from None


def _check_picture(file: bytes, scale: int, settings: Settings) -> None:
    size = _picture_size(file)
    if size is None:
        if _is_video(file):
            raise Refused(422, "DATA is a video; pictures are PNG, JPEG, WebP, TIFF and BMP")
        raise Refused(422, "DATA is not a picture; accepted are PNG, JPEG, WebP, TIFF and BMP")
    width, height = size
    if not width or not height:
        raise Refused(422, "DATA is a picture without pixels")
    most = min(settings.pixels, settings.enlarged // scale**2)
    if width * height > most:
        raise Refused(
            413, f"the picture has {width}×{height} pixels; at scale {scale} {most} are accepted"
        )


def _check_video(file: bytes, scale: int, settings: Settings) -> None:
    if _picture_size(file) is not None:
        raise Refused(422, "DATA is a picture; videos are MP4, MOV, Matroska, WebM and AVI")
    from srcourse.video import probe

    try:
        facts = probe(BytesIO(file))
    except (ValueError, OSError) as error:
        raise Refused(422, sentence(error)) from None
    most = settings.frame // scale**2
    if facts.width * facts.height > most:
        raise Refused(
            413,
            f"the video has {facts.width}×{facts.height} pixels; at scale {scale} {most} "
            "are accepted",
        )
    if facts.frames is not None and facts.frames > settings.frames:
        raise Refused(413, f"the video has {facts.frames} frames; accepted are {settings.frames}")
    if facts.seconds is not None and facts.seconds > settings.seconds:
        raise Refused(
            413, f"the video lasts {facts.seconds:.1f} s; accepted are {settings.seconds:g} s"
        )


def _picture_size(file: bytes) -> tuple[int, int] | None:
    """Width and height by the header; nothing is decoded. None for what is no picture."""
    try:
        return Image.open(BytesIO(file), formats=_PICTURES).size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(413, "the picture is far too large; GET /limits says what is accepted") from (
            None
        )
    except Exception:  # Pillow raises a dozen types on damaged files
        return None


def _is_video(file: bytes) -> bool:
    mp4 = file[4:8] == b"ftyp" and file[8:12] not in _HEIF
    return mp4 or file[:4] == b"\x1aE\xdf\xa3" or (file[:4] == b"RIFF" and file[8:12] == b"AVI ")
