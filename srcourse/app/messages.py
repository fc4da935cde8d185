"""What goes over the wire, as the OpenAPI describes it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# A grey ramp of 8 × 8 pixels: small enough to read, and it works.
PIXELS = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAEElEQVR42mNkEIIAJiGKGACfigR+wbJOAwAAAABJRU5Erk"
    "Jggg=="
)

Kind = Literal["picture", "video"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]


class Request(BaseModel):
    """A picture or a video, and what to do with it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    DATA: Annotated[
        str,
        Field(
            min_length=4,
            description="The file, in base64 (RFC 4648, section 4), without line breaks.",
            json_schema_extra={"contentEncoding": "base64"},
        ),
    ]
    MODEL: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="A name that GET /models lists; with -x2, -x3 or -x4 it names the scale.",
        ),
    ]
    FILENAME: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            description="What the file is called; the answer's has another ending.",
        ),
    ]
    SCALE: Annotated[
        int | None, Field(ge=1, le=4, description="Instead of the ending of MODEL.")
    ] = None


class JobRequest(Request):
    """The same, as a job."""

    KIND: Annotated[Kind, Field(description="What DATA holds.")]


class Answer(BaseModel):
    """The enhanced file, in the three fields of the request."""

    DATA: Annotated[str, Field(description="A PNG or an MP4, in base64.")]
    MODEL: Annotated[str, Field(description="As it was asked for.")]
    FILENAME: Annotated[str, Field(description="As it was sent, ending in .png or .mp4.")]


class Problem(BaseModel):
    """Why there is no answer."""

    error: Annotated[str, Field(description="One sentence.")]


class Model(BaseModel):
    """A model that the server offers."""

    name: str
    title: str
    scales: list[int]
    kinds: list[Kind]
    note: str


class Models(BaseModel):
    """All of them."""

    models: list[Model]


class Health(BaseModel):
    """How busy the server is."""

    status: Literal["ok"] = "ok"
    queued: Annotated[int, Field(description="Jobs that wait.")]
    running: Annotated[int, Field(description="Jobs in work.")]
    workers: Annotated[int, Field(description="Jobs that can be in work at one time.")]


class Bounds(BaseModel):
    """What the server accepts."""

    bytes: Annotated[int, Field(description="Of a file, before base64.")]
    pixels: Annotated[int, Field(description="Of a picture.")]
    enlarged: Annotated[int, Field(description="Of a picture times the scale squared.")]
    frames: Annotated[int, Field(description="Of a video.")]
    seconds: Annotated[float, Field(description="Of a video.")]
    frame: Annotated[int, Field(description="Pixels of a video's frame times the scale squared.")]
    kept: Annotated[float, Field(description="Seconds that a job's result is kept.")]


class Job(BaseModel):
    """How far a job is."""

    id: str
    kind: Kind
    status: Status
    done: Annotated[int, Field(description="Frames of a video, tiles of a picture.")]
    total: Annotated[int | None, Field(description="null where the file does not say.")]
    seconds: Annotated[float, Field(description="In work so far.")]
    error: Annotated[str | None, Field(description="Why it failed.")]
    MODEL: str
    FILENAME: Annotated[str, Field(description="Of the result.")]
