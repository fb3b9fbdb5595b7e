"""What an `HttpServer` or `HttpClient` can be told at construction, with defaults and checks; data only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from ._settings import MEBIBYTE


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The limits of one object. They hold before memory is taken for what is beyond them, and travel with the handle.

    Arguments: `longest_request_line`, `largest_head` and `largest_body`, in bytes. `most_fields` of one request.
    `most_connections` at a time; others wait in the system's queue. `stall_ticks`, how many ticks a client may be in
    the middle of a request, or of its answer, or say nothing at all, without a byte that moves; None: for ever. Raises
    `ValueError` for a limit below 1.
    """

    longest_request_line: int = 16 * 1024
    largest_head: int = 64 * 1024
    most_fields: int = 256
    largest_body: int = 16 * MEBIBYTE
    most_connections: int = 64
    stall_ticks: int | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class HttpClientLimits:
    """The limits of one `HttpClient`, which travel with its handle.

    Arguments: `largest_head` and `largest_body` of a response, in bytes. `stall_ticks`, after how many ticks in which
    no byte moves a request fails, and `deadline_ticks`, after how many since it was accepted; None: never. Raises
    `ValueError` for a limit below 1.
    """

    largest_head: int = 64 * 1024
    largest_body: int = 16 * MEBIBYTE
    stall_ticks: int | None = None
    deadline_ticks: int | None = None

    def __post_init__(self) -> None:
        _check(self)


def _check(limits: HttpLimits | HttpClientLimits) -> None:
    for field in fields(limits):
        value = getattr(limits, field.name)
        if value is not None and value < 1:
            raise ValueError(f"{field.name} must be at least 1, not {value}")


HTTP_DEFAULTS: Final = HttpLimits()
HTTP_CLIENT_DEFAULTS: Final = HttpClientLimits()
