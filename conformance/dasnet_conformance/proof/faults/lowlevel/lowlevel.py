"""Faults of section lowlevel: the functions on a handle, wrong where the methods of `Server` are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dasnet_conformance.proof.faults.registry import Fault, fault, register
from dasnet_conformance.proof.faults.sound import LowLevel
from dasnet_conformance.proof.faults.sound_handle import Handle
from dasnet_conformance.proof.faults.tools import LOST, die, drain, overrides, peek, ready


@fault("make-server.true")
class MadeServerSaysFalse(LowLevel):
    """make_server makes the handle and returns false, the error code for 'no error'."""

    def make_server(self, obj: Any, class_info: type) -> bool:
        return not super().make_server(obj, class_info)


@fault("make-server.true")
class MakeServerNeedsCallbacks(LowLevel):
    """make_server turns down an object that overrides no callback, though all of them are optional."""

    def make_server(self, obj: Any, class_info: type) -> bool:
        return overrides(obj, "on_data") and super().make_server(obj, class_info)


@fault("make-server.stores-handle")
class MakeServerForgetsField(LowLevel):
    """make_server makes a handle and says true, but the object's field stays empty."""

    def replace(self, obj: Any, handle: Handle) -> None:  # noqa: ARG002
        handle.close()


@fault("make-server.plain-object")
class MakeServerTakesAnything(LowLevel):
    """make_server gives a field to an object that has none, and says true."""

    def make_server(self, obj: Any, class_info: type) -> bool:
        if not hasattr(obj, "_server"):
            obj._server = None
        return super().make_server(obj, class_info)


@fault("make-server.plain-object")
class MakeServerDiesOnPlainObject(LowLevel):
    """make_server of an object without the field takes the field's place for granted and ends the host."""

    def make_server(self, obj: Any, class_info: type) -> bool:
        if not super().make_server(obj, class_info):
            die()
        return True


@fault("make-server.opens-nothing")
class MakeServerListensAtOnce(LowLevel):
    """make_server opens a port of the system's choice, so as to be ready."""

    def replace(self, obj: Any, handle: Handle) -> None:
        handle.init(0)
        super().replace(obj, handle)


@fault("server-init.free-port", may_kill=("lowlevel.mixes-with-methods",))
class LowInitOnlyBinds(LowLevel):
    """server_init says true but closes the port again: to listen was left to a caller that does not do it."""

    def server_init(self, handle: Handle | None, port: int) -> bool:
        made = super().server_init(handle, port)
        self.need(handle, "server_init").close_listener()
        return made


@fault("server-init.port-in-use")
class LowInitClaimsBusyPort(LowLevel):
    """server_init says true also where the port is taken."""

    def server_init(self, handle: Handle | None, port: int) -> bool:
        made = super().server_init(handle, port)
        return made or 0 < port < 65_536


@fault("server-init.bad-port")
class LowInitCutsPort(LowLevel):
    """server_init cuts the port to 16 bits, and opens another one than was asked for."""

    def server_init(self, handle: Handle | None, port: int) -> bool:
        return super().server_init(handle, port & 0xFFFF)


@fault("server-init.already-open")
class LowInitForgetsTheListener(LowLevel):
    """server_init makes a fresh listener over the one that is there, which nobody can close any more."""

    def server_init(self, handle: Handle | None, port: int) -> bool:
        needed = self.need(handle, "server_init")
        if needed.listener is not None and needed.port_exists(port):
            LOST.append(needed.listener)
            needed.listener = None
        return super().server_init(handle, port)


@fault("server-is-open.agrees")
class LowOpenOnlyWithoutClient(LowLevel):
    """server_is_open turns false while a client is connected, where Server.is_open stays true."""

    def server_is_open(self, handle: Handle | None) -> bool:
        return super().server_is_open(handle) and not self.need(handle, "server_is_open").is_connected()


@fault("server-is-connected.agrees")
class LowConnectedNeverEnds(LowLevel):
    """server_is_connected stays true after the client has left, where Server.is_connected turns false."""

    def server_is_connected(self, handle: Handle | None) -> bool:
        given: Any = self.need(handle, "server_is_connected")
        # The flag lives as long as the handle, on which it is kept.
        given.ever = getattr(given, "ever", False) or given.is_connected() or not given.is_open()
        return bool(given.ever)


@fault("server-tick.takes-client")
class LowTickOnlyReads(LowLevel):
    """server_tick serves the client that is there and takes none, which only Server.tick does."""

    def server_tick(self, handle: Handle | None) -> None:
        if self.need(handle, "server_tick").is_connected():
            super().server_tick(handle)


@fault("server-tick.delivers")
class LowTickReadsOnce(LowLevel):
    """server_tick reads once, 1,024 bytes, and throws away what came with them."""

    def server_tick(self, handle: Handle | None) -> None:
        given = self.need(handle, "server_tick")
        if peek(given.client):
            data = drain(given.client)[0]
            given.tell_data(data[:1024])
        super().server_tick(handle)


@fault("server-tick.departure")
class LowTickTellsDepartureTwice(LowLevel):
    """server_tick tells a departure itself after the handle has told it."""

    def server_tick(self, handle: Handle | None) -> None:
        given = self.need(handle, "server_tick")
        before = given.is_connected()
        super().server_tick(handle)
        if before and not given.is_connected():
            given.tell_disconnect()


@fault("server-tick.only-in-tick")
class LowQueryTicks(LowLevel):
    """server_is_open ticks the handle first, to be up to date, and callbacks fire from a query."""

    def server_is_open(self, handle: Handle | None) -> bool:
        self.need(handle, "server_is_open").tick()
        return super().server_is_open(handle)


