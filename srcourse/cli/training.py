"""Networks: to train, to time, to ship."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from srcourse.cli.command import check_apart, check_record, command


@command
def train(
    recipe: Annotated[str, typer.Argument(help="such as edsr-mini-x2")],
    images: Annotated[list[Path], typer.Option(help="a folder of pictures; may be repeated")],
    out: Annotated[Path, typer.Option(help="the weights to write, .safetensors")],
    validation: Annotated[Path | None, typer.Option(help="pictures to measure PSNR on")] = None,
    init: Annotated[Path | None, typer.Option(help="weights to start from")] = None,
    steps: Annotated[int | None, typer.Option(help="instead of the recipe's")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE: change the recipe or network; may be repeated"),
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="stop after so long, resumable")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    precision: Annotated[
        str, typer.Option(help="auto, float32 or bfloat16 (faster where the CPU has it)")
    ] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="go on from the checkpoint")] = False,
    every: Annotated[
        int, typer.Option(help="steps between checkpoints, each with its PSNR")
    ] = 1000,
) -> None:
    """Train a network by its recipe; Ctrl-C saves, --resume goes on."""
    from difflib import get_close_matches

    from srcourse.training import colour, loop
    from srcourse.training.recipes import RECIPES, changed

    known: dict[str, Any] = {**RECIPES, **colour.COLOUR_RECIPES}
    if recipe not in known:
        near = get_close_matches(recipe, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ";"
        raise ValueError(f"recipe is {recipe!r}{hint} known: {', '.join(known)}")
    steps_too = [] if steps is None else [f"steps={steps}"]
    chosen = changed(known[recipe], [*(set_ or ()), *steps_too])
    done = (colour.train if recipe in colour.COLOUR_RECIPES else loop.train)(
        chosen,
        images,
        out,
        validation=validation,
        init=init,
        minutes=minutes,
        device=device,
        precision=precision,
        resume=resume,
        every=every,
    )
    typer.echo(f"{out}: step {done['step']} of {chosen.steps}, {done['seconds']} s")


@command
def curves(
    weights: Annotated[list[Path], typer.Argument(help="what `srcourse train` wrote")],
    out: Annotated[Path, typer.Option(help="the file to record them in, .json")],
) -> None:
    """Record how several trainings went, for a lesson to draw."""
    from srcourse import results, zoo

    check_record(out)
    runs = {file.stem: zoo.training_of(file) for file in weights}
    first = next(iter(runs.values()))
    results.write(
        out,
        command=f"srcourse curves {' '.join(f.name for f in weights)} --out {out.name}",
        data=", ".join(first["data"]["folders"]),
        device=first["device"],
        results=runs,
    )


@command
def ship(
    images: Annotated[list[Path], typer.Option(help="HR pictures to measure on; may be repeated")],
    weights: Annotated[list[Path] | None, typer.Argument(help="weights to add or replace")] = None,
    into: Annotated[Path | None, typer.Option(help="instead of the course's own folder")] = None,
) -> None:
    """For maintainers: put trained weights into the course, and remake its manifest."""
    from srcourse import shipped, zoo
    from srcourse.images import picture_files
    from srcourse.shipping import pack, pack_colour, write_manifest

    folder = into or shipped.folder("data") / "weights"
    if not folder.is_dir():
        raise ValueError(f"into is {folder}; it must be a folder that exists")
    images = [f.resolve() for f in images]  # so that "." has a name
    picture_files(images)  # a missing one shows before anything is replaced
    check_apart("images", [f.name for f in images])
    for file in weights or ():
        if "scale" in zoo.training_of(file)["recipe"]:
            typer.echo(pack(file, folder, images[0]))
        else:
            typer.echo(pack_colour(file, folder))
    named = " ".join(f"--images {f.name}" for f in images)
    typer.echo(write_manifest(folder, images, command=f"srcourse ship {named}"))


@command
def bench(
    models: Annotated[list[str] | None, typer.Argument(help="all small ones if none")] = None,
    scale: Annotated[int, typer.Option()] = 2,
    side: Annotated[int, typer.Option(help="pixels of the LR picture")] = 192,
    rounds: Annotated[int, typer.Option(help="the median of so many is told")] = 7,
    images: Annotated[
        list[Path] | None, typer.Option(help="pictures to measure bfloat16's loss on")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="also record the rows in this file")] = None,
) -> None:
    """How fast the networks run on this machine, as ratios within one run."""
    import platform

    import torch

    from srcourse import results
    from srcourse.bench import bench as measure

    check_record(out)
    names = models or ["srcnn", "fsrcnn", "btsrn-mini", "selnet-mini", "edsr-mini", "edsr-baseline"]
    rows = measure(names, scale, side, rounds, images or [])
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        typer.echo(
            f"{'':<16}{'s/megapixel':>12}{'of matmul':>11}{'plain':>8}{'ORT':>8}{'OpenVINO':>10}"
            f"{'256², s':>10}{'bfloat16':>10}"
        )
        for row in rows:
            ratios = [row[f"{way}_ratio"] for way in ("plain", "onnxruntime", "openvino")]
            plain, ort, vino = (f"{r:.2f}×" if r else "–" for r in ratios)
            crop = f"{row['crop_seconds']:.3f}" if row["crop_seconds"] else "–"
            typer.echo(
                f"{row['model']:<16}{row['seconds_per_megapixel']:>12.2f}"
                f"{row['matrix_share']:>11.0%}{plain:>8}{ort:>8}{vino:>10}"
                f"{crop:>10}{row['bfloat16_ratio']:>9.2f}×"
                + (f" {loss:+.3f} dB" if (loss := row["bfloat16_db"]) is not None else "")
            )
    if out:
        named = "".join(f"--images {folder.resolve().name} " for folder in images or [])
        processor = platform.processor() or platform.machine()
        results.write(
            out,
            command=f"srcourse bench {' '.join(names)} --scale {scale} --side {side} "
            f"--rounds {rounds} {named}--out {out.name}",
            data=f"random pictures of {side} × {side}",
            device=f"{processor}, {torch.get_num_threads()} threads",
            results=rows,
        )
