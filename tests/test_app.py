"""srcourse.app: what the addresses take and give, in one process with its helpers."""

import asyncio
import base64
import io
import json
import re
import time
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageCms

import srcourse as sr
from srcourse.app import Settings, create
from srcourse.app.guards import Guards
from srcourse.app.messages import PIXELS
from srcourse.upscaling import methods
from srcourse.zoo import trained

CAT = sr.images.sample("chelsea")[90:131, 120:167]  # 41 × 47
SMALL = Settings(results=3, kept=3600)


@pytest.fixture(scope="module")
def app():
    return create(SMALL)


@pytest.fixture(scope="module")
def client(app) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


def png(image: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", **options)
    return file.getvalue()


def request(data: bytes, model: str = "bicubic", name: str = "cat.png", **more) -> dict:
    text = base64.b64encode(data).decode()
    return {"DATA": text, "MODEL": model, "FILENAME": name, **more}


def answered(client: TestClient, body: dict, to: str = "/picture") -> tuple[np.ndarray, bytes]:
    """The picture in the answer, and its file."""
    response = client.post(to, json=body)
    assert response.status_code == 200, response.text
    assert list(response.json()) == ["DATA", "MODEL", "FILENAME"]
    assert int(response.headers["content-length"]) == len(response.content)
    data = base64.b64decode(response.json()["DATA"], validate=True)
    assert data.startswith(b"\x89PNG")
    return sr.images.load(data), data


def refused(response, status: int, *words: str) -> str:
    assert response.status_code == status, response.text
    assert list(response.json()) == ["error"]
    text = response.json()["error"]
    assert "\n" not in text
    for word in words:
        assert word in text
    return text


def ended(client: TestClient, id: str) -> dict:
    for _ in range(600):
        state = client.get(f"/jobs/{id}").json()
        if state["status"] not in ("queued", "running"):
            return state
        time.sleep(0.05)
    raise AssertionError(state)


# pictures


@pytest.mark.parametrize(
    ("model", "more", "name", "scale"),
    [
        ("bicubic", {}, "bicubic", 2),
        ("nearest-x3", {}, "nearest", 3),
        ("fsrcnn-x4", {}, "fsrcnn", 4),
        ("edsr-mini", {"SCALE": 3}, "edsr-mini", 3),
        ("srcnn-x2", {"SCALE": 2}, "srcnn", 2),
    ],
)
def test_a_picture_is_what_upscale_makes_of_it(client, model, more, name, scale):
    found, _ = answered(client, request(png(CAT), model, **more))
    np.testing.assert_array_equal(found, sr.upscale(CAT, scale, name))


def test_the_answer_keeps_the_model_and_changes_the_ending(client):
    answer = client.post("/picture", json=request(png(CAT), "nearest-x3", "Minka am Fenster.JPG"))
    assert answer.json()["MODEL"] == "nearest-x3"
    assert answer.json()["FILENAME"] == "Minka am Fenster.png"


def test_grey_depth_and_transparency_stay(client):
    grey = CAT[..., 1]
    found, _ = answered(client, request(png(grey)))
    np.testing.assert_array_equal(found, sr.upscale(grey, 2, "bicubic"))

    deep = grey.astype(np.uint16) * 257 + 3
    found, _ = answered(client, request(png(deep)))
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, sr.upscale(deep, 2, "bicubic"))

    clear = np.dstack([CAT, np.full(CAT.shape[:2], 90, np.uint8)])
    clear[:9, :9, 3] = 0
    found, _ = answered(client, request(png(clear)))
    np.testing.assert_array_equal(found, sr.upscale(clear, 2, "bicubic"))


def test_the_cameras_orientation_and_the_profile_are_kept(client):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise
    found, _ = answered(client, request(png(CAT, exif=exif)))
    np.testing.assert_array_equal(found, sr.upscale(np.rot90(CAT, -1), 2, "bicubic"))

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, data = answered(client, request(png(CAT, icc_profile=profile)))
    assert sr.images.icc_profile(data) == profile


def test_the_colourizer_keeps_the_size(client):
    grey = CAT[..., 1]
    found, _ = answered(client, request(png(grey), "colorful-mini"))
    assert found.shape == CAT.shape
    # Threads add up in another order: a level may differ.
    assert np.abs(found.astype(int) - sr.colorize(grey)).max() <= 1


def test_grey_that_becomes_colour_does_not_keep_a_profile_of_grey(client):
    grey = np.linspace(0, 255, 400, dtype=np.uint8).reshape(20, 20)
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[16:20] = b"GRAY"
    _, data = answered(client, request(png(grey, icc_profile=bytes(profile)), "colorful-mini"))
    assert "icc_profile" not in Image.open(io.BytesIO(data)).info


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "TIFF", "BMP"])
def test_every_format_is_read_whatever_the_name_says(client, form):
    file = io.BytesIO()
    Image.fromarray(CAT).save(file, form)
    found, _ = answered(client, request(file.getvalue(), name="cat.png"))
    expected = sr.upscale(sr.images.load(file.getvalue()), 2, "bicubic")
    np.testing.assert_array_equal(found, expected)


