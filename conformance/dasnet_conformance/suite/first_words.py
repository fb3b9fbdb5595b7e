"""What connections begin with, for the checks of both halves: the first bytes by which protocols are known."""

from __future__ import annotations

from typing import Final

#: By each of them somebody tells what is spoken on a port: a browser and a proxy in front of it, TLS, SSH, telnet, the
#: marks of text, Flash, a terminal's end of input, a console, and writing.
FIRST_WORDS: Final = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n",
    b"PROXY TCP4 127.0.0.1 127.0.0.1 40000 40001\r\n",
    b"\x16\x03\x01\x00\xc4\x01\x00\x00\xc0\x03\x03",
    b"SSH-2.0-client\r\n",
    b"\xff\xfd\x03",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"<policy-file-request/>\0",
    b"\x04",
    b"quit\r\n",
    # Text that is no more the same once it was normalized.
    "A\N{COMBINING RING ABOVE}\N{ANGSTROM SIGN}".encode(),
)
