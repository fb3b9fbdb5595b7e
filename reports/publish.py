"""Judges every shipped implementation, makes the full reports, and keeps in the repository what is small and tells.

    python -P reports/publish.py [--full] [NAME...]

The full reports go to out/matrix/: a page for each implementation, the matrix of all in index.html, and the kill matrix
in kill-matrix/. From them, what is kept goes to reports/published/: the verdicts and the badges of each implementation,
the matrix and the kill matrix as Markdown. None of it has a time or a transcript in it, so that a publication changes
only what came out differently. `tox -e matrix` does all that.

With names only those are judged, beside what out/matrix/ holds of the others, and the kill matrix is left as it is.
With `--full` the kill matrix asks every requirement of every wrong server, which takes twenty minutes, and not only
those that each one names. It runs the installed `dasnet` and writes below out/matrix/ and reports/published/ only.

An implementation that does not conform is published all the same, and the exit status says so. Without all of them
(a toolchain is missing), or with verdicts that are open or of another suite, reports/published/ is left as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from dasnet_adapters.implementation_file import load_file
from dasnet_conformance.gate.baseline import read_baseline
from dasnet_conformance.proof.texts import catalogue_text
from dasnet_reports import Overall, Results, load, render_badge, render_endpoint, render_matrix_markdown
from dasnet_reports.verdicts import render_verdicts, without_runtime_version

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from judge_adapter import TOOLCHAINS, in_ci, lacking  # noqa: E402

#: Relative to the root of the checkout, from where all is called, so that no path of this machine gets into a report.
PAGES = Path("out") / "matrix"
PUBLISHED = Path("reports") / "published"
KILL_MATRIX = "kill-matrix"
FULL = "--full"

#: Requirements of which the outcome tells what else runs on the machine: whether another program has that one port.
OF_THE_MACHINE = ("init.port-highest",)

#: Name -> what `dasnet run` is given.
IMPLEMENTATIONS: dict[str, str] = {
    "reference": "reference",
    **{name: f"adapters/{name}/dasnet.toml" for name in TOOLCHAINS},
}


def main(arguments: list[str]) -> int:
    """Judge and publish; returns the worst exit status, 0 for what is skipped because its toolchain is missing."""
    names = [argument for argument in arguments if argument != FULL]
    unknown = [name for name in names if name not in IMPLEMENTATIONS]
    if unknown:
        print(f"no implementation {unknown[0]}; there are {', '.join(IMPLEMENTATIONS)}", file=sys.stderr)
        return 3
    worst = max(_judge(name) for name in names or IMPLEMENTATIONS)
    made = [name for name in IMPLEMENTATIONS if (ROOT / PAGES / name / "results.json").exists()]
    worst = max(worst, _dasnet("matrix", *(str(PAGES / name) for name in made), "-o", str(PAGES)) if made else 0)
    if not names:
        full = [FULL] if FULL in arguments else []
        shutil.rmtree(ROOT / PAGES / KILL_MATRIX, ignore_errors=True)
        worst = max(worst, _dasnet("prove", *full, "-n", "12", "-o", str(PAGES / KILL_MATRIX)))
    runs = {name: load(ROOT / PAGES / name / "results.json") for name in made}
    problem = obstacle(runs)
    if problem:
        print(f"{PUBLISHED} is left as it is: {problem}")
        return worst
    write(runs, {name: reasons_of(name) for name in runs}, ROOT / PUBLISHED)
    kill_matrix = ROOT / PAGES / KILL_MATRIX / f"{KILL_MATRIX}.md"
    if not names and kill_matrix.exists():
        _put(ROOT / PUBLISHED / f"{KILL_MATRIX}.md", kill_matrix.read_text("utf-8"))
    print(f"published: {len(runs)} implementations in {PUBLISHED}; the pages are in {PAGES / 'index.html'}")
    return worst


def obstacle(runs: Mapping[str, Results]) -> str:
    """Why these results, by the name of the implementation, cannot be published, and what to do; empty if they can."""
    missing = [name for name in IMPLEMENTATIONS if name not in runs]
    if missing:
        return f"{', '.join(missing)} not judged; a publication is of all implementations"
    still_open = [name for name, run in runs.items() if run.verdict is Overall.INCONCLUSIVE]
    if still_open:
        return f"{', '.join(still_open)} inconclusive, which says nothing of an implementation; judge anew"
    if len({run.hashes.get("suite") for run in runs.values()}) > 1:
        return "the results come from different states of the suite; judge all implementations anew"
    return ""


def write(runs: Mapping[str, Results], reasons: Mapping[str, Mapping[str, str]], published: Path) -> None:
    """Write what is kept of these runs, and remove what an earlier publication kept beside it.

    Arguments: `runs`, by the name of the implementation; `reasons`, for each the reasons of its known failures, by
    requirement; `published`, the folder, of which the files at its top stay but for the matrix.
    """
    for name, results in runs.items():
        _put(published / name / "verdicts.json", render_verdicts(results, reasons.get(name, {}), OF_THE_MACHINE))
        _put(published / name / "badge.svg", render_badge(results))
        _put(published / name / "badge.json", render_endpoint(results))
    shown = [without_runtime_version(results) for results in runs.values()]
    links = [f"{name}/verdicts.json" for name in runs]
    _put(published / "matrix.md", render_matrix_markdown(shown, catalogue_text(), links))
    kept = {"verdicts.json", "badge.svg", "badge.json"}
    for folder in (path for path in published.iterdir() if path.is_dir()):
        if folder.name not in runs:
            shutil.rmtree(folder)
            continue
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()


def reasons_of(name: str) -> dict[str, str]:
    """Why each known failure of the implementation is one, by requirement, as its baseline says; none without one.

    Raises `UsageError` or `BaselineError` for files that are not as they should be.
    """
    if name not in TOOLCHAINS:
        return {}
    baseline = load_file(ROOT / IMPLEMENTATIONS[name]).baseline
    return {failure.requirement: failure.reason for failure in read_baseline(baseline)} if baseline else {}


def _judge(name: str) -> int:
    lack = lacking(name) if name in TOOLCHAINS else ""
    # What an earlier run left must not be taken for the outcome of this one.
    shutil.rmtree(ROOT / PAGES / name, ignore_errors=True)
    if lack:
        print(f"{name}: {lack}")
        return 1 if in_ci() else 0
    return _dasnet("run", IMPLEMENTATIONS[name], "--strict", "--report-dir", str(PAGES / name))


def _dasnet(*arguments: str) -> int:
    return subprocess.call(["dasnet", *arguments], cwd=ROOT)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
