"""What RFC 9110 and RFC 9112 ask of a message and httptools does not look at. Touches bytes alone.

The first line is looked at before the parser has it, fields and framing as the parser gives them; and what a program
wants to send, before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: A field: its name as it came, and its value without the white space around it.
Field = tuple[bytes, bytes]

_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/([0-9])\.([0-9])\r\n")
_ORIGIN_FORM: Final = re.compile(rb"/[!-\"$-~]*")
_ABSOLUTE_FORM: Final = re.compile(rb"https?://([^/?#]+)(?:[/?][!-\"$-~]*)?", re.IGNORECASE)
# RFC 3986, sections 3.2.2 and 3.2.3: a name, perhaps empty, or an address in brackets; perhaps a port, of any length.
_HOST: Final = re.compile(
    rb"(?:(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+;=:-]+\])"
    rb"(?::[0-9]*)?"
)
#: Fields that say where a message ends.
FRAMING: Final = frozenset((b"content-length", b"transfer-encoding"))
#: More digits than any limit has; int() of a row without end would take its time.
_MOST_DIGITS: Final = 18


_STATUS_LINE: Final = re.compile(rb"HTTP/([0-9])\.([0-9]) ([1-9][0-9]{2})(?: ([\t -~\x80-\xff]*))?\r\n")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(rb"[\t -~\x80-\xff]*")


class RejectedError(Exception):
    """A message that is turned down. Arguments: the status that a client is told, and why, for the log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestLine:
    """What stands in a request line. `version` as it came, `old` if it is HTTP/1.0."""

    method: bytes
    target: bytes
    version: str
    old: bool


def check_request_line(line: bytes) -> RequestLine:
    """Take a request line apart, its line end included. Raises `RejectedError` for one that cannot be served.

    Clause: RFC 9112, sections 2.3, 3 and 3.2; RFC 9110, sections 9.3.6 and 15.6.6
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise RejectedError(400, "a request line that is none")
    method, target, major, minor = found.groups()
    if major != b"1":
        raise RejectedError(505, f"version {major.decode()}.{minor.decode()} of HTTP")
    if method == b"CONNECT":
        raise RejectedError(501, "CONNECT: this is no proxy")
    if not is_target(target, method) and host_of(target) is None:
        raise RejectedError(400, "a target that this method does not have")
    return RequestLine(method, target, f"HTTP/1.{minor.decode()}", minor == b"0")


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What stands in a status line. `old` if it is HTTP/1.0."""

    status: int
    reason: str
    old: bool


def check_status_line(line: bytes) -> StatusLine:
    """Take a status line apart, its line end included. Raises `RejectedError` for one that is none, or of HTTP/2.

    Clause: RFC 9112, sections 2.3 and 4; RFC 9110, section 15
    """
    found = _STATUS_LINE.fullmatch(line)
    if found is None or found[1] != b"1":
        raise RejectedError(400, "a status line that is none of HTTP/1")
    return StatusLine(int(found[3]), (found[4] or b"").decode("latin-1"), found[2] == b"0")


def check_fields(headers: Iterable[tuple[bytes | str, bytes | str]]) -> list[Field]:
    """The fields that a program wants to send, as bytes. Raises `ValueError` for what would be none, or two.

    Clause: RFC 9110, sections 5.1 and 5.5
    """
    fields = []
    for given_name, given_value in headers:
        name, value = as_bytes(given_name), as_bytes(given_value)
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a field")
        if not _VALUE.fullmatch(value):
            raise ValueError(f"{value!r} is no value of a field")
        fields.append((name, value))
    return fields


def as_bytes(part: bytes | str) -> bytes:
    """Text of one byte a character, as those bytes."""
    return part.encode("latin-1") if isinstance(part, str) else part


def is_token(part: bytes) -> bool:
    """Whether it can be a method, or the name of a field. RFC 9110, section 5.6.2"""
    return _NAME.fullmatch(part) is not None


def is_target(target: bytes, method: bytes) -> bool:
    """Whether a server can be asked for it: a path, or `*` of OPTIONS. RFC 9112, sections 3.2.1 and 3.2.4"""
    return bool(_ORIGIN_FORM.fullmatch(target)) or (target == b"*" and method == b"OPTIONS")


def is_host(value: bytes) -> bool:
    """Whether it can stand in a field Host."""
    return _HOST.fullmatch(value) is not None


def host_of(target: bytes) -> bytes | None:
    """The host of a target in absolute form, None for any other. RFC 9112, section 3.2.2"""
    found = _ABSOLUTE_FORM.fullmatch(target)
    # A host that is empty is no http URI: RFC 9110, section 4.2.1
    if found is None or not _HOST.fullmatch(found[1]) or found[1].startswith(b":"):
        return None
    return found[1]


def check_hosts(fields: list[Field], old: bool) -> None:
    """See to it that there is one host, and that it is one. RFC 9112, section 3.2"""
    hosts = _values(fields, b"host")
    if len(hosts) > 1 or (not hosts and not old):
        raise RejectedError(400, f"{len(hosts)} fields Host")
    if hosts and not is_host(hosts[0]):
        raise RejectedError(400, "a field Host that is no host")


def length_of(fields: list[Field], old: bool, largest: int) -> int | None:
    """The length of a body, None for one in chunks. Raises `RejectedError` where it is in doubt, or above `largest`.

    Clause: RFC 9112, sections 6.1 and 6.3; RFC 9110, sections 8.6 and 15.5.14
    """
    lengths = _values(fields, b"content-length")
    codings = _values(fields, b"transfer-encoding")
    if codings:
        _check_codings(_words(codings), old, bool(lengths))
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise RejectedError(400, "a Content-Length that is none")
    digits = lengths[0].lstrip(b"0") or b"0"
    if len(digits) > _MOST_DIGITS or int(digits) > largest:
        raise RejectedError(413, "a body that is too large")
    return int(digits)


def _check_codings(codings: list[bytes], old: bool, measured: bool) -> None:
    if old:
        raise RejectedError(400, "a Transfer-Encoding in HTTP/1.0")
    if measured:
        raise RejectedError(400, "both Transfer-Encoding and Content-Length")
    if codings[-1:] != [b"chunked"] or codings.count(b"chunked") > 1:
        raise RejectedError(400, "codings of which chunked is not the last, once")
    if len(codings) > 1:
        raise RejectedError(501, "a coding that is not known")


def expects_continue(fields: list[Field], old: bool) -> bool:
    """Whether the client waits for 100. Raises `RejectedError` for another expectation. RFC 9110, section 10.1.1"""
    expectations = [] if old else _words(_values(fields, b"expect"))
    if any(word != b"100-continue" for word in expectations):
        raise RejectedError(417, "an expectation that is not known")
    return bool(expectations)


def says_close(fields: list[Field]) -> bool:
    """Whether a field Connection has close in its list. RFC 9112, section 9.6"""
    return b"close" in _words(_values(fields, b"connection"))


def goes_on(fields: list[Field], old: bool) -> bool:
    """Whether another request may follow on the connection of a response. RFC 9112, section 9.3"""
    words = _words(_values(fields, b"connection"))
    return b"close" not in words and (not old or b"keep-alive" in words)


def is_measured(fields: list[Field]) -> bool:
    """Whether a message says itself where it ends."""
    return any(name.lower() in FRAMING for name, _ in fields)


def _values(fields: list[Field], name: bytes) -> list[bytes]:
    return [value for each, value in fields if each.lower() == name]


def _words(values: list[bytes]) -> list[bytes]:
    words = (word.strip(b"\t ").lower() for word in b",".join(values).split(b","))
    return [word for word in words if word]
