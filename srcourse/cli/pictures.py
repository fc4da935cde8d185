"""Picture files in, picture files out."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from srcourse.cli.command import command


@command
def upscale(
    pictures: Annotated[list[Path], typer.Argument(help="files, or folders of them")],
    out: Annotated[Path, typer.Option("--out", "-o", help="a file for one picture, or a folder")],
    model: Annotated[
        str, typer.Option(help="an interpolation, a network that ships, or weights you trained")
    ] = "edsr-mini",
    scale: Annotated[int, typer.Option(help="2, 3 or 4; any for interpolation")] = 2,
    tile: Annotated[int | None, typer.Option(help="pixels a side; chosen where not given")] = None,
    self_ensemble: Annotated[
        bool, typer.Option("--self-ensemble", help="mean of 8 flips and turns: better, slower")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace files that exist")] = False,
) -> None:
    """Enlarge pictures; depth, transparency and colour profile are kept."""
    import numpy as np
    from tqdm import tqdm

    from srcourse.upscaling import upscale as enlarge
    from srcourse.upscaling.files import plan, transform_files

    settings: dict[str, Any] = {
        "scale": scale,
        "model": model,
        "tile": tile,
        "self_ensemble": self_ensemble,
    }
    enlarge(np.zeros((1, 1)), **settings)  # a wrong name shows before any work
    pairs = plan(pictures, out, force)
    results = transform_files(pairs, partial(enlarge, progress=True, **settings))
    failed = 0
    for target, problem in tqdm(results, total=len(pairs), unit="picture", leave=False):
        if problem:
            failed += 1
            tqdm.write(f"srcourse: {problem}", file=sys.stderr)
        else:
            tqdm.write(str(target))
    if failed:
        raise ValueError(f"{failed} of {len(pairs)} pictures could not be enlarged")


@command
def colorize(
    pictures: Annotated[list[Path], typer.Argument(help="files, or folders of them")],
    out: Annotated[Path, typer.Option("--out", "-o", help="a file for one picture, or a folder")],
    temperature: Annotated[
        float, typer.Option(help="near 0: the likeliest colours, vivid; 1: their mean, dull")
    ] = 0.38,
    weights: Annotated[
        Path | None, typer.Option(help="another colorizer's, yours or the authors'")
    ] = None,
    side: Annotated[int, typer.Option(help="pixels at which colours are predicted")] = 128,
    force: Annotated[bool, typer.Option("--force", help="replace files that exist")] = False,
) -> None:
    """Give grey pictures plausible colours; a picture in colour is taken as grey."""
    import numpy as np
    from tqdm import tqdm

    from srcourse.colorization import colorize as colour
    from srcourse.colorization import remark
    from srcourse.images import load
    from srcourse.upscaling.files import plan, transform_files

    settings: dict[str, Any] = {"temperature": temperature, "weights": weights, "side": side}
    colour(np.zeros((8, 8)), **settings)  # a wrong setting shows before any work
    pairs = plan(pictures, out, force)
    results = transform_files(pairs, partial(colour, **settings))
    failed = 0
    for (source, _), (target, problem) in zip(
        pairs, tqdm(results, total=len(pairs), unit="picture", leave=False), strict=True
    ):
        if problem:
            failed += 1
            tqdm.write(f"srcourse: {problem}", file=sys.stderr)
            continue
        tqdm.write(str(target))
        if note := remark(load(source)):
            tqdm.write(f"  {source}: {note}", file=sys.stderr)
    if failed:
        raise ValueError(f"{failed} of {len(pairs)} pictures could not be coloured")
