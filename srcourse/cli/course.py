"""The course itself: its lessons, the machine, the source's statements."""

import json
from pathlib import Path
from typing import Annotated

import typer

from srcourse.cli.command import command


@command
def lab(
    folder: Annotated[Path, typer.Argument(help="where your copy lies")] = Path("sr-course"),
    port: Annotated[int | None, typer.Option(help="instead of the first free one")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="open it")] = True,
    refresh: Annotated[
        list[str] | None,
        typer.Option(help="a lesson you changed: put the course's beside it; may be repeated"),
    ] = None,
) -> None:
    """Your own copy of the lessons, opened in JupyterLab; Ctrl-C ends it.

    What you changed is never written to. A lesson that you delete comes back.
    """
    from srcourse import lab as room

    room.check_port(port)
    done = room.copy_lessons(folder, refresh or ())
    if done.added:
        typer.echo(f"copied to {done.folder}: {len(done.added)} of the course's lessons")
    if done.updated:
        typer.echo(f"updated, as you had not changed them: {', '.join(done.updated)}")
    if done.kept:
        typer.echo(f"yours, left as they are: {', '.join(done.kept)}")
    for name in done.newer:
        typer.echo(
            f"the course has another {name}: --refresh {Path(name).stem} puts it beside yours"
        )
    for name in done.refreshed:
        typer.echo(f"the course's version: {done.folder / name}")
    if refresh and not done.refreshed:
        typer.echo("nothing to refresh: you have the course's version already")
    how = "opens at lesson 00" if browser else "starts; its address follows in a moment"
    typer.echo(f"JupyterLab {how}. To end it, press Ctrl-C here.")
    room.open_lab(done.folder, port, browser)


@command
def doctor() -> None:
    """Check this machine: Python, packages, widgets, files, memory, disk."""
    from srcourse import doctor as room

    found = room.checks()
    typer.echo(room.table(found))
    if bad := sum(not check.ok for check in found):
        typer.echo(f"problems found by {bad} of {len(found)} checks", err=True)
        raise typer.Exit(1)


@command
def claims(
    section: Annotated[list[str] | None, typer.Argument(help="such as 2.4; all if none")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the same for programs")] = False,
) -> None:
    """What the source report states, measured now: each statement with verdict and evidence.

    Ends with 1 where a verdict is another than the one on record.
    """
    from srcourse import claims as room

    found = room.table(*section or ())
    if as_json:
        typer.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
    else:
        typer.echo(repr(found))
        counts = ", ".join(f"{count} {verdict}" for verdict, count in found.counts().items())
        typer.echo(f"\n{len(found.rows)} statements: {counts}")
    changed = [claim for claim, finding in found.rows if finding.verdict != claim.verdict]
    for claim in changed:
        typer.echo(f"on record as {claim.verdict!r}: {claim.section} {claim.statement}", err=True)
    if changed:
        raise typer.Exit(1)
