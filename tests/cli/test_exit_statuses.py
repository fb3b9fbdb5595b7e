"""Every exit status of every command: what is called, what it ends with, and a part of what it says.

The table is held against the one that the pages are made from: a command or a status that is missing in either fails.
The reports that commands read are made once. `test_exit_status.py` has more ways in which a run ends.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from conformance_tools import OPENING
from dasnet_conformance import cli
from dasnet_conformance.catalogue.drift import known_symbols
from dasnet_conformance.cli import COMMANDS, HELP, drift_command, main, prove_command
from dasnet_conformance.cli.exit_statuses import STATUSES
from dasnet_conformance.cli.signals import Signalled
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.proof.kill_matrix import Matrix
from dasnet_conformance.running.direct import Outcome
from dasnet_reports import Sanity, dump, load

#: A server that is wrong in one thing, and a driver that ends at once.
WRONG: Final = "python:dasnet_conformance.proof.faults:make_server_takes_anything"
DEAD: Final = shlex.quote(f"driver:{sys.executable} -c 'raise SystemExit(4)'")

#: Its answer to a bad port differs from one process to the next.
FLAKY: Final = (
    OPENING
    + """\
import os
from pathlib import Path

# Odd from the second run on: the processes of one run have one parent.
RUNS = Path(__file__).with_name("runs")
if not RUNS.exists():
    RUNS.write_text(str(os.getppid()))
ODD = RUNS.read_text() != str(os.getppid())


class Server(Sound):
    def init(self, port):
        return True if ODD and port < 0 else super().init(port)
