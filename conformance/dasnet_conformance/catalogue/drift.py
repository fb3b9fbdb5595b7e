"""Drift: whether a page of the module's documentation still declares what the catalogue knows.

What lives here: a reader for the page's own directives (reStructuredText of the `das` domain: attributes for structures
and classes, functions with typed arguments and results), and the comparison with `symbols.toml`. It reads
text that it is given and packaged data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from dasnet_adapters.profiles import PROFILES

from .rooms import folder_of

_DIRECTIVE: Final = re.compile(r"^\.\. das:(?P<kind>function|attribute):: (?P<rest>.+?)\s*$")
_LABEL: Final = re.compile(r"^\.\. _(?P<label>[^:]+):\s*$")
_FIELD: Final = re.compile(r"^(?::Fields:)?\s+\* \*\*(?P<name>\w+)\*\* : (?P<type>.+?)(?: - .*)?$")
_FUNCTION: Final = re.compile(r"^(?P<name>[\w.]+)\((?P<arguments>.*)\)(?: : (?P<result>.+))?$")
_REFERENCE: Final = re.compile(r":ref:`(?P<text>[^<`]+?)\s*(?:<[^`]*>)?`")


class PageError(Exception):
    """The text is no page of the module's documentation: the caller's mistake."""


@dataclass(frozen=True)
class Symbol:
    """One documented symbol: "structure", "field" or "function"; arguments as "name: type", in order.

    `result` is the type of a function's result or of a field, empty where there is none; `anchor` is its label on the
    page, which may move without a change of meaning and is not compared.
    """

    kind: str
    name: str
    arguments: tuple[str, ...] = ()
    result: str = ""
    anchor: str = ""

    @property
    def signature(self) -> str:
        """The symbol as the page would write it, in one line."""
        called = f"({'; '.join(self.arguments)})" if self.kind == "function" else ""
        return f"{self.name}{called}{f' : {self.result}' if self.result else ''}"


@dataclass(frozen=True)
class Difference:
    """One symbol that differs: "new", "gone" or "changed", with the signature known before and the one found."""

    what: str
    kind: str
    name: str
    known: str = ""
    found: str = ""

    def __str__(self) -> str:
        told = {
            "new": f"new {self.kind}: {self.found}",
            "gone": f"gone {self.kind}: {self.known}",
            "changed": f"changed {self.kind} {self.name}: {self.known} is now {self.found}",
        }
        return told[self.what]


def read_page(text: str) -> list[Symbol]:
    """The symbols that a page declares, in its order. Raises `PageError` when it declares none."""
    symbols: list[Symbol] = []
    label = structure = ""
    for line in text.splitlines():
        if match := _LABEL.match(line):
            label = match["label"]
        elif match := _DIRECTIVE.match(line):
            symbol = _function(match["rest"], label) if match["kind"] == "function" else None
            structure = "" if symbol else match["rest"]
            symbols.append(symbol or Symbol("structure", match["rest"], anchor=label))
        elif structure and (match := _FIELD.match(line)):
            symbols.append(Symbol("field", f"{structure}.{match['name']}", (), _plain(match["type"]), label))
    if not symbols:
        raise PageError("no das:function or das:attribute directive in it: is this a page of the documentation?")
    return symbols


def _function(rest: str, label: str) -> Symbol:
    match = _FUNCTION.match(rest)
    if match is None:
        raise PageError(f"this function cannot be read: {rest}")
    arguments = tuple(_plain(argument) for argument in match["arguments"].split(";") if argument.strip())
    return Symbol("function", match["name"], arguments, _plain(match["result"] or ""), label)


def _plain(type_text: str) -> str:
    # A reference stands for the name it shows; spaces around angle brackets come and go with it.
    shown = _REFERENCE.sub(lambda match: match["text"], type_text)
    return re.sub(r"\s*([<>])\s*", r"\1", " ".join(shown.split())).strip()


def known_symbols() -> list[Symbol]:
    """The symbols that the catalogue was made from."""
    entries: list[dict[str, Any]] = []
    for profile in PROFILES.values():
        file = folder_of(profile, "catalogue").joinpath("symbols.toml")
        if file.is_file():
            entries += tomllib.loads(file.read_text(encoding="utf-8"))["symbol"]
    return [Symbol(**{**entry, "arguments": tuple(entry.get("arguments", ()))}) for entry in entries]


def differences(known: Iterable[Symbol], found: Iterable[Symbol]) -> list[Difference]:
    """What is new, gone or changed on a page, compared with what is known."""
    before = {(symbol.kind, symbol.name): symbol for symbol in known}
    after = {(symbol.kind, symbol.name): symbol for symbol in found}
    result = []
    for key, symbol in after.items():
        was = before.get(key)
        if was is None:
            result.append(Difference("new", symbol.kind, symbol.name, found=symbol.signature))
        elif was.signature != symbol.signature:
            result.append(Difference("changed", symbol.kind, symbol.name, was.signature, symbol.signature))
    result += [Difference("gone", s.kind, s.name, known=s.signature) for key, s in before.items() if key not in after]
    return result
