"""Get a data set by name: from its authors, a mirror, or a folder of the learner's."""

import os
import shutil
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from srcourse.datasets import checksums
from srcourse.datasets.archives import unpack
from srcourse.datasets.sources import Source, find, sources

ARCHIVES = "archives"  # in the cache; may be deleted once the pictures are there
_ELSEWHERE = "--from takes a mirror's address, or a folder that holds the archive or its pictures"


def cache_folder(to: Path | str | None = None) -> Path:
    """Where data sets lie: `to`, else what SRCOURSE_DATA names, else the system's cache."""
    import pooch

    chosen = to or os.environ.get("SRCOURSE_DATA") or pooch.os_cache("srcourse")
    return Path(chosen).expanduser().absolute()


def get(
    name: str, place: str | None = None, to: Path | str | None = None, force: bool = False
) -> Path:
    """The folder with the pictures of data set `name`; fetched unless it is there already.

    place: instead of the authors' address a mirror's (of the archive, or of the folder above it),
    or a local archive, folder with the archive, or unpacked folder. to: instead of the cache.
    force: fetch it again, and accept an archive that has changed.

    Nothing is kept of a download that fails or is interrupted. Raises ValueError for an unknown
    name; for an address or folder that there is not, or that holds none of the set, or, where the
    set's pictures are told by their folders, not all (else `listing` tells how many there are);
    for an archive with another sha256 than it first had; for a cache that cannot be written.
    """
    source = find(name)
    cache = cache_folder(to)
    target = cache / source.name
    if target.is_dir() and not force:
        return target
    origin = _origin(source, place)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".part-", dir=cache) as part:
            pictures = Path(part) / source.name
            pictures.mkdir()
            if isinstance(origin, Path) and origin.is_dir():
                _copy(source, origin, pictures)
                _check_whole(source, origin, pictures)
            else:
                _from_archive(source, origin, pictures, cache, force)
            _swap(pictures, target, Path(part) / "before")
    except OSError as error:
        reason = error.strerror or error
        raise ValueError(f"{source.name} could not be put into {cache}: {reason}") from error
    return target


def listing(cache: Path) -> str:
    """What can be had by name, and what of it lies in `cache`, as lines of text."""
    rows = [("name", "here", "pictures", "download", "what; terms")]
    for s in sources():
        size = f"{s.megabytes} MB" if s.megabytes else "size unknown"
        rows.append(
            (
                s.name,
                _here(s, cache / s.name),
                f"{s.pictures:,}",
                size if s.address else "only --from",
                f"{s.what}; terms: {s.terms}",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:{a}{w}}" for cell, a, w in zip(row, "<<>><", widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _here(source: Source, pictures: Path) -> str:
    if not pictures.is_dir():
        return "no"
    found, whole, _ = _count(source, pictures)
    return "yes" if found == whole else f"{found:,}"


def _origin(source: Source, place: str | None) -> str | Path:
    """The address of an archive, or the local archive or folder, that was asked for."""
    if place is None:
        if not source.address:
            raise ValueError(
                f"{source.name} has no address that we can vouch for (terms: {source.terms}); "
                "once you have it, --from takes its archive or its folder"
            )
        return source.address
    if place.startswith(("http://", "https://")):
        if PurePosixPath(urlsplit(place).path).name.endswith((".zip", ".tar", ".tgz", ".tar.gz")):
            return place
        if source.archive:
            return f"{place.rstrip('/')}/{source.archive}"
        raise ValueError(f"from is {place}; for {source.name} it must end in the archive's name")
    path = Path(place).expanduser()
    if source.archive and (path / source.archive).is_file():
        return path / source.archive
    if not path.exists():
        raise ValueError(f"from is {place}, which is no folder, archive or http address")
    return path


def _copy(source: Source, folder: Path, pictures: Path) -> None:
    """Copy the set's pictures from an unpacked folder."""
    for file in sorted(folder.resolve().rglob("*")):
        # What the folder itself is called may tell too: it may be DIV2K_train_HR.
        place = source.place_of(file if source.folders else file.relative_to(folder.resolve()))
        if place and file.is_file():
            (pictures / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, pictures / place)


def _from_archive(
    source: Source, origin: str | Path, pictures: Path, cache: Path, force: bool
) -> None:
    """Unpack the set's pictures, and keep an archive that was downloaded for it, and its sha256."""
    import pooch

    name = origin.name if isinstance(origin, Path) else PurePosixPath(urlsplit(origin).path).name
    if name != source.archive:
        name = f"{source.name}-{name}"  # others may call theirs images.zip too
    entry = checksums.read(cache).get(name)
    kept = cache / ARCHIVES / name
    if isinstance(origin, Path):
        archive, digest = origin, pooch.file_hash(str(origin))
    elif entry and not force and kept.is_file() and pooch.file_hash(str(kept)) == entry["sha256"]:
        archive, digest = kept, entry["sha256"]
    else:
        archive = pictures.parent / name
        _download(origin, archive)
        digest = pooch.file_hash(str(archive))
    if not force:
        checksums.check(entry, name, digest, str(origin))
    unpack(archive, pictures, source.place_of)
    _check_whole(source, origin, pictures)
    if entry is None or entry["sha256"] != digest:
        checksums.write(cache, name, digest, str(origin))
    if archive not in (origin, kept):
        kept.parent.mkdir(exist_ok=True)
        archive.replace(kept)


def _download(address: str, file: Path) -> None:
    import pooch
    from requests import exceptions
    from tqdm import tqdm

    try:
        with tqdm(
            desc=file.name, total=1, unit="B", unit_scale=True, leave=False, disable=None
        ) as bar:
            pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16)(address, str(file), None)
    except exceptions.HTTPError as error:
        raise ValueError(f"{error}; {_ELSEWHERE}") from error  # such as 404, with the address
    except exceptions.ChunkedEncodingError as error:
        raise ValueError(f"the download of {address} broke off; try it again") from error
    except (exceptions.ConnectionError, exceptions.Timeout) as error:
        host = urlsplit(address).netloc
        raise ValueError(f"{host} cannot be reached, for {file.name}; {_ELSEWHERE}") from error
    except exceptions.RequestException as error:
        raise ValueError(f"{address} cannot be downloaded: {error}") from error


def _check_whole(source: Source, origin: str | Path, pictures: Path) -> None:
    """Raises ValueError where none is there, or where it is told by folders which they are and not
    all are there. Others may come from a mirror that left some out."""
    found, whole, kind = _count(source, pictures)
    if not found or (source.folders and found != whole):
        where = f", looked for in {' and '.join(source.folders)}" if source.folders else ""
        raise ValueError(f"{origin} holds {found} of the {whole:,} {kind} of {source.name}{where}")


def _count(source: Source, pictures: Path) -> tuple[int, int, str]:
    """How many of the set are in the folder `pictures`, of how many, and what is counted."""
    found = sum(file.is_file() for file in pictures.rglob("*"))
    if source.files:
        return found, len(source.files), "files"
    return found, source.pictures, "pictures"


def _swap(new: Path, target: Path, aside: Path) -> None:
    """Put a folder in the place of another, which stays if that fails."""
    if target.exists():
        target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        if aside.exists():
            aside.rename(target)
        raise
