"""The house stands: a room imports only from floors below it, and light rooms stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import srcourse

PACKAGE = Path(srcourse.__file__).parent
FLOORS = {
    "shipped": 0,
    "images": 0,
    "layers": 0,
    "resampling": 1,
    "results": 1,
    "datasets": 1,
    "models": 2,
    "metrics": 2,
    "zoo": 3,
    "distortions": 3,
    "colorization": 4,
    "upscaling": 4,
    "progress": 4,
    "training": 5,
    "bench": 5,
    "recovery": 5,
    "video": 5,
    "app": 6,
    "shipping": 6,
    "classroom": 6,
    "widgets": 6,
    "claims": 7,
    "lab": 7,
    "doctor": 8,
    "cli": 9,
}


def rooms_imported(source: str) -> set[str]:
    """The rooms of the package that a module's text imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "srcourse":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("srcourse."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
            found |= {name[1] for name in names if name[0] == "srcourse" and len(name) > 1}
    return found


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


MODULES = [f for f in sorted(PACKAGE.rglob("*.py")) if f.parent != PACKAGE or f.stem != "__init__"]


def test_every_room_has_its_floor():
    assert {room_of(file) for file in MODULES} == set(FLOORS)


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_room_imports_only_from_floors_below(file):
    own = room_of(file)
    others = rooms_imported(file.read_text()) - {own}
    assert [room for room in others if FLOORS[room] >= FLOORS[own]] == []


def test_all_kinds_of_import_are_seen():
    lines = ("import srcourse.cli", "from srcourse import lab, doctor", "def f():")
    text = "\n".join((*lines, "  from srcourse.zoo import x"))
    assert rooms_imported(text) == {"cli", "lab", "doctor", "zoo"}


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import srcourse as sr; sr.images.sample, sr.layers, sr.resampling", {"torch", "skimage"}),
        ("import srcourse as sr; sr.upscale", {"torch"}),
        ("import srcourse.cli", {"torch", "jupyterlab", "ipywidgets"}),
        (
            "import srcourse.training.loop, srcourse.training.colour",
            {"scipy", "skimage", "av", "matplotlib", "ipywidgets", "typer", "pooch"},
        ),
    ],
)
def test_what_a_light_import_does_not_load(statement, absent):
    script = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert absent & set(done.stdout.split()) == set()


def test_names_are_handed_on_and_others_are_not():
    assert set(srcourse.__all__) <= set(dir(srcourse))
    for name in srcourse.__all__:
        assert getattr(srcourse, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'upscal'"):
        _ = srcourse.upscal