"""
)

#: What the commands find in their directory; `place` writes it.
FILES: Final = {
    "sound.toml": 'implementation = "python:dasnet_reference"\nprofiles = ["lowlevel"]\n',
    "wrong.toml": f'implementation = "{WRONG}"\nprofiles = ["lowlevel"]\n',
    "flaky.py": FLAKY,
    "nothing.toml": "",
    "taken": "a file",
    "negative.script": "host: construct object 1 of class A\nhost: tick object 1 1 times\n",
    "full/file": "the directory is not empty",
}


def _proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # A fault that survives, which no fault that is shipped does.
    entry = load_faults()["ends_at_zero"]
    survived = {name: Outcome(name, "pass") for name in entry.kills}
    matrix = Matrix([entry], chosen=True, outcomes={entry.name: survived})
    monkeypatch.setattr(prove_command, "build", lambda *arguments, **options: matrix)


def _knows_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    # The catalogue keeps no sentence, so no page can be written here that says all that it knows.
    monkeypatch.setattr(drift_command, "known_statements", list)


@dataclass(frozen=True)
class Row:
    """A command line, the status it ends with, a part of what it says, and what is arranged before."""

    line: str
    status: int
    told: str
    before: Callable[[pytest.MonkeyPatch], None] = lambda _: None


ROWS: Final = [
    Row("run reference init.port-negative", 0, "conforming (1 pass)"),
    Row("run sound.toml --strict MAKE-SERVER.True", 0, "conforming (1 pass)"),
    Row("run reference -k make-server --baseline baseline.toml", 1, "baseline, passes make-server.plain-object"),
    Row("run wrong.toml --strict --baseline baseline.toml", 0, "as listed in the baseline: 1 known failure"),
    Row(f"run {WRONG} -k make-server.plain-object", 1, "non-conforming (1 fail)"),
    Row(f"run {DEAD} -k make-server", 2, "the driver exited"),
    Row("run reference -k init.port-zero", 2, "no requirement that gates was judged"),
    Row("run", 3, "say what to judge"),
    Row("run reference -k xyzzy", 3, "nothing selected"),
    Row("run reference xyzzy", 3, "no requirement, section or clause is called xyzzy"),
    Row("stability reference --runs 2 init.port-negative", 0, "0 requirements changed"),
    Row("stability python:flaky --runs 2 -k init.port-negative", 1, "flaky: init.port-negative: "),
    Row(f"stability {DEAD} --runs 2", 2, "the driver exited"),
    Row("stability reference --runs 1", 3, "--runs takes a number from 2 up"),
    Row("stability python:no_such_module --runs 2", 3, "cannot be imported"),
    Row("list --section init", 0, "init.port-negative"),
    Row("list 'init.port-*' send.size", 0, " requirements; "),
    Row("list --profile xyzzy", 3, "no profile xyzzy"),
    Row("explain init.port-negative", 0, "clause init.result"),
    Row("explain send.size", 0, "clause send.size (Server.send"),
    Row("explain init.port-negativ", 3, "did you mean init.port-negative"),
    Row("diff reference reference make-server.true", 0, "3 no difference"),
    Row(f"diff reference {WRONG} make-server.plain-object", 1, "make-server.plain-object: differs"),
    Row(f"diff reference {DEAD} make-server.true", 2, "the driver exited"),
    Row("diff reference reference xyzzy", 3, "no requirement, section or clause is called xyzzy"),
    Row("drift same.rst", 0, "0 differ", _knows_no_statement),
    Row("drift other.rst", 1, "1 differ", _knows_no_statement),
    Row("drift said.rst --fingerprint", 0, "[[statement]]"),
    Row("drift missing.rst", 3, "cannot be read"),
    Row("baseline write wrong new.toml --owner me --issue 1", 0, "new.toml: 1 known failures"),
    Row("baseline update sound shrinking.toml", 0, "shrinking.toml: 0 known failures"),
    Row("baseline update wrong empty.toml", 1, "not listed, for an update only shrinks the list"),
    Row("baseline update wrong empty.toml --accept --owner me --issue 1", 0, "empty.toml: 1 known failures"),
    Row("baseline write wrong baseline.toml --owner me --issue 1", 3, "baseline.toml exists"),
    Row("baseline write filtered other.toml", 3, "the run was filtered"),
    Row("baseline update wrong empty.toml init --accept", 0, "not listed, for they were not asked for: make-server"),
    Row("compare wrong sound", 0, "fixes: 1"),
    Row("compare sound wrong", 1, "regressions: 1"),
    Row("compare sound missing", 3, "cannot be read"),
    Row("merge shards/1 shards/2 -o merged", 0, "conforming ("),
    Row("merge wrong-shards/1 wrong-shards/2", 1, "non-conforming ("),
    Row("merge open-shards/1 open-shards/2", 2, "inconclusive ("),
    Row("merge shards/1", 3, "shard 2/2 is missing"),
    Row("matrix sound wrong -o matrix", 0, "2 runs: matrix/index.html"),
    Row("matrix sound -o taken", 3, "it is a file; name a folder"),
    Row("verify-report sound", 0, "the report verifies"),
    Row("verify-report edited", 1, "no match: "),
    Row("verify-report missing", 3, "cannot be read"),
    Row("init-ci github", 0, "runs dasnet"),
    Row("init-ci tox -o taken", 3, "exists and stays as it is"),
    Row("new-driver python port", 0, "the driver of port"),
    Row("new-driver python full", 3, "is not empty"),
    Row("new-driver cobol port", 3, "there is no skeleton in 'cobol'"),
    Row("doctor reference", 0, "in order"),
    Row(f"doctor {DEAD}", 1, "broken"),
    Row("doctor", 3, "say what to judge"),
    Row("prove --fault ends_at_zero", 0, "0 problems"),
    Row("prove --fault ends_at_zero", 1, "problem: data.zeros does not catch ends_at_zero", _proves_nothing),
    Row("prove --fault xyzzy", 3, "no fault xyzzy"),
    Row("explore reference --examples 8 --steps 3 --profile core", 0, "nothing found: 8 examples"),
    Row("explore python:dasnet_conformance.proof.faults:success_is_zero --seed 5", 1, "again: dasnet replay"),
    Row(f"explore {DEAD}", 2, "no verdict"),
    Row("explore reference --examples 0", 3, "take a number from 1 up"),
    Row("replay negative.script reference", 0, "nothing diverges: 2 steps"),
    Row(
        "replay negative.script python:dasnet_conformance.proof.faults:tick_without_handle_dies",
        1,
        "violates construct.",
    ),
    Row(f"replay negative.script {DEAD}", 2, "no verdict"),
    Row("replay missing.script reference", 3, "cannot be read"),
    Row("completion bash", 0, "complete -F _dasnet dasnet"),
    Row("completion zsh", 0, "#compdef dasnet"),
    Row("completion fish", 0, "complete -c dasnet"),
    Row("completion tcsh", 3, "no shell tcsh; the shells are bash, zsh, fish"),
    Row("version --verbose", 0, "pytest plugins: "),
    Row("version xyzzy", 3, "xyzzy"),
    Row("help run", 0, "usage: dasnet run "),
    Row("help xyzzy", 3, "no command xyzzy"),
]


def _page(left_out: int) -> str:
    lines = []
    for symbol in known_symbols()[left_out:]:
        if symbol.kind == "field":
            lines += [f":Fields: * **{symbol.name.partition('.')[2]}** : {symbol.result}", ""]
        elif symbol.kind == "structure":
            lines += [f".. das:attribute:: {symbol.name}", ""]
        else:
            lines += [f".. das:function:: {symbol.signature}", ""]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with all that the commands of the table read."""
    folder = tmp_path_factory.mktemp("statuses")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "same.rst").write_text(_page(0), "utf-8")
    (folder / "other.rst").write_text(_page(1), "utf-8")
    (folder / "said.rst").write_text(f"{_page(0)}\nA sentence.\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["run", "sound.toml", "--strict", "--report-dir", "sound"]) == 0
        assert main(["run", "wrong.toml", "--strict", "--report-dir", "wrong"]) == 1
        assert main(["run", "reference", "-k", "make-server", "--report-dir", "filtered"]) == 0
        for number in ("1", "2"):
            shard = ["--strict", "--shard", f"{number}/2", "--report-dir"]
            assert main(["run", "sound.toml", *shard, f"shards/{number}"]) == 0
            main(["run", "wrong.toml", *shard, f"wrong-shards/{number}"])
            # The same, but that its last sanity conversation never took place.
            results = load(folder / "shards" / number / "results.json")
            (folder / "open-shards" / number).mkdir(parents=True)
            text = dump(replace(results, sanity=Sanity(results.sanity.first)))
            (folder / "open-shards" / number / "results.json").write_text(text, "utf-8")
        listing = ["--owner", "me", "--issue", "issue 1"]
        assert main(["baseline", "write", "wrong", "baseline.toml", *listing]) == 0
        assert main(["baseline", "write", "sound", "empty.toml"]) == 0
    shutil.copy(folder / "baseline.toml", folder / "shrinking.toml")
    shutil.copytree(folder / "wrong", folder / "edited")
    text = (folder / "edited" / "results.json").read_text("utf-8")
    (folder / "edited" / "results.json").write_text(text.replace('"verdict": "fail"', '"verdict": "pass"'), "utf-8")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, for one command to write into."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    # The suite runs in a child; both look for modules here.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "flaky", raising=False)
    return tmp_path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.line.replace(sys.executable, 'python')} -> {row.status}")
