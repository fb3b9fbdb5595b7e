"""Holds what the suite alone reaches of the reference against the reasons for the rest, and writes docs/reach.md.

    python tests/reach/report.py COVERAGE.json [--write]

Ends with status 1 when a function is not reached whole and no reason stands in unreached.toml, or the other way round.
It reads those two files; with `--write` it changes the generated part of docs/reach.md.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE.parent.parent / "docs" / "reach.md"
BEGIN: Final = "<!-- measured: reach -->\n"
END: Final = "<!-- end of measured -->"


def measured(report: dict[str, Any]) -> dict[str, int]:
    """ "FILE: FUNCTION" -> how many lines and branches of it were not reached, for those with any."""
    found = {}
    for file, facts in report["files"].items():
        for function, part in facts["functions"].items():
            missing = len(part["missing_lines"]) + len(part["missing_branches"])
            if missing:
                found[f"{Path(file).name}: {function or 'the module'}"] = missing
    return found


def explained() -> dict[str, str]:
    """ "FILE: FUNCTION" -> why it is not reached."""
    entries = tomllib.loads((HERE / "unreached.toml").read_text("utf-8"))["unreached"]
    return {place: entry["why"] for entry in entries for place in entry["places"]}


def problems(missing: dict[str, int], reasons: dict[str, str]) -> list[str]:
    """What does not fit, a sentence each."""
    return [
        *(f"{place} is not reached whole, and no reason says why" for place in missing if place not in reasons),
        *(f"{place} is listed as unreached, and is reached" for place in reasons if place not in missing),
    ]


def page(report: dict[str, Any], missing: dict[str, int], reasons: dict[str, str]) -> str:
    """The generated part of docs/reach.md."""
    totals = report["totals"]
    lines, branches = totals["num_statements"], totals["num_branches"]
    told = (
        f"{totals['covered_lines']} of {lines} lines, {totals['covered_branches']} of {branches} branches, "
        f"{totals['percent_covered']:.0f} % together. The rest:\n\n"
    )
    by_reason: dict[str, list[str]] = {}
    for place in missing:
        by_reason.setdefault(reasons.get(place, "?"), []).append(place)
    rows = [f"| {', '.join(f'`{place}`' for place in places)} | {why} |\n" for why, places in by_reason.items()]
    return told + "| not reached whole | why |\n| --- | --- |\n" + "".join(rows)


def main(arguments: list[str]) -> int:
    """Compare, tell, write if asked to; the exit status."""
    report = json.loads(Path(arguments[0]).read_text("utf-8"))
    missing, reasons = measured(report), explained()
    found = problems(missing, reasons)
    for problem in found:
        print(problem)
    made = page(report, missing, reasons)
    print(made.partition(". ")[0])
    if "--write" in arguments:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(before + BEGIN + made + END + rest.partition(END)[2], "utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
