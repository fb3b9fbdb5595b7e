"""A request as an `HttpClient` sends it: what may be asked, and what stands in its head. No socket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ._http_rules import FRAMING, as_bytes, check_fields, is_host, is_target, is_token, says_close

#: Methods whose meaning is that there may be a body, so that an empty one is told of (RFC 9110, section 8.6).
_WITH_BODY: Final = frozenset((b"POST", b"PUT", b"PATCH"))
#: Methods that may be sent a second time where nobody knows whether they arrived (RFC 9110, section 9.2.2).
_IDEMPOTENT: Final = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was accepted: its number, its bytes, the tick in which it was, and whether it is the last one."""

    number: int
    method: bytes
    head: bytes
    body: bytes
    since: int
    ends: bool

    @property
    def is_head(self) -> bool:
        """Whether its response has no body."""
        return self.method == b"HEAD"

    @property
    def may_be_repeated(self) -> bool:
        """Whether twice does no more than once."""
        return self.method in _IDEMPOTENT


def ask(
    number: int,
    since: int,
    server: tuple[str, int],
    method: bytes | str,
    target: bytes | str,
    headers: Iterable[tuple[bytes | str, bytes | str]],
    body: bytes,
) -> Asked:
    """A request of `server`, a host and a port. Raises `ValueError` for what HTTP forbids, or a server cannot be asked.

    Clause: RFC 9112, sections 3, 3.2 and 6; RFC 9110, section 7.2
    """
    method, target = as_bytes(method), as_bytes(target) or b"/"
    if not is_token(method) or method == b"CONNECT":
        raise ValueError(f"{method!r} is no method of a server")
    if not is_target(target, method):
        raise ValueError(f"{target!r} is no path, with or without a query")
    fields = [(name, value) for name, value in check_fields(headers) if name.lower() not in FRAMING]
    hosts = [value for name, value in fields if name.lower() == b"host"]
    if len(hosts) > 1 or not all(is_host(value.strip(b"\t ")) for value in hosts):
        raise ValueError("more than one field Host, or one that is no host")
    if not hosts:
        fields.insert(0, (b"Host", host_field(*server)))
    with memoryview(body) as content:  # a number would be taken for so many zeros
        body = content.tobytes()
    if body or method in _WITH_BODY:
        fields.append((b"Content-Length", b"%d" % len(body)))
    lines = [b"%b %b HTTP/1.1" % (method, target), *(b"%b: %b" % (name, value.strip(b"\t ")) for name, value in fields)]
    return Asked(number, method, b"\r\n".join([*lines, b"", b""]), body, since, says_close(fields))


def host_field(host: str, port: int) -> bytes:
    """What stands in the field Host for a server. Raises `ValueError` for what is no name of one.

    Clause: RFC 9110, section 7.2; of an address its zone is left out, which only this side knows (RFC 6874, section 4)
    """
    name = f"[{host.partition('%')[0]}]" if ":" in host else host
    encoded = name.encode("ascii" if name.isascii() else "idna")
    if port != 80:
        encoded += b":%d" % port
    if not name or not is_host(encoded):
        raise ValueError(f"{host!r} is no name of a host")
    return encoded
