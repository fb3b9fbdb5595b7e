"""Making one self-contained HTML file from a template: the engine's settings, the style, the scripts, the policy.

What lives here: what every page of ours has in common. A page asks nothing of anyone: its style and scripts are inside
it, allowed by their hashes in a content security policy that allows nothing else, so that text which somehow became
markup would still neither run nor fetch. May touch: the package's own templates.

Two nets below every template, besides the bounds that its view puts on foreign text: markup in a value is escaped, and
what a terminal, browser or editor would obey instead of showing is made visible, in every value that is not already
markup of ours.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from . import hostile
from .model import Overall, ProfileStatus, Verdict

if TYPE_CHECKING:
    from jinja2 import Environment

VERDICT_MARKS: Final = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.UNSUPPORTED: "–",
    Verdict.INCONCLUSIVE: "?",
    Verdict.EXCLUDED: "○",
}
"""What stands for a verdict beside its word; colour is never alone."""

OVERALL_MARKS: Final = {Overall.CONFORMING: "✓", Overall.NON_CONFORMING: "✗", Overall.INCONCLUSIVE: "?"}

# What word of the style sheet paints each conclusion: a profile is painted like the verdict that led to it.
TONES: Final = {
    Overall.CONFORMING: "pass",
    Overall.NON_CONFORMING: "fail",
    Overall.INCONCLUSIVE: "inconclusive",
    ProfileStatus.CONFORMING: "pass",
    ProfileStatus.SO_FAR: "pass",
    ProfileStatus.NON_CONFORMING: "fail",
    ProfileStatus.PARTIAL: "unsupported",
    ProfileStatus.INCONCLUSIVE: "inconclusive",
    ProfileStatus.NOT_CLAIMED: "excluded",
    ProfileStatus.NOT_RUN: "excluded",
    ProfileStatus.NOTHING_GATES: "excluded",
}

_NAME: Final = 80


def make_page(template: str, *, styles: Sequence[str], scripts: Sequence[str], values: Mapping[str, Any]) -> str:
    """Render one page.

    Arguments: `template`, `styles` and `scripts`, names of packaged files; `values`, what the template shows.
    Returns: an HTML document that declares UTF-8.
    Errors: as `fill`.
    """
    style = "\n".join(packaged(name) for name in styles)
    script = "\n".join(packaged(name) for name in scripts)
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    # Ours as it is: an escaped quote would change the style, and the digest.
    whole = {**values, "policy": policy, "style": Markup(style), "script": Markup(script)}
    return fill(template, whole)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Fill in one packaged template, markup in the values escaped.

    Errors: jinja2.TemplateError when the template asks for a value that is not there, which is a mistake of ours.
    """
    return _environment().get_template(template).render(values) + "\n"


def said(text: str, limit: int = _NAME) -> str:
    """Foreign text for one line of a page, in at most `limit` characters; the template escapes its markup."""
    return hostile.harmless(text, limit, one_line=True)


def block(text: str, limit: int) -> str:
    """Foreign text for a block that keeps lines, in at most `limit` characters; the template escapes its markup."""
    return hostile.harmless(text, limit)


@cache
def packaged(name: str) -> str:
    """The text of a packaged template, style or script, with line feeds whatever the checkout has.

    A browser hashes a script after making its line ends line feeds, so ours must be made the same way.
    """
    text = resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def section_anchor(section: str) -> str:
    """The anchor of a section. It begins with "_", which no requirement's id does, so the two cannot collide."""
    return "_section." + section.replace(" ", "+")


def duration(seconds: float) -> str:
    """Seconds for people: milliseconds below one second, never an exponent."""
    if seconds < 1:
        return f"{seconds * 1000:,.0f} ms" if seconds >= 0.001 else "< 1 ms"
    return f"{seconds:,.2f} s"


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


@cache
def _environment() -> Environment:
    # Here and not above: the engine takes longer to load than everything else of ours, and most runs draw no page.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_show,
    )
    environment.filters["duration"] = duration
    environment.filters["section_anchor"] = section_anchor
    environment.filters["mark"] = _mark
    environment.filters["tone"] = lambda conclusion: TONES[conclusion]
    return environment


def _mark(verdict: Verdict | Overall) -> str:
    return OVERALL_MARKS[verdict] if isinstance(verdict, Overall) else VERDICT_MARKS[verdict]


# Markup is what our own templates made, from values that went through here before.
def _show(value: Any) -> Any:
    return hostile.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
