"""Section content: what bytes spell, crossed with how many they are. A server of bytes has to know nothing of either.

Text here is valid UTF-8 with characters of one to four bytes, since what is no text at all shows other mistakes (see
sections `data` and `send`).
"""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.stage.reading import reading_meanwhile
from dasnet_conformance.suite.first_words import FIRST_WORDS
from dasnet_conformance.suite.scenes import (
    put_aside,
    send_in_the_end,
    take_over,
    to_one_that_does_not_read,
    until_received,
)

#: Characters of one, two, three and four bytes.
TEXT = "a\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}\N{GRINNING FACE}".encode()

#: The places in it that are inside a character.
INSIDE = (2, 4, 5, 7, 8, 9)

#: What text modes, trimming and C strings take away, at both ends and alone.
ENDS = (
    b"\0",
    b" ",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t \0",
    b"end\0",
    b"end \0\0",
    b"end ",
    b"end\t",
    b"end\r",
    b"end\n",
    b"end\r\n",
    b"\0begin",
    b" begin",
    b"\nbegin",
    b"\r\nbegin",
    b"\n\n",
    b"\r\r\n",
)
#: Lengths at which buffers end.
BORDERS = (1_023, 1_024, 1_025, 4_096, 65_536)

#: Sizes of messages that follow each other while the client does not read.
STALLED_SIZES = (300_000, 3, 40, 300_000, 1, 1_460, 20, 300_000, 64, 7)
STALLED_TOTAL = 8 << 20


def _tell(host: Host, server: HostObject, peer: Peer, part: bytes) -> None:
    # One delivery at least for each part: it is awaited before the next is sent.
    heard = len(server.received)
    peer.send(part)
    until_received(host, server, heard + len(part))


# A send that is tried again, with ticks between, where it does not fit now: how much does is nobody's promise. To be
# called in a block of `reading_meanwhile`.
def _send(host: Host, server: HostObject, buffer: bytes, size: int, what: str, repeat: int = 1) -> None:
    if expect.one_of(server.send(buffer, size, repeat=repeat), ("true", "false"), what) == "false":
        host.until(
            lambda: server.send(buffer, size, repeat=repeat) == Value(True),
            server,
            what=f"{what}, tried again while the client reads, returns true",
            got=lambda: "false each time",
        )


def _receives(host: Host, server: HostObject, peer: Peer, content: bytes | bytearray) -> None:
    host.await_peer(peer, len(content), server)
    host.settle(server)
    expect.same_bytes(peer.received, content, "what the client received")


@check("content.size-is-bytes")
def test_size_is_bytes(host: Host) -> None:
    """Each size from one byte to the whole text, hence inside of each character."""
    server, peer = host.connected()
    sent = bytearray()
    whole = len(TEXT) * 400
    with reading_meanwhile(host):
        for size in range(1, len(TEXT) + 1):
            _send(host, server, TEXT, size, f"send of {size} bytes of a text of {len(TEXT)}")
            sent += TEXT[:size]
        for size in (1_023, 1_024, 1_025, whole - 1, whole):
            _send(host, server, TEXT, size, f"send of {size} bytes of a text of {whole}", 400)
            sent += (TEXT * 400)[:size]
    _receives(host, server, peer, sent)


@check("content.sent-ends-kept")
def test_sent_ends_kept(host: Host) -> None:
    """Each as a message of its own, and as what a size cuts off from a longer buffer."""
    server, peer = host.connected()
    sent = bytearray()
    with reading_meanwhile(host):
        for part in ENDS:
            for buffer in (part, part + b"beyond", part + TEXT):
                _send(host, server, buffer, len(part), f"send of {part!r}")
                sent += part
        for length in BORDERS:
            for part in (b"\0", b" ", b"\n", b"\r"):
                message = part + b"." * (length - 2) + part
                send_in_the_end(host, server, message, f"send of {length} bytes with {part!r} at both ends")
                sent += message
    _receives(host, server, peer, sent)


@check("content.delivered-ends-kept")
def test_delivered_ends_kept(host: Host) -> None:
    """Each awaited before the next is sent, so that the ends of messages are ends of deliveries."""
    server, peer = host.connected()
    sent = bytearray()
    messages = list(ENDS)
    for length in BORDERS:
        messages += [part + b"." * (length - 2) + part for part in (b"\0", b"\n")]
    for message in messages:
        _tell(host, server, peer, message)
        sent += message
    host.settle(server)
    expect.same_bytes(server.received, sent, "what was delivered")


