"""Drift: what differs between a page and the catalogue is told, symbol by symbol and statement by statement.

The pages are our own (`drift_pages`); the module's is used where it lies beside the checkout.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from drift_pages import SENTENCES, listed

from dasnet_conformance.catalogue.documentation import PageError, Symbol, read_page
from dasnet_conformance.catalogue.drift import Difference, differences, known_symbols, requirements_of
from dasnet_conformance.catalogue.loader import DOCUMENTATION, load_catalogue
from dasnet_conformance.catalogue.statements import (
    KnownStatement,
    file_of,
    fingerprinted,
    known_statements,
    problems_of_statements,
    statements_of,
)
from dasnet_conformance.cli import drift_command, main

SEED = Path(__file__).parent.parent.parent.parent / "shared" / "seed"


def _known(page: str) -> list[KnownStatement]:
    return [fingerprinted(statement) for statement in read_page(page).statements]


def _drift(page: str, *, known: str = "") -> list[Difference]:
    """What differs on a page, by the catalogue's symbols and the statements of another page."""
    return differences(known_symbols(), _known(known or listed()), read_page(page))


def _told(page: str) -> list[tuple[str, str, str]]:
    return [(difference.what, difference.kind, difference.name) for difference in _drift(page)]


def _with(name: str, *sentences: str) -> str:
    """The page with other sentences about one symbol."""
    return listed({**SENTENCES, name: list(sentences)})


def _symbols(text: str) -> list[str]:
    return [symbol.signature for symbol in read_page(text).symbols]


def test_the_page_of_the_module_does_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    pages = sorted(SEED.glob("*")) if SEED.is_dir() else []
    if not pages:
        pytest.skip("the module's documentation is not beside this checkout")
    assert main(["drift", str(pages[0])]) == 0
    assert "0 differ" in capsys.readouterr().out


def test_a_page_that_says_the_same_does_not_differ() -> None:
    assert _drift(listed()) == []


class TestSymbols:
    """Declarations that went, came or changed."""

    @pytest.mark.parametrize("name", ["Server.send", "server_tick"])
    def test_gone(self, name: str) -> None:
        (symbol,) = (symbol for symbol in known_symbols() if symbol.name == name)
        page = listed().replace(f".. das:function:: {symbol.signature}\n", ".. das:function:: other()\n")
        assert ("gone", "function", name) in _told(page)
        assert ("new", "function", "other") in _told(page)

    def test_new(self) -> None:
        page = f"{listed()}\n.. das:function:: Server.pause(seconds: float) : bool\n"
        assert [str(d) for d in _drift(page)] == ["new function: Server.pause(seconds: float) : bool"]

    def test_a_second_function_of_the_same_name_is_new(self) -> None:
        page = f"{listed()}\n.. das:function:: Server.init(port: int; host: string) : bool\n"
        assert [str(d) for d in _drift(page)] == ["new function: Server.init(port: int; host: string) : bool"]

    @pytest.mark.parametrize(
        "new",
        ["Server.init(port: int; host: string) : bool", "Server.init(door: int) : bool", "Server.init(port: int)"],
    )
    def test_changed_with_both_forms(self, new: str) -> None:
        old = "Server.init(port: int) : bool"
        found = [d for d in _drift(listed().replace(old, new)) if d.what == "changed"]
        assert [(d.known, d.found) for d in found] == [(old, new)]
        assert found[0].clauses == ("init.listens", "init.result")

    def test_a_changed_field_names_the_clauses_of_its_place(self) -> None:
        page = listed().replace("smart_ptr< :ref:`NetworkServer <handle-network-NetworkServer>` > - ", "NetworkServer?")
        (found,) = _drift(page)
        assert (found.what, found.name, found.found) == ("changed", "Server._server", "Server._server : NetworkServer?")
        assert "server-class.handle-field" in found.clauses

    def test_a_plain_pointer_in_place_of_the_smart_one_is_a_change_of_every_function(self) -> None:
        page = listed().replace("smart_ptr<NetworkServer> implicit", "NetworkServer?")
        page = page.replace("smart_ptr\\<NetworkServer\\> implicit", "NetworkServer?")
        page = page.replace(
            "smart_ptr< :ref:`NetworkServer <handle-network-NetworkServer>` > implicit", "NetworkServer?"
        )
        changed = [d.name for d in _drift(page) if d.what == "changed"]
        assert changed == [name for name in SENTENCES if name.startswith("server_")]
        assert "server_tick(server: NetworkServer?)" in _symbols(page)

    def test_references_stand_for_the_name_they_show(self) -> None:
        page = (
            ".. das:attribute:: Thing\n\n:Fields: * **inner** : smart_ptr< :ref:`Other <handle-Other>` > - its inside\n"
        )
        assert _symbols(page) == ["Thing", "Thing.inner : smart_ptr<Other>"]


