"""Faults of section http-request: hosts, versions, targets and methods that nobody looks at closely."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_connection import HttpConnection
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request


@fault("http-request.host-invalid")
class PassesOverBadEscapesInHosts(HttpParser):
    """A percent sign is a character of a host, whatever stands behind it."""

    def is_name(self, name: bytes) -> bool:
        return super().is_name(name.replace(b"%", b""))


@fault("http-request.host-invalid")
class TakesAnythingInBrackets(HttpParser):
    """What stands in brackets is an address, whatever it is."""

    def is_name(self, name: bytes) -> bool:
        return (name.startswith(b"[") and name.endswith(b"]")) or super().is_name(name)


@fault("http-request.host-invalid")
class LooksForThePortBehindABracket(HttpParser):
    """The port is looked for behind an address in brackets, and what stands between them is passed over."""

    def split_host(self, value: bytes) -> tuple[bytes, bytes]:
        name, rest = super().split_host(value)
        return name, rest[rest.find(b":") :] if name.startswith(b"[") and b":" in rest else rest


@fault("http-request.host-invalid")
class HostsWithoutForbiddenCharacters(HttpParser):
    """A host has none of the characters that end one in an address, and others are not thought of."""

    def is_name(self, name: bytes) -> bool:
        return super().is_name(name) or not any(each in b'/?#@[]\\" ,%' or each > 0x7E for each in name)


@fault("http-request.host-invalid")
class TakesHostsBeyondAscii(HttpParser):
    """A host is whatever is a letter somewhere, and bytes beyond ASCII are."""

    def is_name(self, name: bytes) -> bool:
        return super().is_name(bytes(each if each < 0x80 else 0x61 for each in name))


@fault("http-request.host-twice")
class HostsOfWholeAddressesAreNotCounted(HttpParser):
    """Where the target names the host, there may be any number of fields that do."""

    def check_hosts(self, request: Request) -> None:
        if not (self.is_absolute(request.target) and len(request.values(b"host")) > 1):
            super().check_hosts(request)


@fault("http-request.host-twice")
class HostsOfOldClientsAreNotCounted(HttpParser):
    """HTTP/1.0 needs no Host, and so two of them are none too many."""

    def check_hosts(self, request: Request) -> None:
        if request.minor >= 1 or len(request.values(b"host")) < 2:
            super().check_hosts(request)


@fault("http-request.host-valid")
class NamesOfHostsEndAnywhere(HttpParser):
    """Names are compared as far as the known one goes, and Host-Name is a second Host."""

    def check_hosts(self, request: Request) -> None:
        if sum(name.lower().startswith(b"host") for name, _ in request.fields) > 1:
            self.host_twice()
        super().check_hosts(request)


@fault("http-request.get")
class NamesOfExpectationsEndAnywhere(HttpParser):
    """Names are compared as far as the known one goes, and Expect-CT is an expectation that nobody knows."""

    def expects_continue(self, request: Request) -> bool:
        if any(name.lower().startswith(b"expect-") for name, _ in request.fields):
            self.unknown_expectation()
        return super().expects_continue(request)


@fault("http-request.get")
class ObeysAnotherMethod(HttpParser):
    """A field that names another method than the request line is obeyed, for forms that know two of them."""

    def read_head(self, request: Request) -> None:
        super().read_head(request)
        for method in request.values(b"x-http-method-override"):
            request.method = method


@fault("http-request.get")
class ServesRanges(HttpConnection):
    """Who asks for a range of bytes gets that of whatever the program has answered."""

    def write(
        self, request: Request, status: int, fields: list[tuple[bytes, bytes]], body: bytes, *, persistent: bool
    ) -> bytes:
        for value in request.values(b"range"):
            found = re.fullmatch(rb"bytes=([0-9]+)-([0-9]+)", value)
            if found and status == 200:
                status, body = 206, body[int(found[1]) : int(found[2]) + 1]
        return super().write(request, status, fields, body, persistent=persistent)


@fault("http-request.version-syntax")
class TakesAnyMinor(HttpParser):
    """Whether the minor version is a digit is not looked at: what is none is taken for a later one."""

    def version_of(self, word: bytes) -> tuple[int, int]:
        return (1, 1) if re.fullmatch(rb"HTTP/1\.[A-Za-z]", word) else super().version_of(word)


@fault("http-request.version-syntax")
class TakesNoMinorForZero(HttpParser):
    """A version without a digit behind its dot is HTTP/1.0."""

    def version_of(self, word: bytes) -> tuple[int, int]:
        return (1, 0) if word == b"HTTP/1." else super().version_of(word)


@fault("http-request.target-unchanged")
class EscapesTheTarget(HttpParser):
    """The target is made an address by a library, which escapes what should not be in one."""

    def read_request_line(self, request: Request, line: bytes) -> None:
        super().read_request_line(request, line)
        request.target = re.sub(rb'["<>\\^`{|}]', lambda found: b"%%%02X" % found[0][0], request.target)


@fault("http-request.target-unchanged")
class EscapesWhatIsNoEscape(HttpParser):
    """A percent sign without two digits behind it is handed over as %25."""

    def read_request_line(self, request: Request, line: bytes) -> None:
        super().read_request_line(request, line)
        request.target = re.sub(rb"%(?![0-9A-Fa-f]{2})", b"%25", request.target)


@fault("http-request.folded")
class LosesAFoldedCoding(HttpParser):
    """What goes on in a second line is put behind the value when its field is handed over, and the coding is looked at
    before: the chunks are the next request."""

    def folded(self, request: Request, line: bytes) -> None:
        if not request.fields:
            raise Refused(400, "a line of the head begins with white space")
        name, value = request.fields.pop()
        request.fields.append((name, value + b" " + line.strip(b" \t")))
        self.lost = self.lost or name.lower() == b"transfer-encoding"

    lost = False

    def read_framing(self, request: Request) -> None:
        if not self.lost:
            super().read_framing(request)


@fault("http-request.clients-apart")
class FieldsOfAllClients(HttpParser):
    """Fields are put behind the default value of an argument, a list which all requests of the process share."""

    def end_of_head(self, known: list[tuple[bytes, bytes]] = []) -> None:  # noqa: B006
        own = list(self.request.fields)
        self.request.fields += [field for field in known if field[0].lower() == b"x-number"]
        known[:] = own
        super().end_of_head()


@fault("http-framing.body-then-request")
class FieldsOfTheRequestBefore(HttpParser):
    """The list of fields is emptied when a connection is taken, and what was in it stays for the next request."""

    known: list[tuple[bytes, bytes]] = []  # noqa: RUF012

    def begin(self) -> None:
        super().begin()
        self.request.fields = [field for field in self.known if field[0].lower().startswith(b"x-")]
        self.known = self.request.fields
