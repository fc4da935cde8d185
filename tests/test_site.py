"""The site: every page is there, stands alone, and its links and pictures hold."""

import json
import re
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import nbformat
import numpy as np
import pytest
from docutils.utils.math import MathError
from PIL import Image

from docs import api, assignments, build, costs, lessons, live, mathml
from srcourse import images, results
from srcourse.classroom import LESSONS
from srcourse.widgets import KernelExplorer, ModelCompare
from tests.site import ROOT, built

FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """What a page links to, fetches, shows and names."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.pictures: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        self.ids.update(found[name] for name in ("id", "name") if name in found)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag in FETCHED and FETCHED[tag] in found and found.get("rel") not in ("next", "prev"):
            self.fetched.append(found[FETCHED[tag]])
        if tag == "img":
            self.pictures.append((found.get("src", ""), found.get("alt", "")))


def complaints(folder: Path) -> list[str]:
    """What is wrong with the pages and style sheets of a site."""
    files = [f for f in sorted(folder.rglob("*.html")) if "_static" not in f.parts]  # templates
    pages = {file: Page(file.read_text()) for file in files}
    found = []
    for file, page in pages.items():
        where = file.relative_to(folder)
        for address in page.fetched:
            if urlsplit(address).scheme not in ("", "data") or address.startswith("//"):
                found.append(f"{where} fetches {address}")
        for address in (*page.links, *page.fetched):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_file():
                found.append(f"{where}: {address} leads nowhere")
            elif target in pages and parts.fragment not in ("", *map(quote, pages[target].ids)):
                found.append(f"{where}: {address} has no such place")
        for source, alt in page.pictures:
            if len(alt.split()) < 3 or alt in source:
                found.append(f"{where}: {source[:60]} says {alt!r}")
    for sheet in folder.rglob("*.css"):
        for address in re.findall(
            r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)", sheet.read_text()
        ):
            if re.match(r"(https?:)?//", "".join(address)):
                found.append(f"{sheet.relative_to(folder)} fetches {''.join(address)}")
    return found


@pytest.fixture(scope="module")
def site() -> Path:
    return built().folder


def test_it_is_built_in_under_a_minute_and_without_a_word():
    assert built().seconds < 60
    assert built().said == ""


def test_every_page_is_there(site):
    pages = {str(file.relative_to(site)) for file in site.rglob("*.html")}
    wanted = {"index.html", "CONTRIBUTING.html", "data/README.html"}
    wanted |= {"docs/classroom.html", "docs/instructors.html"}
    wanted |= {f"notebooks/{lesson.name}.html" for lesson in LESSONS}
    wanted |= {f"api/{room}.html" for room in api.ROOMS}
    assert wanted <= pages
    front = Page((site / "index.html").read_text())
    assert {page for page in wanted if page != "index.html"} <= set(front.links)


def test_it_stands_alone_its_links_hold_and_its_pictures_have_words(site):
    assert complaints(site) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="gone.html">x</a>', "gone.html leads nowhere"),
        ('<a href="other.html#there">x</a>', "has no such place"),
        ('<a href="#there">x</a>', "has no such place"),
        ('<img src="a.png" alt="a cat sits here">', "a.png leads nowhere"),
        ('<img src="data:image/png;base64,">', "says ''"),
        ('<img src="data:,_images/12_a_b.png" alt="_images/12_a_b.png">', "says '_images"),
        ('<script src="https://example.org/x.js"></script>', "fetches https://example.org"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "fetches //example.org"),
    ],
)
def test_a_bad_page_is_found(tmp_path, body, said):
    (tmp_path / "other.html").write_text('<p id="here"></p>')
    (tmp_path / "page.html").write_text(
        '<a href="other.html#here">x</a><a href="https://a.b">y</a>'
    )
    assert complaints(tmp_path) == []
    (tmp_path / "page.html").write_text(body)
    assert any(said in line for line in complaints(tmp_path))


def test_a_style_sheet_that_fetches_is_found(tmp_path):
    (tmp_path / "x.css").write_text("@font-face { src: url('https://example.org/f.woff') }")
    assert complaints(tmp_path) == ["x.css fetches https://example.org/f.woff"]


# Lessons


def test_a_lesson_shows_its_stored_outputs(site):
    text = (site / "notebooks" / "03_convolution.html").read_text()
    assert "valid, 9×9, kernel 3×3: 7 a side" in text
    assert "How many numbers come out?" in text
    for name in ("ConvolutionStepper", "KernelExplorer"):
        assert f'data-widget="{name}"' in text
    assert "application/vnd.jupyter" not in text
    assert "require.js" not in text


def test_every_live_widget_of_the_lessons_has_its_place(site):
    places = 0
    for lesson in LESSONS:
        notebook = nbformat.read(ROOT / "notebooks" / f"{lesson.name}.ipynb", as_version=4)
        cells = [c for c in notebook.cells if c.cell_type == "code"]
        made = [c for c in cells if re.match(rf"({'|'.join(live.LIVE)})\(", c.source)]
        text = (site / "notebooks" / f"{lesson.name}.html").read_text()
        assert text.count('class="sr-live"') == len(made)
        places += len(made)
    assert places >= 6


def cell(source: str = "", printed: str = "", **data: str):
    output = nbformat.v4.new_output("display_data", {"text/plain": printed, **data})
    return nbformat.v4.new_code_cell(source, outputs=[output] if printed else [])


@pytest.mark.parametrize(
    ("printed", "after", "words"),
    [
        ("<Figure>", "*Left, the [cat](x.ipynb); right, $L_1$.\nBelow, `x`.*\n\nMore", None),
        ("<Figure>", "Plain text, *no* caption.", ""),
        ("<Figure>", "**Try** *this*", ""),
        ("KernelExplorer(size=3)", "*not asked*", "The widget KernelExplorer(size=3)"),
    ],
)
def test_a_picture_takes_its_words_from_its_caption_or_its_widget(printed, after, words):
    picture = cell(printed=printed, **{"image/png": ""})
    expected = "Left, the cat; right, L_1. Below, x." if words is None else words
    assert lessons.alt(picture, nbformat.v4.new_markdown_cell(after)) == expected
    assert lessons.alt(cell(printed="7"), nbformat.v4.new_markdown_cell("*x*")) == ""


def test_a_formula_is_put_on_one_line_and_code_is_not():
    text = "So $y = a\n+ d$, and\n\n$$a\n= b$$\n\n```\ncost $a\nand $b\n```\n\n$c\n- d$"
    assert lessons.one_line(text) == text.replace("a\n+", "a +").replace("c\n-", "c -")


# Formulas


@pytest.mark.parametrize(
    ("tex", "like"),
    [
        (r"\tfrac12", r"\tfrac{1}{2}"),
        (r"\frac1N", r"\frac{1}{N}"),
        (r"x_1, \dots, x_n", r"x_1, \ldots, x_n"),
        (r"\sigma\big(x\big)", r"\sigma(x)"),
        (r"\hat I_y", r"\hat I {}_y"),
        (r"\hat\theta^2", r"\hat{\theta}{}^2"),
    ],
)
def test_a_formula_is_put_into_words_that_docutils_has(tex, like):
    assert mathml.translated(tex) == mathml.translated(like)
    assert mathml.translated(tex).startswith("<math")


def test_an_index_stands_beside_a_letter_with_a_hat_and_a_limit_below():
    assert "under" not in mathml.translated(r"\hat I_y")
    assert "<munder>" in mathml.translated(r"\max_i x")


def test_braces_do_not_depend_on_a_font():
    brace = "".join(mathml.translated(r"\underbrace{x}_{y} z_1").split())
    assert '<munder><mrowclass="sr-underbrace"><mi>x</mi></mrow><mi>y</mi></munder>' in brace
    assert "<msub><mi>z</mi><mn>1</mn></msub>" in brace
    cases = mathml.translated(r"k = \begin{cases} a & b \\ c & d \end{cases}")
    assert 'class="cases"' in cases
    assert "{" not in cases
    assert "{" in mathml.translated(r"\{x\}")


def test_a_numbered_formula_keeps_its_number():
    assert mathml.translated(r"x = y \tag{4}", as_block=True).endswith("(4)</span>")
    assert "(4)" not in mathml.translated("x = y", as_block=True)


def test_an_unknown_command_is_no_silent_gap():
    with pytest.raises(MathError):
        mathml.translated(r"\nosuchcommand{x}")


def test_the_lessons_formulas_are_mathml(site):
    text = (site / "notebooks" / "06_the_problem.html").read_text()
    assert text.count("<math") > 20
    assert [n for n in "12345" if f'<span class="sr-eqno">({n})</span>' not in text] == []


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_no_formula_is_left_as_it_was_written(site, name):
    text = (site / "notebooks" / f"{name}.html").read_text()
    assert "$" not in re.sub(r"<(pre|script|code)\b.*?</\1>", "", text, flags=re.DOTALL)


# Live widgets


def handed_over(site: Path, name: str) -> dict:
    """What the page gets as `name`."""
    text = (site / "_static" / "live" / f"{name}.js").read_text()
    said, value = re.fullmatch(r'srcourseLive\("(.+?)", (\{.*\})\);\n', text, re.DOTALL).groups()
    assert said == name
    return json.loads(value)


def pixels(found: dict) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(b64decode(found["picture"].split(",")[1]))))


def test_the_page_has_the_courses_own_front_ends(site):
    for name, kind in live.LIVE.items():
        assert handed_over(site, name) == {"module": kind._esm, "style": kind._css}


@pytest.mark.parametrize("photo", images.samples())
def test_the_page_has_every_photograph_as_the_widget_has_it(site, photo):
    found, widget = handed_over(site, photo), KernelExplorer(photo=photo)
    assert (found["height"], found["width"]) == (widget.height, widget.width)
    assert np.array_equal(pixels(found), widget.pixels)


def test_the_page_has_the_enlargements_and_their_figures(site):
    for photo, method, scale in (("astronaut", "bicubic", 2), ("camera", "edsr-mini", 3)):
        found = handed_over(site, f"{photo}-{method}-{scale}")
        right = ModelCompare(photo=photo, left=method, right="original", scale=scale).enlargement(
            "left"
        )
        assert np.array_equal(pixels(found), right.picture)
        assert found["figures"]["PSNR"] == f"{right.psnr:.2f} dB"
        assert found["figures"]["Time"] == "–"
        assert (found["method"], found["scale"]) == (method, scale)


def test_all_that_can_be_chosen_is_there(site):
    state = live.state_of(ModelCompare())
    folder = site / "_static" / "live"
    for photo in state["photos"]:
        for method, scales in state["choices"].items():
            for scale in scales:
                assert (folder / f"{photo}-{method}-{scale}.js").is_file()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('KernelExplorer("sharpen", size=5)', "KernelExplorer"),
        ("ConvolutionStepper()", "ConvolutionStepper"),
        ("x = KernelExplorer()", None),
        ("1\nKernelExplorer()", None),
        ("ScaleExplorer()", None),
        ("# nothing", None),
    ],
)
def test_a_cell_comes_to_life_where_a_widget_is_all_that_it_makes(source, name):
    place = live.place(source)
    assert (place == "") == (name is None)
    if name:
        assert f'data-widget="{name}"' in place


# The guides


def test_the_guide_tells_of_every_assignment(site):
    text = (site / "docs" / "instructors.html").read_text()
    names = sorted((ROOT / "notebooks" / "assignments").glob("a[0-9]*.ipynb"))
    assert names
    assert text.count("<h3>Assignment ") == len(names)
    assert "Common mistakes" in text
    assert "<!-- assignments" not in text


def test_rubrics_and_model_answers_are_for_teachers_only(site):
    page = assignments.PLACE
    found = assignments.filled(page, rubrics=True)
    assert found.count("**Rubric**") >= 2
    assert "**Rubric**" not in assignments.filled(page)
    assert "½ point" not in (site / "docs" / "instructors.html").read_text()
    for file in site.rglob("*.html"):
        assert "BEGIN SOLUTION" not in file.read_text(), file
    with pytest.raises(ValueError, match="no place"):
        assignments.filled("# An empty page")


def test_an_assignments_points_and_who_gives_them():
    v4 = nbformat.v4
    cells = ["## 1. By hand (3 points)\n\nText", "## 2. Why (1 point, in words)", "## Afterwards"]
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(text) for text in cells])
    assert assignments.questions(notebook).splitlines()[2:] == [
        "| 1. By hand | 3 | the checks |",
        "| 2. Why | 1 | you |",
    ]


# What a class costs

FOUND = {
    "server_mib": 100,
    "lessons": [
        {"lesson": LESSONS[0].name, "seconds": 9.6, "cpu_seconds": 5.0, "peak_mib": 300},
        {"lesson": LESSONS[1].name, "seconds": 30.2, "cpu_seconds": 50.0, "peak_mib": 412},
    ],
}


def test_the_number_of_learners_follows_from_the_largest():
    assert costs.learners(FOUND, cores=4, gib=9) == (8 * 1024 // 512, 4 * 300 // 50)
    rows = costs.per_machine(FOUND).splitlines()
    assert len(rows) == 2 + len(costs.MACHINES)
    for row in rows[2:]:
        *_, by_memory, by_cores, both = (int(w) for w in row.strip("| ").split(" | "))
        assert both == min(by_memory, by_cores)


def test_the_lessons_table_says_what_was_measured():
    text = costs.per_lesson(FOUND)
    assert f"| {LESSONS[1].number} {LESSONS[1].title} | 30 | 50 | 412 |" in text
    assert text.endswith("| JupyterLab's server itself |  |  | 100 |")


def test_the_page_has_the_recorded_figures_and_its_limit_suffices(site):
    text = (site / "docs" / "classroom.html").read_text()
    assert "<!-- table" not in text
    record = results.read("lesson_costs")
    assert record["date"] in text
    source = (ROOT / "docs" / "classroom.md").read_text()
    found = record["results"]
    largest = max(row["peak_mib"] for row in found["lessons"]) + found["server_mib"]
    limits = re.findall(r"(?:limits\.memory|limit:) (\d)G", source)
    assert len(limits) == 2
    assert all(1024 * int(limit) > 1.2 * largest for limit in limits)
    with pytest.raises(ValueError, match="no place"):
        costs.filled("# An empty page")


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path, capsys):
    (tmp_path / "marks.csv").write_text("mine")
    with pytest.raises(SystemExit):
        build.main([str(tmp_path)])
    assert f"{tmp_path} is there, and is no site of an earlier build" in capsys.readouterr().err
    assert (tmp_path / "marks.csv").read_text() == "mine"
    with pytest.raises(SystemExit):
        build.main(["--rubriks"])
    assert "unrecognized arguments: --rubriks" in capsys.readouterr().err
