"""The model by itself: an open object and its connections, to which events are told without a server. No sockets."""

from __future__ import annotations

from dasnet_adapters.contract import Event, Value
from dasnet_conformance.explore.shared.content import stream
from dasnet_conformance.explore.tcp.server_model.hearing import Call, Hearing
from dasnet_conformance.explore.tcp.server_model.state import Connection, Handle, ModelObject, State


class Wire:
    """A peer's end of a connection that does nothing."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.closed: str | None = None
        self.reading = True
        self.unsent = 0


class Scene:
    """An open object 1 with connections of which the first are its client, or candidates, and the others wait."""

    def __init__(self, *, clients: int = 0, waiting: int = 0) -> None:
        self.state = State()
        self.object = self.state.objects[1] = ModelObject(1, "A")
        self.state.made(self.object)
        assert self.object.handle is not None
        self.handle: Handle = self.object.handle
        self.handle.state = "listening"
        for serial in range(clients + waiting):
            self.state.connections.append(Connection(serial, serial + 1, Wire()))
        self.handle.client = self.state.connections[:clients]
        self.handle.queue = self.state.connections[clients:]
        self.hearing = Hearing(self.state)

    def hears(self, *events: Event, label: int = 1, call: str = "tick") -> None:
        running = Call(call, 1 if call else 0, self.handle if call else None)
        for event in events:
            self.hearing.event(running, label, event)
        self.hearing.end(running, Value(None))

    def data(self, serial: int, start: int, end: int) -> Event:
        return Event(1, "data", data=stream(serial)[start:end], size=end - start)
