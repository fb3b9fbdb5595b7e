"""Right servers and clients that choose otherwise than the reference conform: what one fails is a false alarm.

Each variant is judged whole, by every check. The checks run in processes of their own; loopback sockets.
"""

from __future__ import annotations

import socket

import judging
import pytest
from latitude.registry import THEMES, load_variants, variant

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.sound_handle import Handle
from latitude import PLAIN

#: How many there are at least.
AT_LEAST = 25

#: Allowed outcomes that no variant can show on purpose, and why.
NOT_SHOWN = {
    ("init.port-highest", "taken by another program"): "it is the other program's doing",
    ("process.interface", "every address"): "it would open a port to the network of whoever runs this",
    ("process.interface", "not seen"): "it is this machine's doing",
    (
        "client-state.destroyed.is-connected",
        "refused",
    ): "Python destroys a client by close, and a closed one answers",
    ("client-state.destroyed.send", "refused"): "Python destroys a client by close, and a closed one answers",
    (
        "http-client-outcome.destroyed-tick",
        "silent",
    ): "Python destroys a client by close, and a closed one tells of what it was asked",
    (
        "http-client-outcome.destroyed-tick",
        "refused",
    ): "Python destroys a client by close, and a closed one can be ticked",
    ("adapter.twice-before-init", "true"): "what the method gives is not looked at in Python; a driver may say it",
}


def _reachable(host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


@pytest.mark.parametrize("name", judging.names())
def test_a_right_server_conforms(name: str) -> None:
    entry = load_variants().get(name)
    if entry is not None and not _reachable(entry.peer_host):
        pytest.skip(f"this system has no address {entry.peer_host}; switch IPv6 on for its loopback device")
    judged = judging.judge(name)
    assert judged.alarms() == []
    assert set(judged.outcomes) == set(judging.concerned(name))
    wanted = {
        (requirement, outcome)
        for requirement, outcomes in (entry.shows if entry else {}).items()
        for outcome in outcomes
    }
    assert wanted - judged.shown == set(), "outcomes that the variant ought to show"
    if entry is not None and entry.falls_short:
        assert len(judging.judge(name, entry.falls_short).alarms()) == len(entry.falls_short)


def test_every_allowed_outcome_is_shown_by_a_right_server() -> None:
    requirements = load_catalogue().requirements.values()
    allowed = {(each.id, outcome) for each in requirements for outcome in each.allowed}
    declared = set().union(*(entry.shown() for entry in load_variants().values()))
    plain = judging.judge(PLAIN, [each.id for each in requirements if each.allowed]).shown
    assert declared <= allowed
    assert allowed - declared - plain == set(NOT_SHOWN)


def test_there_are_many_and_each_says_what_it_does() -> None:
    variants = load_variants().values()
    assert len(variants) >= AT_LEAST
    assert {each.theme for each in variants} == set(THEMES)
    for each in variants:
        assert each.sentence.endswith("."), each.name
        assert ": " in each.sentence or "," in each.sentence, f"{each.name} does not say why it may"
        assert each.choice, each.name


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="two variants named listen_queue_of_1"):
        variant("anything", name="listen_queue_of_1")(Handle)
