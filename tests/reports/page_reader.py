"""Reads a page the way a browser would, as far as tests of markup need it. Touches nothing."""

from __future__ import annotations

import html.parser

# Elements without an end, and those whose end HTML lets a writer leave out.
VOID = {"meta", "link", "input", "br"}
OPTIONAL_END = {"td", "tr", "option"}


class Page(html.parser.HTMLParser):
    """The elements, attributes, ids and links of a page, and its text by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open[-1] != tag and self._open[-1] in OPTIONAL_END:
            self._open.pop()
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def values(self, name: str, tag: str = "") -> list[str]:
        """The values of an attribute, of one kind of element or of all."""
        return [value for element, key, value in self.attributes if key == name and tag in ("", element)]

    def text(self, tag: str = "body") -> str:
        """All text within one kind of element."""
        return "\n".join(self.texts.get(tag, []))
