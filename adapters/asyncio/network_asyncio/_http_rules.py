"""What RFC 9110 and RFC 9112 ask of a request and httptools does not look at. Touches bytes alone.

The request line is looked at before the parser has it, fields and framing as the parser gives them.
"""

from __future__ import annotations

import re
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
#: More digits than any limit has; int() of a row without end would take its time.
_MOST_DIGITS: Final = 18


class RejectedError(Exception):
    """A request that is not served. Arguments: the status that tells its client, and why, for the log."""

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
    in_form = _ORIGIN_FORM.fullmatch(target) or (target == b"*" and method == b"OPTIONS")
    if not in_form and host_of(target) is None:
        raise RejectedError(400, "a target that this method does not have")
    return RequestLine(method, target, f"HTTP/1.{minor.decode()}", minor == b"0")


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
    if hosts and not _HOST.fullmatch(hosts[0]):
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


def _values(fields: list[Field], name: bytes) -> list[bytes]:
    return [value for each, value in fields if each.lower() == name]


def _words(values: list[bytes]) -> list[bytes]:
    words = (word.strip(b"\t ").lower() for word in b",".join(values).split(b","))
    return [word for word in words if word]
