"""The report's section 7: the application with its server."""

import base64
import json
from io import BytesIO
from typing import Any

from PIL import Image

from srcourse import images
from srcourse.claims.claim import Finding, claim, graded, not_checkable

FIELDS = {"DATA", "MODEL", "FILENAME"}


not_checkable(
    "7.1",
    "The page has four actions: choose a model, choose picture or video, pick a file, save.",
    "That is their application. Ours has the same four, and a test presses each.",
)


@claim("7.1", "The file travels as base64 inside a JSON object.", "holds with a limit")
def base64_in_json() -> Finding:
    stream = BytesIO()
    Image.fromarray(images.sample("chelsea")).save(stream, "PNG")
    data = stream.getvalue()
    sent = json.dumps({"DATA": base64.b64encode(data).decode()})
    back = base64.b64decode(json.loads(sent)["DATA"])
    return graded(
        back == data,
        "It comes back byte for byte.",
        limit=f"It is {len(sent) / len(data):.2f} times as large on the way, and both sides hold "
        "it whole in memory, and once more as text.",
    )


def _request(path: str) -> dict[str, Any]:
    """The fields that `path` takes, as the server's own OpenAPI says, and those it must have."""
    from srcourse.app import create  # the web framework is loaded only where it is needed

    found = create().openapi()
    body = found["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in body:
        body = found["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
    return body


def _takes_the_three(path: str) -> Finding:
    body = _request(path)
    kinds = {body["properties"][name]["type"] for name in FIELDS}
    return graded(
        set(body["required"]) == FIELDS and kinds == {"string"},
        f"Ours must be given {', '.join(sorted(body['required']))}, each a string; SCALE, a "
        "number, may come with them, and nothing else. Its OpenAPI says so.",
    )


@claim("7.3.2", "POST /picture takes DATA, MODEL and FILENAME.", "holds")
def post_picture() -> Finding:
    return _takes_the_three("/picture")


@claim("7.3.2", "POST /video takes DATA, MODEL and FILENAME.", "holds")
def post_video() -> Finding:
    return _takes_the_three("/video")


not_checkable(
    "7.3.1",
    "The server has 8 GB of memory, 4 processors and 160 GB of disk.",
    "That is their machine. What ours needs, lesson 18 shows from a recorded load run.",
)
