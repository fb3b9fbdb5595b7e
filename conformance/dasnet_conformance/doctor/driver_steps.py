"""The steps of the pre-flight that are about the driver itself: greeting, unknown commands, reset, and how it ends.

Each step returns what to tell when all is well, and raises what is not: `AdapterBroken` for a broken driver, `Note` for
what a port can be judged with all the same. They start the driver anew where it has to end, through the adapters.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import Final

from dasnet_adapters.channel import ChannelError
from dasnet_adapters.contract import Adapter, AdapterBroken, Command, Description, Refusal, Session, Unsupported
from dasnet_adapters.driver_conversation import Conversation
from dasnet_adapters.driver_process import ProcessPeer, describe_status
from dasnet_adapters.driver_session import DriverAdapter
from dasnet_adapters.line_protocol import VERSION, encode_command

from .findings import Note, broken_because, symptom_of

#: A command that no profile has, now or to come.
STRANGER: Final = Command("juggle", (1, 2, 3))

#: Seconds for a driver that answered nothing to answer at the end of its input, and for a connection to end.
_LAST_CHANCE: Final = 2.0


def greet(adapter: Adapter) -> Description:
    """What the implementation says of itself; a driver that is silent is asked whether it forgets to flush."""
    try:
        return adapter.describe()
    except AdapterBroken as broken:
        if isinstance(adapter, DriverAdapter) and symptom_of(broken) == "no-answer":
            _insist_on_flushing(adapter, broken)
        raise


# Whether the answer that did not come in time comes once no more input can.
def _insist_on_flushing(adapter: DriverAdapter, silence: AdapterBroken) -> None:
    conversation = adapter.start_conversation()
    channel = conversation.peer.channel
    end = time.monotonic() + _LAST_CHANCE
    try:
        channel.write(encode_command(1, Command("hello", (VERSION,))), end)
        conversation.peer.close_input()
        line = channel.read_line(end)
    except ChannelError:
        conversation.peer.abandon()
        return
    said = line[:80].decode("ascii", "backslashreplace")
    raise conversation.break_off(f"{silence}, and '{said}' when the input had ended", "no-flush")


def insist_on_unsupported(session: Session) -> None:
    """A command that no profile has is unsupported, and nothing else. Raises `AdapterBroken`."""
    outcome = session.call(STRANGER).outcome
    if not isinstance(outcome, Unsupported):
        said = f"refused {outcome.kind}" if isinstance(outcome, Refusal) else "value"
        raise broken_because(session, f"'{STRANGER.name}' is answered with '{said}'", "unknown-accepted")


def stranger(session: Session) -> str:
    """A command that no profile has."""
    insist_on_unsupported(session)
    return "unsupported, as it should be"


def reset(session: Session) -> str:
    """After a reset every object number is free again."""
    session.call(Command("new", (1, 1)))
    outcome = session.call(Command("reset")).outcome
    if isinstance(outcome, Unsupported):
        raise Note("unsupported: the driver is started anew for each check, which is slower and just as good")
    if isinstance(outcome, Refusal):
        raise broken_because(session, f"reset is refused: {outcome.kind} {outcome.message}", "reset-refused")
    again = session.call(Command("new", (1, 1))).outcome
    if isinstance(again, Refusal) and again.kind == "driver":
        raise broken_because(session, f"after reset, number 1 is taken: {again.message}", "reset-forgets-nothing")
    return "every number is free again"


def dismiss(adapter: DriverAdapter) -> str:
    """The driver says goodbye and ends."""
    adapter.open_session()
    adapter.close()
    if adapter.closing_failures:
        raise adapter.closing_failures.pop(0)
    return "answered, and nothing is left behind"


def end_input(adapter: DriverAdapter) -> str:
    """The driver ends by itself when nobody can speak to it any more, and leaves no process behind."""
    conversation = _another(adapter)
    peer = conversation.peer
    peer.close_input()
    if not isinstance(peer, ProcessPeer):
        with suppress(ChannelError):
            while True:
                peer.channel.read_line(time.monotonic() + _LAST_CHANCE)
        peer.abandon()
        return "the connection is let go of"
    left = peer.child.left_behind(adapter.stop_seconds)
    status = peer.child.fate(0)
    if status is None:
        what = f"the driver lives {adapter.stop_seconds:g} s after the end of its input"
        raise conversation.break_off(what, "end-of-input-ignored")
    peer.abandon()
    if status:
        what = f"{describe_status(status)} at the end of its input, not with 0"
        raise conversation.break_off(what, "killed" if status < 0 else "exited")
    if left:
        raise conversation.break_off(f"{left} of its processes run on", "left-behind")
    return "the driver exits with status 0"


def terminate(adapter: DriverAdapter) -> str:
    """The driver ends when it is told to by a signal."""
    conversation = _another(adapter)
    peer = conversation.peer
    peer.abandon()
    if isinstance(peer, ProcessPeer) and peer.child.fate(0) == -signal.SIGKILL:
        raise Note("the driver had to be killed", "terminate-ignored")
    return "the driver ends"


def _another(adapter: DriverAdapter) -> Conversation:
    conversation = adapter.start_conversation()
    conversation.greet()
    return conversation
