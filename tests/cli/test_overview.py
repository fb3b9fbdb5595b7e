"""What `dasnet`, `dasnet --help` and `dasnet help` show, and what a command that does not exist is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from conformance_tools import Workshop, assert_one_line, dasnet
from dasnet_conformance import cli
from dasnet_conformance.cli import COMMANDS, GROUPS, HELP, grouped, main, parser_of

#: Seconds; a person who asks for help does not wait for it.
AT_ONCE = 0.3


def test_the_overview_fits_a_small_terminal_with_the_prompt_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 23
    assert max(map(len, lines)) < 80


def test_every_command_stands_in_one_group() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(COMMANDS) <= set(named), "give the new command a place in GROUPS"
    assert [name for names in grouped().values() for name in names if name != HELP] == [
        name for name in named if name in COMMANDS
    ]


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_the_pages_name_every_command(page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text("utf-8")
    assert [name for name in COMMANDS if not re.search(rf"`(?:dasnet )?{name}\b", text)] == []


def test_a_command_that_no_group_names_is_shown_nevertheless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COMMANDS, "juggle", ("juggle_command", "keep things in the air"))
    assert main(["--help"]) == 0
    assert "juggle         keep things in the air\n" in capsys.readouterr().out


def test_help_comes_at_once() -> None:
    # Processor time of the best of a few, without coverage: the command's own, and not the machine's other work.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE")}
    taken = []
    for _ in range(5):
        before = os.times()
        subprocess.run([*dasnet(), "--help"], env=environment, capture_output=True, check=True)
        after = os.times()
        taken.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(taken) < AT_ONCE


def test_help_imports_no_command_and_nothing_heavy(workshop: Workshop) -> None:
    script = (
        "import sys; from dasnet_conformance.cli import main; main(['--help']); "
        "print(sorted({'pytest', 'rich', 'jinja2', 'dasnet_conformance.catalogue'} & set(sys.modules)))"
    )
    assert workshop.run([sys.executable, "-c", script]).out.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_that_of_its_parser(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([HELP, name]) == 0
    told = capsys.readouterr().out
    assert told == parser_of(name).format_help()
    assert told.startswith(f"usage: dasnet {name} ")


@pytest.mark.parametrize("given", [[], ["help"], ["--help"]])
def test_help_alone_is_the_overview(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([HELP, *given]) == 0
    assert capsys.readouterr().out.startswith("usage: dasnet COMMAND")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("lst", "no command lst; did you mean list?"),
        ("RUN", "no command RUN; did you mean run?"),
        ("verify", "no command verify; did you mean verify-report or version?"),
        ("init", "no command init; did you mean init-ci?"),
        ("xyzzy", "no command xyzzy; the commands are run, "),
        ("-x", "no command -x; the commands are run, "),
        ("", "no command ; the commands are run, "),
    ],
)
def test_a_command_that_does_not_exist_is_told_what_is_near(
    given: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([given], [HELP, given]):
        assert main(arguments) == 3
        out, err = capsys.readouterr()
        assert out == ""
        assert_one_line(err)
        assert told in err


def test_a_fault_of_the_suite_itself_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = types.ModuleType(f"{cli.__name__}.broken_command")

    def execute(arguments: object, command: object) -> int:
        raise ZeroDivisionError("a mistake of ours")

    vars(broken).update(add_arguments=lambda parser: None, execute=execute)
    monkeypatch.setitem(sys.modules, broken.__name__, broken)
    monkeypatch.setitem(COMMANDS, "broken", ("broken_command", "break"))
    assert main(["broken"]) == 2
    err = capsys.readouterr().err
    assert "ZeroDivisionError: a mistake of ours" in err
    assert err.endswith("dasnet: no verdict: the suite itself broke, as told above; please report it\n")
