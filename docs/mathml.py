"""Formulas as MathML, which browsers draw themselves: no script, no font, nothing to fetch.

A Sphinx extension. Docutils translates; what of LaTeX the lessons use and it lacks is put into its
words first.
"""

import html
import re
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging

_TAG = re.compile(r"\\tag\{([^}]*)\}")
_SAID_OTHERWISE = (
    (r"\\dots\b", r"\\ldots"),
    (r"\\([td]?frac)(\d)(\d)", r"\\\1{\2}{\3}"),  # \tfrac12: one digit each
    (r"\\([bB]igg?)(?![a-zA-Z])", ""),  # brackets grow by themselves
    # An index behind a hat would be set below the letter, as a limit is.
    (r"(\\(?:hat|bar|tilde)\s*(?:\{[^}]*\}|\\[a-zA-Z]+|\w))(?=[_^])", r"\1{}"),
)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)\w+;")
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_BRACE = f"{_MATH}munder[1]/{_MATH}mo"
ElementTree.register_namespace("", _MATH[1:-1])
logger = logging.getLogger(__name__)


def translated(tex: str, as_block: bool = False) -> str:
    """The MathML of a formula in LaTeX, its ``\\tag`` as a number beside it.

    Raises docutils' MathError for what it cannot translate.
    """
    tag = _TAG.search(tex)
    tex = _TAG.sub("", tex)
    for pattern, words in _SAID_OTHERWISE:
        tex = re.sub(pattern, words, tex)
    found = _drawn(tex2mathml(tex, as_block=as_block))
    return found if tag is None else f'{found}<span class="sr-eqno">({tag[1]})</span>'


def _drawn(mathml: str) -> str:
    """Braces as lines that the style sheet draws: without a font for mathematics a browser leaves
    them as small as a letter. The words under an underbrace go below it."""
    plain = _ENTITY.sub(lambda found: html.unescape(found[0]), mathml)  # XML lacks HTML's names
    math = ElementTree.fromstring(plain)
    for parent in math.iter():
        if parent.tag == f"{_MATH}msub" and [m.text for m in parent.findall(_BRACE)] == ["⏟"]:
            parent.tag = f"{_MATH}munder"
            parent[0].tag = f"{_MATH}mrow"
            parent[0].set("class", "sr-underbrace")
            del parent[0][1]
        if len(parent) == 2 and parent[1].get("class") == "cases":
            del parent[0]
    return ElementTree.tostring(math, encoding="unicode")


def _formula(translator, node: nodes.Element, as_block: bool) -> str:
    try:
        return translated(node.astext(), as_block)
    except MathError as error:
        logger.warning("formula %r: %s", node.astext(), error, location=node)
        return f"<code>{translator.encode(node.astext())}</code>"


def _inline(translator, node: nodes.math) -> None:
    translator.body.append(_formula(translator, node, as_block=False))
    raise nodes.SkipNode


def _block(translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="sr-formula">{_formula(translator, node, True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
