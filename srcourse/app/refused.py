"""A request that is turned down, in one sentence."""

import re

_OBJECT = re.compile(r"<[^<>]* at 0x[0-9a-f]+>")  # such as <_io.BytesIO object at 0x7f…>
_PATH = re.compile(r"(?:[A-Za-z]:)?[\\/](?:[\w.+~ -]+[\\/])+[\w.+~-]*")
LONGEST = 300


class Refused(Exception):
    """status: of HTTP. sentence: what was wrong and what is accepted."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(status, sentence, retry_after)  # as it is pickled between processes
        self.status, self.sentence, self.retry_after = status, sentence, retry_after


def sentence(error: Exception) -> str:
    """What a ValueError of the rooms below says, for somebody who sent DATA and knows no source.

    Nothing of this machine is in it: no path, no address in memory.
    """
    text = " ".join(str(error).split())
    text = _PATH.sub("…", _OBJECT.sub("the file", text))
    if text.startswith(("source ", "video ", "image ")):
        text = "DATA " + text.split(" ", 1)[1]
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
