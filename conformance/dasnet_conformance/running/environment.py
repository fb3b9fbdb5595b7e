"""Whether it is the machine's fault, or the caller's, that no peer reaches a server: asked when the first one does not.

It opens loopback sockets of its own, and knows nothing of the implementation but the port that it said it listens on.
"""

from __future__ import annotations

import socket
from typing import Final

from dasnet_conformance.stage.addresses import addresses_of

#: Where else a server of this machine may listen, and how peers are told so.
_LOOPBACKS: Final = ("127.0.0.1", "::1")
#: Seconds for one attempt.
_WAIT: Final = 2.0


def trouble_reaching(peer_host: str, port: int) -> str:
    """What is wrong with the way from peers to a server that says it listens, with the next step; else nothing.

    Arguments: `peer_host`, where peers look for it; `port`, the one that it was told to listen on.
    """
    for other in _LOOPBACKS:
        if other != peer_host.strip("[]") and _answers(other, port):
            return (
                f"nobody answers on port {port} of {peer_host}, and somebody does on {other}: "
                f"give --peer-host {other}, or peer-host in dasnet.toml, if that is where the server listens"
            )
    return trouble_with_loopback(peer_host)


def trouble_with_loopback(peer_host: str) -> str:
    """What is wrong with this machine's own way from peers to a server, with the next step; else nothing.

    Arguments: `peer_host`, where peers look for a server; of another machine nothing is known.
    """
    if peer_host in (*_LOOPBACKS, "localhost") and not _carries(peer_host):
        return f"this machine carries no connection on {peer_host}: see to its loopback device before a port is judged"
    return ""


def _answers(host: str, port: int) -> bool:
    for family, address in addresses_of(host, port):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.settimeout(_WAIT)
                probe.connect(address)
                return True
        except OSError:
            continue
    return False


# Whether a listener of our own is reached there.
def _carries(host: str) -> bool:
    for family, address in addresses_of(host, 0):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as listener:
                listener.bind(address)
                listener.listen(1)
                if _answers(host, listener.getsockname()[1]):
                    return True
        except OSError:
            continue
    return False
