"""The implementation file, `dasnet.toml`: how one implementation is built, started and judged, beside its sources.

It is all that a CI job needs: `dasnet run path/dasnet.toml`, or `dasnet run` beside it. Its keys stand in one table,
`KEYS`. Reading it touches nothing else; `build` runs the build commands, and `resolve` makes the adapter. May import
the standard library and the contract.
"""

from __future__ import annotations

import difflib
import math
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .contract import AdapterBroken
from .errors import UsageError
from .patience import LONGEST_DEADLINE, SHORTEST_DEADLINE
from .text_files import NotText, read_toml
from .toolchains import advice, missing_toolchain

#: What the file is called; another name that ends in .toml does as well when it is written out.
FILE_NAME: Final = "dasnet.toml"
#: Lines of a failed build that are told.
BUILD_LINES: Final = 20

_PYTHON: Final = "{python}"

#: How many checks can run at once: each takes a process, a driver and a block of ports.
MOST_WORKERS: Final = 256

#: Every key, with what its value has to be, for people.
KEYS: Final[dict[str, str]] = {
    "name": "a text: what the implementation is called",
    "command": "the command that starts the driver: a list of words, or one text that is split as a shell does",
    "implementation": 'in place of command: "python:MODULE" or "tcp:HOST:PORT"',
    "cwd": "a path, relative to the file: where build and command run (default: beside the file)",
    "env": "a table of texts: environment variables added for build and command",
    "build": "a command as a list of words, or a list of such lists: run before the first use",
    "deadline": 'seconds that the driver has for one command, from 0.1 up, or "none"',
    "start": "seconds that the driver has for its first answer",
    "stop": "seconds that the driver has to stop by itself",
    "check-deadline": "seconds that one check may take",
    "profiles": "a list of profiles: judge these only, of those that the implementation claims",
    "baseline": "a path, relative to the file: results to compare with",
    "peer-host": "a text: the address at which peers reach the implementation's server",
    "exclude": 'a table of id = "reason": requirements to leave out',
    "watch": "a list of paths or patterns, relative to the file: what `dasnet run --watch` looks at",
    "workers": f"how many checks run at once, {MOST_WORKERS} at most, each with its own driver (0: one driver for all)",
}
#: Words of the command line and of common speech that no spelling leads to the key that is meant.
_OTHER_WORDS: Final = {"driver": "command", "timeout": "deadline", "call-deadline": "deadline"}
#: Keys that say something about a driver which is started, and nothing where none is.
_DRIVER_KEYS: Final = {"python": ("env", "deadline", "start", "stop"), "tcp": ("env",)}


@dataclass(frozen=True)
class ImplementationFile:
    """What an implementation file says.

    `words` is the driver's command, empty where `spec` names an implementation of another form. Times are seconds.
    `deadline` is None where the file leaves it open and `math.inf` where it says that there is none.
    """

    path: Path
    cwd: Path
    name: str = ""
    words: tuple[str, ...] = ()
    spec: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    build: tuple[tuple[str, ...], ...] = ()
    deadline: float | None = None
    start: float | None = None
    stop: float | None = None
    check_deadline: float | None = None
    profiles: tuple[str, ...] = ()
    baseline: Path | None = None
    peer_host: str = ""
    exclude: Mapping[str, str] = field(default_factory=dict)
    watch: tuple[str, ...] = ()
    workers: int | None = None

    def environment(self) -> dict[str, str] | None:
        """The environment for build and command: this process's with `env` added, or None for just this process's."""
        return {**os.environ, **self.env} if self.env else None


def find_file(spec: str) -> Path | None:
    """The implementation file that a user means: a path that ends in .toml, or a directory that holds `dasnet.toml`.

    Arguments: `spec`, what the user wrote. Returns None for what is no path of either kind.
    Raises `UsageError` for a directory without such a file.
    """
    path = Path(spec)
    if spec.endswith(".toml"):
        return path
    if not spec or not path.is_dir():
        return None
    if not (path / FILE_NAME).is_file():
        raise UsageError(f"the directory {spec} holds no {FILE_NAME}; name a file, or write one there")
    return path / FILE_NAME


