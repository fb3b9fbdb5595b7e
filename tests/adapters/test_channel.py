"""Channels: lines over descriptors, with and without threads, with and without poll."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterator

import pytest
from driver_scripts import GOOD, MakeDriver, Witness, assert_symptom

from dasnet_adapters import child_process
from dasnet_adapters.channel import Aside, ClosedError, DeadlineError, PollChannel
from dasnet_adapters.channel_threads import ThreadChannel
from dasnet_adapters.contract import AdapterBroken, Answer, Command, Value

Pair = tuple[PollChannel, socket.socket]

TICK = Command("tick", (1,))


@pytest.fixture(params=["poll", "select"])
def pair(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[PollChannel, socket.socket]]:
    """A channel and the socket at its other end, with poll and as on a system that has none."""
    if request.param == "select":
        monkeypatch.delattr(select, "poll")
    near, far = socket.socketpair()
    near.setblocking(False)
    channel = PollChannel(near.fileno(), near.fileno(), receive=near.recv, send=near.send, close=near.close)
    yield channel, far
    channel.close()
    far.close()


def test_lines_come_whole_in_pieces_and_with_a_rest(pair: Pair) -> None:
    channel, far = pair
    far.sendall(b"one\ntwo\r\n\nthr")
    assert [channel.read_line(None) for _ in range(3)] == [b"one", b"two\r", b""]
    assert channel.drain() == []
    assert channel.unfinished == b"thr"
    far.sendall(b"ee\n4\n")
    assert channel.drain() == [b"three", b"4"]


def test_the_deadline_passes_while_nothing_comes(pair: Pair) -> None:
    channel, far = pair
    far.sendall(b"begun")
    start = time.monotonic()
    with pytest.raises(DeadlineError):
        channel.read_line(start + 0.05)
    assert time.monotonic() >= start + 0.05


def test_what_came_before_the_end_is_read_first(pair: Pair) -> None:
    channel, far = pair
    far.sendall(b"last\nrest")
    far.close()
    assert channel.read_line(None) == b"last"
    with pytest.raises(ClosedError):
        channel.read_line(None)
    assert channel.unfinished == b"rest"
    channel.idle(0)
    with pytest.raises(ClosedError):
        channel.write(b"x" * (1 << 20), None)


def test_writing_ends_at_the_deadline_when_nobody_reads(pair: Pair) -> None:
    channel, far = pair
    far.sendall(b"meanwhile\n")
    with pytest.raises(DeadlineError):
        channel.write(b"x" * (16 << 20), time.monotonic() + 0.05)
    # What came while it was writing has been read.
    assert channel.drain() == [b"meanwhile"]


def test_nothing_is_written_after_closing(pair: Pair) -> None:
    channel, _ = pair
    channel.close()
    channel.close()
    with pytest.raises(ClosedError):
        channel.write(b"x", None)
    with pytest.raises(ClosedError):
        channel.read_line(None)


def test_the_end_of_what_is_written_aside_is_kept() -> None:
    aside = Aside(10)
    aside.feed(b"12345")
    mark = aside.mark()
    assert aside.since(mark) == ""
    aside.feed(b"678")
    assert aside.since(mark) == "678"
    aside.feed(b"abcdefghijk")
    assert aside.since(mark) == aside.since() == "bcdefghijk"
    aside.feed("é".encode()[:1])
    assert aside.since(aside.mark() - 1) == "\ufffd"


# -- threads: the way of systems whose pipes only block, here on this one

threads = pytest.mark.skipif(os.name != "posix", reason="elsewhere every test runs over threads")


@pytest.fixture
def over_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_BLOCKING_PIPES", True)


@threads
@pytest.mark.usefixtures("over_threads")
def test_a_driver_over_threads_is_the_same_driver(driver: MakeDriver, witness: Witness) -> None:
    adapter = driver(f"hold({str(witness.path)!r}); os.write(2, b'aside')\n{GOOD}")
    for _ in range(2):
        session = adapter.open_session()
        assert isinstance(session.conversation.peer.channel, ThreadChannel)
        assert session.call(TICK) == Answer(Value())
        assert session.call(Command("send", (1, b"x" * 400000, 1, 1))) == Answer(Value(False))
        assert session.stray_events() == ()
        session.close()
    adapter.close()
    assert adapter.closing_failures == []
    assert witness.everyone_is_gone()


DEATHS = {
    "exits": ("def tick(n, w): os.write(2, b'last words'); os._exit(7)", "exited"),
    "with a grandchild": (
        "subprocess.Popen([sys.executable, '-I', '-S', '-c', 'import signal; signal.pause()'], close_fds=False)\n"
        "def tick(n, w): os.write(2, b'last words'); os._exit(7)",
        "exited",
    ),
    "hangs": ("def tick(n, w): os.write(2, b'last words'); hang()", "no-answer"),
    "prints": ("def tick(n, w): os.write(2, b'last words'); say('tick!\\n')", "stray-print"),
}


@threads
@pytest.mark.usefixtures("over_threads")
@pytest.mark.parametrize(("script", "symptom"), DEATHS.values(), ids=DEATHS)
def test_a_bad_driver_over_threads_is_told_apart(
    driver: MakeDriver, witness: Witness, script: str, symptom: str
) -> None:
    adapter = driver(
        f"hold({str(witness.path)!r})\n{script}\ngreet(); serve(tick=tick)", deadline=1 if "hang" in script else 20
    )
    with pytest.raises(AdapterBroken) as caught:
        adapter.open_session().call(TICK)
    assert_symptom(caught.value, symptom)
    assert "! last words" in caught.value.exchange
    assert witness.everyone_is_gone()


@threads
def test_a_thread_channel_that_nobody_reads_cannot_be_written_to() -> None:
    (far_in, near_in), (near_out, far_out), (near_aside, far_aside) = os.pipe(), os.pipe(), os.pipe()
    closed: list[str] = []
    channel = ThreadChannel(
        near_out, near_in, near_aside, kept=Aside(), alive=lambda: True, close=lambda: closed.append("closed")
    )
    os.close(far_in)
    channel.write(b"x", None)
    assert channel._unwritable.wait(5)
    with pytest.raises(ClosedError):
        channel.write(b"x", None)
    # While a thread still reads a pipe, the pipe stays open.
    channel.close()
    assert closed == []
    for end in (far_out, far_aside):
        os.close(end)
    for thread in channel._threads:
        thread.join(5)
    for end in (near_out, near_in, near_aside):
        os.close(end)
