"""The reference with some of its answers changed, as an adapter within the test. Loopback sockets, as the reference."""

from __future__ import annotations

from collections.abc import Callable

from dasnet_adapters import resolve
from dasnet_adapters.contract import Adapter, Answer, Command, Description, Session

Change = Callable[[Command], Answer]


class Changed:
    """A session whose answers to some commands are changed; `close` may be replaced as a whole."""

    def __init__(self, session: Session, changes: dict[str, Change], closing: list[Callable[[], object]]) -> None:
        self._session = session
        self._changes = changes
        self._closing = closing

    def call(self, command: Command) -> Answer:
        change = self._changes.get(command.name)
        return change(command) if change else self._session.call(command)

    def close(self) -> None:
        self._session.close()
        if self._closing:
            self._closing.pop()()

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)


class Wrong:
    """The way to the reference with some answers changed."""

    def __init__(self, *closing: Callable[[], object], **changes: Change) -> None:
        self._adapter: Adapter = resolve("reference")
        self._changes = changes
        self._closing = list(closing)
        self.peer_host = self._adapter.peer_host
        self.reached = self._adapter.reached

    def describe(self) -> Description:
        return self._adapter.describe()

    def open_session(self) -> Changed:
        return Changed(self._adapter.open_session(), self._changes, self._closing)
