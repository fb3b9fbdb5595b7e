"""Commands that a driver may do without, and descriptors that the suite takes or leaves none of. Loopback sockets."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from changed_reference import Wrong
from dasnet_adapters.contract import Answer, Unsupported, Value
from dasnet_conformance.catalogue.loader import Requirement
from dasnet_conformance.stage import descriptors
from dasnet_conformance.stage.descriptors import needs_shared, next_descriptor, none_left, shared, taken_up_to
from dasnet_conformance.stage.expect import Moot
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.optional import offered
from dasnet_conformance.stage.ports import Ports

REQUIREMENT = Requirement("waste.any", "waste", "SHOULD", "core", "It wastes nothing.", ())

needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit that a process can set itself")


@pytest.fixture
def host(ports: Ports) -> Iterator[Host]:
    adapter = Wrong(threads=lambda _: Answer(Unsupported("nobody tells")))
    host = Host(adapter.open_session(), REQUIREMENT, ports, adapter.peer_host, 0)  # type: ignore[arg-type]
    yield host
    host.close()


def test_a_command_that_is_offered_gives_its_outcome(host: Host) -> None:
    server, _ = host.connected()
    assert offered(host, "ticks", server.number, 3) == Value(None)


def test_a_question_that_cannot_be_put_is_moot_and_says_which_command_is_missing(host: Host) -> None:
    with pytest.raises(Moot, match="the driver does not offer threads: nobody tells"):
        offered(host, "threads")


def test_a_server_in_this_process_shares_its_descriptors(host: Host) -> None:
    port = host.listening().port
    assert shared(port)
    needs_shared(port)


def test_a_server_elsewhere_shares_none(host: Host) -> None:
    """Nor does a listener of this process on another port, such as the guard of a block of ports."""
    port = host.listening().port
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert not shared(port + 1)
        assert not shared(bound.getsockname()[1])
        assert shared(other.getsockname()[1])
    with pytest.raises(Moot, match="does not share this process"):
        needs_shared(port + 1)


def test_descriptors_are_looked_through_where_the_system_lists_none(
    host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(descriptors, "_LIST", tmp_path / "nothing")
    port = host.listening().port
    assert shared(port)
    assert not shared(port + 1)


@needs_limits
def test_descriptors_up_to_a_number_are_taken_and_given_back() -> None:
    before = next_descriptor()
    with taken_up_to(300, room=20):
        assert next_descriptor() == 300
    assert next_descriptor() == before


@needs_limits
def test_more_descriptors_than_the_system_allows_are_moot() -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        pytest.skip("this system limits no descriptors")
    with pytest.raises(Moot, match="may not have"), taken_up_to(hard, room=20):
        pass


@needs_limits
def test_within_the_block_nothing_can_be_opened_and_afterwards_it_can() -> None:
    with none_left(), pytest.raises(OSError, match="Too many open files"):
        os.open(os.devnull, os.O_RDONLY)
    os.close(os.open(os.devnull, os.O_RDONLY))
