"""Writes the parts of the documentation that are drawn from data: the catalogue's pages, and tables within other pages.

    python docs/generate.py          writes them
    python docs/generate.py --check  ends with 1 if one is out of date, and says which

It may read the catalogue, the contract, the command line's parsers, the adapters' and the reference's tables, the table
of misbehaving drivers (by its path) and all that `making` gathers, and writes into docs/, the README and CONTRIBUTING
only. A table within a page stands between two comment lines: `<!-- generated: NAME -->`, `<!-- end of generated -->`.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import man_page
from dasnet_adapters.contract import COMMANDS
from dasnet_adapters.hints import HINTS
from dasnet_adapters.implementation_file import KEYS
from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue.loader import LEVELS, load_catalogue
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_reference import (
    ANSWERS,
    CLIENT_ANSWERS,
    CLIENT_TRANSITIONS,
    CLIENT_WITHOUT_HANDLE,
    TRANSITIONS,
    WITHOUT_HANDLE,
)
from making.catalogue_pages import CLAUSES, front_page, page_of, profile_page, used_profiles
from making.catalogue_pages import clauses_page as catalogue_clauses_page
from making.http_tables import clauses_page, vectors_page
from making.markdown import table
from making.published import load_published
from making.requirements import all_facts, variants

DOCS = Path(__file__).parent
MISBEHAVING = DOCS.parent / "tests" / "misbehaving" / "table.toml"


def _yes(value: bool) -> str:
    return "true" if value else "false"


def state_answers() -> str:
    """What the reference's queries answer in each state of its handle."""
    rows = [["(no handle)", *map(_yes, WITHOUT_HANDLE)]]
    rows += [[state.value, *map(_yes, answers)] for state, answers in ANSWERS.items()]
    return table(["state", "has_session", "is_open", "is_connected"], rows)


def state_transitions() -> str:
    """What moves the reference's handle."""
    rows = [[before.value, what.value, after.value] for (before, what), after in TRANSITIONS.items()]
    return table(["in state", "when", "then in state"], rows)


def client_state_answers() -> str:
    """What the query of the reference's client answers in each state of its handle."""
    rows = [["(no handle)", *map(_yes, CLIENT_WITHOUT_HANDLE)]]
    rows += [[state.value, *map(_yes, answers)] for state, answers in CLIENT_ANSWERS.items()]
    return table(["state", "is_connected"], rows)


def client_state_transitions() -> str:
    """What moves the handle of the reference's client."""
    rows = [[before.value, what.value, after.value] for (before, what), after in CLIENT_TRANSITIONS.items()]
    return table(["in state", "when", "then in state"], rows)


def state_table() -> str:
    """The state table that the suite checks: the allowed outcomes of each cell."""
    return _cells("state", ["has-session", "is-open", "is-connected", "send"])


def client_state_table() -> str:
    """The same of the client half."""
    return _cells("client-state", ["is-connected", "send"])


def _cells(section: str, columns: list[str]) -> str:
    cells: dict[str, dict[str, str]] = {}
    for requirement in load_catalogue().select(sections=[section]):
        _, state, query = requirement.id.split(".")
        cells.setdefault(state, {})[query] = " or ".join(requirement.allowed)
    rows = [[state.replace("-", " "), *(row[column] for column in columns)] for state, row in cells.items()]
    return table(["state", *(column.replace("-", "_") for column in columns)], rows)


def proof() -> str:
    """How much of the catalogue is proved by servers that are wrong on purpose."""
    faults = load_faults()
    gating = [r for r in load_catalogue().requirements.values() if r.level != "MAY"]
    kills = sum(len(fault.kills) for fault in faults.values())
    rows = [
        ["requirements", str(len(load_catalogue().requirements))],
        ["of them MUST or SHOULD, each caught failing on at least one wrong server", str(len(gating))],
        ["wrong servers", str(len(faults))],
        ["pairs of a wrong server and a requirement that must fail on it", str(kills)],
    ]
    return table(["what", "how many"], rows)


