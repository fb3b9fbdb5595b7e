"""Faults of section exceptions: a callback has failed, and the object is saved or destroyed next."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST

from .pressure_mistakes import ReadsAhead


@fault("exceptions.before-destroy")
class FailedConnectIsNotClosed(Handle):
    """A client whose connect callback failed is not in the list of those that a destroy closes."""

    failed = False

    def tell_connect(self) -> None:
        self.failed = True
        super().tell_connect()
        self.failed = False

    def close(self) -> None:
        if self.failed:
            LOST.append(self.client)
            self.client = None
        super().close()


class _Notes(Handle):
    # Whether the last callback of a kind has failed when the object is saved.

    failed = carried = False

    def note(self, tell: Any, *arguments: Any) -> None:
        """Make a callback, and note how it went."""
        self.failed = True
        tell(*arguments)
        self.failed = False

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.carried, self.failed = self.failed, False


@fault("exceptions.before-reload")
class FailedDataIsLeftBehind(_Notes):
    """A save behind a data callback that failed leaves the client out, as one that does harm."""

    def tell_data(self, data: bytes) -> None:
        self.note(super().tell_data, data)

    def disown(self) -> None:
        super().disown()
        if self.failed:
            self.drop_client()


@fault("exceptions.before-reload")
class FailedDisconnectIsToldAfterTheReload(_Notes):
    """A departure whose callback failed is owed still when the server is saved, and told to the next owner again."""

    def tell_disconnect(self) -> None:
        self.note(super().tell_disconnect)

    def turn(self) -> None:
        if self.carried:
            self.carried = False
            self.tell_disconnect()
            return
        super().turn()


@fault("exceptions.before-reload")
class FailedConnectIsToldAfterTheReload(_Notes):
    """A client whose connect callback failed counts as untold when the server is saved: the next owner is told."""

    def tell_connect(self) -> None:
        self.note(super().tell_connect)

    def turn(self) -> None:
        if self.carried and self.client is not None:
            self.carried = False
            self.tell_connect()
            return
        super().turn()


@fault("exceptions.before-reload")
class SaveAfterAFailureEmptiesTheInbox(ReadsAhead):
    """A save behind a data callback that failed distrusts what else was read, and does not take it along."""

    failed = False

    def tell_data(self, data: bytes) -> None:
        self.failed = True
        super().tell_data(data)
        self.failed = False

    def disown(self) -> None:
        super().disown()
        if self.failed:
            self.inbox.clear()

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.failed = False
