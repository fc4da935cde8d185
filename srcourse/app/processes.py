"""Helper processes: work that neither holds the server up nor outlives who asked for it.

Processes rather than threads: encoding, NumPy and base64 hold Python's lock, their memory comes
back when they end, a file that crashes a decoder takes only its own helper along, and ending the
process stops any work at once.
"""

import asyncio
import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import Connection
from typing import Any

import psutil
from tqdm import tqdm

from srcourse.app.refused import Refused

Tell = Callable[[int, int | None], None]
Task = Callable[[Tell], Any]

_NICE = 5  # helpers step back: the server itself has to answer at once
_GROWN = 2**29  # bytes above what it began with at which a helper is replaced

# Where the system can, helpers are copies of one process that has loaded everything already: they
# are there at once, and share its memory. Elsewhere each begins anew.
_CONTEXT: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")


class Ended(Exception):
    """The helper's process ended in the middle of its task."""


class Pool:
    """`count` helper processes, with `threads` each; `imports` are what they load beforehand."""

    def __init__(self, count: int, threads: int, imports: tuple[str, ...] = ()) -> None:
        _CONTEXT.set_forkserver_preload(["__main__", *imports])  # heeded the first time only
        self._executor = ThreadPoolExecutor(count, "helper")
        self._helpers = [_Helper(threads, imports) for _ in range(count)]
        self._idle: asyncio.Queue[_Helper] = asyncio.Queue()
        for helper in self._helpers:
            self._idle.put_nowait(helper)

    async def run(
        self,
        task: Task,
        seconds: float,
        began: Callable[[], None] = lambda: None,
        tell: Tell = lambda done, total: None,
    ) -> Any:
        """What `task` returns, in the first helper that is free; in the order of asking.

        task: can be pickled; it is called with a function that `tell` hears from, in some thread.
        began: called once a helper is found. Cancelling ends the helper's work at once.

        Raises what the task raises if that is Refused, TimeoutError after `seconds` in work, and
        Ended where the task failed in another way.
        """
        helper = await self._idle.get()
        try:
            began()
            helper.revive()
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(seconds):
                exchange = loop.run_in_executor(self._executor, helper.exchange, task, tell)
                try:
                    return await asyncio.shield(exchange)
                except asyncio.CancelledError:
                    helper.stop()
                    await asyncio.wait([exchange])
                    exchange.exception()  # nobody else will look at it
                    raise
        finally:
            self._idle.put_nowait(helper)

    def processes(self) -> list[int]:
        """The helpers' process ids."""
        return [helper.process.pid or 0 for helper in self._helpers]

    def close(self) -> None:
        """End all helpers, and what they do."""
        for helper in self._helpers:
            helper.close()
        self._executor.shutdown()


class _Helper:
    """One process, and the wire to it."""

    def __init__(self, threads: int, imports: tuple[str, ...]) -> None:
        self._how = (threads, imports)
        self._closed = False
        self._spent: Any = None  # a process that is not to be used again
        self._start()

    def _start(self) -> None:
        self._wire, other = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(other, *self._how), daemon=True)
        self.process.start()
        other.close()

    def exchange(self, task: Task, tell: Tell) -> Any:
        """Send `task`, and wait for what comes of it. Blocks."""
        process = self.process
        try:
            self._wire.send(task)
            while True:
                word, value = self._wire.recv()
                if word == "told":
                    tell(*value)
                elif word == "grown":
                    self._spent = process
                elif word == "refused":
                    raise value
                elif word == "failed":
                    raise Ended
                else:
                    return value
        except (EOFError, OSError):
            self._spent = process
            raise Ended from None
        finally:
            if self._spent is process and not self._closed:
                process.kill()
                process.join()  # here, where waiting holds nobody up
                self.revive()

    def stop(self) -> None:
        """End the process, and with it the task."""
        self._spent = self.process
        self.process.kill()

    def revive(self) -> None:
        """Another process, where this one has ended."""
        # The wire of an idle helper has nothing to tell but its end.
        if self._spent is self.process or self._wire.poll():
            self._wire.close()
            self._start()

    def close(self) -> None:
        self._closed = True
        self.stop()


def _serve(wire: Connection, threads: int, imports: tuple[str, ...]) -> None:
    """A helper's life: task after task, until the wire is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # A bar's own lock is a semaphore of the system's, which would outlive a process that is killed.
    tqdm.set_lock(threading.RLock())
    for name in imports:
        import_module(name)
    if "torch" in imports:
        import_module("torch").set_num_threads(threads)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    process = psutil.Process()
    most = process.memory_info().rss + _GROWN
    while True:
        try:
            task = wire.recv()
        except EOFError:
            return
        outcome = _outcome(task, lambda done, total: wire.send(("told", (done, total))))
        if process.memory_info().rss > most:
            wire.send(("grown", None))
        wire.send(outcome)


def _outcome(task: Task, tell: Tell) -> tuple[str, Any]:
    try:
        return "done", task(tell)
    except Refused as refused:
        return "refused", refused
    except Exception:
        traceback.print_exc()  # for the server's log, not for the client
        return "failed", None


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
