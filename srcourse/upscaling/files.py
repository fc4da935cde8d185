"""Picture files in, other picture files out."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from srcourse.images import ENDINGS, icc_profile, load, picture_files, save


def plan(inputs: Sequence[Path], out: Path, force: bool = False) -> list[tuple[Path, Path]]:
    """Which file is to be written for which, before any work is begun.

    inputs: picture files, and folders of them. out: a picture file, for one input file; else a
    folder, in which each keeps its name, and its place below the folder it came from.

    Raises ValueError where two would be written to one file, where a file exists already (unless
    `force`), and where a file would be written over its own original; FileNotFoundError for an
    input that does not exist.
    """
    for path in inputs:
        if not path.exists():
            raise FileNotFoundError(f"{path}: there is no such file")
    one = len(inputs) == 1 and not inputs[0].is_dir() and not out.is_dir()
    if out.suffix and not out.is_dir() and out.suffix.lower() not in ENDINGS:
        raise ValueError(f"out: {out} ends in {out.suffix}; accepted: {', '.join(ENDINGS)}")
    if out.is_file() and not out.suffix:
        raise ValueError(f"out: {out} is a file, and no picture; give a folder or a picture's name")
    if out.suffix and not out.is_dir() and not one:
        raise ValueError(f"out: {out} is one file; for several pictures, give a folder")
    pairs = []
    for path in inputs:
        if path.is_dir():
            # What an earlier run put below the folder is a result, not a source.
            within = out.is_relative_to(path) and out != path
            files = [f for f in picture_files([path]) if not (within and f.is_relative_to(out))]
            pairs += [(file, out / file.relative_to(path)) for file in files]
        else:
            pairs.append((path, out if one and out.suffix else out / path.name))
    taken: dict[Path, Path] = {}
    originals = {source.resolve() for source, _ in pairs}
    for source, target in pairs:
        place = target.resolve()
        if place in taken:
            raise ValueError(f"out: {taken[place]} and {source} would both become {target}")
        taken[place] = source
        if place in originals:
            raise ValueError(f"out: {target} is one of the pictures that are read")
        if target.exists() and not force:
            raise ValueError(f"out: {target} exists; --force replaces it")
    return pairs


def transform_files(
    pairs: Sequence[tuple[Path, Path]], transform: Callable[[np.ndarray], np.ndarray]
) -> Iterator[tuple[Path, str | None]]:
    """Write to each target what `transform` makes of its source; the colour profile stays.

    Yields each target with what went wrong with it, or None: one bad picture stops no other.
    """
    for source, target in pairs:
        try:
            picture, profile = load(source), icc_profile(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            made = transform(picture)
            # A grey picture's profile does not fit the colours that it was given.
            save(target, made, icc=profile if made.ndim == picture.ndim else None)
        except (ValueError, OSError) as error:
            yield target, str(error)
        except MemoryError:
            yield target, f"{source}: not enough memory for it"
        else:
            yield target, None
