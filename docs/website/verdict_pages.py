"""What came of the implementations: the matrix, a page per implementation, and the kill matrix.

It reads what `making` gathered and the published kill matrix; it writes nothing.
"""

from __future__ import annotations

import re

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.registry import load_faults
from making.markdown import cells, table
from making.published import PUBLISHED, Published, load_published
from making.requirements import all_facts

from .requirement_pages import link_to
from .words import MARKS, hidden_toctree, mark, overall, plain, verdict

MATRIX = "verdicts/matrix.md"
KILL_MATRIX = "verdicts/kill-matrix.md"


def verdict_pages() -> dict[str, str]:
    """The pages by their place on the site."""
    return {
        MATRIX: _matrix(),
        KILL_MATRIX: _kill_matrix(),
        **{f"implementations/{each.folder}.md": _implementation(each) for each in load_published()},
    }


def _matrix() -> str:
    published = load_published()
    summary = [
        [
            f"[{each.folder}](../implementations/{each.folder}.md)",
            plain(each.language),
            overall(each.verdict),
            *(str(each.counts[word]) for word in ("pass", "fail", "excluded")),
        ]
        for each in published
    ]
    head = ["requirement", "level", *(each.folder for each in published)]
    parts = [
        "---\nhide-toc: true\n---\n\n# Matrix",
        "Every requirement on every implementation here, judged under `--strict`. ✓ pass, ✗ fail, – unsupported, "
        "? inconclusive, ○ excluded with a reason, · not judged yet.",
        hidden_toctree(f"../implementations/{each.folder}" for each in published),
        table(["implementation", "language", "verdict", "pass", "fail", "excluded"], summary),
        '<label class="filter">show <select id="matrix-filter"><option value="all">all requirements</option>'
        '<option value="failed">only where somebody fails</option></select></label>',
    ]
    for section, title in load_catalogue().titles.items():
        rows = [_row(name.id) for name in load_catalogue().select(sections=[section])]
        parts += [
            f"## [{section}](../sections/{section}.md): {plain(title)}",
            "{.matrix}\n" + table(head, rows),
        ]
    return "\n\n".join(parts)


def _row(name: str) -> list[str]:
    facts = all_facts()[name]
    # A pass is a bare mark: there are thousands of them, and a tag around each would double the page.
    marks = [MARKS["pass"] if each.verdict == "pass" else mark(each.verdict) for each in facts.outcomes]
    return [link_to(name, MATRIX), facts.requirement.level, *marks]


def _implementation(each: Published) -> str:
    page = f"implementations/{each.folder}.md"
    rows = [
        [link_to(name, page), facts.requirement.level, verdict(outcome.verdict, known=bool(outcome.known)), told]
        for name, facts in all_facts().items()
        for outcome in facts.outcomes
        if outcome.implementation.folder == each.folder and outcome.verdict not in ("pass", "not judged")
        for told in ["; ".join(plain(text) for text in (outcome.known, outcome.note) if text)]
    ]
    observed = [[link_to(name, page), plain(outcome)] for name, outcome in each.observed.items() if name in all_facts()]
    parts = [
        f"# {each.folder}",
        f"{plain(each.name)} {plain(each.version)}, {plain(each.language)}, reached {_way(each.reached)}: "
        f"{overall(each.verdict)}{', as its baseline lists' if each.as_listed else ''}.",
        table(
            ["profile", "verdict"],
            [[f"`{name}`", overall(word) if word != "not claimed" else word] for name, word in each.profiles.items()],
        ),
        table(list(each.counts), [[str(count) for count in each.counts.values()]]),
        "## What does not pass",
        table(["requirement", "level", "verdict", "what came"], rows) if rows else "Nothing: every requirement passes.",
    ]
    if observed:
        parts += [
            "## Its choices",
            "Where several outcomes are allowed, this is what it does.",
            table(["requirement", "outcome"], observed),
        ]
    return "\n\n".join(parts)


def _way(reached: str) -> str:
    return "by way of a driver" if reached == "driver" else plain(reached)


def _kill_matrix() -> str:
    text = (PUBLISHED / "kill-matrix.md").read_text("utf-8")
    ids = set(all_facts())
    faults = load_faults()
    lines = []
    for line in text.splitlines():
        row = cells(line) if line.startswith("| `") else []
        if len(row) == 3 and row[0].strip("`") in faults:
            name = row[0].strip("`")
            caught = ", ".join(link_to(each, KILL_MATRIX) if each in ids else each for each in row[2].split(", "))
            lines.append(f"| `{name}` | {plain(row[1])} | {caught} |")
        else:
            lines.append(line)
    told = (
        "Servers that are wrong on purpose, each in one small way that a port could be, and the requirements that "
        "catch them. `dasnet prove --fault NAME` runs one; the page of a requirement shows how its faults are wrong."
    )
    # Sections that the publication has and this catalogue has not stay as they are.
    linked = re.sub(
        r"^## ([a-z-]+)$",
        lambda found: (
            f"## [{found[1]}](../sections/{found[1]}.md)" if found[1] in load_catalogue().titles else found[0]
        ),
        "\n".join(lines),
        flags=re.MULTILINE,
    )
    return linked.replace("# Kill matrix\n", f"# Kill matrix\n\n{told}\n", 1)
