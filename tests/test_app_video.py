"""srcourse.app: videos, asked for at once and as jobs, and what is no video."""

import base64
import io
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fastapi.testclient import TestClient

from srcourse import images, video
from srcourse.app import Settings, create

FRAMES = 8
BOUNDS = Settings(frames=20, seconds=2.0, frame=4 * 96 * 128)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create(BOUNDS), base_url="http://localhost") as client:
        yield client


def clip(folder: Path, count: int = FRAMES, height: int = 48, width: int = 64, rate=25) -> bytes:
    """A cut-out that wanders over a photograph."""
    cat = images.sample("chelsea")
    moving = (cat[20 + i : 20 + i + height, 90 : 90 + width] for i in range(count))
    return video.write(folder / "clip.mp4", moving, rate).read_bytes()


def request(data: bytes, **more) -> dict:
    text = base64.b64encode(data).decode()
    return {"DATA": text, "MODEL": "fsrcnn", "FILENAME": "clip.mov"} | more


def refused(response, status: int, *words: str) -> None:
    assert response.status_code == status, response.text
    assert list(response.json()) == ["error"]
    for word in words:
        assert word in response.json()["error"]


def decoded(data: bytes) -> np.ndarray:
    return np.stack(list(video.frames(io.BytesIO(data)))).astype(float)


def ended(client: TestClient, id: str) -> list[dict]:
    """All that was told of a job, until its end."""
    told = []
    for _ in range(2000):
        told.append(client.get(f"/jobs/{id}").json())
        if told[-1]["status"] not in ("queued", "running"):
            return told
        time.sleep(0.02)
    raise AssertionError(told[-1])


def test_a_video_is_what_upscale_video_makes_of_it(client, tmp_path):
    data = clip(tmp_path)
    answer = client.post("/video", json=request(data))
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["DATA", "MODEL", "FILENAME"]
    assert answer.json()["FILENAME"] == "clip.mp4"
    found = decoded(base64.b64decode(answer.json()["DATA"], validate=True))

    video.upscale_video(io.BytesIO(data), tmp_path / "out.mp4", "fsrcnn", 2)
    expected = decoded((tmp_path / "out.mp4").read_bytes())
    assert found.shape == expected.shape == (FRAMES, 96, 128, 3)
    assert (
        np.abs(found - expected).mean() < 0.5
    )  # of 255; the encoder may divide its work otherwise


def test_a_job_tells_its_frames(client, tmp_path):
    body = request(clip(tmp_path), KIND="video", MODEL="bicubic-x2")
    told = ended(client, client.post("/jobs", json=body).json()["id"])
    state = told[-1]
    assert (state["status"], state["kind"], state["FILENAME"]) == ("done", "video", "clip.mp4")
    assert (state["done"], state["total"]) == (FRAMES, FRAMES)
    steps = [t["done"] for t in told]
    assert steps == sorted(steps)
    result = client.get(f"/jobs/{state['id']}/result")
    assert result.headers["content-type"] == "video/mp4"
    assert video.probe(io.BytesIO(result.content)).width == 128
    part = client.get(f"/jobs/{state['id']}/result", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_the_colourizer_takes_a_video_too(client, tmp_path):
    answer = client.post("/video", json=request(clip(tmp_path, 2), MODEL="colorful-mini"))
    assert answer.status_code == 200, answer.text
    assert decoded(base64.b64decode(answer.json()["DATA"])).shape == (2, 48, 64, 3)


def test_frames_seconds_and_pixels_are_bounded(client, tmp_path):
    refused(client.post("/video", json=request(clip(tmp_path, 21))), 413, "21 frames", "20")
    slow = clip(tmp_path, 5, rate=1)
    refused(client.post("/video", json=request(slow)), 413, "5.0 s", "2 s")
    wide = clip(tmp_path, 2, 100, 200)
    refused(client.post("/video", json=request(wide)), 413, "200×100", str(96 * 128))
    quarter = request(clip(tmp_path, 2, 60, 80), MODEL="fsrcnn-x4")
    refused(client.post("/video", json=quarter), 413, "at scale 4")


def test_a_video_sent_as_a_picture(client, tmp_path):
    refused(client.post("/picture", json=request(clip(tmp_path))), 422, "DATA is a video")


def test_a_cut_video(client, tmp_path):
    data = clip(tmp_path)
    for length in (40, len(data) // 3, len(data) - 400):
        refused(client.post("/video", json=request(data[:length])), 422, "DATA")
    assert client.get("/health").json() == {"status": "ok", "queued": 0, "running": 0, "workers": 1}


def test_sound_alone(client):
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
        out.mux([*stream.encode(frame), *stream.encode(None)])
    refused(client.post("/video", json=request(file.getvalue())), 422, "no video")
