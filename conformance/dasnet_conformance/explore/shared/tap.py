"""A session as the world has it: the last call's events are kept in order, and no call takes for ever."""

from __future__ import annotations

from dasnet_adapters.contract import Answer, Command, Event, Session
from dasnet_conformance.stage.deadline import deadline


class Tap:
    """A session that keeps what the last call led to, in order.

    Arguments: `call_bound`, seconds after which a call counts as one that never returns and raises `TimeIsUp`.
    """

    def __init__(self, session: Session, call_bound: float) -> None:
        self._session = session
        self._bound = call_bound
        self.last: tuple[Event, ...] = ()
        self.strays: list[Event] = []

    def call(self, command: Command) -> Answer:
        """As of the session; raises `TimeIsUp` after the bound."""
        self.last = ()
        with deadline(self._bound):
            answer = self._session.call(command)
        self.last = answer.events
        return answer

    def stray_events(self) -> tuple[Event, ...]:
        """As of the session; they are kept as well."""
        strays = self._session.stray_events()
        self.strays += strays
        return strays

    def diagnostics(self) -> str:
        """As of the session."""
        return self._session.diagnostics()

    def close(self) -> None:
        """As of the session."""
        self._session.close()
