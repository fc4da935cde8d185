"""Where the files that ship with the course lie: in a clone beside the package, else in it."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The shipped folder called `name`: ``"data"`` or ``"notebooks"``.

    Raises FileNotFoundError where the installation lacks it.
    """
    for root in (_HERE / "shipped", _HERE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(
        f"the course's {name!r} folder is missing; install srcourse again from its README"
    )
