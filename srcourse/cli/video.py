"""A video in, a larger video out; and what that costs."""

from pathlib import Path
from typing import Annotated

import typer

from srcourse.cli.command import check_apart, check_record, command


@command
def video(
    source: Annotated[Path, typer.Argument(help="a video: MP4, MOV, Matroska, WebM, AVI and more")],
    out: Annotated[Path, typer.Option("--out", "-o", help="ends in .mp4, .mov or .mkv")],
    model: Annotated[
        str, typer.Option(help="as `upscale` takes it; or colorful-mini, which colours")
    ] = "fsrcnn",
    scale: Annotated[int, typer.Option(help="2, 3 or 4; any for interpolation")] = 2,
    quality: Annotated[
        int, typer.Option(help="x264's rate factor: 0 (no loss) to 51 (small)")
    ] = 18,
    force: Annotated[bool, typer.Option("--force", help="replace a file that exists")] = False,
) -> None:
    """Enlarge a video; sound, times, rotation and colours are kept."""
    from srcourse.video import upscale_video

    if out.exists() and not force:
        raise ValueError(f"out: {out} exists; --force replaces it")
    done = upscale_video(source, out, model, scale, quality=quality, progress=True)
    typer.echo(
        f"{out}: {done.frames} frames, {done.fps:.1f} a second; {done.reused:.0%} of the pixels "
        "were as in the frame before"
    )


@command
def evaluate_video(
    clips: Annotated[list[Path], typer.Argument(help="videos, or folders of a video's pictures")],
    scale: Annotated[list[int], typer.Option(help="may be repeated")],
    model: Annotated[
        list[str] | None, typer.Option(help="may be repeated; bicubic and all that ship if none")
    ] = None,
    frames: Annotated[int, typer.Option(help="of each clip, from its start, at most")] = 10,
    length: Annotated[
        list[int] | None,
        typer.Option(help="also: memory and reuse, over a screen recording so many seconds long"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="also record the figures in this file")] = None,
) -> None:
    """Frames per second and flicker of each model, beside bicubic and the original."""
    import platform

    import numpy as np
    import torch

    from srcourse import results, zoo
    from srcourse.upscaling import upscale
    from srcourse.video import measure

    check_record(out)
    if frames < 2:
        raise ValueError(f"frames is {frames}; accepted are whole numbers from 2")
    for seconds in length or ():
        if seconds < 1:
            raise ValueError(f"length is {seconds}; accepted are whole numbers from 1")
    check_apart("clips", [clip.resolve().stem for clip in clips])
    shipped = zoo.trained()
    models = {s: model or ["bicubic", *(n for n in shipped if s in shipped[n])] for s in scale}
    for s, names in models.items():  # a wrong one shows before any work
        for name in names:
            upscale(np.zeros((1, 1)), s, name)
    read = {clip.resolve().stem: measure.read(clip, frames) for clip in clips}
    rows = []
    for name, pictures in read.items():
        height, width = pictures[0].shape[:2]
        for s, names in models.items():
            speeds = measure.speeds(pictures, names, s)
            flickers = measure.flickers(pictures, names, s)
            rows.append(
                {
                    "clip": name,
                    "width": width,
                    "height": height,
                    "frames": len(pictures),
                    "speed": speeds,
                    "flicker": flickers,
                }
            )
            typer.echo(
                f"{name} {width} × {height}, ×{s}: {flickers['share']:.0%} of it rests, and "
                f"changes by {flickers['original']:.2f} levels a frame"
            )
            for row in speeds:
                typer.echo(
                    f"  {row['model']:<14}{row['fps']:7.2f} frames/s{row['of_bicubic']:8.1%} of "
                    f"bicubic{flickers[row['model']]:8.2f} levels"
                )
    saved = [measure.saving("fsrcnn", 2, 50)] if length else []
    for row in saved:
        typer.echo(
            f"a screen recording: {row['reused']:.1%} of the pixels reused, "
            f"{row['seconds']:.1f} s instead of {row['seconds_computing_all']:.1f} s"
        )
    peaks = [measure.memory(seconds, "fsrcnn", 2) for seconds in length or ()]
    for peak in peaks:
        typer.echo(f"{peak['seconds_of_video']} s of video: at most {peak['peak_gib']:.2f} GiB")
    if out:
        processor, threads = platform.processor() or platform.machine(), torch.get_num_threads()
        words = [*(c.resolve().name for c in clips), *(f"--scale {s}" for s in scale)]
        words += [*(f"--model {m}" for m in model or ()), f"--frames {frames}"]
        words += [f"--length {seconds}" for seconds in length or ()]
        results.write(
            out,
            command=f"srcourse evaluate-video {' '.join(words)} --out {out.name}",
            data=f"{', '.join(read)} (at most {frames} frames of each); a screen recording, drawn",
            device=f"{processor}, {threads} thread{'s' * (threads > 1)}",
            results={"clips": rows, "screen": saved, "memory": peaks},
        )
