"""What a caller can do wrong with `dasnet run`: one line that says what, and the status 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance_tools import Workshop, assert_one_line
from dasnet_conformance.cli import main


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "reference", "--nonsense"], "unrecognized arguments: --nonsense (see `dasnet run --help`)"),
        (["run", "python:does_not_exist"], "module does_not_exist cannot be imported: ModuleNotFoundError"),
        (
            ["run", "reference", "--profile", "nonsense"],
            "no profile nonsense; the profiles are core, lowlevel, client, client-lowlevel, http, http-client, "
            "http-port",
        ),
        (
            ["explain", "init.fre-port"],
            "no requirement, section or clause is called init.fre-port; did you mean init.free-port, ",
        ),
    ],
)
def test_a_mistake_of_the_caller_is_one_line(workshop: Workshop, arguments: list[str], told: str) -> None:
    ran = workshop.dasnet(*arguments)
    assert (ran.status, ran.out) == (3, "")
    assert_one_line(ran.err)
    assert told in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "python:not a name"], "python:MODULE takes the dotted name of a module, not 'not a name'"),
        (["run", "anything"], "no implementation is named 'anything'"),
        (
            ["run", "reference", "--exclude", "init.nonsense=why"],
            "--exclude: no requirement, section or clause is called init.nonsense",
        ),
        (["run", "reference", "--exclude", "init.free-port"], "--exclude init.free-port: give a reason, as in"),
        (["run", "reference", "--exclude", "init.free-port= "], "--exclude init.free-port: give a reason, as in"),
        (
            ["run", "reference", "-n", "few"],
            "argument -n: takes a number from 0 up, or auto, and not 'few'",
        ),
        (["run", "reference", "-n", "-1"], "-n: takes a number from 0 up, or auto, and not '-1'"),
        (["run", "reference", "-n", "100000"], "-n: takes a number up to 256, and not '100000'"),
        (["prove", "-n", "9" * 5000], "-n: takes a number up to 256, and not '99999999999999999999'"),
        (["run", "reference", "--deadline", "0"], "seconds from 0.1 up"),
        (["run", "reference", "--deadline", "nan"], "seconds from 0.1 up"),
        (["run", "reference", "--call-deadline", "0.000001"], "seconds from 0.1 up to 1,000,000, not 1e-06"),
        (["run", "reference", "--call-deadline", "1e18"], "up to 1,000,000, not 1e+18"),
        (["run", "reference", "--durations", "-1"], "--durations takes a number from 1 up"),
        (["run", "reference", "--open"], "give --report-dir DIR with it"),
        (["run"], "(see `dasnet run --help`)"),
        (
            ["run", "reference", "--peer-host", "no.such.host.invalid"],
            "peers find no address of 'no.such.host.invalid': ",
        ),
        (["doctor", "reference", "--peer-host", "no.such.host.invalid"], "name a host that this machine knows"),
        (["nonsense"], "no command nonsense; the commands are run, "),
        (["explain", "xyzzy"], "no requirement, section or clause is called xyzzy; `dasnet list` names them all"),
        (["list", "--section", "nonsense"], "no section nonsense; the sections are construct, "),
        (["list", "--profile", "nonsense"], "no profile nonsense; the profiles are core, lowlevel"),
    ],
)
def test_a_mistake_that_is_seen_before_a_run_is_one_line(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_line(err)
    assert told in err


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "",
            "module has no class Server, and no Client, HttpServer or HttpClient either; name the module that offers",
        ),
        (
            "class HttpServer:\n    def make_adapter(self): ...\n",
            "module has no class Server, and its HttpServer has no method make_http_server_adapter; name the module",
        ),
        ("raise RuntimeError('two\\nlines')\n", "module module cannot be imported: RuntimeError: two lines; check "),
        ("raise SystemExit(5)\n", "module module cannot be imported: SystemExit: 5"),
    ],
)
def test_a_module_that_cannot_be_judged_is_one_line(workshop: Workshop, source: str, told: str) -> None:
    ran = workshop.dasnet("run", workshop.module("module", source, opening=""))
    assert (ran.status, ran.out) == (3, "")
    assert_one_line(ran.err)
    assert told in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-k", "nothing-matches"], "nothing selected: no requirement matches; `dasnet list` names them all"),
        (["-k", "nothing-matches", "-n", "2"], "nothing selected: no requirement matches"),
        (["-k", "port-negative", "--exclude", "init.port-negative=why"], "every requirement that matches is excluded"),
        (["-k", "robustness", "--profile", "lowlevel"], "nothing selected: no requirement matches"),
        (["-k", "init("], "Wrong expression passed to '-k': init("),
    ],
)
def test_nothing_selected_is_one_line(workshop: Workshop, arguments: list[str], told: str) -> None:
    ran = workshop.dasnet("run", "reference", *arguments)
    assert ran.status == 3
    assert_one_line(ran.err)
    assert told in ran.err
    assert "Traceback" not in ran.out


def test_a_folder_that_cannot_be_written_is_one_line(workshop: Workshop) -> None:
    (workshop.folder / "taken").write_text("a file", "utf-8")
    ran = workshop.dasnet("run", "reference", "-k", "init.free-port", "--report-dir", "taken")
    assert ran.status == 3
    assert_one_line(ran.err)
    assert ran.err.startswith("dasnet: --report-dir taken: it is a file; ")
