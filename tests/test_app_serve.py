"""`srcourse serve`, as a process of its own: under load, against bad bodies, and at its end."""

import base64
import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import psutil
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis.generation import GenerationMode

from srcourse import images
from tests.load.server import COMMAND, serving

CAT = images.sample("chelsea")[90:131, 120:167]
MIB = 2**20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Four workers, and one file may wait."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, "--workers", 4, "--queue", 1) as server:
        yield server
    assert list(folder.glob("srcourse-*")) == []  # nothing is left behind
    assert "Traceback" not in server.log.read_text()


@pytest.fixture
def client(server):
    with server.client() as client:
        yield client


def file(image: np.ndarray, form: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, form, **options)
    return out.getvalue()


def body(data: bytes, model: str = "bicubic", **more) -> dict:
    text = base64.b64encode(data).decode()
    return {"DATA": text, "MODEL": model, "FILENAME": "cat.png", **more}


@pytest.fixture(scope="module")
def large() -> bytes:
    """12 megapixels, as a phone takes them."""
    tiled = np.tile(images.sample("astronaut"), (6, 8, 1))[:3000, :4000]
    return file(tiled, "JPEG")


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def counts(client: httpx.Client) -> tuple[int, int]:
    health = client.get("/health").json()
    return health["queued"], health["running"]


def refused(response: httpx.Response, *status: int) -> str:
    assert response.status_code in status, response.text
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert "\n" not in error
    assert "Traceback" not in error
    assert str(Path(__file__).parents[1]) not in error
    return error


# under load


def test_four_large_pictures_the_bound_and_cancelling(server, client, large):
    before = server.settled()
    order = body(large, "bicubic-x2", KIND="picture")
    jobs = [client.post("/jobs", json=order).json() for _ in range(4)]
    until(lambda: counts(client) == (0, 4))
    seconds = []
    with ThreadPoolExecutor(1) as pool:
        # While two more arrive: the one that may wait, and one too many.
        arriving = pool.submit(lambda: [client.post("/jobs", json=order) for _ in range(2)])
        with server.client() as other:
            for _ in range(40):
                began = time.monotonic()
                other.get("/health").raise_for_status()
                seconds.append(time.monotonic() - began)
                time.sleep(0.02)
        waiting, over = arriving.result()
    assert counts(client)[1] == 4  # they were in work all the while
    assert median(seconds) < 0.1  # one of them may have to wait for a busy machine

    assert waiting.status_code == 202
    assert "try again" in refused(over, 503)
    assert int(over.headers["retry-after"]) > 0

    began = time.monotonic()
    for job in [waiting.json(), *jobs]:
        assert client.delete(f"/jobs/{job['id']}").json()["status"] == "cancelled"
        assert client.get(f"/jobs/{job['id']}").json()["status"] == "cancelled"
        refused(client.get(f"/jobs/{job['id']}/result"), 409)
    assert time.monotonic() - began < 10
    assert counts(client) == (0, 0)
    answer = client.post("/picture", json=body(file(CAT)))  # the workers are there again
    assert answer.status_code == 200
    assert server.settled() < before + 200 * MIB


