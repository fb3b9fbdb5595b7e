"""Variations of the sound server that no fault of the catalogue has: some wrong, some merely unusual.

Each is addressed as `python:odd_servers:NAME`, where the name is the class's in lower case with underscores.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dasnet_adapters.contract import Adapter, Answer, Command, Description, Event, Session
from dasnet_conformance.proof.faults.core.restore import Reloaded
from dasnet_conformance.proof.faults.sound import Implementation
from dasnet_conformance.proof.faults.sound_handle import Handle


class GreetsAtDeparture(Handle):
    """Wrong: a departure is followed by a connect for nobody."""

    def depart(self) -> None:
        super().depart()
        self.tell_connect()


class RefusesQueriesInTicks(Handle):
    """Wrong: whether it is open cannot be asked while it ticks."""

    def is_open(self) -> bool:
        if self.ticking:
            raise RuntimeError("not now")
        return super().is_open()


class ReportsLivingClient(Handle):
    """Wrong: a client that says nothing is told to have left, and is kept."""

    reported = False

    def read(self) -> bytes | None:
        data = super().read()
        if data is None and not self.reported:
            self.reported = True
            self.tell_disconnect()
        return data


class ReportsRestoredClient(Reloaded):
    """Wrong: after a restore the client that is there is told to have left."""

    due = False

    def reloaded(self) -> None:
        self.due = True

    def turn(self) -> None:
        if self.due and self.client is not None:
            self.due = False
            self.tell_disconnect()
        super().turn()


class DeliversPastTheSave(Handle):
    """Wrong: a packet is told in halves, to whoever owned the handle when it came."""

    def tell_data(self, data: bytes) -> None:
        owner, half = self.owner, len(data) // 2
        for part in (data[:half], data[half:]):
            owner.on_data(part)


class ClosesPortWhileServing(Handle):
    """Wrong: with its first client it closes its port, and says that it is open."""

    def adopt(self, client: Any) -> None:
        super().adopt(client)
        self.close_listener()

    def is_open(self) -> bool:
        return True


class ClosesPortAtRestore(Reloaded):
    """Wrong: a restore closes the port, and it says that it is open."""

    def reloaded(self) -> None:
        self.close_listener()

    def is_open(self) -> bool:
        return True


class WritesToThoseWhoWait(Handle):
    """Wrong: a new connection is written to before it is told of, which happens in the tick after."""

    welcome = b"welcome"
    held: Any = None

    def take_waiting(self) -> Any:
        if self.held is None:
            self.held = super().take_waiting()
            if self.held is not None:
                self.held.send(self.welcome)
            return None
        held, self.held = self.held, None
        return held

    def close(self) -> None:
        super().close()
        if self.held is not None:
            self.held.close()
            self.held = None


class WritesToThoseWhoWaitNext(WritesToThoseWhoWait):
    """Wrong: the same, but for the first client."""

    welcome = b""

    def depart(self) -> None:
        super().depart()
        self.welcome = b"welcome"


class TickFails(Handle):
    """Wrong: a tick without a client raises."""

    def take_waiting(self) -> Any:
        client = super().take_waiting()
        if client is None and self.listener is not None:
            raise RuntimeError("nobody there")
        return client


class FailsAfterRaise(Handle):
    """Unusual: the tick after one whose callback raised fails as well."""

    failing = False

    def tick(self) -> None:
        if self.failing:
            self.failing = False
            raise RuntimeError("the last tick failed")
        self.failing = True
        super().tick()
        self.failing = False


class TellsAgainAfterRaise(Handle):
    """Wrong: a connect or disconnect callback that raised is called again by the next tick."""

    owed = ""

    def tell_connect(self) -> None:
        self.owed = "connect"
        super().tell_connect()
        self.owed = ""

    def tell_disconnect(self) -> None:
        self.owed = "disconnect"
        super().tell_disconnect()
        self.owed = ""

    def turn(self) -> None:
        if self.owed:
            {"connect": self.tell_connect, "disconnect": self.tell_disconnect}[self.owed]()
        super().turn()


class DropsClientAtRaise(Handle):
    """Unusual: a client whose callback raised is closed without a word."""

    def turn(self) -> None:
        try:
            super().turn()
        except Exception:
            self.drop_client()
            raise


class SmallQueue(Handle):
    """Unusual: no more than a mebibyte may wait for a client, and a send beyond that is refused."""

    QUEUE_LIMIT = 1 << 20


class FarewellAfterDestroy(Handle):
    """Unusual: an object that is destroyed inside a callback of data hears of the departure when that has returned."""

    FAREWELLS = 1

    def tell_data(self, data: bytes) -> None:
        owner = self.owner
        super().tell_data(data)
        if self.owner is None:
            for _ in range(self.FAREWELLS):
                owner.on_disconnect()


class TwoFarewellsAfterDestroy(FarewellAfterDestroy):
    """Wrong: it hears of the departure twice."""

    FAREWELLS = 2


class CannotBeDestroyed(Handle):
    """Wrong: to destroy it takes for ever."""

    def close(self) -> None:
        super().close()
        threading.Event().wait()


class KilledInTick(Handle):
    """Wrong: a tick of an open server is ended by the system."""

    def turn(self) -> None:
        if self.listener is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        super().turn()


class DiesTheFirstTime(Handle):
    """Wrong: it dies in a tick unless the file that the environment names is there, which it leaves behind."""

    def turn(self) -> None:
        mark = Path(os.environ["ODD_SERVERS_MARK"])
        if not mark.exists():
            mark.touch()
            os._exit(9)
        super().turn()


class FreezesInTick(Handle):
    """Wrong: a tick of an open server never returns and lets no signal interrupt it."""

    def turn(self) -> None:
        if self.listener is not None:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            threading.Event().wait()
        super().turn()


def __getattr__(name: str) -> Implementation:
    kind = globals().get(name.title().replace("_", ""))
    if isinstance(kind, type) and issubclass(kind, Handle):
        return Implementation(name, handle=kind)
    raise AttributeError(name)


class Between:
    """An adapter that lets a function have its say on every answer, and on what fires between two commands."""

    def __init__(
        self,
        adapter: Adapter,
        answer: Callable[[Command, Answer], Answer] = lambda _, answer: answer,
        strays: Callable[[], tuple[Event, ...]] = tuple,
    ) -> None:
        self.peer_host = adapter.peer_host
        self.reached = adapter.reached
        self._adapter = adapter
        self._answer = answer
        self._strays = strays

    def describe(self) -> Description:
        return self._adapter.describe()

    def open_session(self) -> Session:
        return _BetweenSession(self._adapter.open_session(), self._answer, self._strays)

    def close(self) -> None:
        self._adapter.close()


class _BetweenSession:
    def __init__(
        self,
        session: Session,
        answer: Callable[[Command, Answer], Answer],
        strays: Callable[[], tuple[Event, ...]],
    ) -> None:
        self._session = session
        self._answer = answer
        self._strays = strays

    def call(self, command: Command) -> Answer:
        return self._answer(command, self._session.call(command))

    def stray_events(self) -> tuple[Event, ...]:
        return (*self._session.stray_events(), *self._strays())

    def diagnostics(self) -> str:
        return self._session.diagnostics()

    def close(self) -> None:
        self._session.close()
