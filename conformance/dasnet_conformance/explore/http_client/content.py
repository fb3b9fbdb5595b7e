"""What servers of the suite answer in a conversation of HTTP clients: bytes, and what is to be made of them. Data only.

No two bodies are alike, and each answer has its number in a field.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.shared.content import parcel

_MOST_CHUNKS: Final = 20
_RICH: Final = (
    (b"X-Colon", b"a:b:c"),
    (b"X-Empty", b""),
    (b"Set-Cookie", b"a=1"),
    (b"x-small", b"caf\xe9\t\xff"),
    (b"Set-Cookie", b"b=2"),
)
#: What is said unasked: an answer that must be nobody's.
UNASKED: Final = b"HTTP/1.1 200 Unasked\r\nContent-Length: 7\r\n\r\nunasked"
_INTERIM: Final = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5\r\n\r\n"
    b"HTTP/1.1 102 \r\n\r\n"
)
#: One interim answer by itself.
WORKING: Final = b"HTTP/1.1 102 Processing\r\n\r\n"
_REASON: Final = "Just so, 2 words"


@dataclass(eq=False)
class Reply:
    """One answer of the suite's server: its bytes, and what a callback has to have."""

    status: int
    reason: str
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    framing: str
    manner: str
    data: bytes
    #: Where its head ends, with whatever goes before it.
    head: int
    #: It has no body by the request or its status.
    bare: bool
    #: Bytes of it that were given to the wire, and whether they are all, or the end made them all.
    sent: int = 0
    complete: bool = False
    #: Ticks of the client's handle when all of it was sent; whether the request was not whole by then.
    finished: int = 0
    early: bool = False
    #: It had certainly arrived when its connection broke.
    broken_behind: bool = False
    #: It went out in pieces, and a reload came in between.
    cut: bool = False
    reloaded: bool = False

    def until(self, count: int) -> int:
        """Where the next piece of so many bytes ends; extra bytes come with the end of the answer."""
        end = self.sent + max(0, count)
        extra = self.manner == words.EXTRA and self.data.endswith(UNASKED)
        return len(self.data) if extra and end >= len(self.data) - len(UNASKED) else end

    @property
    def lasts(self) -> bool:
        """Whether its end is that of its connection."""
        return self.framing == words.UNTIL_CLOSE and not self.bare

    @property
    def says_close(self) -> bool:
        """Whether it says that its connection ends."""
        return self.manner in words.CLOSING or self.manner == words.OLD

    @property
    def kept(self) -> bool:
        """Whether its connection has to serve again, as far as it says; a client need not honour keep-alive of 1.0."""
        ending = self.says_close or self.early or self.manner in (words.EXTRA, words.OLD_KEPT)
        return not ending and self.framing != words.UNTIL_CLOSE


def reply(number: int, method: str, status: int, framing: str, size: int, manner: str) -> Reply:
    """The answer of that number to a request of that method, as the words say."""
    bare = method == "HEAD" or status in (204, 304)
    if manner in (words.OLD, words.OLD_KEPT) and framing.startswith("chunks"):
        framing = "a length"
    body = parcel(number, size)
    version = "HTTP/1.0" if manner in (words.OLD, words.OLD_KEPT) else "HTTP/1.1"
    reason = "" if manner == words.NO_REASON else _REASON
    pairs: list[tuple[bytes, bytes]] = [(b"X-Number", b"%d" % number)]
    lines = [f"{version} {status} {reason}".encode(), b"X-Number: %d" % number]
    if manner == words.MANY_FIELDS:
        pairs += _RICH
        lines += [name + b":" + (b" \t" if value else b"") + value + b" \t" for name, value in _RICH]
    elif manner == words.FOLDED:
        pairs.append((b"X-Folded", b"a b c"))
        lines += [b"X-Folded: a", b" b", b"\tc"]
    elif manner in (words.KEEP_ALIVE, words.OLD_KEPT):
        lines.append(b"Connection: keep-alive")
    lines += words.CLOSING.get(manner, ())
    content = body
    if framing == "a length":
        # A 204 has no length: RFC 9110, section 8.6
        lines += [] if status == 204 else [b"Content-Length: %d" % len(body)]
    elif framing != words.UNTIL_CLOSE and status != 204:
        lines.append(b"transfer-encoding: Chunked" if manner == words.MANY_FIELDS else b"Transfer-Encoding: chunked")
        content = _chunks(body, random.Random(number), framing)
    head = b"\r\n".join([*lines, b"", b""])
    if manner == words.INTERIM:
        head = _INTERIM + head
    data = head if bare else head + content
    if manner == words.EXTRA and not (framing == words.UNTIL_CLOSE and not bare):
        data += UNASKED
    return Reply(status, reason, tuple(pairs), b"" if bare else body, framing, manner, data, len(head), bare)


def _chunks(body: bytes, chance: random.Random, framing: str) -> bytes:
    cuts = sorted(chance.randint(0, len(body)) for _ in range(chance.randint(0, _MOST_CHUNKS)))
    extension = b';a="b;c";d=e' if framing == "chunks and extensions" else b""
    trailer = b"X-Trailer: a\r\nX-More: b\r\n" if framing == "chunks and a trailer" else b""
    parts = []
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        if start < end:
            size = chance.choice((b"%x", b"%X", b"000%x")) % (end - start)
            parts.append(size + extension + b"\r\n" + body[start:end] + b"\r\n")
    return b"".join([*parts, b"0", extension, b"\r\n", trailer, b"\r\n"])
