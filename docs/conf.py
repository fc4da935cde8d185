"""Sphinx's settings for the site. `build.py` beside this file lays out what it reads."""

import re

project = "srcourse"
author = "The srcourse authors"
copyright = "2026, The srcourse authors. Code BSD-3-Clause, lessons CC BY 4.0"
language = "en_GB"
html_title = "srcourse"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "docs.mathml"]
nb_execution_mode = "off"  # the stored outputs are what is shown
nb_ipywidgets_js: dict = {}  # live widgets come from _static/live.js, and need no kernel
nb_merge_streams = True
nb_code_prompt_show = "Show the code, which holds the answer"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a lesson's heading levels are its own

html_math_renderer = "mathml"
html_theme = "sphinx_book_theme"
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "navbar_persistent": [],  # the search stands in the sidebar
    "show_toc_level": 2,
}
html_context = {"default_mode": "auto"}
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("live.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_domain_indices = False
html_use_index = False  # the search finds more

default_role = "code"  # docstrings write names between single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings give shapes, ranges and units, which types do not
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = False
napoleon_numpy_docstring = False


def bars(app, what, name, obj, options, lines: list[str]) -> None:
    """|x| is an absolute value in a docstring, no substitution."""
    lines[:] = [re.sub(r"(`[^`]*`)|\|", lambda m: m[1] or r"\|", line) for line in lines]


def field_of_tuple(app, what, name, obj, skip: bool, options) -> bool | None:
    """A named tuple's fields say "Alias for field number 0", which helps nobody."""
    return True if (getattr(obj, "__doc__", "") or "").startswith("Alias for field") else None


def setup(app) -> None:
    app.connect("autodoc-skip-member", field_of_tuple)
    app.connect("autodoc-process-docstring", bars)
