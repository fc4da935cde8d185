import base64
import json
from pathlib import PurePosixPath

import pytest

from srcourse import images
from srcourse.app.orders import take
from srcourse.app.settings import Settings
from srcourse.classroom import check

WORDS = "MODEL 'edsr-mni' is not known; did you mean 'edsr-mini'?"


def fields(data, model, path):
    return {"DATA": data, "MODEL": model, "FILENAME": path.rpartition("/")[2]}


def b64(picture):
    return base64.b64encode(picture).decode()


def make_request(picture, model, path):
    return fields(b64(picture), model, path)


def by_hand(picture, model, path):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bits = "".join(f"{byte:08b}" for byte in picture)
    bits += "0" * (-len(bits) % 6)
    text = "".join(letters[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
    text += "=" * (-len(text) % 4)
    return {"FILENAME": PurePosixPath(path).name, "MODEL": model, "DATA": text}


@pytest.mark.parametrize("answer", [make_request, by_hand])
def test_the_right_request_passes(answer):
    assert check("18-request", answer).passed


@pytest.mark.parametrize("answer", [make_request, by_hand])
def test_the_server_takes_what_passes(tmp_path, answer):
    images.save(tmp_path / "cat.png", images.sample("chelsea")[:8, :8])
    picture = (tmp_path / "cat.png").read_bytes()
    body = tmp_path / "body"
    body.write_text(json.dumps(answer(picture, "bicubic-x3", "holiday/cat.png")))
    order = take(body, tmp_path / "data", "picture", Settings(), lambda done, total: None)
    assert (tmp_path / "data").read_bytes() == picture
    assert (order.name, order.scale, order.FILENAME) == ("bicubic", 3, "cat.png")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda p, m, path: None, "returned nothing"),
        (lambda p, m, path: json.dumps(make_request(p, m, path)), "JSON already"),
        (lambda p, m, path: list(make_request(p, m, path).values()), "returned a list"),
        (
            lambda p, m, path: {k.lower(): v for k, v in make_request(p, m, path).items()},
            "in capitals",
        ),
        (lambda p, m, path: {"DATA": b64(p), "MODEL": m}, "FILENAME is missing"),
        (lambda p, m, path: {**make_request(p, m, path), "SCALE": 2}, "'SCALE' is too much"),
        (lambda p, m, path: fields(p, m, path), "DATA is bytes"),
        (lambda p, m, path: fields(base64.b64encode(p), m, path), "DATA is bytes"),
        (lambda p, m, path: fields(list(p), m, path), "DATA is a list"),
        (lambda p, m, path: fields(str(base64.b64encode(p)), m, path), "begins with b'"),
        (lambda p, m, path: fields(base64.urlsafe_b64encode(p).decode(), m, path), "- and _"),
        (lambda p, m, path: fields(b64(p).rstrip("="), m, path), "= at the end"),
        (lambda p, m, path: fields(p.hex(), m, path), "base 16"),
        (lambda p, m, path: fields(p.decode("latin-1"), m, path), "taken for letters"),
        (lambda p, m, path: fields(b64(b64(p).encode()), m, path), "base64 of base64"),
        (lambda p, m, path: fields(base64.encodebytes(p).decode(), m, path), "line breaks"),
        (lambda p, m, path: fields(b64(p) + "\n", m, path), "a line break"),
        (lambda p, m, path: fields("data:image/png;base64," + b64(p), m, path), "the comma"),
        (lambda p, m, path: fields(b64(p[:-1]), m, path), "not the file in base64"),
        (lambda p, m, path: fields(b64(p), "edsr-mini", path), "as it was given"),
        (lambda p, m, path: {**make_request(p, m, path), "FILENAME": path}, "whole path"),
        (lambda p, m, path: {**make_request(p, m, path), "FILENAME": "cat"}, "send 'cat.png'"),
    ],
)
def test_request_hints(answer, hint):
    result = check("18-request", answer)
    assert not result.passed
    assert hint in result.words


def read_answer(status, body):
    if status == 200:
        return base64.b64decode(json.loads(body)["DATA"])
    try:
        sentence = json.loads(body)["error"]
    except ValueError:
        sentence = f"the server answered {status}"
    raise ValueError(sentence)


def with_the_number(status, body):
    if status != 200:
        try:
            error = json.loads(body.decode()).get("error", "")
        except json.JSONDecodeError:
            error = ""
        raise ValueError(f"{status}: {error}")
    return base64.b64decode(json.loads(body.decode())["DATA"], validate=True)


