"""Judges of lesson 18, the application."""

import base64
import json
from typing import Any

from srcourse.classroom.exercises import Wrong, exercise

# Every byte: its base64 has + and /, and = at the end.
_FILE = bytes(range(256))
_MODEL = "edsr-mini-x2"
_FIELDS = ("DATA", "MODEL", "FILENAME")


@exercise("18-request", "A request")
def request(answer: Any) -> None:
    for path, name in (("cat.png", "cat.png"), ("holiday/2026/cat.png", "cat.png")):
        got = answer(_FILE, _MODEL, path)
        if got is None:
            raise Wrong("It returned nothing. Return a dict with DATA, MODEL and FILENAME.")
        if isinstance(got, str | bytes):
            raise Wrong("It returned the JSON already. Return the dict; `json.dumps` comes later.")
        if not isinstance(got, dict):
            raise Wrong(f"It returned a {type(got).__name__}. Return a dict.")
        _check_fields(got)
        _check_data(got["DATA"])
        if got["MODEL"] != _MODEL:
            raise Wrong(f"MODEL is {got['MODEL']!r}; send {_MODEL!r} as it was given.")
        if got["FILENAME"] != name:
            hint = f"FILENAME is {got['FILENAME']!r}; for the path {path!r} send {name!r}."
            if got["FILENAME"] == path:
                hint = f"FILENAME is the whole path, {path!r}. Send the last part only."
            raise Wrong(hint)


def _check_fields(got: dict) -> None:
    missing = [name for name in _FIELDS if name not in got]
    if missing and {name.lower() for name in _FIELDS} <= {str(name).lower() for name in got}:
        raise Wrong("The fields' names are in capitals: DATA, MODEL and FILENAME.")
    if missing:
        raise Wrong(f"{' and '.join(missing)} is missing. The fields are {', '.join(_FIELDS)}.")
    more = [name for name in got if name not in _FIELDS]
    if more:
        raise Wrong(f"{more[0]!r} is too much. The fields are {', '.join(_FIELDS)}.")


def _check_data(data: Any) -> None:
    right = base64.b64encode(_FILE).decode()
    if isinstance(data, bytes):
        raise Wrong("DATA is bytes, which JSON has not: make a str of them with `.decode()`.")
    if not isinstance(data, str):
        raise Wrong(f"DATA is a {type(data).__name__}; it should be the file in base64, a str.")
    if data == right:
        return
    hints = {
        str(right.encode()): "DATA begins with b': that is how Python shows bytes. Use `.decode()` "
        "in place of `str`.",
        base64.urlsafe_b64encode(_FILE).decode(): "DATA has - and _ in place of + and /. That is "
        "base64 for addresses; take `b64encode`.",
        right.rstrip("="): "The = at the end is missing. It belongs to base64.",
        _FILE.hex(): "That is base 16. Take `base64.b64encode`.",
        _FILE.decode("latin-1"): "DATA is the file's bytes taken for letters. Write them in "
        "base64.",
        base64.b64encode(right.encode()).decode(): "DATA is base64 of base64. Once is enough.",
        right + "\n": "DATA ends with a line break.",
    }
    if data in hints:
        raise Wrong(hints[data])
    if data.startswith("data:"):
        raise Wrong("DATA begins with data:, as in a page's address. Send what follows the comma.")
    if "\n" in data:
        raise Wrong("DATA has line breaks, as in mail. Take `b64encode`, which makes none.")
    raise Wrong("DATA is not the file in base64.")


