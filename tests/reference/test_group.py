"""A group of servers: one question for all, the ready ones ticked, and nothing about a member different."""

from __future__ import annotations

import contextlib
import gc
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reference_tools import PATIENCE, Recorder, dial

from dasnet_reference import NoHandleError, NullHandleError, ServerGroup, SharedOrphan, _endpoint, _group, grouped
from dasnet_reference._poller import SelectPoller

Listen = Callable[..., Recorder]


@pytest.fixture(params=["epoll", "no epoll", "no epoll in the group"])
def group(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerGroup]:
    if request.param != "epoll":
        monkeypatch.delattr(_group.select, "epoll", raising=False)
    elif not hasattr(_group.select, "epoll"):
        pytest.skip("no epoll here")
    if request.param == "no epoll":
        monkeypatch.setattr(_endpoint, "make_poller", SelectPoller)
    with ServerGroup() as made:
        yield made


def pump(group: ServerGroup, until: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < deadline, "it did not come true in time"
        group.tick()


@pytest.fixture
def members(group: ServerGroup, listen: Listen) -> list[Recorder]:
    servers = [listen() for _ in range(3)]
    for server in servers:
        group.add(server)
    return servers


@pytest.fixture
def clients(members: list[Recorder], cleanup: contextlib.ExitStack) -> list[socket.socket]:
    return [cleanup.enter_context(dial(server)) for server in members]


def test_each_member_hears_its_own_client(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    for number, client in enumerate(clients):
        client.sendall(b"%d" % number)
    pump(group, lambda: all(server.data() for server in members))
    for client in clients:
        client.close()
    pump(group, lambda: all("disconnect" in server.seen() for server in members))
    assert [server.data() for server in members] == [b"0", b"1", b"2"]
    assert all(server.seen() == ["connect", "data", "disconnect"] for server in members)


def test_a_server_may_join_before_it_opens(group: ServerGroup, cleanup: contextlib.ExitStack) -> None:
    server = cleanup.enter_context(Recorder())
    server.make_server_adapter()
    group.add(server)
    group.add(server)
    group.tick()
    assert server.init(0)
    cleanup.enter_context(dial(server))
    pump(group, server.is_connected)
    assert len(group) == 1


def test_a_members_own_tick_works_as_ever(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    members[1].tick()
    assert [server.is_connected() for server in members] == [False, True, False]
    pump(group, lambda: all(server.is_connected() for server in members))
    assert all(server.seen() == ["connect"] for server in members)


@pytest.mark.usefixtures("clients")
def test_one_handle_can_be_ticked_through_the_group(group: ServerGroup, members: list[Recorder]) -> None:
    group.tick_handle(members[1]._server)
    assert [server.is_connected() for server in members] == [False, True, False]


def test_whoever_is_no_member_cannot_be_ticked_through_the_group(group: ServerGroup, listen: Listen) -> None:
    server = listen()
    handle = server._server
    with pytest.raises(ValueError, match="add"):
        group.tick_handle(handle)
    with pytest.raises(NullHandleError):
        group.tick_handle(None)
    server.close()
    group.tick_handle(handle)


def test_an_object_without_a_handle_cannot_join(group: ServerGroup) -> None:
    with pytest.raises(NoHandleError, match="make_server_adapter"):
        group.add(Recorder())
    group.remove(Recorder())


def test_a_member_that_was_removed_is_not_ticked_and_stays_open(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    group.remove(members[0])
    group.remove(members[0])
    pump(group, lambda: all(server.is_connected() for server in members[1:]))
    assert not members[0].is_connected()
    members[0].tick()
    assert members[0].is_connected()
    clients[0].close()


@pytest.mark.usefixtures("clients")
def test_a_closed_group_lets_its_members_go(group: ServerGroup, members: list[Recorder]) -> None:
    group.close()
    group.close()
    group.tick()
    assert len(group) == 0
    members[0].tick()
    assert members[0].is_connected()


def test_joining_another_group_leaves_the_first(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    with ServerGroup() as other:
        other.add(members[0])
        assert (len(group), len(other)) == (2, 1)
        pump(group, lambda: all(server.is_connected() for server in members[1:]))
        assert not members[0].is_connected()
        other.tick()
        assert members[0].is_connected()
    clients[0].close()


def test_a_closed_member_has_left(group: ServerGroup, members: list[Recorder], listen: Listen) -> None:
    members[0].close()
    assert len(group) == 2
    # The descriptor of its poller is free again and goes to a server that is no member.
    stranger = listen()
    with contextlib.closing(dial(stranger)):
        group.tick()
        assert not stranger.is_connected()


def test_a_forgotten_member_frees_its_port(group: ServerGroup) -> None:
    server = Recorder()
    server.make_server_adapter()
    group.add(server)
    assert server.init(0)
    port = server.port
    del server
    gc.collect()
    assert len(group) == 0
    with Recorder() as heir:
        heir.make_server_adapter()
        assert heir.init(port or 0)
    group.tick()


def test_a_handle_stays_a_member_through_a_reload(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    orphan = SharedOrphan()
    pump(group, members[0].is_connected)
    members[0].save(orphan)
    clients[0].sendall(b"meanwhile")
    for _ in range(3):
        group.tick()
    with Recorder() as heir:
        heir.restore(orphan)
        pump(group, heir.data)
        assert heir.data() == b"meanwhile"
        assert "data" not in members[0].seen()


def test_a_callback_that_raises_keeps_nobody_from_the_next_tick(
    group: ServerGroup, members: list[Recorder], clients: list[socket.socket]
) -> None:
    def broken() -> None:
        raise RuntimeError("again and again")

    pump(group, lambda: all(server.is_connected() for server in members))
    for server in members:
        server.reactions["data"] = broken
    for round_number in range(1, 4):
        for client in clients:
            client.sendall(b"x")
        # As many ticks as there are members: each raises once, whichever comes first.
        for _ in members:
            with pytest.raises(RuntimeError):
                group.tick()
        assert [len(server.data()) for server in members] == [round_number] * 3


@pytest.mark.parametrize("reload", [False, True])
def test_callbacks_that_are_owed_are_paid_by_the_next_tick(
    group: ServerGroup, members: list[Recorder], reload: bool, cleanup: contextlib.ExitStack
) -> None:
    server, orphan = members[0], SharedOrphan()
    if reload:
        server.reactions["connect"] = lambda: server.save(orphan)
    else:
        server.reactions["connect"] = lambda: int("no number")
    cleanup.enter_context(dial(server))
    with contextlib.nullcontext() if reload else pytest.raises(ValueError, match="no number"):
        # Its own tick, of which the group has to hear all the same.
        server.tick()
    assert server.events[-1] == ("connect",)
    heir = cleanup.enter_context(Recorder())
    if reload:
        group.tick()
        heir.restore(orphan)
    group.tick()
    last = (heir if reload else server).events[-1]
    assert last[0] == "log"
    assert last[1].endswith("taken")


def test_a_server_that_owes_callbacks_may_join(group: ServerGroup, listen: Listen, cleanup: Any) -> None:
    server = listen()
    server.reactions["connect"] = lambda: int("no number")
    cleanup.enter_context(dial(server))
    with pytest.raises(ValueError, match="no number"):
        server.tick()
    group.add(server)
    group.tick()
    assert server.events[-1][0] == "log"


@pytest.mark.usefixtures("clients")
def test_a_tick_inside_a_callback_is_no_tick(group: ServerGroup, members: list[Recorder]) -> None:
    seen: list[list[bool]] = []

    def nested() -> None:
        before = [server.is_connected() for server in members]
        group.tick()
        seen.append([before == [server.is_connected() for server in members]])

    for server in members:
        server.reactions["connect"] = nested
    pump(group, lambda: all(server.is_connected() for server in members))
    assert seen == [[True]] * 3


@pytest.mark.usefixtures("clients")
def test_a_callback_may_close_or_take_out_the_others(group: ServerGroup, members: list[Recorder]) -> None:
    def alone() -> None:
        for server in members:
            if not server.is_connected():
                server.close()

    for server in members:
        server.reactions["connect"] = alone
    group.tick()
    assert sum(server.is_connected() for server in members) == 1
    assert len(group) == 1


@pytest.mark.skipif(not hasattr(_group.select, "epoll"), reason="needs epoll")
def test_an_idle_tick_asks_once_for_all(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    with ServerGroup() as group:
        for _ in range(20):
            group.add(listen())
        monkeypatch.setattr(_group, "_tick", lambda *_: pytest.fail("an idle member was ticked"))
        for _ in range(10):
            group.tick()


def test_the_grouped_module_refuses_a_null_handle_by_name() -> None:
    with pytest.raises(NullHandleError, match=r"^server_tick: "):
        grouped.server_tick(None)


def test_everything_made_by_the_grouped_module_is_a_member() -> None:
    before = len(grouped.GROUP)
    server, other = grouped.Server(), Recorder()
    server.tick()
    assert not grouped.make_server(object(), object)
    assert grouped.make_server(other, Recorder)
    server.make_server_adapter()
    assert len(grouped.GROUP) == before + 2
    server.close()
    other.close()
    assert len(grouped.GROUP) == before
