"""Drift: the page that the catalogue was made from does not differ; pages that do are told apart, symbol by symbol."""

from __future__ import annotations

from pathlib import Path

import pytest

from dasnet_conformance.catalogue.drift import PageError, differences, known_symbols, read_page
from dasnet_conformance.cli import main

SEED = Path(__file__).parent.parent.parent.parent / "shared" / "seed"


def _page(text: str) -> str:
    return text.replace("\n    ", "\n")


def _without(name: str) -> str:
    """A page with every known symbol but one."""
    lines = []
    for symbol in known_symbols():
        if symbol.name == name:
            continue
        if symbol.kind == "field":
            lines.append(f":Fields: * **{symbol.name.partition('.')[2]}** : {symbol.result} - text")
        elif symbol.kind == "structure":
            lines.append(f".. das:attribute:: {symbol.name}")
        else:
            lines.append(f".. das:function:: {symbol.signature}")
        lines.append("")
    return "\n".join(lines)


def test_the_page_of_the_module_does_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    pages = sorted(SEED.glob("*")) if SEED.is_dir() else []
    if not pages:
        pytest.skip("the module's documentation is not beside this checkout")
    assert main(["drift", str(pages[0])]) == 0
    assert "0 differ" in capsys.readouterr().out


def test_a_page_written_from_the_known_symbols_does_not_differ() -> None:
    assert differences(known_symbols(), read_page(_without("nothing"))) == []


@pytest.mark.parametrize("name", ["Server.send", "NetworkServer", "server_tick"])
def test_a_symbol_that_is_gone_is_told(name: str) -> None:
    found = differences(known_symbols(), read_page(_without(name)))
    assert [(d.what, d.name) for d in found] == [("gone", name)]


def test_a_new_function_is_told() -> None:
    page = _without("nothing") + "\n.. das:function:: Server.pause(seconds: float) : bool\n"
    found = differences(known_symbols(), read_page(page))
    assert [str(d) for d in found] == ["new function: Server.pause(seconds: float) : bool"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Server.init(port: int) : bool", "Server.init(port: int; host: string) : bool"),
        ("Server.init(port: int) : bool", "Server.init(port: uint16) : bool"),
        ("Server.init(port: int) : bool", "Server.init(port: int)"),
    ],
)
def test_a_changed_signature_is_told_with_both_forms(old: str, new: str) -> None:
    (found,) = differences(known_symbols(), read_page(_without("nothing").replace(old, new)))
    assert (found.what, found.known, found.found) == ("changed", old, new)


def test_a_changed_field_is_told() -> None:
    page = _without("nothing").replace("smart_ptr<NetworkServer> - text", "NetworkServer? - text")
    (found,) = differences(known_symbols(), read_page(page))
    assert (found.what, found.name) == ("changed", "Server._server")


def test_references_stand_for_the_name_they_show() -> None:
    text = _page(
        """
    .. das:attribute:: Thing

    :Fields: * **inner** : smart_ptr< :ref:`NetworkServer <handle-network-NetworkServer>` > - its inside
    """
    )
    assert [s.signature for s in read_page(text)] == ["Thing", "Thing.inner : smart_ptr<NetworkServer>"]


def test_a_text_without_directives_is_no_page() -> None:
    with pytest.raises(PageError, match="no das:function"):
        read_page("Nothing to see.\n")


def test_the_command_names_the_clauses_to_look_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.rst"
    page.write_text(_without("Server.send"), "utf-8")
    assert main(["drift", str(page)]) == 1
    assert "send.buffer, send.result, send.size" in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "no directive"])
def test_what_is_no_page_is_a_usage_error(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.rst"
    if content is not None:
        page.write_text(content, "utf-8")
    assert main(["drift", str(page)]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