def load_file(path: Path) -> ImplementationFile:
    """Read an implementation file.

    Raises `UsageError`, one line that names the file, the key and what it takes, for whatever is wrong with it.
    """
    try:
        given = read_toml(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; name a {FILE_NAME} that exists") from None
    except NotText as error:
        raise UsageError(f"{path}: {error}") from None
    return _Reader(path, given).file()


class _Reader:
    """Takes one key after another out of the file's table; whatever is not as `KEYS` says is a `UsageError`."""

    def __init__(self, path: Path, given: dict[str, Any]) -> None:
        self._path = path
        self._given = given

    def file(self) -> ImplementationFile:
        """The whole file."""
        unknown = [key for key in self._given if key not in KEYS]
        if unknown:
            raise UsageError(f"{self._path}: unknown key {unknown[0]!r}; {_near_key(unknown[0])}")
        beside = self._path.parent
        words, spec = self._take("command", _words, ()), self._text("implementation")
        if bool(words) == bool(spec):
            raise UsageError(f"{self._path}: give either command, {KEYS['command']}, or implementation")
        word = spec.partition(":")[0]
        if spec and word not in _DRIVER_KEYS:
            raise self._wrong("implementation")
        for key in _DRIVER_KEYS.get(word, ()):
            if key in self._given:
                raise UsageError(f"{self._path}: {key} means nothing with {word}:; leave it out, or give a command")
        cwd = beside / self._text("cwd")
        if not cwd.is_dir():
            raise UsageError(f"{self._path}: cwd: there is no directory {cwd}; give {KEYS['cwd']}")
        baseline = self._text("baseline")
        return ImplementationFile(
            path=self._path,
            cwd=cwd.resolve(),
            name=self._text("name"),
            words=words,
            spec=spec,
            env=self._take("env", _variables, {}),
            build=self._take("build", _commands, ()),
            deadline=self._take("deadline", _seconds_or_none, None),
            start=self._take("start", _seconds, None),
            stop=self._take("stop", _seconds, None),
            check_deadline=self._take("check-deadline", _seconds, None),
            profiles=self._take("profiles", _texts, ()),
            baseline=beside / baseline if baseline else None,
            peer_host=self._text("peer-host"),
            exclude=self._take("exclude", _table, {}),
            watch=self._take("watch", _texts, ()),
            workers=self._take("workers", _count, None),
        )

    def _text(self, key: str) -> str:
        text: str = self._take(key, _one_text, "")
        return text

    def _take(self, key: str, read: Callable[[Any], Any], absent: Any) -> Any:
        if key not in self._given:
            return absent
        try:
            return read(self._given[key])
        except (ValueError, TypeError):
            raise self._wrong(key) from None

    def _wrong(self, key: str) -> UsageError:
        return UsageError(f"{self._path}: {key} = {self._given[key]!r:.80} is not understood; give {KEYS[key]}")


def _near_key(key: str) -> str:
    plain = key.strip().lower().replace("_", "-")
    plain = _OTHER_WORDS.get(plain, plain)
    near = [plain] if plain in KEYS else difflib.get_close_matches(plain, KEYS, 1)
    return f"did you mean {near[0]}?" if near else f"the keys are {', '.join(KEYS)}"


# Each of these reads the value of a key; a value that cannot be meant is a ValueError.


def _one_text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(_one_text(text) for text in value)


def _words(value: Any) -> tuple[str, ...]:
    return _texts(shlex.split(value) if isinstance(value, str) else value)


def _commands(value: Any) -> tuple[tuple[str, ...], ...]:
    if isinstance(value, list) and value and all(isinstance(command, list) for command in value):
        return tuple(_texts(command) for command in value)
    return (_words(value),)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_WORKERS:
        raise ValueError
    return value


def _table(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError
    return {_one_text(key): _one_text(text) for key, text in value.items()}


# No system has a variable with that in its name: what stands behind it would be taken for the value.
def _variables(value: Any) -> dict[str, str]:
    if any("=" in name for name in _table(value)):
        raise ValueError
    return _table(value)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    if not SHORTEST_DEADLINE <= value <= LONGEST_DEADLINE:
        raise ValueError
    return float(value)


def _seconds_or_none(value: Any) -> float:
    return math.inf if value == "none" else _seconds(value)


def with_python(words: Sequence[str], python: str) -> list[str]:
    """The words of a command, the word `{python}` being the interpreter `python`."""
    return [python if word == _PYTHON else word for word in words]


def build(file: ImplementationFile, python: str) -> None:
    """Run the build commands of a file one after another; their output is shown only when one fails.

    Arguments: `python`, the interpreter that `{python}` stands for.
    Raises `AdapterBroken` (culprit "implementation") at the first that fails, with its last lines as the exchange, and
    (culprit "caller") before one whose toolchain is not installed.
    """
    for command in file.build:
        words = with_python(command, python)
        _insist_on_toolchain(words, file)
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(
                    words,
                    cwd=file.cwd,
                    env=file.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
                trouble = f"ended with status {done.returncode}" if done.returncode else ""
            except (OSError, ValueError) as error:
                trouble = f"cannot be started: {getattr(error, 'strerror', None) or error}"
            if trouble:
                shown = " ".join(shlex.join(words).split())
                raise AdapterBroken(
                    f"the implementation could not be built: '{shown}' {trouble}",
                    culprit="implementation",
                    hint=f"run it in {file.cwd} and see to its errors; it stands in {file.path} as build",
                    exchange="\n".join(_last_lines(output)),
                )


def _insist_on_toolchain(words: Sequence[str], file: ImplementationFile) -> None:
    program = missing_toolchain(words, file.environment())
    if program:
        raise AdapterBroken(
            f"{program} is not installed, and the implementation is built with it",
            culprit="caller",
            hint=f"{advice(program)}; it stands in {file.path} as build",
        )


def _last_lines(output: Any) -> list[str]:
    # A build may write without end; its last lines are near the end of the file.
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - (64 << 10)))
    text = output.read().decode("utf-8", "replace")
    return [line.rstrip() for line in text.splitlines()[-BUILD_LINES:]]
