"""The peer, against plain sockets: what it sends, sees and says. Loopback sockets."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from peer_tools import HOST, MEBIBYTE, PATIENCE, await_something, exactly, texts, until

from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.transcript import Transcript

RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def server(peer: Peer, listener: socket.socket) -> Iterator[socket.socket]:
    """The server's side of the peer's connection."""
    peer.connect(HOST, listener.getsockname()[1])
    taken, _ = listener.accept()
    taken.settimeout(PATIENCE)
    with taken:
        yield taken


def test_small_sends_go_out_at_once(peer: Peer, server: socket.socket) -> None:
    peer.send(b"one")
    peer.send(bytearray(b"two"))
    peer.send(b"")
    assert peer.unsent == 0
    assert exactly(server, 6) == b"onetwo"


def test_a_large_send_goes_on_as_the_server_reads(peer: Peer, server: socket.socket) -> None:
    content = bytes(range(256)) * (8 * MEBIBYTE // 256)
    peer.send(content)
    assert 0 < peer.unsent < len(content)
    got = bytearray()
    server.setblocking(False)

    def read() -> bool:
        try:
            got.extend(server.recv(MEBIBYTE))
        except BlockingIOError:
            pass
        return len(got) == len(content)

    until(peer, read)
    assert got == content
    assert peer.unsent == 0


def test_a_buffer_may_change_once_it_was_sent(peer: Peer, server: socket.socket) -> None:
    buffer = bytearray(8 * MEBIBYTE)
    peer.send(buffer)
    buffer[-1] = 255
    del buffer[100:]
    assert peer.unsent > 0


def test_what_the_server_sent_is_kept_in_order(peer: Peer, server: socket.socket) -> None:
    server.sendall(b"one")
    until(peer, lambda: len(peer.received) == 3)
    server.sendall(b"two")
    until(peer, lambda: len(peer.received) == 6)
    assert peer.received == b"onetwo"


def test_more_than_one_read_takes_is_received_whole(peer: Peer, server: socket.socket) -> None:
    content = bytes(range(256)) * (MEBIBYTE // 256)
    server.setblocking(False)
    left = memoryview(content)

    def write() -> bool:
        nonlocal left
        try:
            left = left[server.send(left) :]
        except BlockingIOError:
            pass
        return len(peer.received) == len(content)

    while left:
        write()
        peer.step()
    until(peer, lambda: len(peer.received) == len(content))
    assert peer.received == content


def test_a_step_counts_the_bytes_of_both_directions(peer: Peer, server: socket.socket) -> None:
    assert peer.step() == 0
    server.sendall(b"four")
    await_something(peer)
    assert peer.step() == 4


def test_a_paused_peer_leaves_bytes_in_the_system(peer: Peer, server: socket.socket) -> None:
    peer.pause_reading()
    server.sendall(b"later")
    await_something(peer)
    assert peer.step() == 0
    assert peer.received == b""
    peer.resume_reading()
    until(peer, lambda: peer.received == b"later")


def test_a_paused_peer_goes_on_sending(peer: Peer, server: socket.socket) -> None:
    peer.pause_reading()
    peer.send(b"still here")
    assert exactly(server, 10) == b"still here"


def test_half_close_ends_sending_and_not_receiving(peer: Peer, server: socket.socket) -> None:
    peer.send(b"all")
    peer.half_close()
    assert exactly(server, 3) == b"all"
    assert server.recv(1) == b""
    server.sendall(b"answer")
    until(peer, lambda: peer.received == b"answer")
    assert peer.closed is None


def test_the_last_bytes_and_the_end_behind_them_arrive_together(peer: Peer, server: socket.socket) -> None:
    peer.send_last(b"all")
    assert exactly(server, 3) == b"all"
    assert server.recv(1) == b""
    server.sendall(b"answer")
    until(peer, lambda: peer.received == b"answer")
    assert peer.closed is None


@pytest.mark.skipif(not hasattr(socket, "MSG_MORE"), reason="this system sends each at once")
def test_the_last_bytes_wait_for_the_end(peer: Peer, server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[bytes, int]] = []

    def send(own: socket.socket, data: memoryview, flags: int = 0) -> int:
        sent.append((bytes(data), flags))
        return own.sendto(data, flags, own.getpeername())

    monkeypatch.setattr(socket.socket, "send", send)
    peer.send(b"first")
    peer.send_last(b"last")
    assert sent == [(b"first", 0), (b"last", socket.MSG_MORE)]
    assert exactly(server, 9) == b"firstlast"
    assert server.recv(1) == b""


def test_half_close_waits_for_what_is_still_to_be_sent(peer: Peer, server: socket.socket) -> None:
    size = 8 * MEBIBYTE
    peer.send(bytes(size))
    peer.half_close()
    got = 0
    server.setblocking(False)

    def read() -> bool:
        nonlocal got
        try:
            part = server.recv(MEBIBYTE)
        except BlockingIOError:
            return False
        got += len(part)
        return not part

    until(peer, read)
    assert got == size


def test_close_is_an_end_of_file_for_the_server(peer: Peer, server: socket.socket) -> None:
    peer.send(b"bye")
    peer.close()
    assert exactly(server, 3) == b"bye"
    assert server.recv(1) == b""
    assert (peer.socket, peer.closed) == (None, None)


@pytest.mark.parametrize("end", [Peer.reset, Peer.dispose])
def test_reset_is_an_error_for_the_server(peer: Peer, server: socket.socket, end: Callable[[Peer], None]) -> None:
    end(peer)
    with pytest.raises(ConnectionResetError):
        server.recv(1)
    assert peer.socket is None


def test_where_linger_is_two_shorts_a_reset_says_so(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    class TwoShorts(socket.socket):
        def setsockopt(self, *arguments: Any) -> None:
            if arguments[1] == socket.SO_LINGER:
                asked.append(arguments[2])
                if len(asked) == 1:
                    raise OSError("of another size")

    monkeypatch.setattr(peer, "_socket", TwoShorts())
    peer.reset()
    assert asked == [RESET, struct.pack("hh", 1, 0)]


def test_the_end_of_the_servers_side_is_seen_after_its_bytes(peer: Peer, server: socket.socket) -> None:
    server.sendall(b"last words")
    server.close()
    until(peer, lambda: peer.closed is not None)
    assert (bytes(peer.received), peer.closed) == (b"last words", "end of file")


def test_a_reset_of_the_servers_side_is_told_apart(peer: Peer, server: socket.socket) -> None:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    server.close()
    until(peer, lambda: peer.closed is not None)
    assert peer.closed == "reset"


def test_sending_to_a_server_that_has_gone_is_no_error(peer: Peer, server: socket.socket) -> None:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    server.close()
    peer.pause_reading()
    for _ in range(3):
        peer.send(b"anybody?")
    assert peer.unsent == 0
    peer.resume_reading()
    peer.step()
    assert peer.closed is not None


def test_half_close_after_a_reset_is_no_error(peer: Peer, server: socket.socket) -> None:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    server.close()
    await_something(peer)
    peer.half_close()
    assert peer.closed == "reset"


@pytest.mark.parametrize("end", [Peer.close, Peer.reset, Peer.dispose])
def test_after_its_end_a_peer_does_nothing(peer: Peer, server: socket.socket, end: Callable[[Peer], None]) -> None:
    end(peer)
    peer.send(b"too late")
    peer.half_close()
    assert peer.step() == 0
    end(peer)


def test_every_act_stands_in_the_transcript(
    peer: Peer, server: socket.socket, listener: socket.socket, transcript: Transcript
) -> None:
    peer.send(b"question")
    server.sendall(b"answer")
    until(peer, lambda: len(peer.received) == 6)
    server.shutdown(socket.SHUT_WR)
    until(peer, lambda: peer.closed is not None)
    peer.half_close()
    peer.close()
    peer.reset()
    port = listener.getsockname()[1]
    assert texts(transcript) == [
        f"connect to port {port}",
        '8 bytes "question"',
        '6 bytes "answer"',
        "sees end of file",
        "half-close (shut down writing)",
        "close",
        "reset",
    ]
    assert {entry["side"] for entry in transcript.entries()} == {"peer 1"}


def test_disposing_says_nothing(peer: Peer, server: socket.socket, transcript: Transcript) -> None:
    before = texts(transcript)
    peer.dispose()
    assert texts(transcript) == before


def test_an_urgent_byte_goes_out_of_band_behind_what_was_sent(
    peer: Peer, server: socket.socket, transcript: Transcript
) -> None:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    peer.send(b"before")
    peer.send_urgent(0x03)
    peer.send(b"after")
    received = b""
    while len(received) < len(b"before\x03after"):
        received += server.recv(100)
    assert received == b"before\x03after"
    assert "urgent byte 0x03" in [entry["text"] for entry in transcript.entries()]


def test_an_urgent_byte_to_nobody_is_a_mismatch(peer: Peer, server: socket.socket) -> None:
    peer.close()
    with pytest.raises(Mismatch, match="sending an urgent byte"):
        peer.send_urgent(0x03)