@exercise("18-answer", "An answer")
def read_answer(answer: Any) -> None:
    text = base64.b64encode(_FILE).decode()
    body = json.dumps({"DATA": text, "MODEL": _MODEL, "FILENAME": "cat.png"}).encode()
    got = answer(200, body)
    if got is None:
        raise Wrong("It returned nothing. For 200, return the bytes of the picture.")
    if isinstance(got, dict):
        raise Wrong("It returned the whole object. The picture is in its field DATA.")
    if got == text:
        raise Wrong("That is still base64. Decode it to bytes.")
    if got == body:
        raise Wrong("That is the body as it came. It is JSON; the picture is in its DATA.")
    if got == text.encode():
        raise Wrong("Those are the letters of the base64 as bytes. Decode it: `b64decode`.")
    if got != _FILE:
        raise Wrong("For 200 it does not return the bytes of the picture.")

    sentence = "MODEL 'edsr-mni' is not known; did you mean 'edsr-mini'?"
    refusal = json.dumps({"error": sentence}).encode()
    for status in (422, 503):
        told = _told(answer, status, refusal)
        if sentence not in told:
            raise Wrong(f"For {status} the ValueError should hold the server's sentence.")
        if told != sentence and "{" in told:
            raise Wrong("The ValueError holds the whole body. Take the sentence out of it.")
    away = b"<html><h1>502 Bad Gateway</h1></html>"
    if "502" not in _told(answer, 502, away, "a proxy's page, which is no JSON, "):
        raise Wrong("Where a proxy answers with a page of its own, say the number: 502.")


def _told(answer: Any, status: int, body: bytes, what: str = "") -> str:
    try:
        got = answer(status, body)
    except json.JSONDecodeError:
        raise Wrong(f"With {status} and {what}it stopped in `json.loads`.") from None
    except ValueError as error:
        return str(error)
    except KeyError as error:
        hint = f"For {status} there is no {error} in the body. Look at the status first."
        raise Wrong(hint) from None
    if got is None:
        raise Wrong(f"For {status} it returned nothing. Raise a ValueError.")
    raise Wrong(f"For {status} it returned something. Raise a ValueError; a caller may not look.")


@exercise("18-retry", "When to come back")
def retry(answer: Any) -> None:
    told = {"Retry-After": "5"}
    first = answer(503, told, 0)
    if first is None:
        raise Wrong("A 503 is worth another try: return the seconds to wait, here 5.")
    if isinstance(first, str):
        raise Wrong("It returned text. A header is text; make a number of it.")
    for status in (200, 413, 422, 500):
        if answer(status, told, 0) is not None:
            why = "it was answered" if status == 200 else "it will not help"
            raise Wrong(f"After a {status} it tries again; {why}. Return None.")
    if first != 5:
        hint = "Retry-After says 5 seconds"
        if first == 10:
            hint += "; twice as long is for the next attempt, attempt 0 waits once"
        raise Wrong(f"After the first 503 it waits {first:g} s. {hint}.")
    try:
        bare = answer(503, {}, 0)
    except (KeyError, TypeError):
        raise Wrong("Without a header Retry-After it stops with an error. Wait 1 second.") from None
    if bare != 1:
        raise Wrong(f"Without a header Retry-After it returns {bare}. Wait 1 second.")
    waits = [answer(503, told, attempt) for attempt in range(4)]
    if None in waits:
        raise Wrong(f"It gives up at attempt {waits.index(None)}; attempts 0 to 4 may be made.")
    if waits == [5, 5, 5, 5]:
        raise Wrong("It waits equally long each time. Twice as long after each further attempt.")
    if waits == [5, 10, 15, 20]:
        raise Wrong("It adds. Twice as long after each attempt: 5, 10, 20, 40.")
    if waits == [5, 7, 9, 13]:
        raise Wrong("It adds the doubling to the header's seconds. Multiply: 5, 10, 20, 40.")
    if waits[:3] != [5, 10, 20] or waits[3] != 40:
        raise Wrong(f"For attempts 0 to 3 it waits {waits}; 5, 10, 20 and 40 were expected.")
    if answer(503, told, 4) is None:
        raise Wrong("It gives up at attempt 4; attempts 0 to 4 may be made.")
    if answer(503, told, 4) != 60 or answer(503, {"Retry-After": "120"}, 0) != 60:
        raise Wrong("No wait is longer than 60 seconds: 5 · 16 becomes 60, and so does 120.")
    if answer(503, told, 5) is not None or answer(503, {}, 9) is not None:
        raise Wrong("It never gives up. From attempt 5 on, return None.")
