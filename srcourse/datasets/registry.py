"""What is in the data sets of super-resolution, what they are for, on which terms."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class DataSet:
    """What a caption says of a data set.

    images: how many; `width`, `height` and `pixels` are means over them. keywords: some of what
    they show. train, test: how many of them super-resolution papers train on, and how many they
    validate or test on. use: what for, in words. terms: what its authors allow, as far as we could
    find. paper: where it comes from.
    """

    name: str
    images: int
    width: int
    height: int
    pixels: int
    format: str
    keywords: tuple[str, ...]
    train: int
    test: int
    use: str
    terms: str
    paper: str


# Counts, means and keywords: Wang, Chen and Hoi 2021, "Deep Learning for Image Super-Resolution: A
# Survey", table 1. How they are used and on which terms: the papers, and the data sets' own pages.
_BERKELEY = ("animal", "building", "food", "landscape", "people", "plant")
_BERKELEY_TERMS = "non-commercial research and education"
_NO_TERMS = "none found"

_DATASETS = {
    entry.name: entry
    for entry in (
        DataSet(
            name="BSDS300",
            images=300,
            width=435,
            height=367,
            pixels=154_401,
            format="JPG",
            keywords=_BERKELEY,
            train=200,
            test=100,
            use="its 100 test pictures are the benchmark B100",
            terms=_BERKELEY_TERMS,
            paper="Martin, Fowlkes, Tal and Malik, ICCV 2001",
        ),
        DataSet(
            name="BSDS500",
            images=500,
            width=432,
            height=370,
            pixels=154_401,
            format="JPG",
            keywords=_BERKELEY,
            train=400,
            test=100,
            use="BSDS300 and 200 more; its folder “val” is the benchmark B100",
            terms=_BERKELEY_TERMS,
            paper="Arbeláez, Maire, Fowlkes and Malik, TPAMI 2011",
        ),
        DataSet(
            name="DIV2K",
            images=1000,
            width=1972,
            height=1437,
            pixels=2_793_250,
            format="PNG",
            keywords=("environment", "flora", "fauna", "handmade object", "people", "scenery"),
            train=800,
            test=200,
            use="the usual training set; 100 to validate, 100 to test",
            terms="academic research; the pictures belong to their owners",
            paper="Agustsson and Timofte, CVPR workshops 2017",
        ),
        DataSet(
            name="General-100",
            images=100,
            width=435,
            height=381,
            pixels=181_108,
            format="BMP",
            keywords=("animal", "daily necessity", "food", "people", "plant", "texture"),
            train=100,
            test=0,
            use="training, added to T91 by FSRCNN",
            terms="academic research",
            paper="Dong, Loy and Tang, ECCV 2016",
        ),
        DataSet(
            name="L20",
            images=20,
            width=3843,
            height=2870,
            pixels=11_577_492,
            format="PNG",
            keywords=("animal", "building", "landscape", "people", "plant"),
            train=0,
            test=20,
            use="testing on large pictures",
            terms=_NO_TERMS,
            paper="Timofte, Rothe and Van Gool, CVPR 2016",
        ),
        DataSet(
            name="Manga109",
            images=109,
            width=826,
            height=1169,
            pixels=966_011,
            format="PNG",
            keywords=("manga volume",),
            train=0,
            test=109,
            use="testing on drawings, one page of each volume",
            terms="academic, on application; 87 volumes for companies too (Manga109-s)",
            paper="Matsui et al., Multimedia Tools and Applications 2017",
        ),
        DataSet(
            name="OutdoorScene",
            images=10_624,
            width=553,
            height=440,
            pixels=249_593,
            format="PNG",
            keywords=("animal", "building", "grass", "mountain", "plant", "sky", "water"),
            train=10_324,
            test=300,
            use="training networks that invent textures",
            terms="none found; the pictures come from search engines",
            paper="Wang, Yu, Dong and Loy, CVPR 2018",
        ),
        DataSet(
            name="PIRM",
            images=200,
            width=617,
            height=482,
            pixels=292_021,
            format="PNG",
            keywords=("environments", "flora", "natural scenery", "objects", "people"),
            train=0,
            test=200,
            use="testing how natural results look; 100 to validate, 100 to test",
            terms=_NO_TERMS,
            paper="Blau et al., ECCV workshops 2018",
        ),
        DataSet(
            name="Set5",
            images=5,
            width=313,
            height=336,
            pixels=113_491,
            format="PNG",
            keywords=("baby", "bird", "butterfly", "head", "woman"),
            train=0,
            test=5,
            use="the smallest benchmark, in nearly every paper",
            terms=_NO_TERMS,
            paper="Bevilacqua, Roumy, Guillemot and Alberi-Morel, BMVC 2012",
        ),
        DataSet(
            name="Set14",
            images=14,
            width=492,
            height=446,
            pixels=230_203,
            format="PNG",
            keywords=("humans", "animals", "insects", "flowers", "vegetables", "comic", "slides"),
            train=0,
            test=14,
            use="a benchmark, in nearly every paper",
            terms=_NO_TERMS,
            paper="Zeyde, Elad and Protter, Curves and Surfaces 2010",
        ),
        DataSet(
            name="T91",
            images=91,
            width=264,
            height=204,
            pixels=58_853,
            format="PNG",
            keywords=("car", "flower", "fruit", "human face"),
            train=91,
            test=0,
            use="the training set of the first networks",
            terms="academic research",
            paper="Yang, Wright, Huang and Ma, TIP 2010",
        ),
        DataSet(
            name="Urban100",
            images=100,
            width=984,
            height=797,
            pixels=774_314,
            format="PNG",
            keywords=("architecture", "city", "structure", "urban"),
            train=0,
            test=100,
            use="a benchmark full of straight lines and repetition",
            terms="Creative Commons, from Flickr",
            paper="Huang, Singh and Ahuja, CVPR 2015",
        ),
    )
}


def names() -> tuple[str, ...]:
    """The names that `about` knows, in the survey's order."""
    return tuple(_DATASETS)


