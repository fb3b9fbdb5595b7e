"""Drift: whether a page of the module's documentation still declares and says what the catalogue knows.

What lives here: the comparison of a page (`documentation`) with the symbols and the fingerprints of statements that the
catalogue was made from, and what hangs on each difference. It reads packaged data and no page by itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dasnet_adapters.profiles import PROFILES

from .documentation import Page, Statement, Symbol, Unread
from .loader import load_catalogue
from .rooms import folder_of
from .statements import KnownStatement, fingerprinted

#: From this likeness on, a statement that went and one that came at the same symbol are one that changed.
_LIKE: Final = 0.5


@dataclass(frozen=True)
class Difference:
    """One thing that differs: what happened ("new", "gone", "changed", "moved", "contradicted", "not read").

    `kind` is "statement", or the kind of a symbol. `known` and `found` are what was known before and what the page has;
    of a statement only the page's text can be told, for the catalogue keeps none. `clauses` are those that hang on it.
    """

    what: str
    kind: str
    name: str
    known: str = ""
    found: str = ""
    place: str = ""
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.what == "not read":
            return f"not read: {self.place} ({self.name}): {self.found}"
        if self.what == "contradicted":
            return f"contradiction on the page: {self.place}: it {self.found}"
        if self.kind == "statement":
            place = f" ({self.place})" if self.place else ""
            return f"{self.what} statement {self.known} of {self.name}{place}{f': {self.found}' if self.found else ''}"
        told = {
            "new": f"new {self.kind}: {self.found}",
            "gone": f"gone {self.kind}: {self.known}",
            "changed": f"changed {self.kind} {self.name}: {self.known} is now {self.found}",
        }
        return told[self.what]


def known_symbols() -> list[Symbol]:
    """The symbols that the catalogue was made from."""
    entries: list[dict[str, Any]] = []
    for profile in PROFILES.values():
        file = folder_of(profile, "catalogue").joinpath("symbols.toml")
        if file.is_file():
            entries += tomllib.loads(file.read_text(encoding="utf-8"))["symbol"]
    return [Symbol(**{**entry, "arguments": tuple(entry.get("arguments", ()))}) for entry in entries]


def differences(symbols: Sequence[Symbol], statements: Sequence[KnownStatement], page: Page) -> list[Difference]:
    """All in which a page differs from the symbols and statements that are known.

    What stands in a part that could not be read is not called gone: that part is told, with what hangs on it.
    """
    unread = {part.symbol for part in page.unread}
    return [
        *_unread(page.unread, statements),
        *(
            Difference("contradicted", "page", p.symbol, "", p.why, p.place, _of_name(p.symbol))
            for p in page.contradictions
        ),
        *_of_symbols(symbols, page.symbols, unread),
        *_of_statements(statements, page.statements, unread),
    ]


def requirements_of(clauses: Iterable[str]) -> list[str]:
    """The ids of the requirements that come from any of the clauses, in the order of the catalogue."""
    wanted = set(clauses)
    return [r.id for r in load_catalogue().requirements.values() if wanted & set(r.clauses)]


def matched(known: Sequence[KnownStatement], found: Sequence[KnownStatement]) -> dict[int, int]:
    """Which found statement is which known one, by their positions: equal ones first, in order, then the likest.

    Only statements of one symbol are matched, and only from half their words in common on.
    """
    pairs: dict[int, int] = {}
    free = list(range(len(known)))
    for at, statement in enumerate(found):
        equal = [
            k for k in free if (known[k].symbol, known[k].fingerprint) == (statement.symbol, statement.fingerprint)
        ]
        if equal:
            pairs[at] = equal[0]
            free.remove(equal[0])
    likely = sorted(
        (
            (-known[k].likeness(found[at]), at, k)
            for at in range(len(found))
            if at not in pairs
            for k in free
            if known[k].symbol == found[at].symbol and known[k].likeness(found[at]) >= _LIKE
        ),
    )
    for _, at, k in likely:
        if at not in pairs and k not in pairs.values():
            pairs[at] = k
    return pairs


def _of_name(name: str) -> tuple[str, ...]:
    return tuple(clause.id for clause in load_catalogue().clauses.values() if clause.symbol == name)


def _of_symbol(symbol: Symbol) -> tuple[str, ...]:
    # By the label and not by the name: a structure and its constructor share one.
    found = [clause.id for clause in load_catalogue().clauses.values() if clause.anchor == symbol.anchor]
    return tuple(found) or _of_name(symbol.name)


def _unread(parts: Iterable[Unread], statements: Sequence[KnownStatement]) -> list[Difference]:
    return [
        Difference("not read", "page", part.symbol, "", part.why, part.place, _hanging(part.symbol, statements))
        for part in parts
    ]


def _hanging(name: str, statements: Sequence[KnownStatement]) -> tuple[str, ...]:
    of_statements = [clause for statement in statements if statement.symbol == name for clause in statement.clauses]
    return tuple(dict.fromkeys([*_of_name(name), *of_statements]))


def _of_symbols(known: Sequence[Symbol], found: Sequence[Symbol], unread: set[str]) -> list[Difference]:
    # Functions of one name are told apart by what they take: the same ones are set against each other first.
    result = []
    left = list(known)
    others = []
    for symbol in found:
        same = next((one for one in left if one.same_as(symbol)), None)
        if same is None:
            others.append(symbol)
        else:
            left.remove(same)
    for symbol in others:
        was = next((one for one in left if (one.kind, one.name) == (symbol.kind, symbol.name)), None)
        if was is None:
            result.append(Difference("new", symbol.kind, symbol.name, found=symbol.signature))
        else:
            left.remove(was)
            clauses = _of_symbol(was)
            result.append(
                Difference("changed", symbol.kind, symbol.name, was.signature, symbol.signature, clauses=clauses)
            )
    gone = [one for one in left if one.name not in unread]
    return result + [Difference("gone", s.kind, s.name, s.signature, clauses=_of_symbol(s)) for s in gone]


def _of_statements(known: Sequence[KnownStatement], found: Sequence[Statement], unread: set[str]) -> list[Difference]:
    prints = [fingerprinted(statement) for statement in found]
    pairs = matched(known, prints)
    result = []
    latest: dict[str, int] = {}
    for at, statement in enumerate(found):
        k = pairs.get(at)
        if k is None:
            number = _number(prints, at)
            told = (number, statement.text, statement.place, _hanging(statement.symbol, known))
            result.append(Difference("new", "statement", statement.symbol, *told))
            continue
        what = "" if known[k].fingerprint == prints[at].fingerprint else "changed"
        if not what and k < latest.get(statement.symbol, -1):
            what = "moved"
        latest[statement.symbol] = max(k, latest.get(statement.symbol, -1))
        if what:
            told = (_number(known, k), statement.text, statement.place, known[k].clauses)
            result.append(Difference(what, "statement", statement.symbol, *told))
    return result + [
        Difference("gone", "statement", one.symbol, _number(known, k), clauses=one.clauses)
        for k, one in enumerate(known)
        if k not in pairs.values() and one.symbol not in unread
    ]


def _number(statements: Sequence[KnownStatement], at: int) -> str:
    # Which one it is among the statements of its symbol, from 1.
    return str(sum(one.symbol == statements[at].symbol for one in statements[: at + 1]))
