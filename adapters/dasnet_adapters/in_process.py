"""The adapter `python:MODULE`: judges a Python module that offers the documented API, in this process.

`python:MODULE:NAME` judges an object of that module which offers the API as a module would.

No process, no pipe: the fastest way to an implementation in Python. A call that hangs is interrupted where the system
has timer signals; a module that swallows that, or kills the process, takes the run with it, and the same module behind
the line protocol (`driver:`) does not. May import the standard library and the host beside it.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import pkgutil
import sys
import threading
import time
from typing import Any

from .contract import CORE, LOWLEVEL, AdapterBroken, Answer, Command, Description, Event
from .hints import HINTS
from .interruption import interrupted_after
from .patience import DEFAULT_DEADLINE, Patience
from .python_api import CLASSES_OF, find_shortcomings
from .python_host import PythonHost
from .python_recording import PythonModule, offered_classes
from .python_stacks import frames_of, other_threads


def load_module(name: str) -> PythonModule:
    """Import a module and look at what it, or the object in it that the name goes on to, offers.

    Arguments: `name`, dotted, perhaps with a colon and the name of an object behind it. Raises `AdapterBroken` (culprit
    "caller", one line) when it cannot be imported, has no such object or offers no documented class.
    """
    path, _, attribute = name.partition(":")
    try:
        module: Any = importlib.import_module(path)
    except (Exception, SystemExit) as error:
        said = " ".join(str(error).split())
        where = frames_of(error.__traceback__)
        own = [line for line in where if "importlib" not in line]
        raise AdapterBroken(
            f"module {path} cannot be imported: {type(error).__name__}: {said}",
            culprit="caller",
            hint=_meant(path, error)
            or "check its name, that it is installed here or on PYTHONPATH, and that it imports by itself",
            exchange="\n".join(own),
        ) from error
    if attribute:
        try:
            module = getattr(module, attribute)
        except AttributeError as error:
            raise AdapterBroken(
                f"module {path} has no {attribute}: {error}",
                culprit="caller",
                hint="what stands after the second colon names an object in the module that offers the documented API",
            ) from error
    return PythonModule(module, name)


# What to try when no module has that name, if one has a name that is near.
def _meant(path: str, error: BaseException) -> str:
    top = path.partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or error.name != top:
        return ""
    close = difflib.get_close_matches(top, [module.name for module in pkgutil.iter_modules()], 1)
    return f"did you mean {path.replace(top, close[0], 1)}?" if close else ""


def describe_module(module: Any, name: str) -> Description:
    """What a module says of itself: `IMPLEMENTATION_NAME`, `__version__` and `PROFILES`, each with a default."""
    top = name.partition(":")[0].partition(".")[0]
    version = getattr(module, "__version__", None) or getattr(sys.modules.get(top), "__version__", None)
    return Description(
        name=str(getattr(module, "IMPLEMENTATION_NAME", top)),
        version=str(version or "unknown"),
        language=f"Python {sys.version_info.major}.{sys.version_info.minor}",
        profiles=tuple(module.PROFILES) if hasattr(module, "PROFILES") else _profiles_of(module),
    )


# What a module claims that says nothing of it: the server of the documentation, or where it has none what it has.
def _profiles_of(module: Any) -> tuple[str, ...]:
    offered = offered_classes(module)
    if "Server" in offered or not offered:
        return CORE, LOWLEVEL
    return tuple(profile for profile, (owner, _) in CLASSES_OF.items() if owner in offered)


class _TooLong(BaseException):
    """A command took longer than its deadline. No `Exception`, so that the module cannot swallow it by accident."""


# Where it hung, a line each, from the module's first frame on, and then where its other threads stand.
def _stack_of(interrupted: BaseException, known: frozenset[int]) -> str:
    return "\n".join((*frames_of(interrupted.__traceback__), *other_threads(known)))


class InProcessSession:
    """One run of commands against the module, with objects of its own."""

    def __init__(self, host: PythonHost, patience: Patience, known_threads: frozenset[int] = frozenset()) -> None:
        self._host = host
        self._patience = patience
        self._known_threads = known_threads
        self._notes: list[str] = []
        self._closed = False

    def call(self, command: Command) -> Answer:
        """Carry out one command and return its answer.

        Raises `AdapterBroken` after `close`, and for a call of the module that does not come back, with its stack.
        """
        if self._closed:
            raise AdapterBroken("the session is closed", culprit="caller", hint="open another session")
        seconds = self._patience.seconds(command.name)
        started = time.monotonic()
        try:
            with interrupted_after(seconds or 0, _TooLong, burst=True):
                answer = self._host.execute(command)
        except _TooLong as interrupted:
            self._patience.hung(command.name)
            raise AdapterBroken(
                f"{command.name} did not return within {seconds:g} s",
                culprit="implementation",
                hint=HINTS["hanging-call"].text,
                exchange=_stack_of(interrupted, self._known_threads),
                hanging=command.name,
            ) from None
        self._patience.returned(command.name, time.monotonic() - started)
        return answer

    def stray_events(self) -> tuple[Event, ...]:
        """The callbacks that fired while no command ran, or on another thread, since this was last asked."""
        return self._host.stray_events()

    def diagnostics(self) -> str:
        """What failed while objects were destroyed, a line each; empty before `close`."""
        return "\n".join(self._notes)

    def close(self) -> None:
        """Destroy every object and orphan, even when some of them fail to go. May be called twice.

        Raises `AdapterBroken` when one of them does not come back from it, with its stack.
        """
        if self._closed:
            return
        self._closed = True
        seconds = self._patience.seconds("destroy")
        try:
            with interrupted_after(seconds or 0, _TooLong):
                self._notes.extend(self._host.reset())
        except _TooLong as interrupted:
            self._patience.hung("destroy")
            raise AdapterBroken(
                f"destroying what the check left did not return within {seconds:g} s",
                culprit="implementation",
                hint=HINTS["hanging-call"].text,
                exchange=_stack_of(interrupted, self._known_threads),
                hanging="destroy",
            ) from None


class InProcessAdapter:
    """The way to one Python module.

    Arguments: `name`, the dotted name of the module, imported on first use; `peer_host`, the address at which peers
    reach a listening server; `deadline`, seconds for one command, None for no end.
    """

    reached = "in-process"

    def __init__(self, name: str, *, peer_host: str = "127.0.0.1", deadline: float | None = DEFAULT_DEADLINE) -> None:
        self.peer_host = peer_host
        self._patience = Patience(deadline)
        self._name = name
        self._module: PythonModule | None = None
        self._sessions: list[InProcessSession] = []
        # Threads that are there before the module are none of its own.
        self._known_threads = frozenset(thread.ident or 0 for thread in threading.enumerate())

    @property
    def patience(self) -> Patience:
        """What has been learnt of how long calls take."""
        return self._patience

    def describe(self) -> Description:
        """Name, version, language and profiles. Raises `AdapterBroken` when the module cannot be imported."""
        return describe_module(self._load().module, self._name)

    def shortcomings(self) -> tuple[str, ...]:
        """What the module lacks of what it claims, a phrase each. Raises `AdapterBroken` when it cannot be imported."""
        return find_shortcomings(self._load().module, self.describe().profiles)

    def open_session(self) -> InProcessSession:
        """A fresh session. Raises `AdapterBroken` when the module cannot be imported."""
        session = InProcessSession(PythonHost(self._load()), self._patience, self._known_threads)
        self._sessions = [held for held in self._sessions if not held._closed]
        self._sessions.append(session)
        return session

    def close(self) -> None:
        """Close the sessions that are still open. May be called twice."""
        while self._sessions:
            with contextlib.suppress(AdapterBroken):  # whoever let go of them without closing has heard enough
                self._sessions.pop().close()

    def _load(self) -> PythonModule:
        if self._module is None:
            self._module = load_module(self._name)
        return self._module
