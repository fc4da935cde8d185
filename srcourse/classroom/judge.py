"""The process of a judge: ``python -m srcourse.classroom.judge KEY DESCRIPTOR``.

The answer is at the other end of a socket, which this process was given; the verdict goes to
stdout. Nothing of the learner's runs here.
"""

import json
import socket
import sys
from dataclasses import asdict

from srcourse.classroom.answers import Remote
from srcourse.classroom.grading import find, judged, note


def main(key: str, descriptor: str) -> None:
    asked = find(key)
    with socket.socket(fileno=int(descriptor)) as line:
        verdict = judged(asked, Remote(line, asked.forbidden, asked.seconds))
    note(verdict)
    json.dump(asdict(verdict), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
