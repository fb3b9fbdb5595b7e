"""From the name of a host to its addresses, within a time. Asks the system; opens no socket of its own.

A literal and "localhost" need no look-up. Any other name is looked up on a thread, since no system lets that call be
given a time; a look-up that takes too long is left to end by itself, and its answer is not waited for.
"""

from __future__ import annotations

import errno
import socket
import threading
from typing import Any, Final

#: A family and an address, as the socket module wants them.
Address = tuple[int, Any]

_LOCALHOST: Final = ("127.0.0.1", "::1")


class LookUp:
    """The addresses of a host, known at once or by and by.

    Arguments: `host`, a literal or a name; `port`, 1 to 65535. Raises `OSError` for what can be no name of a host.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._found: list[Address] = []
        self._thread: threading.Thread | None = None
        if not host or "\0" in host:
            raise OSError(errno.EINVAL, f"{host!r} is no name of a host")
        for literal in _LOCALHOST if host.lower() == "localhost" else (host,):
            self._found += _addresses(literal, port, socket.AI_NUMERICHOST)
        if not self._found:
            self._thread = threading.Thread(target=self._look_up, args=(port,), name=f"look-up of {host}", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for the answer; whether it is there."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    @property
    def addresses(self) -> list[Address]:
        """The addresses, in the order in which they are to be tried. Raises `OSError` if there are none."""
        if not self._found:
            raise OSError(errno.EADDRNOTAVAIL, f"host {self._host!r} has no address that is known here")
        return self._found

    def _look_up(self, port: int) -> None:
        self._found = _addresses(self._host, port, 0)


# None at all for a name that is not known, or cannot be one.
def _addresses(host: str, port: int, flags: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError, ValueError):
        return []
    return [(family, address) for family, _, _, _, address in found]
