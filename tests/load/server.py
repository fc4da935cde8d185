"""A real `srcourse serve` on a free port, in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

COMMAND = [sys.executable, "-c", "from srcourse.cli import app; app()", "serve", "--port", "0"]


@dataclass
class Server:
    """A running server. folder: where it may write; log: what it says on stderr."""

    url: str
    process: subprocess.Popen
    folder: Path
    log: Path

    def client(self) -> httpx.Client:
        # Not a word is encrypted; making ready for that would take longer than a request.
        return httpx.Client(base_url=self.url, timeout=60, verify=False)

    def bytes(self) -> int:
        """Resident memory of it and its helpers; what they share counts for each."""
        own = psutil.Process(self.process.pid)
        return sum(_resident(process) for process in [own, *own.children(recursive=True)])

    def helpers(self) -> set[int]:
        """The process ids of all that it started."""
        return {p.pid for p in psutil.Process(self.process.pid).children(recursive=True)}

    def settled(self) -> int:
        """The same, once it no longer changes: helpers that have just begun have loaded all."""
        before = -1
        while abs((now := self.bytes()) - before) > 2**20:
            before = now
            time.sleep(0.5)
        return now


@contextmanager
def serving(folder: Path, *options: object) -> Iterator[Server]:
    """`srcourse serve` with `options`; ended by SIGTERM if it has not ended itself."""
    log = folder / "serve.log"
    with log.open("w") as err:
        process = subprocess.Popen(
            [*COMMAND, *map(str, options)],
            env=os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.match(r"(http://\S+:\d+)/", line)
            assert found, f"it said {line!r} and {log.read_text()!r}"
            server = Server(found[1], process, folder, log)
            with server.client() as client:  # waits: the socket listens already
                client.get("/health").raise_for_status()
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:  # it was just replaced
        return 0
