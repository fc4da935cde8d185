"""The jobs of a server: who waits, what is in work, and what is kept for how long."""

import asyncio
import secrets
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from srcourse.app.messages import Kind, Status
from srcourse.app.orders import ENDINGS, Order, take
from srcourse.app.processes import Ended, Pool
from srcourse.app.refused import Refused
from srcourse.app.settings import Settings
from srcourse.app.work import enhance

_READERS = 2
_READING = 30.0  # seconds that checking one request may take
_RETRY = 5  # seconds after which to ask again
_WARM = (  # what a helper has loaded before its first order comes
    "av",
    "torch",
    "srcourse.images",
    "srcourse.upscaling",
    "srcourse.models.picture",
    "srcourse.app.orders",
    "srcourse.app.work",
)


class Job:
    """One request, from its first byte until its result is dropped."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.id = secrets.token_urlsafe(16)
        self._folder = folder / self.id
        self._folder.mkdir()
        self.body, self.source = self._folder / "body.json", self._folder / "source"
        self._clock = clock
        self.order: Order
        self.task: asyncio.Task[None] | None = None
        self.status: Status = "queued"
        self.done = 0
        self.total: int | None = None
        self.refused: Refused | None = None
        self.began: float | None = None
        self.ended: float | None = None
        self.size = 0

    @property
    def result(self) -> Path:
        return self._folder / f"result{ENDINGS[self.order.kind]}"

    @property
    def seconds(self) -> float:
        """In work, so far."""
        if self.began is None:
            return 0.0
        return (self._clock() if self.ended is None else self.ended) - self.began

    def start(self) -> None:
        self.status, self.began = "running", self._clock()

    def tell(self, done: int, total: int | None) -> None:
        self.done, self.total = done, total

    def cancel(self) -> None:
        """Stop it, waiting or in work; what has ended stays as it is."""
        if self.task:
            self.task.cancel()

    def end(self, task: asyncio.Task[None]) -> None:
        """Note how `task` went, and keep no more than a result."""
        self.ended = self._clock()
        if task.cancelled():
            self.status = "cancelled"
        elif error := task.exception():
            self.status, self.refused = "failed", _refusal(error)
        else:
            self.status, self.size = "done", self.result.stat().st_size
            self.source.unlink()
            return
        self.discard()

    def discard(self) -> None:
        """Delete its files, half-written ones too."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Jobs:
    """All of them, bounded: in number, in bytes and in time. Belongs to one event loop."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._clock = clock
        self._folder = Path(mkdtemp(prefix="srcourse-"))  # readable by this user alone
        self.workers = Pool(settings.workers, settings.threads, _WARM)
        self.readers = Pool(_READERS, 1, _WARM)
        self._arriving: set[Job] = set()
        self._jobs: dict[str, Job] = {}
        self.closed = False

    def close(self) -> None:
        """End all work, and leave nothing behind."""
        self.stop()
        self.readers.close()
        self.workers.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """Cancel everything, and accept nothing more."""
        self.closed = True
        for job in self._jobs.values():
            job.cancel()

    def counts(self) -> tuple[int, int]:
        """How many wait, those whose bytes still arrive included; and how many are in work."""
        running = sum(job.status == "running" for job in self._jobs.values())
        return self._open() - running, running

    def _open(self) -> int:
        return len(self._arriving) + sum(job.ended is None for job in self._jobs.values())

    def reserve(self) -> Job:
        """A place for a request, before its body is read. Raises Refused (503) at the bound."""
        if self.closed:
            raise Refused(503, "the server is being closed", _RETRY)
        places = self.settings.workers + self.settings.queue
        if self._open() >= places:
            raise Refused(
                503, f"{places} files are in work or wait already; try again in a while", _RETRY
            )
        job = Job(self._folder, self._clock)
        self._arriving.add(job)
        return job

    async def read(self, job: Job, kind: Kind | None) -> None:
        """Make an order of the body that has arrived. Raises Refused."""
        task = partial(take, job.body, job.source, kind, self.settings)
        try:
            job.order = await self.readers.run(task, _READING)
        except TimeoutError:
            raise Refused(422, "DATA takes too long to be read") from None
        except Ended:
            raise Refused(422, "DATA cannot be read") from None

    def begin(self, job: Job) -> None:
        """Queue a job that has its order."""
        task = partial(enhance, job.order, job.source, job.result, self.settings)
        run = self.workers.run(task, self.settings.work, job.start, job.tell)
        job.task = asyncio.create_task(run)
        self._jobs[job.id] = job
        job.task.add_done_callback(job.end)
        job.task.add_done_callback(lambda _: self.tidy())

    def release(self, job: Job) -> None:
        """The body has been dealt with, one way or another."""
        self._arriving.discard(job)
        if job.id in self._jobs:
            job.body.unlink(missing_ok=True)
        else:
            job.discard()

    def find(self, id: str) -> Job:
        """Raises Refused (404)."""
        self.tidy()
        if id not in self._jobs:
            raise Refused(404, "there is no such job; results are kept for a while only")
        return self._jobs[id]

    def drop(self, job: Job) -> None:
        """Forget a job that has ended, and its result."""
        self._jobs.pop(job.id, None)
        job.discard()

    def tidy(self) -> None:
        """Drop what is too old, then the oldest of what is too much."""
        ended = [job for job in self._jobs.values() if job.ended is not None]
        ended.sort(key=lambda job: job.ended or 0)
        size = sum(job.size for job in ended)
        for place, job in enumerate(ended):
            old = self._clock() - (job.ended or 0) >= self.settings.kept
            many = len(ended) - place > self.settings.results
            if old or many or size > self.settings.result_bytes:
                size -= job.size
                self.drop(job)


def _refusal(error: BaseException) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, TimeoutError):
        return Refused(504, "the work took longer than one job may; a smaller file is quicker")
    return Refused(500, "the work on this file failed; the server's log says why")
