"""Memory in use, counted after blocks of rounds, and threads and descriptors, counted after a number of them.

An implementation whose memory comes to rest, whatever it took before, is done with; only one that goes on to grow,
block after block and far beyond what an allocator or a collector of garbage keeps in reserve, is told off.
"""

from __future__ import annotations

from collections.abc import Callable

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import FRUITLESS_TICKS
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.stage.many import ticks
from dasnet_conformance.stage.optional import offered
from dasnet_conformance.stage.peer import Peer
from dasnet_conformance.suite.pace import rounds

#: Bytes that memory may grow by in each block and for ever: a collector of garbage may need as much before it works.
ALLOWED_PER_BLOCK = 1 << 20
#: Bytes that it has to have grown by before it is told to grow without an end.
WITHOUT_END = 64 << 20
#: Blocks that stay below the allowance, after which memory has come to rest. In fewer, a leak could live on what was
#: in use before and is free again, which the process keeps.
AT_REST = 5
#: Blocks at most: each that counts brings it nearer to the end.
BLOCKS = WITHOUT_END // ALLOWED_PER_BLOCK + AT_REST


#: Bytes of one send in `read_away`: what a system takes at once for a peer that has read all before.
PIECE = 1 << 16


#: Ticks in which one that takes its time has read what lets its peer send on.
READ_MEANWHILE = 64

#: Rounds for what is counted one by one, and how many may be more: a pool of a few threads is no leak.
COUNTED = 60
SLACK = 16

#: Bytes that a peer sends without a tick at a time, and in all: far more than the buffers of a system at both ends.
UNREAD_PIECE = 1 << 18
MOST_UNREAD = 100 << 20
#: Attempts in vain in a row, with a silence window after each, after which a peer is held up.
HELD_UP = 12


def read_away(host: Host, sender: HostObject, peer: Peer, size: int) -> None:
    """Send so many bytes to a peer that reads them at once, past the suite's notes: those would be memory that grows.

    A piece that is refused is tried again after a tick, since how much is taken at once nobody promises. The peer is
    connected, and reads nothing else afterwards.
    """
    # Read by this alone.
    peer.pause_reading()
    sent = received = fruitless = 0
    while received < size:
        took = sent < size and sender.send(bytes(1 << 10), repeat=PIECE >> 10) == Value(True)
        sent += PIECE if took else 0
        host.tick_once(sender)
        moved = _read_off(peer)
        received += moved
        fruitless = 0 if moved or took else fruitless + 1
        expect.that(
            fruitless < FRUITLESS_TICKS,
            f"{FRUITLESS_TICKS} ticks in a row with a peer that reads",
            expected=f"{size} bytes at the peer, in the end",
            got=f"{received}",
        )
        host.pause(fruitless)


def is_held_up(host: Host, peer: Peer) -> None:
    """Expect that a peer cannot send on and on while nobody is ticked.

    One that is held up for a moment counts as held up: a machine on which the other end is slow lets a fault pass. The
    bytes go past the suite's notes.
    """
    part = bytes(UNREAD_PIECE)
    sent = fruitless = 0
    while peer.socket is not None and fruitless < HELD_UP:
        try:
            sent += peer.socket.send(part)
            fruitless = 0
        except BlockingIOError:
            # Not a pause of the frame loop: in haste that is too short for the other end to read anything.
            host.silence()
            fruitless += 1
        except OSError as error:
            raise expect.Mismatch("the connection of a peer that sends on and on", "open", str(error)) from None
        expect.that(
            sent < MOST_UNREAD, "bytes that go to a host without a tick", expected="an end of it", got=f"{sent}"
        )


# Takes what has come, without keeping it.
def _read_off(peer: Peer) -> int:
    moved = 0
    try:
        while peer.socket is not None:
            count = len(peer.socket.recv(PIECE))
            if not count:
                raise expect.Mismatch("the connection of a peer that reads all that it is sent", "open", "its end")
            moved += count
    except BlockingIOError:
        pass
    except OSError as error:
        raise expect.Mismatch("the connection of a peer that reads all that it is sent", "open", str(error)) from None
    return moved


def number_of(host: Host, of: str) -> int:
    """What an optional command counts."""
    outcome = offered(host, of)
    if not isinstance(outcome, Value) or type(outcome.value) is not int:
        raise expect.Mismatch(of, "a number", expect.spell(outcome))
    return outcome.value


def memory_comes_to_rest(host: Host, turn: Callable[[], object], block: int, each: str) -> None:
    """Expect memory not to grow without end, however often there is a turn.

    Arguments: `block`, turns from count to count; `each`, what a block is, for people. A server that is slow gets
    through fewer blocks, and is not wrong.
    """
    # The question is put before the work.
    before = first = number_of(host, "memory")
    at_rest = 0
    for turns in rounds((1 + BLOCKS) * block, least=1):
        turn()
        if turns % block:
            continue
        now = number_of(host, "memory")
        if turns == block:
            # The first block is for what is made once and kept for good.
            before = first = now
            continue
        at_rest += now - before <= ALLOWED_PER_BLOCK
        if at_rest == AT_REST:
            return
        expect.that(
            now - first < WITHOUT_END,
            f"memory in use, counted {turns // block} times after {each}",
            expected="no growth, or one that comes to rest",
            got=f"{(now - first) >> 20} MiB more than after the first of them, and still growing",
        )
        before = now


def number_stays(host: Host, of: str, turn: Callable[[], object], each: str, most: int = COUNTED) -> None:
    """Expect the number of threads or descriptors (`of`) not to grow with the turns.

    Arguments: `each`, what a turn is, for people; `most`, turns at most.
    """
    number_of(host, of)
    turn()
    before = number_of(host, of)
    turns = 0
    for _ in rounds(most, least=1):
        turn()
        turns += 1
    # What ends a little later, a thread that is waited for, still ends.
    host.until(
        lambda: number_of(host, of) <= before + SLACK,
        what=f"no more than {before + SLACK} {of} after {turns} times {each} ({before} after the first)",
        got=lambda: f"{number_of(host, of)} of them",
    )


def flood(host: Host, receiver: HostObject, peer: Peer, size: int) -> None:
    """A peer that sends on and on, past the suite's own notes: those would be memory that grows."""
    sent, fruitless, part = 0, 0, bytes(UNREAD_PIECE)
    while sent < size and peer.socket is not None:
        try:
            moved = peer.socket.send(part[: size - sent])
        except (BlockingIOError, InterruptedError):
            moved = 0
        except OSError as error:
            raise expect.Mismatch("the connection of a peer that sends on and on", "open", str(error)) from None
        sent += moved
        fruitless = 0 if moved else fruitless + 1
        expect.that(
            fruitless < FRUITLESS_TICKS,
            f"{FRUITLESS_TICKS} ticks in a row with bytes of the peer waiting",
            expected="some of them read",
            got="none",
        )
        host.pause(fruitless)
        # The system takes no more before a large part of what it holds was read, a kibibyte a tick perhaps.
        ticks(host, receiver, READ_MEANWHILE if fruitless else 1)
