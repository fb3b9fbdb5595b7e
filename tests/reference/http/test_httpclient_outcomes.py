"""One outcome for each request of an `HttpClient`, whatever becomes of it: limits in ticks, ends, and reloads."""

from __future__ import annotations

import contextlib
import errno
import re
import socket
import time
from collections.abc import Callable

import pytest
from http_client_tools import OK, PATIENCE, Asker, Server, answered, receive

from dasnet_reference import (
    EmptyOrphanError,
    HttpClient,
    NoHandleError,
    OrphanOccupiedError,
    SharedOrphan,
    WrongHandleError,
    _http_client,
    _http_client_handle,
)


def test_a_deadline_is_counted_in_ticks(ask: Callable[..., Asker], server: Server) -> None:
    asker = ask(deadline_ticks=50)
    asker.request("GET", "/one")
    asker.request("GET", "/two")
    for _ in range(49):
        asker.tick()
    assert asker.outcomes == []
    asker.tick()
    assert asker.outcomes == [(1, errno.ETIMEDOUT), (2, errno.ETIMEDOUT)]


def test_a_stall_is_ticks_without_a_byte(ask: Callable[..., Asker], server: Server) -> None:
    asker = ask(stall_ticks=20)
    asker.request("GET", "/")
    connection = server.take(asker)
    receive(asker, connection)
    for byte in OK[:-1]:
        # However slowly it trickles, it is no stall.
        connection.sendall(bytes((byte,)))
        for _ in range(15):
            asker.tick()
        assert asker.outcomes == []
    for _ in range(20):
        asker.tick()
    assert asker.outcomes == [(1, errno.ETIMEDOUT)]


def test_cancelling(asker: Asker, server: Server) -> None:
    for number in range(3):
        asker.request("GET", f"/{number}")
    connection = server.take(asker)
    receive(asker, connection)
    assert asker.cancel(1)
    assert asker.cancel(3)
    assert not asker.cancel(3)
    assert not asker.cancel(4)
    assert asker.outcomes == []
    asker.tick()
    assert asker.outcomes == [(1, errno.ECANCELED), (3, errno.ECANCELED)]
    connection = server.take(asker)
    assert receive(asker, connection).startswith(b"GET /1 ")
    connection.sendall(OK)
    asker.until(lambda: len(asker.outcomes) == 3)
    assert asker.outcomes[2][:2] == (2, 200)


def test_close_fails_what_was_accepted_and_init_may_follow(asker: Asker, server: Server) -> None:
    asker.request("GET", "/one")
    asker.request("GET", "/two")
    server.take(asker)
    asker.close()
    assert not asker.is_open()
    assert not asker.is_connected()
    assert asker.outcomes == []
    asker.tick()
    assert asker.outcomes == [(1, errno.ECANCELED), (2, errno.ECANCELED)]
    assert asker.request("GET", "/") == 0
    assert asker.init("localhost", server.port)
    assert answered(asker, server, OK)[:2] == (3, 200)


def test_init_is_refused(asker: Asker) -> None:
    assert not asker.init("127.0.0.1", 80)
    asker.close()
    for host, port in (("", 80), ("a b", 80), ("a/b", 80), ("127.0.0.1", 0), ("127.0.0.1", 65536)):
        assert not asker.init(host, port)
    assert len(asker.errors) == 6
    for host, port in ((b"a", 80), ("a", "80"), ("a", True)):
        with pytest.raises(TypeError):
            asker.init(host, port)  # type: ignore[arg-type]
    with pytest.raises(NoHandleError):
        HttpClient().init("127.0.0.1", 80)
    assert HttpClient().request("GET", "/") == 0


def moved(asker: Asker) -> Asker:
    orphan, heir = SharedOrphan(), Asker()
    asker.save(orphan)
    heir.restore(orphan)
    return heir


@pytest.mark.parametrize("at", range(0, len(OK) + 1, 5))
def test_a_response_goes_along_wherever_it_is_cut(asker: Asker, server: Server, at: int) -> None:
    asker.request("GET", "/one")
    asker.request("GET", "/two")
    connection = server.take(asker)
    receive(asker, connection)
    connection.sendall(OK[:at])
    asker.tick()
    with moved(asker) as heir:
        connection.sendall(OK[at:])
        receive(heir, connection)
        connection.sendall(OK)
        heir.until(lambda: len(asker.outcomes) + len(heir.outcomes) == 2)
        assert [outcome[:2] for outcome in asker.outcomes + heir.outcomes] == [(1, 200), (2, 200)]


def test_what_was_to_be_told_is_told_to_the_heir(asker: Asker, server: Server) -> None:
    asker.request("GET", "/")
    asker.cancel(1)
    with moved(asker) as heir:
        asker.tick()
        heir.tick()
        assert (asker.outcomes, heir.outcomes) == ([], [(1, errno.ECANCELED)])


