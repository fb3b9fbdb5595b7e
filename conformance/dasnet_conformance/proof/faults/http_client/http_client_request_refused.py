"""Faults of section http-client-request: what a client lets through, and what it says of what it refuses."""

from __future__ import annotations

from collections.abc import Iterable

from dasnet_conformance.proof.faults.registry import fault
from dasnet_conformance.proof.faults.sound_http_asking import Asked, HttpAsking
from dasnet_conformance.proof.faults.sound_http_client_handle import HttpClientHandle
from dasnet_conformance.proof.faults.sound_http_fields import Text


@fault("http-client-request.field-injection")
class ValuesUnchecked(HttpAsking):
    """Values of fields are sent as they are."""

    def check_value(self, value: bytes) -> None:
        pass


@fault("http-client-request.field-injection")
class LoneCrPasses(HttpAsking):
    """A lone CR in a value is no danger, the client thinks."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\r", b""))


@fault("http-client-request.field-injection")
class NulPasses(HttpAsking):
    """NUL in a value is sent."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.replace(b"\0", b""))


@fault("http-client-request.field-injection", "http-client-request.name-invalid")
class NamesUnchecked(HttpAsking):
    """Names of fields are sent as they are."""

    def check_name(self, name: bytes) -> None:
        pass


@fault("http-client-request.name-invalid")
class SpacesInNames(HttpAsking):
    """A name of a field may have spaces."""

    def check_name(self, name: bytes) -> None:
        super().check_name(name.replace(b" ", b""))


@fault("http-client-request.method-invalid")
class MethodsUnchecked(HttpAsking):
    """A method is sent as it is."""

    def check_method(self, method: bytes) -> None:
        pass


@fault("http-client-request.method-invalid")
class EmptyMethodIsGet(HttpAsking):
    """An empty method is taken for GET."""

    def write(
        self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes, host: str, port: int
    ) -> tuple[bytes, bytes, bool]:
        return super().write(method or "GET", target, headers, body, host, port)


@fault("http-client-request.target-invalid")
class TargetsUnchecked(HttpAsking):
    """A target is sent as it is, with spaces and line ends."""

    def check_target(self, method: bytes, target: bytes) -> None:
        pass


@fault("http-client-request.target-invalid")
class SpacesInTargets(HttpAsking):
    """A target may have spaces, which move the version."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, target.replace(b" ", b""))


@fault("http-client-request.target-invalid")
class TargetsAreStripped(HttpAsking):
    """White space around a target is stripped off, and what is left is asked for."""

    def target_of(self, target: bytes) -> bytes:
        return super().target_of(target.strip())


@fault("http-client-request.refusal-told")
class RefusesInSilence(HttpClientHandle):
    """A refusal calls no error callback."""

    def refuse(self, message: str, code: int) -> int:  # noqa: ARG002
        return 0


@fault("http-client-request.refusal-told")
class RefusesWithCodeZero(HttpClientHandle):
    """A refusal is told with the code 0."""

    def tell_error(self, message: str, code: int) -> None:  # noqa: ARG002
        super().tell_error(message, 0)


@fault("http-client-request.refusal-harmless")
class RefusalFailsToo(HttpClientHandle):
    """What is refused has a failure as well."""

    def refuse(self, message: str, code: int) -> int:
        self.fail(Asked(0, b"", b"", self.ticks), message, code)
        return super().refuse(message, code)


@fault("http-client-request.refusal-harmless")
class RefusalDropsQueue(HttpClientHandle):
    """A refusal forgets the request that was made before it."""

    def refuse(self, message: str, code: int) -> int:
        if self.queue:
            self.queue.pop()
        return super().refuse(message, code)


@fault("http-client-request.before-init")
class AcceptsBeforeInit(HttpClientHandle):
    """Before init a request is given a number, and fails later."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        if self.server is None:
            asked = Asked(self.number(), b"GET", b"", self.ticks)
            self.fail(asked, "there is no server", 107)
            return asked.number
        return super().request(method, target, headers, body)


@fault("http-client-request.in-ticks")
class SendsAtOnce(HttpClientHandle):
    """A request connects and is sent by the call itself."""

    def request(self, method: Text, target: Text, headers: Iterable[tuple[Text, Text]], body: bytes) -> int:
        number = super().request(method, target, headers, body)
        for _ in range(3):
            self.turn()
        return number


@fault("http-client-request.value-controls")
class ControlsPass(HttpAsking):
    """Of control characters in a value those are refused that could end a line, and NUL."""

    def check_value(self, value: bytes) -> None:
        if any(byte in b"\r\n\0" for byte in value):
            raise ValueError("a line end in a value")


@fault("http-client-request.name-invalid")
class FewMarksInNames(HttpAsking):
    """A name has no blank, no bracket and no colon, and is good for everything else."""

    def check_name(self, name: bytes) -> None:
        if not name or any(byte in b"() \t:\r\n\0" or byte > 0x7F for byte in name):
            raise ValueError("no name")


@fault("http-client-request.method-invalid")
class FewMarksInMethods(HttpAsking):
    """A method has no blank and no slash, and is good for everything else."""

    def check_method(self, method: bytes) -> None:
        if not method or any(byte in b"/ \t\r\n\0" or byte > 0x7F for byte in method):
            raise ValueError("no method")


@fault("http-client-request.target-invalid")
class FewControlsInTargets(HttpAsking):
    """Of control characters in a target those are refused that stand for white space, NUL and DEL."""

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, bytes(byte for byte in target if byte not in (0x01, 0x08, 0x1B)))


@fault("http-client-request.refusal-harmless")
class RefusedAfterItWasQueued(HttpClientHandle):
    """A refused request is queued first and taken out last; an error callback that raises leaves it there."""

    def refuse(self, message: str, code: int) -> int:
        if self.server is None:
            return super().refuse(message, code)
        self.queue.append(Asked(self.number(), b"GET", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", self.ticks))
        self.tell_error(message, code)
        self.queue.pop()
        return 0


@fault(
    "http-client-request.field-injection", "http-client-request.method-invalid", "http-client-request.target-invalid"
)
class LineEndBehindPasses(HttpAsking):
    """Each text is held against a pattern that ends in $, before which one line end may stand."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.removesuffix(b"\n"))

    def check_name(self, name: bytes) -> None:
        super().check_name(name.removesuffix(b"\n"))

    def check_method(self, method: bytes) -> None:
        super().check_method(method.removesuffix(b"\n"))

    def check_target(self, method: bytes, target: bytes) -> None:
        super().check_target(method, target.removesuffix(b"\n"))


@fault("http-client-request.field-injection")
class LineEndBeforeIsStripped(HttpAsking):
    """A value is checked without the white space around it, to which line ends count, and sent with it."""

    def check_value(self, value: bytes) -> None:
        super().check_value(value.strip())


@fault("http-client-request.refusal-harmless")
class RefusalEndsTheConnection(HttpClientHandle):
    """A refused request ends the connection, on which another one may be under way."""

    def refuse(self, message: str, code: int) -> int:
        self.retire()
        return super().refuse(message, code)


@fault("http-client-request.refusal-told")
class NobodyToAskIsNotTold(HttpClientHandle):
    """A request before init is answered 0 without a word."""

    def refuse(self, message: str, code: int) -> int:
        return super().refuse(message, code) if self.server is not None else 0
