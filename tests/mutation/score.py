"""The score of a session, the survivors set aside that `equivalent.toml` explains: `score.py SESSION... [--write]`.

Of several sessions, each of other files, it is that of all of them together.

Fails when the score is below `LEAST`, when a mutant was not run, when a survivor is not explained, when an explanation
fits no survivor any more, or when something other than a check of the suite ended a mutant. `--write` puts the numbers
and the table of explanations into docs/mutation.md.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from judge_mutant import BROKEN, NO_PROGRAM, UNIMPORTABLE

HERE: Final = Path(__file__).resolve().parent
EQUIVALENT: Final = HERE / "equivalent.toml"
REFERENCE: Final = HERE.parent.parent / "reference" / "dasnet_reference"
PAGE: Final = HERE.parent.parent / "docs" / "mutation.md"

#: The class of what is known and explained, and no equivalent: the suite does not see it, and the score pays for it.
UNSEEN: Final = "unseen"

#: Percent of the mutants that are not equivalent.
LEAST: Final = 97.0


@dataclass(frozen=True)
class Mutant:
    """A mutation as a person reads it: where, and the text of the lines before and after."""

    file: str
    function: str
    line: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.file}, {self.function or 'module'}: `{self.line}` -> `{self.becomes}`"


@dataclass(frozen=True)
class Reason:
    """Why a survivor is set aside: its class, by name and in a sentence, and what it is in this place."""

    kind: str
    sentence: str
    why: str


def load_equivalents(path: Path = EQUIVALENT) -> dict[Mutant, Reason]:
    """Each explained mutant with its reason. Raises `KeyError` for a class that has no sentence."""
    data = tomllib.loads(path.read_text("utf-8"))
    return {
        Mutant(entry["file"], entry["function"], entry["line"], becomes): Reason(
            entry["class"], data["classes"][entry["class"]], entry["why"]
        )
        for entry in data["equivalent"]
        for becomes in entry["becomes"]
    }


def mutant_of(module: str, function: str | None, diff: str) -> Mutant:
    """Read it from what the tool keeps."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before, after = (" ".join(line[1:].strip() for line in lines if line[:1] == sign).strip() for sign in "-+")
    return Mutant(Path(module).name, function or "", before, after)


@dataclass
class Score:
    """What became of the mutants of a session."""

    survivors: list[Mutant]
    counts: Counter[str]
    problems: list[str]
    #: The names of the files that were mutated.
    files: set[str] = field(default_factory=set)

    def percent(self, aside: Container[Mutant]) -> float:
        """Killed mutants among those that are not set aside."""
        judged = self.counts["killed"] + sum(mutant not in aside for mutant in self.survivors)
        return 100 * self.counts["killed"] / max(1, judged)

    def numbers(self, explained: dict[Mutant, Reason]) -> list[str]:
        """The figures, a line each."""
        kinds = Counter(explained[mutant].kind if mutant in explained else "" for mutant in self.survivors)
        survived, killed = len(self.survivors), self.counts["killed"]
        equivalent = survived - kinds[UNSEEN] - kinds[""]
        unimportable, late = self.counts[UNIMPORTABLE], self.counts["timeout"]
        score, plain = self.percent(equivalents(explained)), self.percent(())
        return [
            f"files: {', '.join(f'`{name}`' for name in sorted(self.files))}",
            f"{killed + survived} mutants judged; {self.counts['left out']} mutations left out, "
            f"{self.counts['not made']} that the tool could not make, {self.counts['pending']} not run",
            f"{killed} killed ({unimportable} already by the import, {late} by the time limit)",
            f"{survived} survived: {equivalent} equivalent, {kinds[UNSEEN]} unseen, {kinds['']} not explained",
            f"score {score:.1f} % with the equivalent ones set aside, {plain:.1f} % without",
        ]


def equivalents(explained: dict[Mutant, Reason]) -> set[Mutant]:
    """Those that the score does not count."""
    return {mutant for mutant, reason in explained.items() if reason.kind != UNSEEN}


