"""Clients in a conversation: what the model finds on wrong ones, which requirement it names, and what it leaves open.

Every script is also played on the reference, where it must come to its end.
"""

from __future__ import annotations

import pytest

from conftest import Play
from dasnet_conformance.explore.explorer import Explorer, Options
from dasnet_conformance.explore.playing.players import ProcessPlayer
from dasnet_conformance.explore.scripts.script import parse_script
from dasnet_conformance.proof.faults.registry import PACKAGE

MAKE = "host: make client 1 of class A\n"
JOINED = f"{MAKE}host: client 1 connects to a listener\n"
MORE = "server of client 1: send 5000 bytes\n"
SETTLE = "host: settle\n"
SERVER = "host: open object 2 of class A\n"
TOGETHER = f"{SERVER}{MAKE}host: client 1 connects to object 2\nhost: tick object 2 2 times\n"

#: A fault, a script, and the requirement that has to be named.
CASES = [
    ("client_needs_a_server", MAKE, "client-construct.succeeds"),
    ("never_tells_of_its_connection", JOINED, "connect.fires-before-return"),
    ("tells_of_its_connection_twice", JOINED + SETTLE, "client-callbacks.once"),
    (
        "cuts_the_port_to_sixteen_bits",
        f"{MAKE}host: client 1 connects to a port beyond a listener's\n",
        "connect.port-never-wrapped",
    ),
    ("close_tells_disconnect", f"{JOINED}host: close client 1\n", "close.calls-nothing-back"),
    ("client_tells_reset_twice", f"{JOINED}server of client 1: reset\n{SETTLE}", "client-callbacks.once"),
]

#: What a right client may do, whatever the script.
FINE = [
    JOINED + MORE + SETTLE + "host: client 1 sends 70000 of 70000 bytes\n",
    JOINED + "server of client 1: half-close\n" + SETTLE + "host: client 1 sends 10 of 10 bytes\n",
    JOINED + MORE + "server of client 1: close\n" + SETTLE + "host: client 1 connects to a listener\n" + MORE,
    JOINED + "host: client 1 reacts to data by raise\n" + MORE + SETTLE,
    JOINED + "host: client 1 reacts to data by close\n" + MORE + MORE + SETTLE,
    JOINED + "host: client 1 reacts to data by echo\n" + MORE + SETTLE,
    JOINED + "server of client 1: stop reading\nhost: client 1 sends 4000000 of 4000000 bytes\nhost: close client 1\n",
    MAKE + "host: client 1 connects to nobody\nhost: client 1 sends 10 of 10 bytes\n" + JOINED.splitlines()[1] + "\n",
    TOGETHER + "host: client 1 sends 1000 of 1000 bytes\nhost: object 2 sends 20000 of 20000 bytes\n" + SETTLE,
    TOGETHER + "host: reload object 2 3 times\nhost: object 2 sends 10 of 10 bytes\n" + SETTLE,
    TOGETHER + "host: destroy object 2\n" + SETTLE + "host: client 1 connects to nobody\n",
    TOGETHER + "host: client 1 sends 1000 of 1000 bytes\nhost: close client 1\n" + SETTLE,
]


@pytest.mark.parametrize("script", FINE)
def test_a_right_client_is_not_blamed(play: Play, script: str) -> None:
    assert play("reference", script) is None


@pytest.mark.parametrize(("fault", "script", "requirement"), CASES, ids=[fault for fault, _, _ in CASES])
def test_a_wrong_client_is_found_and_the_requirement_named(
    play: Play, fault: str, script: str, requirement: str
) -> None:
    found = play(f"python:{PACKAGE}:{fault}", script)
    assert found is not None
    assert found.requirement == requirement
    assert play("reference", script) is None


def test_steps_are_read_as_they_are_written() -> None:
    for script in FINE:
        parsed = parse_script(script)
        assert [str(step) for step in parsed.steps] == script.splitlines()


def explored(profiles: tuple[str, ...]) -> tuple[int, bool]:
    player = ProcessPlayer("reference")
    try:
        found = Explorer(player, Options(examples=10, steps=8, profiles=profiles), lambda _: None).run()
    finally:
        player.close()
    return found.examples, found.finding is not None


@pytest.mark.parametrize(
    ("profiles", "examples"),
    [(("core",), 10), (("client",), 10), (("core", "lowlevel", "client"), 20)],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_each_half_that_is_claimed_has_so_many_examples(profiles: tuple[str, ...], examples: int) -> None:
    assert explored(profiles) == (examples, False)
