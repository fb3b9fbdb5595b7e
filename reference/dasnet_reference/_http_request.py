"""A request as an `HttpClient` sends it: what may be asked, and what stands in its head. Touches bytes alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ._http_answer import FieldLine
from ._http_library import h11
from ._http_rules import check_host

_METHOD: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET: Final = re.compile(rb"/[!\"$-~]*")
#: A value without control characters, but for the tab: h11 refuses those that could end a line, and NUL.
_VALUE: Final = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
#: Fields that say where a request ends, which is not for the program to say.
_FRAMING: Final = frozenset((b"content-length", b"transfer-encoding"))
#: Methods that say by their meaning that there may be a body, so that one that is empty is told of.
_WITH_BODY: Final = frozenset((b"POST", b"PUT", b"PATCH"))
#: Methods that may be sent once more where nobody can tell whether they arrived. RFC 9110, section 9.2.2
_IDEMPOTENT: Final = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))


@dataclass(slots=True)
class Exchange:
    """One request that was accepted, and the tick in which it was. `head` is h11's event."""

    number: int
    head: Any
    body: bytes
    since: int

    @property
    def may_be_repeated(self) -> bool:
        """Whether twice is as good as once."""
        return self.head.method in _IDEMPOTENT


def make_head(
    method: str | bytes, target: str | bytes, headers: Iterable[FieldLine], body: bytes, host: str, port: int
) -> Any:
    """The head of a request, as an event of h11. Raises `ValueError` for what HTTP forbids.

    Clause: RFC 9112, sections 3.2, 3.2.1 and 6; RFC 9110, sections 5.5 and 7.2
    """
    method, target = _bytes(method), _bytes(target) or b"/"
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method!r} is no method")
    if method == b"CONNECT":
        raise ValueError("CONNECT opens a tunnel, and there are none here")
    if not (_TARGET.fullmatch(target) or (target == b"*" and method == b"OPTIONS")):
        raise ValueError(f"{target!r} is no path of a server, with or without a query")
    fields = [(_bytes(name), _bytes(value)) for name, value in headers]
    hosts = [value for name, value in fields if name.lower() == b"host"]
    if len(hosts) > 1 or not all(map(check_host, hosts)):
        raise ValueError("more than one field Host, or one that is no host")
    for name, value in fields:
        if not _VALUE.fullmatch(value):
            raise ValueError(f"the field {name!r} cannot be sent with the value {value!r}")
    kept = [pair for pair in fields if pair[0].lower() not in _FRAMING]
    if not hosts:
        kept.insert(0, (b"Host", _host_of(host, port)))
    if body or method in _WITH_BODY:
        kept.append((b"Content-Length", b"%d" % len(body)))
    try:
        return h11.Request(method=method, target=target, headers=kept)
    except h11.LocalProtocolError as error:
        raise ValueError(str(error)) from None


# Without the zone of an address, which says something on this side only. RFC 3986, section 7.2; RFC 6874
def _host_of(host: str, port: int) -> bytes:
    name = f"[{host.partition('%')[0]}]" if ":" in host else host
    encoded = name.encode("ascii" if name.isascii() else "idna")
    if port != 80:
        encoded += b":%d" % port
    if not name or not check_host(encoded):
        raise ValueError(f"{host!r} is no name of a host")
    return encoded


def _bytes(part: str | bytes) -> bytes:
    return part.encode("latin-1") if isinstance(part, str) else bytes(part)