def read(sessions: list[str]) -> Score:
    """Read the tool's sessions."""
    score = Score([], Counter(), [])
    for session in sessions:
        _read_into(score, session)
    return score


def _read_into(score: Score, session: str) -> None:
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome, WorkerOutcome

    with use_db(session, WorkDB.Mode.open) as database:
        score.counts["pending"] += len(database.pending_work_items)
        for item, result in database.completed_work_items:
            (mutation,) = item.mutations
            score.files.add(Path(mutation.module_path).name)
            told = (result.output or "").strip()
            if result.worker_outcome == WorkerOutcome.SKIPPED or told == NO_PROGRAM:
                score.counts["left out"] += 1
                continue
            if result.worker_outcome == WorkerOutcome.EXCEPTION and result.diff is None:
                score.counts["not made"] += 1
                continue
            mutant = mutant_of(str(mutation.module_path), mutation.definition_name, result.diff or "")
            if result.worker_outcome != WorkerOutcome.NORMAL or not told or told.startswith(BROKEN):
                score.problems.append(f"no verdict ({told}): {mutant}")
            elif result.test_outcome == TestOutcome.SURVIVED:
                score.survivors.append(mutant)
            else:
                score.counts["killed"] += 1
                score.counts[told.partition(":")[0]] += 1


def table(explained: dict[Mutant, Reason]) -> list[str]:
    """The explanations as Markdown: a section for each class, a row for each line of the reference."""
    rows: dict[tuple[Reason, str, str, str], list[str]] = {}
    for mutant, reason in explained.items():
        rows.setdefault((reason, mutant.file, mutant.function, mutant.line), []).append(mutant.becomes)
    lines: list[str] = []
    kind = ""
    for (reason, file, function, line), becomes in rows.items():
        if reason.kind != kind:
            kind = reason.kind
            lines += [
                "",
                f"### {kind}",
                "",
                reason.sentence,
                "",
                "| where | line | becomes | why |",
                "|---|---|---|---|",
            ]
        place = f"`{file}:{_number(file, function, line)}`"
        lines.append(f"| {place} | {_code(line)} | {'<br>'.join(map(_code, becomes))} | {reason.why} |")
    return [*lines, ""]


def _number(file: str, function: str, line: str) -> int | str:
    # The first such line behind the head of a function, or class, of that name.
    name = function.rpartition(".")[2]
    inside = not name
    for number, text in enumerate((REFERENCE / file).read_text("utf-8").splitlines(), 1):
        inside = inside or bool(re.match(rf"\s*(def|class) {name}\b", text))
        if inside and text.strip() == line.strip():
            return number
    return "?"


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`" if text.strip() else "(removed)"


def write(numbers: list[str], explained: dict[Mutant, Reason]) -> None:
    """Put both into the page, between their marks."""
    page = PAGE.read_text("utf-8")
    for mark, lines in (("numbers", ["", *(f"- {line}" for line in numbers), ""]), ("equivalent", table(explained))):
        start, end = f"<!-- mutation: {mark} -->", f"<!-- end of mutation: {mark} -->"
        before, rest = page.split(start)
        page = "\n".join([before + start, *lines, end + rest.split(end)[1]])
    PAGE.write_text(page, "utf-8")


def main() -> int:
    """Print the numbers and what is wrong."""
    explained = load_equivalents()
    score = read([word for word in sys.argv[1:] if word != "--write"])
    numbers = score.numbers(explained)
    print("\n".join(numbers))
    if "--write" in sys.argv[1:]:
        write(numbers, explained)
    problems = score.problems + [f"not explained: {mutant}" for mutant in score.survivors if mutant not in explained]
    if score.counts["pending"]:
        problems.append(f"{score.counts['pending']} mutants were not run; go on with --resume")
    else:
        judged = {mutant for mutant in explained if mutant.file in score.files}
        problems += [f"explained, and no survivor: {mutant}" for mutant in judged - set(score.survivors)]
    if score.percent(equivalents(explained)) < LEAST:
        problems.append(f"the score is below {LEAST:g} %")
    print("\n".join(sorted(problems)))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
