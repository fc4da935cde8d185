"""The `srcourse` command. Each verb turns a ValueError into one line and exit status 2."""

from srcourse.cli import course, pictures, video, judging, colour, training, data, classroom, serve  # noqa: F401, I001 (as helped)
from srcourse.cli.command import app

__all__ = ["app"]
