"""Completion in real shells: what a press of the key offers, in bash, and in zsh and fish where they are installed."""

from __future__ import annotations

import contextlib
import os
import re
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance_tools import dasnet
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.selection import words_of
from dasnet_conformance.cli import COMMANDS, HELP, main
from dasnet_conformance.cli.completion_shells import SHELLS
from dasnet_conformance.cli.completion_words import KINDS, all_commands, words_of_kinds
from toolchains import needs

IDS = words_of(load_catalogue())

#: A section, with the requirements whose ids begin as it does.
CALLBACKS = {name for name in IDS if name.startswith("callbacks")}

#: What was typed, and all that is offered then.
TYPED: list[tuple[str, set[str]]] = [
    ("dasnet expl", {"explore", "explain"}),
    ("dasnet explain init.port-n", {"init.port-negative", "init.port-not-wrapped"}),
    ("dasnet explain send.si", {"send.size", "send.size-zero", "send.size-beyond-buffer", "send.size-negative"}),
    ("dasnet explain callb", CALLBACKS),
    ("dasnet run init.port-n", {"init.port-negative", "init.port-not-wrapped"}),
    ("dasnet run --strict reference init.port-n", {"init.port-negative", "init.port-not-wrapped"}),
    ("dasnet baseline update results.json b.toml init.port-neg", {"init.port-negative"}),
    ("dasnet run --exclude init.port-n", {"init.port-negative=", "init.port-not-wrapped="}),
    ("dasnet run --str", {"--strict"}),
    (
        "dasnet run --strict --profile ",
        {"core", "lowlevel", "client", "client-lowlevel", "http", "http-client", "http-port"},
    ),
    ("dasnet run --profile core refer", {"reference"}),
    ("dasnet run --strict refer", {"reference"}),
    ("dasnet prove --fault ends_at_z", {"ends_at_zero"}),
    ("dasnet init-ci git", {"github", "gitlab"}),
    ("dasnet completion z", {"zsh"}),
    ("dasnet help verify", {"verify-report"}),
    ("dasnet matrix -o x first.json res", {"results.json"}),
]


#: Keys that are pressed before it is shown may get lost.
PROMPT = "ready> "


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the script of each shell, and a file that a command may take."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell, make in SHELLS.items():
        (folder / f"dasnet.{shell}").write_text(make(), "utf-8")
    (folder / "results.json").touch()
    return folder


