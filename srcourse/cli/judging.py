"""How good a result is: PSNR and SSIM, the audit, PRS."""

import json
from pathlib import Path
from typing import Annotated

import typer

from srcourse.cli.command import check_record, command


@command
def evaluate(
    model: Annotated[
        str, typer.Argument(help="an interpolation, a network that ships, or weights you trained")
    ],
    images: Annotated[list[Path], typer.Option(help="a folder of HR pictures; may be repeated")],
    scale: Annotated[list[int], typer.Option(help="may be repeated")],
    mode: Annotated[str, typer.Option(help="y: luma, border = scale; rgb: DIV2K's")] = "y",
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="a line of JSON for each folder and scale, in order; null for an infinite PSNR",
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="also record the means in this file")] = None,
) -> None:
    """PSNR and SSIM by the field's protocol, per picture and mean."""
    import math
    import platform

    import numpy as np

    from srcourse import results
    from srcourse.images import load, picture_files
    from srcourse.metrics import evaluate as measure
    from srcourse.upscaling import upscale

    def finite(row: dict) -> dict:
        """JSON has no infinity."""
        return {k: None if v == math.inf else v for k, v in row.items()}

    check_record(out)
    for s in scale:  # a wrong one shows before any work
        upscale(np.zeros((1, 1)), s, model)
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
def audit(
    models: Annotated[
        list[str], typer.Argument(help="interpolations, networks that ship, or your weights")
    ],
    images: Annotated[list[Path], typer.Option(help="a folder of HR pictures; may be repeated")],
    scale: Annotated[list[int], typer.Option(help="may be repeated")],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="a line of JSON for each model, folder and scale; null for an infinite PSNR",
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="also record the rows in this file")] = None,
) -> None:
    """What other ways of scoring, or of making the LR pictures, would have reported."""
    import math
    import platform
    from dataclasses import asdict

    import numpy as np

    from srcourse import results
    from srcourse.images import load, picture_files
    from srcourse.metrics import audit as measure
    from srcourse.upscaling import upscale

    def finite(row: dict) -> dict:
        """JSON has no infinity."""
        return {k: v if v not in (math.inf, -math.inf) else None for k, v in row.items()}

    check_record(out)
    for model in models:  # a wrong one shows before any work
        for s in scale:
            upscale(np.zeros((1, 1)), s, model)
    sets = [(folder.resolve().name, picture_files([folder])) for folder in images]
    audits = []
    for model in models:
        for name, files in sets:
            pictures = {file.name: load(file) for file in files}
            for s in scale:
                found = measure(lambda lr, s: upscale(lr, s, model), pictures, s)  # noqa: B023
                line = {"model": model, "set": name, "scale": s, "psnr": found.psnr}
                audits.append({**finite(line), "rows": [finite(asdict(r)) for r in found.rows]})
                typer.echo(json.dumps(audits[-1]) if as_json else f"{model} on {name}\n{found!r}\n")
    if out:
        folders = " ".join(f"--images {name}" for name, _ in sets)
        scales = " ".join(f"--scale {s}" for s in scale)
        results.write(
            out,
            command=f"srcourse audit {' '.join(Path(m).name for m in models)} {folders} {scales} "
            f"--out {out.name}",
            data=", ".join(f"{name} ({len(files)} pictures)" for name, files in sets),
            device=platform.processor() or platform.machine(),
            results={"audits": audits},
        )


@command
def prs(
    cifar10: Annotated[
        Path | None, typer.Option(help="CIFAR-10, in its binary or Python layout; else crops")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="the record to write, .json")] = None,
    model: Annotated[
        str, typer.Option(help="the best EDSR: a network that ships for ×2, or weights you trained")
    ] = "edsr-mini",
    seeds: Annotated[
        int | None, typer.Option(help="classifiers for each arm; 5, or 3 on crops")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="times over the training images; 10")] = None,
    precision: Annotated[
        str | None, typer.Option(help="float32, or bfloat16 (faster where the CPU has it)")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="seeds at once; one a core")] = None,
) -> None:
    """The source's Performance Recovery Score in full; started again, it goes on.

    What is finished lies in a folder beside the record, named like it, until that is deleted.
    Without --cifar10 it is a small experiment, offline, on crops of ten photographs: half a minute.
    """
    import platform

    from srcourse import results
    from srcourse.datasets import cifar10 as reader
    from srcourse.recovery import Setting, small, study

    if cifar10 is None:
        settings = {"out": out, "epochs": epochs, "precision": precision, "workers": workers}
        for name, value in settings.items():
            if value is not None:
                raise ValueError(f"{name} is given without cifar10; the small experiment has none")
        crops = small(model, 3 if seeds is None else seeds, progress=True)
        typer.echo(study.lines(study.summary(crops), crops.seeds))
        return
    if out is None:
        raise ValueError("out is missing: a file that ends in .json, for the record")
    check_record(out)
    setting = Setting(10 if epochs is None else epochs, precision=precision or "float32")
    plan = study.Study(model, 5 if seeds is None else seeds, setting=setting)
    data = reader.read(cifar10)
    typer.echo(f"{data} in {cifar10}")
    found = study.run(plan, data, out.with_suffix(".parts"), workers)
    processor = platform.processor() or platform.machine()
    results.write(
        out,
        command=f"srcourse prs --cifar10 {cifar10.name} --model {Path(model).name} "
        f"--seeds {plan.seeds} --epochs {setting.epochs} --precision {setting.precision} "
        f"--out {out.name}",
        data=str(data),
        device=processor,
        results=found,
    )
    typer.echo(study.table(found))
