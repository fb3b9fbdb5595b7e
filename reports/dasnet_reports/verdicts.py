"""verdicts.json: what a repository keeps of a run, small and the same wherever and whenever the same came out.

What lives here: that one form. Of a run it has the verdict of each requirement, and beside it only what is not a plain
pass: which of several legal outcomes was seen, what was left out and why, what a failure comes from, and the known
failures with their reasons. It has no time, no transcript, no message and nothing of the machine: a failure's message
may name a port or a path, and the full reports have it. May touch: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from . import as_json
from .conclude import is_as_listed, known_failures
from .model import Results

VERDICTS_SCHEMA: Final = 1
"""Version of the form of verdicts.json."""

# "Python 3.11", "JavaScript (Node.js v20.20.2)", "go1.22"; but not "C11", where the number belongs to the name.
_RUNTIME_VERSION: Final = re.compile(r"(?:\s+(?:v|go)?|(?<=[A-Za-z]))\d+(?:\.\d+)+[^\s),;]*")


def without_runtime_version(results: Results) -> Results:
    """The same results, with the language called by its name alone.

    Which release of a runtime stands ready is the machine's business: a publication from another machine would say
    something else though nothing else came out.
    """
    who = results.implementation
    return replace(results, implementation=replace(who, language=_RUNTIME_VERSION.sub("", who.language)))


def render_verdicts(results: Results, reasons: Mapping[str, str], of_the_machine: Collection[str] = ()) -> str:
    """Write the verdicts of `results` as JSON: a line for each requirement, in the order of the rows.

    Arguments: `reasons`, why each known failure is one, by the requirement's id, as the baseline of the run says;
    `of_the_machine`, requirements of which the outcome that was seen says something of the machine and is left out.
    Returns: the text of verdicts.json. It is the same for two runs in which the same came out.
    """
    rows = results.requirements
    document = {
        "schema": VERDICTS_SCHEMA,
        "implementation": as_json.as_document(without_runtime_version(results))["implementation"],
        "reached": results.reached,
        "suite": {"name": results.suite.name, "version": results.suite.version},
        "strict": results.strict,
        "seed": results.seed,
        "verdict": results.verdict.value,
        "profiles": {profile.name: profile.status.value for profile in results.profiles},
        "counts": dict(results.counts),
        "baseline": None if results.baseline is None else _baseline_document(results, reasons),
        "observed": {row.id: row.observed for row in rows if row.observed and row.id not in of_the_machine},
        "excluded": {row.id: row.excluded_reason for row in rows if row.excluded_reason},
        "blocked_by": {row.id: row.blocked_by for row in rows if row.blocked_by},
        "verdicts": {row.id: row.verdict.value for row in rows},
    }
    return as_json.encode(document)


def _baseline_document(results: Results, reasons: Mapping[str, str]) -> Mapping[str, Any]:
    known = known_failures(results)
    return {
        "as_listed": is_as_listed(results),
        "known_failures": {row.id: reasons.get(row.id, "") for row in results.requirements if row.id in known},
    }
