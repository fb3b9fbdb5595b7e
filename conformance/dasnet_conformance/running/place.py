"""The temporary folder of a run, and an end to those of runs that were killed before they could remove their own.

A run holds a lock on a file in its folder as long as any of its processes lives. A folder whose lock is to be had is
nobody's any more; one without such a file may be about to get it, and is left alone. Where a system has no such locks,
what a killed run leaves stays.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]
_HAS_LOCKS: bool = fcntl is not None

#: How the name of a run's folder begins.
PREFIX: Final = "dasnet-"
_LOCK: Final = "lock"


@contextmanager
def folder_of_a_run() -> Iterator[Path]:
    """A new folder among the system's temporary ones, removed at the end; those that killed runs left are removed now.

    Raises `OSError` where no folder can be made.
    """
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        place = Path(name)
        lock = _locked(place) if _HAS_LOCKS else None
        try:
            if _HAS_LOCKS:
                _remove_abandoned(place)
            yield place
        finally:
            if lock is not None:
                os.close(lock)


# Under another name first: a lock that nobody holds yet must not be found. A file system may have no locks.
def _locked(place: Path) -> int | None:
    lock = os.open(place / f"{_LOCK}.new", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    (place / f"{_LOCK}.new").rename(place / _LOCK)
    return lock


def _remove_abandoned(own: Path) -> None:
    for place in own.parent.glob(f"{PREFIX}*"):
        if place == own:
            continue
        try:
            lock = os.open(place / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue  # no folder of a run, or somebody else's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place, ignore_errors=True)
        except OSError:
            pass  # its run goes on
        finally:
            os.close(lock)
