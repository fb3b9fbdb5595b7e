"""Faults of section http-request, continued: fields, and the Host among them."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request


class _ExactNames(Request):
    def values(self, name: bytes) -> list[bytes]:
        exact = {b"host": b"Host", b"content-length": b"Content-Length"}.get(name, name)
        return [value for each, value in self.fields if each == exact or (exact == name and each.lower() == name)]


@fault("http-request.names-without-case")
class KnowsNamesInOneCase(HttpParser):
    """Fields are looked up as they are usually written, and a host in small letters is not found."""

    REQUEST = _ExactNames


@fault("http-request.names-without-case")
class JoinsNamesOfTheSameCase(HttpParser):
    """Fields are kept in a map whose keys have a case, and what stands between two of them comes behind both."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        for place, (each, before) in enumerate(request.fields):
            if each == name and name.lower().startswith(b"x-"):
                request.fields[place] = (each, before + b", " + value)
                return
        super().add(request, name, value)


@fault("http-request.names-without-case")
class KnowsConnectionInOneCase(HttpParser):
    """Connection is looked for as it is usually written, and one in capitals is not obeyed."""

    def is_persistent(self, request: Request) -> bool:
        return any(name == b"CONNECTION" for name, _ in request.fields) or super().is_persistent(request)


@fault("http-framing.length-differ")
class LooksForLengthsInOneCase(HttpParser):
    """Of two lengths that differ, the one whose name is written in small letters is not seen."""

    def lengths_differ(self, values: list[bytes]) -> int:
        usual = [value for name, value in self.request.fields if name == b"Content-Length"]
        return self.length_of(usual) if len(usual) == 1 < len(values) else super().lengths_differ(values)


@fault("http-request.fields-in-order")
class LastFieldOfANameWins(HttpParser):
    """Fields are kept in a map, and of several with one name only the last is left."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        request.fields = [each for each in request.fields if each[0].lower() != name.lower() or name.lower() == b"host"]
        super().add(request, name, value)


@fault("http-request.fields-in-order")
class FirstFieldOfANameWins(HttpParser):
    """Of several fields with one name only the first is handed over."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        if not request.values(name.lower()) or name.lower() == b"host":
            super().add(request, name, value)


@fault("http-request.fields-in-order")
class JoinsFieldsWithoutAComma(HttpParser):
    """Values of one name are written one behind the other, with nothing between them."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        before = request.values(name.lower())
        if before and name.lower() != b"host":
            request.fields = [each for each in request.fields if each[0].lower() != name.lower()]
            value = before[0] + value
        super().add(request, name, value)


@fault("http-request.fields-in-order")
class HandsFieldsOverBackwards(HttpParser):
    """Fields are put in front of a list, and arrive in the opposite order."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        request.fields.insert(0, (name, value))


@fault("http-request.value-trimmed")
class KeepsSpaceAroundValues(HttpParser):
    """The space behind the colon belongs to the value."""

    def trim(self, value: bytes) -> bytes:
        return value


@fault("http-request.value-trimmed")
class TrimsSpacesButNoTabs(HttpParser):
    """Tabs around a value are left where they are."""

    def trim(self, value: bytes) -> bytes:
        return value.strip(b" ")


@fault("http-request.value-bytes")
class CutsValuesAtASecondColon(HttpParser):
    """A line is split at its colons, and a value that has one itself is cut there."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value.partition(b":")[0] if value.count(b":") == 1 and b"//" in value else value)

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        name, value = super().split_field(line)
        return name, value if name.lower() == b"host" else value.partition(b":")[0]


@fault("http-request.value-bytes")
class TrimsWhatALibraryTakesForSpace(HttpParser):
    """Values are trimmed as text, and a library counts two bytes beyond ASCII among white space."""

    def trim(self, value: bytes) -> bytes:
        return value.decode("latin-1").strip().encode("latin-1")


@fault("http-request.get")
class ValuesInSmallLetters(HttpParser):
    """A line is put into small letters before it is split, and so is its value."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value).lower()


@fault("http-request.fields-in-order")
class UnderscoresAreHyphens(HttpParser):
    """Names are handed over as variables of an environment have them, in which a hyphen is an underscore."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        super().add(request, name.replace(b"_", b"-") if name.lower().startswith(b"x") else name, value)


@fault("http-request.fields-large")
class CutsValuesAtFourKib(HttpParser):
    """A value has room for 4,096 bytes, and what is beyond them is dropped in silence."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value)[:4_096]


@fault("http-request.fields-large")
class KeepsThirtyTwoFields(HttpParser):
    """There is room for 32 fields, and what follows them is passed over."""

    def add(self, request: Request, name: bytes, value: bytes) -> None:
        if len(request.fields) < 32 or name.lower() in (b"content-length", b"transfer-encoding", b"connection"):
            super().add(request, name, value)


@fault("http-request.value-bytes")
class DropsBytesAboveAscii(HttpParser):
    """Values are decoded as ASCII, and bytes above it are lost."""

    def trim(self, value: bytes) -> bytes:
        return re.sub(rb"[\x80-\xff]", b"", super().trim(value))


@fault("http-request.value-bytes")
class RefusesEmptyValues(HttpParser):
    """A field with an empty value is answered 400."""

    def check_value(self, value: bytes) -> None:
        if not value:
            raise Refused(400, "a field is empty")
        super().check_value(value)


