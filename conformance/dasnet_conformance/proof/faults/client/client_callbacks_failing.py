"""Faults of section client-callbacks: what a callback that raises leaves undone."""

from __future__ import annotations

import errno

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle
from dasnet_conformance.proof.faults.tools import drain


@fault("client-callbacks.raise-loses-no-data")
class FailedDataIsDeliveredToTheClientAgain(ClientHandle):
    """Bytes of the server are struck off when their callback has returned; after one that raised they come again."""

    again = b""

    def tell_data(self, data: bytes) -> None:
        data, self.again = self.again + data, self.again + data
        super().tell_data(data)
        self.again = b""

    def drop_client(self) -> None:
        self.again = b""
        super().drop_client()


@fault("client-callbacks.raise-loses-no-data")
class FailedDataLosesTheRestOfTheServer(ClientHandle):
    """When a client's data callback raises, what else had arrived is thrown away, so that the stream starts clean."""

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except BaseException:
            drain(self.client)
            raise


@fault("client-callbacks.raise-loses-no-data")
class FailedConnectLosesTheGreeting(ClientHandle):
    """The first read belongs to the connect: where its callback raised, the server's first bytes are passed over."""

    passes_over = False

    def tell_connect(self) -> None:
        self.passes_over = True
        super().tell_connect()
        self.passes_over = False

    def tell_data(self, data: bytes) -> None:
        if self.passes_over:
            self.passes_over = False
        else:
            super().tell_data(data)


@fault("client-callbacks.raise-loses-no-queued-bytes")
class FailedDataClearsTheClientsQueue(ClientHandle):
    """When a client's data callback raises, its outgoing queue is cleared as well, though it had been accepted."""

    def tell_data(self, data: bytes) -> None:
        try:
            super().tell_data(data)
        except BaseException:
            self.outgoing.clear()
            raise


@fault("client-callbacks.raise-in-error")
class FailedErrorKeepsConnectUnderWay(ClientHandle):
    """connect notes that it is under way, and keeps the note when the error callback fails: none begins again."""

    under_way = False

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.under_way:
            return False
        self.under_way = True
        connected = super().connect(host, port, timeout_ms)
        self.under_way = False
        return connected


@fault("client-callbacks.raise-in-error")
class FailedErrorOfSendLocksTheClient(ClientHandle):
    """A send locks the client, and one whose error callback fails never unlocks it: connect finds it taken."""

    locked = False

    def send(self, data: bytes, size: int) -> bool:
        self.locked = True
        sent = super().send(data, size)
        self.locked = False
        return sent

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        return not self.locked and super().connect(host, port, timeout_ms)


@fault("client-callbacks.connected-inside-data")
class ClientNotConnectedWhileReading(ClientHandle):
    """The connection is taken out of its place while its bytes are delivered, and is_connected is false meanwhile."""

    delivering = False

    def tell_data(self, data: bytes) -> None:
        self.delivering = True
        try:
            super().tell_data(data)
        finally:
            self.delivering = False

    def is_connected(self) -> bool:
        return not self.delivering and super().is_connected()


@fault("client-callbacks.raise-in-connect", may_kill=("client-callbacks.raise-loses-no-data",))
class ConnectIsUnderWayForGood(ClientHandle):
    """A mark that the connect callback is running is not taken away where that raises: no later connect is taken."""

    telling = False

    def connect(self, host: str, port: int, timeout_ms: int) -> bool:
        if self.telling:
            return self.fail_connect("a connect is under way", errno.EALREADY)
        return super().connect(host, port, timeout_ms)

    def tell_connect(self) -> None:
        self.telling = True
        super().tell_connect()
        self.telling = False
