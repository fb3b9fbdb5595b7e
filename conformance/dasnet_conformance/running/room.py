"""What a run needs of the machine beside the implementation: a place for its records, and processes of its own.

Where it lacks one of them there is no verdict, and nothing that it was doing is laid to the implementation: a process
that cannot write its records any more ends with `UNRECORDED`, and the run with it.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

#: The exit status of a process of a run that cannot write its records any more.
UNRECORDED: Final = 74

_PROBED: Final = 64 << 10
#: What an error of the system says whose cause is that there are enough processes, descriptors or bytes.
_LACKS: Final = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


class NoRoom(Exception):
    """The machine lacks what a run needs; told in one line, with the next step."""


@contextmanager
def recording() -> Iterator[None]:
    """Within the block temporary files of the run are written. Raises `NoRoom` where that cannot be."""
    try:
        yield
    except OSError as error:
        raise NoRoom(_told(error)) from error


@contextmanager
def starting() -> Iterator[None]:
    """Within the block a process of the run is started. Raises `NoRoom` where that cannot be."""
    try:
        yield
    except OSError as error:
        told = "the run cannot start a process of its own"
        raise NoRoom(f"{told}: {error.strerror}; see to the machine's limits (ulimit -a)") from error


def lack_told(words: str) -> str:
    """What that last line of a process of the run says the machine lacks, with the next step, or nothing."""
    if not any(f"[Errno {number}]" in words for number in _LACKS):
        return ""
    return f"the machine's part: {words}; see to the machine's limits (ulimit -a), or give a smaller number with -n"


def end_unrecorded_like(status: int | None) -> None:
    """End this process with `UNRECORDED` where that is the exit status of one that it started, else do nothing."""
    if status == UNRECORDED:
        os._exit(UNRECORDED)


def insist_on_records(status: int | None, place: Path) -> None:
    """Raise `NoRoom` where that exit status of a process says that it could not write its records any more.

    Arguments: `place`, the folder of the records.
    """
    if status != UNRECORDED:
        return
    with recording(), tempfile.TemporaryFile(dir=place) as probe:
        probe.write(bytes(_PROBED))
        probe.flush()
    raise NoRoom(_told(None))


def _told(error: OSError | None) -> str:
    try:
        place = f" to {tempfile.gettempdir()}"
    except FileNotFoundError:
        place = ""
    why = "there was no room for a moment" if error is None else error.strerror or os.strerror(error.errno or 0)
    return f"the records of the run cannot be written{place}: {why}; make room there, or set TMPDIR to another folder"
