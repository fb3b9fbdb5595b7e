"""What a `Server` can be told at construction, with the defaults and their checks; data only, no input/output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one object; the handle follows those of the object that owns it.

    Arguments: `host`, the numeric address to bind ("localhost" is understood, "" means every IPv4 interface; other
    names are not looked up, because looking up can block). `queue_limit`, the most bytes that may wait to be sent.
    `tick_budget`, the most bytes that one tick delivers. Raises `ValueError` for a limit below one byte.
    """

    # A debug server that is open to the network unasked lets strangers in.
    host: str = "127.0.0.1"
    queue_limit: int = 64 * MEBIBYTE
    tick_budget: int = MEBIBYTE

    def __post_init__(self) -> None:
        for name, value in (("queue_limit", self.queue_limit), ("tick_budget", self.tick_budget)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1 byte, not {value}")


DEFAULTS: Final = Settings()
