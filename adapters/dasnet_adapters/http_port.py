"""The adapter `http-port:HOST:PORT`: an HTTP server that runs already, judged by what can be seen from outside.

It needs no driver: the one command of the profile `http-port` asks for the port. Nothing is called back, nothing is
ticked; the peers of the suite connect to the server and look at its answers. May import the standard library and the
contract.
"""

from __future__ import annotations

import http.client
import socket

from .contract import FROM_OUTSIDE, HTTP_PORT, AdapterBroken, Answer, Command, Description, Event, Unsupported, Value

#: Seconds in which a server that is there answers its first request.
_FIRST_ANSWER = 10.0


class HttpPortSession:
    """A run of commands, of which the port is the only one that there is."""

    def __init__(self, port: int) -> None:
        self._port = port

    def call(self, command: Command) -> Answer:
        """The port, for the command that asks for it."""
        if command.name == "http_port":
            return Answer(Value(self._port))
        return Answer(Unsupported("a server that is seen from outside has no such part"))

    def stray_events(self) -> tuple[Event, ...]:
        """None: nothing is called back."""
        return ()

    def diagnostics(self) -> str:
        """Nothing is known of what the server writes."""
        return ""

    def close(self) -> None:
        """Nothing to end: the server was there before."""


class HttpPortAdapter:
    """The way to a server that listens. Arguments: `host` and `port`, where it does."""

    reached = FROM_OUTSIDE

    def __init__(self, host: str, port: int) -> None:
        self.peer_host = host
        self._port = port

    def describe(self) -> Description:
        """What the server says of itself in its field Server. Raises `AdapterBroken` where nobody answers."""
        connection = http.client.HTTPConnection(self.peer_host, self._port, timeout=_FIRST_ANSWER)
        where = f"{self.peer_host}:{self._port}"
        try:
            connection.request("GET", "/")
            said = connection.getresponse().getheader("Server") or ""
        except (OSError, http.client.HTTPException, socket.gaierror) as error:
            raise AdapterBroken(
                f"{where} gives no answer to GET /: {error or type(error).__name__}",
                culprit="caller",
                hint="start the server first, and see that a browser gets an answer there",
            ) from error
        finally:
            connection.close()
        name, _, version = said.partition(" ")[0].partition("/")
        return Description(name or where, version or "unknown", "unknown", (HTTP_PORT,))

    def open_session(self) -> HttpPortSession:
        """A session; nothing is started."""
        return HttpPortSession(self._port)

    def close(self) -> None:
        """Nothing to let go of."""
