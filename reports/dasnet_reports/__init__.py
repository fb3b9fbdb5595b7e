"""Results of a conformance run and the reports drawn from them.

What lives here: the public names. Build rows as RequirementResult, let `conclude` say what they amount to, put both
into a Results, hand it to `write_reports`. May touch: nothing by being imported. This package imports nothing of ours
and never sees an object of a test runner.
"""

from .as_json import ResultsFileError, as_document, dump, load, loads, results_schema
from .conclude import (
    EXIT_STATUS,
    EXIT_USAGE,
    Conclusion,
    Effect,
    claimed_profiles,
    conclude,
    conclude_again,
    count,
    counts_against,
    effect,
    exit_status,
)
from .hostile import harmless, visible
from .model import (
    SCHEMA,
    EntryKind,
    Implementation,
    Level,
    Overall,
    ProfileResult,
    ProfileStatus,
    RequirementResult,
    Results,
    Sanity,
    SanityResult,
    Suite,
    TranscriptEntry,
    Verdict,
)
from .write import RENDERERS, Renderer, write_reports

__all__ = [
    "EXIT_STATUS",
    "EXIT_USAGE",
    "RENDERERS",
    "SCHEMA",
    "Conclusion",
    "Effect",
    "EntryKind",
    "Implementation",
    "Level",
    "Overall",
    "ProfileResult",
    "ProfileStatus",
    "Renderer",
    "RequirementResult",
    "Results",
    "ResultsFileError",
    "Sanity",
    "SanityResult",
    "Suite",
    "TranscriptEntry",
    "Verdict",
    "as_document",
    "claimed_profiles",
    "conclude",
    "conclude_again",
    "count",
    "counts_against",
    "dump",
    "effect",
    "exit_status",
    "harmless",
    "load",
    "loads",
    "results_schema",
    "visible",
    "write_reports",
]