@pytest.mark.parametrize("answer", [read_answer, with_the_number])
def test_the_right_reading_passes(answer):
    assert check("18-answer", answer).passed


def at_200(found):
    """An answer that is wrong for a 200, and right else."""
    return lambda status, body: found(body) if status == 200 else read_answer(status, body)


def otherwise(act):
    """An answer that is right for a 200, and does `act` else."""
    return lambda status, body: read_answer(status, body) if status == 200 else act(status, body)


def stop(words):
    raise ValueError(words)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda status, body: None, "returned nothing"),
        (at_200(json.loads), "the whole object"),
        (at_200(lambda body: json.loads(body)["DATA"]), "still base64"),
        (at_200(lambda body: json.loads(body)["DATA"].encode()), "letters of the base64"),
        (at_200(lambda body: body), "as it came"),
        (at_200(lambda body: b"cat"), "does not return the bytes"),
        (lambda status, body: base64.b64decode(json.loads(body)["DATA"]), "no 'DATA' in the body"),
        (otherwise(lambda status, body: None), "422 it returned nothing"),
        (otherwise(lambda status, body: b""), "returned something"),
        (otherwise(lambda status, body: stop("it failed")), "the server's sentence"),
        (otherwise(lambda status, body: stop(body.decode())), "whole body"),
        (otherwise(lambda status, body: stop(json.loads(body)["error"])), "`json.loads`"),
        (
            otherwise(lambda status, body: stop(WORDS if b"error" in body else "it is away")),
            "say the number",
        ),
        (
            lambda status, body: None if status == 503 else read_answer(status, body),
            "503 it returned nothing",
        ),
    ],
)
def test_answer_hints(answer, hint):
    result = check("18-answer", answer)
    assert not result.passed
    assert hint in result.words


def wait_before(status, headers, attempt):
    if status != 503 or attempt >= 5:
        return None
    return min(60, int(headers.get("Retry-After", 1)) * 2**attempt)


def by_doubling(status, headers, attempt):
    if status == 503 and attempt in range(5):
        seconds = float(headers["Retry-After"]) if "Retry-After" in headers else 1.0
        for _ in range(attempt):
            seconds += seconds
        return seconds if seconds < 60 else 60.0


@pytest.mark.parametrize("answer", [wait_before, by_doubling])
def test_the_right_policy_passes(answer):
    assert check("18-retry", answer).passed


def policy(wait, statuses=(503,), last=4):
    """Tries again after `statuses` up to attempt `last`: `wait` of Retry-After and the attempt."""

    def answer(status, headers, attempt):
        if status not in statuses or attempt > last:
            return None
        return wait(int(headers.get("Retry-After", 1)), attempt)

    return answer


def right(seconds, attempt):
    return min(60, seconds * 2**attempt)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda status, headers, attempt: None, "worth another try"),
        (lambda status, headers, attempt: headers["Retry-After"] * 2**attempt, "text"),
        (policy(right, (200, 503)), "it was answered"),
        (policy(right, (413, 422, 503)), "will not help"),
        (policy(right, (500, 503)), "will not help"),
        (policy(lambda s, n: min(60, 2**n)), "Retry-After says 5"),
        (policy(lambda s, n: min(60, s * 2 ** (n + 1))), "attempt 0 waits once"),
        (
            lambda status, headers, attempt: (
                right(int(headers["Retry-After"]), attempt) if status == 503 else None
            ),
            "Without a header",
        ),
        (
            lambda status, headers, attempt: wait_before(status, {"Retry-After": 5}, attempt),
            "Without a header Retry-After it returns 5",
        ),
        (policy(lambda s, n: s), "equally long"),
        (policy(lambda s, n: s * (n + 1)), "It adds"),
        (policy(lambda s, n: s + 2**n if n else s), "adds the doubling"),
        (policy(lambda s, n: min(60, s * 3**n)), "5, 10, 20 and 40 were expected"),
        (policy(right, last=2), "gives up at attempt 3"),
        (policy(right, last=3), "gives up at attempt 4"),
        (policy(lambda s, n: s * 2**n), "longer than 60"),
        (policy(lambda s, n: min(60, s) * 2**n), "longer than 60"),
        (policy(lambda s, n: right(s, n) if n else s), "longer than 60"),
        (policy(right, last=5), "never gives up"),
        (policy(right, last=99), "never gives up"),
    ],
)
def test_retry_hints(answer, hint):
    result = check("18-retry", answer)
    assert not result.passed
    assert hint in result.words
