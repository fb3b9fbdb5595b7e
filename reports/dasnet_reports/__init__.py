"""Results of a conformance run and the reports drawn from them.

What lives here: the public names. Build rows as RequirementResult, let `conclude` say what they amount to, put both
into a Results, hand it to `write_reports`, and many of them to `write_matrix`. A CatalogueText, if there is one, adds
the requirements' texts to the pages. May touch: nothing by being imported. This package imports nothing of ours and
never sees an object of a test runner.
"""

from .as_json import ResultsFileError, as_document, dump, load, loads, results_schema, seal
from .badge import render_badge, render_endpoint
from .catalogue_text import NO_TEXTS, CatalogueText, ClauseText, FaultText, RequirementText
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
    is_as_listed,
    known_failures,
)
from .hostile import harmless, visible
from .matrix import render_matrix, render_matrix_json, render_matrix_markdown
from .model import (
    SCHEMA,
    BaselineFinding,
    BaselineOutcome,
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
from .roots import Kind, Root, roots, sanity_fault
from .scope import QUICK, QUICK_REASON, SO_FAR, not_judged, spell_overall
from .transcript import Fold, Gap, Shown, fold, shown
from .write import RENDERERS, Render, Renderer, write_matrix, write_reports

__all__ = [
    "EXIT_STATUS",
    "EXIT_USAGE",
    "NO_TEXTS",
    "QUICK",
    "QUICK_REASON",
    "RENDERERS",
    "SCHEMA",
    "SO_FAR",
    "BaselineFinding",
    "BaselineOutcome",
    "CatalogueText",
    "ClauseText",
    "Conclusion",
    "Effect",
    "EntryKind",
    "FaultText",
    "Fold",
    "Gap",
    "Implementation",
    "Kind",
    "Level",
    "Overall",
    "ProfileResult",
    "ProfileStatus",
    "Render",
    "Renderer",
    "RequirementResult",
    "RequirementText",
    "Results",
    "ResultsFileError",
    "Root",
    "Sanity",
    "SanityResult",
    "Shown",
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
    "fold",
    "harmless",
    "is_as_listed",
    "known_failures",
    "load",
    "loads",
    "not_judged",
    "render_badge",
    "render_endpoint",
    "render_matrix",
    "render_matrix_json",
    "render_matrix_markdown",
    "results_schema",
    "roots",
    "sanity_fault",
    "seal",
    "shown",
    "spell_overall",
    "visible",
    "write_matrix",
    "write_reports",
]