def about(name: str) -> DataSet:
    """The entry called `name`.

    Raises ValueError for an unknown name, with the nearest known one.
    """
    if name not in _DATASETS:
        by_small = {known.lower(): known for known in _DATASETS}
        near = get_close_matches(str(name).lower(), by_small, 1)
        hint = f"did you mean {by_small[near[0]]!r}?" if near else f"accepted: {', '.join(names())}"
        raise ValueError(f"name {name!r} is no data set of the registry; {hint}")
    return _DATASETS[name]


_COLUMNS: dict[str, Callable[[DataSet], str]] = {
    "images": lambda d: f"{d.images:,}",
    "mean size": lambda d: f"{d.width} × {d.height}",
    "mean pixels": lambda d: f"{d.pixels:,}",
    "format": lambda d: d.format,
    "keywords": lambda d: ", ".join(d.keywords),
    "train": lambda d: f"{d.train:,}",
    "test": lambda d: f"{d.test:,}",
    "use": lambda d: d.use,
    "terms": lambda d: d.terms,
    "paper": lambda d: d.paper,
}
_WORDS = ("keywords", "use", "terms", "paper")  # set from the left; figures from the right


@dataclass(frozen=True)
class Table:
    """The registry as a table; a notebook shows it as HTML."""

    columns: tuple[str, ...]

    def rows(self) -> list[list[str]]:
        """Each data set's name and cells, as text."""
        return [[d.name, *(_COLUMNS[c](d) for c in self.columns)] for d in _DATASETS.values()]

    def __repr__(self) -> str:
        table = [["name", *self.columns], *self.rows()]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        aligns = ["<" if c in ("name", *_WORDS) else ">" for c in table[0]]
        lines = (
            "  ".join(f"{cell:{a}{w}}" for cell, a, w in zip(row, aligns, widths, strict=True))
            for row in table
        )
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        left = [c in ("name", *_WORDS) for c in ("name", *self.columns)]

        def line(tag: str, cells: list[str]) -> str:
            made = (
                f'<{tag} style="text-align:{"left" if at_left else "right"}">{html.escape(cell)}'
                f"</{tag}>"
                for cell, at_left in zip(cells, left, strict=True)
            )
            return f"<tr>{''.join(made)}</tr>"

        head = line("th", ["data set", *self.columns])
        body = "".join(line("td", row) for row in self.rows())
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def table(*columns: str) -> Table:
    """The registry as a table: the survey's columns, or the `columns` named.

    Raises ValueError for a column that there is not.
    """
    for column in columns:
        if column not in _COLUMNS:
            raise ValueError(f"column is {column!r}; accepted: {', '.join(_COLUMNS)}")
    return Table(columns or ("images", "mean size", "mean pixels", "format", "keywords"))
