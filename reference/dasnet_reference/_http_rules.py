"""What RFC 9110 and RFC 9112 ask of the head of a request, where the parser lets pass what they rule out.

h11 0.16 takes a Transfer-Encoding beside a Content-Length, any major version, a Host field that is none, any target, LF
alone as a line end and a blank behind the size of a chunk. Here is no parser: a head that is turned down by none of
these rules goes to h11 as it came.
Touches bytes alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_REQUEST_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/([0-9])\.([0-9])")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*)")
_HOST: Final = re.compile(
    rb"(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*|\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+\])"
    rb"(?::[0-9]*)?"
)
_ABSOLUTE: Final = re.compile(rb"(?i:https?)://([^/?#:][^/?#]*)(?:[/?].*)?")
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?\r\n")
_DIGITS: Final = re.compile(rb"[0-9]+")
_CHUNKED: Final = b"chunked"

Field = tuple[bytes, bytes]


class RejectedError(Exception):
    """A request that is not served: the status that says why, and a sentence for the log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status}: {why}")
        self.status = status
        self.why = why


def check_request_line(line: bytes) -> tuple[bytes, bytes, bool]:
    """Method and target of a request line without its end, and whether its version is HTTP/1.0.

    Raises `RejectedError`. Clause: RFC 9112, sections 2.3, 3 and 3.2
    """
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise RejectedError(400, "the request line is not a method, a target and a version")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise RejectedError(505, f"version {major.decode()}.{minor.decode()} of HTTP")
    _check_target(method, target)
    return method, target, minor == b"0"


def _check_target(method: bytes, target: bytes) -> None:
    if method == b"CONNECT":
        raise RejectedError(501, "CONNECT: this is no proxy")
    if b"#" in target:
        raise RejectedError(400, "a target with a fragment")
    if target.startswith(b"/") or (target == b"*" and method == b"OPTIONS"):
        return
    host = authority_of(target)
    if host is None or not check_host(host):
        raise RejectedError(400, "a target that this method does not have")


def check_host(value: bytes) -> bool:
    """Whether this is a host, with or without a port, or nothing. Clause: RFC 9110, section 7.2"""
    return _HOST.fullmatch(value) is not None


def authority_of(target: bytes) -> bytes | None:
    """Host and port of a target in absolute form, None of another. Clause: RFC 9112, section 3.2.2"""
    match = None if target.startswith(b"/") else _ABSOLUTE.fullmatch(target)
    return match[1] if match else None


def check_field(line: bytes) -> Field:
    """Name, in lower case, and value of a field line without its end. Raises `RejectedError`.

    A line that begins with white space continues the one before it, which a server may turn down, and so does this one.

    Clause: RFC 9112, sections 2.2, 5.1 and 5.2; RFC 9110, sections 5.1 and 5.5
    """
    match = _FIELD.fullmatch(line)
    if match is None:
        raise RejectedError(400, "a field that is not a name, a colon and a value")
    return match[1].lower(), match[2].rstrip(b"\t ")


def check_fields(fields: Sequence[Field], old: bool, largest_body: int) -> int | None:
    """What the fields of one head say together: who is asked, and where the body ends.

    Arguments: `fields`, as of `check_field`; `old`, whether the version is HTTP/1.0; `largest_body`, in bytes. Returns
    the length of the body in bytes, None if it comes in chunks. Raises `RejectedError`.

    Clause: RFC 9112, sections 3.2, 6.1 and 6.3; RFC 9110, section 8.6
    """
    hosts: list[bytes] = []
    lengths: list[bytes] = []
    codings: list[bytes] = []
    # In one pass: of a small request, looking for each by itself is a good part of what it takes.
    for name, value in fields:
        if name == b"host":
            hosts.append(value)
        elif name == b"content-length":
            lengths.append(value)
        elif name == b"transfer-encoding":
            codings.append(value)
    if len(hosts) > 1 or not (hosts or old) or not all(map(check_host, hosts)):
        raise RejectedError(400, f"{len(hosts)} fields Host" if len(hosts) != 1 else "a field Host that is no host")
    length = _check_length(lengths, largest_body) if lengths else 0
    if not codings:
        return length
    _check_coding(codings, old, bool(lengths))
    return None


def _check_length(lengths: Sequence[bytes], largest_body: int) -> int:
    values = {value.strip(b"\t ") for line in lengths for value in line.split(b",")}
    if len(values) != 1:
        raise RejectedError(400, "several values of Content-Length")
    (value,) = values
    if not _DIGITS.fullmatch(value):
        raise RejectedError(400, "a Content-Length that is no number")
    # By its digits first: a number of thousands of them is dear to read.
    if len(value.lstrip(b"0")) > 18 or int(value) > largest_body:
        raise RejectedError(413, "a body that is too large")
    return int(value)


def _check_coding(codings: Sequence[bytes], old: bool, measured: bool) -> None:
    names = [name.strip(b"\t ").lower() for name in b",".join(codings).split(b",")]
    if names[-1] != _CHUNKED or names.count(_CHUNKED) > 1:
        raise RejectedError(400, "a Transfer-Encoding that does not end in chunked")
    if measured or old:
        raise RejectedError(400, "Transfer-Encoding beside Content-Length" if measured else "chunks in HTTP/1.0")
    if len(names) > 1:
        raise RejectedError(501, "a Transfer-Encoding that is not known")


def check_chunk_line(line: bytes) -> int:
    """The size in the line of a chunk, which has its end. Raises `RejectedError`.

    Clause: RFC 9112, sections 7.1 and 7.1.1
    """
    match = _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise RejectedError(400, "the line of a chunk that is not a size")
    return int(match[1], 16)


def expectation(fields: Sequence[Field], old: bool) -> bool:
    """Whether the client waits for 100. Raises `RejectedError` for another expectation.

    Clause: RFC 9110, section 10.1.1
    """
    words = [] if old else [value.lower() for name, value in fields if name == b"expect"]
    if any(word != b"100-continue" for word in words):
        raise RejectedError(417, "an expectation that is not known")
    return bool(words)
