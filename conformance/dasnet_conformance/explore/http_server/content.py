"""What peers ask and hosts answer in a conversation over HTTP: bytes, and what has to be made of them. Data only.

The target of each request is its own, so that a callback tells which request it is about; no two bodies are alike.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.catalogue.vectors import Vector
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.shared.content import FROM_CALLBACK, parcel, shared_out
from dasnet_conformance.stage.answer_reader import HttpAnswer

#: Fields of a request or an answer that say where its body ends; what a callback has of them is the server's matter.
FRAMING: Final = (b"content-length", b"transfer-encoding", b"trailer", b"te")
#: The most pieces into which a body is cut: a server may bound its work in a tick by pieces.
_MOST_CHUNKS: Final = 20
_RICH: Final = (
    (b"Accept", b"text/html, */*"),
    (b"X-Colon", b"a:b:c"),
    (b"X-Empty", b""),
    (b"Cookie", b"a=1"),
    (b"X-Bytes", b"caf\xe9\t\xff"),
    (b"Cookie", b"b=2"),
)


@dataclass(frozen=True)
class Given:
    """An answer that a host gave: its status, fields and body, and what is asked of it if it does not come."""

    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    #: How it was given: "inside", "later" or "reloaded".
    when: str
    #: The row of `words.FIELDS` that its fields are.
    kind: str


@dataclass(eq=False)
class Unit:
    """One request on a connection, right or wrong: its bytes, what a callback has to have, and what came of it."""

    data: bytes
    method: str = "GET"
    version: str = "HTTP/1.1"
    target: str = ""
    fields: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    framing: str = "no body"
    manner: str = words.PLAIN
    #: Where its head ends in its bytes.
    head: int = 0
    #: What it is, if it is wrong.
    vector: Vector | None = None
    #: Where it begins on its connection, and the ticks of the handle when its first byte was sent (None: not yet).
    start: int = 0
    began: int | None = None
    #: It did not go out in one piece, or a reload came in between.
    cut: bool = False
    reloaded: bool = False
    # What came of it
    called: bool = False
    exchange: int = 0
    raised: bool = False
    given: Given | None = None
    #: Why an answer to it was refused last: a requirement.
    turned_down: str = ""
    invited: bool = False
    received: HttpAnswer | None = None

    @property
    def end(self) -> int:
        """Where it ends on its connection."""
        return self.start + len(self.data)

    @property
    def waits(self) -> bool:
        """Whether its host owes it an answer."""
        return self.called and self.given is None and self.received is None

    @property
    def closes(self) -> bool:
        """Whether its connection has to end behind the answer, whatever that says."""
        return self.manner in words.CLOSING or (self.version == "HTTP/1.0" and self.manner != words.KEEP_ALIVE)

    @property
    def asks_for_word(self) -> bool:
        """Whether it says that its client waits for a word, be there a body or none."""
        return self.version == "HTTP/1.1" and any(name == b"Expect" for name, _ in self.fields)

    @property
    def expects(self) -> bool:
        """Whether its client may wait with the body for a word."""
        return self.asks_for_word and len(self.data) > self.head

    @property
    def hides(self) -> bool:
        """Whether it is one of those of which all is allowed but one callback."""
        return self.vector is not None and bool(self.vector.hidden)


@dataclass
class _Head:
    lines: list[bytes] = field(default_factory=list)
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)

    def add(self, name: bytes, value: bytes, pad: bytes = b"") -> None:
        self.fields.append((name, value))
        self.lines.append(name + b": " + pad + value + pad)


def request(serial: int, number: int, method: str, version: str, framing: str, size: int, manner: str) -> Unit:
    """The request of that number on the connection of that serial, as the words say.

    Arguments: `size`, of the body, where `framing` has one.
    """
    target = f"/{serial}/{number}?a=b%20c%2F&d"
    body = b"" if framing == "no body" else parcel(serial * 100 + number + 1, size)
    head = _Head()
    hosts = {words.IPV6_HOST: b"[::1]:80", words.NO_PORT_HOST: b"localhost:", words.PORT_HOST: b"localhost:8080"}
    head.add(b"host" if manner == words.SMALL_NAMES else b"Host", hosts.get(manner, b"localhost"))
    _add_manner(head, version, framing, manner)
    trailer: tuple[bytes, ...] = ()
    if framing == "a length":
        head.add(b"content-length" if manner == words.SMALL_NAMES else b"Content-Length", b"%d" % len(body))
    elif framing != "no body":
        head.add(b"Transfer-Encoding", b"Chunked" if manner == words.MANY_FIELDS else b"chunked")
        trailer = (b"X-Trailer: a", b"X-More: b") if framing == "chunks and a trailer" else ()
    line = f"{method} {target} {version}".encode()
    text = b"\r\n".join([line, *head.lines, b"", b""])
    if manner == words.EMPTY_LINE:
        text = b"\r\n" + text
    content = body
    if framing.startswith("chunks"):
        content = _chunks(body, random.Random(serial * 100 + number), framing, trailer)
    return Unit(text + content, method, version, target, tuple(head.fields), body, framing, manner, len(text))


def _add_manner(head: _Head, version: str, framing: str, manner: str) -> None:
    if manner == words.MANY_FIELDS:
        for name, value in _RICH:
            head.add(name, value, b" \t" if value else b"")
    elif manner == words.CLOSE:
        head.add(b"Connection", b"CLOSE")
    elif manner == words.CLOSE_LISTED:
        head.add(b"Connection", b"x-other,\tClose , x-more")
    elif manner == words.CLOSE_SECOND:
        head.add(b"Connection", b"x-other")
        head.add(b"Connection", b"close")
    elif manner == words.KEEP_ALIVE:
        head.add(b"Connection", b"keep-alive")
    elif manner == words.UPGRADE and version == "HTTP/1.1":
        head.add(b"Connection", b"Upgrade")
        head.add(b"Upgrade", b"websocket")
    elif manner == words.EXPECTS and framing != "no body":
        head.add(b"Expect", b"100-continue")


def _chunks(body: bytes, chance: random.Random, framing: str, trailer: Sequence[bytes]) -> bytes:
    cuts = sorted(chance.randint(0, len(body)) for _ in range(chance.randint(0, _MOST_CHUNKS)))
    extension = b';a="b;c";d=e' if framing == "chunks and extensions" else b""
    parts = []
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        if start < end:
            size = chance.choice((b"%x", b"%X", b"000%x")) % (end - start)
            parts.append(size + extension + b"\r\n" + body[start:end] + b"\r\n")
    return b"".join([*parts, b"0", extension, b"\r\n", *(line + b"\r\n" for line in trailer), b"\r\n"])


def wrong(name: str) -> Unit | None:
    """The wrong request of that name, or None."""
    vector = words.wrong_requests().get(name)
    return None if vector is None else Unit(vector.data, method=vector.method, vector=vector)


def answer_fields(kind: str) -> tuple[bytes, tuple[tuple[bytes, bytes], ...]]:
    """The fields of a row of `words.FIELDS`: as they are given, and as they have to arrive."""
    lines = words.FIELDS[kind]
    pairs = (line.partition(b": ") for line in lines)
    return b"".join(line + b"\r\n" for line in lines), tuple((name.lower(), value) for name, _, value in pairs)


def answer_body(number: int, size: int) -> tuple[bytes, int]:
    """The body of the host's answer of that number: a piece, and how often it is repeated."""
    length, repeat = shared_out(size)
    return parcel(number, length), repeat


def inside_body(action: str) -> bytes:
    """The body of the answer that a reaction gives."""
    return FROM_CALLBACK if action == "an answer" else parcel(0, 100_000)
