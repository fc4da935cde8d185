"""Build the site: python -m docs.build [--rubrics] [FOLDER]

Writes it to FOLDER, ``site`` without one, from the lessons' stored outputs: nothing is executed and
nothing is fetched. Open ``index.html`` there, or serve the folder as it is. With ``--rubrics`` the
instructor's guide shows how written answers are graded: a copy for teachers, not for students.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from docs import api, assignments, costs, lessons, live

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

PAGES = ("CONTRIBUTING.md", "data/README.md", "docs/classroom.md", "docs/instructors.md")
MARK = ".nojekyll"  # which a host of pages wants to see, and by which a site is known
CONTENTS = """
```{{toctree}}
:hidden:
:caption: {caption}

{entries}
```
"""


def stage(folder: Path, rubrics: bool = False) -> None:
    """Lay out in `folder` what Sphinx reads: the repository's own files under their own names, so
    that their links hold, with README as the front page."""
    for name in (*PAGES, "README.md"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    readme = (folder / "README.md").rename(folder / "index.md")
    shutil.copy(HERE / "kernel-explorer.gif", folder / "docs")
    names = lessons.stage(folder / "notebooks")
    page = folder / "docs" / "classroom.md"
    page.write_text(costs.filled(page.read_text()))
    guide = folder / "docs" / "instructors.md"
    guide.write_text(assignments.filled(guide.read_text(), rubrics))
    rooms = api.stage(folder / "api")
    with readme.open("a") as text:
        for caption, entries in (
            ("Lessons", names),
            ("Teaching", ["docs/classroom", "docs/instructors"]),
            ("Reference", [*rooms, "data/README", "CONTRIBUTING"]),
        ):
            text.write(CONTENTS.format(caption=caption, entries="\n".join(entries)))


def build(out: Path, rubrics: bool = False) -> int:
    """Build the site into `out`, anew. Returns Sphinx's exit status: a warning is an error.

    Raises ValueError where `out` holds anything but an earlier site, which it replaces.
    """
    if out.exists() and not (out / MARK).exists() and (out.is_file() or any(out.iterdir())):
        raise ValueError(f"{out} is there, and is no site of an earlier build; name another folder")
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "site")
        source.mkdir()
        stage(source, rubrics)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-c", HERE, "-d", Path(work, "cache")]
        status = sphinx([str(word) for word in (*options, "-D", "root_doc=index", source, made)])
        if status == 0:
            live.write(made / "_static" / "live")
            (made / MARK).touch()
            shutil.rmtree(out, ignore_errors=True)
            shutil.move(made, out)
        return status


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m docs.build", description="Build the site.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "site", metavar="FOLDER")
    parser.add_argument("--rubrics", action="store_true", help="a copy for teachers")
    chosen = parser.parse_args(arguments)
    try:
        return build(chosen.folder, chosen.rubrics)
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
