"""What `HttpServer` and `HttpClient` can be told at construction: limits, with defaults and checks. Data only."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The limits of one server, which travel with its handle.

    Arguments: `longest_request_line`, `largest_head` (which the request line belongs to) and `largest_body`, in bytes;
    `most_fields` of one request; `most_connections` at a time; `stall_ticks`, after how many ticks without a byte that
    moves a connection is ended, where it is its client's turn, None for never. Raises `ValueError` for one below 1.
    """

    longest_request_line: int = 16 << 10
    largest_head: int = 64 << 10
    most_fields: int = 256
    largest_body: int = 16 << 20
    most_connections: int = 64
    stall_ticks: int | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class HttpClientLimits:
    """The limits of one client, which travel with its handle.

    Arguments: `largest_head` and `largest_body` of a response, in bytes; `stall_ticks`, after how many ticks in which
    no byte moves the request under way fails, and `deadline_ticks`, after how many in all any request does, None for
    never. Raises `ValueError` for one below 1.
    """

    largest_head: int = 64 << 10
    largest_body: int = 16 << 20
    stall_ticks: int | None = None
    deadline_ticks: int | None = None

    def __post_init__(self) -> None:
        _check(self)


def _check(limits: HttpLimits | HttpClientLimits) -> None:
    for field in fields(limits):
        value = getattr(limits, field.name)
        if value is not None and value < 1:
            raise ValueError(f"{field.name} must be 1 or more, not {value}")


HTTP_CLIENT_DEFAULTS = HttpClientLimits()
HTTP_DEFAULTS = HttpLimits()
