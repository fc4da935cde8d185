"""A learner's answer as its judge meets it: called under a watch, here or in another process.

The judge calls an `Answer` as it would call the learner's own function. Whatever goes wrong in it
(an error, an endless loop, too much memory, the end of Python itself) becomes `Wrong`, with words.
"""

import contextlib
import importlib
import io
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from types import FrameType
from typing import Any

import numpy as np

from srcourse.classroom import wire
from srcourse.classroom.exercises import Wrong

SECONDS = 10.0  # for one call, unless the question says otherwise
MEMORY = 2 * 2**30  # bytes that an answer may take beyond what its notebook holds

# What does by itself what an answer is to do by hand.
LIBRARIES = ("srcourse", "scipy", "skimage", "torch", "torchvision", "cv2", "PIL", "sklearn")


class Answer:
    """`object` is what the learner's name stands for: a function, a class, a number, a table.

    forbidden: packages of which it may call nothing. earned: the points that its judge has found
    it to be worth so far; they stay, whatever goes wrong later.
    """

    earned: float = 0.0

    def __init__(self, object: Any, forbidden: Sequence[str] = ()):
        self.object = object
        self.forbidden = tuple(forbidden)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the learner's function returns. Raises Wrong where it fails, or changes `args`."""
        return self.via(_called, *args, **kwargs)

    @property
    def value(self) -> Any:
        """What the learner's name stands for, where that is plain data."""
        return self.via(_itself)

    def via(self, probe: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What ``probe(object, *args, **kwargs)`` returns, run where the learner's code is.

        probe: a function of a module's top level; for a class or a network, of which the judge
        wants to know more than one call tells. It takes and returns plain data.
        """
        return _opened(wire.unpack(_reply(self.object, probe, args, kwargs, self.forbidden)))


class Remote(Answer):
    """An answer that lives in another process, at the other end of `line`."""

    def __init__(
        self, line: socket.socket, forbidden: Sequence[str] = (), seconds: float = SECONDS
    ):
        super().__init__(None, forbidden)
        self.line = line
        self.seconds = seconds

    def via(self, probe: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        name = f"{probe.__module__}:{probe.__qualname__}"
        try:
            _send(self.line, wire.pack([name, args, kwargs, self.forbidden]))
            reply = wire.unpack(_receive(self.line, self.seconds))
        except TimeoutError:
            raise Wrong(
                f"It did not come to an end within {self.seconds:g} seconds. Is there a loop that "
                "never stops?"
            ) from None
        except (EOFError, OSError):
            raise Wrong(
                "It ended Python itself: by os._exit, or by more memory than there is."
            ) from None
        except ValueError:
            raise Wrong("It wrote into the line to its judge.") from None
        return _opened(reply)


def serve(line: socket.socket, object: Any) -> None:
    """Answer the judge at the other end of `line`, until it hangs up; print nothing meanwhile."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # threads do not survive a fork
    while True:
        try:
            name, args, kwargs, forbidden = wire.unpack(_receive(line, None))
        except (EOFError, OSError):
            return
        module, _, function = name.partition(":")
        probe = getattr(importlib.import_module(module), function)
        _send(line, _reply(object, probe, args, kwargs, forbidden))


def limit_memory(more: int) -> None:
    """Let this process take at most `more` bytes beyond what it has; beyond is a MemoryError."""
    import resource

    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


# --- On the learner's side ----------------------------------------------------------------------


def _called(object: Any, *args: Any, **kwargs: Any) -> Any:
    return object(*args, **kwargs)


def _itself(object: Any) -> Any:
    return object


def _reply(
    object: Any, probe: Callable, args: Sequence, kwargs: dict, forbidden: Sequence[str]
) -> bytes:
    """Run one call, and say how it went: a value, or what happened instead."""
    before = deepcopy((args, kwargs))
    try:
        with _quiet(), _watched(probe, forbidden):
            value = probe(object, *args, **kwargs)
    except _Borrowed as borrowed:
        return wire.pack({"borrowed": str(borrowed)})
    except NotImplementedError:
        return wire.pack({"blank": True})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too
        return wire.pack({"error": f"{type(error).__name__}: {error}"[:500]})
    if not _equal(before, (args, kwargs)):
        return wire.pack({"changed": True})
    try:
        return wire.pack({"value": value})
    except (TypeError, ValueError, MemoryError, RecursionError) as error:
        return wire.pack({"odd": str(error)})


_IMPORT = importlib._bootstrap._find_and_load.__code__  # type: ignore[attr-defined]


class _Borrowed(BaseException):
    """Not an Exception, so that the learner's own `except Exception` lets it pass."""


@contextlib.contextmanager
def _watched(probe: Callable, forbidden: Sequence[str]) -> Iterator[None]:
    """Raise _Borrowed at the first call of a function that one of the `forbidden` packages has.

    What they call while they are imported is no borrowing.
    """
    if not forbidden:
        yield
        return
    seen: list[str] = []
    imports = 0  # that are going on, one within another

    def watch(frame: FrameType, event: str, called: Any) -> None:
        nonlocal imports
        if frame.f_code is _IMPORT:
            imports += (event == "call") - (event == "return")
        if imports:
            return
        if event == "call":
            module, name = frame.f_globals.get("__name__"), frame.f_code.co_name
            if module == __name__ or frame.f_code is probe.__code__ or name == "<module>":
                return
        elif event == "c_call":
            module, name = getattr(called, "__module__", None), getattr(called, "__name__", "")
        else:
            return
        package = str(module).partition(".")[0]
        if package in forbidden:
            sys.setprofile(None)
            seen.append(f"`{name}` of {package}")
            raise _Borrowed(seen[0])

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
    if seen:  # caught by a bare `except:`
        raise _Borrowed(seen[0])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if type(one).__module__ == "torch":
        return bool((one == other).all())
    return True


# --- On the judge's side ------------------------------------------------------------------------


def _opened(reply: Any) -> Any:
    """The value in a reply. Raises Wrong, in words, where there is none."""
    if not isinstance(reply, dict) or len(reply) != 1:
        raise Wrong("It wrote into the line to its judge.")
    ((kind, held),) = reply.items()
    if kind == "value":
        return held
    if kind == "blank":
        raise Wrong("This is not written yet.")
    if kind == "borrowed":
        raise Wrong(f"It calls {held}. Here the task is to write this by hand.")
    if kind == "changed":
        raise Wrong("It changed what it was given. Write into a new array.")
    if kind == "odd":
        raise Wrong(f"It returned what cannot be judged ({held}). Return numbers or an array.")
    if "MemoryError" in str(held) or "can't allocate memory" in str(held):
        raise Wrong("It asks for more memory than there is. How large must its arrays be?")
    raise Wrong(f"Your code stopped with {held}")


def _send(line: socket.socket, message: bytes) -> None:
    line.sendall(struct.pack("!Q", len(message)) + message)


def _receive(line: socket.socket, seconds: float | None) -> bytes:
    (length,) = struct.unpack("!Q", _exactly(line, 8, seconds))
    if length > wire.LARGEST:
        raise ValueError("too long")
    return _exactly(line, length, seconds)


def _exactly(line: socket.socket, length: int, seconds: float | None) -> bytes:
    found = bytearray()
    while len(found) < length:
        ready, _, _ = select.select([line], [], [], seconds)
        if not ready:
            raise TimeoutError
        piece = line.recv(min(length - len(found), 2**20))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


@contextlib.contextmanager
def apart(object: Any) -> Iterator[socket.socket]:
    """A line to a copy of this process, which serves `object` under limits until the block ends."""
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            os.setsid()  # so that whatever it starts can be ended with it
            nowhere = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nowhere, number)
            os.closerange(3, theirs.fileno())  # the notebook's own lines
            os.closerange(theirs.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            limit_memory(MEMORY)
            serve(theirs, object)
        finally:
            os._exit(0)
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # it may not have come to setsid yet
        os.waitpid(pid, 0)
