"""Judges the mutant in the current directory by the conformance suite: exit status 0 for a survivor, 1 for a kill.

The mutant is the package `dasnet_reference` here, beside `pristine/dasnet_reference`, from which it differs in a file.
The checks are run by `dasnet_conformance.running.direct`, in an order that most mutants do not survive for long, and
the first MUST or SHOULD that does not pass ends it. Patience is scaled as for the kill matrix, since failing checks
are what is expected; that a failure is one of the mutant and not of the moment is confirmed by a second run of the
check.

Loading the suite takes longer than most mutants live. So `--serve` loads it once and then judges for whoever asks by
the socket here, in a copy of itself; without such a process the script loads the suite and judges by itself.
"""

from __future__ import annotations

import functools
import importlib
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

PACKAGE: Final = "dasnet_reference"

#: Where the process listens that has the suite loaded.
SOCKET: Final = "judge.sock"

#: Seconds for one case: twenty times what the slowest takes a conforming server.
DEADLINE: Final = 5.0

#: Broad checks, which exercise much; they come first, the others follow in the order of the suite.
FIRST: Final = (
    "client-callbacks.order",
    "connect.inside-disconnect",
    "client-send.stalled-accepted-arrives",
    "client-data.send-and-leave",
    "close.accepted-arrives",
    "connect.refused-reports",
    "client-connect.agrees",
    "lowlevel.mixes-with-methods",
    "tick.second-client-early-data",
    "send.stalled-accepted-arrives",
    "restore.ten-times",
    "restore.other-class",
    "data.abortive-close",
    "send.first-size-bytes",
    "callbacks.order",
    "callbacks.raise-keeps-serving",
    "save.without-handle",
)

#: Files that the client's half alone runs, by how their names begin: their mutants are judged by its profiles, since
#: no check of another one comes there. Mutants of all other files are judged by every profile.
CLIENT_FILES: Final = ("_client", "_network_client", "_resolve")
CLIENT_PROFILES: Final = ("client", "client-lowlevel")

#: Words of the answer that are no requirement's name. `BROKEN` is a mistake of this script and no kill.
NO_PROGRAM: Final = "no program"
UNIMPORTABLE: Final = "unimportable"
DIED: Final = "died"
BROKEN: Final = "broken"
SURVIVED: Final = "survived"

#: What to hide of the select module, so that the package falls back to what other systems have.
EPOLL: Final = ()
POLL: Final = ("epoll",)
SELECT: Final = ("epoll", "poll")

#: What no program with select alone can do, the suite's own peers included: descriptors from 1,024 on.
BEYOND_SELECT: Final = ("process.high-descriptors",)

#: How a mutant of a file is reached: through which module, and on what kind of system. Others by `USUAL`.
USUAL: Final = ((PACKAGE, EPOLL),)
EVERY_POLLER: Final = ((PACKAGE, EPOLL), (PACKAGE, POLL), (PACKAGE, SELECT))
WAYS: Final = {
    "_endpoint.py": EVERY_POLLER,
    "_poller.py": EVERY_POLLER,
}


def main() -> int:
    """Judge, or have it judged; says in a line what killed the mutant."""
    if sys.argv[1:] == ["--serve"]:
        serve()
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.connect(SOCKET)
        except OSError:
            told = judge(None)
        else:
            told = server.makefile(encoding="utf-8").read() or DIED
    print(told)
    return int(told != SURVIVED)


def serve() -> None:
    """Judge for whoever connects, one after another, until this process is ended."""
    load()
    Path(SOCKET).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(SOCKET)
        listener.listen()
        while True:
            asking, _ = listener.accept()
            with asking:
                try:
                    asking.sendall(judge(asking).encode())
                except OSError:
                    pass  # Nobody waits for it any more.


def load() -> None:
    """Import what every judgement needs; nothing here imports the package that is judged."""
    for name in ("running.direct", "proof.kill_matrix"):
        importlib.import_module(f"dasnet_conformance.{name}")
    importlib.import_module("dasnet_conformance.running.direct").find_cases()


def judge(asking: socket.socket | None) -> str:
    """What killed the mutant that is here now, or `SURVIVED`. Given up when who asks has gone."""
    from dasnet_adapters.contract import PROFILES

    here = Path.cwd()
    changed = [
        path.name
        for path in sorted((here / PACKAGE).glob("*.py"))
        if path.read_bytes() != (here / "pristine" / PACKAGE / path.name).read_bytes()
    ]
    # Without a change, every way there is: the control that a mutant's death is the mutation's doing.
    ways = WAYS.get(changed[0], USUAL) if changed else sorted({*USUAL, *(way for row in WAYS.values() for way in row)})
    for name in changed:
        try:
            compile((here / PACKAGE / name).read_bytes(), name, "exec")
        except SyntaxError:
            return NO_PROGRAM
    profiles = CLIENT_PROFILES if changed and changed[0].startswith(CLIENT_FILES) else tuple(PROFILES)
    for module, hidden in ways:
        told = apart(functools.partial(killer, module, hidden, profiles), asking)
        if told != SURVIVED:
            return told
    return SURVIVED


def apart(act: Callable[[], str], asking: socket.socket | None) -> str:
    """Run in a copy of this process, so that every way finds the package not yet imported; returns what it returns."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        # What a wrong server writes on its way down is nobody's business.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        told = ""
        try:
            told = act()
        except Exception as error:
            told = f"{BROKEN}: {type(error).__name__}: {error}"
        finally:
            # Without the usual farewells: threads and finalizers of a wrong server have no right to delay the end.
            os.write(writing, told.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        # Who asks says nothing; there is something to read when they have gone.
        ready, _, _ = select.select([reading] if asking is None else [reading, asking.fileno()], [], [])
        if reading not in ready:
            os.kill(child, signal.SIGKILL)
        told = pipe.read().decode()
    os.waitpid(child, 0)
    return told or DIED


def killer(module: str, hidden: tuple[str, ...], profiles: tuple[str, ...]) -> str:
    """Run the checks of these profiles; the first requirement that did not pass, with its verdict, or `SURVIVED`."""
    from dasnet_adapters.in_process import InProcessAdapter
    from dasnet_conformance.catalogue.loader import load_catalogue
    from dasnet_conformance.proof.kill_matrix import PATIENCE, PROVED
    from dasnet_conformance.running import direct
    from dasnet_conformance.stage.bounds import patience
    from dasnet_conformance.stage.ports import Ports

    for name in hidden:
        delattr(select, name)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path.cwd()))
    try:
        imported = importlib.import_module(module)
    except Exception as error:
        return f"{UNIMPORTABLE}: {type(error).__name__}: {error}"
    if not Path(str(imported.__file__)).is_relative_to(Path.cwd()):
        return f"{BROKEN}: {imported.__file__} was to be judged, and it is not the copy here"
    requirements = load_catalogue().requirements
    # What lets seconds pass would cost as long for every mutant, and sees limits on time that no mutation makes.
    proved = [
        name
        for name in direct.find_cases()
        if requirements[name].level in PROVED
        and requirements[name].profile in profiles
        and not requirements[name].unhurried
        and not (hidden == SELECT and name in BEYOND_SELECT)
    ]
    ports = Ports()
    with patience(PATIENCE):
        for name in sorted(proved, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST)):
            for _attempt in range(2):
                outcome = direct.run(name, InProcessAdapter(module), ports, seconds=DEADLINE)
                if outcome.verdict == "pass":
                    break
            else:
                return f"{name} {outcome.verdict} {outcome.blocked_by}".rstrip()
    return SURVIVED


if __name__ == "__main__":
    sys.exit(main())
