"""How fast the networks run here, as ratios within one run: machines differ, ratios less."""

import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from srcourse import zoo
from srcourse.images import load, picture_files
from srcourse.metrics import evaluate
from srcourse.models.cost import multiply_adds
from srcourse.models.picture import enlarge
from srcourse.models.twin import twin
from srcourse.upscaling import upscale

SIDE = 192  # pixels of the LR picture
CROP = 256  # pixels a side: what a learner cuts out of a photograph
MATRIX = 1536
REST = 0.1  # seconds


def bench(
    names: list[str],
    scale: int = 2,
    side: int = SIDE,
    rounds: int = 7,
    images: Sequence[Path] = (),
) -> list[dict]:
    """Time each network of `names` (random weights do) on a `side` × `side` picture.

    Returns a row for each, medians over `rounds` in which all the ways take turns, so that what
    else the machine does falls on each alike:

    - seconds_per_megapixel: of the enlarged picture, as `upscale` runs the network;
    - matrix_share: multiply-adds a second, as a share of a float32 matrix product's here;
    - plain_ratio: how many times faster than the network run plainly (torch's default layout,
      gradients recorded);
    - onnxruntime_ratio, openvino_ratio: how many times faster than those on the same network; None
      where they, or what exports to them, are not installed;
    - crop_seconds: what `upscale` takes for `CROP` × `CROP` pixels in colour, from array to array;
      None where no weights of the network ship;
    - bfloat16_ratio: how many times faster yet in bfloat16, which has eight bits of precision;
    - bfloat16_db: what that changes of the mean PSNR-Y on `images`, in dB; None without images or
      shipped weights.

    Raises ValueError for an unknown name or scale, for sizes that are not positive, and for images
    that are none.
    """
    if side < 1 or rounds < 1:
        raise ValueError(f"side is {side} and rounds {rounds}; both go from 1")
    pictures = picture_files(images) if images else []
    return [_row(name, scale, side, rounds, pictures) for name in names]


def _row(name: str, scale: int, side: int, rounds: int, pictures: Sequence[Path]) -> dict:
    torch.manual_seed(0)
    network = zoo.build(name, scale).eval()
    x = torch.rand(1, int(network.channels), side, side)  # type: ignore[arg-type]
    exported = _onnx(network, x)
    ways: dict[str, Callable[[], Any] | None] = {
        "matrix": _matrix(),
        "plain": partial(network, x),
        "onnxruntime": _onnxruntime(exported, x),
        "openvino": _openvino(exported, x),
    }
    fast = deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    channels_last = x.contiguous(memory_format=torch.channels_last)
    ways["ours"] = partial(_inferred, twin(fast), channels_last)
    ways["bfloat16"] = partial(_halved, twin(fast), channels_last)
    ways["crop"] = _crop(name, scale)
    seconds = _medians({k: way for k, way in ways.items() if way}, rounds)

    pixels = (scale * side) ** 2
    rate = float(multiply_adds(network)) * pixels / seconds["ours"]
    return {
        "model": name,
        "scale": scale,
        "seconds_per_megapixel": seconds["ours"] * 1e6 / pixels,
        "matrix_share": rate / (MATRIX**3 / seconds["matrix"]),
        "plain_ratio": seconds["plain"] / seconds["ours"],
        **{
            f"{other}_ratio": seconds[other] / seconds["ours"] if other in seconds else None
            for other in ("onnxruntime", "openvino")
        },
        "crop_seconds": seconds.get("crop"),
        "bfloat16_ratio": seconds["ours"] / seconds["bfloat16"],
        "bfloat16_db": _halving_costs(name, scale, pictures),
    }


def _ships(name: str, scale: int) -> bool:
    return scale in zoo.trained().get(name, ())


def _halving_costs(name: str, scale: int, pictures: Sequence[Path]) -> float | None:
    if not pictures or not _ships(name, scale):
        return None
    network = twin(zoo.load(name, scale))

    def psnr() -> float:
        named = ((file.stem, load(file)) for file in pictures)
        return evaluate(lambda lr, _: enlarge(network, lr), named, scale)["mean"]["psnr"]

    exact = psnr()
    with torch.autocast("cpu", torch.bfloat16):
        return psnr() - exact


def _medians(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Seconds of each way: the median over `rounds`, after one round that is not counted.

    Each begins after a rest: the threads of the one before go on looking for work for a while, and
    keep the cores from the next.
    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            time.sleep(REST)
            began = time.perf_counter()
            way()
            found[name].append(time.perf_counter() - began)
    return {name: median(times[1:]) for name, times in found.items()}


def _matrix() -> Callable[[], Tensor]:
    a, b = torch.rand(MATRIX, MATRIX), torch.rand(MATRIX, MATRIX)
    return partial(torch.mm, a, b)


@torch.inference_mode()
def _inferred(network: nn.Module, x: Tensor) -> Tensor:
    return network(x)


@torch.inference_mode()
def _halved(network: nn.Module, x: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return network(x)


def _crop(name: str, scale: int) -> Callable[[], np.ndarray] | None:
    if not _ships(name, scale):
        return None
    crop = np.random.default_rng(0).integers(0, 256, (CROP, CROP, 3), dtype=np.uint8)
    return partial(upscale, crop, scale, name)


def _onnx(network: nn.Module, x: Tensor) -> bytes | None:
    others = find_spec("onnxruntime") or find_spec("openvino")
    if not (others and find_spec("onnx") and find_spec("onnxscript")):
        return None
    program = torch.onnx.export(network, (x,), dynamo=True, verbose=False)
    return program.model_proto.SerializeToString()  # type: ignore[union-attr]


def _onnxruntime(model: bytes | None, x: Tensor) -> Callable[[], Any] | None:
    if model is None or not find_spec("onnxruntime"):
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed: dict[str, np.ndarray] = {session.get_inputs()[0].name: x.numpy()}
    return partial(session.run, None, feed)


def _openvino(model: bytes | None, x: Tensor) -> Callable[[], Any] | None:
    if model is None or not find_spec("openvino"):
        return None
    import openvino

    core = openvino.Core()
    settings = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(model), "CPU", settings)
    return partial(compiled, [x.numpy()])
