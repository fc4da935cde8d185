"""What the verbs share: one application, and one way to refuse bad input."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import typer

app = typer.Typer(
    help="A live course on image super-resolution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_BY_SIGPIPE = 128 + 13  # as a shell reports what ends so: the work may not be finished


def command(function: Callable, to: typer.Typer | None = None) -> Callable:
    """Register `function` as a verb whose bad input ends in one clear line."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except BrokenPipeError:  # who reads has seen enough: `srcourse claims | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_BY_SIGPIPE) from None
        except (ValueError, OSError, MemoryError) as error:
            typer.echo(f"srcourse: {str(error) or 'not enough memory'}", err=True)
            raise typer.Exit(2) from None

    (to or app).command(name=function.__name__.strip("_").replace("_", "-"))(guarded)
    return function


def check_apart(kind: str, names: list[str]) -> None:
    """Raises ValueError where two of `names` are the same, as results are told apart by them."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"{kind}: {twice!r} is there twice; the rows are told apart by name")


def check_record(out: Path | None) -> None:
    """Raises ValueError where a record of results is asked for in a place that cannot hold it."""
    if out and (out.suffix != ".json" or not out.parent.is_dir() or out.is_dir()):
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
