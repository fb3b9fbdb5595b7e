"""Faults of section waste: what is kept of each client, reload, failure or frame until the handle is closed."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from dasnet_conformance.proof.faults.both_halves import KeepsAllThatItSends, ReadsOnAThread
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import close_quietly, ready


class _Hoarder(Handle):
    """Keeps memory, threads and descriptors until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: list[bytes] = []
        self.descriptors: list[int] = []
        self.end = threading.Event()

    def keep_memory(self, size: int) -> None:
        """Keep so many bytes, written to, so that they are in use."""
        self.memory.append(b"\1" * size)

    def keep_thread(self) -> None:
        """Keep a thread that waits."""
        threading.Thread(target=self.end.wait, name="kept by a fault", daemon=True).start()

    def keep_descriptor(self, connection: socket.socket | None) -> None:
        """Keep a second descriptor of a socket."""
        if connection is not None:
            self.descriptors.append(os.dup(connection.fileno()))

    def close(self) -> None:
        self.end.set()
        self.memory.clear()
        while self.descriptors:
            close_quietly(self.descriptors.pop())
        super().close()


@fault("waste.memory-per-client")
class BufferOfEachClientStays(_Hoarder):
    """Each client gets a receive buffer of 256 KiB, which is not given back when it leaves."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.keep_memory(256 << 10)


@fault("waste.memory-per-client")
class QueueOfEachClientStays(_Hoarder):
    """The queue of a client that left, of 128 KiB, is put aside for the next one, and never looked for there."""

    def depart(self) -> None:
        super().depart()
        self.keep_memory(128 << 10)


@fault("waste.memory-per-client")
class BufferOfEachBrokenClientStays(_Hoarder):
    """The receive buffer of 64 KiB is given back where the end was read, and not where the connection broke off."""

    def read_broken(self) -> bytes | None:
        self.keep_memory(64 << 10)
        return super().read_broken()


@fault("waste.memory-per-reload")
class OwnersStay(_Hoarder):
    """Every restore writes down whom it binds, with a copy of its class's table, and nothing strikes it out."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.keep_memory(16 << 10)


@fault("waste.memory-per-reload")
class SnapshotsStay(_Hoarder):
    """Every save makes a snapshot of the connection, which the restore does not throw away."""

    def disown(self) -> None:
        super().disown()
        self.keep_memory(8 << 10)


@fault("waste.memory-per-failed-init")
class FailedListenersStay(_Hoarder):
    """What was made ready for a listener is not given back where the port cannot be had."""

    def fail_init(self, message: str, code: int) -> bool:
        self.keep_memory(128 << 10)
        return super().fail_init(message, code)


@fault("waste.memory-per-failed-init")
class ErrorsAreKept(_Hoarder):
    """The text of an error is made in memory of its own, two kibibytes of it, which nobody gives back."""

    def fail_init(self, message: str, code: int) -> bool:
        self.keep_memory(2 << 10)
        return super().fail_init(message, code)


@fault("waste.memory-per-tick")
class IdleFramesAreWrittenDown(_Hoarder):
    """Every tick in which nobody came writes two pages into a log that is kept in memory."""

    def take_waiting(self) -> socket.socket | None:
        client = super().take_waiting()
        if client is None:
            self.keep_memory(8 << 10)
        return client


@fault("waste.memory-per-tick")
class EmptyReadsStay(_Hoarder):
    """The buffer of a read that found nothing is forgotten, with eight kibibytes of each tick with a silent client."""

    def read(self) -> bytes | None:
        data = super().read()
        if data is None:
            self.keep_memory(8 << 10)
        return data


@fault("waste.threads-per-client")
class ThreadOfEachClientStays(_Hoarder):
    """Each client gets a thread, which goes on to wait when the client has left."""

    def adopt(self, client: socket.socket) -> None:
        super().adopt(client)
        self.keep_thread()


@fault("waste.threads-per-client")
class ThreadForEachDeparture(_Hoarder):
    """A thread sees to the end of each connection, and waits for what never comes."""

    def depart(self) -> None:
        super().depart()
        self.keep_thread()


@fault("waste.threads-per-reload")
class ThreadForEachOwner(_Hoarder):
    """A restore starts a thread for the new owner and leaves that of the old one running."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.keep_thread()


@fault("waste.threads-per-failed-init")
class ThreadForEachAttempt(_Hoarder):
    """init starts its thread before it has the port, and leaves it behind where it cannot have it."""

    def fail_init(self, message: str, code: int) -> bool:
        self.keep_thread()
        return super().fail_init(message, code)


@fault("waste.descriptors-per-reload")
class RestoreCopiesTheListener(_Hoarder):
    """A restore duplicates the listener's descriptor and keeps the one that it had."""

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.keep_descriptor(self.listener)


@fault("waste.descriptors-per-reload")
class SaveCopiesTheClient(_Hoarder):
    """A save puts a second descriptor of the client aside in case that the first is closed, and leaves it there."""

    def disown(self) -> None:
        super().disown()
        self.keep_descriptor(self.client)


@fault("waste.memory-per-byte")
class KeepsAllThatItReceived(_Hoarder):
    """What a client sent is appended to a buffer, of which the part that was delivered is never cut off."""

    def tell_data(self, data: bytes) -> None:
        self.keep_memory(len(data))
        super().tell_data(data)


@fault("waste.threads-per-server")
class ReaderWaitsForRoom(_Hoarder):
    """Bytes are read by a thread that waits for room in its queue, and goes on to wait when the server is destroyed."""

    def close(self) -> None:
        if ready(self.client):
            self.end = threading.Event()
            self.keep_thread()
            self.end = threading.Event()
        super().close()


@fault("waste.memory-per-byte-sent")
class ServerKeepsAllThatItSends(KeepsAllThatItSends, Handle):
    """A copy of what is sent to a client is kept for a repetition that nobody asks for."""


@fault("waste.unread-waits-outside", may_kill=("waste.threads-per-client", "waste.threads-per-server"))
class ServerReadsOnAThread(ReadsOnAThread, Handle):
    """A thread reads whatever the client sends into a list that has no end, whether ticks come or not."""


@fault("waste.memory-per-refusal")
class CopiesOfRefusedMessagesStay(_Hoarder):
    """A message is copied before its size is looked at, and the copy is not freed where the size is turned down."""

    def check_size(self, data: bytes, size: int) -> None:
        if not 0 <= size <= len(data):
            self.keep_memory(len(data))
        super().check_size(data, size)


@fault("waste.memory-per-refusal")
class MessagesToNobodyStay(_Hoarder):
    """A message is copied before it is looked whether there is a client, and not freed where there is none."""

    def fail_send(self, data: bytes, size: int, message: str, code: int) -> bool:
        self.keep_memory(len(data))
        return super().fail_send(data, size, message, code)


@fault("waste.memory-per-refusal")
class WhatFailedCallbacksWereGivenStays(_Hoarder):
    """A buffer is freed when its data callback has returned, and never where that one fails."""

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except Exception:
            self.keep_memory(self.CHUNK)
            raise
