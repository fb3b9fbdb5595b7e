"""What can be wrong with a conversation in the same way on both sides: parts of faults, and no fault by itself."""

from __future__ import annotations

import errno
import select
import socket
import threading
from collections import deque
from typing import Any, ClassVar

from .sound_conversation import Conversation
from .tools import hung_up


class SignedByte(Conversation):
    """A lone byte of value 255 becomes -1 in a signed char, which is how the end is told."""

    def tell_data(self, data: bytes) -> None:
        if data == b"\xff":
            self.depart()
        else:
            super().tell_data(data)


class NoByteOrderMark(Conversation):
    """A byte order mark at the beginning of what a connection brings is dropped, as a reader of text does."""

    begun = False

    def adopt(self, client: socket.socket) -> None:
        self.begun = False
        super().adopt(client)

    def tell_data(self, data: bytes) -> None:
        rest = data if self.begun else data.removeprefix(b"\xef\xbb\xbf")
        self.begun = True
        if rest:
            super().tell_data(rest)


class HalfALargeSend(Conversation):
    """Of a call with six to sixteen mebibytes one half is taken, and then send says false for the other."""

    def send(self, data: bytes, size: int) -> bool:
        self.check_size(data, size)
        if self.client is not None and 6 << 20 <= size < 16 << 20:
            super().send(data, size // 2)
            return self.fail_send(data, size, "nothing sent: no memory", errno.ENOMEM)
        return super().send(data, size)


class TakesForATelnetCommand(Conversation):
    """What begins with a byte of value 255 is taken for a command of telnet, which nobody is told of."""

    def tell_data(self, data: bytes) -> None:
        if data[:1] != b"\xff" or len(data) > 3:
            super().tell_data(data)


class TurnsBrowsersAway(Conversation):
    """A connection whose first words are a request of HTTP is that of a browser that lost its way, and is ended."""

    begun = False

    def adopt(self, client: socket.socket) -> None:
        self.begun = False
        super().adopt(client)

    def tell_data(self, data: bytes) -> None:
        begun, self.begun = self.begun, True
        if not begun and data.startswith(b"GET "):
            self.depart()
        else:
            super().tell_data(data)


class LeavesMarksOut(Conversation):
    """A byte order mark at the beginning of what is sent is left out, for text has none on the wire."""

    def portion(self, data: bytes, size: int) -> bytes:
        return super().portion(data, size).removeprefix(b"\xef\xbb\xbf")


class PutsTheEndOff(Conversation):
    """The end of the other side's bytes is told of once: who finds it while bytes wait does not come back to it.

    The poller is asked for what is new, and a connection that is at its end has nothing new any more.
    """

    at_end = False

    def adopt(self, client: socket.socket) -> None:
        self.at_end = False
        super().adopt(client)

    def read(self) -> bytes | None:
        if self.at_end:
            return None
        data = super().read()
        self.at_end = data == b""
        return data


class TellsTheEndAndTheReset(Conversation):
    """The end of the other side's bytes is told at once though bytes wait, and a reset is a departure of its own."""

    told = broken = False

    def adopt(self, client: socket.socket) -> None:
        self.told = self.broken = False
        super().adopt(client)

    def end_of_input(self) -> None:
        if self.outgoing and not self.told:
            self.told = True
            self.tell_disconnect()
        super().end_of_input()

    def read_broken(self) -> bytes | None:
        self.broken = True
        return super().read_broken()

    def fail_flush(self, error: OSError) -> bool:
        self.broken = True
        return super().fail_flush(error)

    def depart(self) -> None:
        if self.told and not self.broken:
            self.drop_client()
        else:
            super().depart()


class FirstCodeStays(Conversation):
    """The code of the first error is kept beside the handle and given with every later one."""

    first = 0

    def tell_error(self, message: str, code: int) -> None:
        self.first = self.first or code
        super().tell_error(message, self.first)


class ErrorsOneBehind(Conversation):
    """The code is read before the call that sets it, so that an error has the code of the one before."""

    last = 0

    def tell_error(self, message: str, code: int) -> None:
        last, self.last = self.last or code, code
        super().tell_error(message, last)


#: What is kept by `KeepsAllThatItSends`, for as long as the program runs.
_SENT: list[bytes] = []


class KeepsAllThatItSends(Conversation):
    """A copy of what is sent is kept for a repetition that nobody ever asks for."""

    def enqueue(self, part: bytes) -> None:
        _SENT.append(bytes(bytearray(part)))
        super().enqueue(part)


class HangUpEndsTheReading(Conversation):
    """A tick that has read as much as it may looks whether the other side hung up, and tells that, not the rest."""

    BUDGET = 1 << 16

    def receive(self) -> None:
        super().receive()
        if hung_up(self.client) and not self.outgoing:
            self.depart()


class ReadsOnAThread(Conversation):
    """A thread reads whatever comes into a list, which ticks hand out, and which has no end."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox: deque[bytes] = deque()

    def adopt(self, client: socket.socket) -> None:
        self.inbox = deque()
        super().adopt(client)
        # A descriptor of its own: the other is closed under it.
        threading.Thread(target=_hoard, args=(client.dup(), self.inbox), daemon=True).start()

    def read(self) -> bytes | None:
        return self.inbox.popleft() if self.inbox else None


# Until the end, an empty piece.
def _hoard(connection: socket.socket, inbox: deque[bytes]) -> None:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    with connection:
        while True:
            poll.poll()
            try:
                data = connection.recv(1 << 18)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            inbox.append(data)
            if not data:
                return


class Referring(Conversation):
    """Sends from the caller's own memory: the queue holds views of it and no copies."""

    def __init__(self) -> None:
        super().__init__()
        self.views: list[memoryview] = []

    def portion(self, data: bytes, size: int) -> Any:
        return memoryview(data)[:size]

    def enqueue(self, part: Any) -> None:
        self.views.append(part)

    def drop_client(self) -> None:
        self.views.clear()
        super().drop_client()

    def flush(self) -> bool:
        while self.views and self.client is not None:
            try:
                sent = self.client.send(self.views[0])
            except (BlockingIOError, InterruptedError):
                return True
            except OSError as error:
                self.views.clear()
                return self.fail_flush(error)
            self.views[0] = self.views[0][sent:]
            if not self.views[0]:
                del self.views[0]
        return True


class TableOfWaitingMessages(Conversation):
    """What waits is a table of as many messages as the system takes in one call, and what finds no place is dropped."""

    waiting = 0

    def enqueue(self, part: bytes) -> None:
        self.waiting = self.waiting + 1 if self.outgoing else 0
        if self.waiting < 1024:
            super().enqueue(part)


class TellsNoFailedSendInATick(Conversation):
    """Whether a send failed is left to the tick that is under way to tell, which has other things to do."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        return False if self.ticking else super().fail_send(data, size, message, code)


class OneBufferForAll(Conversation):
    """Reads into a buffer of the program, and hands what came over in parts of 4 KiB."""

    ROOM = bytearray(Conversation.CHUNK)

    def receive(self) -> None:
        client, owner = self.client, self.owner
        if client is None:
            return
        try:
            count = client.recv_into(self.ROOM)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            count = 0
        if not count:
            self.end_of_input()
        for start in range(0, count, 4096):
            if self.client is client and self.owner is owner:
                self.tell_data(bytes(self.ROOM[start : min(start + 4096, count)]))


class RoomStaysTaken(Conversation):
    """The bytes that wait are counted for the handle, and those of a connection that has ended are never taken off."""

    QUEUE_LIMIT = 8 << 20
    waiting = 0

    def enqueue(self, part: bytes) -> None:
        super().enqueue(part)
        self.waiting += len(part)

    def sent(self, count: int) -> None:
        super().sent(count)
        self.waiting -= count

    def send(self, data: bytes, size: int) -> bool:
        self.check_size(data, size)
        if self.client is not None and self.waiting + size > self.QUEUE_LIMIT:
            return self.fail_send(data, size, "nothing sent: too much waits to be sent", errno.ENOBUFS)
        return super().send(data, size)


class KnowsOfErrors(Conversation):
    """Knows whether an error is being told."""

    telling = False

    def tell_error(self, message: str, code: int) -> None:
        self.telling = True
        super().tell_error(message, code)
        self.telling = False


class FullBlockIsSentAgainBySize(Conversation):
    """A message of exactly 2,048 bytes goes out twice."""

    def enqueue(self, part: bytes) -> None:
        super().enqueue(part * 2 if len(part) == 2_048 else part)


class ErrorsGoToTheLatest(Conversation):
    """Errors are told to the owner that was bound last, whichever connection they are of."""

    latest: ClassVar[list[Any]]

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.latest[:] = [owner]

    def tell_error(self, message: str, code: int) -> None:
        for each in self.latest:
            each.on_error(message, code)


class EndBehindWords(Conversation):
    """An end that is read right behind bytes is told as a delivery of none."""

    spoke = False

    def receive(self) -> None:
        self.spoke = False
        super().receive()

    def tell_data(self, data: bytes) -> None:
        self.spoke = True
        super().tell_data(data)

    def end_of_input(self) -> None:
        if self.spoke:
            self.tell_data(b"")
        super().end_of_input()
