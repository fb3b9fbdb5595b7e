"""Many servers in one process: `ServerGroup` asks once for all of them, and ticks only those that are ready.

Theory of operation. An epoll can be watched by another one: it counts as readable while it has something to tell. So
the group has an epoll of its own, which watches those of its members, and a tick with nothing to do is one system call
however many they are. What the members do, in which order and when, is none of the group's business: it calls
`server_tick` for each that is ready, which asks its own poller again, so that a member behaves as it does alone.

Two kinds of members are not found by asking, and are ticked without: those that owe callbacks from an interrupted tick
(they say so by `expect`), and, on systems without epoll, all of them.

May touch its own epoll and handles; it holds those weakly, so that a forgotten server still frees its port.
"""

from __future__ import annotations

import select
import weakref
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ._errors import NoHandleError, NullHandleError
from ._lowlevel import server_tick
from ._poller import READABLE, Ready

if TYPE_CHECKING:
    from types import TracebackType

    from ._handle import NetworkServer
    from ._server import Server

_Member = weakref.ref["NetworkServer"]


# Stands in for the epoll where there is none.
def _nothing(timeout: int, maxevents: int, /) -> Ready:  # noqa: ARG001
    return ()


class ServerGroup:
    """Servers that are ticked together: `add` them once, then call `tick` once per frame in place of theirs.

    It is the handle that becomes a member, so a server stays in the group through `save` and `restore`; it leaves by
    `remove`, by joining another group, or when it is closed. A member's own `tick` works as ever. All members are to be
    ticked on one thread.
    """

    def __init__(self) -> None:
        # Any: whether the select module has an epoll depends on the system.
        self._epoll: Any = select.epoll() if hasattr(select, "epoll") else None
        self._poll: Callable[[int, int], Ready] = _nothing if self._epoll is None else self._epoll.poll
        # How many can be ready, 1 at least.
        self._most = 1
        self._handles: weakref.WeakSet[NetworkServer] = weakref.WeakSet()
        # Members by the descriptor of their poller, and, by identity, those that are ticked without asking.
        self._watched: dict[int, _Member] = {}
        self._unwatched: dict[int, _Member] = {}
        self._due: dict[int, _Member] = {}
        self._ticking = False

    def __len__(self) -> int:
        """How many members there are."""
        return len(self._handles)

    # --- membership

    def add(self, server: Server) -> None:
        """Take a server in, open or not yet; one that is a member already stays. Raises `NoHandleError`.

        A handle that `make_server_adapter` makes later is another one, and has to be added again.
        """
        handle = server._server
        if handle is None:
            raise NoHandleError("an object without a handle cannot join a group")
        if handle.group is self:
            return
        if handle.group is not None:
            handle.group.leave(handle)
        handle.group = self
        self._handles.add(handle)
        if handle.port is not None:
            self.watch(handle)
        if handle.owing:
            self.expect(handle)

    def remove(self, server: Server) -> None:
        """Let a server go, which stays open. Nothing happens if it is no member."""
        handle = server._server
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

    def tick_handle(self, server: NetworkServer | None) -> None:
        """Tick one member alone, if it is ready. Raises `NullHandleError`, and `ValueError` for no member."""
        if server is None:
            raise NullHandleError("tick_handle")
        if server.group is not self:
            if server.port is None:
                return  # Closed, so it has left; there is nothing to tick.
            raise ValueError("this handle is no member of the group: add() its server first")
        fd = server.poller_fileno
        key = id(server)
        if any(ready == fd for ready, _ in self._poll(0, self._most)) or key in self._due or key in self._unwatched:
            self._due.pop(key, None)
            server_tick(server)

    # --- told by the members

    def watch(self, handle: NetworkServer) -> None:
        """A member has opened its port."""
        fd = handle.poller_fileno
        if self._epoll is None or fd is None:
            self._unwatched[id(handle)] = weakref.ref(handle)
        else:
            self._epoll.register(fd, READABLE)
            self._watched[fd] = weakref.ref(handle)
            self._most = len(self._watched)

    def expect(self, handle: NetworkServer) -> None:
        """A member owes callbacks: it is to be ticked whether its poller has something to tell or not."""
        self._due[id(handle)] = weakref.ref(handle)

    def leave(self, handle: NetworkServer) -> None:
        """A member goes, while its poller is still open: the kernel forgets a poller that is closed in this process,
        but not one that a fork still has open.
        """
        handle.group = None
        self._handles.discard(handle)
        self._due.pop(id(handle), None)
        self._unwatched.pop(id(handle), None)
        fd = handle.poller_fileno
        if fd is not None and self._watched.pop(fd, None) is not None:
            self._epoll.unregister(fd)
            self._most = len(self._watched) or 1

    # --- one tick

    def _work(self, ready: Ready) -> None:
        if self._ticking:
            return
        # The due ones first, each member once.
        turn = {**self._due, **self._unwatched}
        for fd, _ in ready:
            handle = self._watched[fd]()
            if handle is not None:
                turn.setdefault(id(handle), self._watched[fd])
        self._due = {}
        waiting = deque(turn.items())
        self._ticking = True
        try:
            while waiting:
                _, member = waiting.popleft()
                handle = member()
                # A callback of another member may have closed it, or taken it out.
                if self._is_member(handle):
                    server_tick(handle)
        finally:
            self._ticking = False
            # After an exception: who was not reached, and has not left either (the next handle may have its identity).
            self._due.update((key, member) for key, member in waiting if self._is_member(member()))

    def _is_member(self, handle: NetworkServer | None) -> bool:
        return handle is not None and handle.group is self
