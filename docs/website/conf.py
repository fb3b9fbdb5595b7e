"""Sphinx's settings for the site. `docs/build_site.py` lays the sources down and calls Sphinx; see there."""

from __future__ import annotations

from pathlib import Path

import dasnet_reference

project = "dasnet"
author = "The dasnet project"
copyright = "the dasnet project; MIT licence"
release = dasnet_reference.__version__
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "website.sidebar"]
root_doc = "index"
html_theme = "furo"
html_title = "dasnet"
# Quotation marks stay as they were written: what is quoted may be what a program says.
smartquotes = False
html_static_path = [str(Path(__file__).parent / "static")]
html_favicon = str(Path(__file__).parent / "static" / "favicon.svg")
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
# The search reads an index that is a script, so it works from a folder as well; a summary of what it finds would have
# to be fetched, which a browser forbids there.
html_show_search_summary = False
html_search_scorer = str(Path(__file__).parent / "static" / "scorer.js")
html_theme_options = {"navigation_with_keys": False}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_enable_extensions = ["attrs_block", "attrs_inline", "deflist"]
myst_heading_anchors = 4
# A link of Markdown to nothing ends the build; `-W` makes an error of it.
suppress_warnings = ["misc.highlighting_failure"]

# The docstrings are plain text: a word in single backticks is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": True}
add_module_names = False
