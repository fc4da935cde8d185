"""srcourse.app: the bounds of what is kept, of a machine, and of what a client is told."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from srcourse import shipped
from srcourse.app import Settings
from srcourse.app.catalogue import find
from srcourse.app.jobs import Job, Jobs
from srcourse.app.messages import PIXELS
from srcourse.app.orders import renamed
from srcourse.app.refused import LONGEST, Refused, sentence

GIB = 2**30


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def submitted(jobs: Jobs, **change) -> Job:
    body = {"DATA": PIXELS, "MODEL": "nearest", "FILENAME": "a.png", "KIND": "picture"} | change
    job = jobs.reserve()
    try:
        job.body.write_text(json.dumps(body))
        await jobs.read(job, None)
        jobs.begin(job)
    finally:
        jobs.release(job)
    return job


def with_jobs(settings: Settings, play, clock=None):
    async def main():
        jobs = Jobs(settings, clock or Clock())
        try:
            return await play(jobs, Path(jobs._folder))
        finally:
            jobs.close()
            assert not Path(jobs._folder).exists()

    return asyncio.run(main())


def files(folder: Path) -> list[str]:
    return sorted(f.name for f in folder.rglob("*") if f.is_file())


def test_a_result_is_kept_for_its_time_and_only_the_result():
    clock = Clock()

    async def play(jobs, folder):
        job = await submitted(jobs)
        await asyncio.wait([job.task])
        assert files(folder) == ["result.png"]
        clock.now += 3599
        assert jobs.find(job.id).status == "done"
        clock.now += 1
        with pytest.raises(Refused) as caught:
            jobs.find(job.id)
        assert caught.value.status == 404
        assert files(folder) == []

    with_jobs(Settings(kept=3600), play, clock)


def test_the_oldest_results_go_where_their_bytes_are_too_many():
    async def play(jobs, folder):
        ids = []
        for _ in range(3):
            job = await submitted(jobs)
            await asyncio.wait([job.task])
            jobs.settings = replace(jobs.settings, result_bytes=5 * job.size // 2)
            jobs._clock.now += 1
            ids.append(job.id)
        jobs.tidy()
        assert list(jobs._jobs) == ids[1:]
        assert files(folder) == ["result.png"] * 2

    with_jobs(Settings(), play)


def test_past_the_bound_nothing_is_accepted_and_places_come_back():
    async def play(jobs, folder):
        held = [jobs.reserve() for _ in range(3)]
        assert jobs.counts() == (3, 0)
        with pytest.raises(Refused) as caught:
            jobs.reserve()
        assert caught.value.status == 503
        assert caught.value.retry_after > 0
        for job in held:
            jobs.release(job)
        assert jobs.counts() == (0, 0)
        assert list(folder.iterdir()) == []
        with pytest.raises(Refused) as caught:
            await submitted(jobs, DATA="AAAA")
        assert caught.value.status == 422
        assert jobs.counts() == (0, 0)
        assert list(folder.iterdir()) == []

    with_jobs(Settings(queue=2), play)


def test_a_cancelled_job_leaves_no_file_and_a_closed_server_takes_none():
    async def play(jobs, folder):
        first, second = await submitted(jobs), await submitted(jobs)
        second.cancel()
        await asyncio.wait([first.task, second.task])
        assert (first.status, second.status) == ("done", "cancelled")
        assert files(folder) == ["result.png"]
        first.cancel()  # it has ended: nothing happens
        assert first.status == "done"
        jobs.stop()
        with pytest.raises(Refused, match="closed"):
            jobs.reserve()

    with_jobs(Settings(), play)


def test_work_that_takes_too_long_is_ended():
    async def play(jobs, folder):
        job = await submitted(jobs)
        await asyncio.wait([job.task])
        assert job.status == "failed"
        assert job.refused.status == 504
        assert files(folder) == []

    with_jobs(Settings(work=1e-6), play)


def test_settings_of_a_machine():
    source = Settings.for_machine(4, 8 * GIB)  # the source's server
    assert (source.workers, source.threads) == (2, 2)
    assert source.pixels == Settings.pixels
    assert Settings.for_machine(2, 64 * GIB).workers == 1
    assert Settings.for_machine(16, 8 * GIB).workers == 2  # memory is the bound
    assert Settings.for_machine(16, 64 * GIB).workers == 8
    little = Settings.for_machine(1, 2 * GIB)
    assert little.workers == 1
    assert 12_000_000 > little.pixels > 4_000_000
    assert Settings.for_machine(4, 8 * GIB, workers=1, pixels=5).threads == 4
    assert Settings.for_machine(4, 8 * GIB, pixels=5).pixels == 5
    with pytest.raises(ValueError, match="queue is 0; it must be positive"):
        replace(source, queue=0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cat.jpg", "cat.png"),
        ("cat", "cat.png"),
        ("cat.tar.gz", "cat.tar.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Windows\\win.ini", "win.png"),
        ("/", "picture.png"),
        ("..", "picture.png"),
        (".jpg", "jpg.png"),
        ('a"\r\nSet-Cookie: x.png', "aSet-Cookie x.png"),
        ("evil\u202egnp.exe", "evilgnp.png"),
        ("Käse 1.jpeg", "Käse 1.png"),
    ],
)
def test_what_an_answer_is_called(name, expected):
    assert renamed(name, "picture") == expected
    assert renamed("clip.mov", "video") == "clip.mp4"


def test_the_default_scale():
    assert find("edsr-mini", None) == ("edsr-mini", 2)
    assert find("colorful-mini", None) == ("colorful-mini", 1)
    assert find("edsr-mini-x4", None) == ("edsr-mini", 4)
    assert find("edsr-mini-x4", 4) == ("edsr-mini", 4)


def test_a_sentence_says_nothing_of_this_machine():
    home = shipped.folder("data")
    error = ValueError(f"source\n{home}/weights/a.bin at <_io.BytesIO object at 0x7fae0>: damaged")
    assert sentence(error) == "DATA … at the file: damaged"
    assert len(sentence(ValueError("x" * 1000))) == LONGEST
