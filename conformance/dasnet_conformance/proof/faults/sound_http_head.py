"""What the sound HTTP server makes of a head: each decision about a line of it is a method of its own.

The sections named are those of RFC 9112, but where another is said. Nothing here reads or waits; imports nothing of
ours but the data beside it.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from .sound_http_request import TOKEN, Refused, Request, listed

_VERSION: Final = re.compile(rb"HTTP/([0-9])\.([0-9])")
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#:][^/?#]*)(?:[/?].*)?", re.IGNORECASE)
# RFC 3986, 3.2.2. A comma may be in a name there; here two hosts in one field are not taken for one.
_NAME: Final = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*")
_FUTURE: Final = re.compile(rb"v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+")


class HeadRules:
    """The decisions about a request line, the fields behind it, and what both mean for the connection."""

    # The request line (3)

    def read_request_line(self, request: Request, line: bytes) -> None:
        """Method, target and version of a line without its end."""
        method, target, version = self.split_request_line(line)
        self.check_method(method)
        request.method = method
        request.minor = self.minor_of(*self.version_of(version))
        self.check_target_bytes(target)
        self.check_target_form(method, target)
        request.target = target

    def split_request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        """The three words, with one space between them."""
        words = line.split(b" ")
        if len(words) != 3:
            raise Refused(400, "the request line is not method, target and version")
        return words[0], words[1], words[2]

    def check_method(self, method: bytes) -> None:
        """A method is a token (RFC 9110, 9.1), and its case matters: whatever it is, the host decides."""
        if not self.is_token(method):
            raise Refused(400, "the method is no token")
        if method == b"CONNECT":
            raise Refused(501, "no tunnels here")

    def version_of(self, word: bytes) -> tuple[int, int]:
        """The two numbers of a version (2.3): the name in capitals, one digit each."""
        found = _VERSION.fullmatch(word)
        if found is None:
            raise Refused(400, "the version is not written as HTTP/1.1")
        return int(found[1]), int(found[2])

    def minor_of(self, major: int, minor: int) -> int:
        """The minor version to go by: a higher one than 1 is served as 1 (RFC 9110, 6.2)."""
        if major != 1:
            raise Refused(505, f"the major version is {major}")
        return min(minor, 1)

    # The target (3.2)

    def check_target_bytes(self, target: bytes) -> None:
        """Visible ASCII only, and something of it."""
        if not target or not all(0x21 <= byte <= 0x7E for byte in target):
            raise Refused(400, "the target has bytes that no target has")

    def check_target_form(self, method: bytes, target: bytes) -> None:
        """One of the forms that go with the method."""
        if b"#" in target:
            raise Refused(400, "the target has a fragment")
        if self.is_asterisk(method, target) or self.is_origin(target) or self.is_absolute(target):
            return
        raise Refused(400, "the target has none of the forms that go with the method")

    def is_asterisk(self, method: bytes, target: bytes) -> bool:
        """Whether it is the `*` of an OPTIONS (3.2.4)."""
        return target == b"*" and method == b"OPTIONS"

    def is_origin(self, target: bytes) -> bool:
        """Whether it is a path (3.2.1)."""
        return target.startswith(b"/")

    def is_absolute(self, target: bytes) -> bool:
        """Whether it is a whole address (3.2.2)."""
        found = _ABSOLUTE.fullmatch(target)
        return found is not None and self.is_host(found[1])

    # Fields (5)

    def read_field(self, request: Request, line: bytes) -> None:
        """One line of the fields, without its end."""
        if line.startswith((b" ", b"\t")):
            self.folded(request, line)
        else:
            self.add(request, *self.split_field(line))

    def folded(self, request: Request, line: bytes) -> None:  # noqa: ARG002
        """A line that begins with white space: behind the request line (2.2), or a value that goes on (5.2)."""
        raise Refused(400, "a line of the head begins with white space")

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        """Keep a field, in its place."""
        request.fields.append((name, value))

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        """Name and value, the white space around the value left out (5.1)."""
        name, colon, value = line.partition(b":")
        if not colon:
            raise Refused(400, "a line of the head has no colon")
        self.check_name(name)
        value = self.trim(value)
        self.check_value(value)
        return name, value

    def check_name(self, name: bytes) -> None:
        """A name is a token: no white space before the colon (5.1)."""
        if not self.is_token(name):
            raise Refused(400, "the name of a field is no token")

    def trim(self, value: bytes) -> bytes:
        """The value without the white space around it."""
        return value.strip(b" \t")

    def check_value(self, value: bytes) -> None:
        """No control characters but the tab (RFC 9110, 5.5)."""
        if any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in value):
            raise Refused(400, "a field has control characters")

    def is_token(self, word: bytes) -> bool:
        """Whether it is one or more characters of a token."""
        return bool(word) and all(byte in TOKEN for byte in word)

    # Host (3.2)

    def check_hosts(self, request: Request) -> None:
        """Exactly one Host, and a right one; HTTP/1.0 may do without."""
        hosts = request.values(b"host")
        if not hosts and request.minor >= 1:
            self.host_missing()
        if len(hosts) > 1:
            self.host_twice()
        if hosts and not self.is_host(hosts[0]):
            raise Refused(400, "the Host is none")

    def host_missing(self) -> None:
        """What to do without one."""
        raise Refused(400, "there is no Host")

    def host_twice(self) -> None:
        """What to do with several."""
        raise Refused(400, "there is more than one Host")

    def is_host(self, value: bytes) -> bool:
        """Whether it is a name or an address, and perhaps a port (RFC 9110, 7.2). Nothing is one as well."""
        name, port = self.split_host(value)
        return self.is_port(port) and self.is_name(name)

    def split_host(self, value: bytes) -> tuple[bytes, bytes]:
        """The name, and the port with its colon or nothing."""
        if value.startswith(b"["):
            end = value.find(b"]") + 1
            return value[:end], value[end:]
        name, colon, port = value.partition(b":")
        return name, colon + port

    def is_port(self, port: bytes) -> bool:
        """Whether it is nothing, or a colon and digits, or a colon."""
        return not port or re.fullmatch(rb":[0-9]*", port) is not None

    def is_name(self, name: bytes) -> bool:
        """Whether it is a name, or an address in brackets."""
        if not name.startswith(b"["):
            return _NAME.fullmatch(name) is not None
        inside = name[1:-1]
        if _FUTURE.fullmatch(inside):
            return True
        try:
            ipaddress.IPv6Address(inside.decode("ascii"))
        except ValueError:
            return False
        return b"%" not in inside

    # The whole head

    def read_head(self, request: Request) -> None:
        """What the fields mean for the request and its connection; its body is for others."""
        self.check_hosts(request)
        request.persistent = self.is_persistent(request)
        request.expects = self.expects_continue(request)

    def is_persistent(self, request: Request) -> bool:
        """Whether the connection goes on after the answer (9.3)."""
        options = [option.lower() for option in listed(request.values(b"connection"))]
        if b"close" in options:
            return False
        return request.minor >= 1 or self.keeps_alive(options)

    def keeps_alive(self, options: list[bytes]) -> bool:
        """Whether a client of HTTP/1.0 asks for it."""
        return b"keep-alive" in options

    def expects_continue(self, request: Request) -> bool:
        """Whether the client waits for a 100 (RFC 9110, 10.1.1); one of HTTP/1.0 never does."""
        expectations = [each.lower() for each in listed(request.values(b"expect"))]
        if request.minor < 1 or not expectations:
            return False
        if any(each != b"100-continue" for each in expectations):
            self.unknown_expectation()
        return b"100-continue" in expectations

    def unknown_expectation(self) -> None:
        """What to do with an expectation that nobody knows."""
        raise Refused(417, "an unknown expectation")
