"""What can be wrong with a conversation in the same way on both sides: parts of faults, and no fault by itself."""

from __future__ import annotations

import errno
import socket

from .sound_conversation import Conversation


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
