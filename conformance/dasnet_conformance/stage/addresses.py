"""From the host that peers are told to the addresses they try, of either family. It asks the system's resolver only."""

from __future__ import annotations

import socket
from functools import cache
from typing import Any

from dasnet_adapters.contract import AdapterBroken


def addresses_of(host: str, port: int) -> list[tuple[int, Any]]:
    """Where a port of a host is to be reached: family and address for each, in the order of the system.

    Arguments: `host`, a name or an address of either family, in brackets or without. Raises `AdapterBroken` (culprit
    "caller") for a host that has no address.
    """
    # An address of the sixth protocol has two numbers more behind the port.
    return [(family, (address[0], port, *address[2:])) for family, address in _resolved(host)]


# Once for each host: a run connects thousands of times, and a name may cost a question to another machine.
@cache
def _resolved(host: str) -> tuple[tuple[int, Any], ...]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), 0, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AdapterBroken(
            f"peers find no address of {host!r}: {error}",
            culprit="caller",
            hint="name a host that this machine knows, or its address, with --peer-host or peer-host in dasnet.toml",
        ) from error
    return tuple(dict.fromkeys((family, address) for family, _, _, _, address in found))
