"""The catalogue from the top: its front page, a page per profile and per section, and the clauses.

It writes nothing; it makes texts from what `making.requirements` gathered.
"""

from __future__ import annotations

from dasnet_adapters.profiles import PROFILES
from dasnet_conformance.catalogue.loader import LEVELS, Requirement, load_catalogue
from making.markdown import table
from making.published import load_published
from making.requirements import Facts, all_facts

from .requirement_pages import clause_anchor, link_to, place_of
from .words import hidden_toctree, overall, plain, verdict


def catalogue_pages() -> dict[str, str]:
    """Every page of the catalogue but those of the requirements, by its place on the site."""
    catalogue = load_catalogue()
    used = [name for name in PROFILES if catalogue.select(profiles=[name])]
    return {
        "catalogue/index.md": _front(used),
        "catalogue/clauses.md": _clauses(),
        **{f"profiles/{name}.md": _profile(name) for name in used},
        **{f"sections/{name}.md": _section(name) for name in catalogue.titles},
    }


def _front(profiles: list[str]) -> str:
    catalogue = load_catalogue()
    rows = [
        [
            f"[`{name}`](../profiles/{name}.md)",
            plain(PROFILES[name].title),
            *(str(len(catalogue.select(profiles=[name], levels=[level]))) for level in LEVELS),
            ", ".join(f"[{section}](../sections/{section}.md)" for section in PROFILES[name].sections),
        ]
        for name in profiles
    ]
    return "\n\n".join(
        [
            "# Catalogue",
            f"{len(catalogue.requirements)} requirements, from {len(catalogue.clauses)} clauses of the documentation. "
            "Each has a page: its sentence, who fails it, its check, and the wrong servers that prove it.",
            hidden_toctree(["clauses", *(f"../profiles/{name}" for name in profiles)]),
            "## Profiles",
            table(["profile", "what it is", *LEVELS, "sections"], rows),
            "MUST gates always, SHOULD under `--strict`, MAY never. [The clauses](clauses.md) say where each comes "
            "from, and [profiles](../docs/profiles.md) what a profile is made of.",
            "## All requirements",
            *(
                f"### [{section}](../sections/{section}.md): {plain(title)}\n\n{_list(section)}"
                for section, title in catalogue.titles.items()
            ),
        ]
    )


def _list(section: str) -> str:
    found = load_catalogue().select(sections=[section])
    return "\n".join(f"- {link_to(each.id, 'catalogue/index.md')} {plain(each.text)}" for each in found)


def _profile(name: str) -> str:
    catalogue = load_catalogue()
    profile = PROFILES[name]
    page = f"profiles/{name}.md"
    judged = [
        [
            f"[{each.folder}](../implementations/{each.folder}.md)",
            overall(each.profiles[name]) if each.profiles[name] in _TOLD else each.profiles[name],
            _failures(catalogue.select(profiles=[name]), each.folder),
        ]
        for each in load_published()
        if name in each.profiles
    ]
    return "\n\n".join(
        [
            f"# Profile {name}",
            f"{plain(profile.title[0].upper() + profile.title[1:])}: "
            f"{len(catalogue.select(profiles=[name]))} requirements in {len(profile.sections)} sections, and "
            f"{len(profile.commands)} commands of [the driver protocol](../docs/driver-protocol.md).",
            hidden_toctree(f"../sections/{section}" for section in profile.sections),
            "## Sections",
            table(
                ["section", "what it is about", "requirements"],
                [
                    [
                        f"[{section}](../sections/{section}.md)",
                        plain(catalogue.titles[section]),
                        str(len(catalogue.select(sections=[section]))),
                    ]
                    for section in profile.sections
                ],
            ),
            "## Who conforms",
            table(["implementation", "verdict", "fails"], judged) if judged else "No implementation is published yet.",
            f"`dasnet list --profile {name}` lists it, and a port claims it in its greeting: see page "
            f"[profiles](../docs/profiles.md).",
            *(
                f"## {section}\n\n" + "\n".join(f"- {link_to(each.id, page)} {plain(each.text)}" for each in found)
                for section in profile.sections
                for found in [catalogue.select(sections=[section])]
            ),
        ]
    )


_TOLD = ("conforming", "non-conforming", "inconclusive")


def _failures(requirements: list[Requirement], folder: str) -> str:
    facts = all_facts()
    count = sum(
        outcome.failed
        for requirement in requirements
        for outcome in facts[requirement.id].outcomes
        if outcome.implementation.folder == folder
    )
    return str(count) if count else ""


def _section(name: str) -> str:
    catalogue = load_catalogue()
    page = f"sections/{name}.md"
    found = [all_facts()[each.id] for each in catalogue.select(sections=[name])]
    profile = found[0].requirement.profile
    rows = [
        [
            link_to(each.requirement.id, page),
            each.requirement.level,
            plain(each.requirement.text),
            _who_fails(each),
            str(len(each.faults)),
        ]
        for each in found
    ]
    return "\n\n".join(
        [
            f"# {name}",
            "{.lead}\n" + plain(catalogue.titles[name]),
            f"{len(found)} requirements of the profile [`{profile}`](../profiles/{profile}.md). By themselves: "
            f"`dasnet run python:your_module {name}`.",
            table(["requirement", "level", "what is required", "who fails it", "proved by"], rows),
            "*Proved by* is the number of servers that are wrong on purpose and on which the check has to fail.",
        ]
    )


def _who_fails(facts: Facts) -> str:
    failing = [each.implementation.folder for each in facts.outcomes if each.failed]
    judged = any(each.verdict != "not judged" for each in facts.outcomes)
    if not judged:
        return verdict("not judged")
    return ", ".join(f'<span class="verdict fail">✗ {name}</span>' for name in failing)


def _clauses() -> str:
    catalogue = load_catalogue()
    page = "catalogue/clauses.md"
    parts = [
        "# Clauses",
        "One statement each of the module's documentation, in our words, or of what the original does where a clause "
        "says so. [Drift](../docs/drift.md) tells whether the documentation still says what they were made from.",
    ]
    for clause in catalogue.clauses.values():
        sources = [r.id for r in catalogue.requirements.values() if clause.id in r.clauses]
        told = ", ".join(link_to(name, page) for name in sources)
        if clause.untestable:
            told = f"Not tested: {plain(clause.untestable)}"
        parts.append(
            f"({clause_anchor(clause.id)})=\n\n## {clause.id}\n\n{plain(clause.text)}\n\n"
            f"Of `{clause.symbol}`, {place_of(clause)}.\n\n{told}"
        )
    return "\n\n".join(parts)