class TestStatements:
    """Sentences that went, came, changed or moved."""

    @pytest.mark.parametrize("name", SENTENCES)
    def test_the_opposite_of_a_sentence_is_a_change(self, name: str) -> None:
        for at, sentence in enumerate(SENTENCES[name]):
            first, _, rest = sentence.partition(" ")
            opposite = [*SENTENCES[name]]
            opposite[at] = f"{first} not {rest}"
            (found,) = _drift(_with(name, *opposite))
            assert (found.what, found.kind, found.name, found.known) == ("changed", "statement", name, str(at + 1))

    def test_sentences_that_change_places_between_symbols_are_found_at_both(self) -> None:
        one, other = SENTENCES["Server.is_open"], SENTENCES["Server.is_connected"]
        page = listed({**SENTENCES, "Server.is_open": other, "Server.is_connected": one})
        assert {name for _, _, name in _told(page)} == {"Server.is_open", "Server.is_connected"}

    def test_a_new_sentence_names_the_clauses_of_its_symbol(self) -> None:
        (found,) = _drift(_with("Server.send", *SENTENCES["Server.send"], "Rain stops it."))
        assert (found.what, found.found, found.known) == ("new", "Rain stops it.", "2")
        assert found.clauses == ("send.buffer", "send.result", "send.size")

    def test_a_sentence_that_went_is_told_by_its_number(self) -> None:
        (found,) = _drift(_with("Server.save", SENTENCES["Server.save"][0]))
        assert str(found) == "gone statement 2 of Server.save"

    def test_another_sentence_in_its_place_is_gone_and_new(self) -> None:
        found = _drift(_with("Server.send", "Nothing alike."))
        assert [d.what for d in found] == ["new", "gone"]

    def test_sentences_in_another_order_have_moved(self) -> None:
        first, second = SENTENCES["Server.save"]
        (found,) = _drift(_with("Server.save", second, first))
        assert (found.what, found.known, found.found) == ("moved", "1", first)

    def test_the_module_s_own_sentences_count(self) -> None:
        assert _told(_with("network", SENTENCES["network"][0])) == [("gone", "statement", "network")]

    def test_a_sentence_after_a_heading_is_the_module_s(self) -> None:
        page = f"{listed()}\nAnother part\n~~~~~~~~~~~~\n\nHere be dragons.\n"
        assert _told(page) == [("new", "statement", "network")]

    def test_a_block_of_code_counts(self) -> None:
        page = listed().replace("wait outside.", "wait outside. Like this ::\n\n    require lamp\n")
        assert _told(page.replace("lamp\n", "pier\n", 1)) != _told(page.replace("    require lamp\n", ""))
        changed = differences(
            known_symbols(), _known(page), read_page(page.replace("require lamp", "require pier/lamp"))
        )
        assert [(d.what, d.found) for d in changed] == [("changed", "require pier/lamp")]

    def test_what_is_said_of_a_field_or_an_argument_counts(self) -> None:
        for old, new in (
            (":Arguments: * **port** : int", ":Arguments: * **port** : int - up to nine"),
            (":Fields: * **_server** : smart_ptr<", ":Fields: * **_server** - some text : smart_ptr<"),
        ):
            assert [what for what, *_ in _told(listed().replace(old, new))].count("new") == 1

    @pytest.mark.parametrize("admonition", ["note", "warning", "deprecated"])
    def test_an_admonition_counts(self, admonition: str) -> None:
        page = f"{listed()}\n.. {admonition}:: Ice\n   and snow close the pier.\n"
        assert ("new", "statement", "network") in _told(page)


class TestContradictions:
    """A page that says two things of one symbol."""

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            (
                ":Arguments: * **port** : int\n",
                ":Arguments: * **port** : uint\n",
                "lists port: uint, and declares Server.init",
            ),
            (
                ":Arguments: * **port** : int\n",
                ":Arguments: * **door** : int\n",
                "lists the argument door of Server.init",
            ),
            ("server_is_open (server", "server_is_open (host", "lists server_is_open(host"),
            ("server_is_open (server", "server_is_shut (server", "which it declares nowhere"),
            ("Lights the lamp at", "init returns string\n\nLights the lamp at", "says that Server.init returns string"),
        ],
    )
    def test_is_told(self, old: str, new: str, told: str) -> None:
        (found,) = (d for d in _drift(listed().replace(old, new)) if d.what == "contradicted")
        assert told in str(found)


