"""Where the pictures of a data set can be had, and which files of its archive they are."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath, PurePosixPath

from srcourse.datasets import cifar10
from srcourse.datasets.registry import about


@dataclass(frozen=True)
class Source:
    """Pictures that can be had under one name.

    pictures: how many. what, terms: as in the registry. address: the archive at its authors', or
    None where we know none that we can vouch for. folders: where in it the pictures lie, by the end
    of the path; none means all pictures anywhere. megabytes: the archive's size, where known.
    files: their names, where many pictures share a file.
    """

    name: str
    pictures: int
    what: str
    terms: str
    address: str | None = None
    folders: tuple[str, ...] = ()
    megabytes: int | None = None
    files: tuple[str, ...] = ()

    @property
    def archive(self) -> str | None:
        """The archive's file name."""
        return PurePosixPath(self.address).name if self.address else None

    def place_of(self, path: PurePath) -> PurePath | None:
        """Where a file belongs in the set's own folder; None for one that is no picture of it.

        Several folders keep their names (``train/1.jpg``), a single one does not (``1.jpg``).
        """
        from srcourse.images.folders import ENDINGS

        wanted = path.name in self.files if self.files else path.suffix.lower() in ENDINGS
        if not wanted or path.name.startswith("."):
            return None
        if not self.folders:
            return path
        for folder in map(PurePosixPath, self.folders):
            if path.parent.parts[-len(folder.parts) :] == folder.parts:
                return PurePath(folder.name if len(self.folders) > 1 else "", path.name)
        return None


_ETH = "https://data.vision.ee.ethz.ch/cvl/DIV2K"
_BERKELEY = "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision"
_SEOUL = (
    "https://cv.snu.ac.kr/research/EDSR"  # EDSR's authors, with the benchmarks as papers use them
)


def _benchmark(name: str) -> Source:
    """One of those in the archive that comes with EDSR."""
    entry = about(name)
    address, folders = f"{_SEOUL}/benchmark.tar", (f"{name}/HR",)
    return Source(name, entry.images, entry.use, entry.terms, address, folders, 250)


def _elsewhere(name: str) -> Source:
    """One that we know no lasting address of."""
    entry = about(name)
    return Source(name, entry.images, entry.use, entry.terms)


def _key(name: str) -> str:
    """``"cifar10"`` is CIFAR-10."""
    return name.lower().replace("-", "")


_SOURCES = {
    _key(source.name): source
    for source in (
        Source(
            name="DIV2K",
            pictures=800,
            what="the usual training set",
            terms=about("DIV2K").terms,
            address=f"{_ETH}/DIV2K_train_HR.zip",
            folders=("DIV2K_train_HR",),
            megabytes=3531,
        ),
        Source(
            name="DIV2K-valid",
            pictures=100,
            what="DIV2K's pictures for validation",
            terms=about("DIV2K").terms,
            address=f"{_ETH}/DIV2K_valid_HR.zip",
            folders=("DIV2K_valid_HR",),
            megabytes=449,
        ),
        Source(
            name="Flickr2K",
            pictures=2650,
            what="training, added to DIV2K by EDSR",
            terms="none found; the pictures come from Flickr",
            address=f"{_SEOUL}/Flickr2K.tar",
            folders=("Flickr2K_HR",),
        ),
        Source(
            name="BSDS300",
            pictures=200,
            what="training; without its test pictures, which are B100",
            terms=about("BSDS300").terms,
            address=f"{_BERKELEY}/bsds/BSDS300-images.tgz",
            folders=("BSDS300/images/train",),
            megabytes=22,
        ),
        Source(
            name="BSDS500",
            pictures=400,
            what="training; without its folder “val”, which is B100",
            terms=about("BSDS500").terms,
            address=f"{_BERKELEY}/grouping/BSR/BSR_bsds500.tgz",
            folders=("BSDS500/data/images/train", "BSDS500/data/images/test"),
            megabytes=71,
        ),
        Source(
            name="B100",
            pictures=100,
            what="a benchmark, the test pictures of BSDS300",
            terms=about("BSDS300").terms,
            address=f"{_BERKELEY}/bsds/BSDS300-images.tgz",
            folders=("BSDS300/images/test",),
            megabytes=22,
        ),
        Source(
            name="CIFAR-10",
            pictures=60_000,
            what="small labelled pictures, for PRS and for colorization",
            terms="none found; the author asks that his report be cited",
            address="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            folders=("cifar-10-batches-bin",),
            megabytes=163,
            files=cifar10.BINARY,
        ),
        *map(_benchmark, ("Set5", "Set14", "Urban100")),
        *map(_elsewhere, ("General-100", "L20", "Manga109", "OutdoorScene", "PIRM", "T91")),
    )
}


def sources() -> tuple[Source, ...]:
    """Everything that can be asked for by name."""
    return tuple(_SOURCES.values())


def find(name: str) -> Source:
    """The source called `name`, in capitals or not, with its hyphens or without.

    Raises ValueError for an unknown name, with the nearest known one.
    """
    if _key(name) not in _SOURCES:
        known = [source.name.lower() for source in _SOURCES.values()]
        near = get_close_matches(name.lower(), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise ValueError(f"name {name!r} is no data set that we know how to get; {hint}")
    return _SOURCES[_key(name)]