def original() -> str:
    """What the original gets wrong, in numbers, as published."""
    (daslang,) = (each for each in load_published() if each.folder == "daslang")
    levels = [
        facts.requirement.level
        for facts in all_facts().values()
        for outcome in facts.outcomes
        if outcome.implementation is daslang and outcome.failed
    ]
    rows = [[word, str(daslang.counts[word])] for word in ("pass", "fail", "excluded")]
    rows[1][0] = f"fail: {', '.join(f'{levels.count(level)} {level}' for level in LEVELS if level in levels)}"
    rows[2][0] = "excluded, with the reason"
    return table([f"daslang {daslang.version}", "requirements"], rows)


def commands() -> str:
    """Every command of the adapter contract."""
    rows = []
    for name, form in COMMANDS.items():
        parameters = " ".join(parameter for parameter, _ in form.parameters)
        rows.append([f"`{name} {parameters}`".replace(" `", "`"), form.result, form.profile, form.meaning])
    return table(["command", "value", "profile", "what it asks for"], rows)


def symptoms() -> str:
    """What is wrong with a driver, by what is seen of it."""
    rows = [[f"`{name}`", hint.symptom, hint.cause, hint.step] for name, hint in HINTS.items()]
    return table(["symptom", "what is seen", "likely cause", "next step"], rows)


def profiles() -> str:
    """Every profile with its sections, and how much there is of it."""
    rows = []
    for profile in PROFILES.values():
        count = len(load_catalogue().select(profiles=[profile.name]))
        rows.append(
            [f"`{profile.name}`", profile.title, str(count), str(len(profile.commands)), ", ".join(profile.sections)]
        )
    return table(["profile", "what it is", "requirements", "commands", "sections"], rows)


def rooms() -> str:
    """The rooms of the conformance package from top to bottom, as the import contract in pyproject.toml has them."""
    contracts = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"] == "rooms")
    place = DOCS.parent / "conformance" / "dasnet_conformance"
    width = max(map(len, layers))
    lines = []
    for room in layers:
        face = ast.get_docstring(ast.parse((place / room / "__init__.py").read_text("utf-8"))) or ""
        lines.append(f"{room:<{width}}  {face.splitlines()[0].rstrip('.')}")
    return "```\n" + f"\n{'  |'}\n".join(lines) + "\n```"


def implementation_keys() -> str:
    """Every key of an implementation file."""
    return table(["key", "value"], [[f"`{key}`", meaning] for key, meaning in KEYS.items()])


#: The parts of the page of misbehaving drivers, by the group of a row.
GROUPS = {
    "starting": "How it starts",
    "ending": "How it ends",
    "output": "What it writes beside answers, and how",
    "order": "Which line belongs to which command",
    "words": "How it writes its words",
    "commands": "What it does with commands",
    "client": "What it does with the class Client",
    "http": "What it does with the class HttpServer",
}


def misbehaving_page() -> str:
    """The table of misbehaving drivers: what each does, and what the run and the doctor make of it."""
    drivers = tomllib.loads(MISBEHAVING.read_text("utf-8"))["driver"]
    parts = [
        "# Drivers that misbehave",
        "This page is generated by `docs/generate.py` from the table that the tests run: "
        f"{len(drivers)} drivers, each of which gets the verdict and the hint that stand here. None of them holds up a "
        "run beyond its deadline, none leaves a process behind, and none is called conforming. Behind most stands a "
        "sound port, so that the fault is the driver's alone; behind those that the doctor finds in order stands one "
        "that never listens, so that they fail for what the port does and not for their manners.",
        "The names are those of the [symptoms](symptoms.md). A usage error ends the run with status 3, an inconclusive "
        "run with 2, a non-conforming one with 1.",
    ]
    for group, title in GROUPS.items():
        rows = [
            [row["what"], _told(row["run"], row["run_hint"]), _told(row["doctor"], row["doctor_hint"])]
            for row in drivers
            if row["group"] == group
        ]
        parts.append(f"## {title}\n\n{table(['the driver', '`dasnet run`', '`dasnet doctor`'], rows)}")
    return "\n\n".join(parts) + "\n"


def _told(verdict: str, hint: str) -> str:
    return f"{verdict}: `{hint}`" if hint else verdict