@fault("http-request.space-before-colon")
class TrimsSpaceBeforeTheColon(HttpParser):
    """White space between a name and its colon is passed over, where a proxy in front sees another name."""

    def split_field(self, line: bytes) -> tuple[bytes, bytes]:
        name, colon, value = line.partition(b":")
        return super().split_field(name.rstrip(b" \t") + colon + value)


@fault("http-request.name-invalid")
class TakesAnyName(HttpParser):
    """The name of a field is whatever stands before the colon, and nobody looks at it."""

    def check_name(self, name: bytes) -> None:
        pass


@fault("http-request.name-invalid")
class PassesOverLinesWithoutColon(HttpParser):
    """A line without a colon is passed over, as if it had not been sent."""

    def read_field(self, request: Request, line: bytes) -> None:
        if b":" in line:
            super().read_field(request, line)


@fault("http-request.name-invalid")
class TakesAboveAsciiInNames(HttpParser):
    """Names are letters as the locale has them, and bytes above ASCII are among those."""

    def check_name(self, name: bytes) -> None:
        super().check_name(re.sub(rb"[\x80-\xff]", b"x", name))


@fault("http-request.space-before-first-field")
class TakesAnIndentedFirstField(HttpParser):
    """White space before the first field is trimmed, and the field counts."""

    def folded(self, request: Request, line: bytes) -> None:
        if request.fields:
            super().folded(request, line)
        self.add(request, *self.split_field(line.lstrip(b" \t")))


@fault("http-request.folded")
class TakesAFoldForAField(HttpParser):
    """A line that goes on an earlier value is trimmed and read as a field of its own."""

    def folded(self, request: Request, line: bytes) -> None:
        if not request.fields:
            super().folded(request, line)
        self.add(request, *self.split_field(line.lstrip(b" \t")))


@fault("http-request.bare-cr")
class EndsLinesAtABareCr(HttpParser):
    """A CR alone ends a line, and a value can hold a field that nobody in front has seen."""

    def read_field(self, request: Request, line: bytes) -> None:
        for part in line.split(b"\r"):
            super().read_field(request, part)


@fault("http-request.bare-cr")
class LeavesABareCrInValues(HttpParser):
    """A CR that no LF follows stays in the value as any other byte."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\r", b" "))


@fault("http-request.nul-in-value")
class EndsValuesAtANul(HttpParser):
    """A value is a string of C, and ends at a NUL."""

    def trim(self, value: bytes) -> bytes:
        return super().trim(value.partition(b"\0")[0])


@fault("http-request.nul-in-value")
class LeavesANulInValues(HttpParser):
    """A NUL in a value is handed over."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\0", b" "))


@fault("http-request.control-in-value")
class LeavesControlsInValues(HttpParser):
    """Control characters in a value are handed over, all but CR, LF and NUL."""

    def check_value(self, value: bytes) -> None:
        super().check_value(re.sub(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", b" ", value))


# Host


@fault("http-request.host-missing")
class ServesWithoutAHost(HttpParser):
    """A request of HTTP/1.1 without a Host is served."""

    def host_missing(self) -> None:
        pass


@fault("http-request.host-twice")
class TakesTheFirstOfTwoHosts(HttpParser):
    """With two Host fields the first one counts, where a proxy may have gone by the second."""

    def host_twice(self) -> None:
        pass


@fault("http-request.host-twice")
class TakesEqualHostsForOne(HttpParser):
    """Two equal Host fields are taken for one."""

    def check_hosts(self, request: Request) -> None:
        kept = dict.fromkeys(request.fields)
        super().check_hosts(Request(minor=request.minor, fields=list(kept)))


@fault("http-request.host-invalid")
class TakesAnyHost(HttpParser):
    """The Host is not looked at: a path, a user and spaces pass."""

    def is_host(self, value: bytes) -> bool:  # noqa: ARG002
        return True


@fault("http-request.host-invalid")
class PassesOverTheUserInAHost(HttpParser):
    """What stands before an at sign in a Host is taken for a user and passed over."""

    def is_host(self, value: bytes) -> bool:
        return super().is_host(value.rpartition(b"@")[2])


@fault("http-request.host-invalid")
class ReadsTheDigitsOfAPort(HttpParser):
    """The port of a Host is read as far as it is digits, and 80x is 80."""

    def is_port(self, port: bytes) -> bool:
        return port.startswith(b":") or super().is_port(port)


@fault("http-request.host-valid")
class RefusesAnEmptyPort(HttpParser):
    """A Host with a colon and no port behind it, which is a right one, is answered 400."""

    def is_port(self, port: bytes) -> bool:
        return port != b":" and super().is_port(port)


@fault("http-request.host-valid")
class SplitsTheHostAtItsFirstColon(HttpParser):
    """The port begins at the first colon, and an IPv6 address is answered 400."""

    def split_host(self, value: bytes) -> tuple[bytes, bytes]:
        name, colon, port = value.partition(b":")
        return name, colon + port


@fault("http-request.host-valid")
class KnowsNoPortInAHost(HttpParser):
    """A Host with a port is answered 400."""

    def is_port(self, port: bytes) -> bool:
        return not port


@fault("http-request.upgrade-ignored")
class RefusesUpgrades(HttpParser):
    """A request that would like another protocol is answered 400, though it could be served in this one."""

    def read_head(self, request: Request) -> None:
        if request.values(b"upgrade"):
            raise Refused(400, "no other protocol here")
        super().read_head(request)
