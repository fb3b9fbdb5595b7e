"""Ports for servers under test: none twice, guarded against other runs, and told apart from foreign ones. Loopback."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dasnet_adapters.in_process import InProcessAdapter
from dasnet_conformance.running import direct
from dasnet_conformance.stage import ports as module
from dasnet_conformance.stage.ports import BLOCK, HIGHEST, LOWEST, NoPortsLeft, Ports, alone_on, foreign

#: Takes ports, tells them, and holds them until its input ends.
TAKING = """\
import json, sys
from dasnet_conformance.stage.ports import Ports

ports = Ports()
print(json.dumps([ports.take() for _ in range(300)]), flush=True)
sys.stdin.read()
ports.close()
"""


def can_bind(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def guard_of(port: int) -> int:
    """The port of the guard of the block in which a port lies."""
    return port - (port - LOWEST) % BLOCK


def test_no_port_is_handed_out_twice(ports: Ports) -> None:
    taken = [ports.take() for _ in range(3 * BLOCK)]
    assert len(set(taken)) == len(taken)


def test_a_port_on_which_a_connection_ended_lately_is_passed_over(ports: Ports) -> None:
    first = ports.take()
    second, third = first + 1, first + 2
    if guard_of(third) != guard_of(first):
        pytest.fail("the block is at its end at once")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", second))
        listener.listen()
        with socket.create_connection(("127.0.0.1", second)) as client:
            taken, _ = listener.accept()
            taken.close()
            assert client.recv(1) == b""
    assert ports.take() == third


def test_two_in_one_process_do_not_meet(ports: Ports) -> None:
    other = Ports()
    mine, others = ({each.take() for _ in range(2 * BLOCK)} for each in (ports, other))
    other.close()
    assert not mine & others


def test_two_processes_do_not_meet(ports: Ports) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TAKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        others = set(json.loads(child.stdout.readline()))
        mine = {ports.take() for _ in range(300)}
        child.stdin.close()
    assert len(mine) == len(others) == 300
    assert not mine & others


def test_ports_lie_below_those_that_the_system_picks(ports: Ports) -> None:
    taken = [ports.take() for _ in range(2 * BLOCK)]
    assert min(taken) >= LOWEST
    assert max(taken) <= HIGHEST
    try:
        lowest_picked = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    except OSError:
        return
    assert lowest_picked < LOWEST or max(taken) < lowest_picked


def test_a_block_is_guarded_as_long_as_it_is_used(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    guards: list[socket.socket] = []
    hold = module._hold

    def hold_and_note(port: int) -> socket.socket | None:
        guard = hold(port)
        if guard is not None:
            guards.append(guard)
        return guard

    monkeypatch.setattr(module, "_hold", hold_and_note)
    port = ports.take()
    (guard,) = guards
    assert guard.getsockname() == ("127.0.0.1", guard_of(port))
    assert not can_bind(guard_of(port))
    ports.close()
    assert guard.fileno() == -1


def test_a_guard_is_never_handed_out(ports: Ports) -> None:
    assert [port for port in (ports.take() for _ in range(2 * BLOCK)) if port == guard_of(port)] == []


def test_closing_twice_is_harmless_and_taking_may_follow(ports: Ports) -> None:
    ports.take()
    ports.close()
    ports.close()
    assert ports.take() >= LOWEST


def test_a_block_that_is_guarded_by_somebody_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = module._hold
    refused: list[int] = []

    def hold_the_second(port: int) -> socket.socket | None:
        if not refused:
            refused.append(port)
            return None
        return hold(port)

    monkeypatch.setattr(module, "_hold", hold_the_second)
    ports = Ports()
    assert guard_of(ports.take()) != refused[0]
    ports.close()


def test_when_every_block_is_claimed_the_message_says_what_to_do(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_hold", lambda port: None)
    with pytest.raises(NoPortsLeft, match=r"^no free block of ports; end other runs on this machine and try again$"):
        ports.take()


@pytest.mark.parametrize(
    ("told", "highest"),
    [
        ("32768\t60999\n", HIGHEST),
        ("20000\t60999\n", 19999),
        ("50000\t60999\n", HIGHEST),
        ("1024\t60999\n", HIGHEST),  # no room below: the guards alone must do
        ("", HIGHEST),
        ("nonsense", HIGHEST),
        (None, HIGHEST),
    ],
)
def test_the_highest_port_follows_the_range_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str | None, highest: int
) -> None:
    range_file = tmp_path / "range"
    if told is not None:
        range_file.write_text(told, "ascii")
    monkeypatch.setattr(module, "_EPHEMERAL", range_file)
    assert module._highest() == highest


def test_a_port_that_somebody_listens_on_is_foreign(ports: Ports) -> None:
    port = ports.take()
    with socket.create_server(("127.0.0.1", port)):
        assert foreign(port)


def test_a_free_port_is_not_foreign_and_stays_free(ports: Ports) -> None:
    port = ports.take()
    assert not foreign(port)
    assert can_bind(port)


@pytest.mark.skipif(hasattr(socket, "SO_EXCLUSIVEADDRUSE"), reason="this system has the option itself")
def test_where_ports_can_be_shared_a_guard_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int, int]] = []

    class Noting(socket.socket):
        def setsockopt(self, *arguments: int) -> None:  # type: ignore[override]
            asked.append(arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket, "socket", Noting)
    ports = Ports()
    ports.take()
    ports.close()
    assert asked[0] == (socket.SOL_SOCKET, -5, 1)


def test_making_one_claims_nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_hold", lambda port: pytest.fail("claimed a block"))
    Ports().close()


@pytest.fixture
def fixed() -> Iterator[int]:
    """A port of a fixed number whose guard, on the port below, nobody else wants either."""
    ports = Ports()
    ports.take()
    yield ports.take()
    ports.close()


def test_one_run_at_a_time_is_alone_on_a_port_of_a_fixed_number(fixed: int) -> None:
    with alone_on(fixed, 0.0) as first, alone_on(fixed, 0.0) as second:
        assert (first, second) == (True, False)
    with alone_on(fixed, 0.0) as third:
        assert third


def test_who_waits_is_alone_when_the_other_has_left(fixed: int) -> None:
    inside = threading.Event()
    leave = threading.Event()

    def other_run() -> None:
        with alone_on(fixed, 0.0):
            inside.set()
            leave.wait(10.0)

    thread = threading.Thread(target=other_run)
    thread.start()
    assert inside.wait(10.0)
    threading.Timer(0.05, leave.set).start()
    with alone_on(fixed, 10.0) as alone:
        assert leave.is_set()
        assert alone
    thread.join()


def test_the_highest_port_is_not_judged_where_another_program_has_it() -> None:
    """Held by us in the place of the other program; unless some program of this machine holds it in earnest."""
    with socket.socket() as other:
        with contextlib.suppress(OSError):
            other.bind(("127.0.0.1", 65_535))
            other.listen()
        ports = Ports()
        outcome = direct.run("init.port-highest", InProcessAdapter("dasnet_reference"), ports)
        ports.close()
    assert (outcome.verdict, outcome.observed) == ("pass", "taken by another program")
