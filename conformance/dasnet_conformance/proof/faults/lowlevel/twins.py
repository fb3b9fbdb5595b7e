"""Faults of section twins: functions that part from the methods above them in one state, or after one detour."""

from __future__ import annotations

from typing import Any

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound import LowLevel
from dasnet_conformance.proof.faults.sound_handle import Handle


class _Marked(Handle):
    # A handle that remembers the detours it went through, for functions that trip over one.

    binds = 0
    refused = bad_size = failed_inside = driven_low = False

    def bind(self, owner: Any) -> None:
        super().bind(owner)
        self.binds += 1

    def init_again(self, port: int) -> bool:
        self.refused = True
        return super().init_again(port)

    def check_size(self, data: bytes, size: int) -> None:
        self.bad_size = self.bad_size or not 0 <= size <= len(data)
        super().check_size(data, size)

    def tell_data(self, data: bytes) -> None:
        self.failed_inside = True
        super().tell_data(data)
        self.failed_inside = False

    def has_session(self) -> bool:
        return super().has_session() and not self.driven_low


@fault("twins.is-open", also=(_Marked,))
class LowOpenEndsWithAReload(LowLevel):
    """server_is_open says false of a handle that was reloaded while it has a client, where the method says true."""

    def server_is_open(self, handle: Any) -> bool:
        return super().server_is_open(handle) and not (handle.binds > 1 and handle.client is not None)


@fault("twins.is-open", also=(_Marked,))
class LowOpenRemembersARefusal(LowLevel):
    """After a second init that was refused, server_is_open reports that call's failure, and the method the listener."""

    def server_is_open(self, handle: Any) -> bool:
        return super().server_is_open(handle) and not handle.refused


@fault("twins.is-connected", also=(_Marked,))
class LowConnectedEndsWithAnException(LowLevel):
    """After a data callback that failed, server_is_connected says false of a client that was kept, the method true."""

    def server_is_connected(self, handle: Any) -> bool:
        return super().server_is_connected(handle) and not handle.failed_inside


@fault("twins.is-connected", also=(_Marked,))
class LowConnectedCountsTheReload(LowLevel):
    """After a reload server_is_connected says true of an open server, as if the client of before had to be there."""

    def server_is_connected(self, handle: Any) -> bool:
        return super().server_is_connected(handle) or (handle.binds > 1 and handle.is_open())


@fault("twins.send", also=(_Marked,))
class LowSendStopsAtABadSize(LowLevel):
    """After one size that was refused, server_send says false to every later one, and send goes on."""

    def server_send(self, handle: Any, data: bytes, size: int) -> bool:
        stopped = handle is not None and handle.bad_size
        return super().server_send(handle, data, size) and not stopped


@fault("twins.send", also=(_Marked,))
class LowSendKnowsTheFirstOwner(LowLevel):
    """server_send gives the bytes of a reloaded handle away and says false, as its table has the first owner only."""

    def server_send(self, handle: Any, data: bytes, size: int) -> bool:
        sent = super().server_send(handle, data, size)
        return sent and handle.binds == 1


@fault("twins.driven-by-functions", also=(_Marked,))
class LowInitEntersNoSession(LowLevel):
    """A server that was opened by server_init serves its client, but has_session goes on saying false."""

    def server_init(self, handle: Any, port: int) -> bool:
        opened = super().server_init(handle, port)
        handle.driven_low = opened
        return opened


@fault("twins.bad-port-in-every-state")
class LowInitOfAnOpenHandle(LowLevel):
    """server_init on a handle that is open says true to whatever number it is given."""

    def server_init(self, handle: Handle | None, port: int) -> bool:
        return self.need(handle, "server_init").is_open() or super().server_init(handle, port)


@fault("twins.bad-size-in-every-state")
class LowSendClampsTheSize(LowLevel):
    """server_send without a client takes a wrong size for the nearest right one, 0, and says that this was sent."""

    def server_send(self, handle: Handle | None, data: bytes, size: int) -> bool:
        alone = handle is not None and handle.client is None
        return (alone and not 0 <= size <= len(data)) or super().server_send(handle, data, size)


class _Saved(Handle):
    saved: Handle | None = None

    def disown(self) -> None:
        super().disown()
        type(self).saved = self


@fault("twins.no-handle-by-every-way", also=(_Saved,))
class LowFallsBackOnTheOrphan(LowLevel):
    """Functions that are given no handle work on the one that was saved last, if it waits in an orphan still."""

    def need(self, handle: Handle | None, function: str) -> Handle:
        saved = _Saved.saved
        if handle is None and saved is not None and saved.owner is None:
            return saved
        return super().need(handle, function)
