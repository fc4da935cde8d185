"""The `srcourse` command. Each verb turns a ValueError into one line and exit status 2."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="A live course on image super-resolution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def command(function: Callable, to: typer.Typer | None = None) -> Callable:
    """Register `function` as a verb whose bad input ends in one clear line."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except BrokenPipeError:  # who reads has seen enough: `srcourse claims | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (ValueError, OSError) as error:
            typer.echo(f"srcourse: {error}", err=True)
            raise typer.Exit(2) from None

    (to or app).command(name=function.__name__.strip("_").replace("_", "-"))(guarded)
    return function


@command
def evaluate(
    model: Annotated[
        str, typer.Argument(help="an interpolation, a network that ships, or weights you trained")
    ],
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

    import numpy as np

    from srcourse import results
    from srcourse.images import load, picture_files
    from srcourse.metrics import evaluate as measure
    from srcourse.upscaling import upscale

    def finite(row: dict) -> dict:
        """JSON has no infinity."""
        return {k: None if v == math.inf else v for k, v in row.items()}

    if out and not out.parent.is_dir():
        raise ValueError(f"out: {out.parent} is not a folder")
    if out and (out.suffix != ".json" or out.is_dir()):
        raise ValueError(f"out is {out}; it must be a file that ends in .json")
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
        bool, typer.Option("--json", help="print JSON; null for an infinite PSNR")
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

    if out and (out.suffix != ".json" or not out.parent.is_dir() or out.is_dir()):
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
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
def upscale(
    pictures: Annotated[list[Path], typer.Argument(help="files, or folders of them")],
    out: Annotated[Path, typer.Option("--out", "-o", help="a file for one picture, or a folder")],
    model: Annotated[
        str, typer.Option(help="an interpolation, a network that ships, or weights you trained")
    ] = "edsr-mini",
    scale: Annotated[int, typer.Option(help="2, 3 or 4; any for interpolation")] = 2,
    tile: Annotated[int | None, typer.Option(help="pixels a side; by the free memory")] = None,
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
def evaluate_colour(
    weights: Annotated[list[Path], typer.Argument(help="what `srcourse train` wrote")],
    images: Annotated[list[Path], typer.Option(help="colour pictures; may be repeated")],
    temperature: Annotated[
        list[float] | None, typer.Option(help="of the annealed mean; 0.38 if none")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="also record the rows in this file")] = None,
) -> None:
    """How near a colorizer comes to the true colours, beside leaving the picture grey."""
    import math
    import platform

    import numpy as np

    from srcourse import colorization, results, zoo
    from srcourse.colorization.measure import measure
    from srcourse.images import about, load, picture_files, sample, samples

    if out and (out.suffix != ".json" or not out.parent.is_dir()):
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
    names = [folder.resolve().name for folder in images]
    for kind, given in (("images", [*names, "samples"]), ("weights", [f.stem for f in weights])):
        twice = next((name for name in given if given.count(name) > 1), None)
        if twice:
            raise ValueError(f"{kind}: {twice!r} is there twice; the rows are told apart by name")
    training = {f.stem: zoo.training(f) for f in weights if f.suffix == ".safetensors"}
    loaded = {d.resolve().name: [load(f) for f in picture_files([d])] for d in images}
    sets = {name: [p for p in pictures if p.ndim == 3] for name, pictures in loaded.items()}
    colourful = (sample(name) for name in samples() if about(name).kind != "chart")
    sets["samples"] = [picture for picture in colourful if picture.ndim == 3]
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
            finite = {k: v if v != math.inf else None for k, v in found.items()}
            rows.append({"set": name, "colorizer": way, **finite})
            typer.echo(
                f"  {way:<38}{found['auc']:>7.1%}{found['auc_rebalanced']:>8.1%}"
                f"{found['psnr_ab']:>9.2f}{found['saturation']:>12.1f}"
                f"{found['saturation_truth']:>7.1f}"
            )
    if out:
        folders = " ".join(f"--images {folder.resolve().name}" for folder in images)
        results.write(
            out,
            command=f"srcourse evaluate-colour {' '.join(f.name for f in weights)} {folders} "
            f"{' '.join(f'--temperature {t:g}' for t in temperature or ())} --out {out.name}",
            data=", ".join(f"{name} ({len(p)} pictures in colour)" for name, p in sets.items()),
            device=platform.processor() or platform.machine(),
            results={"rows": rows, "training": training},
        )


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
    if out.suffix != ".json" or not out.parent.is_dir():
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
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


@command
def bench(
    models: Annotated[list[str] | None, typer.Argument(help="all small ones if none")] = None,
    scale: Annotated[int, typer.Option()] = 2,
    side: Annotated[int, typer.Option(help="pixels of the LR picture")] = 192,
    rounds: Annotated[int, typer.Option(help="the median of so many is told")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="also record the rows in this file")] = None,
) -> None:
    """How fast the networks run on this machine, as ratios within one run."""
    import platform

    import torch

    from srcourse import results
    from srcourse.bench import bench as measure

    if out and (out.suffix != ".json" or not out.parent.is_dir()):
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
    names = models or ["srcnn", "fsrcnn", "btsrn-mini", "selnet-mini", "edsr-mini", "edsr-baseline"]
    rows = measure(names, scale, side, rounds)
    if as_json:
        typer.echo(json.dumps(rows))
    else:
        typer.echo(
            f"{'':<16}{'s/megapixel':>12}{'of matmul':>11}{'plain':>8}{'ORT':>8}{'OpenVINO':>10}"
        )
        for row in rows:
            ratios = [row[f"{way}_ratio"] for way in ("plain", "onnxruntime", "openvino")]
            plain, ort, vino = (f"{r:.2f}×" if r else "–" for r in ratios)
            typer.echo(
                f"{row['model']:<16}{row['seconds_per_megapixel']:>12.2f}"
                f"{row['matrix_share']:>11.0%}{plain:>8}{ort:>8}{vino:>10}"
            )
    if out:
        processor = platform.processor() or platform.machine()
        results.write(
            out,
            command=f"srcourse bench {' '.join(names)} --scale {scale} --side {side} "
            f"--rounds {rounds} --out {out.name}",
            data=f"random pictures of {side} × {side}",
            device=f"{processor}, {torch.get_num_threads()} threads",
            results=rows,
        )


@command
def ship(
    images: Annotated[list[Path], typer.Option(help="HR pictures to measure on; may be repeated")],
    weights: Annotated[list[Path] | None, typer.Argument(help="weights to add or replace")] = None,
    into: Annotated[Path | None, typer.Option(help="instead of the course's own folder")] = None,
) -> None:
    """For maintainers: put trained weights into the course, and remake its manifest."""
    from srcourse import shipped
    from srcourse.shipping import pack, write_manifest

    folder = into or shipped.folder("data") / "weights"
    for file in weights or ():
        typer.echo(pack(file, folder, images[0]))
    named = " ".join(f"--images {f.resolve().name}" for f in images)
    typer.echo(write_manifest(folder, images, command=f"srcourse ship {named}"))


@command
def curves(
    weights: Annotated[list[Path], typer.Argument(help="what `srcourse train` wrote")],
    out: Annotated[Path, typer.Option(help="the file to record them in, .json")],
) -> None:
    """Record how several trainings went, for a lesson to draw."""
    from srcourse import results, zoo

    if out.suffix != ".json" or not out.parent.is_dir():
        raise ValueError(f"out is {out}; it must be a file that ends in .json, in a folder")
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


# srcourse data …

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
