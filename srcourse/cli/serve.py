"""The application, served."""

import socket
from ipaddress import ip_address
from typing import Annotated

import typer

from srcourse.cli.command import command


@command
def serve(
    host: Annotated[str, typer.Option(help="whom it listens to; 0.0.0.0: the network")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, help="files in work at one time; by cores and memory")
    ] = None,
    queue: Annotated[int | None, typer.Option(min=1, help="files that may wait")] = None,
    megabytes: Annotated[int | None, typer.Option(min=1, help="of a file")] = None,
    megapixels: Annotated[int | None, typer.Option(min=1, help="of a picture, as sent")] = None,
    enlarged: Annotated[
        int | None, typer.Option(min=1, help="megapixels of a picture, as answered")
    ] = None,
    frames: Annotated[int | None, typer.Option(min=1, help="of a video")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="of a video")] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="a name that the server is asked by, behind a proxy; may be repeated"),
    ] = None,
) -> None:
    """The application: enhance pictures and videos in a browser, or by program; Ctrl-C ends it."""
    from srcourse.app import Settings
    from srcourse.app.running import run

    million = 1_000_000
    given = {
        "workers": workers,
        "queue": queue,
        "bytes": megabytes and megabytes * million,
        "pixels": megapixels and megapixels * million,
        "enlarged": enlarged and enlarged * million,
        "frames": frames,
        "seconds": seconds,
        "hosts": tuple(allow_host or ()),
    }
    settings = Settings.for_machine(**{k: v for k, v in given.items() if v is not None})
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{listening.getsockname()[1]}/    Ctrl-C ends it.")
    if not _is_loopback(host):
        typer.echo(
            "Warning: everybody who reaches this machine can use it, unencrypted and without a "
            "password; a proxy in front should see to both.",
            err=True,
        )
    run(settings, listening)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except OSError:
        raise ValueError(f"host is {host!r}; it must be an address of this machine") from None
    try:
        found = socket.create_server((host, port), family=family)
    except PermissionError:
        raise ValueError(f"port is {port}; only an administrator may use it") from None
    except OSError as error:
        raise ValueError(f"port {port} of {host} cannot be had: {error.strerror}") from None
    # Else the end of each answer waits 40 ms for the client's word that its beginning has come.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
