"""What the pages on HTTP's vectors and clauses are made from: the vectors, the two RFCs, and what parsers make of them.

It reads the files of the catalogue's profile `http`, also while that is a draft, and the table of parsers, by its path.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from dasnet_conformance import catalogue
from dasnet_conformance.catalogue.normative import LEVELS, Normative, load_normative, load_not_covered
from dasnet_conformance.catalogue.response_vectors import Responded, ResponseVector, load_response_vectors
from dasnet_conformance.catalogue.vectors import Served, Vector, load_vectors

from .markdown import table

FOLDER = Path(catalogue.__file__).parent / "http"
PARSERS = Path(__file__).parents[2] / "tests" / "http" / "parsers.toml"

#: The parts of the page of vectors, by the section that a vector's requirement is of.
PARTS = {
    "http-request": "Heads of requests",
    "http-framing": "Bodies of requests",
    "http-smuggling": "Requests hidden in requests",
    "http-client-answer": "Heads of answers",
    "http-client-framing": "Bodies of answers",
    "http-client-connection": "Connections behind answers",
}

WAYS = {
    "error": "any 4xx or 5xx",
    "close": "the connection ends without an answer",
    "waits": "nothing comes of it yet",
}


@cache
def _requirements() -> dict[str, dict[str, Any]]:
    return {
        entry["id"]: entry
        for file in sorted(FOLDER.glob("http-*.toml"))
        for entry in tomllib.loads(file.read_text("utf-8"))["requirement"]
    }


@cache
def _sources() -> dict[str, str]:
    clauses = tomllib.loads((FOLDER / "clauses.toml").read_text("utf-8"))["clause"]
    return {entry["id"]: entry["source"] for entry in clauses}


def _parsers() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(PARSERS.read_text("utf-8"))


def code(data: bytes | str) -> str:
    """Bytes as a code span: what is no visible ASCII as an escape, in a fence that they do not contain."""
    text = (data if isinstance(data, str) else data.decode("latin-1")).encode("unicode_escape").decode("ascii")
    if not text:
        return "empty"
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _told(requirement: str) -> str:
    entry = _requirements().get(requirement)
    if entry is None:
        return ""
    places = [_sources()[clause] for clause in entry["clauses"] if _sources()[clause].startswith("RFC")]
    text = " ".join(entry["text"].split())
    return f"{entry['level']}. {text} {'; '.join(dict.fromkeys(places))}."


def _fields(fields: dict[str, tuple[bytes, ...]]) -> list[str]:
    return [
        f"`{name}` {' or '.join(map(code, values))}" if values else f"no `{name}`" for name, values in fields.items()
    ]


def _served(way: Served) -> str:
    parts = [f"method {code(way.method)}"] if way.method is not None else []
    parts += [f"target {code(way.target)}"] if way.target is not None else []
    parts += [f"body {code(way.body)}"] if way.body is not None else []
    parts += _fields(way.fields)
    parts += ["closed behind the answer"] if way.closes else []
    return ", ".join(parts) or "in any way"


def _request_row(vector: Vector) -> list[str]:
    if vector.hidden:
        return [vector.name, code(vector.data), "anything but a callback of " + code(vector.hidden), "", vector.note]
    ways = [WAYS.get(way, way) for way in vector.reject]
    ends = ", and the connection ends" if vector.ends else ""
    served = "; or ".join(_served(way) for way in vector.serve)
    return [vector.name, code(vector.data), (" or ".join(ways) + ends) if ways else "no", served or "no", vector.note]


def _responded(way: Responded) -> str:
    parts = [str(way.status)]
    parts += [f"reason {code(way.reason)}"] if way.reason is not None else []
    parts += [f"body {code(way.body)}"] if way.body is not None else []
    parts += _fields(way.fields)
    if way.keeps is not None:
        parts.append("the connection goes on" if way.keeps else "the connection is not used again")
    return ", ".join(parts)


def _answer_row(vector: ResponseVector) -> list[str]:
    sent = code(vector.data) + (", then the end" if vector.closes else "")
    sent += f", to {vector.method}" if vector.method != "GET" else ""
    fails = ["may fail"] if vector.fail else []
    fails += ["may wait"] if vector.waits else []
    responded = "; or ".join(_responded(way) for way in vector.respond)
    return [vector.name, sent, " or ".join(fails) or "no", responded or "no", vector.note]


def _part(section: str, title: str) -> str:
    lines = [f"## {title}"]
    for requirement, requests in load_vectors().items():
        if requirement.startswith(f"{section}."):
            head = ["vector", "bytes", "may be rejected with", "may be called back with", "note"]
            lines += [
                f"### `{requirement}`",
                _told(requirement),
                table(head, [_request_row(each) for each in requests]),
            ]
    for requirement, answers in load_response_vectors().items():
        if requirement.startswith(f"{section}."):
            head = ["vector", "bytes", "the request", "may be handed over as", "note"]
            lines += [f"### `{requirement}`", table(head, [_answer_row(each) for each in answers])]
    return "\n\n".join(lines)


def _names(entry: dict[str, Any]) -> str:
    return ", ".join(entry["vectors"]) if "vectors" in entry else "all"


def _of_parsers() -> str:
    listed = _parsers()
    differing = [
        [entry["parser"], f"`{entry['requirement']}`", _names(entry), entry["does"], entry["why"]]
        for entry in listed["difference"]
    ]
    apart = [
        [f"`{entry['requirement']}`", _names(entry), entry["h11"], entry["httptools"], entry["why"]]
        for entry in listed["apart"]
    ]
    return "\n\n".join(
        [
            "## What two parsers make of them",
            "[h11](https://h11.readthedocs.io) and [httptools](https://github.com/MagicStack/httptools) read every "
            "vector whole, cut at every byte, and a byte at a time; the cuts change nothing. A parser is a part of a "
            "server or a client: what it lets pass has to be seen by the code around it. These are all the vectors "
            "where what a parser does by itself is not allowed:",
            table(["parser", "requirement", "vectors", "what it does", "why"], differing),
            "And these are all where both do what is allowed, and not the same:",
            table(["requirement", "vectors", "h11", "httptools", "why"], apart),
        ]
    )


def vectors_page() -> str:
    """Every vector of requests and answers, with what may come of it."""
    requests = [vector for vectors in load_vectors().values() for vector in vectors]
    answers = [vector for vectors in load_response_vectors().values() for vector in vectors]
    hidden = sum(bool(vector.hidden) for vector in requests)
    parts = [
        "# Vectors of HTTP",
        "This page is generated by `docs/generate.py` from the tables that the checks read: "
        f"{len(requests)} requests, {hidden} of them with another one hidden behind, and {len(answers)} answers. They "
        "stand in `conformance/dasnet_conformance/catalogue/http_vectors`, whose README tells their keys, as TOML for "
        "whoever wants to try their own parser on them.",
        "`dasnet run http-port:HOST:PORT` tries the requests on any server that listens; "
        "[http-servers.md](http-servers.md) tells what some make of them. A server may do one of the things that stand "
        "beside a request: reject it with one of the answers, or call it back in one of the ways. Where both columns "
        "say what may be, either is right. The answers are what the suite sends to a client of the profile "
        "`http-client`, which hands them over in one of the ways, or fails.",
    ]
    parts += [_part(section, title) for section, title in PARTS.items()]
    parts.append(_of_parsers())
    return "\n\n".join(parts) + "\n"


def _counts(statements: list[Normative]) -> list[str]:
    levels = Counter(one.level for one in statements)
    return [str(levels[level]) for level in LEVELS]


def clauses_page() -> str:
    """What of the two RFCs is covered, what is not and why, and every statement with its clauses."""
    statements = list(load_normative())
    by_id = {one.id: one for one in statements}
    covered = [one for one in statements if one.clauses]
    missing = [one for one in statements if not one.clauses]
    head = ["", *LEVELS, "bind a server", "bind a client", "bind both"]
    rows = [
        [
            name,
            *_counts(group),
            *(str(sum(one.binds == whom for one in group)) for whom in ("server", "client", "both")),
        ]
        for name, group in (("covered", covered), ("not covered", missing))
    ]
    parts = [
        "# What of RFC 9110 and RFC 9112 is covered",
        "This page is generated by `docs/generate.py`. "
        f"{len(statements)} statements of RFC 9110 (sections 2 to 15) and RFC 9112 (sections 2 to 9) bind a server or "
        "a client of HTTP/1.1 with MUST or SHOULD, in our words and with what belongs together as one. What binds "
        "proxies, gateways, caches, registries, resource owners and authors of specifications alone is left out. A "
        "test fails on a statement that is neither covered by a clause of the catalogue nor listed here with the "
        "reason why it is not.",
        table(head, rows),
        "## Not covered",
    ]
    for entry in load_not_covered():
        group = [by_id[name] for name in entry.statements]
        musts, shoulds = _counts(group)
        parts.append(f"### {entry.reason[0].upper()}{entry.reason[1:]}")
        parts.append(f"{musts} MUST, {shoulds} SHOULD.")
        parts.append(table(["source", "level", "binds", "statement"], [_row(one) for one in group]))
    parts.append("## Covered")
    parts.append(
        table(
            ["source", "level", "binds", "statement", "clauses"],
            [[*_row(one), ", ".join(f"`{name}`" for name in one.clauses)] for one in covered],
        )
    )
    return "\n\n".join(parts) + "\n"


def _row(one: Normative) -> list[str]:
    return [one.source, one.level, one.binds, one.text]
