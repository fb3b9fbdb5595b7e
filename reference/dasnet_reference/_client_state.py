"""The life of a client's handle: its states, what moves it, and what each state answers. Data only, no input/output.

Rules 1, 3 and 7 of `_state` hold here as well; and these, in place of the others:

1. A connection is made by `connect`, or by the ticks after `start_connect`. Bytes are delivered and a departure is
   noticed inside a tick and nowhere else. Queries change nothing.
2. `connect` is the one call that waits, and no longer than it is told to. Its callbacks come before it returns.
3. Everything the server sent is delivered before its departure, and after a departure another connection may follow.
4. `close` calls nothing back. What `send` had accepted is still sent on by ticks; nothing is read any more.

    IDLE --connect--> CONNECTED --tick: departure, close--> IDLE
      |                   ^
      +--start_connect--> CONNECTING (a tick finishes it, or tells why not: IDLE)

States and happenings are strings underneath, compared by value, because a handle outlives a reload of this module too.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from ._errors import ImpossibleTransitionError


class ClientState(StrEnum):
    """Where a client's handle is in its life."""

    IDLE = "idle"  #: no connection: not yet, or not any more
    CONNECTING = "connecting"  #: `start_connect` is under way
    CONNECTED = "connected"  #: there is a connection, and no tick has noticed its end


class ClientHappening(StrEnum):
    """What can happen to a client's handle."""

    CONNECT_STARTED = "connect started"
    CONNECTED = "connected"
    CONNECT_FAILED = "connect failed"  #: there is nobody, it took too long, or there is a connection already
    SERVER_LEFT = "server left"
    CLOSED = "closed"


class ClientAnswers(NamedTuple):
    """What the one query says."""

    is_connected: bool


#: What follows when something happens in a state. A pair that is missing here is impossible.
CLIENT_TRANSITIONS: Final[dict[tuple[ClientState, ClientHappening], ClientState]] = {
    (ClientState.IDLE, ClientHappening.CONNECT_STARTED): ClientState.CONNECTING,
    (ClientState.IDLE, ClientHappening.CONNECTED): ClientState.CONNECTED,
    (ClientState.IDLE, ClientHappening.CONNECT_FAILED): ClientState.IDLE,
    (ClientState.IDLE, ClientHappening.CLOSED): ClientState.IDLE,
    (ClientState.CONNECTING, ClientHappening.CONNECTED): ClientState.CONNECTED,
    (ClientState.CONNECTING, ClientHappening.CONNECT_FAILED): ClientState.IDLE,
    (ClientState.CONNECTING, ClientHappening.CLOSED): ClientState.IDLE,
    (ClientState.CONNECTED, ClientHappening.SERVER_LEFT): ClientState.IDLE,
    (ClientState.CONNECTED, ClientHappening.CLOSED): ClientState.IDLE,
}

#: What the query answers in each state.
CLIENT_ANSWERS: Final[dict[ClientState, ClientAnswers]] = {
    ClientState.IDLE: ClientAnswers(is_connected=False),
    ClientState.CONNECTING: ClientAnswers(is_connected=False),
    ClientState.CONNECTED: ClientAnswers(is_connected=True),
}

#: What an object answers that holds no handle.
CLIENT_WITHOUT_HANDLE: Final = ClientAnswers(is_connected=False)


def client_after(state: ClientState, happening: ClientHappening) -> ClientState:
    """The state that follows. Raises `ImpossibleTransitionError` for a pair that the table does not hold."""
    try:
        return CLIENT_TRANSITIONS[state, happening]
    except KeyError:
        raise ImpossibleTransitionError(state, happening) from None
