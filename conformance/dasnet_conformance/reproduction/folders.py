"""The folder of a reproduction: how a porter sees one failure again without the suite.

Per failing requirement `repro/REQUIREMENT/` with `script.txt` (the recorded conversation), `reproduce.py` (the program
that plays it, the same in every folder, from `assembly`) and `README.md`. It may write and remove these files in the
directory given.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from dasnet_adapters.implementation_file import with_python
from dasnet_adapters.resolve import ALIASES
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.running.stream import Record
from dasnet_conformance.running.target import Target
from dasnet_reports import harmless

from .assembly import program

#: The folder beside the reports.
FOLDER: Final = "repro"

_SCRIPT: Final = "script.txt"
_PROGRAM: Final = "reproduce.py"
_README: Final = "README.md"

#: Characters of a message in the files.
_LONGEST: Final = 2_000

#: What is said where a case has neither a script nor a reason for it.
_DIED: Final = (
    "the process that recorded it died with the implementation; judge it behind a driver, as in "
    "driver:'python -m dasnet_adapters.python_driver MODULE', and the recording survives"
)


def write_reproductions(
    failures: Mapping[str, Record], directory: str | os.PathLike[str], target: Target
) -> list[Path]:
    """Write a folder for each failure, and remove those of an earlier run that are none any more.

    Arguments: `failures`, requirement -> the record of its failing case; `directory`, where the reports are; `target`,
    the implementation. Returns the folder of them all, or nothing when nothing failed. Raises `OSError`.
    """
    place = Path(directory) / FOLDER
    _remove_stale(place, failures)
    player = program() if failures else ""
    how = call_of(target)
    for name, record in failures.items():
        folder = place / name
        folder.mkdir(parents=True, exist_ok=True)
        told = _told(name, record)
        head = [f"# {key}: {value}" for key, value in told.items()]
        intro = "# Lines: TICK SIDE MARK REST; > is done again, < is what came when it was recorded (see reproduce.py)."
        script = "\n".join([intro, *head, "", record.get("script", ""), ""])
        (folder / _SCRIPT).write_text(script, "utf-8", newline="\n")
        (folder / _README).write_text(_readme(name, told, how), "utf-8", newline="\n")
        (folder / _PROGRAM).write_text(player, "utf-8", newline="\n")
    return [place] if failures else []


def carry_over(sources: Iterable[Path], failures: Collection[str], directory: str | os.PathLike[str]) -> list[Path]:
    """Copy the folders of these failures from the reports of shards, and remove those of an earlier run.

    Arguments: `sources`, report directories, of which each failure is in one at most; `failures`, requirements;
    `directory`, where the merged reports are. Returns the folder of them all, or nothing. Raises `OSError`.
    """
    place = Path(directory) / FOLDER
    _remove_stale(place, ())
    for source in sources:
        for name in failures:
            if (source / FOLDER / name / _SCRIPT).is_file():
                for file in (_SCRIPT, _PROGRAM, _README):
                    (place / name).mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source / FOLDER / name / file, place / name / file)
    return [place] if place.is_dir() else []


def call_of(target: Target) -> list[str]:
    """The arguments with which `reproduce.py` reaches the implementation: options, then the driver's command."""
    file = target.file
    spec = file.spec if file is not None and file.spec else target.spec
    word, _, rest = ALIASES.get(spec, spec).partition(":")
    cwd = file.cwd if file is not None else Path.cwd()
    given: list[str] = []
    host = target.settings.peer_host or (file.peer_host if file is not None else "")
    if host:
        given += ["--peer-host", host]
    if word == "tcp" and (file is None or file.spec):
        return [*given, "--tcp", rest]
    given += ["--cwd", str(cwd)]
    for key, value in (file.env if file is not None else {}).items():
        given += ["--env", f"{key}={value}"]
    if file is not None and file.words:
        words = with_python(file.words, sys.executable)
    elif word == "python":
        return [*given, sys.executable, "-m", "dasnet_adapters.python_driver", rest]
    else:
        words = shlex.split(rest)
    # A program that is named by a path is looked for beside the file, whichever directory it is started from.
    if words and os.path.dirname(words[0]):  # noqa: PTH120 - "./driver" has a directory for the system, not for Path
        words[0] = str((cwd / words[0]).absolute())
    return [*given, *words]


def _remove_stale(place: Path, failures: Collection[str]) -> None:
    for name in load_catalogue().requirements:
        folder = place / name
        if name not in failures and (folder / _SCRIPT).is_file():
            for file in (_SCRIPT, _PROGRAM, _README):
                (folder / file).unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
    if place.is_dir() and not any(place.iterdir()):
        place.rmdir()


def _told(name: str, record: Record) -> dict[str, str]:
    message = harmless(record["message"], _LONGEST, one_line=True)
    told = {"requirement": name, "text": load_catalogue().requirements[name].text}
    if record.get("case"):
        told["case"] = harmless(record["case"], _LONGEST, one_line=True)
    if record.get("blocked_by"):
        told["setup"] = f"it failed in the setup, for want of {record['blocked_by']}"
    told["expected"] = harmless(record.get("expected", "what the requirement says"), _LONGEST, one_line=True)
    told["came"] = harmless(record["came"], _LONGEST, one_line=True) if "came" in record else message
    if not record.get("script"):
        told["incomplete"] = harmless(record.get("no_script") or _DIED, _LONGEST, one_line=True)
    return told


def _readme(name: str, told: Mapping[str, str], how: list[str]) -> str:
    lines = [f"# Reproduction of {name}", ""]
    # Indented: a message is text of the implementation and must not be Markdown.
    lines += [f"    {key + ':':<13}{value}" for key, value in told.items()]
    lines.append("")
    if "incomplete" in told:
        lines += ["This failure cannot be played again; the last line above says why. Of the suite itself:", ""]
        lines += [f"    dasnet run IMPLEMENTATION {shlex.quote(name)}", ""]
        return "\n".join(lines)
    lines += [
        "Run it in this folder, with Python 3.8 or later and nothing else (the command after the options starts the",
        "driver):",
        "",
        f"    python3 {_PROGRAM} {shlex.join(how)}",
        "",
        f"It plays `{_SCRIPT}`: what the suite told the driver and what the clients did. It prints both sides with",
        "their ticks, and at the end what was expected and what came. Exit status 1: the failure shows; 0: it does",
        "not; 2: the driver cannot be used.",
        "",
    ]
    return "\n".join(lines)