@fault("server-send.reaches-client")
class LowSendCutsLargeCalls(LowLevel):
    """server_send sends at most 32,767 bytes of a call and says true."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        return super().server_send(handle, data, min(size, 32_767))


@fault("server-send.first-size-bytes")
class LowSendWholeBuffer(LowLevel):
    """server_send sends the whole buffer, whatever the size says."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:  # noqa: ARG002
        return super().server_send(handle, data, len(data))


@fault("server-send.without-client", may_kill=("server-send.agrees",))
class LowSendTrueWithoutClient(LowLevel):
    """server_send says true without a client: the call was made, so it was a success."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        super().server_send(handle, data, size)
        return True


@fault("server-send.agrees", may_kill=("server-send.reaches-client", "server-send.first-size-bytes"))
class LowSendAlwaysFalse(LowLevel):
    """server_send sends and says false, where Server.send says true."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        super().server_send(handle, data, size)
        return False


@fault("server-restore.rebinds", may_kill=("server-restore.old-object-silent", "server-restore.other-class"))
class LowRestoreDoesNothing(LowLevel):
    """server_restore checks what it was given and leaves the handle bound to the old object."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:  # noqa: ARG002
        self.need(handle, "server_restore")


@fault("server-restore.fires-nothing")
class LowRestoreTicks(LowLevel):
    """server_restore ticks the handle, and the new object is called back in the middle of it."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        self.need(handle, "server_restore").tick()


@fault("server-restore.no-second-connect", may_kill=("server-restore.fires-nothing",))
class LowRestoreTellsConnect(LowLevel):
    """server_restore tells the new object of the client that is there."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        if self.need(handle, "server_restore").is_connected():
            obj.on_connect()


@fault("server-restore.no-second-connect")
class LowRestoreTellsFromTheSecondOn(LowLevel):
    """The first object that is bound anew knows of the client; each one after it is told of it again."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        bound: Any = self.need(handle, "server_restore")
        if getattr(bound, "handed_on", False) and bound.is_connected():
            obj.on_connect()
        bound.handed_on = True


@fault("server-restore.keeps-client")
class LowRestoreDropsClient(LowLevel):
    """server_restore closes the client, for the new object to begin with a clean slate."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        super().server_restore(handle, obj, class_info)
        self.need(handle, "server_restore").drop_client()


@fault("server-restore.other-class")
class LowRestoreNeedsSameClass(LowLevel):
    """server_restore refuses an object whose class is not that of the old one."""

    def server_restore(self, handle: Handle | None, obj: Any, class_info: type) -> None:
        if type(self.need(handle, "server_restore").owner) is not class_info:
            raise TypeError("the handle was made for another class")
        super().server_restore(handle, obj, class_info)


class _SendsWithATick(Handle):
    # A send only fills the queue, and the next tick writes it.

    filling = False

    def send(self, data: bytes, size: int) -> bool:
        self.filling = True
        try:
            return super().send(data, size)
        finally:
            self.filling = False

    def flush(self) -> bool:
        return self.filling or super().flush()


@fault("lowlevel.mixes-with-methods", also=(_SendsWithATick,))
class LowSendIsOutOfTurn(LowLevel):
    """Server.send fills a queue that a tick empties; server_send writes at once, past what waits there."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        given = self.need(handle, "server_send")
        given.check_size(data, size)
        if given.client is None:
            return super().server_send(handle, data, size)
        given.client.send(data[:size])
        return True


@fault("lowlevel.mixes-with-methods")
class LowTickTellsAgain(LowLevel):
    """server_tick keeps its own record of the client, and tells one again that Server.tick has told already."""

    def server_tick(self, handle: Handle | None) -> None:
        given: Any = self.need(handle, "server_tick")
        arrives = given.client is None and ready(given.listener)
        if given.is_connected() and not getattr(given, "told_low", False):
            given.tell_connect()
        super().server_tick(handle)
        given.told_low = arrives or given.is_connected()


def _without_handle(function: str, answer: object) -> type[LowLevel]:
    # A variation in which one function takes a null handle for an ordinary case.
    sound: Callable[..., Any] = getattr(LowLevel, function)

    def method(self: LowLevel, handle: Handle | None, *arguments: Any) -> Any:
        if handle is not None:
            return sound(self, handle, *arguments)
        return die() if answer is die else answer

    return type(function.title().replace("_", ""), (LowLevel,), {function: method})


_NULL_ANSWERS: Final[dict[str, tuple[tuple[object, str], ...]]] = {
    "server_init": ((False, "quietly returns false without a handle, as if the port were busy"),),
    "server_is_open": ((False, "answers false without a handle, which hides the mistake"),),
    "server_is_connected": ((False, "answers false without a handle, which hides the mistake"),),
    "server_tick": (
        (None, "quietly does nothing without a handle"),
        (die, "follows a null handle and takes the host down"),
    ),
    "server_send": ((True, "says true without a handle, and the bytes are gone"),),
    "server_restore": ((None, "quietly does nothing without a handle, and the object is never called back"),),
}


def _enter_null_answers() -> None:
    for function, answers in _NULL_ANSWERS.items():
        for answer, words in answers:
            requirement = f"{function.replace('_', '-')}.null-handle"
            register(
                Fault(
                    name=f"null_{function}_{'dies' if answer is die else 'is_silent'}",
                    section="lowlevel",
                    sentence=f"{function} {words}.",
                    kills=(requirement,),
                    parts=(_without_handle(function, answer),),
                )
            )


_enter_null_answers()
