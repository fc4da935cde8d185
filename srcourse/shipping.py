"""What ships: trained weights, as small as they can be, with a manifest of how each was made."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from srcourse import colorization, results, zoo
from srcourse.images import load, picture_files
from srcourse.metrics import evaluate
from srcourse.models.cost import parameters
from srcourse.training.checkpoint import save_tensors
from srcourse.upscaling import upscale

MANIFEST = "manifest.json"
LOSS = 0.01  # dB that half precision may cost


def measure(weights: Path, folder: Path) -> dict[str, float]:
    """Mean PSNR (dB) and SSIM on luma of the network in `weights` on the pictures of `folder`."""
    scale = int(zoo.training_of(weights)["recipe"]["scale"])
    pictures = ((file.stem, load(file)) for file in picture_files([folder]))
    return evaluate(lambda lr, s: upscale(lr, s, weights), pictures, scale)["mean"]


def pack(weights: Path, into: Path, folder: Path) -> Path:
    """Copy `weights` into the folder `into`, in half precision if that costs less than `LOSS`.

    folder: the pictures to measure that on. The file is named after its network and scale.
    Raises ValueError for weights that do not say how they were trained, and for those of a network
    with options of its own, which `zoo.load` does not build.
    """
    about = zoo.training_of(weights)
    recipe = about["recipe"]
    if recipe.get("options"):
        raise ValueError(
            f"weights: {weights} is of a variant of {recipe['model']}, which none loads"
        )
    out = into / f"{recipe['model']}-x{recipe['scale']}.safetensors"
    whole = zoo.read_weights(weights)
    note = {"training": json.dumps(about)}
    part = out.with_stem(out.stem + "-part")
    try:
        save_tensors({name: tensor.half() for name, tensor in whole.items()}, part, note)
        if abs(measure(part, folder)["psnr"] - measure(weights, folder)["psnr"]) >= LOSS:
            save_tensors(whole, part, note)
        return part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def pack_colour(weights: Path, into: Path) -> Path:
    """Copy a colorizer's `weights` into the folder `into`, its kernels in half precision.

    Batch norm's variances stay as they are: some are too small for it.

    Raises ValueError for weights that do not say how they were trained, and for those of another
    network.
    """
    note = {"training": json.dumps(zoo.training_of(weights))}
    colorization.load(weights)
    out = into / "colour" / colorization.file().name
    out.parent.mkdir(exist_ok=True)
    part = out.with_stem(out.stem + "-part")
    try:
        whole = zoo.read_weights(weights)
        halves = {name: t.half() if t.ndim > 1 else t for name, t in whole.items()}
        save_tensors(halves, part, note)
        return part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def manifest(weights: Sequence[Path], folders: Sequence[Path]) -> dict[str, dict]:
    """For each of `weights`: how it was trained, its sha256, and PSNR and SSIM on `folders`.

    `hours` counts the runs whose weights it started from as well.
    """
    table = {}
    for file in weights:
        about = zoo.training_of(file)
        runs = zoo.lineage(about)
        table[file.stem] = {
            "recipe": about["recipe"],
            "runs": [
                {"recipe": _name(run), "steps": run["step"], "of": run["recipe"]["steps"]}
                for run in runs
            ],
            "hours": round(sum(run["seconds"] for run in runs) / 3600, 2),
            "device": about["device"],
            "precision": about.get("precision", "float32"),
            "torch": about["torch"],
            "data": about.get("data"),
            "parameters": _size(about["recipe"]),
            "bytes": file.stat().st_size,
            "sha256": sha256(file.read_bytes()).hexdigest(),
            "measured": {folder.name: _rounded(measure(file, folder)) for folder in folders},
        }
    return table


def write_manifest(into: Path, folders: Sequence[Path], command: str) -> Path:
    """Write the manifest of all weights in the folder `into` beside them."""
    out = into / MANIFEST
    found = manifest(sorted(into.glob("*.safetensors")), folders)
    sets = ", ".join(f"{f.name} ({len(picture_files([f]))} pictures)" for f in folders)
    results.write(out, command=command, data=sets, device="cpu", results=found)
    return out


def _name(about: dict) -> str:
    return f"{about['recipe']['model']}-x{about['recipe']['scale']}"


def _size(recipe: dict) -> int:
    return parameters(zoo.build(recipe["model"], recipe["scale"], **recipe.get("options", {})))


def _rounded(score: dict[str, float]) -> dict[str, float]:
    return {"psnr": round(score["psnr"], 3), "ssim": round(score["ssim"], 4)}
