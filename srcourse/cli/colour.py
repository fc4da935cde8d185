"""How near a colorizer's colours come to the true ones."""

import platform
from functools import partial
from math import inf
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from srcourse.cli.command import check_apart, check_record, command

Images = Annotated[list[Path], typer.Option(help="colour pictures; may be repeated")]
Record = Annotated[Path | None, typer.Option(help="also record the rows in this file")]


@command
def evaluate_colour(
    weights: Annotated[list[Path], typer.Argument(help="what `srcourse train` wrote")],
    images: Images,
    temperature: Annotated[
        list[float] | None, typer.Option(help="of the annealed mean; 0.38 if none")
    ] = None,
    out: Record = None,
) -> None:
    """How near a colorizer comes to the true colours, beside leaving the picture grey."""
    from srcourse import colorization, zoo
    from srcourse.colorization.measure import measure

    check_record(out)
    check_apart("weights", [f.stem for f in weights])
    training = {f.stem: zoo.training(f) for f in weights if f.suffix == ".safetensors"}
    sets = _sets(images)
    ways: dict[str, Any] = {"grey": lambda light: np.zeros((*light.shape, 2))}
    for file in weights:
        network = colorization.load(file)
        for t in temperature or (0.38,):
            colorization.annealed_mean(np.ones(len(colorization.bins())), t)  # checks t
            ways[f"{file.stem}, T = {t:g}"] = partial(
                lambda n, t, light: colorization.predict(n, light, t), network, t
            )
    rows = []
    typer.echo(f"{'':<40}{'AuC':>7}{'rebal.':>8}{'PSNR ab':>9}{'saturation':>12}{'true':>7}")
    for name, pictures in sets.items():
        typer.echo(f"{name}, {len(pictures)} pictures in colour")
        for way, colours in ways.items():
            found = measure(colours, pictures)
            finite = {k: v if v != inf else None for k, v in found.items()}
            rows.append({"set": name, "colorizer": way, **finite})
            typer.echo(
                f"  {way:<38}{found['auc']:>7.1%}{found['auc_rebalanced']:>8.1%}"
                f"{found['psnr_ab']:>9.2f}{found['saturation']:>12.1f}"
                f"{found['saturation_truth']:>7.1f}"
            )
    if out:
        _record(
            out,
            f"srcourse evaluate-colour {' '.join(f.name for f in weights)} {_named(images)} "
            f"{' '.join(f'--temperature {t:g}' for t in temperature or ())} --out {out.name}",
            sets,
            {"rows": rows, "training": training},
        )


@command
def colour_after_sr(
    images: Images,
    scale: Annotated[list[int], typer.Option(help="may be repeated")],
    model: Annotated[str, typer.Option(help="what enlarges the grey picture")] = "edsr-mini",
    weights: Annotated[Path | None, typer.Option(help="another colorizer than ours")] = None,
    out: Record = None,
) -> None:
    """Whether super-resolution before the colorizer changes its colours: the source's section 6.3.

    Each picture's grey is shrunk, and coloured as it is, enlarged by bicubic and by the network,
    and unshrunk: at a fixed side, as the source's colorizer does it, and at its own resolution.
    """
    from srcourse import colorization
    from srcourse.colorization.after_sr import compare
    from srcourse.upscaling import upscale

    check_record(out)
    for s in scale:  # a wrong one shows before any work
        upscale(np.zeros((1, 1)), s, model)
    network = colorization.load(weights)
    rows = []
    typer.echo(f"{'':<12}{'resolution':<12}{'AuC':>7}{'rebal.':>8}{'change in ab':>14}")
    sets = _sets(images)
    for name, pictures in sets.items():
        for s in scale:
            typer.echo(f"{name}, {len(pictures)} pictures in colour, ×{s}")
            for row in compare(network, pictures, s, lambda lr, s: upscale(lr, s, model)):
                rows.append({"set": name, "scale": s, **row})
                typer.echo(
                    f"  {row['input']:<10}{row['resolution']:<12}{row['auc']:>7.1%}"
                    f"{row['auc_rebalanced']:>8.1%}{row['change']:>14.2f}"
                )
    if out:
        theirs = f"--weights {weights.name} " if weights else ""
        _record(
            out,
            f"srcourse colour-after-sr {_named(images)} "
            f"{' '.join(f'--scale {s}' for s in scale)} --model {model} {theirs}--out {out.name}",
            sets,
            {"model": model, "rows": rows},
        )


def _sets(folders: list[Path]) -> dict[str, list[np.ndarray]]:
    """The colour pictures of each folder, and those of the course."""
    from srcourse.images import about, load, picture_files, sample, samples

    names = [folder.resolve().name for folder in folders] + ["samples"]
    check_apart("images", names)
    loaded = {d.resolve().name: [load(f) for f in picture_files([d])] for d in folders}
    loaded["samples"] = [sample(name) for name in samples() if about(name).kind != "chart"]
    return {name: [p for p in pictures if p.ndim == 3] for name, pictures in loaded.items()}


def _named(folders: list[Path]) -> str:
    return " ".join(f"--images {folder.resolve().name}" for folder in folders)


def _record(out: Path, command: str, sets: dict[str, list[np.ndarray]], found: dict) -> None:
    from srcourse import results

    results.write(
        out,
        command=command,
        data=", ".join(f"{name} ({len(p)} pictures in colour)" for name, p in sets.items()),
        device=platform.processor() or platform.machine(),
        results=found,
    )
