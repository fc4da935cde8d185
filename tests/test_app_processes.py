"""srcourse.app.processes: helpers that can be stopped, crash or grow without harm to others."""

import asyncio
import os
import time
from functools import partial

import numpy as np
import psutil
import pytest

from srcourse.app.processes import Ended, Pool
from srcourse.app.refused import Refused

LONG = 60.0


def sums(numbers, tell):
    for i, _ in enumerate(numbers):
        tell(i + 1, len(numbers))
    return sum(numbers)


def refuses(tell):
    raise Refused(413, "too much", 7)


def fails(tell):
    raise RuntimeError("a fault of ours")


def crashes(tell):
    os._exit(11)


def sleeps(tell):
    tell(0, None)
    time.sleep(LONG)


def hoards(tell):
    hoards.kept = np.ones(2**27)  # 1 GiB, as a cache would keep it
    return os.getpid()


def tells_pid(tell):
    return os.getpid()


def in_pool(count, play):
    async def main():
        pool = Pool(count, 1)
        try:
            return await play(pool)
        finally:
            pool.close()

    return asyncio.run(main())


def test_results_progress_and_refusals_come_back():
    heard = []

    async def play(pool):
        total = await pool.run(partial(sums, [1, 2, 3]), LONG, tell=lambda *t: heard.append(t))
        with pytest.raises(Refused) as caught:
            await pool.run(refuses, LONG)
        return total, caught.value

    total, refusal = in_pool(1, play)
    assert total == 6
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert (refusal.status, refusal.sentence, refusal.retry_after) == (413, "too much", 7)


def test_one_that_fails_or_crashes_harms_no_other():
    async def play(pool):
        before = pool.processes()
        with pytest.raises(Ended):
            await pool.run(fails, LONG)
        same = pool.processes()
        with pytest.raises(Ended):
            await pool.run(crashes, LONG)
        assert before == same != pool.processes()
        waits = psutil.Process(pool.processes()[0])
        waits.kill()  # and one that dies while it waits
        while waits.is_running() and waits.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)
        return await pool.run(partial(sums, [4]), LONG)

    assert in_pool(1, play) == 4


def test_cancelling_and_time_end_the_process_at_once():
    async def play(pool):
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        begun = partial(loop.call_soon_threadsafe, told.set)
        task = asyncio.create_task(pool.run(sleeps, LONG, tell=lambda *_: begun()))
        await told.wait()
        (pid,) = pool.processes()
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not psutil.pid_exists(pid)
        with pytest.raises(TimeoutError):
            await pool.run(sleeps, 0.2)
        assert time.monotonic() - began < LONG / 2
        return await pool.run(partial(sums, [5]), LONG)

    assert in_pool(1, play) == 5


def test_who_waits_is_served_in_order_and_may_leave():
    async def play(pool):
        order = []
        first = asyncio.create_task(pool.run(sleeps, LONG))
        await asyncio.sleep(0)
        waiting = [
            asyncio.create_task(pool.run(partial(sums, [i]), LONG, partial(order.append, i)))
            for i in range(3)
        ]
        await asyncio.sleep(0)
        waiting[1].cancel()
        first.cancel()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        return order, found[0], type(found[1]), found[2]

    assert in_pool(1, play) == ([0, 2], 0, asyncio.CancelledError, 2)


def test_a_helper_that_has_grown_is_replaced():
    async def play(pool):
        first = await pool.run(tells_pid, LONG)
        assert await pool.run(hoards, LONG) == first
        assert not psutil.pid_exists(first)
        return first, await pool.run(tells_pid, LONG)

    before, after = in_pool(1, play)
    assert before != after


def test_closing_ends_what_is_in_work():
    async def play(pool):
        task = asyncio.create_task(pool.run(sleeps, LONG))
        await asyncio.sleep(0.2)
        return pool.processes(), task

    began = time.monotonic()
    pids, _ = in_pool(2, play)
    assert time.monotonic() - began < LONG / 2
    left = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    assert psutil.wait_procs(left, timeout=10)[1] == []
