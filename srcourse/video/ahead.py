"""Work done ahead, in a thread of its own."""

from collections.abc import Generator, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
_WAIT = 0.1  # seconds after which a waiting side looks whether the other still lives


def ahead(items: Iterator[T], size: int, stop: Event | None = None) -> Generator[T, None, None]:
    """`items`, computed in a thread while the caller works, at most `size` of them waiting.

    What `items` raises is raised here. Closing the generator ends the thread once the item that it
    works on is done, and closes `items`; `stop` is set then, for the work to look at.
    """
    ready: Queue[Any] = Queue(size)
    stop = stop or Event()
    end = object()

    def put(item: Any) -> bool:
        while not stop.is_set():
            try:
                ready.put(item, timeout=_WAIT)
            except Full:
                continue
            return True
        return False

    def work() -> None:
        problem: BaseException | None = None
        try:
            for item in items:
                if not put((item, None)):
                    break
        except BaseException as error:  # the caller's thread raises it
            problem = error
        finally:
            if isinstance(items, Generator):
                items.close()
            put((end, problem))

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            try:
                # With a timeout Ctrl-C is heard on Windows too.
                item, problem = ready.get(timeout=_WAIT)
            except Empty:
                continue
            if problem is not None:
                raise problem
            if item is end:
                return
            yield item
    finally:
        stop.set()
        thread.join()
