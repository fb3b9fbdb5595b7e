"""How much one script asks for, and how much an implementation may be asked for before nobody promises anything."""

from __future__ import annotations

from typing import Final

#: Connections in one script.
MOST_CONNECTIONS: Final = 8
#: Bytes that one connection sends at most.
LONGEST_STREAM: Final = 1 << 19
#: Bytes in the buffer of one call at most; a longer send of the host repeats a part of it.
LONGEST_PARCEL: Final = 400_000
#: Bytes that one send of the host has in its buffer at most.
LONGEST_SEND: Final = 15 * LONGEST_PARCEL
#: Ticks or reloads of one step at most.
MOST_AT_ONCE: Final = 100_000
#: Ticks of one step that are asked for one by one, where the driver has no command for many.
MOST_ONE_BY_ONE: Final = 20
#: Bytes that wait for a client, those of the call among them, above which a send may be refused, or the connection be
#: closed: how much is taken at once, nobody promises, but an ordinary message is.
MUCH_AT_ONCE: Final = 1 << 16
#: Bytes sent to a client that does not read, above which an implementation may leave that client's own bytes for later.
SOME_QUEUED: Final = 1 << 15
