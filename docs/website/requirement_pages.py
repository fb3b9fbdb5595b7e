"""A page per requirement: what is required, where from, who fails it, its check, and the servers that prove it.

It writes nothing; it makes texts from what `making.requirements` gathered.
"""

from __future__ import annotations

from html import escape

from dasnet_conformance.catalogue.loader import Clause
from dasnet_conformance.catalogue.vectors import Served, Vector
from making.markdown import table
from making.requirements import Facts, Outcome, Source, all_facts, fault_source

from .routes import Routes, relative
from .words import UNLISTED, code, console, plain, verdict

#: Bytes of a request that are shown.
_MOST = 160


def requirement_pages(routes: Routes) -> dict[str, str]:
    """The page of every requirement, by its place on the site."""
    facts = list(all_facts().values())
    pages = {}
    for before, here, after in zip([None, *facts], facts, [*facts[1:], None], strict=False):
        pages[page_of(here.requirement.id)] = _page(here, before, after, routes)
    return pages


def page_of(requirement: str) -> str:
    """Where the page of a requirement is."""
    return f"requirements/{requirement}.md"


def link_to(requirement: str, page: str) -> str:
    """A link to the page of a requirement from another page of the site; the bare id where there is no such page."""
    if requirement not in all_facts():
        return f"`{requirement}`"
    return f"[`{requirement}`]({relative(page_of(requirement), page)})"


def clause_anchor(clause: str) -> str:
    """The anchor of a clause on the page of the clauses."""
    return f"clause-{clause.replace('.', '-')}"


def lines_of(source: Source, routes: Routes, page: str) -> str:
    """A link to the place of a piece of source, on the page that shows its file."""
    there = relative(routes.place(source.file), page).removesuffix(".md")
    return f'<a href="{there}.html#line-{source.line}"><code>{source.file}</code>, line {source.line}</a>'


def _page(facts: Facts, before: Facts | None, after: Facts | None, routes: Routes) -> str:
    requirement = facts.requirement
    page = page_of(requirement.id)
    way = (
        f"[Catalogue](../catalogue/index.md) › [{plain(facts.profile.title)}](../profiles/{facts.profile.name}.md) › "
        f"[{requirement.section}: {plain(facts.title)}](../sections/{requirement.section}.md)"
    )
    parts = [
        UNLISTED + "{.way}\n" + way,
        f"# {requirement.id}",
        "{.lead}\n" + plain(requirement.text),
        "{.summary}\n" + _summary(facts),
        *_verdicts(facts),
        *_checks(facts, routes, page),
        *_vectors(facts),
        *_faults(facts, routes, page),
        "## Where it comes from",
        "\n\n".join(_clause(clause) for clause in facts.clauses),
        *_allowed(facts),
    ]
    if requirement.survival:
        parts.append("A death of the process, or a call that never returns, fails this requirement.")
    neighbours = [
        f"{word} {link_to(other.requirement.id, page)}"
        for word, other in (("before:", before), ("next:", after))
        if other is not None
    ]
    return "\n\n".join([*parts, "{.neighbours}\n" + " · ".join(neighbours)]) + "\n"


def _summary(facts: Facts) -> str:
    requirement = facts.requirement
    failing = [outcome.implementation.folder for outcome in facts.outcomes if outcome.failed]
    judged = sum(outcome.verdict != "not judged" for outcome in facts.outcomes)
    if failing:
        told = f'<span class="verdict fail">✗ fails on {", ".join(failing)}</span>'
    elif judged:
        passed = sum(outcome.verdict == "pass" for outcome in facts.outcomes)
        told = f'<span class="verdict pass">✓ {passed} of {judged} implementations pass</span>'
    else:
        told = '<span class="verdict not-judged">· no implementation judged yet</span>'
    return f'<span class="level">{requirement.level}</span> profile `{requirement.profile}` · {told}'


def _verdicts(facts: Facts) -> list[str]:
    rows = [
        [
            f"[{outcome.implementation.folder}](../implementations/{outcome.implementation.folder}.md)",
            outcome.implementation.language,
            verdict(outcome.verdict, known=bool(outcome.known)),
            _note(outcome),
        ]
        for outcome in sorted(facts.outcomes, key=lambda outcome: not outcome.failed)
    ]
    head = ["implementation", "language", "verdict", "note"]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    about = "As published, judged under `--strict`; what fails comes first."
    return ["## Who passes, and who fails it", about, table(head, rows)]


