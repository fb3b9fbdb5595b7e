"""Faults of section data: the end of a client's bytes, seen before all of them are read."""

from __future__ import annotations

from dasnet_conformance.proof.faults.both_halves import EndBehindWords, HangUpEndsTheReading
from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_handle import Handle


@fault("data.send-and-close")
class ServerSeesTheHangUpFirst(HangUpEndsTheReading, Handle):
    """After as much as one tick reads, a client that has hung up is told to have left, and the rest is lost."""


@fault("data.never-empty")
class EndBehindWordsIsAnEmptyDelivery(EndBehindWords, Handle):
    """Where the end is read in the tick of the last words, it is handed over behind them: as no bytes."""
