"""The sidebar of pages that are in no sidebar, drawn once per folder.

The theme has Sphinx draw the whole sidebar for every page, which for the pages of requirements and of files is the same
each time: none of them stands in it. That is two thirds of the time that a build takes. Sphinx loads this file as an
extension; it keeps nothing beyond a build.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx

#: Before the theme's own, which has 500.
_EARLY = 400


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls when it loads the extension."""
    drawn: dict[tuple[str, str], str] = {}

    def remember(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
        if not page.startswith(("requirements/", "files/", "_modules/")) or "toctree" not in context:
            return
        draw: Callable[..., str] = context["toctree"]

        def toctree(**options: Any) -> str:
            # Addresses in it are relative, so it is the same for pages of one folder.
            key = (posixpath.dirname(page), repr(sorted(options.items())))
            if key not in drawn:
                drawn[key] = draw(**options)
            return drawn[key]

        context["toctree"] = toctree

    app.connect("html-page-context", remember, priority=_EARLY)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
