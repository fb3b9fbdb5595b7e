"""Section client-lifetime: memory and threads that grow, and descriptors that the process has many of, or none.

`suite/memory.py` tells how memory is counted. What is not told by system or driver is not asked; nor are descriptors of
a process that is not the suite's.
"""

from __future__ import annotations

from dasnet_adapters.contract import CLASS_CLIENT_SILENT, Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import connect, connected_client, join, made_client, serves_again, talk
from dasnet_conformance.stage.descriptors import needs_shared_connection, none_left, taken_up_to
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.suite.memory import flood, memory_comes_to_rest, number_stays

#: Rounds of a block: connections, each with a connect that fails.
CONNECTIONS = 12
#: Bytes of a block: what is kept of them for good is more than a block may grow by.
FLOOD = 2 << 20
#: Where a set of descriptors of fixed size ends, and how many the check itself needs beyond that.
SET_SIZE = 1_024
ROOM = 100


@check("client-lifetime.memory-per-connection")
def test_memory_per_connection(host: Host) -> None:
    """Some eighty kibibytes of each are allowed to stay: less than a buffer, more than what the suite notes."""
    client, listener, nobody = made_client(host), listen(host), listen(host, "refuse")

    def connection() -> None:
        connect(client, nobody, SHORT_TIMEOUT)
        peer = join(client, listener)
        talk(host, client, peer)
        client.close()
        host.await_closed(peer, client)
        host.dismiss(peer)

    memory_comes_to_rest(host, connection, CONNECTIONS, f"{CONNECTIONS} connections, and as many that were refused,")


@check("client-lifetime.memory-per-byte")
def test_memory_per_byte(host: Host) -> None:
    """A program that fetches files all day. It overrides no callback: nothing but the client can keep a byte."""
    client, peer = connected_client(host, CLASS_CLIENT_SILENT)
    memory_comes_to_rest(host, lambda: flood(host, client, peer, FLOOD), 1, f"{FLOOD >> 20} MiB of the server each")


@check("client-lifetime.threads-per-connection")
def test_threads_per_connection(host: Host) -> None:
    """A thread for a connection is fine; it ends with it."""
    client, listener = made_client(host), listen(host)

    def connection() -> None:
        peer = join(client, listener)
        client.close()
        host.await_closed(peer, client)
        host.dismiss(peer)

    number_stays(host, "threads", connection, "a connection")


@check("client-lifetime.high-descriptors")
def test_high_descriptors(host: Host) -> None:
    """A connection of before, and one whose descriptor is beyond the end of a set of them."""
    early, peer = connected_client(host)
    needs_shared_connection(peer)
    with taken_up_to(SET_SIZE, ROOM):
        talk(host, early, peer)
        serves_again(host, made_client(host))


@check("client-lifetime.no-descriptor")
def test_no_descriptor(host: Host) -> None:
    """A connect that finds none, then the same object once more. Who keeps one in reserve may connect."""
    client, peer = connected_client(host)
    needs_shared_connection(peer)
    late, listener = made_client(host), listen(host)
    with none_left():
        outcome = connect(late, listener)
    if outcome == Value(True):
        talk(host, late, listener.accept())
        host.observe("true")
        return
    host.observe(expect.one_of(outcome, host.allowed(), "connect without a descriptor for the connection"))
    expect.returns(late.is_connected(), False, "is_connected after it")
    serves_again(host, late)
    talk(host, client, peer)
