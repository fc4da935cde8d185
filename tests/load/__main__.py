"""`python -m tests.load` has 32 clients send small pictures for five minutes.

It starts a server as `srcourse serve` does, compares each answer with what `srcourse.upscale` makes
of the picture, and writes data/results/load.json. --seconds is for a try; then nothing is written.
"""

import argparse
import asyncio
import base64
import io
import json
import platform
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import psutil
from PIL import Image

import srcourse as sr
from srcourse import images, results, shipped
from tests.load.server import Server, serving

CLIENTS, SECONDS = 32, 300.0
SIDE = 64  # pixels
MODELS = ("bicubic-x2", "fsrcnn-x2", "edsr-mini-x2")
_PAUSE = 0.25  # seconds between two questions to /health


@dataclass
class Seen:
    """Seconds that each answer took and that all took, and what was no right answer."""

    pictures: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    seconds: float = 0.0


def orders() -> list[tuple[dict, np.ndarray]]:
    """Requests, each with the picture that is the right answer."""
    cat = images.sample("chelsea")
    found = []
    for i, model in enumerate(MODELS):
        picture = cat[90 : 90 + SIDE, 100 + 20 * i : 100 + 20 * i + SIDE]
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "PNG")
        data = base64.b64encode(out.getvalue()).decode()
        expected = sr.upscale(picture, 2, model.removesuffix("-x2"))
        found.append(({"DATA": data, "MODEL": model, "FILENAME": "cat.png"}, expected))
    return found


async def client(
    asking: httpx.AsyncClient,
    known: list[tuple[dict, np.ndarray]],
    number: int,
    until: float,
    seen: Seen,
) -> None:
    """Send one picture of `known` after another; each answer is looked at."""
    while time.monotonic() < until:
        order, expected = known[number % len(known)]
        number += 1
        began = time.monotonic()
        try:
            answer = await asking.post("/picture", json=order)
            took = time.monotonic() - began
            answer.raise_for_status()
            found = images.load(base64.b64decode(answer.json()["DATA"]))
            # Other threads add in another order: a level may differ.
            if np.abs(found.astype(int) - expected).max() > 1:
                raise ValueError("another picture than upscale makes")
        except (httpx.HTTPError, ValueError, KeyError) as error:
            seen.errors.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(0.1)
        else:
            seen.pictures.append(took)


def watch(server: Server, until: float, seen: Seen) -> None:
    """How soon /health answers meanwhile, and what memory the server holds."""
    with server.client() as asking:
        while time.monotonic() < until:
            began = time.monotonic()
            answer = asking.get("/health")
            seen.health.append(time.monotonic() - began)
            if answer.status_code != 200:
                seen.errors.append(f"/health answered {answer.status_code}")
            seen.memory.append(server.bytes())
            time.sleep(_PAUSE)


async def load(server: Server, seconds: float) -> Seen:
    seen, known = Seen(), orders()
    began = time.monotonic()
    until = began + seconds
    bounds = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=server.url, timeout=120, limits=bounds) as asking:
        clients = [client(asking, known, number, until, seen) for number in range(CLIENTS)]
        await asyncio.gather(*clients, asyncio.to_thread(watch, server, until, seen))
    seen.seconds = time.monotonic() - began
    return seen


def quantiles(seconds: list[float]) -> dict[str, float]:
    """In milliseconds."""
    found = np.percentile(np.array(seconds) * 1000, [50, 95, 99, 100])
    return {k: round(float(v), 1) for k, v in zip(("p50", "p95", "p99", "max"), found, strict=True)}


def summary(seen: Seen, workers: int) -> dict:
    return {
        "clients": CLIENTS,
        "seconds": round(seen.seconds, 1),
        "workers": workers,
        "pictures": len(seen.pictures),
        "pictures_per_second": round(len(seen.pictures) / seen.seconds, 2),
        "errors": len(seen.errors),
        "milliseconds": quantiles(seen.pictures),
        "health_milliseconds": quantiles(seen.health),
        "megabytes": {
            "first": round(seen.memory[0] / 1e6),
            "most": round(max(seen.memory) / 1e6),
            "last": round(seen.memory[-1] / 1e6),
        },
        "busy": {"load_average": round(psutil.getloadavg()[0], 1), "cores": psutil.cpu_count()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        workers = httpx.get(f"{server.url}/health").json()["workers"]
        seen = asyncio.run(load(server, asked.seconds))
        found = summary(seen, workers)
    print(json.dumps(found, indent=1), *sorted(set(seen.errors))[:10], sep="\n")
    if asked.seconds == SECONDS:
        results.write(
            shipped.folder("data") / "results" / "load.json",
            command="python -m tests.load",
            data=f"photograph 'chelsea', cut-outs of {SIDE} × {SIDE} pixels; {', '.join(MODELS)}",
            device=f"{platform.processor() or platform.machine()}, clients on the same machine",
            results=found,
        )


if __name__ == "__main__":
    main()
