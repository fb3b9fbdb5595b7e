"""What the pre-flight finds: a `Finding` for each step, and the two things that a step raises when all is not well.

No input or output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dasnet_adapters.contract import AdapterBroken, Session
from dasnet_adapters.hints import HINTS

OK: Final = "ok"
BROKEN: Final = "broken"
NOTE: Final = "note"


@dataclass(frozen=True)
class Finding:
    """What became of one step: `state` is ok, broken or note, `symptom` a key of `HINTS` or empty."""

    step: str
    state: str
    text: str = ""
    symptom: str = ""
    exchange: str = ""
    #: Whose part it is, where something is broken and that is known.
    culprit: str = ""


class Note(Exception):
    """Something worth knowing that breaks nothing. `symptom` is a key of `HINTS`, or empty."""

    def __init__(self, message: str, symptom: str = "") -> None:
        super().__init__(message)
        self.symptom = symptom


def broken_because(session: Session, message: str, symptom: str) -> AdapterBroken:
    """The error for a driver that answers in due form and wrongly; the conversation can go on."""
    conversation = getattr(session, "conversation", None)
    exchange = conversation.exchange() if conversation is not None else ""
    return AdapterBroken(message, culprit="driver", hint=HINTS[symptom].text, exchange=exchange)


def symptom_of(broken: AdapterBroken) -> str:
    """The key in `HINTS` of what the error gives as its hint, or nothing for a hint of another kind."""
    return next((name for name, hint in HINTS.items() if hint.text == broken.hint), "")
