"""Save and restore of `HttpServer`: every connection goes along, whatever it is in the middle of."""

from __future__ import annotations

import contextlib
import socket

import pytest
from http_server_tools import Asked, Site, all_of_it, browser, get, later, post, push, read_until, statuses, until
from reference_tools import Recorder

from dasnet_reference import (
    EmptyOrphanError,
    HttpServer,
    NoHandleError,
    OrphanOccupiedError,
    Server,
    ServerGroup,
    SharedOrphan,
    WrongHandleError,
)


def moved(site: Site) -> Site:
    """Another object with the handle of this one."""
    orphan, heir = SharedOrphan(), Site()
    site.save(orphan)
    assert not site.is_open()
    heir.restore(orphan)
    assert heir.is_open()
    assert not orphan
    return heir


CUT = post("/posted", b"0123456789") + get("/next")


@pytest.mark.parametrize("at", range(0, len(CUT), 7))
def test_a_request_goes_along_wherever_it_is_cut(site: Site, at: int) -> None:
    with contextlib.closing(browser(site)) as client:
        push(site, client, CUT[:at])
        until(site, lambda: site.connections() == 1)
        site.tick()
        with moved(site) as heir:
            push(heir, client, CUT[at:])
            read_until(heir, client, lambda got: got.endswith(b"/next"))
            assert site.targets() + heir.targets() == ["/posted", "/next"]
            assert [asked.exchange for asked in site.asked + heir.asked] == [1, 2]


def test_what_the_old_object_was_asked_the_new_one_answers(site: Site) -> None:
    site.answering = later
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/asked"))
        until(site, lambda: site.asked)
        with moved(site) as heir:
            assert not site.respond(1, 200, [], b"too late")
            assert heir.respond(1, 200, [], b"from the heir")
            assert statuses(read_until(heir, client, lambda got: got.endswith(b"from the heir"))) == [200]
            assert heir.asked == []


def test_what_is_queued_arrives_whole(site: Site) -> None:
    body = bytes(range(256)) * 40_000
    site.answering = lambda asked: site.respond(asked.exchange, 200, [("Connection", "close")], body)
    with contextlib.closing(browser(site)) as client:
        push(site, client, get("/"))
        until(site, lambda: site.asked)
        with moved(site) as heir:
            assert all_of_it(heir, client).partition(b"\r\n\r\n")[2] == body


def test_a_save_inside_the_callback_ends_the_tick_of_the_old_object(site: Site) -> None:
    orphan = SharedOrphan()

    def save(asked: Asked) -> None:
        assert site.respond(asked.exchange, 200, [], b"saved")
        site.save(orphan)

    site.answering = save
    with contextlib.closing(browser(site)) as client, Site() as heir:
        push(site, client, get("/one") + get("/two") + get("/three"))
        until(site, lambda: site.asked)
        site.tick()
        assert site.targets() == ["/one"]
        heir.restore(orphan)
        answers = read_until(heir, client, lambda got: got.endswith(b"/three"))
        assert statuses(answers) == [200, 200, 200]
        assert heir.targets() == ["/two", "/three"]


def test_in_an_orphan_nothing_is_called_back_and_nobody_turned_away(site: Site) -> None:
    orphan = SharedOrphan()
    site.save(orphan)
    assert orphan.server is not None
    port = orphan.server.port
    with Site() as heir, contextlib.closing(SharedClient(port or 0)) as client:
        client.send(get("/meanwhile"))
        site.tick()
        heir.restore(orphan)
        assert statuses(read_until(heir, client.socket, lambda got: got)) == [200]


class SharedClient:
    """A client of a port whose server is in an orphan."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setblocking(False)

    def send(self, data: bytes) -> None:
        self.socket.send(data)

    def close(self) -> None:
        self.socket.close()


def test_limits_travel_with_the_handle(serve: type[Site]) -> None:
    site = serve(largest_body=10)
    with moved(site) as heir, contextlib.closing(browser(heir)) as client:
        push(heir, client, post("/", b"x" * 11))
        assert statuses(all_of_it(heir, client)) == [413]


def test_errors_of_a_reload(site: Site) -> None:
    with pytest.raises(NoHandleError):
        HttpServer().save(SharedOrphan())
    with pytest.raises(EmptyOrphanError):
        site.restore(SharedOrphan())
    orphan = SharedOrphan()
    with Recorder() as other:
        other.make_server_adapter()
        other.save(orphan)
        with pytest.raises(OrphanOccupiedError):
            site.save(orphan)
        with pytest.raises(WrongHandleError):
            site.restore(orphan)
        other.restore(orphan)
    site.save(orphan)
    with pytest.raises(WrongHandleError):
        Server().restore(orphan)
    assert orphan.server is not None
    orphan.close()


def test_a_group_takes_none(site: Site) -> None:
    with ServerGroup() as group, pytest.raises(TypeError, match="Site cannot be ticked by a group"):
        group.add(site)  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", [b"nonsense\r\n\r\n", b"GET / HT"])
def test_a_save_inside_a_line_of_the_log_ends_the_tick_of_the_old_object(
    site: Site, monkeypatch: pytest.MonkeyPatch, cut: bytes
) -> None:
    orphan = SharedOrphan()
    told: list[str] = []

    def log(message: str) -> None:
        told.append(message)
        site.save(orphan)

    with contextlib.closing(browser(site)) as bad, contextlib.closing(browser(site)) as good, Site() as heir:
        until(site, lambda: site.connections() == 2)
        monkeypatch.setattr(site, "on_log", log)
        bad.send(cut)
        bad.shutdown(socket.SHUT_WR)
        good.send(get("/good"))
        until(site, lambda: told)
        # It may have come before.
        earlier = site.targets()
        heir.restore(orphan)
        assert statuses(read_until(heir, good, lambda got: got.endswith(b"/good"))) == [200]
        assert earlier + heir.targets() == ["/good"]
        until(heir, lambda: heir.connections() == 1)


@pytest.mark.parametrize("cut", [b"nonsense\r\n\r\n", b"GET / HT"])
def test_a_line_of_the_log_that_raises_costs_nobody_a_place(
    site: Site, monkeypatch: pytest.MonkeyPatch, cut: bytes
) -> None:
    def log(message: str) -> None:
        raise RuntimeError(message)

    with contextlib.closing(browser(site)) as bad:
        until(site, lambda: site.connections() == 1)
        monkeypatch.setattr(site, "on_log", log)
        bad.send(cut)
        bad.shutdown(socket.SHUT_WR)
        with pytest.raises(RuntimeError):
            until(site, lambda: False)
    until(site, lambda: site.connections() == 0)
