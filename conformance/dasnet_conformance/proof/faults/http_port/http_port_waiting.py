"""Faults of section http-port, continued: servers that meet with something odd, and say nothing any more.

Where every answer is allowed, none is still wrong, and that can be told from outside.
"""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser


class _Waits(HttpParser):
    # Does nothing more once this has come.
    sign = b""

    def step(self) -> bool:
        return re.search(self.sign, self.buffer, re.DOTALL) is None and super().step()


@fault("http-port.request-method-case")
class WaitsBehindAMethodInSmallLetters(_Waits):
    """A method in small letters is looked up in a table, not found, and never answered."""

    sign = rb"^[a-z]+ /"


@fault("http-port.request-connect-refused")
class WaitsBehindAConnect(_Waits):
    """Behind CONNECT the server waits for the bytes of a tunnel that nobody has opened."""

    sign = rb"^CONNECT "


@fault("http-port.request-folded")
class WaitsBehindAFold(_Waits):
    """A field that goes on in the next line is never taken for complete."""

    sign = rb"\r\n[ \t]+[^\r]"


@fault("http-port.request-bare-cr")
class WaitsForTheLfOfACr(_Waits):
    """A CR without LF is taken for half a line's end, and the other half is waited for."""

    sign = rb"\r[^\n]"


@fault("http-port.request-nul-in-value")
class WaitsBehindANul(_Waits):
    """A NUL ends what is searched for the end of a line, which is not found then."""

    sign = rb"\0"


@fault("http-port.request-control-in-value")
class WaitsBehindAControl(_Waits):
    """A control character in a value is a state of the parser that nothing leads out of."""

    sign = rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]"


@fault("http-port.framing-body-with-any-method")
class WaitsBehindTheBodyOfAGet(_Waits):
    """A GET with a body is waited with until a body of another method comes."""

    sign = rb"^(?:GET|HEAD|DELETE|OPTIONS) .*\r\n(?:Content-Length: [1-9]|Transfer-Encoding)"
