"""Reads a page of the module's documentation: reStructuredText with the `das` domain, as its generator writes it.

Text in, a `Page` out; included files come through a function that the caller gives. What counts and what does not:
every sentence and block of code is a statement, every declaration a symbol. Headings, labels, comments, links and the
generator's own words around tables say nothing of the module. All else is told as unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .contents import FUNCTIONS, OTHERS, STRUCTURES, Contents, Statement, Unread
from .lines import Includes, Line, lines_of
from .symbols import Symbol
from .tables import rows_of, starts_table, table_length

_ADORNMENT: Final = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}$")
_DIRECTIVE: Final = re.compile(r"^\.\.\s+(?P<name>[A-Za-z][\w:.-]*?)\s*::(?:\s+(?P<rest>.*))?$")
_DEFINITION: Final = re.compile(r"^\.\.\s+\|(?P<name>.+?)\|\s+replace::\s*(?P<text>.*)$")
_LABEL: Final = re.compile(r"^\.\.\s+_(?P<label>.+?):\s*$")
_NOTE: Final = re.compile(r"^\.\.\s+\[[^\]]+\]\s+(?P<text>.+)$")
_FIELD: Final = re.compile(r"^:(?P<name>[A-Za-z][^:`]*):(?:\s+(?P<body>.*))?$")
_ITEM: Final = re.compile(r"^(?:[*+•-]|\d+[.)]|#\.)\s+(?=\S)")
_OPTION: Final = re.compile(
    r"^:(?:no-?index(?:-entry)?|no-?contents-entry|class|name|module|linenos|caption|emphasize-lines):"
)

_CODE: Final = ("code", "code-block", "sourcecode", "parsed-literal")
_SPOKEN: Final = (
    *("admonition", "attention", "caution", "danger", "deprecated", "error", "hint", "important", "note", "rubric"),
    *("seealso", "tip", "topic", "versionadded", "versionchanged", "versionremoved", "warning"),
)
_SILENT: Final = ("contents", "default-domain", "highlight", "index", "meta", "toctree")
_LISTS: Final = {"arguments": "arguments", "parameters": "arguments", "fields": "fields", "members": "fields"}


class PageError(Exception):
    """The text is no page of the module's documentation: the caller's mistake."""


@dataclass(frozen=True)
class Page:
    """What a page declares and says, in its order, and what of it could not be read or contradicts itself."""

    symbols: list[Symbol]
    statements: list[Statement]
    unread: list[Unread]
    contradictions: list[Unread]


def read_page(text: str, includes: Includes | None = None) -> Page:
    """Read a page. `includes` gives the text of an included file by its name on the page, or None.

    Raises `PageError` when the page declares nothing.
    """
    lines = lines_of(text, includes)
    contents = Contents(_definitions(lines))
    _Reader(lines, contents).read()
    contents.finish()
    if not contents.declarations:
        raise PageError("no das:function or das:attribute directive in it: is this a page of the documentation?")
    return Page(contents.symbols, contents.statements, contents.unread, contents.contradictions)


def _definitions(lines: list[Line]) -> dict[str, str]:
    found = {}
    for at, line in enumerate(lines):
        if match := _DEFINITION.match(line.text):
            rest = [more.text for more in _body(lines, at, line.indent, blanks=False)]
            found[match["name"]] = " ".join([match["text"], *rest])
    return found


def _body(lines: list[Line], at: int, indent: int, *, blanks: bool) -> list[Line]:
    # The lines after `at` that are indented deeper; up to the first blank one, or over blank ones too.
    end = at + 1
    while end < len(lines) and (lines[end].indent > indent if lines[end].text else blanks):
        end += 1
    while end > at + 1 and not lines[end - 1].text:
        end -= 1
    return lines[at + 1 : end]


class _Reader:
    """Goes through the lines once, parts them into pieces, and hands each to the contents."""

    def __init__(self, lines: list[Line], contents: Contents) -> None:
        self._lines = lines
        self._contents = contents
        self._at = 0
        self._paragraph: list[Line] = []
        self._prefix = ""
        self._item = False
        self._listing = ""

    def read(self) -> None:
        """All lines, to the end."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.text:
                self._at += 1
                self._end_paragraph(literal=True)
            elif line.text == ".." or line.text.startswith(".. "):
                self._end_paragraph()
                self._explicit(line)
            elif _ADORNMENT.match(line.text):
                self._heading()
            elif not self._paragraph and starts_table(line.text):
                self._table()
            else:
                self._text(line)
        self._end_paragraph()

    def _text(self, line: Line) -> None:
        if match := _FIELD.match(line.text):
            self._end_paragraph()
            self._field(match["name"], match["body"] or "", line)
            return
        item = _ITEM.match(line.text)
        if item and (not self._paragraph or self._item or line.indent <= self._paragraph[0].indent):
            self._end_paragraph()
            self._begin(line, line.text[item.end() :], item=True)
        else:
            if not self._paragraph and not line.indent:
                self._listing = ""
            self._paragraph.append(line)
            self._at += 1

    def _begin(self, line: Line, text: str, *, item: bool = False, prefix: str = "") -> None:
        # A paragraph whose first line is only partly text.
        self._item, self._prefix = item, prefix
        if text:
            self._paragraph = [Line(line.number, line.indent, text, line.file)]
        self._at += 1

    def _end_paragraph(self, *, literal: bool = False) -> None:
        # `literal`: a blank line ended it, so that a block of code may follow.
        lines, prefix, item = self._paragraph, self._prefix, self._item
        self._paragraph, self._prefix, self._item = [], "", False
        if not lines:
            return
        text = prefix + " ".join(re.sub(r"^\|\s+", "", line.text) for line in lines)
        announced = text.endswith("::") or text == "it defines as follows"
        body = self._literal_after(lines[0].indent) if literal and announced else []
        if not item:
            self._listing = self._listing if lines[0].indent else ""
        self._contents.paragraph(lines, re.sub(r"\s*::$", "", text), self._listing)
        if body:
            self._contents.literal(body, text)

    def _literal_after(self, indent: int) -> list[Line]:
        body = _body(self._lines, self._at - 1, indent, blanks=True)
        if any(line.text for line in body):
            self._at += len(body)
        return [line for line in body if line.text]

    def _heading(self) -> None:
        title = self._paragraph
        if not title and self._at + 2 < len(self._lines):
            over, middle, under = self._lines[self._at : self._at + 3]
            if middle.text and _ADORNMENT.match(under.text) and over.text[0] == under.text[0]:
                title = [middle]
                self._at += 2
        if len(title) == 1 and not self._item:
            self._paragraph = []
            self._contents.section()
            self._listing = ""
            if title[0].text.endswith((".", "!")):
                self._contents.paragraph(title, title[0].text, "")
        self._end_paragraph()
        self._at += 1

    def _table(self) -> None:
        lines = self._lines[self._at : self._at + table_length(self._lines[self._at :])]
        self._at += len(lines)
        listing, rows = rows_of(lines)
        for line, cells in rows:
            self._contents.row(cells, line, listing)

    def _field(self, name: str, body: str, line: Line) -> None:
        kind, _, subject = name.strip().rpartition(" ")
        key = name.strip().casefold()
        self._listing = _LISTS.get(key, "")
        if key in _LISTS:
            item = _ITEM.match(body)
            self._begin(line, body[item.end() :] if item else body, item=bool(item))
        elif kind.split(" ")[0].casefold() in ("param", "parameter", "arg", "argument"):
            self._begin(line, body, prefix=f"{subject}: ")
        elif kind.casefold() == "type":
            self._contents.argument(subject, body, "", line)
            self._at += 1
        elif key == "rtype":
            self._contents.result(body, line)
            self._at += 1
        else:
            self._begin(line, body, prefix=f"{name.strip()}: ")

    def _explicit(self, line: Line) -> None:
        if _DEFINITION.match(line.text):
            self._at += 1 + len(_body(self._lines, self._at, line.indent, blanks=False))
        elif match := _LABEL.match(line.text):
            self._contents.label = match["label"].strip("`")
            self._at += 1
        elif match := _NOTE.match(line.text):
            self._begin(line, match["text"])
        elif match := _DIRECTIVE.match(line.text):
            self._directive(match["name"].casefold(), (match["rest"] or "").strip(), line)
        else:
            self._skip_body(line)

    def _skip_body(self, line: Line) -> None:
        self._at += 1 + len(_body(self._lines, self._at, line.indent, blanks=line.text != ".."))

    def _directive(self, name: str, rest: str, line: Line) -> None:
        domain, _, kind = name.rpartition(":")
        if domain in ("", "das") and kind in (*FUNCTIONS, *STRUCTURES, *OTHERS):
            self._declaration(kind, rest, line)
        elif kind in ("module", "currentmodule"):
            self._contents.module(rest)
            self._after_options(line)
        elif name in _CODE:
            self._after_options(line)
            body = self._literal_after(line.indent)
            if body:
                self._contents.literal(body, "")
        elif name in _SPOKEN:
            self._after_options(line)
            self._at -= 1
            self._begin(line, rest)
        elif name in _SILENT:
            self._skip_body(line)
        else:
            told = (
                f"includes {rest}, which is not beside it" if name == "include" else f"the directive {name} is unknown"
            )
            self._contents.cannot_read(line, told)
            self._skip_body(line)

    def _declaration(self, kind: str, rest: str, line: Line) -> None:
        self._listing = ""
        self._at += 1
        while self._next_is_deeper(line) and rest.count("(") > rest.count(")"):
            rest = f"{rest} {self._lines[self._at].text}".strip()
            self._at += 1
        self._at -= 1
        self._contents.declare(kind, rest, line)
        self._after_options(line)

    def _after_options(self, line: Line) -> None:
        self._at += 1
        while self._next_is_deeper(line) and _OPTION.match(self._lines[self._at].text):
            self._at += 1

    def _next_is_deeper(self, line: Line) -> bool:
        return (
            self._at < len(self._lines)
            and bool(self._lines[self._at].text)
            and self._lines[self._at].indent > line.indent
        )
