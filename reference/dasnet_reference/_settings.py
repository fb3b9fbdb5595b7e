"""What a `Server` or a `Client` can be told at construction, with defaults and checks; data only, no input/output."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one object; the handle follows those of the object that owns it.

    Arguments: `host`, the numeric address to bind ("localhost" is understood, "" means every IPv4 interface; other
    names are not looked up, because looking up can block). `queue_limit`, the most bytes that may wait to be sent.
    `tick_budget`, the most bytes that one tick delivers. `keep_alive`, whether the system is to ask a silent client
    whether it is still there, so that one which vanished without a packet does not keep its seat; None: unless `host`
    is loopback, where nothing vanishes so. Like `host` it counts from the next `init`. Raises `ValueError` for a limit
    below one byte.
    """

    # A debug server that is open to the network unasked lets strangers in.
    host: str = "127.0.0.1"
    queue_limit: int = 64 * MEBIBYTE
    tick_budget: int = MEBIBYTE
    keep_alive: bool | None = None

    def __post_init__(self) -> None:
        for name, value in (("queue_limit", self.queue_limit), ("tick_budget", self.tick_budget)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1 byte, not {value}")

    @property
    def keeps_alive(self) -> bool:
        """Whether clients are looked after, with the default worked out."""
        return self.looks_after(self.host)

    def looks_after(self, host: str) -> bool:
        """The same for a connection to this host."""
        return not _is_loopback(host) if self.keep_alive is None else self.keep_alive


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False  # "" for every interface, or no address at all, of which init will tell.


DEFAULTS: Final = Settings()
