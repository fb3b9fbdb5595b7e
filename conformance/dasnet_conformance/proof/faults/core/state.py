"""Faults of section state: for each cell of the state table a server that gives a wrong answer there, and only there.

The faults are made from the table `LIES`. `StateAware` knows in which state its object is, by watching what happens to
it and by looking at the sockets, as the checks of the section bring it about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dasnet_conformance.proof.faults.registry import Fault, register
from dasnet_conformance.proof.faults.sound import Server, SharedOrphan
from dasnet_conformance.proof.faults.tools import die, peek, ready


def _claim(self: StateAware) -> bool:  # noqa: ARG001
    return True


def _deny(self: StateAware) -> bool:  # noqa: ARG001
    return False


def _refuse(self: StateAware) -> bool:  # noqa: ARG001
    raise RuntimeError("the call cannot be answered in this state")


def _die(self: StateAware) -> bool:  # noqa: ARG001
    die()


#: What a fault does in place of the call, with the words that its sentence uses.
CLAIM: Final = ("claims true", _claim)
DENY: Final = ("says false", _deny)
REFUSE: Final = ("raises an error", _refuse)
DIE: Final = ("takes the host down", _die)

CALLS: Final = ("has_session", "is_open", "is_connected", "send")

Lie = tuple[str, Callable[["StateAware"], bool]]

#: State -> when that is, and the wrong answers of the four calls.
LIES: Final[dict[str, tuple[str, Lie, Lie, Lie, Lie]]] = {
    "new-object": ("on a new object that has no handle", CLAIM, CLAIM, CLAIM, CLAIM),
    "handle-made": ("on an object with a handle before init", CLAIM, CLAIM, CLAIM, CLAIM),
    "listening": ("on a server that listens and has no client", CLAIM, DENY, CLAIM, CLAIM),
    "client-pending": ("while a client waits that no tick has taken", CLAIM, DENY, CLAIM, CLAIM),
    "client-taken": ("while a client is connected", DENY, DENY, DENY, DENY),
    "client-gone": ("when the client has left and no tick has noticed", REFUSE, DENY, REFUSE, DIE),
    "departure-noticed": ("after a tick has told of the departure", CLAIM, DENY, CLAIM, CLAIM),
    "init-failed": ("after a failed init", CLAIM, CLAIM, CLAIM, CLAIM),
    "saved": ("on an object whose handle was saved", CLAIM, CLAIM, CLAIM, CLAIM),
    "restored": ("on an object that restored a client", DENY, DENY, DENY, DENY),
    "destroyed": ("on an object that was destroyed", CLAIM, CLAIM, CLAIM, CLAIM),
}


class StateAware(Server):
    """A sound server that knows in which row of the state table it is."""

    past = "new-object"

    def state(self) -> str:
        """The row of the table."""
        handle = self._server
        if handle is None:
            return self.past
        if handle.client is not None:
            gone = peek(handle.client) == b""
            return "client-gone" if gone else "restored" if self.past == "restored" else "client-taken"
        if handle.listener is None:
            return "init-failed" if self.past == "init-failed" else "handle-made"
        if ready(handle.listener):
            return "client-pending"
        return "departure-noticed" if self.past == "client-taken" else "listening"

    def init(self, port: int) -> bool:
        made = super().init(port)
        self.past = "listening" if made else "init-failed"
        return made

    def tick(self) -> None:
        super().tick()
        if self._server is not None and self._server.client is not None and self.past != "restored":
            self.past = "client-taken"

    def save(self, shared_orphan: SharedOrphan) -> None:
        super().save(shared_orphan)
        self.past = "saved"

    def restore(self, shared_orphan: SharedOrphan) -> None:
        super().restore(shared_orphan)
        self.past = "restored"

    def close(self) -> None:
        super().close()
        self.past = "destroyed"


def _liar(state: str, call: str, answer: Callable[[StateAware], bool]) -> type[Server]:
    # A subclass in which one call answers wrongly in one state.
    honest = getattr(Server, call)

    def method(self: StateAware, *arguments: Any) -> Any:
        return answer(self) if self.state() == state else honest(self, *arguments)

    return type(f"{state.title().replace('-', '')}{call.title()}", (StateAware,), {call: method})


def _enter_lies() -> None:
    for state, (when, *answers) in LIES.items():
        for call, (words, answer) in zip(CALLS, answers, strict=True):
            requirement = f"state.{state}.{call.replace('_', '-')}"
            register(
                Fault(
                    name=f"state_{state.replace('-', '_')}_{call}",
                    section="state",
                    sentence=f"{call} {words} {when}.",
                    kills=(requirement,),
                    parts=(_liar(state, call, answer),),
                )
            )


_enter_lies()
