"""What a page says, gathered piece by piece: its symbols, its statements, and what of it could not be read.

The reader hands over paragraphs, rows and declarations; here it is decided what each one is. Text in, records out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from .lines import Line
from .symbols import UNNAMED, Symbol, function_of, is_receiver, loose, name_of, structure_of, type_of
from .words import plain, sentences, shown_by_reference, words

#: The name of the module that the documentation is about, and of the symbol that its statements as a whole hang on.
MODULE: Final = "network"

#: Kinds of declaration beside functions; the generator has used several words for the same.
STRUCTURES: Final = ("attribute", "class", "struct", "structure", "handle", "annotation", "object")
FUNCTIONS: Final = ("function", "method", "staticmethod")
OTHERS: Final = (
    "alias",
    "bitfield",
    "constant",
    "enum",
    "enumeration",
    "global",
    "macro",
    "type",
    "typedef",
    "variable",
)

#: Words of the generator around a table or a list, and those for a text that is still to be written.
_FRAME: Final = re.compile(r"^(?:(?:function |method )?arguments are|it defines as follows):*$")
_DEFINES: Final = "it defines as follows"
_PLACEHOLDER: Final = re.compile(r"^(?:// ?stub|(?:[\w.]+\|[\w.|]+ )?to be documented(?: in \|[^|]+\|\.rst)?)$")
_RETURNS: Final = re.compile(r"^(?P<name>\w+) returns(?: (?P<type>[\w:<>]+[?&]?))?:*$")
_SUBSTITUTION: Final = re.compile(r"(?<!\w)\|(?P<name>[^|\s](?:[^|]*[^|\s])?)\|(?!\w)")
_LISTED: Final = re.compile(r"^\*\*(?P<name>\w+)\*\*\s*(?::\s*(?P<rest>.*))?$")
_FIELD: Final = re.compile(r"^(?:\|\s+)?(?P<name>\w+)\s*:\s*(?P<type>[^=]+?)(?:\s*=.*)?$")


@dataclass(frozen=True)
class Statement:
    """A sentence of the page, or a block of code, and the symbol that it speaks of."""

    symbol: str
    text: str
    place: str

    @property
    def words(self) -> tuple[str, ...]:
        """Its words without markup and punctuation."""
        return words(self.text)


@dataclass(frozen=True)
class Unread:
    """A part of the page that could not be read, or disagrees with another part: where, about which symbol, and why."""

    symbol: str
    place: str
    why: str


class Contents:
    """Gathers a page. `definitions` are the texts that the page defines for its substitutions, by name."""

    def __init__(self, definitions: dict[str, str]) -> None:
        self.symbols: list[Symbol] = []
        self.statements: list[Statement] = []
        self.unread: list[Unread] = []
        self.contradictions: list[Unread] = []
        self.declarations = 0
        self.label = ""
        self._definitions = definitions
        self._module = MODULE
        self._subject = MODULE
        self._open: list[tuple[int, str, str]] = []
        self._arguments: dict[int, list[tuple[str, str, str]]] = {}
        self._results: dict[int, list[tuple[str, str]]] = {}
        self._mentions: list[tuple[str, str]] = []

    def module(self, name: str) -> None:
        """From here on the page speaks of that module."""
        self._module = self._subject = name or MODULE

    def section(self) -> None:
        """A heading: what follows is about the module again."""
        self._subject = self._module
        self._open.clear()

    def cannot_read(self, line: Line, why: str) -> None:
        """Remember a part that could not be read, beside the symbol it stands with."""
        self.unread.append(Unread(self._subject, line.place, why))

    def declare(self, kind: str, text: str, line: Line) -> None:
        """A declaration. One that cannot be read is remembered as unread; what follows is still about its symbol."""
        self.declarations += 1
        while self._open and self._open[-1][0] >= line.indent:
            self._open.pop()
        container = self._open[-1][1] if self._open else ""
        symbol = (
            function_of(text, self.label, container)
            if kind in FUNCTIONS
            else structure_of(text, self.label, container, attribute=kind == "attribute")
        )
        if symbol is None:
            self._subject = name_of((re.match(r"[\w.:>-]+", text) or [text])[0])
            self.cannot_read(line, f"this {kind} cannot be read: {text}")
            return
        if kind in OTHERS:
            symbol = replace(symbol, kind=kind)
        if symbol.kind == "structure":
            self._open.append((line.indent, symbol.name, symbol.anchor))
        self.symbols.append(symbol)
        self._subject = symbol.name
        self.label = ""

    def paragraph(self, lines: list[Line], text: str, listing: str) -> None:
        """A paragraph or one item of a list; `listing` is the field list it belongs to: "arguments", "fields" or "".

        `text` is all of it in one line, without the sign of an item.
        """
        resolved = self._resolved(text, lines[0])
        if resolved is None or _PLACEHOLDER.match(resolved) or _FRAME.match(resolved):
            return
        match = _RETURNS.match(resolved)
        if match and self._function is not None and self._function.name.rpartition(".")[2] == match["name"]:
            if match["type"]:
                self.result(match["type"], lines[0])
            return
        shown = shown_by_reference(resolved)
        if "(" in shown:
            self._mentions.append((shown, lines[0].place))
        elif (match := _LISTED.match(resolved)) and self._is_listed(match["name"], listing):
            self._listed(match["name"], match["rest"] or "", lines[0])
        else:
            self._say(self._subject, resolved, lines[0])

    def literal(self, lines: list[Line], intro: str) -> None:
        """A block that stands as it is: code, or what an older generator put there: a result, the fields of a class."""
        intro = plain(intro).rstrip(": ")
        if intro == _DEFINES:
            self.fields(lines)
        elif (match := _RETURNS.match(intro)) and not match["type"] and self._function is not None:
            self.result(" ".join(line.text for line in lines), lines[0])
        else:
            text = "\n".join(line.text for line in lines)
            if words(text):
                self.statements.append(Statement(self._subject, text, lines[0].place))

    def fields(self, lines: list[Line]) -> None:
        """The fields of a class, one a line."""
        for line in lines:
            if match := _FIELD.match(line.text):
                self._field(match["name"], match["type"], "", line)
            else:
                self.cannot_read(line, f"this is no field of a class: {line.text}")

    def row(self, cells: list[str], line: Line, listing: bool) -> None:
        """A row of a table: an argument or a field where the table lists them, else a statement."""
        name = plain(cells[0])
        listing = listing or self._is_argument(name) or bool(UNNAMED.match(name))
        if len(cells) > 1 and listing and re.fullmatch(r"\w+", name):
            self._listed(name, " - ".join(cell for cell in cells[1:] if cell), line)
        elif (resolved := self._resolved(" ".join(cells), line)) is not None:
            self._say(self._subject, resolved, line)

    def argument(self, name: str, type_text: str, text: str, line: Line) -> None:
        """What a field of its own says of one argument of the current function: its type, a sentence, or both."""
        if self._function is None:
            self.cannot_read(line, f"{name} is described with no function before it")
        else:
            self._argument(name, type_text, text, line)

    def result(self, type_text: str, line: Line) -> None:
        """What the page says of the current function's result beside the declaration."""
        if self._function is None:
            self.cannot_read(line, f"the result {type_text} is told with no function before it")
            return
        self._results.setdefault(len(self.symbols) - 1, []).append((type_of(type_text), line.place))

    def finish(self) -> None:
        """Complete declarations that left types to a table, and compare every second mention with the declaration."""
        for at in sorted({*self._arguments, *self._results}):
            self._complete(at)
        declared: dict[str, list[Symbol]] = {}
        for symbol in self.symbols:
            declared.setdefault(symbol.name, []).append(symbol)
        for shown, place in self._mentions:
            mention = function_of(shown)
            if mention is None:
                self.unread.append(Unread(self._module, place, f"this function cannot be read: {shown}"))
            elif mention.name not in declared:
                told = f"lists {mention.signature}, which it declares nowhere"
                self.contradictions.append(Unread(mention.name, place, told))
            elif not any(symbol.agrees_with(mention) for symbol in declared[mention.name]):
                told = f"lists {mention.signature}, and declares {declared[mention.name][0].signature}"
                self.contradictions.append(Unread(mention.name, place, told))

    @property
    def _function(self) -> Symbol | None:
        last = self.symbols[-1] if self.symbols else None
        return last if last is not None and last.kind == "function" and last.name == self._subject else None

    def _complete(self, at: int) -> None:
        symbol = self.symbols[at]
        types = {name: type_text for name, type_text, _ in self._arguments.get(at, [])}
        arguments = tuple(
            f"{argument}: {types[argument]}" if types.get(argument) else argument
            for argument in symbol.arguments
            # Without a name and a type, it is what the language passes by itself.
            if not (UNNAMED.match(argument) and types.get(argument) == "")
        )
        results = self._results.get(at, [])
        result = symbol.result or next((text for text, _ in results if text != "void"), "")
        symbol = self.symbols[at] = replace(symbol, arguments=arguments, result=result)
        declared = {name: type_text for name, _, type_text in (a.partition(": ") for a in arguments)}
        for name, type_text, place in self._arguments.get(at, []):
            if name not in declared and not (UNNAMED.match(name) and not type_text):
                told = f"lists the argument {name} of {symbol.name}, which its declaration has not"
                self.contradictions.append(Unread(symbol.name, place, told))
            elif type_text and loose(type_text) != loose(declared[name]):
                told = f"lists {name}: {type_text}, and declares {symbol.signature}"
                self.contradictions.append(Unread(symbol.name, place, told))
        for type_text, place in results:
            if loose(type_text) != loose(result or "void"):
                told = f"says that {symbol.name} returns {type_text}, and declares {symbol.signature}"
                self.contradictions.append(Unread(symbol.name, place, told))

    def _resolved(self, text: str, line: Line, depth: int = 0) -> str | None:
        # The text with its substitutions filled in; None where one is defined nowhere, which is then remembered.
        if _PLACEHOLDER.match(text):
            return text
        for match in _SUBSTITUTION.finditer(re.sub(r"``.*?``", "", text)):
            name = match["name"]
            if name in self._definitions and depth < 8:
                filled = text.replace(match[0], self._definitions[name])
                return self._resolved(filled, line, depth + 1)
            if text == match[0] or re.fullmatch(r"[\w./-]+", name):
                self.cannot_read(line, f"the text of {match[0]} stands on another page")
                return None
        return text

    def _is_listed(self, name: str, listing: str) -> bool:
        return bool(listing) or self._is_argument(name)

    def _is_argument(self, name: str) -> bool:
        function = self._function
        names = [argument.partition(": ")[0] for argument in function.arguments] if function else []
        return name in (*names, "self") if function else False

    def _listed(self, name: str, rest: str, line: Line) -> None:
        type_text, _, text = re.sub(r"\s+[-–—]\s+", "\0", f"{rest} ", count=1).partition("\0")
        if self._function is not None:
            self._argument(name, type_text, text, line)
        elif self._open and self._subject == self._open[-1][1]:
            self._field(name, type_text, text, line)
        else:
            self.cannot_read(line, f"{name} is listed with no function or class before it")

    def _argument(self, name: str, type_text: str, text: str, line: Line) -> None:
        written = type_of(type_text)
        # The oldest tables list what the language passes by itself, without a type.
        hidden = written == "" and not text.strip() and not self._is_argument(name)
        if not hidden and not is_receiver(f"{name}: {written}", self._subject):
            self._arguments.setdefault(len(self.symbols) - 1, []).append((name, written, line.place))
        if text.strip():
            self._say(self._subject, f"{name}: {text}", line)

    def _field(self, name: str, type_text: str, text: str, line: Line) -> None:
        if not self._open:
            self.cannot_read(line, f"the field {name} is listed with no class before it")
            return
        _, owner, anchor = self._open[-1]
        full = f"{owner}.{name}"
        self.symbols.append(Symbol("field", full, (), type_of(type_text), anchor))
        if text.strip():
            resolved = self._resolved(text.strip(), line)
            if resolved is not None and not _PLACEHOLDER.match(resolved):
                self._say(full, resolved, line)

    def _say(self, symbol: str, text: str, line: Line) -> None:
        self.statements += [Statement(symbol, sentence, line.place) for sentence in sentences(text)]