class TestTheCatalogue:
    """What the catalogue keeps of the module's own page."""

    def test_every_statement_has_clauses_that_exist(self) -> None:
        assert problems_of_statements(known_statements()) == []
        unknown = KnownStatement("Server", "0" * 16, frozenset({"000"}), ("no.such",))
        (told,) = problems_of_statements([unknown])
        assert "names the unknown clause no.such" in told

    def test_every_clause_hangs_on_a_statement_or_a_symbol(self) -> None:
        hanging = {clause for statement in known_statements() for clause in statement.clauses}
        anchors = {symbol.anchor for symbol in known_symbols()}
        clauses = [each for each in load_catalogue().clauses.values() if each.source == DOCUMENTATION]
        assert [clause.id for clause in clauses if clause.id not in hanging and clause.anchor not in anchors] == []

    def test_the_clauses_of_a_statement_speak_of_its_symbol(self) -> None:
        clauses = load_catalogue().clauses
        for statement in known_statements():
            # A field has no clauses of its own: they are its class's.
            owner = "Server" if statement.symbol == "Server._server" else statement.symbol
            assert {clauses[clause].symbol for clause in statement.clauses} == {owner}

    def test_no_sentence_stands_in_it(self) -> None:
        for statement in known_statements():
            assert len(statement.fingerprint) == 16
            assert all(len(word) == 3 for word in statement.words)


class TestTheCommand:
    """`dasnet drift`, as it is called."""

    @pytest.fixture(autouse=True)
    def _statements_of_our_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = [
            KnownStatement(k.symbol, k.fingerprint, k.words, ("init.listens",) if k.symbol == "Server.init" else ())
            for k in _known(listed())
        ]
        monkeypatch.setattr(drift_command, "known_statements", lambda: known)

    def _run(self, folder: Path, page: str | bytes, *options: str) -> int:
        file = folder / "page.rst"
        file.write_bytes(page if isinstance(page, bytes) else page.encode())
        return main(["drift", str(file), *options])

    def test_ends_with_0_where_nothing_differs(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self._run(tmp_path, listed()) == 0
        assert capsys.readouterr().out == "20 symbols and 22 statements on the page, 0 differ from the catalogue\n"

    def test_names_the_clauses_and_requirements_to_look_at(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self._run(tmp_path, _with("Server.init", "Never lights the lamp at that pier; it burns.")) == 1
        changed, clauses, requirements, summary = capsys.readouterr().out.splitlines()
        assert changed.startswith("changed statement 1 of Server.init (line ")
        assert clauses == "  clauses to look at: init.listens"
        assert requirements.removeprefix("  requirements that hang on them: ") == ", ".join(
            requirements_of(["init.listens"])
        )
        assert "1 differ" in summary

    def test_what_is_not_read_is_said_and_ends_with_1(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self._run(tmp_path, f"{listed()}\n.. das:function:: broken(\n") == 1
        told = capsys.readouterr().out
        assert "not read: line " in told
        assert "1 places not read, 1 differ" in told

    def test_includes_what_stands_beside_the_page_and_nothing_else(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = tmp_path / "pages"
        (folder / "detail").mkdir(parents=True)
        (folder / "detail" / "lamp.rst").write_text(".. |lamp| replace:: Carries a crate to\n   the ship.\n", "utf-8")
        (tmp_path / "outside.rst").write_text("Secrets of the harbour.\n", "utf-8")
        page = _with("Server.send", "|lamp|")
        assert self._run(folder, f".. include:: detail/lamp.rst\n\n{page}") == 0
        assert self._run(folder, f".. include:: ../outside.rst\n\n{page}") == 1
        told = capsys.readouterr().out
        assert "not read: line 1 (network): includes ../outside.rst" in told
        assert "Secrets" not in told

    def test_prints_fingerprints_that_the_catalogue_can_take(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = _with("Server.init", "Lights the red lamp at that pier; ``true`` says that it burns.")
        assert self._run(tmp_path, page, "--fingerprint") == 0
        printed = statements_of(capsys.readouterr().out)
        assert [(s.symbol, s.fingerprint) for s in printed] == [(s.symbol, s.fingerprint) for s in _known(page)]
        assert {s.symbol: s.clauses for s in printed}["Server.init"] == ("init.listens",)
        assert statements_of(file_of(printed)) == printed

    @pytest.mark.parametrize("content", [None, "no directive", b"\xff\xfe\x00"])
    def test_what_is_no_page_is_a_usage_error(
        self, content: str | bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        if content is None:
            assert main(["drift", str(tmp_path / "page.rst")]) == 3
        else:
            assert self._run(tmp_path, content) == 3
        assert len(capsys.readouterr().err.splitlines()) == 1

    def test_shows_no_control_characters_of_a_page(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._run(tmp_path, f"{listed()}\nTurns the \x1b[31mlamp red.\n")
        assert "\x1b" not in capsys.readouterr().out


def test_a_text_without_directives_is_no_page() -> None:
    with pytest.raises(PageError, match="no das:function"):
        read_page("Nothing to see.\n")


def test_symbols_agree_whatever_an_unnamed_argument_is_called() -> None:
    known = Symbol("function", "f", ("port: int",))
    assert known.same_as(Symbol("function", "f", ("arg0: int",)))
    assert not known.same_as(Symbol("function", "f", ("arg0: uint",)))
    assert not known.same_as(Symbol("function", "f", ("door: int",)))
