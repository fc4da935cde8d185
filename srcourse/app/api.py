"""The addresses of the server."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

import anyio
from fastapi import FastAPI, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from srcourse.app import catalogue, messages
from srcourse.app.guards import Guards, check_length, problem
from srcourse.app.jobs import Job, Jobs
from srcourse.app.messages import PIXELS, Kind
from srcourse.app.page import Page
from srcourse.app.refused import Refused
from srcourse.app.settings import Settings

_TIDY = 60.0  # seconds between two looks for results that are too old
_SLICE = 3 * 2**16  # bytes turned into base64 at a time
_MEDIA = {"picture": "image/png", "video": "video/mp4"}

_SENTENCES = {404: "there is nothing at this address", 405: "this address takes another method"}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": messages.Problem, "description": "The body is not JSON."},
    403: {"model": messages.Problem, "description": "Another site's page asks."},
    408: {"model": messages.Problem, "description": "The body does not arrive."},
    413: {"model": messages.Problem, "description": "Too many bytes, pixels, frames or seconds."},
    415: {"model": messages.Problem, "description": "The body's type is not application/json."},
    422: {"model": messages.Problem, "description": "A field is wrong, or the file in DATA."},
    503: {
        "model": messages.Problem,
        "description": "Too many wait already.",
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    },
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": messages.Problem, "description": "There is no such job."}
}
_FAILED: dict[int | str, dict[str, Any]] = {
    500: {"model": messages.Problem, "description": "The work failed."},
    504: {"model": messages.Problem, "description": "The work took too long."},
}
_ELSEWHERE: dict[int | str, dict[str, Any]] = {403: _REFUSALS[403]}
_Id = Annotated[str, Path(description="As POST /jobs gave it.")]


def _body(message: type[messages.Request], **more: str) -> dict[str, Any]:
    """The OpenAPI of a body that is read by hand, as it may be large."""
    example = {"DATA": PIXELS, "MODEL": "bicubic-x4", "FILENAME": "ramp.png"} | more
    second = example | {"MODEL": "colorful-mini"}
    third = example | {"MODEL": "edsr-mini", "SCALE": 3}
    examples = {
        "enlarge": {"summary": "Four times as wide, by bicubic", "value": example},
        "network": {"summary": "Three times, by a network; the scale on its own", "value": third},
        "colour": {"summary": "Colours", "value": second},
    }
    content = {"schema": message.model_json_schema(), "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def create(settings: Settings | None = None) -> FastAPI:
    """The application, with its page at ``/``. Its helper processes live as long as its lifespan.

    settings: by default those that fit this machine.
    """
    settings = settings or Settings.for_machine()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        jobs = app.state.jobs = Jobs(settings)
        tidying = asyncio.create_task(_tidy(jobs))
        try:
            yield
        finally:
            tidying.cancel()
            jobs.close()

    app = FastAPI(
        title="srcourse",
        summary="Takes a picture or a video, and gives back an enhanced one.",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
    )
    app.add_middleware(Guards, hosts=settings.hosts)
    app.add_exception_handler(Refused, lambda _, refused: problem(refused))  # type: ignore
    app.add_exception_handler(HTTPException, _http_problem)  # type: ignore[arg-type]
    app.add_exception_handler(ClientDisconnect, lambda *_: Response(status_code=499))
    app.add_exception_handler(Exception, _unforeseen)
    _add_enhancing(app, settings)
    _add_jobs(app, settings)
    _add_facts(app, settings)
    page = Page()
    app.mount("/page", page)
    app.add_route("/", page.index)
    return app


def _add_enhancing(app: FastAPI, settings: Settings) -> None:
    async def answer(request: Request, kind: Kind) -> Response:
        jobs: Jobs = app.state.jobs
        job = await _submitted(request, jobs, kind)
        try:
            await _ended_or_gone(request, job)
            if job.status != "done":
                raise job.refused or Refused(503, "the server is being closed", 5)
        except BaseException:
            job.cancel()
            jobs.drop(job)
            raise
        return _Answer(job, jobs)

    responses = {200: {"model": messages.Answer}} | _REFUSALS | _FAILED

    @app.post("/picture", responses=responses, openapi_extra=_body(messages.Request))
    async def picture(request: Request) -> Response:
        """Enlarge a picture, or give it colours. The answer is a PNG.

        Depth, transparency and colour profile stay, and the camera's orientation is applied.
        PNG, JPEG, WebP, TIFF and BMP are read; the first page of several.
        """
        return await answer(request, "picture")

    @app.post("/video", responses=responses, openapi_extra=_body(messages.Request))
    async def video(request: Request) -> Response:
        """Enlarge a short video. The answer is an MP4, with the sound as it was.

        MP4, MOV, Matroska, WebM and AVI are read. What takes longer is better asked for as a job.
        """
        return await answer(request, "video")


def _add_jobs(app: FastAPI, settings: Settings) -> None:
    @app.post(
        "/jobs",
        status_code=202,
        response_model=messages.Job,
        responses=_REFUSALS,
        openapi_extra=_body(messages.JobRequest, KIND="picture"),
    )
    async def submit(request: Request) -> Response:
        """Have a picture or a video enhanced without waiting for it."""
        job = await _submitted(request, app.state.jobs, None)
        return JSONResponse(_state(job), 202, {"Location": f"/jobs/{job.id}"})

    @app.get("/jobs/{id}", response_model=messages.Job, responses=_UNKNOWN)
    async def state(id: _Id) -> Response:
        """How far a job is."""
        return JSONResponse(_state(app.state.jobs.find(id)))

    @app.get(
        "/jobs/{id}/result",
        response_class=FileResponse,
        responses=_UNKNOWN
        | {
            200: {
                "description": "The PNG or the MP4.",
                "content": {kind: {"schema": {"type": "string"}} for kind in _MEDIA.values()},
            },
            409: {"model": messages.Problem, "description": "There is no result (yet)."},
        },
    )
    async def result(id: _Id) -> Response:
        """What a job has made."""
        job: Job = app.state.jobs.find(id)
        if job.refused:
            raise Refused(409, f"the job has failed: {job.refused.sentence}")
        if job.status != "done":
            raise Refused(409, f"the job is {job.status}; there is no result")
        return FileResponse(
            job.result, media_type=_MEDIA[job.order.kind], filename=job.order.FILENAME
        )

    @app.delete("/jobs/{id}", response_model=messages.Job, responses=_UNKNOWN | _ELSEWHERE)
    async def cancel(id: _Id) -> Response:
        """Stop a job that waits or is in work; forget one that has ended, and its result."""
        jobs: Jobs = app.state.jobs
        job = jobs.find(id)
        if job.ended is None and job.task:
            job.cancel()
            await asyncio.wait([job.task])
        else:
            jobs.drop(job)
        return JSONResponse(_state(job))


def _add_facts(app: FastAPI, settings: Settings) -> None:
    @app.get("/models")
    async def models() -> messages.Models:
        """What can be asked for as MODEL, and at which scales."""
        return messages.Models.model_validate({"models": catalogue.models()})

    @app.get("/limits")
    async def limits() -> messages.Bounds:
        """What is accepted: to be said before anything is sent."""
        return messages.Bounds.model_validate(settings, from_attributes=True)

    @app.get("/health")
    async def health() -> messages.Health:
        """Whether the server answers, and how busy it is."""
        queued, running = app.state.jobs.counts()
        return messages.Health(queued=queued, running=running, workers=settings.workers)


async def _submitted(request: Request, jobs: Jobs, kind: Kind | None) -> Job:
    """The job that a request asks for, queued. A place is taken before its body is read."""
    settings = jobs.settings
    check_length(request, settings.body)
    job = jobs.reserve()
    try:
        size = 0
        chunks = request.stream()
        async with await anyio.open_file(job.body, "wb") as file:
            while True:
                async with asyncio.timeout(settings.pause):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                size += len(chunk)
                if size > settings.body:
                    raise Refused(413, f"the body is too long; accepted are {settings.body} bytes")
                await file.write(chunk)
        await jobs.read(job, kind)
        jobs.begin(job)
    except TimeoutError:
        raise Refused(408, f"nothing has arrived for {settings.pause:g} s") from None
    finally:
        jobs.release(job)
    return job


async def _ended_or_gone(request: Request, job: Job) -> None:
    """Wait for the job's end. Raises ClientDisconnect where the client goes away before."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    assert job.task
    leaving = asyncio.create_task(gone())
    try:
        await asyncio.wait([job.task, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
    if not job.task.done():
        raise ClientDisconnect


class _Answer(StreamingResponse):
    """The three fields; the file becomes base64 slice by slice, whatever its size."""

    def __init__(self, job: Job, jobs: Jobs) -> None:
        order = job.order
        names = json.dumps({"MODEL": order.MODEL, "FILENAME": order.FILENAME})
        head, tail = b'{"DATA":"', f'",{names[1:]}'.encode()

        def slices() -> Iterator[bytes]:
            yield head
            with job.result.open("rb") as file:
                while piece := file.read(_SLICE):
                    yield b64encode(piece)
            yield tail

        length = len(head) + 4 * -(-job.size // 3) + len(tail)
        super().__init__(slices(), media_type="application/json")
        self.headers["Content-Length"] = str(length)
        self._finally = lambda: jobs.drop(job)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._finally()


def _state(job: Job) -> dict[str, Any]:
    return messages.Job(
        id=job.id,
        kind=job.order.kind,
        status=job.status,
        done=job.done,
        total=job.total,
        seconds=round(job.seconds, 3),
        error=job.refused.sentence if job.refused else None,
        MODEL=job.order.MODEL,
        FILENAME=job.order.FILENAME,
    ).model_dump()


def _http_problem(_: Request, error: HTTPException) -> Response:
    response = problem(Refused(error.status_code, _SENTENCES.get(error.status_code, error.detail)))
    response.headers.update(error.headers or {})
    return response


def _unforeseen(_: Request, error: Exception) -> Response:
    return problem(Refused(500, "the server has a fault; its log says more"))


async def _tidy(jobs: Jobs) -> None:
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(_TIDY)
            jobs.tidy()
