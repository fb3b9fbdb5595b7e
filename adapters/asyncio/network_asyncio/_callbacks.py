"""The callbacks, which `Server` and `Client` have in common."""

from __future__ import annotations


class Callbacks:
    """Override those you need; all are called on the thread that ticks, connects or sends."""

    def on_connect(self) -> None:
        """The connection stands; `send` works from here on."""

    def on_disconnect(self) -> None:
        """The other end is gone, and all that it sent has been told."""

    def on_data(self, data: bytes) -> None:
        """These bytes arrived, at least one."""

    def on_error(self, message: str, code: int) -> None:
        """Something failed: a sentence for people, and the system's error number, never 0."""

    def on_log(self, message: str) -> None:
        """Something worth a line in a log happened."""