def _lines(command: list[str], folder: Path) -> set[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return set(done.stdout.splitlines())


@needs(["bash"], "bash (Debian: bash)")
@pytest.mark.parametrize(("typed", "offered"), TYPED)
def test_bash_offers(typed: str, offered: set[str], scripts: Path) -> None:
    script = (
        'source ./dasnet.bash; COMP_LINE=$1 COMP_POINT=${#1}; _dasnet; printf "%s\\n" "${COMPREPLY[@]}"; '
        "complete -p dasnet"
    )
    found = _lines(["bash", "--norc", "-c", script, "bash", typed], scripts)
    assert found == {*offered, "complete -F _dasnet dasnet"}


@needs(["bash"], "bash (Debian: bash)")
def test_bash_offers_every_command_and_every_id(scripts: Path) -> None:
    script = 'source ./dasnet.bash; COMP_LINE=$1 COMP_POINT=${#1}; _dasnet; printf "%s\\n" "${COMPREPLY[@]}"'
    assert _lines(["bash", "--norc", "-c", script, "bash", "dasnet "], scripts) == {*COMMANDS, HELP}
    assert _lines(["bash", "--norc", "-c", script, "bash", "dasnet explain "], scripts) == set(IDS)


@needs(["bash"], "bash (Debian: bash)")
def test_bash_takes_an_option_with_its_value_in_one_word(scripts: Path) -> None:
    script = 'source ./dasnet.bash; COMP_LINE=$1 COMP_POINT=${#1}; _dasnet; printf "%s\\n" "${COMPREPLY[@]}"'
    offered = _lines(["bash", "--norc", "-c", script, "bash", "dasnet run --exclude=init.port-neg"], scripts)
    assert offered == {"init.port-negative="}
    offered = _lines(["bash", "--norc", "-c", script, "bash", "dasnet run driver:res"], scripts)
    assert offered == {"results.json"}


@needs(["fish"], "fish (Debian: fish)")
@pytest.mark.parametrize(("typed", "offered"), TYPED)
def test_fish_offers(typed: str, offered: set[str], scripts: Path) -> None:
    found = _lines(["fish", "-N", "-c", "source ./dasnet.fish; complete -C $argv[1]", typed], scripts)
    assert {line.partition("\t")[0] for line in found} == offered


class Terminal:
    """A shell that believes to be at a terminal."""

    def __init__(self, command: list[str], folder: Path) -> None:
        import pty

        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "dumb", "PS1": PROMPT, "HOME": str(folder), "HISTFILE": ""}
        environment["PATH"] = f"{Path(dasnet()[0]).parent}{os.pathsep}{environment['PATH']}"
        self._child = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.shown = ""

    def enter(self, text: str) -> str:
        """Type a line at the prompt; returns all that is shown up to the next prompt."""
        self.shown = ""
        os.write(self._ours, text.encode() + b"\n")
        return self.wait_for(f"\n(?s:.*){PROMPT}")

    def wait_for(self, pattern: str) -> str:
        """What has been shown since the last keys, as soon as it matches."""
        end = time.monotonic() + 30
        while not re.search(pattern, self.shown):
            ready, _, _ = select.select([self._ours], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{pattern} does not come; shown: {self.shown!r}"
            self.shown += os.read(self._ours, 4096).decode("utf-8", "replace")
        return self.shown

    def close(self) -> None:
        """End the shell."""
        self._child.kill()
        self._child.wait()
        os.close(self._ours)


@contextlib.contextmanager
def terminal(command: list[str], folder: Path) -> Iterator[Terminal]:
    opened = Terminal(command, folder)
    try:
        yield opened
    finally:
        opened.close()


@needs(["bash"], "bash (Debian: bash)")
def test_a_key_pressed_in_bash_completes_the_word(tmp_path: Path) -> None:
    with terminal(["bash", "--norc", "--noprofile", "-i"], tmp_path) as shell:
        shell.wait_for(PROMPT)
        shell.enter('bind "set enable-bracketed-paste off"; eval "$(dasnet completion bash)"')
        assert "clause init.result" in shell.enter("dasnet expla\tinit.port-neg\t")
        assert "dasnet explain init.port-negative" in shell.shown
        assert "unrecognized arguments" in shell.enter("dasnet run --exclude init.port-neg\twhy --nonsense")
        assert "--exclude init.port-negative=why" in shell.shown


@needs(["zsh"], "zsh (Debian: zsh)")
def test_a_key_pressed_in_zsh_completes_the_word(tmp_path: Path) -> None:
    (tmp_path / "results.json").touch()
    with terminal(["zsh", "-f", "-i"], tmp_path) as shell:
        shell.wait_for(PROMPT)
        shell.enter("autoload -U compinit; compinit -u -D; unsetopt beep")
        shell.enter('eval "$(dasnet completion zsh)"')
        for typed, became in [
            ("dasnet expla\tinit.port-neg\t", "explain init.port-negative"),
            ("dasnet run --exclude init.port-neg\t", "--exclude init.port-negative="),
            ("dasnet run --exclude=init.port-neg\t", "--exclude=init.port-negative="),
            ("dasnet run --str\t", "--strict"),
            ("dasnet run --profile lo\trefer\t", "--profile lowlevel reference"),
            ("dasnet matrix a b resu\t", "matrix a b results.json"),
            ("dasnet run driver:resu\t", "driver:results.json"),
            ("dasnet prove --fault ends_at_z\t", "ends_at_zero"),
        ]:
            # Back to the beginning of the line, where a colon makes it a command that does nothing.
            shown = shell.enter(f"{typed}\x01: ")
            assert became in shown, shown


@needs(["zsh"], "zsh (Debian: zsh)")
def test_zsh_reads_the_script_without_complaint(scripts: Path) -> None:
    assert _lines(["zsh", "-f", "-n", "dasnet.zsh"], scripts) == set()


def test_completion_covers_the_parsers() -> None:
    commands = {command.name: command for command in all_commands()}
    assert commands.keys() == {*COMMANDS, HELP}
    known = {*words_of_kinds(), "file", "directory", "choice", "nothing"}
    assert set(KINDS.values()) <= known
    for command in commands.values():
        values = [option.value for option in command.options if option.value] + [p.value for p in command.places]
        assert {value.kind for value in values} <= known, command.name
        assert all(place.value.kind != "nothing" for place in command.places), (
            f"{command.name}: give the metavar of a place a kind in completion_words.KINDS"
        )


def test_an_unknown_shell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "powershell"]) == 3
    assert "no shell powershell; the shells are bash, zsh, fish" in capsys.readouterr().err
