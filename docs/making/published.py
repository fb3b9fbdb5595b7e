"""The published verdicts, as `reports/published` keeps them: one entry per implementation.

It reads that folder and the baselines of the implementations.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "reports" / "published"


@dataclass(frozen=True)
class Published:
    """One implementation as published.

    `folder` is its name under reports/published. `verdicts`, `observed`, `excluded` and `blocked_by` are by
    requirement, and so are `reasons`: why a failure is a known one.
    """

    folder: str
    name: str
    version: str
    language: str
    reached: str
    verdict: str
    as_listed: bool
    profiles: dict[str, str]
    counts: dict[str, int]
    verdicts: dict[str, str]
    observed: dict[str, str]
    excluded: dict[str, str]
    blocked_by: dict[str, str]
    reasons: dict[str, str]


@cache
def load_published() -> tuple[Published, ...]:
    """Every published implementation: the reference first, then by name, those that do not conform last."""
    found = [_load(path) for path in sorted(PUBLISHED.glob("*/verdicts.json"))]
    return tuple(
        sorted(found, key=lambda each: (each.folder != "reference", each.verdict != "conforming", each.folder))
    )


def _load(path: Path) -> Published:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    baseline = document["baseline"] or {}
    about = document["implementation"]
    return Published(
        folder=path.parent.name,
        name=about["name"],
        version=about["version"],
        language=about["language"],
        reached=document["reached"],
        verdict=document["verdict"],
        as_listed=bool(baseline.get("as_listed")),
        profiles=document["profiles"],
        counts=document["counts"],
        verdicts=document["verdicts"],
        observed=document["observed"],
        excluded=document["excluded"],
        blocked_by=document["blocked_by"],
        reasons=baseline.get("known_failures", {}),
    )
