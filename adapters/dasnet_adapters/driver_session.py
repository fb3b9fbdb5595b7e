"""The sessions and adapters on top of a conversation with a driver.

`DriverSession` is a session of the contract over one. `DriverAdapter` keeps one conversation going from session to
session: `reset` between them where the driver knows it, another driver where not, and another one after any breakage.
May import the standard library, the contract and the conversation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .contract import (
    AdapterBroken,
    Answer,
    Command,
    Description,
    Event,
    Refusal,
    Unsupported,
)
from .driver_conversation import Conversation
from .driver_peer import Peer
from .patience import Patience

#: Seconds that a driver may take to stop.
DEFAULT_STOP: Final = 2.0


class DriverSession:
    """One run of commands over a conversation that is clean at its start."""

    def __init__(self, conversation: Conversation, on_close: Callable[[DriverSession], None]) -> None:
        self.conversation = conversation
        self._on_close = on_close
        self._mark = conversation.peer.aside.mark()
        self._closed = False

    def call(self, command: Command) -> Answer:
        """Carry out one command and return its answer. Raises `AdapterBroken` when there is none to be had."""
        if self._closed:
            raise AdapterBroken("the session is closed", culprit="caller", hint="open another session")
        return self.conversation.call(command)

    def stray_events(self) -> tuple[Event, ...]:
        """The callbacks that fired while no command ran, since this was last asked.

        Raises `AdapterBroken` when the driver said anything else between commands.
        """
        return self.conversation.stray_events() if not self._closed else ()

    def diagnostics(self) -> str:
        """The end of what the driver wrote to its standard error in this session."""
        if not self._closed:
            self.conversation.peer.channel.idle(0)
        return self.conversation.peer.aside.since(self._mark)

    def close(self) -> None:
        """Have the driver forget everything, or end it where it cannot. May be called twice.

        Raises `AdapterBroken` when the port did not survive that, or did not come back from it: it ends this session,
        and no other can be charged with it. What goes wrong beside the port is kept for whoever closes the adapter.
        """
        if not self._closed:
            self._closed = True
            self._on_close(self)


class DriverAdapter:
    """What the adapters over the line protocol share; `connect` is what they differ in.

    Arguments: `connect`, which starts or reaches a driver (raises `AdapterBroken`); `deadline`, seconds for one
    command, None for no end; `start`, seconds for its first answer, where that takes longer (None: as for any command);
    `stop`, seconds for a driver to stop by itself; `peer_host`, where peers reach its server.
    """

    reached = "driver"

    def __init__(
        self,
        connect: Callable[[], Peer],
        *,
        deadline: float | None,
        start: float | None,
        stop: float,
        peer_host: str,
    ) -> None:
        self.peer_host = peer_host
        #: What went wrong while sessions were closed and drivers stopped, which `close` does not raise.
        self.closing_failures: list[AdapterBroken] = []
        self._connect = connect
        self._patience = Patience(deadline)
        self._start = start
        self._stop = stop
        self._resets = True
        self._conversation: Conversation | None = None
        self._session: DriverSession | None = None
        self._description: Description | None = None

    @property
    def patience(self) -> Patience:
        """What has been learnt of how long commands take."""
        return self._patience

    def describe(self) -> Description:
        """Name, version, language and claimed profiles. Raises `AdapterBroken` when the driver gives none."""
        if self._description is None:
            self._greeted()
        assert self._description is not None
        return self._description

    def open_session(self) -> DriverSession:
        """A fresh session; one that is still open is closed. Raises `AdapterBroken` when there is no driver."""
        self._close_session()
        self._session = DriverSession(self._greeted(), self._end_session)
        return self._session

    @property
    def stop_seconds(self) -> float:
        """How long a driver may take to stop by itself, in seconds."""
        return self._stop

    def start_conversation(self) -> Conversation:
        """A conversation with another driver that nobody has greeted yet; whoever asks for it ends it.

        For the pre-flight. Raises `AdapterBroken` when there is no driver to be had.
        """
        return Conversation(self._connect(), self._patience if self._start is None else Patience(self._start))

    def close(self) -> None:
        """Close the session and stop the driver. May be called twice."""
        self._close_session()
        self._dismiss()

    # Nobody is there any more who could be told otherwise.
    def _close_session(self) -> None:
        if self._session is not None:
            try:
                self._session.close()
            except AdapterBroken as failure:
                self.closing_failures.append(failure)

    # A conversation in which no object exists.
    def _greeted(self) -> Conversation:
        if self._conversation is None or self._conversation.broken is not None:
            conversation = Conversation(self._connect(), self._patience)
            self._description = conversation.greet(self._start)
            self._conversation = conversation
        return self._conversation

    def _end_session(self, session: DriverSession) -> None:
        self._session = None
        conversation = session.conversation
        if conversation.broken is not None:
            self._conversation = None
            return
        if self._resets:
            try:
                outcome = conversation.call(Command("reset")).outcome
                conversation.stray_events()  # nobody asked for them in time; they are not the next session's
            except AdapterBroken as failure:
                self._conversation = None
                if failure.culprit == "implementation":
                    raise
                self.closing_failures.append(failure)
                return
            if isinstance(outcome, Refusal):
                said = f"the driver refuses reset: {outcome.kind}: {outcome.message}"
                self.closing_failures.append(conversation.break_off(said, "reset-refused"))
                self._conversation = None
            self._resets = not isinstance(outcome, Unsupported)
        if not self._resets:
            self._dismiss()

    def _dismiss(self) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is None or conversation.broken is not None:
            return
        try:
            # Who may take any time for a command may be a person, and takes it for this one too.
            conversation.call(Command("bye"), None if self._patience.deadline is None else self._stop)
        except AdapterBroken as failure:
            self.closing_failures.append(failure)
            return
        trouble = conversation.peer.dismiss(self._stop)
        if trouble is not None:
            self.closing_failures.append(conversation.break_off(*trouble))
        conversation.broken = conversation.broken or AdapterBroken("the driver was dismissed", culprit="caller")
