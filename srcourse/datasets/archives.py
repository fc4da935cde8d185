"""Unpack the pictures of an archive, and nothing outside the folder they are meant for."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from gzip import BadGzipFile
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from tqdm import tqdm

_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    RuntimeError,  # zipfile's, for a password or a compression that it does not know
)


def unpack(archive: Path, into: Path, place_of: Callable[[PurePath], PurePath | None]) -> None:
    """Unpack a .zip or .tar (.gz, .bz2, .xz) into the folder `into`.

    place_of: for a file's path in the archive its path in `into`, or None to leave it out.
    Raises ValueError for an archive that is damaged, or that names a path outside its own folder.
    """
    try:
        if zipfile.is_zipfile(archive):
            _unzip(archive, into, place_of)
        else:
            _untar(archive, into, place_of)
    except _DAMAGE:
        raise ValueError(f"{archive.name} is damaged, or is no .zip or .tar archive") from None


def _unzip(archive: Path, into: Path, place_of: Callable) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in tqdm(opened.infolist(), "unpacking", unit="file", leave=False, disable=None):
            place = place_of(_safe(member.filename))
            if place and not member.is_dir():
                member.filename = place.as_posix()
                opened.extract(member, into)


def _untar(archive: Path, into: Path, place_of: Callable) -> None:
    with tarfile.open(archive) as opened:
        for member in tqdm(opened, "unpacking", unit="file", leave=False, disable=None):
            place = place_of(_safe(member.name))
            if place and member.isfile():
                opened.extract(member.replace(name=place.as_posix()), into, filter="data")


def _safe(name: str) -> PurePosixPath:
    path = PureWindowsPath(name)  # it knows both kinds of slash, and drives
    if path.anchor or ".." in path.parts:
        raise ValueError(f"the archive holds {name!r}, a path outside its own folder; refused")
    return PurePosixPath(name)