@check("content.characters-cut")
def test_characters_cut(host: Host) -> None:
    """A terminal at the other end of a slow line: the halves of each character come one after the other."""
    server, peer = host.connected()
    sent = bytearray()
    for lead in (b"", TEXT * 300):
        for cut in INSIDE:
            for part in (lead + TEXT[:cut], TEXT[cut:]):
                _tell(host, server, peer, part)
                sent += part
    host.settle(server)
    expect.same_bytes(server.received, sent, "what was delivered")
    sizes = [(fired.event.size, len(fired.event.data)) for fired in server.fired if fired.event.what == "data"]
    wrong = next((pair for pair in sizes if pair[0] != pair[1]), None)
    expect.that(
        wrong is None, "the size of a delivery", expected="the number of its bytes", got=f"(size, bytes): {wrong}"
    )


@check("content.characters-at-borders")
@pytest.mark.parametrize("shift", range(4))
def test_characters_at_borders(host: Host, shift: int) -> None:
    """Shifted byte by byte, so that every border of any even size falls into each place of a character once."""
    server, peer = host.connected()
    text = b"." * shift + "\N{GRINNING FACE}".encode() * 40_000
    with reading_meanwhile(host):
        peer.send(text)
        until_received(host, server, len(text))
        expect.same_bytes(server.received, text, "what was delivered")
        pieces = [text[at : at + 65_535] for at in range(0, len(text), 65_535)]
        for piece in pieces:
            send_in_the_end(host, server, piece, "send of a piece of the text")
        _receives(host, server, peer, text)


@check("content.small-after-large")
def test_small_after_large(host: Host) -> None:
    """Every message begins with its number; what is refused is left out, and what it leaves is judged elsewhere."""
    server, peer = host.connected()
    peer.pause_reading()
    accepted = bytearray()
    with to_one_that_does_not_read(host):
        for number in range(1_000):
            if len(accepted) > STALLED_TOTAL:
                break
            size = STALLED_SIZES[number % len(STALLED_SIZES)]
            piece = b"%06d" % number + TEXT + b"\r\n\0 "
            repeat = -(-size // len(piece))
            took = expect.one_of(server.send(piece, size, repeat=repeat), ("true", "false"), f"send of {size} bytes")
            if took == "false":
                break
            accepted += (piece * repeat)[:size]
    peer.resume_reading()
    host.until(
        lambda: len(peer.received) >= len(accepted) or (took == "false" and peer.closed is not None),
        server,
        what=f"{len(accepted)} bytes that send accepted",
        got=lambda: host.reached(peer),
    )
    arrived = min(len(peer.received), len(accepted))
    expect.same_bytes(peer.received[:arrived], accepted[:arrived], "small and large messages, as they arrived")
    if took == "true":
        host.settle(server)
        expect.same_bytes(peer.received, accepted, "all that arrived of small and large messages")


@check("content.across-reload")
def test_across_reload(host: Host) -> None:
    """The carriage return before the reload, the line feed after it; then everything that a text mode would touch."""
    server, peer = host.connected()
    sent = bytearray()
    told = bytearray()
    for part in (b"line\r", b"\n", b"\r\n", b"\n\r", b"\0", b" \0 ", TEXT, TEXT[:-1], TEXT[-1:], b"a\r\nb\nc\rd"):
        _tell(host, server, peer, part)
        told += part
        with reading_meanwhile(host):
            send_in_the_end(host, server, part, f"send of {part!r}")
        sent += part
        put_aside(server)
        take_over(host, server, server)
    new = host.new()
    put_aside(server)
    take_over(host, server, new)
    with reading_meanwhile(host):
        for part in ENDS:
            peer.send(part)
            send_in_the_end(host, new, part, f"send of {part!r} after the reload")
            sent += part
    until_received(host, new, sum(map(len, ENDS)))
    expect.same_bytes(server.received, told, "what was delivered between reloads")
    expect.same_bytes(new.received, b"".join(ENDS), "what was delivered after the last reload")
    _receives(host, new, peer, sent)


@check("content.first-words")
def test_first_words(host: Host) -> None:
    """Each by a client of its own, alone in its packet; then the server says the same, and the client says it again."""
    server = host.listening()
    for number, words in enumerate(FIRST_WORDS, 1):
        peer = host.take_client(server)
        heard = len(server.received)
        _tell(host, server, peer, words)
        host.settle(server)
        expect.equal(peer.closed, None, f"what a client sees whose first words were {words!r}")
        expect.same_bytes(peer.received, b"", f"what a client received whose first words were {words!r}")
        with reading_meanwhile(host):
            send_in_the_end(host, server, words, f"send of {words!r}")
        _tell(host, server, peer, words)
        _receives(host, server, peer, words)
        expect.same_bytes(server.received[heard:], words * 2, "what was delivered")
        expect.equal(server.count("connect"), number, "connect callbacks")
        peer.close()
        host.await_departure(server)
