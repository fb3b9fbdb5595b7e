"""Faults of section client-lowlevel: the functions on a client's handle. The methods are sound."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_client import ClientHandle, ClientLowLevel
from dasnet_conformance.proof.faults.tools import die


@fault("make-client.makes")
class MakeClientSaysFalse(ClientLowLevel):
    """make_client makes the handle, and hands on the error code of the system, where 0 means success."""

    def make_client(self, obj: Any, class_info: type) -> bool:
        return super().make_client(obj, class_info) and False


@fault("make-client.plain-object")
class MakeClientTakesAnyObject(ClientLowLevel):
    """make_client says true for an object that has no field for the handle, and the handle is lost."""

    def make_client(self, obj: Any, class_info: type) -> bool:
        return super().make_client(obj, class_info) or True


@fault("make-client.fires-nothing")
class MakeClientTellsDisconnect(ClientLowLevel):
    """make_client puts the object into its first state, which is told as a departure."""

    def make_client(self, obj: Any, class_info: type) -> bool:
        made = super().make_client(obj, class_info)
        if made:
            obj.on_disconnect()
        return made


@fault("client-connect.connects")
class ClientConnectForgetsToTell(ClientLowLevel):
    """The connect callback belongs to the method, and the function leaves it out."""

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        handle = self.need(handle, "client_connect")
        owner, handle.owner = handle.owner, None
        try:
            return super().client_connect(handle, host, port, timeout_ms)
        finally:
            handle.owner = owner


@fault("client-connect.refused")
class ClientConnectAlwaysSaysTrue(ClientLowLevel):
    """The function does not hand on what the handle said."""

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        return super().client_connect(handle, host, port, timeout_ms) or True


@fault("client-connect.port-never-wrapped")
class ClientConnectCutsThePort(ClientLowLevel):
    """The function's port is of 16 bits, the method's is not."""

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        return super().client_connect(handle, host, port & 0xFFFF, timeout_ms)


@fault("client-connect.agrees")
class ClientConnectDoesNotLook(ClientLowLevel):
    """The method looks whether there is a connection, the function ends it and makes another."""

    def client_connect(self, handle: ClientHandle | None, host: str, port: int, timeout_ms: int) -> bool:
        handle = self.need(handle, "client_connect")
        handle.drop_client()
        return super().client_connect(handle, host, port, timeout_ms)


@fault("client-is-connected.agrees", may_kill=("make-client.fires-nothing", "client-connect.refused"))
class ClientIsConnectedMeansAHandle(ClientLowLevel):
    """The function says whether there is a handle."""

    def client_is_connected(self, handle: ClientHandle | None) -> bool:
        return self.need(handle, "client_is_connected") is not None


@fault("client-tick-function.delivers")
class ClientTickSendsOnly(ClientLowLevel):
    """The function sends what waits, and reads nothing."""

    def client_tick(self, handle: ClientHandle | None) -> None:
        self.need(handle, "client_tick").flush()


@fault("client-send-function.arrives")
class ClientSendFunctionSendsWholeBuffer(ClientLowLevel):
    """The function does not look at the size, and sends the whole buffer."""

    def client_send(self, handle: ClientHandle | None, data: bytes, size: int) -> bool:  # noqa: ARG002
        return super().client_send(handle, data, len(data))


@fault("client-send-function.bad-size")
class ClientSendFunctionClampsTheSize(ClientLowLevel):
    """The function takes a size that the buffer does not have for the nearest that it has; the method turns it down."""

    def client_send(self, handle: ClientHandle | None, data: bytes, size: int) -> bool:
        return super().client_send(handle, data, min(max(size, 0), len(data)))


@fault("client-close-function.ends")
class ClientCloseTellsDisconnect(ClientLowLevel):
    """The function tells its end as a departure, the method does not."""

    def client_close(self, handle: ClientHandle | None) -> None:
        super().client_close(handle)
        self.need(handle, "client_close").tell_disconnect()


@fault("client-close-function.again")
class ClientCloseEndsTheHandle(ClientLowLevel):
    """The function destroys the handle, which calls nobody back afterwards."""

    def client_close(self, handle: ClientHandle | None) -> None:
        self.need(handle, "client_close").destroy()


@fault("client-null.connect", "client-null.is-connected", "client-null.tick", "client-null.send", "client-null.close")
class NullClientHandleCrashes(ClientLowLevel):
    """A null handle is followed, and the process dies."""

    def need(self, handle: ClientHandle | None, function: str) -> ClientHandle:
        if handle is None:
            die()
        return super().need(handle, function)


@fault("client-tick-function.sends-what-waits")
class ClientTickFunctionSendsNothing(ClientLowLevel):
    """The function reads and tells; what waits for the server is sent by the method alone."""

    def client_tick(self, handle: ClientHandle | None) -> None:
        needed = self.need(handle, "client_tick")
        if needed.ticking or needed.owner is None:
            return
        needed.ticking = True
        try:
            needed.see_off()
            if needed.client is not None:
                needed.receive()
        finally:
            needed.ticking = False


@fault("client-close-function.accepted-arrives")
class ClientCloseFunctionEmptiesTheQueue(ClientLowLevel):
    """The function ends the connection at once, where the method lets what was accepted go first."""

    def client_close(self, handle: ClientHandle | None) -> None:
        needed = self.need(handle, "client_close")
        needed.outgoing.clear()
        needed.close()


@fault("client-tick-function.delivers")
class ClientIsConnectedBehindItsOwnTick(ClientLowLevel):
    """A departure that the function has told of leaves client_is_connected as it was."""

    late: Any = None

    def client_tick(self, handle: ClientHandle | None) -> None:
        needed = self.need(handle, "client_tick")
        before = needed.client
        needed.tick()
        if before is not None and needed.client is None:
            self.late = needed

    def client_is_connected(self, handle: ClientHandle | None) -> bool:
        return super().client_is_connected(handle) or handle is self.late


@fault("client-tick-function.delivers")
class ClientTickFunctionSwallowsErrors(ClientLowLevel):
    """What a callback raises inside the function is caught, and nobody hears of it; the method hands it on."""

    def client_tick(self, handle: ClientHandle | None) -> None:
        needed = self.need(handle, "client_tick")
        with suppress(Exception):
            needed.tick()


@fault("client-send-function.arrives")
class ClientSendFunctionFailsSilently(ClientLowLevel):
    """The function looks for a connection by itself, and says false without a word where there is none."""

    def client_send(self, handle: ClientHandle | None, data: bytes, size: int) -> bool:
        needed = self.need(handle, "client_send")
        return needed.client is not None and super().client_send(needed, data, size)


@fault("make-client.makes")
class MakeClientForgetsTheConnection(ClientLowLevel):
    """make_client puts the new handle over the one in the object's field, whose server waits for ever."""

    forgotten: ClassVar[list[Any]] = []

    def replace(self, obj: Any, handle: ClientHandle) -> None:
        self.forgotten.append(obj._client)
        obj._client = handle
