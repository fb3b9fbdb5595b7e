"""Figure 3: 512 MiB in one direction, three times over, the peer in another process.

Each side is measured in two ways. "End to end" is from the first to the last byte, the host turning without a pause;
the slower of the two processes sets it. "In ticks" is what a host with a frame loop pays: it sleeps while nothing can
be moved, and the processor time of its calls is counted, so that the peer's speed drops out.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sides
from alternating import Figure, Measure, alternate, ratio
from peer import Peer
from sides import CHUNK

#: In parts, so that the sides take turns often; eight rounds are 512 MiB.
SIZE = 64 << 20
_ROUNDS = 24
_OTHERS = ("uvloop", "Twisted", "adapters/asyncio")
#: The length of a frame that has nothing to move.
_FRAME = 0.001


def figures() -> list[Figure]:
    """Receiving and sending. The samples are seconds per MiB; the ratios are those of the speed."""
    found = []
    for word, bare, through in (("receive", _bare_receiver, receive), ("send", _bare_sender, send)):
        for way, spelled in (end_to_end, "end to end"), (in_ticks, "in ticks"):
            found.append(_figure(f"bulk {word}, 512 MiB, {spelled}", word, bare, through, way))
    return found


@dataclass
class Moving:
    """A transfer under way. `step` does what can be done now and says whether it moved anything; `left` is to come."""

    step: Callable[[], bool]
    finished: Callable[[], bool]


def end_to_end(moving: Moving) -> float:
    """The seconds from the first to the last byte, turning without a pause."""
    step, finished = moving.step, moving.finished
    start = time.perf_counter()
    while not finished():
        step()
    return time.perf_counter() - start


def in_ticks(moving: Moving) -> float:
    """The processor time of the calls alone, with a frame of sleep after one that moved nothing."""
    step, finished, clock = moving.step, moving.finished, time.thread_time
    spent = 0.0
    while not finished():
        start = clock()
        moved = step()
        spent += clock() - start
        if not moved:
            time.sleep(_FRAME)
    return spent


Way = Callable[[Moving], float]
Transfer = Callable[[sides.Side], Moving]


def _figure(
    name: str,
    word: str,
    bare: Callable[[Peer], contextlib.AbstractContextManager[Moving]],
    through: Transfer,
    way: Way,
) -> Figure:
    with Peer() as peer:

        def bare_measure() -> float:
            with bare(peer) as moving:
                seconds = way(moving)
            peer.done()
            return seconds / (SIZE >> 20)

        def measured(make: Callable[[str], sides.Side]) -> Measure:
            def measure() -> float:
                with contextlib.closing(make("sink")) as side:
                    peer.command("send" if word == "receive" else "receive", side.port, SIZE)
                    sides.taken(side)
                    seconds = way(through(side))
                peer.done()
                return seconds / (SIZE >> 20)

            return measure

        measures: dict[str, Measure] = {"bare loop": bare_measure}
        measures |= {side: measured(make) for side, make in sides.MAKERS.items()}
        samples = alternate(measures, _ROUNDS)
    ratios = [
        ratio(samples, "reference", "bare loop", "≥ 0.9", speed=True),
        ratio(samples, "reference", "asyncio", "≥ 1.8", speed=True),
        *(ratio(samples, "reference", other, speed=True) for other in _OTHERS),
    ]
    return Figure("3", name, "s/MiB", samples, ratios)


def receive(side: sides.Turned) -> Moving:
    """Receive `SIZE` bytes."""
    turn = side.turn

    def step() -> bool:
        before = side.received
        turn()
        return side.received != before

    return Moving(step, lambda: side.received >= SIZE)


def send(side: sides.Turned) -> Moving:
    """Send `SIZE` bytes, until the peer says that it has them."""
    chunk, offer, turn = bytes(CHUNK), side.offer, side.turn
    left = SIZE

    # As much as is taken, 1 MiB at most, as a tick does when it receives; then what waits.
    def step() -> bool:
        nonlocal left
        before = left
        most = max(0, left - (1 << 20))
        while left > most and offer(chunk):
            left -= CHUNK
        turn()
        return left != before

    return Moving(step, lambda: bool(side.received))  # the peer's byte says that it has everything


@contextlib.contextmanager
def _bare_receiver(peer: Peer) -> Iterator[Moving]:
    with socket.create_server(("127.0.0.1", 0)) as listener, select.epoll() as epoll:
        peer.command("send", listener.getsockname()[1], SIZE)
        with listener.accept()[0] as served:
            served.setblocking(False)
            epoll.register(served.fileno(), select.EPOLLIN)
            poll, take, left = epoll.poll, served.recv, SIZE

            def step() -> bool:
                nonlocal left
                before = left
                most = max(0, left - (1 << 20))
                # Asks as the reference does: not after a full read.
                size = 0
                while left > most and (size == CHUNK or poll(0, 1)):
                    try:
                        size = len(take(CHUNK))
                    except BlockingIOError:
                        break
                    left -= size
                return left != before

            yield Moving(step, lambda: not left)


@contextlib.contextmanager
def _bare_sender(peer: Peer) -> Iterator[Moving]:
    chunk, flags = bytes(CHUNK), socket.MSG_NOSIGNAL
    with socket.create_server(("127.0.0.1", 0)) as listener, select.epoll() as epoll:
        peer.command("receive", listener.getsockname()[1], SIZE)
        with listener.accept()[0] as served:
            served.setblocking(False)
            served.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            epoll.register(served.fileno(), select.EPOLLOUT)
            poll, put, left, confirmed = epoll.poll, served.send, SIZE, False

            def step() -> bool:
                nonlocal left, confirmed
                if not left:
                    epoll.modify(served.fileno(), select.EPOLLIN)
                    confirmed = bool(poll(0, 1))
                    return False
                if not poll(0, 1):
                    return False
                most = max(0, left - (1 << 20))
                try:
                    while left > most:
                        left -= put(chunk if left >= CHUNK else chunk[:left], flags)
                except BlockingIOError:
                    pass
                return True

            yield Moving(step, lambda: confirmed)
