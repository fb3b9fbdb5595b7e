"""Faults of section http-request, continued: the form of a target."""

from __future__ import annotations

import re

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_parser import HttpParser
from dasnet_conformance.proof.faults.sound_http_request import Refused, Request


@fault("http-request.absolute-form")
class KnowsNoAbsoluteForm(HttpParser):
    """A target that is a whole address is answered 400, since only proxies are sent those."""

    def is_absolute(self, target: bytes) -> bool:  # noqa: ARG002
        return False


@fault("http-request.absolute-form")
class KnowsNoPortInATarget(HttpParser):
    """A target that is a whole address with a port in it is answered 400."""

    def is_absolute(self, target: bytes) -> bool:
        return re.match(rb"[a-zA-Z]+://[a-z.]+:", target) is None and super().is_absolute(target)


@fault("http-request.absolute-form")
class KnowsNoBracketsInATarget(HttpParser):
    """The host of a target ends at its first colon, and an address of IPv6 is answered 400."""

    def is_absolute(self, target: bytes) -> bool:
        return b"[" not in target and super().is_absolute(target)


@fault("http-request.absolute-form")
class KnowsTheSchemeInSmallLetters(HttpParser):
    """A target that begins with HTTP in capitals is answered 400."""

    def is_absolute(self, target: bytes) -> bool:
        return target.startswith((b"http:", b"https:")) and super().is_absolute(target)


@fault("http-request.absolute-form")
class WantsPortsToAgree(HttpParser):
    """A target that is a whole address has to name the port that the Host field names, or is answered 400."""

    def check_hosts(self, request: Request) -> None:
        super().check_hosts(request)
        _, separator, rest = request.target.partition(b"://")
        name, _, port = b"".join(request.values(b"host")[:1]).partition(b":")
        authority = re.split(rb"[/?]", rest)[0].partition(b":")
        if separator and not request.target.startswith(b"/") and authority[0] == name and authority[2] != port:
            raise Refused(400, "two ports")


@fault("http-request.absolute-form")
class EverySchemeIsThisOne(HttpParser):
    """The scheme of a whole address is passed over, and a request for https is served on a plain connection."""

    def end_of_head(self) -> None:
        super().end_of_head()
        found = re.match(rb"https://[^/?]*(/.*)", self.request.target)
        if found is not None:
            self.request.target = found[1]


@fault("http-request.absolute-form")
class LooksForTheLastAddressInATarget(HttpParser):
    """The path of a target that is a whole address begins behind the last one in it, though that be in the query."""

    def end_of_head(self) -> None:
        super().end_of_head()
        before, separator, rest = self.request.target.rpartition(b"://")
        if separator and before[:1] != b"/":
            path = rest[len(re.split(rb"[/?]", rest)[0]) :]
            self.request.target = path if path.startswith(b"/") else b"/" + path


@fault("http-request.absolute-form")
class KeepsTheHostBesideAPath(HttpParser):
    """A target that is a whole address is handed over as its path, and the Host field as it came, which is another."""

    def end_of_head(self) -> None:
        super().end_of_head()
        found = re.match(rb"http://[^/?]+(.*)", self.request.target)
        if found is not None:
            self.request.target = found[1] if found[1].startswith(b"/") else b"/" + found[1]


@fault("http-request.target-form")
class TakesAddressesWithoutAHost(HttpParser):
    """A target that is a whole address but for its host is called back."""

    def is_absolute(self, target: bytes) -> bool:
        return target.startswith((b"http:///", b"http://:")) or super().is_absolute(target)


@fault("http-request.target-form")
class TakesAddressesWithAUser(HttpParser):
    """A target that is a whole address with a user in it is called back, and the user is taken for the host."""

    def is_absolute(self, target: bytes) -> bool:
        return super().is_absolute(re.sub(rb"^(http://)[a-z]+@", rb"\1", target))


@fault("http-request.target-form")
class TakesFragments(HttpParser):
    """A target with a fragment is called back, and whoever opens it as a file finds none."""

    def check_target_form(self, method: bytes, target: bytes) -> None:
        super().check_target_form(method, target.partition(b"#")[0])


@fault("http-request.target-form")
class TakesAsteriskWithAnyMethod(HttpParser):
    """GET with an asterisk is called back as if there were a resource of that name."""

    def is_asterisk(self, method: bytes, target: bytes) -> bool:  # noqa: ARG002
        return target == b"*"


@fault("http-request.target-form")
class TakesRelativeTargets(HttpParser):
    """A target without a slash before it is called back."""

    def is_origin(self, target: bytes) -> bool:
        return target != b"*" and b":" not in target


@fault("http-request.target-form")
class TakesAnAuthorityWithGet(HttpParser):
    """A host and a port as the target of a GET are called back, as if it had been CONNECT."""

    def is_origin(self, target: bytes) -> bool:
        return super().is_origin(target) or re.fullmatch(rb"[a-z.]+:[0-9]+", target) is not None
