"""Waits until the files of a port change, for `dasnet run --watch`. It looks at files, and reads none.

Which files those are, the implementation file says (`watch`); else they are what the command line leads to: the
implementation file itself, the words of the driver's command that are files, the module and what lies beside it.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dasnet_conformance.running.target import Target

#: Seconds between two looks.
EVERY: Final = 0.3
#: Files beside a module that count as a part of it.
_BESIDE: Final = "*.py"

#: Path -> when it was changed, and its size.
Seen = dict[Path, tuple[int, int]]


def files_of(target: Target) -> list[Path]:
    """The files of an implementation, as far as it can be told which those are."""
    return sorted({path for path in _candidates(target) if path.is_file()})


def _candidates(target: Target) -> Iterator[Path]:
    file = target.file
    if file is None:
        yield from _named(target.spec, Path())
        return
    yield file.path
    beside = file.path.parent
    for pattern in file.watch:
        if any(sign in pattern for sign in "*?["):
            yield from beside.glob(pattern)
        elif (beside / pattern).is_dir():
            yield from (beside / pattern).rglob("*")
        else:
            yield beside / pattern
    if not file.watch:
        yield from (file.cwd / word for word in file.words)
        yield from _named(file.spec, file.cwd)


def _named(spec: str, place: Path) -> Iterator[Path]:
    form, _, rest = spec.partition(":")
    if form == "driver":
        yield from (place / word for word in rest.split())
    elif form in ("python", "reference"):
        name = rest.partition(":")[0] or "dasnet_reference"
        local = place / Path(*name.split("."))
        found = importlib.util.find_spec(name.partition(".")[0]) if not local.with_suffix(".py").exists() else None
        origin = Path(found.origin) if found is not None and found.origin else local.with_suffix(".py")
        yield origin
        if origin.name == "__init__.py":
            yield from origin.parent.rglob(_BESIDE)


def look(target: Target) -> Seen:
    """What the files of an implementation are like now."""
    seen: Seen = {}
    for path in files_of(target):
        try:
            status = path.stat()
        except OSError:
            continue  # gone since
        seen[path] = status.st_mtime_ns, status.st_size
    return seen


def wait_for_change(target: Target, before: Seen) -> list[Path]:
    """Wait until a file is another than before, or is there or gone; returns which."""
    while True:
        now = look(target)
        if now != before:
            return sorted(path for path in {*now, *before} if now.get(path) != before.get(path))
        # Beside no run, and for a person's eyes: how often files are looked at decides nothing.
        time.sleep(EVERY)  # files are looked at now and then, and nothing is judged meanwhile