def _note(outcome: Outcome) -> str:
    return "; ".join(plain(part) for part in (outcome.known, outcome.note) if part)


def _checks(facts: Facts, routes: Routes, page: str) -> list[str]:
    name = facts.requirement.id
    parts = [
        "## The check",
        "Alone, on an implementation of yours; then all about it, and with a stop before it, for a debugger:",
        console(
            f"dasnet run python:your_module {name}",
            f"dasnet explain {name}",
            f"dasnet run python:your_module --pause {name}",
        ),
    ]
    for source in facts.checks:
        parts += [lines_of(source, routes, page), code(source.text)]
    functions = dict.fromkeys(place.function for place in facts.places)
    parts += [f"As pytest knows it: {', '.join(f'`dasnet run python:your_module -k {each}`' for each in functions)}."]
    return parts


def _vectors(facts: Facts) -> list[str]:
    if not facts.vectors:
        return []
    rows = [
        [plain(vector.name), _bytes(vector.data), _rejection(vector), "; ".join(map(_service, vector.serve))]
        for vector in facts.vectors
    ]
    return [
        "### What it sends",
        "Each as bytes, whole and byte by byte; what may come of it is any of what stands beside it.",
        table(["what", "request", "turned down with", "called back as"], rows),
    ]


def _rejection(vector: Vector) -> str:
    told = ", ".join(vector.reject)
    return f"{told}, and the connection ends" if vector.ends and told else told


def _service(served: Served) -> str:
    parts = [served.method or "", served.target or ""]
    if served.body is not None:
        parts.append(f"body {_bytes(served.body)}")
    parts += [f"`{name}`: {' or '.join(map(_bytes, values)) or 'none'}" for name, values in served.fields.items()]
    told = " ".join(part for part in parts if part) or "a request"
    return f"{told}, then closed" if served.closes else told


# In code, as Python writes bytes; a long one by its beginning.
def _bytes(data: bytes) -> str:
    told = repr(data[:_MOST])[2:-1] + ("…" if len(data) > _MOST else "")
    return f"<code>{escape(told, quote=False).replace('|', '&#124;')}</code>" if told else "(empty)"


def _faults(facts: Facts, routes: Routes, page: str) -> list[str]:
    if not facts.faults:
        told = (
            "A MAY gates nothing: its check tells which of several legal choices was seen, and no fault is asked for."
        )
        return ["## Wrong servers that prove it", told]
    parts = [
        "## Wrong servers that prove it",
        "Each does one step wrong, and this check has to fail on it: that shows that the check sees.",
    ]
    for fault in facts.faults:
        parts += [f"### {fault.name}", plain(fault.sentence), console(f"dasnet prove --fault {fault.name}")]
        source = fault_source(fault)
        if source is not None:
            shown = f"{lines_of(source, routes, page)}\n\n{code(source.text)}"
            parts.append(f"<details><summary>how {fault.name} is wrong</summary>\n\n{shown}\n\n</details>")
    return parts


def _clause(clause: Clause) -> str:
    link = f"[`{clause.id}`](../catalogue/clauses.md#{clause_anchor(clause.id)})"
    return f"{link}, of `{clause.symbol}`, {place_of(clause)}\n: {plain(clause.text)}"


def place_of(clause: Clause) -> str:
    """Where a clause stands, in words."""
    if clause.source != "documentation":
        return f"as of the {plain(clause.source)}"
    return f"in the module's documentation at `#{clause.anchor}`" if clause.anchor else "in the module's documentation"


def _allowed(facts: Facts) -> list[str]:
    if not facts.requirement.allowed:
        return []
    rows = [
        [
            plain(outcome),
            plain(why),
            ", ".join(
                [
                    *(each.implementation.folder for each in facts.outcomes if each.note == outcome),
                    *(f"`{name}`" for name in facts.shown[outcome]),
                ]
            ),
        ]
        for outcome, why in facts.requirement.allowed.items()
    ]
    return [
        "## What is allowed",
        "The documentation leaves a choice: each of these passes. Names in code are "
        "[right servers](../docs/latitude.md) that show it.",
        table(["outcome", "why it is fine", "seen on"], rows),
    ]
