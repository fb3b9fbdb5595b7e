"""Builders of rows and results for the tests of the reports. Touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dasnet_reports import (
    Implementation,
    Level,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    Verdict,
    conclude,
)

Row = Callable[..., RequirementResult]
Make = Callable[..., Results]

WELL = Sanity(SanityResult(Verdict.PASS, ""), SanityResult(Verdict.PASS, ""))


def build_row(verdict: str = "pass", level: str = "MUST", profile: str = "core", **more: Any) -> RequirementResult:
    more.setdefault("id", f"init.{verdict}-{level.lower()}-{profile}")
    more.setdefault("section", "init")
    if verdict == "excluded":
        more.setdefault("excluded_reason", "known, see the tracker")
    return RequirementResult(level=Level(level), profile=profile, verdict=Verdict(verdict), **more)


def build_results(
    rows: Sequence[RequirementResult] = (),
    *,
    sanity: Sanity = WELL,
    claimed: Sequence[str] = ("core",),
    strict: bool = False,
    **more: Any,
) -> Results:
    conclusion = conclude(rows, sanity=sanity, claimed=claimed, known=("core", "lowlevel"), strict=strict)
    facts: dict[str, Any] = {
        "suite": Suite("dasnet-conformance", "0.1.0"),
        "implementation": Implementation("demo", "1.2", "C"),
        "environment": {"python": "3.11.7", "platform": "linux"},
        "seed": 7,
        "started": "2024-05-01T10:00:00Z",
        "duration_s": 1.25,
        "command": ("dasnet", "run", "python:demo"),
    }
    return Results(
        profiles=conclusion.profiles,
        verdict=conclusion.verdict,
        counts=conclusion.counts,
        requirements=tuple(rows),
        strict=strict,
        sanity=sanity,
        **{**facts, **more},
    )


HOSTILE = {
    "markup": "</pre></code></details><script>alert(1)</script><img src=x onerror=alert(1)>]]>&amp;&lt;",
    "markdown": "# a\n\n**b** _c_ [d](javascript:alert(1)) ![e](http://e.example/f) `g`\n\n```\nh\n| i | j |\n",
    "links": "http://a.example www.b.example c@d.example <http://e.example> [f]: http://g.example",
    "escapes": "\x1b[31mred\x1b]0;title\x07 \x9b2J \r overwritten \x08",
    "bidi": "\u202eevil\u202c \u2066hidden\u2069 \u200f \ufeff \U000e0041",
    "nul": "a\x00b\x0bc\x7fd\uffff\ufffe",
    "surrogates": "\ud800 \udfff \ud83d",
    "endless": "<\x1b" * (512 * 1024),
    "long line": "x" * (1024 * 1024),
    "blank lines": "\n\n    code\n\n\t\n\n<b>\n\n",
}
