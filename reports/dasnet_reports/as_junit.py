"""junit.xml: the results in the form that CI servers show as test results.

What lives here: the mapping of rows to test cases. A test case is named by its requirement's id, its class by its
section. May touch: nothing.

A server that reads only this file sees green where the exit status is 0 and red where it is not. So what ends a run in
red without being a row (a sanity conversation that went wrong, a run that judged nothing, a listed failure that passes)
gets a test case of its own, in a suite of its own that exists only then. And where the run was held against a baseline,
a failure that is exactly as listed there is skipped and says so, with its message.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final
from xml.etree import ElementTree as ET

from . import hostile, transcript
from .conclude import claimed_profiles, counts_against, is_as_listed, known_failures
from .model import Overall, RequirementResult, Results, Verdict
from .scope import not_judged, spell_overall

# Characters. Parsers refuse text nodes of many megabytes, and nobody reads them.
_HEADLINE: Final = 1_000
_MESSAGE: Final = 64_000
_ENTRIES: Final = 400
_ENTRY_TEXT: Final = 2_000
_NAME: Final = 200


class _Element(Enum):
    NONE = ""
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


# (verdict, whether the row keeps the run from conforming) -> the element that says so. A failure stays a failure when
# it decides nothing; only what was never claimed or asked for may be called skipped, beside what a baseline lists.
_MAPPING: Final = {
    (Verdict.PASS, False): _Element.NONE,
    (Verdict.FAIL, True): _Element.FAILURE,
    (Verdict.FAIL, False): _Element.FAILURE,
    (Verdict.UNSUPPORTED, True): _Element.FAILURE,
    (Verdict.UNSUPPORTED, False): _Element.SKIPPED,
    (Verdict.INCONCLUSIVE, True): _Element.ERROR,
    (Verdict.INCONCLUSIVE, False): _Element.ERROR,
    (Verdict.EXCLUDED, False): _Element.SKIPPED,
}


def render(results: Results) -> str:
    """Draw `results` as JUnit XML.

    Returns: an XML 1.0 document that declares UTF-8.
    """
    suites = [_suite_of_rows(results)]
    beside_rows = _suite_beside_rows(results, red=_is_red(suites[0]))
    if beside_rows is not None:
        suites.append(beside_rows)
    root = ET.Element("testsuites", name="dasnet", time=_seconds(results.duration_s))
    for suite in suites:
        _set_totals(suite)
        root.append(suite)
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in suites)))
    ET.indent(root)
    # A declaration written by hand: ElementTree quotes it with apostrophes, which some readers do not know.
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite_of_rows(results: Results) -> ET.Element:
    claimed, known = claimed_profiles(results), known_failures(results)
    # Seconds and no zone: what the consumers' schemas agree on. The time is UTC.
    timestamp = re.sub(r"(\.\d+)?(Z|\+00:00)$", "", results.started)
    name = hostile.harmless(results.implementation.name, _NAME, one_line=True)
    suite = ET.Element("testsuite", name=f"dasnet: {name}", timestamp=timestamp, time=_seconds(results.duration_s))
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(results).items():
        shown = hostile.harmless(value, _HEADLINE, one_line=True)
        ET.SubElement(properties, "property", name=hostile.harmless(key, _NAME, one_line=True), value=shown)
    for row in results.requirements:
        against = counts_against(row, claimed=claimed, strict=results.strict)
        suite.append(_case(row, against, listed=row.id in known))
    return suite


def _properties(results: Results) -> dict[str, str]:
    return {
        "verdict": spell_overall(results),
        **({"not judged": left} if (left := not_judged(results)) else {}),
        **({"partial": results.selection} if results.broken_off else {}),
        **({} if results.baseline is None else {"baseline": "as listed" if is_as_listed(results) else "differs"}),
        "implementation.name": results.implementation.name,
        "implementation.version": results.implementation.version,
        "implementation.language": results.implementation.language,
        "suite.name": results.suite.name,
        "suite.version": results.suite.version,
        "strict": str(results.strict).lower(),
        "seed": str(results.seed),
        **{f"profile.{profile.name}": profile.status.value for profile in results.profiles},
        **{f"environment.{key}": value for key, value in sorted(results.environment.items())},
    }


def _case(row: RequirementResult, against: bool, *, listed: bool) -> ET.Element:
    case = ET.Element("testcase", name=row.id, classname=f"dasnet.{row.section}", time=_seconds(row.duration_s))
    element = _Element.SKIPPED if listed else _MAPPING[row.verdict, against]
    if element is not _Element.NONE:
        kind = "blocked" if row.blocked_by else row.verdict.value
        _add_outcome(case, element, f"known failure, {kind}" if listed else kind, _reason(row))
    ET.SubElement(case, "system-out").text = "\n".join(_output(row, against))
    return case


def _add_outcome(case: ET.Element, element: _Element, kind: str, reason: str) -> None:
    headline = hostile.harmless(reason.strip().split("\n", 1)[0], _HEADLINE, one_line=True)
    # `type` belongs to failure and error only; skipped has none in the schemas that consumers use.
    kinds = {} if element is _Element.SKIPPED else {"type": kind}
    outcome = ET.SubElement(case, element.value, {"message": f"{kind}: {headline}" if headline else kind, **kinds})
    outcome.text = hostile.harmless(reason, _MESSAGE)


def _reason(row: RequirementResult) -> str:
    if row.blocked_by:
        return f"needs {row.blocked_by}, which did not behave: {row.message}"
    return row.excluded_reason if row.verdict is Verdict.EXCLUDED else row.message


def _output(row: RequirementResult, against: bool) -> list[str]:
    facts = f"{row.level.value}, profile {row.profile}, verdict {row.verdict.value}"
    if row.verdict is not Verdict.PASS and not against:
        facts += ", without effect on the overall verdict"
    shown = [facts]
    if row.observed:
        shown.append("observed: " + hostile.harmless(row.observed, _HEADLINE, one_line=True))
    return shown + transcript.lines(row.transcript, entries=_ENTRIES, text=_ENTRY_TEXT)


# What ends the run in red and is no row, or None.
def _suite_beside_rows(results: Results, *, red: bool) -> ET.Element | None:
    suite = ET.Element("testsuite", name="dasnet: the run", time=_seconds(0))
    for when, sanity in (("first", results.sanity.first), ("last", results.sanity.last)):
        if sanity.verdict is not Verdict.PASS:
            case = ET.SubElement(suite, "testcase", name=f"sanity.{when}", classname="dasnet.run", time=_seconds(0))
            element = _Element.SKIPPED if is_as_listed(results) else _Element.ERROR
            _add_outcome(case, element, sanity.verdict.value, sanity.message)
    for finding in results.baseline.findings if results.baseline is not None else ():
        case = ET.SubElement(suite, "testcase", classname="dasnet.baseline", time=_seconds(0))
        case.set("name", hostile.harmless(finding.requirement, _NAME, one_line=True))
        _add_outcome(case, _Element.FAILURE, finding.kind, finding.message)
    conforms = results.verdict is Overall.CONFORMING or is_as_listed(results)
    if not conforms and not red and not len(suite):
        case = ET.SubElement(suite, "testcase", name="verdict", classname="dasnet.run", time=_seconds(0))
        _add_outcome(case, _Element.ERROR, results.verdict.value, "no requirement that decides was judged")
    return suite if len(suite) else None


def _is_red(suite: ET.Element) -> bool:
    # An element without children is false, so any() will not do.
    return any(suite.find(f"testcase/{element}") is not None for element in ("failure", "error"))


def _set_totals(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{element}"))))


def _seconds(duration: float) -> str:
    return f"{duration:.6f}"
