"""What each command ends with, and what that means: one table, which the pages show and the tests hold commands to."""

from __future__ import annotations

from typing import Final

_MISTAKE: Final = "a mistake in the call, told in one line"
_NO_VERDICT: Final = "no verdict: the implementation could not be reached, or broke off"

#: Command -> status -> when. What an interruption (130) or a signal (128 and
#: its number) ends, which any command can meet, is left out.
STATUSES: Final[dict[str, dict[int, str]]] = {
    "run": {
        0: "conforming, or exactly as the baseline says",
        1: "non-conforming, or a difference from the baseline",
        2: "inconclusive: the adapter or the suite broke, or nothing that gates was judged",
        3: f"{_MISTAKE}, or nothing selected",
    },
    "stability": {
        0: "every run ended alike, in time",
        1: "a verdict changed, or a check came near its deadline",
        2: _NO_VERDICT,
        3: f"{_MISTAKE}, or nothing selected",
    },
    "list": {0: "listed", 3: f"{_MISTAKE}, or nothing selected"},
    "explain": {0: "explained", 3: f"{_MISTAKE}, such as an unknown requirement"},
    "diff": {
        0: "no difference, or none but legal latitude",
        1: "something differs",
        2: "no verdict: a case could not be decided, or an implementation could not be reached",
        3: f"{_MISTAKE}, or nothing to compare",
    },
    "drift": {
        0: "the page agrees with the catalogue, or the fingerprints were printed",
        1: "something is new, gone, changed, moved, contradictory or not read",
        3: f"{_MISTAKE}, or a file that is no page of the documentation",
    },
    "baseline": {
        0: "written",
        1: "written, but there are failures that an update may not list without --accept",
        3: f"{_MISTAKE}, or a run that is filtered or inconclusive",
    },
    "compare": {0: "nothing got worse", 1: "a regression", 3: f"{_MISTAKE}, or results that cannot be read"},
    "merge": {
        0: "the whole conforms or is exactly as its baseline says; of a proof: no problem",
        1: "the whole does not conform or differs from its baseline; of a proof: a problem",
        2: "the whole is inconclusive",
        3: f"{_MISTAKE}, such as a shard that is missing, there twice, or of another run",
    },
    "matrix": {0: "written", 3: f"{_MISTAKE}, or results that cannot be read"},
    "verify-report": {
        0: "the report verifies",
        1: "something does not match",
        3: f"{_MISTAKE}, or a report that cannot be read",
    },
    "init-ci": {0: "written", 3: f"{_MISTAKE}, or the file is there already"},
    "new-driver": {0: "written", 3: f"{_MISTAKE}, or the directory is not empty"},
    "doctor": {0: "the driver is in order", 1: "the driver is broken", 3: _MISTAKE},
    "prove": {0: "the suite sees all that it claims to see", 1: "a fault survives, or another problem", 3: _MISTAKE},
    "explore": {0: "nothing diverges", 1: "a divergence, written as a script", 2: _NO_VERDICT, 3: _MISTAKE},
    "replay": {0: "nothing diverges", 1: "a divergence", 2: _NO_VERDICT, 3: _MISTAKE},
    "completion": {0: "written", 3: _MISTAKE},
    "version": {0: "told", 3: _MISTAKE},
    "help": {0: "shown", 3: "no such command"},
}
