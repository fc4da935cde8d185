"""A server with the application's contract that fails on demand, for the page's tests.

It enlarges by nearest neighbour; a video it hands back as it came.
"""

import base64
import io
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image

PAGE = Path(__file__).resolve().parents[2] / "srcourse" / "app" / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
POLICY = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:"
BOTH = ["picture", "video"]
MODELS = [
    {
        "name": "edsr-mini",
        "title": "EDSR mini",
        "scales": [2, 3, 4],
        "kinds": BOTH,
        "note": "The sharpest of those here, and the slowest.",
    },
    {
        "name": "fsrcnn",
        "title": "FSRCNN",
        "scales": [2, 3, 4],
        "kinds": BOTH,
        "note": "Small and quick.",
    },
    {
        "name": "srcnn",
        "title": "SRCNN",
        "scales": [3],
        "kinds": BOTH,
        "note": "The first network for this, of 2014.",
    },
    {
        "name": "colorful-mini",
        "title": "Colorful mini",
        "scales": [1],
        "kinds": ["picture"],
        "note": "Guesses colours for a grey picture.",
    },
]


@dataclass
class FakeServer:
    """What the server does; tests set these while it runs."""

    url: str = ""
    steps: int = 2  # frames or tiles of a job …
    pause: float = 0.05  # … and the seconds for each
    countable: bool = True  # whether `total` is known
    gone: bool = False  # no answer to anything but the page's own files
    busy: int = 0  # so many jobs are refused with 503 first
    wait: int = 1  # their Retry-After
    refusal: tuple[int, str] | None = None  # a job is refused with this
    failure: str = ""  # a job fails with this half way
    limits: dict = field(
        default_factory=lambda: {
            "bytes": 2_000_000,
            "pixels": 1_000_000,
            "enlarged": 9_000_000,
            "frame": 1_000_000,
            "frames": 300,
            "seconds": 30,
        }
    )
    jobs: dict[str, dict] = field(default_factory=dict)
    asked: list[dict] = field(default_factory=list)  # bodies of POST /jobs, DATA decoded
    dropped: list[str] = field(default_factory=list)

    def reset(self) -> None:
        self.__dict__.update(FakeServer(self.url).__dict__)

    def enhance(self, number: str, body: dict) -> None:
        job = self.jobs[number]
        job["status"] = "running"
        began = time.monotonic()
        for done in range(1, self.steps + 1):
            time.sleep(self.pause)
            if job["status"] == "cancelled":
                return
            job |= {"done": done, "seconds": time.monotonic() - began}
            if self.failure and done > self.steps / 2:
                job |= {"status": "failed", "error": self.failure}
                return
        job["result"] = body["DATA"]
        if body["KIND"] == "picture":
            picture = Image.open(io.BytesIO(body["DATA"])).convert("RGB")
            size = (picture.width * body["SCALE"], picture.height * body["SCALE"])
            out = io.BytesIO()
            picture.resize(size, Image.Resampling.NEAREST).save(out, "png")
            job["result"] = out.getvalue()
        ending = ".png" if body["KIND"] == "picture" else ".mp4"
        job |= {"status": "done", "FILENAME": str(Path(body["FILENAME"]).with_suffix(ending))}


class Listening(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listening

    @property
    def fake(self) -> FakeServer:
        return self.server.fake

    def answer(self, status: int, content: dict | bytes, kind="application/json", **headers):
        if isinstance(content, dict):
            content = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", POLICY)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def away(self) -> bool:
        """Close without a word, as a server that is not there."""
        if self.fake.gone:
            self.close_connection = True
        return self.fake.gone

    def do_GET(self):
        path = self.path.strip("/")
        if path == "" or path.startswith("page/"):
            file = PAGE / (Path(path).name or "index.html")
            return self.answer(200, file.read_bytes(), TYPES[file.suffix])
        if self.away():
            return None
        if path == "models":
            return self.answer(200, {"models": MODELS})
        if path == "limits":
            return self.answer(200, self.fake.limits)
        number, _, rest = path.removeprefix("jobs/").partition("/")
        job = self.fake.jobs.get(number)
        if job is None:
            return self.answer(404, {"error": "There is no such job."})
        if rest == "result":
            return self.answer(200, job["result"], job["type"])
        return self.answer(200, {k: v for k, v in job.items() if k != "result"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.away():
            return None
        if self.fake.busy:
            self.fake.busy -= 1
            error = {"error": "All workers are busy."}
            return self.answer(503, error, Retry_After=str(self.fake.wait))
        if self.fake.refusal:
            status, sentence = self.fake.refusal
            return self.answer(status, {"error": sentence})
        body["DATA"] = base64.b64decode(body["DATA"], validate=True)
        self.fake.asked.append(body)
        number = str(len(self.fake.asked))
        job = {
            "id": number,
            "status": "queued",
            "done": 0,
            "total": self.fake.steps if self.fake.countable else None,
            "seconds": 0.0,
            "error": None,
            "FILENAME": body["FILENAME"],
            "type": "image/png" if body["KIND"] == "picture" else "video/mp4",
        }
        self.fake.jobs[number] = job
        threading.Thread(target=self.fake.enhance, args=(number, body), daemon=True).start()
        return self.answer(202, job)

    def do_DELETE(self):
        number = self.path.removeprefix("/jobs/")
        self.fake.dropped.append(number)
        self.fake.jobs[number]["status"] = "cancelled"
        self.answer(200, {"id": number, "status": "cancelled"})

    def log_message(self, *_):
        pass


def serve() -> tuple[FakeServer, Listening]:
    """A fake on a free port of this machine, answering from threads; shut the second down."""
    server = Listening(("127.0.0.1", 0), Handler)
    server.fake = FakeServer(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.fake, server
