"""The pictures in a folder."""

from collections.abc import Sequence
from pathlib import Path

ENDINGS = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def picture_files(folders: Sequence[Path]) -> list[Path]:
    """The pictures in and below `folders`, folder by folder, each sorted by name.

    Hidden files are left out: some systems keep notes in such, beside each picture and named like
    it. Raises ValueError for a folder that is missing or holds none.
    """
    files = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise ValueError(f"images: {folder} is not a folder")
        found = sorted(
            f
            for f in folder.rglob("*")
            if f.suffix.lower() in ENDINGS and not f.name.startswith(".") and f.is_file()
        )
        if not found:
            raise ValueError(f"images: {folder} holds no picture ({', '.join(ENDINGS)})")
        files += found
    return files