def test_a_command_ends_as_the_table_says(
    row: Row, place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    row.before(monkeypatch)
    status = main(shlex.split(row.line))
    out, err = capfd.readouterr()
    assert status == row.status, out + err
    assert row.told in out + err
    if status == 3:
        assert err.startswith("dasnet: ")
        assert err.count("\n") == 1


def test_the_table_has_every_status_of_every_command() -> None:
    rows = {(row.line.split()[0], row.status) for row in ROWS}
    declared = {(name, status) for name, statuses in STATUSES.items() for status in statuses}
    assert {name for name, _ in rows} == {*COMMANDS, HELP}
    assert rows == declared


def call_of(name: str) -> list[str]:
    """A command with as many words as it takes at least."""
    places = [action for action in cli.parser_of(name)._actions if not action.option_strings]
    required = [action for action in places if action.nargs in (None, "+")]
    words = [next(iter(action.choices)) if action.choices else "a" for action in required]
    return [name, *words, *(["-o", "b"] if name == "matrix" else [])]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("raised", "told", "status"),
    [
        (KeyboardInterrupt(), "interrupted; no verdict", 130),
        (Signalled(15), "ended by SIGTERM; no verdict", 143),
        (ZeroDivisionError("ours"), "the suite itself broke", 2),
        (OSError(28, "No space left on device"), "dasnet: the output cannot be written: No space left", 2),
    ],
    ids=["interrupted", "ended", "broken", "full"],
)
def test_no_command_that_breaks_off_ends_as_if_it_had_a_verdict(
    name: str,
    raised: BaseException,
    told: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def execute(arguments: Any, command: Any) -> int:
        raise raised

    given = call_of(name)
    monkeypatch.setattr(f"{cli.__name__}.{COMMANDS[name][0]}.execute", execute)
    assert main(given) == status
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("raised", "status"), [(KeyboardInterrupt(), 130), (Signalled(15), 143)])
def test_what_an_interruption_breaks_on_its_way_is_an_interruption(
    raised: BaseException, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def execute(arguments: Any, command: Any) -> int:
        try:
            raise raised
        finally:
            _ = {}["a finally that does not expect it"]

    monkeypatch.setattr(f"{cli.__name__}.list_command.execute", execute)
    assert main(["list"]) == status
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_a_verdict_that_nobody_reads_is_no_success(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(arguments: Any, command: Any) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(f"{cli.__name__}.{COMMANDS[name][0]}.execute", execute)
    assert main(call_of(name)) == (2 if 1 in STATUSES[name] else 0)
