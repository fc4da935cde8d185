"""`srcourse data`: the field's pictures."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from srcourse.cli.command import app, command

data = typer.Typer(help="Get the field's pictures, to train and to measure on.")
app.add_typer(data, name="data", no_args_is_help=True)


@partial(command, to=data)
def get(
    names: Annotated[list[str], typer.Argument(help="such as div2k; `data list` knows them")],
    place: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FOLDER|URL",
            help="a mirror; or, without the network, an archive, its folder, or unpacked pictures",
        ),
    ] = None,
    to: Annotated[Path | None, typer.Option(help="instead of $SRCOURSE_DATA or the cache")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="fetch again; accept an archive that has changed")
    ] = False,
) -> None:
    """Download data sets; prints each one's folder, for --images."""
    from srcourse import datasets
    from srcourse.datasets.sources import find

    for name in names:  # a wrong one shows before any work
        find(name)
    for name in names:
        typer.echo(datasets.get(name, place, to, force))


@partial(command, to=data)
def list_() -> None:
    """What can be had, its size and terms, and what is here already."""
    from srcourse.datasets.download import cache_folder, listing

    typer.echo(listing(cache_folder()))
