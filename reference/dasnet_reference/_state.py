"""The life of a handle: its states, what moves it, and what each state answers. Data only, no input/output.

Rules, which the handle keeps and everything else may rely on:

1. A handle is in exactly one `State`. Only `TRANSITIONS` moves it; a pair that is not in the table cannot happen, and
   `after` raises `ImpossibleTransitionError` for it.
2. Clients are taken, bytes delivered and departures noticed inside a tick and nowhere else. Queries change nothing.
3. The state changes first, the callback comes second. A callback therefore sees the new state, and an exception that it
   raises finds the handle in order.
4. A handle has one client at most. While it has one it does not look at its listener: the next client waits in the
   kernel's queue, and what it sent early waits with it.
5. Everything a client sent is delivered before its departure, and a departure ends the tick, so that the host sees
   `is_connected` false between two clients.
6. Saving and restoring move a handle between owners; they change no state and call nothing back. A handle without an
   owner delivers nothing and loses nothing: what arrives stays in the kernel.
7. Whatever a callback does to its handle (save, close, another owner) ends the delivery of the running tick at once.

Theory of operation. The object a user derives from `Server` is short-lived: a reload of its script replaces it. The
handle is what lives on, with the listener, the client and the bytes still to be sent. Hence the handle is the one with
a state, the object merely asks it, and the two meet only in the owner (weak, from handle to object) and the field
`_server` (strong, from object to handle). Dropping the last object thus drops the handle and frees the port.

    MADE --init--> LISTENING --tick: client--> CONNECTED
                       ^                           |
                       +-----tick: departure-------+        close() leads from anywhere to CLOSED

An object without a handle is no state of a handle; it answers `WITHOUT_HANDLE`.

States and happenings are strings underneath, compared by value, because a handle outlives a reload of this module too.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from ._errors import ImpossibleTransitionError


class State(StrEnum):
    """Where a handle is in its life."""

    MADE = "made"  #: bound to an object, no socket yet
    LISTENING = "listening"  #: the listener is open, no client taken
    CONNECTED = "connected"  #: a tick has taken a client, and none has noticed its departure
    CLOSED = "closed"  #: no sockets any more, for good


class Happening(StrEnum):
    """What can happen to a handle."""

    INIT_SUCCEEDED = "init succeeded"
    INIT_FAILED = "init failed"  #: the port cannot be had, or the handle is open already
    CLIENT_TAKEN = "client taken"
    CLIENT_LEFT = "client left"
    SAVED = "saved"  #: moved into an orphan, so it has no owner now
    RESTORED = "restored"  #: bound to an object, the same or another
    CLOSED = "closed"


class Answers(NamedTuple):
    """What the three queries say."""

    has_session: bool
    is_open: bool
    is_connected: bool


#: What follows when something happens in a state. A pair that is missing here is impossible.
TRANSITIONS: Final[dict[tuple[State, Happening], State]] = {
    (State.MADE, Happening.INIT_SUCCEEDED): State.LISTENING,
    (State.MADE, Happening.INIT_FAILED): State.MADE,
    (State.MADE, Happening.SAVED): State.MADE,
    (State.MADE, Happening.RESTORED): State.MADE,
    (State.MADE, Happening.CLOSED): State.CLOSED,
    (State.LISTENING, Happening.INIT_FAILED): State.LISTENING,
    (State.LISTENING, Happening.CLIENT_TAKEN): State.CONNECTED,
    (State.LISTENING, Happening.SAVED): State.LISTENING,
    (State.LISTENING, Happening.RESTORED): State.LISTENING,
    (State.LISTENING, Happening.CLOSED): State.CLOSED,
    (State.CONNECTED, Happening.INIT_FAILED): State.CONNECTED,
    (State.CONNECTED, Happening.CLIENT_LEFT): State.LISTENING,
    (State.CONNECTED, Happening.SAVED): State.CONNECTED,
    (State.CONNECTED, Happening.RESTORED): State.CONNECTED,
    (State.CONNECTED, Happening.CLOSED): State.CLOSED,
    (State.CLOSED, Happening.CLOSED): State.CLOSED,
}

#: What the queries answer in each state.
ANSWERS: Final[dict[State, Answers]] = {
    State.MADE: Answers(has_session=False, is_open=False, is_connected=False),
    State.LISTENING: Answers(has_session=False, is_open=True, is_connected=False),
    State.CONNECTED: Answers(has_session=True, is_open=True, is_connected=True),
    State.CLOSED: Answers(has_session=False, is_open=False, is_connected=False),
}

#: What an object answers that holds no handle: never given one, or saved, or closed.
WITHOUT_HANDLE: Final = Answers(has_session=False, is_open=False, is_connected=False)


def after(state: State, happening: Happening) -> State:
    """The state that follows. Raises `ImpossibleTransitionError` for a pair that the table does not hold."""
    try:
        return TRANSITIONS[state, happening]
    except KeyError:
        raise ImpossibleTransitionError(state, happening) from None
