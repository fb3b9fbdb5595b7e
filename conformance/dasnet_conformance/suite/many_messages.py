"""Many messages one after the other, which both halves are asked to send. It touches the check's host alone."""

from __future__ import annotations

from typing import Final

from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.host_object import HostObject
from dasnet_conformance.suite.scenes import send_in_the_end

#: Of changing size, with a tick now and then; a kibibyte each, without; and of sizes at which blocks of buffers end.
UNEVEN: Final = "uneven"
KIBIBYTES: Final = "a kibibyte each"
AROUND_POWERS: Final = "around powers of two"
KINDS: Final = (UNEVEN, KIBIBYTES, AROUND_POWERS)

#: Each power of two, one less and one more, up to what a host need not cut.
_SIZES: Final = [size for power in range(1, 17) for size in ((1 << power) - 1, 1 << power, (1 << power) + 1)][:-1]
_UNEVEN_ONES: Final = 500
#: Uneven messages from tick to tick.
_BETWEEN_TICKS: Final = 50


def send_many(host: Host, sender: HostObject, kind: str, kibibytes: int) -> bytes:
    """Send messages of one of `KINDS`, each until it is taken; returns all that was sent.

    Arguments: `kibibytes`, how many there are of that kind.
    """
    sent = bytearray()
    for number, message in enumerate(_messages(host, kind, kibibytes)):
        send_in_the_end(host, sender, message, f"send number {number}, of {len(message)} bytes")
        sent += message
        if kind == UNEVEN and number % _BETWEEN_TICKS == _BETWEEN_TICKS - 1:
            host.tick_once(sender)
    return bytes(sent)


def _messages(host: Host, kind: str, kibibytes: int) -> list[bytes]:
    if kind == AROUND_POWERS:
        return [host.random.randbytes(size) for size in _SIZES]
    count, length = (_UNEVEN_ONES, 0) if kind == UNEVEN else (kibibytes, 1 << 10)
    return [(b"<%d:%s>" % (number, b"." * (number * 37 % 300))).ljust(length, b".") for number in range(count)]
