"""Reading pages: every form that the generator has written, every layout, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from drift_pages import FORMS, SENTENCES, listed

from dasnet_conformance.catalogue.documentation import read_page
from dasnet_conformance.catalogue.documentation.words import sentences, words
from dasnet_conformance.catalogue.drift import differences, known_symbols
from dasnet_conformance.catalogue.statements import fingerprinted

KNOWN: Final = [fingerprinted(statement) for statement in read_page(listed()).statements]

#: A page of one function, for what surrounds it.
SMALL: Final = ".. das:function:: light(pier: int) : bool\n\n"


def _told(page: str) -> list[str]:
    return [str(difference) for difference in differences(known_symbols(), KNOWN, read_page(page))]


def _statements(page: str) -> list[tuple[str, str]]:
    return [(statement.symbol, statement.text) for statement in read_page(page).statements]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_declares_and_says_the_same(form: str) -> None:
    # Only the form that the catalogue was made from lists the constructor.
    assert _told(FORMS[form](SENTENCES)) == ([] if form == "listed" else ["gone function: Server() : Server"])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in SENTENCES if name != "Server._server"])
def test_a_word_more_is_seen_in_every_form(form: str, name: str) -> None:
    changed = [sentence.replace(" ", " never ", 1) for sentence in SENTENCES[name]]
    told = [line for line in _told(FORMS[form]({**SENTENCES, name: changed})) if line.startswith("changed statement")]
    assert len(told) == len(changed)
    assert all(f" of {name} (line " in line for line in told)


def _rewrapped(page: str) -> str:
    return page.replace("Says ``true`` while ", "Says ``true``\nwhile ")


LAYOUTS: Final[dict[str, Callable[[str], str]]] = {
    "carriage returns": lambda page: page.replace("\n", "\r\n"),
    "old line ends": lambda page: page.replace("\n", "\r"),
    "byte order mark": lambda page: f"\ufeff{page}",
    "tabs": lambda page: page.replace("            ", "\t\t").replace("\n  *  ", "\n\t*\t"),
    "blanks at line ends": lambda page: page.replace("\n", "   \n"),
    "more indentation": lambda page: page.replace("\n            *", "\n                    *").replace(
        "\n ", "\n    "
    ),
    "less indentation": lambda page: page.replace("\n            *", "\n  *"),
    "other headings": lambda page: page.replace("=", "~").replace("+", "-"),
    "no line over headings": lambda page: page.replace("+++++++++\nLow level\n", "Low level\n"),
    "wrapped sentences": _rewrapped,
    "no marks for code": lambda page: page.replace("``", ""),
    "emphasis": lambda page: page.replace(" lamp ", " *lamp* ").replace(" ship ", " **ship** "),
    "a role": lambda page: page.replace("the lamp", "the :ref:`lamp <handle-lamp>`"),
    "other letters": lambda page: page.replace("Says", "SAYS").replace("keeper", "Keeper"),
    "other labels": lambda page: page.replace(".. _function-network_", ".. _function-_at_network::"),
    "comments": lambda page: f".. a comment\n   over two lines\n\n{page}",
    "a table of contents": lambda page: f".. contents::\n   :depth: 2\n\n{page}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_makes_a_difference(layout: str) -> None:
    page = LAYOUTS[layout](listed())
    assert page != listed()
    assert _told(page) == []


class TestUnread:
    """What cannot be read is said with its line, and never taken for gone."""

    @pytest.mark.parametrize(
        ("page", "told"),
        [
            (".. das:function:: light(pier: int\n", "line 1 light: this function cannot be read: light(pier: int"),
            (".. das:class:: !\n", "line 1 !: this class cannot be read: !"),
            (f"{SMALL}|function-lamp|\n", "line 3 light: the text of |function-lamp| stands on another page"),
            (f".. include:: lamp.rst\n\n{SMALL}", "line 1 network: includes lamp.rst, which is not beside it"),
            (f"{SMALL}.. graph:: a\n\n   a b\n", "line 3 light: the directive graph is unknown"),
            (
                f"{SMALL}:Fields: * **a** : b\n\n.. das:class:: C\n\nit defines as follows\n\n  one two\n",
                "line 9 C: this is no field",
            ),
            (f"{SMALL}* :ref:`f ((a) <f>`\n", "line 3 network: this function cannot be read: f ((a)"),
            (f":rtype: bool\n\n{SMALL}", "line 1 network: the result bool is told with no function before it"),
            (f":type a: bool\n\n{SMALL}", "line 1 network: a is described with no function before it"),
            (f":Fields: * **a** : b\n\n{SMALL}", "line 1 network: a is listed with no function or class before it"),
        ],
    )
    def test_is_said(self, page: str, told: str) -> None:
        assert any(f"{part.place} {part.symbol}: {part.why}".startswith(told) for part in read_page(page).unread)

    def test_a_text_on_another_page_is_not_gone(self) -> None:
        page = listed({**SENTENCES, "Server.send": ["|method-network-Server.send|"]})
        (told,) = _told(page)
        assert told.startswith("not read: line ")

    def test_a_function_that_cannot_be_read_is_not_gone(self) -> None:
        page = listed().replace("Server.send(data: uint8?; size: int) : bool", "Server.send data")
        told = [line for line in _told(page) if not line.startswith("contradiction")]
        assert {line.partition(":")[0] for line in told} == {"not read"}

    @pytest.mark.parametrize(
        "placeholder",
        ["to be documented", "// stub", "method|network|Server.send to be documented"],
    )
    def test_a_text_that_is_still_to_be_written_is_gone(self, placeholder: str) -> None:
        assert _told(listed({**SENTENCES, "Server.send": [placeholder]})) == ["gone statement 1 of Server.send"]


class TestPieces:
    """Pieces of a page that no form above has."""

    def test_a_substitution_that_the_page_defines_is_filled_in(self) -> None:
        page = f"{SMALL}|what|\n\n.. |what| replace:: Burns\n   |how|.\n\n.. |how| replace:: all night\n"
        assert _statements(page) == [("light", "Burns all night.")]

    def test_a_substitution_of_itself_is_unread(self) -> None:
        assert len(read_page(f"{SMALL}|a|\n\n.. |a| replace:: |a|\n").unread) == 1

    def test_fields_of_other_documentation_are_statements(self) -> None:
        page = f"{SMALL}:param pier: where it burns\n:type pier: int\n:returns: whether it burns\n:rtype: bool\n"
        assert _statements(page) == [("light", "pier: where it burns"), ("light", "returns: whether it burns")]
        assert read_page(page).contradictions == []
        assert len(read_page(page.replace(":rtype: bool", ":rtype: int")).contradictions) == 1

    def test_a_table_of_something_else_is_a_statement_a_row(self) -> None:
        border = "+-------+------+\n"
        head = f"{border}| state | lamp |\n{border.replace('-', '=')}"
        rows = f"{head}| night | on   |\n|       | red  |\n{border}"
        assert [text for _, text in _statements(SMALL + rows)] == ["state lamp", "night on red"]

    def test_a_simple_table_lists_arguments(self) -> None:
        border = "========  ====  =====\n"
        table = f"{border}argument  type  what\n{border}pier      int   where\n{border}"
        assert _statements(SMALL + table) == [("light", "pier: where")]

    def test_a_table_of_bars_alone_lists_arguments(self) -> None:
        table = "| argument | type |\n|----------|------|\n| pier | uint |\n"
        (found,) = read_page(SMALL + table).contradictions
        assert found.why.startswith("lists pier: uint")

    def test_a_row_that_is_not_aligned_is_read_by_its_signs(self) -> None:
        table = "+----+---+\n+pier + uint +\n+----+---+\n"
        (found,) = read_page(SMALL + table).contradictions
        assert found.why.startswith("lists pier: uint")

    @pytest.mark.parametrize("arguments", ["arg0;arg1", "arg0:int const"])
    def test_what_the_language_passes_by_itself_is_no_argument(self, arguments: str) -> None:
        border = "+----+---------+\n"
        table = f"{border}+arg0+int const+\n{border}+arg1+ const   +\n{border}"
        page = read_page(f".. das:function:: light({arguments})\n\n{table}")
        assert [symbol.signature for symbol in page.symbols] == ["light(arg0: int)"]
        assert (page.statements, page.contradictions) == ([], [])

    def test_labels_belong_to_the_declaration_after_them(self) -> None:
        page = read_page(".. _struct-C:\n\n.. das:class:: C\n\n:Fields: * **a** : int\n\n.. das:function:: f()\n")
        assert [symbol.anchor for symbol in page.symbols] == ["struct-C", "struct-C", ""]

    def test_a_method_of_something_else_keeps_its_first_argument(self) -> None:
        (symbol,) = read_page(".. das:method:: Server.init(self: Other; port: int)\n").symbols
        assert symbol.arguments == ("self: Other", "port: int")

    def test_a_declaration_over_several_lines_is_one(self) -> None:
        page = ".. das:function:: light(pier: int;\n                        wind: float) : bool\n\n   Burns.\n"
        assert [symbol.signature for symbol in read_page(page).symbols] == ["light(pier: int; wind: float) : bool"]
        assert _statements(page) == [("light", "Burns.")]

    def test_an_enumeration_is_a_symbol_of_its_kind(self) -> None:
        (symbol,) = read_page(".. das:enum:: Colour\n").symbols
        assert (symbol.kind, symbol.name) == ("enum", "Colour")

    def test_code_in_a_directive_is_a_statement(self) -> None:
        assert _statements(f"{SMALL}.. code-block:: das\n   :linenos:\n\n   light(1)\n\nBurns.\n") == [
            ("light", "light(1)"),
            ("light", "Burns."),
        ]

    def test_a_paragraph_that_announces_code_and_has_none_is_said(self) -> None:
        assert _statements(f"{SMALL}As follows::\n\nBurns.\n") == [("light", "As follows"), ("light", "Burns.")]

    def test_a_footnote_and_a_heading_that_is_a_sentence_are_said(self) -> None:
        page = f"{SMALL}.. [1] Not in fog.\n\nThe lamp is red.\n----------------\n"
        assert _statements(page) == [("light", "Not in fog."), ("network", "The lamp is red.")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Burns.", "burns"),
        ("a ``b`` *c* **d** :ref:`e <f>` `g`_", "A b c d e g"),
        ("It can't burn", "It can’t burn"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_words_are_the_same_without_markup(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It burns", "It burns not"),
        ("at least -1", "at least 1"),
        ("while x < 3", "while x > 3"),
        ("is ``!open``", "is ``open``"),
        ("a before b", "b before a"),
        ("✓ allowed", "✗ allowed"),
    ],
)
def test_words_differ_where_the_meaning_does(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_sentences_end_where_the_next_begins() -> None:
    assert sentences("Burns, e.g. At night. Not by day! Why? *Because* so. version 1.2 it is") == [
        "Burns, e.g. At night.",
        "Not by day!",
        "Why?",
        "Because so. version 1.2 it is",
    ]