# what is wrong with a request


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"MODEL": "edsr-mimi"}, ["did you mean 'edsr-mini'"]),
        ({"MODEL": "bicubic-x9"}, ["scale is 9", "2, 3, 4"]),
        ({"MODEL": "bicubic-x2", "SCALE": 3}, ["differ"]),
        ({"MODEL": "btsrn-mini", "SCALE": 3}, ["btsrn-mini has: 2"]),
        ({"MODEL": "colorful-mini", "SCALE": 2}, ["has: 1"]),
        ({"SCALE": 2.5}, ["SCALE"]),
        ({"SCALE": True}, ["SCALE"]),
        ({"MODEL": None}, ["MODEL"]),
        ({"FILENAME": ""}, ["FILENAME"]),
        ({"DATA": "data:image/png;base64,AAAA"}, ["comma"]),
        ({"DATA": PIXELS[:-3]}, ["base64"]),
        ({"DATA": "Zm9v\nYmFy"}, ["base64"]),
        ({"DATA": "aGVsbG8gd29ybGQ="}, ["not a picture"]),
        ({"PATH": "/etc/passwd"}, ["'PATH' is not a field"]),
    ],
)
def test_a_wrong_field_is_told(client, change, words):
    refused(client.post("/picture", json=request(png(CAT)) | change), 422, *words)


def test_a_missing_field_is_told(client):
    body = request(png(CAT))
    del body["MODEL"]
    refused(client.post("/picture", json=body), 422, "MODEL is missing")
    refused(client.post("/jobs", json=request(png(CAT))), 422, "KIND is missing")


def test_what_is_not_json(client):
    as_json = {"Content-Type": "application/json"}
    refused(client.post("/picture", content=b'{"DATA', headers=as_json), 400, "not JSON")
    refused(client.post("/picture", content=b"[1]", headers=as_json), 422, "not a JSON object")
    refused(client.post("/picture", content=png(CAT)), 415, "application/json")
    refused(client.post("/picture", data=request(png(CAT))), 415, "application/json")


def test_a_picture_that_cannot_be_decoded(client):
    text = refused(client.post("/picture", json=request(png(CAT)[:-900])), 422, "DATA")
    assert "0x" not in text


def test_a_video_as_a_picture(client):
    mp4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(64)
    refused(client.post("/picture", json=request(mp4)), 422, "DATA is a video")


def test_a_picture_as_a_video(client):
    refused(client.post("/video", json=request(png(CAT))), 422, "DATA is a picture")


def test_addresses_and_methods_that_there_are_not(client):
    refused(client.get("/none"), 404)
    response = client.get("/picture")
    refused(response, 405)
    assert response.headers["allow"] == "POST"
    refused(client.get("/page/none.js"), 404)
    for path in (
        "/page/../api.py",
        "/page/%2e%2e/api.py",
        "/page//etc/passwd",
        "/page/..%2fapi.py",
    ):
        refused(client.get(path), 404)


# what is too much


def test_pixels_are_counted_before_decoding(client):
    # Its header says 30,000 × 30,000; there is next to nothing behind it.
    bomb = bytearray(png(np.zeros((1, 1), np.uint8)))
    bomb[16:24] = (30_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    refused(client.post("/picture", json=request(bytes(bomb))), 413, "too large")
    bomb[16:24] = (4_001).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    refused(client.post("/picture", json=request(bytes(bomb))), 413, "4001×4001", "16000000")


def test_what_is_too_large_enlarged(client):
    # 9 million pixels may be doubled, but not quadrupled.
    file = png(np.zeros((3000, 3000), np.uint8))
    refused(client.post("/picture", json=request(file, "bicubic-x4")), 413, "4000000")


def test_a_body_beyond_the_bound():
    tight = Settings(bytes=300)
    with TestClient(create(tight), base_url="http://localhost") as client:
        answered(client, request(png(CAT[:4, :4])))
        refused(client.post("/picture", json=request(bytes(301))), 413, "301 bytes")
        large = b'{"DATA": "' + b"A" * tight.body
        headers = {"Content-Type": "application/json"}
        refused(client.post("/picture", content=large, headers=headers), 413, "accepted are")
        # Without a length it is counted as it comes.
        pieces = (large[i : i + 1000] for i in range(0, len(large), 1000))
        refused(client.post("/picture", content=pieces, headers=headers), 413, "too long")
        assert client.get("/health").json()["queued"] == 0


def test_a_body_that_stops_arriving_gives_its_place_back():
    app = create(Settings(pause=0.1))
    told: list[dict] = []
    parts = [{"type": "http.request", "body": b'{"DATA": "', "more_body": True}]
    names = {"host": "localhost", "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/picture",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in names.items()],
    }

    async def receive() -> dict:
        return parts.pop() if parts else await asyncio.Event().wait()

    async def send(message: dict) -> None:
        told.append(message)

    async def play() -> tuple[int, int]:
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)
            return app.state.jobs.counts()

    assert asyncio.run(play()) == (0, 0)
    assert told[0]["status"] == 408
    assert json.loads(told[1]["body"])["error"] == "nothing has arrived for 0.1 s"


