"""The lessons as Sphinx reads them: every picture with its words, and some widgets live."""

import ast
import html
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from docs import live
from srcourse.classroom import LESSONS

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
# Within a line of text; broken over two, its second could look like an item of a list.
_FORMULA = re.compile(r"(?<![\\$])\$(?![\s$])[^$]+?(?<!\s)\$(?!\$)")
_LINK = re.compile(r'href="(\d\d_\w+)\.ipynb"')


def stage(folder: Path) -> list[str]:
    """Write the lessons into `folder` and return their names for a table of contents."""
    folder.mkdir(parents=True)
    for lesson in LESSONS:
        notebook = nbformat.read(NOTEBOOKS / f"{lesson.name}.ipynb", as_version=4)
        for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
            if cell.cell_type == "code":
                _ask(cell)
                _describe(cell, after)
                _enliven(cell)
                _link(cell)
            else:
                cell.source = one_line(cell.source)
        nbformat.write(notebook, folder / f"{lesson.name}.ipynb")
    return [f"{folder.name}/{lesson.name}" for lesson in LESSONS]


def one_line(markdown: str) -> str:
    """`markdown` with each formula of its running text on one line; blocks of code stay."""
    parts = re.split(r"(^```.*?^```)", markdown, flags=re.DOTALL | re.MULTILINE)
    parts[::2] = [_FORMULA.sub(lambda m: m[0].replace("\n", " "), part) for part in parts[::2]]
    return "".join(parts)


def _ask(cell: NotebookNode) -> None:
    """A question to guess at as text, in the place of its picture."""
    if asked := live.call(cell.source, ("Predict",)):
        try:
            question = ast.literal_eval(asked.args[1])
            named = {keyword.arg: keyword.value for keyword in asked.keywords}
            choices = ast.literal_eval(named["choices"]) if "choices" in named else ()
        except ValueError:  # it is computed: the picture stays
            return
        items = "".join(f"<li>{html.escape(choice)}</li>" for choice in choices)
        text = f"<p><strong>{html.escape(question)}</strong></p>" + (items and f"<ul>{items}</ul>")
        (output,) = (o for o in cell.outputs if "image/png" in o.get("data", {}))
        output.data = NotebookNode({"text/html": f'<div class="sr-question">{text}</div>'})


def _describe(cell: NotebookNode, after: NotebookNode | None) -> None:
    """Give the cell's pictures their words, where MyST looks for them."""
    words = alt(cell, after)
    if words:
        cell.metadata["mystnb"] = {"image": {"alt": words}}


def alt(cell: NotebookNode, after: NotebookNode | None) -> str:
    """What a cell's picture shows, in words: a figure's caption stands in the next cell, and a
    widget prints what it shows. Empty where there is neither, or no picture."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" not in data:
            continue
        printed = " ".join(data["text/plain"].split())
        if not printed.startswith("<"):
            return f"The widget {printed}"
        caption = (
            after
            and after.cell_type == "markdown"
            and re.match(r"\s*\*(?!\*)(.+?)\*\s*(\n\s*\n|\Z)", after.source, re.DOTALL)
        )
        if caption:
            return plain(caption[1])
    return ""


def plain(markdown: str) -> str:
    """One paragraph of Markdown without its marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"[*`$]|\\(?=[,;! ])", "", text).split())


def _enliven(cell: NotebookNode) -> None:
    """Behind the snapshot of a widget that needs no kernel, the place where it comes to life."""
    if place := live.place(cell.source):
        cell.outputs.append(nbformat.v4.new_output("display_data", {"text/html": place}))


def _link(cell: NotebookNode) -> None:
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            data["text/html"] = _LINK.sub(r'href="\1.html"', data["text/html"])