def test_a_callback_that_raises_takes_no_other_outcome_along(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def fail(exchange: int, message: str, code: int) -> None:
        told.append(exchange)
        raise RuntimeError(message)

    monkeypatch.setattr(asker, "on_failure", fail)
    for number in (1, 2):
        asker.request("GET", "/")
        asker.cancel(number)
    for number in (1, 2):
        with pytest.raises(RuntimeError):
            asker.tick()
        assert told == list(range(1, number + 1))


def test_what_callbacks_lead_to_is_for_the_next_tick(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def again(exchange: int, message: str, code: int) -> None:
        told.append(exchange)
        asker.cancel(asker.request("GET", "/"))
        asker.tick()

    monkeypatch.setattr(asker, "on_failure", again)
    asker.cancel(asker.request("GET", "/"))
    for number in range(1, 4):
        asker.tick()
        assert told == list(range(1, number + 1))


def test_errors_of_a_reload(asker: Asker) -> None:
    with pytest.raises(NoHandleError):
        HttpClient().save(SharedOrphan())
    with pytest.raises(EmptyOrphanError):
        asker.restore(SharedOrphan())
    orphan = SharedOrphan()
    asker.save(orphan)
    with Asker() as other:
        other.make_http_client_adapter()
        with pytest.raises(OrphanOccupiedError):
            other.save(orphan)
    from dasnet_reference import HttpServer

    with pytest.raises(WrongHandleError):
        HttpServer().restore(orphan)
    asker.restore(orphan)
    with HttpServer() as site:
        site.make_http_server_adapter()
        site.save(orphan)
        with pytest.raises(WrongHandleError):
            asker.restore(orphan)
        site.restore(orphan)


def test_without_h11_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http_client, "h11", None)
    with pytest.raises(ImportError, match=re.escape("dasnet-conformance[http]")):
        HttpClient()


def test_the_two_halves_in_one_frame_loop(cleanup: contextlib.ExitStack) -> None:
    from http_server_tools import Site

    site = cleanup.enter_context(Site())
    site.make_http_server_adapter()
    assert site.init(0)
    asker = cleanup.enter_context(Asker())
    asker.make_http_client_adapter()
    assert asker.init("localhost", site.port or 0)
    numbers = [asker.request("POST", f"/{number}", (), bytes(number * 1000)) for number in range(100)]
    deadline = time.monotonic() + PATIENCE
    while len(asker.outcomes) < 100:
        assert time.monotonic() < deadline
        site.tick()
        asker.tick()
    assert [(outcome[0], outcome[4].decode()) for outcome in asker.outcomes] == [
        (number, f"/{number - 1}") for number in numbers
    ]
    assert [len(asked.body) for asked in site.asked] == [number * 1000 for number in range(100)]


def test_every_address_of_a_name_is_tried(
    asker: Asker, server: Server, monkeypatch: pytest.MonkeyPatch, cleanup: contextlib.ExitStack
) -> None:
    asker.close()
    assert asker.init("several.example", server.port)
    # Bound, so that nobody else takes the port, and not listening.
    deaf = cleanup.enter_context(socket.socket())
    deaf.bind(("127.0.0.1", 0))
    addresses = [(socket.AF_INET, deaf.getsockname()), (socket.AF_INET, ("127.0.0.1", server.port))]
    monkeypatch.setattr(_http_client_handle, "LookUp", lambda host, port: LookedUp(addresses))
    assert answered(asker, server, OK)[:2] == (1, 200)
    asker.close()
    assert asker.init("several.example", server.port)
    addresses[:] = addresses[:1] * 2
    asker.request("GET", "/")
    asker.until(lambda: len(asker.outcomes) == 2)
    assert asker.outcomes[1] == (2, errno.ECONNREFUSED)


class LookedUp:
    """The answer of a name server, which comes with the third look."""

    def __init__(self, addresses: list[tuple[int, tuple[str, int]]]) -> None:
        self.addresses = addresses
        self.looks = 0

    def wait(self, seconds: float) -> bool:
        assert seconds == 0
        self.looks += 1
        return self.looks >= 3


def test_a_request_without_a_handle_is_told_of() -> None:
    class Told(HttpClient):
        def __init__(self) -> None:
            super().__init__()
            self.errors: list[tuple[str, int]] = []

        def on_error(self, message: str, code: int) -> None:
            self.errors.append((message, code))

    client = Told()
    assert client.request("GET", "/") == 0
    [(message, code)] = client.errors
    assert "make_http_client_adapter" in message
    assert code == errno.ENOTCONN
