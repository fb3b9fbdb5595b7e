"""The page of the line protocol says what the code does: its table, and every line of every example."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from dasnet_adapters.contract import CALLBACKS, COMMANDS, REACTIONS, Command, Unsupported
from dasnet_adapters.line_commands import CONNECTION_COMMANDS
from dasnet_adapters.line_protocol import (
    AnswerReader,
    decode_command,
    decode_greeting,
    encode_answer,
    encode_command,
    encode_greeting,
)

PAGE = Path(__file__).parents[2] / "docs" / "driver-protocol.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = [block for block in re.findall(r"^```text\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL) if "> " in block]


def exchanges(block: str) -> list[tuple[str, list[str]]]:
    """The commands of an example, each with the lines of its answer; notes are left out."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("> "):
            found.append((line[2:], []))
        elif line.startswith("< "):
            found[-1][1].append(line[2:])
        else:
            assert line.startswith("#"), line
    return found


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.splitlines()[0].lstrip("#> "))
def test_every_line_of_an_example_is_what_the_codec_reads_and_writes(block: str) -> None:
    last = 0
    for said, heard in exchanges(block):
        sequence, command = decode_command(said.encode())
        assert last in (0, sequence - 1)
        last = sequence
        assert encode_command(sequence, command) == f"{said}\n".encode()
        written = "".join(f"{line}\n" for line in heard).encode()
        if command.name == "hello":
            words = AnswerReader(sequence, "none").words(heard[0].encode())
            assert words is not None
            assert encode_greeting(sequence, decode_greeting(words)) == written
            continue
        form = COMMANDS.get(command.name)
        reader = AnswerReader(sequence, form.result if form else "none")
        answers = [reader.feed(line.encode()) for line in heard]
        assert answers[:-1] == [None] * (len(heard) - 1)
        assert answers[-1] is not None
        assert encode_answer(sequence, answers[-1]) == written
        if form is None and command.name not in CONNECTION_COMMANDS:
            assert isinstance(answers[-1].outcome, Unsupported)


def shown_commands() -> list[Command]:
    return [decode_command(said.encode())[1] for block in EXAMPLES for said, _ in exchanges(block)]


def test_every_command_has_an_example() -> None:
    assert {command.name for command in shown_commands()} >= COMMANDS.keys() | CONNECTION_COMMANDS.keys()


def test_every_event_has_an_example() -> None:
    shown = set(re.findall(r"^< \d+ event \d+ (\w+)", TEXT, re.MULTILINE))
    assert shown == {*CALLBACKS, "did"}


def test_the_table_of_commands_is_that_of_the_contract() -> None:
    table = TEXT.partition("<!-- commands:")[2].partition("<!-- end of commands -->")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    expected = []
    for name, form in COMMANDS.items():
        words = [f"[{word.upper()}]" if kind == "argument" else word.upper() for word, kind in form.parameters]
        told = f"{form.meaning}; a driver may do without" if form.optional else form.meaning
        expected.append(f"| `{' '.join([name, *words])}` | {form.result} | {form.profile} | {told} |")
    assert rows == expected


def test_the_table_of_reactions_is_that_of_the_contract() -> None:
    table = TEXT.partition("| action | argument |")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\w ]*?) ?\|", table, re.MULTILINE))
    assert rows == {action: " ".join(name for name, _ in arguments).upper() for action, arguments in REACTIONS.items()}


def test_the_grammar_defines_every_name_it_uses() -> None:
    grammar = TEXT.partition("```abnf\n")[2].partition("```")[0]
    defined = set(re.findall(r"^([a-z-]+) +=", grammar, re.MULTILINE))
    bare = re.sub(r'"[^"]*"|;.*|%x[0-9A-F-]+', "", grammar)
    used = set(re.findall(r"[A-Za-z][A-Za-z-]*", bare))
    assert used - defined <= {"LF", "CR", "SP", "DIGIT", "ALPHA"}
    assert defined - used == set()


@pytest.mark.parametrize(
    ("rule", "names"), [("what", CALLBACKS), ("callback", CALLBACKS), ("action", REACTIONS)], ids=["event", "of", "do"]
)
def test_the_grammar_has_every_callback_and_reaction(rule: str, names: Iterable[str]) -> None:
    grammar = TEXT.partition("```abnf\n")[2].partition("```")[0]
    alternatives = re.search(rf"^{rule} +=(.*(?:\n +.*)*)", grammar, re.MULTILINE)
    assert alternatives is not None
    assert set(names) <= set(re.findall(r'[=/] "(\w+)"', f"={alternatives[1]}"))
