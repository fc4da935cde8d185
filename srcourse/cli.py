"""The `srcourse` command. Each verb turns a ValueError into one line and exit status 2."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="A live course on image super-resolution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def command(function: Callable) -> Callable:
    """Register `function` as a verb whose bad input ends in one clear line."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except (ValueError, OSError) as error:
            typer.echo(f"srcourse: {error}", err=True)
            raise typer.Exit(2) from None

    app.command(name=function.__name__)(guarded)
    return function


@command
def evaluate(
    model: Annotated[str, typer.Argument(help="nearest, bilinear, bicubic or a trained network")],
    images: Annotated[list[Path], typer.Option(help="a folder of HR pictures; may be repeated")],
    scale: Annotated[list[int], typer.Option(help="may be repeated")],
    mode: Annotated[str, typer.Option(help="y: luma, border = scale; rgb: DIV2K's")] = "y",
    as_json: Annotated[
        bool, typer.Option("--json", help="print JSON; null for an infinite PSNR")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="also record the means in this file")] = None,
) -> None:
    """PSNR and SSIM by the field's protocol, per picture and mean."""
    import math
    import platform

    from srcourse import results
    from srcourse.images import load, picture_files
    from srcourse.metrics import evaluate as measure
    from srcourse.upscaling import upscale

    def finite(row: dict) -> dict:
        """JSON has no infinity."""
        return {k: None if v == math.inf else v for k, v in row.items()}

    if out and not out.parent.is_dir():
        raise ValueError(f"out: {out.parent} is not a folder")
    images = [folder.resolve() for folder in images]  # so that "." has a name
    means = []
    for folder in images:
        files = picture_files([folder])
        for s in scale:
            found = measure(
                lambda lr, s: upscale(lr, s, model), ((f.stem, load(f)) for f in files), s, mode
            )
            means.append({"set": folder.name, "scale": s, **finite(found["mean"])})
            if as_json:
                rows = [finite(row) for row in found["images"]]
                line = {"model": model, "scale": s, "images": rows, "mean": finite(found["mean"])}
                typer.echo(json.dumps(line))
                continue
            typer.echo(f"{model} ×{s} on {folder.name} ({mode})")
            for row in (*found["images"], {"name": "mean", **found["mean"]}):
                typer.echo(f"  {row['name']:<24}{row['psnr']:7.2f} dB  {row['ssim']:.4f}")
    if out:
        scales = " ".join(f"--scale {s}" for s in scale)
        folders = " ".join(f"--images {folder.name}" for folder in images)
        results.write(
            out,
            command=f"srcourse evaluate {model} {folders} {scales} --mode {mode} --out {out.name}",
            data=", ".join(f"{f.name} ({len(picture_files([f]))} pictures)" for f in images),
            device=platform.processor() or platform.machine(),
            results={"model": model, "mode": mode, "means": means},
        )


@command
def train(
    recipe: Annotated[str, typer.Argument(help="such as edsr-mini-x2")],
    images: Annotated[list[Path], typer.Option(help="a folder of pictures; may be repeated")],
    out: Annotated[Path, typer.Option(help="the weights to write, .safetensors")],
    validation: Annotated[Path | None, typer.Option(help="pictures to measure PSNR on")] = None,
    init: Annotated[Path | None, typer.Option(help="weights to start from")] = None,
    steps: Annotated[int | None, typer.Option(help="instead of the recipe's")] = None,
    minutes: Annotated[float | None, typer.Option(help="stop after so long, resumable")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    precision: Annotated[
        str, typer.Option(help="auto, float32 or bfloat16 (faster where the CPU has it)")
    ] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="go on from the checkpoint")] = False,
) -> None:
    """Train a network by its recipe; Ctrl-C saves, --resume goes on."""
    from dataclasses import replace
    from difflib import get_close_matches

    from srcourse.training.loop import train as run
    from srcourse.training.recipes import RECIPES

    if recipe not in RECIPES:
        near = get_close_matches(recipe, RECIPES, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"recipe is {recipe!r}{hint} known: {', '.join(RECIPES)}")
    chosen = RECIPES[recipe]
    if steps is not None:
        chosen = replace(chosen, steps=steps)
    done = run(
        chosen,
        images,
        out,
        validation=validation,
        init=init,
        minutes=minutes,
        device=device,
        precision=precision,
        resume=resume,
    )
    typer.echo(f"{out}: step {done['step']} of {chosen.steps}, {done['seconds']} s")


@command
def claims(
    section: Annotated[list[str] | None, typer.Argument(help="such as 2.4; all if none")] = None,
    measure: Annotated[bool, typer.Option("--measure", help="measure each one now")] = False,
) -> None:
    """What the source report states, and what we find."""
    from srcourse import claims as room

    for claim in room.claims(*section or ()):
        typer.echo(f"{claim.section:<6} {claim.verdict:<19} {claim.statement}")
        if measure:
            found = claim.measure()
            typer.echo(f"{'':<6} {found.verdict:<19} {found.evidence}")


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
    typer.echo("JupyterLab opens at lesson 00. To end it, press Ctrl-C here.")
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