@pytest.mark.parametrize("whole", [True, False])
def test_a_client_that_goes_away_stops_its_job(server, client, large, whole):
    content = json.dumps(body(large, "bicubic-x2")).encode()
    host, port = server.url.removeprefix("http://").split(":")
    head = (
        f"POST /picture HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    until(lambda: counts(client) == (0, 0))
    before = server.helpers()
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(head.encode() + (content if whole else content[: MIB // 2]))
        until(lambda: counts(client) == ((0, 1) if whole else (1, 0)))
    until(lambda: counts(client) == (0, 0), 10)
    if whole:  # the process that did the work is no more
        until(lambda: not before <= server.helpers(), 5)
    assert [f for f in server.folder.glob("srcourse-*/*/*") if f.name != "result.png"] == []


def test_many_at_once_are_answered_or_told_to_wait(client):
    expected = None

    def ask(_: int) -> int:
        nonlocal expected
        answer = client.post("/picture", json=body(file(CAT), "nearest-x2"))
        if answer.status_code == 200:
            expected = expected or answer.json()
            assert answer.json() == expected
        return answer.status_code

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ask, range(48)))
    assert set(found) <= {200, 503}
    assert found.count(200) >= 5


# bad bodies

GOOD = body(file(CAT))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def packed(data: st.SearchStrategy[bytes]) -> st.SearchStrategy[str]:
    return data.map(lambda found: base64.b64encode(found).decode())


def bomb(side: int, level: int) -> bytes:
    """A picture whose header promises far more than a client may ask for."""
    return file(np.zeros((side, side), np.uint8), compress_level=level)


PICTURES = [file(CAT, form) for form in ("PNG", "JPEG", "WEBP", "TIFF", "BMP")]
CUT = st.sampled_from(PICTURES).flatmap(
    lambda whole: st.integers(0, len(whole) // 2).map(lambda n: whole[:n])
)
BOMBS = [bomb(4100, 9), bomb(8000, 9), file(np.zeros((1, 16383), np.uint8).repeat(1100, 0), "WEBP")]
RENAMED = [  # what is no picture at all, whatever it is called
    b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n",
    b"PK\x03\x04" + bytes(60),
    b"GIF89a\x01\0\x01\0\0\0\0;",
    b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
    b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(40),
]
BAD_DATA = (
    packed(CUT | st.binary(max_size=200) | st.sampled_from([*RENAMED, *BOMBS]))
    | st.text(max_size=30)
    | st.integers(1, 3).map(lambda n: GOOD["DATA"][:-n])  # cut base64
    | st.integers(0, 200).map(lambda n: GOOD["DATA"][:n] + "*" + GOOD["DATA"][n:])
)
BAD = st.one_of(
    JSON,
    BAD_DATA.map(lambda data: GOOD | {"DATA": data}),
    st.tuples(st.sampled_from(["DATA", "MODEL", "FILENAME", "SCALE"]), JSON)
    .filter(
        lambda pair: (
            pair not in [("SCALE", None), ("SCALE", 2), ("SCALE", 3), ("SCALE", 4)]
            and not (pair[0] == "FILENAME" and isinstance(pair[1], str) and pair[1])
        )
    )
    .map(lambda pair: GOOD | dict([pair])),
    st.sampled_from(["DATA", "MODEL", "FILENAME"]).map(
        lambda name: {k: v for k, v in GOOD.items() if k != name}
    ),
    st.text(min_size=1, max_size=9).map(lambda name: GOOD | {f"_{name}": 1}),
).map(lambda found: json.dumps(found).encode()) | st.binary(max_size=60)


def test_two_hundred_bad_bodies_are_refused_and_nothing_is_left(server, client):
    seen = []

    @settings(
        max_examples=200,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=BAD, to=st.sampled_from(["/picture", "/picture", "/video"]))
    def refuse(content, to):
        answer = client.post(to, content=content, headers={"Content-Type": "application/json"})
        refused(answer, 400, 413, 422)
        seen.append(content)

    client.post("/picture", json=GOOD).raise_for_status()
    before = server.settled()
    refuse()
    assert len(seen) >= 200
    assert client.post("/picture", json=GOOD).status_code == 200
    assert counts(client) == (0, 0)
    assert list(server.folder.glob("srcourse-*/*/source")) == []
    assert server.settled() < before + 200 * MIB


@pytest.mark.parametrize("data", BOMBS, ids=["16.8 MP", "64 MP", "18 MP WebP"])
def test_a_bomb_is_refused_by_its_header(client, data):
    assert len(data) < 100_000
    assert "pixels" in refused(client.post("/picture", json=body(data)), 413)


class Trap:
    """An address that must never be asked."""

    def __enter__(self) -> "Trap":
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.asked = 0
        self._open = True
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/secret.mp4"

    def _listen(self) -> None:
        while self._open:
            try:
                self.socket.accept()[0].close()
                self.asked += 1
            except TimeoutError:
                pass

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._thread.join()
        self.socket.close()


@pytest.mark.parametrize("to", ["/video", "/picture"])
@pytest.mark.parametrize("kind", ["hls", "concat", "sdp", "dash"])
def test_a_playlist_reaches_no_file_and_no_network(client, tmp_path, to, kind):
    secret = tmp_path / "secret.png"
    secret.write_bytes(file(CAT))
    with Trap() as trap:
        texts = {
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{trap.url}\n"
            f"#EXTINF:9,\nfile://{secret}\n#EXT-X-ENDLIST\n",
            "concat": f"ffconcat version 1.0\nfile '{trap.url}'\nfile 'file:{secret}'\n",
            "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
            "m=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
            "dash": f"<MPD><Period><BaseURL>{trap.url}</BaseURL></Period></MPD>",
        }
        answer = client.post(to, json=body(texts[kind].encode()))
        error = refused(answer, 422)
        time.sleep(0.3)
    assert trap.asked == 0
    assert str(secret) not in error


# the OpenAPI


def test_the_openapi_says_what_happens(server):
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    # That base64 is a picture no schema can say: such requests are refused, and rightly.
    schema.config.checks.update(excluded_check_names=["positive_data_acceptance"])
    both = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    asked = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=15,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=st.one_of(operation.as_strategy(generation_mode=m) for m in both))
        def validate(case):
            asked.append(case.operation.label)
            case.call_and_validate()

        validate()
    assert {"POST /picture", "DELETE /jobs/{id}", "GET /health"} <= set(asked)


# beginning and end


def command(*options: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND[:-2], *map(str, options)], capture_output=True, text=True, timeout=60
    )


def test_a_port_in_use_is_one_line(server):
    done = command("--port", server.url.rpartition(":")[2])
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "in use" in line
    assert done.stdout == ""


def test_a_host_that_there_is_not_is_one_line():
    done = command("--host", "192.0.2.1", "--port", 0)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_after_a_job_is_silent(tmp_path):
    order = body(file(images.sample("astronaut")[:32, :32], "PNG"), "bicubic-x2", KIND="picture")
    with serving(tmp_path, "--workers", 1) as server, server.client() as client:
        job = client.post("/jobs", json=order).json()
        until(lambda: client.get(f"/jobs/{job['id']}").json()["status"] == "done")
        others = psutil.Process(server.process.pid).children(recursive=True)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0
        assert psutil.wait_procs(others, 15)[1] == []
    assert server.log.read_text() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_it_with_work_open_and_the_network_is_warned_of(tmp_path, large):
    with serving(tmp_path, "--host", "0.0.0.0", "--workers", 1) as server:
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        with ThreadPoolExecutor(1) as pool, server.client() as client, server.client() as other:
            answer = pool.submit(client.post, "/picture", json=body(large))
            until(lambda: counts(other) == (0, 1))
            began = time.monotonic()
            server.process.send_signal(signal.SIGINT)
            refused(answer.result(), 503)
        assert server.process.wait(15) == 0
        assert time.monotonic() - began < 15
    assert list(tmp_path.glob("srcourse-*")) == []
    (line,) = server.log.read_text().splitlines()
    assert line.startswith("Warning: everybody")
