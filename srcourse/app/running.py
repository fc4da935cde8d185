"""The server, until Ctrl-C."""

import os
import socket
from contextlib import suppress
from types import FrameType

import uvicorn

from srcourse.app.api import create
from srcourse.app.settings import Settings

_GRACE = 5  # seconds in which the answers that have begun may be sent


def run(settings: Settings, listening: socket.socket) -> None:
    """Serve on the socket `listening` until Ctrl-C or SIGTERM; work that is not done is dropped."""
    # A thread that waits for another must not spin: with more threads than free cores that made
    # small pictures ten times slower. Read by the helpers, where torch's threads are.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    app = create(settings)
    config = uvicorn.Config(
        app,
        http="h11",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config)
    with suppress(KeyboardInterrupt):  # which uvicorn hands on once it has closed everything
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """One whose open requests do not hold its end up."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        jobs = getattr(self.config.app.state, "jobs", None)  # type: ignore[union-attr]
        if jobs is not None:
            jobs.stop()
        super().handle_exit(sig, frame)