# jobs


def test_a_job_from_beginning_to_end(client):
    body = request(png(CAT), "fsrcnn-x3", "Käse/../cat.jpg", KIND="picture")
    response = client.post("/jobs", json=body)
    assert response.status_code == 202
    job = response.json()
    assert job["status"] in ("queued", "running")
    assert job["kind"] == "picture"
    assert response.headers["location"] == f"/jobs/{job['id']}"
    state = ended(client, job["id"])
    assert (state["status"], state["done"], state["total"]) == ("done", 1, 1)
    assert (state["error"], state["FILENAME"]) == (None, "cat.png")
    assert state["seconds"] > 0

    result = client.get(f"/jobs/{job['id']}/result")
    assert result.headers["content-type"] == "image/png"
    assert result.headers["content-disposition"] == 'attachment; filename="cat.png"'
    np.testing.assert_array_equal(sr.images.load(result.content), sr.upscale(CAT, 3, "fsrcnn"))

    assert client.delete(f"/jobs/{job['id']}").status_code == 200
    for path in ("", "/result"):
        refused(client.get(f"/jobs/{job['id']}{path}"), 404, "no such job")
    refused(client.delete(f"/jobs/{job['id']}"), 404)


def test_a_job_that_fails_says_why(client):
    body = request(png(CAT)[:-900], KIND="picture")
    state = ended(client, client.post("/jobs", json=body).json()["id"])
    assert state["status"] == "failed"
    assert "DATA" in state["error"]
    refused(client.get(f"/jobs/{state['id']}/result"), 409, "failed", "DATA")


def test_only_so_many_results_are_kept(client):
    ids = []
    for _ in range(SMALL.results + 1):
        job = client.post("/jobs", json=request(png(CAT), KIND="picture")).json()
        assert ended(client, job["id"])["status"] == "done"
        ids.append(job["id"])
    assert len(set(ids)) == len(ids)
    assert min(map(len, ids)) >= 22  # 128 bits at least
    refused(client.get(f"/jobs/{ids[0]}"), 404)
    assert client.get(f"/jobs/{ids[-1]}/result").status_code == 200


# facts


def test_the_models_are_those_that_upscale_knows(client):
    found = {m["name"]: m for m in client.get("/models").json()["models"]}
    assert set(found) == {*methods(), "colorful-mini"}
    for name, scales in trained().items():
        assert found[name]["scales"] == list(scales)
    for model in found.values():
        assert model["title"]
        assert model["note"]
        assert model["kinds"] == ["picture", "video"]


def test_health_and_limits(client):
    assert client.get("/health").json() == {"status": "ok", "queued": 0, "running": 0, "workers": 1}
    limits = client.get("/limits").json()
    assert {"bytes", "pixels", "frames", "seconds"} <= set(limits)
    assert limits["pixels"] == SMALL.pixels


def test_the_openapi_has_examples_that_work(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/picture", "/jobs"):
        content = paths[path]["post"]["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            assert client.post(path, json=example["value"]).status_code in (200, 202), example


# the page


def test_the_page_and_its_files(client):
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    manifest = client.get("/page/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert json.loads(manifest.content)["icons"]
    for response in (page, manifest):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-cache"
        again = client.get(response.url, headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304
    assert client.get("/health").headers["cache-control"] == "no-store"


def test_every_file_that_the_page_names_is_served(client):
    named = set(re.findall(r'(?:src|href)="(page/[^"]+)"', client.get("/").text))
    assert len(named) > 3
    for path in named:
        assert client.get(f"/{path}").status_code == 200, path


# who may ask


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "[::1]:8000", "Origin": "http://[::1]:8000"}, 200),
        ({"Origin": "http://127.0.0.1:8888"}, 403),
        ({"Origin": "https://example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "rebound.example.org"}, 403),
        ({"Host": "rebound.example.org", "Origin": "http://rebound.example.org"}, 403),
        ({"Host": "127.0.0.1.example.org"}, 403),
        ({"Host": "localhost@example.org"}, 403),
        ({"Host": ""}, 403),
    ],
)
def test_other_sites_pages_are_refused(client, headers, status):
    response = client.post("/picture", json=request(png(CAT[:4, :4])), headers=headers)
    assert response.status_code == status, response.text
    if status == 403:
        refused(response, 403)


def test_a_rebound_name_reads_nothing_either(client):
    refused(client.get("/models", headers={"Host": "rebound.example.org"}), 403, "Host")


def test_no_other_origin_is_ever_allowed(client):
    wish = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = client.options("/picture", headers=wish)
    assert response.status_code == 405
    for answer in (response, client.get("/models", headers=wish)):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_proxys_name_can_be_allowed():
    async def hello(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    client = TestClient(
        Guards(hello, ("Pictures.example.org",)), base_url="http://pictures.example.org"
    )
    assert client.get("/").text == "hello"
    assert client.get("/", headers={"Host": "other.example.org"}).status_code == 403
