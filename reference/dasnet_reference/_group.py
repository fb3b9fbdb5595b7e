"""Many servers and clients in one process: `ServerGroup` asks once for all, and ticks only those that are ready.

Theory of operation. An epoll can be watched by another one: it counts as readable while it has something to tell. So
the group has an epoll of its own, which watches those of its members, and a tick with nothing to do is one system call
however many they are. What the members do, in which order and when, is none of the group's business: it ticks each that
is ready, which asks its own poller again, so that a member behaves as it does alone.

Two kinds of members are not found by asking, and are ticked without: those with a tick that did not come to its end
(they say so by `expect`), and, on systems without epoll, all of them.

May touch its own epoll and handles; it holds those weakly, so that a forgotten server still frees its port.
"""

from __future__ import annotations

import select
import weakref
from collections import OrderedDict
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any, Self

from . import _process
from ._errors import NoHandleError, NullHandleError
from ._poller import READABLE, Ready
from ._reentry import runs_already

if TYPE_CHECKING:
    from types import TracebackType

    from ._client import Client
    from ._handle import Handle
    from ._server import Server

_Member = weakref.ref["Handle[Any]"]


# Stands in for the epoll where there is none.
def _nothing(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ()


# What `server_tick` and `client_tick` are, behind their check for a null handle.
def _tick(handle: Handle[Any]) -> None:
    ready = handle.poll(0, 1)
    if ready:
        handle.work(ready)


def _handle_of(member: Server | Client) -> Handle[Any] | None:
    handle: Handle[Any] | None = getattr(member, "_server", None) or getattr(member, "_client", None)
    # Asked by what it has, for its class may be another since a reload.
    if handle is not None and not hasattr(handle, "group"):
        raise TypeError(f"{type(member).__name__} cannot be ticked by a group: only a Server or a Client can")
    return handle


class ServerGroup:
    """Servers and clients that are ticked together: `add` them once, then `tick` once per frame in place of theirs.

    It is the handle that becomes a member, so a server stays in the group through `save` and `restore`; it leaves by
    `remove`, by joining another group, or when it is closed. A member's own `tick` works as ever. All members are to be
    ticked on one thread.
    """

    def __init__(self) -> None:
        # Any: whether the select module has an epoll depends on the system.
        self._epoll: Any = select.epoll() if hasattr(select, "epoll") else None
        self._poll: Callable[[int, int], Ready] = _nothing if self._epoll is None else self._epoll.poll
        self._process = _process.identity
        # How many can be ready, 1 at least.
        self._most = 1
        self._handles: weakref.WeakSet[Handle[Any]] = weakref.WeakSet()
        # Members by the descriptor of their poller, and, by identity, those that are ticked without asking.
        self._watched: dict[int, _Member] = {}
        self._unwatched: dict[int, _Member] = {}
        self._due: OrderedDict[int, _Member] = OrderedDict()
        # The thread of a tick under way, 0 if there is none.
        self._ticking = 0

    def __len__(self) -> int:
        """How many members there are."""
        return len(self._handles)

    # --- membership

    def add(self, server: Server | Client) -> None:
        """Take a server or a client in, open or not yet; one that is a member already stays. Raises `NoHandleError`.

        A handle that `make_server_adapter` makes later is another one, and has to be added again.
        """
        handle = _handle_of(server)
        if handle is None:
            raise NoHandleError("an object without a handle cannot join a group")
        if handle.group is self:
            return
        if handle.group is not None:
            handle.group.leave(handle)
        handle.group = self
        self._handles.add(handle)
        if handle.is_watchable:
            self.watch(handle)
        if handle.owing:
            self.expect(handle)

    def remove(self, server: Server | Client) -> None:
        """Let a server go, which stays open. Nothing happens if it is no member."""
        handle = _handle_of(server)
        if handle is not None and handle.group is self:
            self.leave(handle)

    def close(self) -> None:
        """Let all members go, which stay open, and give the descriptor back. May be called twice."""
        for handle in list(self._handles):
            self.leave(handle)
        if self._epoll is not None:
            self._epoll.close()
            self._epoll, self._poll = None, _nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # --- work

    def tick(self) -> None:
        """Tick every member that is ready; one system call when none is. Call it once per frame.

        From inside a callback that it caused it does nothing. An exception from a callback passes through; the members
        that were not reached come first in the next tick.
        """
        ready = self._poll(0, self._most)
        if ready or self._due or self._unwatched:
            self._work(ready)

    def tick_handle(self, server: Handle[Any] | None) -> None:
        """Tick one member alone, if it is ready. Raises `NullHandleError`, and `ValueError` for no member."""
        if server is None:
            raise NullHandleError("tick_handle")
        if server.group is not self:
            if not server.is_watchable:
                return  # Closed, so it has left; there is nothing to tick.
            raise ValueError("this handle is no member of the group: add() its server first")
        fd = server.poller_fileno
        key = id(server)
        if any(ready == fd for ready, _ in self._poll(0, self._most)) or key in self._due or key in self._unwatched:
            _tick(server)
            if not server.owing:
                self._due.pop(key, None)

    # --- told by the members

    def watch(self, handle: Handle[Any]) -> None:
        """A member has opened its port, or begun to connect."""
        self._part_with_the_fork()
        fd = handle.poller_fileno
        if self._epoll is None or fd is None:
            self._unwatched[id(handle)] = weakref.ref(handle)
        else:
            self._epoll.register(fd, READABLE)
            self._watched[fd] = weakref.ref(handle)
            self._most = len(self._watched)

    def unwatch(self, handle: Handle[Any]) -> None:
        """The poller of a member is about to close; it stays a member."""
        self._part_with_the_fork()
        self._unwatched.pop(id(handle), None)
        fd = handle.poller_fileno
        if fd is not None and self._watched.pop(fd, None) is not None:
            self._epoll.unregister(fd)
            self._most = len(self._watched) or 1

    def expect(self, handle: Handle[Any]) -> None:
        """A member has begun a tick, or owes callbacks: it is due whether its poller has something to tell or not."""
        self._due[id(handle)] = weakref.ref(handle)

    def leave(self, handle: Handle[Any]) -> None:
        """A member goes, while its poller is still open: the kernel forgets a poller that is closed in this process,
        but not one that a fork still has open.
        """
        self.unwatch(handle)
        handle.group = None
        self._handles.discard(handle)
        self._due.pop(id(handle), None)

    # In a process that got the group by a fork, the epoll is one with that of the other process, which goes on with it:
    # have one of its own from now on. Members that were open are that process's, and none to be watched here.
    def _part_with_the_fork(self) -> bool:
        if self._process == _process.identity:
            return False
        self._process = _process.identity
        if self._epoll is not None:
            self._epoll.close()
            self._epoll = select.epoll()
            self._poll = self._epoll.poll
        self._watched, self._most = {}, 1
        return True

    # --- one tick

    def _work(self, ready: Ready) -> None:
        if self._ticking and runs_already(self, type(self)._work.__code__, self._ticking):
            return
        if self._part_with_the_fork():
            return
        # The due ones first, each member once. Who is ready is due until it was ticked to the end: an exception leaves
        # the others to the next tick, and lets nobody drop out.
        for fd, _ in ready:
            member = self._watched[fd]
            handle = member()
            if handle is not None:
                self._due[id(handle)] = member
        self._ticking = get_ident()
        try:
            for key, member in [*self._due.items(), *self._unwatched.items()]:
                # Behind those that are not reached, if it raises.
                if key in self._due:
                    self._due.move_to_end(key)
                handle = member()
                # A callback of another member may have closed it, or taken it out.
                if handle is not None and handle.group is self:
                    _tick(handle)
                if handle is None or not handle.owing:
                    self._due.pop(key, None)
        finally:
            self._ticking = 0
