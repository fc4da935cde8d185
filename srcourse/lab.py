"""The learner's own copy of the lessons, and JupyterLab on it."""

import json
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from srcourse import shipped

START = "00_start_here.ipynb"
RECORD = ".srcourse-lessons.json"  # in the learner's folder: lesson → sha256 of what was copied


@dataclass(frozen=True)
class Copied:
    """What `copy_lessons` did, by file name.

    added: lessons that were not there. updated: untouched ones that the course has changed since.
    kept: the learner's own, left alone; of these, newer: the course has another version, and
    refreshed: that version has been written beside, under these names.
    """

    folder: Path
    added: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]
    newer: tuple[str, ...]
    refreshed: tuple[str, ...]


def lessons() -> dict[str, Path]:
    """The lessons that ship, by file name and in the course's order.

    Raises FileNotFoundError where the installation has none.
    """
    folder = shipped.folder("notebooks")
    found = {file.name: file for file in sorted(folder.glob("*.ipynb"))}
    if not found:
        raise FileNotFoundError("the course's lessons are missing; install srcourse again")
    return found


def copy_lessons(folder: Path | str, refresh: Iterable[str] = ()) -> Copied:
    """Bring the learner's `folder` up to date with the lessons that ship.

    A lesson that the learner changed, and any other file found there, is never written to. One that
    the learner deleted comes back. `refresh` names lessons (``"03_convolution"``) whose shipped
    version is to be written beside a changed one, as ``03_convolution.new.ipynb`` or, where that
    name is taken, ``.new2`` and so on.

    Raises ValueError for an unknown lesson, and for a folder that is a file, that cannot be written
    to or that lies in the course's own notebooks.
    """
    source = lessons()
    wanted = {_named(name, source) for name in refresh}
    folder = _usable(Path(folder))
    record = _read_record(folder)
    added, updated, kept, newer, refreshed = [], [], [], [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in source.items():
            target, content = folder / name, file.read_bytes()
            now = sha256(content).hexdigest()
            if not os.path.lexists(target):
                added.append(name)
                _write(target, content)
            elif (theirs := _hash(target)) == now:
                pass
            elif theirs is not None and theirs == record.get(name):
                updated.append(name)
                _write(target, content)
            else:
                kept.append(name)
                if name in wanted:
                    refreshed.append(_write_beside(target, content))
                elif record.get(name) != now:
                    newer.append(name)
                    continue  # it is offered again next time
            if record.get(name) != now:
                record[name] = now
                _write(folder / RECORD, json.dumps(record, indent=1).encode())
    except OSError as error:
        raise ValueError(
            f"folder is {str(folder)!r}, which cannot be written to ({error.strerror}); "
            "name a folder of your own"
        ) from error
    return Copied(folder, *map(tuple, (added, updated, kept, newer, refreshed)))


def open_lab(folder: Path, port: int | None = None, browser: bool = True) -> None:
    """Run JupyterLab on `folder` at lesson 00 until Ctrl-C; it asks the network for nothing.

    port: where the browser finds it, 1 to 65535; the next free one from 8888 where not given.
    It runs in this process, so that whatever ends the command ends the server too.
    Raises ValueError for a port out of range.
    """
    arguments = _arguments(folder, port, browser)
    # No question about news on the first visit. Only a configuration folder can say so.
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    mine = str(Path(__file__).parent / "jupyter")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([mine, others] if others else [mine])
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)


def check_port(port: int | None) -> None:
    """Raises ValueError unless `port` is one that a server can be asked to listen on, and free."""
    if port is None:
        return
    if not 1 <= port <= 65535:
        raise ValueError(f"port is {port}; it must be from 1 to 65535")
    with socket.socket() as caller:
        caller.settimeout(1)
        if caller.connect_ex(("localhost", port)) == 0:
            raise ValueError(
                f"port is {port}, which another program uses; leave it out or change it"
            )


def _arguments(folder: Path, port: int | None, browser: bool) -> list[str]:
    check_port(port)
    return [
        f"--ServerApp.root_dir={Path(folder).resolve()}",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.answer_yes=True",  # one Ctrl-C ends it, without a question
        "--Application.log_level=WARN",  # what a learner needs to see is the address
        "--allow-root",  # who works in a container often is; it listens on this machine only
        *([] if port is None else [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]),
        *([] if browser else ["--no-browser"]),
    ]


def _named(name: str, source: dict[str, Path]) -> str:
    """The lesson meant by `name`: a file name, a path, without its ending, or its number."""
    asked = Path(name).name.removesuffix(".ipynb")
    stems = {Path(lesson).stem: lesson for lesson in source}
    for stem, lesson in stems.items():
        if asked in (stem, stem.partition("_")[0]):
            return lesson
    near = get_close_matches(asked, stems, 1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else ";"
    raise ValueError(f"refresh is {name!r}{hint} the lessons are: {', '.join(stems)}")


def _usable(folder: Path) -> Path:
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"folder is {str(folder)!r}, which is a file; name a folder")
    if folder.is_relative_to(shipped.folder("notebooks").resolve()):
        raise ValueError(
            f"folder is {str(folder)!r}, which is the course's own; name another, for your copy"
        )
    return folder


def _read_record(folder: Path) -> dict[str, str]:
    # A record that is lost or damaged only means that more counts as the learner's own.
    try:
        record = json.loads((folder / RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _hash(file: Path) -> str | None:
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f".{file.name.lstrip('.')}.part")
    try:
        part.write_bytes(content)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _write_beside(lesson: Path, content: bytes) -> str:
    """Write the new version under the first free name, or find it already there."""
    number = 1
    while True:
        suffix = f".new{number if number > 1 else ''}.ipynb"
        beside = lesson.with_name(lesson.stem + suffix)
        if not os.path.lexists(beside):
            _write(beside, content)
            return beside.name
        if _hash(beside) == sha256(content).hexdigest():
            return beside.name
        number += 1