def latitude_page() -> str:
    """The right implementations that choose otherwise, and which of them shows which allowed outcome."""
    themes, right = variants()
    parts = [
        "# Right servers that choose otherwise",
        "This page is generated by `docs/generate.py` from the servers and clients that the tests run: "
        f"{len(right)} right implementations, each of which makes one choice otherwise than the [reference]"
        "(reference-guide.md), where the documentation leaves it. They are the counterpart of the wrong ones of "
        "`dasnet prove`: every one of them passes every MUST and SHOULD, and where a check failed on one of them, the "
        "check would be wrong.",
        "They stand in `tests/latitude`. With that folder on the path each can be judged like any port: "
        "`PYTHONPATH=tests/latitude dasnet run python:latitude:no_queue --strict`; `ipv6_only` needs "
        "`--peer-host ::1` beside it.",
    ]
    for theme, title in themes.items():
        rows = [[f"`{each.name}`", each.choice, each.sentence] for each in right if each.theme == theme]
        parts.append(f"## {title}\n\n{table(['name', 'the choice', 'what it does, and why it may'], rows)}")
    rows = [
        [f"`{name}`", outcome, ", ".join(f"`{each}`" for each in servers)]
        for name, facts in all_facts().items()
        if any(facts.shown.values())
        for outcome, servers in facts.shown.items()
    ]
    parts.append(
        "## Who shows which allowed outcome\n\nWhere the catalogue allows several outcomes, each is seen on a right "
        "implementation, which a test holds. Those without a name here are what the one does that the others are made "
        "from, as are all of the requirements that are not listed.\n\n"
        + table(["requirement", "outcome", "seen on"], rows)
    )
    return "\n\n".join(parts) + "\n"


#: Pages that are generated as a whole.
PAGES: dict[str, Callable[[], str]] = {
    "catalogue.md": front_page,
    CLAUSES: catalogue_clauses_page,
    **{page_of(profile): partial(profile_page, profile) for profile in used_profiles()},
    "dasnet.1.md": man_page.page,
    "http-clauses.md": clauses_page,
    "http-vectors.md": vectors_page,
    "latitude.md": latitude_page,
    "misbehaving-drivers.md": misbehaving_page,
}

#: Tables within pages, by the name in their comment line.
TABLES: dict[str, Callable[[], str]] = {
    "state answers": state_answers,
    "state transitions": state_transitions,
    "state table": state_table,
    "client state table": client_state_table,
    "client state answers": client_state_answers,
    "client state transitions": client_state_transitions,
    "commands of the contract": commands,
    "profiles": profiles,
    "rooms": rooms,
    "original": original,
    "proof": proof,
    "symptoms": symptoms,
    "keys of the implementation file": implementation_keys,
}

_BLOCK = re.compile(r"<!-- generated: (?P<name>[a-z ]+) -->\n.*?<!-- end of generated -->", re.DOTALL)


def _filled(text: str) -> str:
    def fill(block: re.Match[str]) -> str:
        name = block["name"]
        return f"<!-- generated: {name} -->\n{TABLES[name]()}\n<!-- end of generated -->"

    return _BLOCK.sub(fill, text)


def wanted() -> dict[Path, str]:
    """Every generated file under docs/, with the text it should have."""
    texts = {DOCS / name: make() for name, make in PAGES.items()}
    for path in [*sorted(DOCS.glob("*.md")), DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"]:
        text = path.read_text("utf-8")
        if path not in texts and _BLOCK.search(text):
            texts[path] = _filled(text)
    return texts


def main(arguments: list[str]) -> int:
    """Write, or with --check compare; returns the exit status."""
    texts = wanted()
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" in arguments:
            sys.stderr.write(f"{path.name} is out of date; run python docs/generate.py\n")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], "utf-8")
    for path in set((DOCS / CLAUSES).parent.glob("*.md")) - texts.keys():
        stale.append(path)
        if "--check" in arguments:
            sys.stderr.write(f"{path.name} belongs to no profile; run python docs/generate.py\n")
        else:
            path.unlink()
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
