"""The register of variants: what each is called, what it chooses, and which allowed outcomes it shows.

A variant is a class derived from one part of the sound server or of the sound client that makes one choice in another
way. Its docstring is its sentence: the choice, and why it is legal. `@variant` enters it here; the files beside hold
the variants by theme and are imported when somebody asks. It imports parts of the two and the contract, and opens
nothing.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeVar

from dasnet_adapters.contract import CLIENT, CLIENT_LOWLEVEL, CORE, HTTP, HTTP_CLIENT, LOWLEVEL
from dasnet_adapters.in_process import InProcessAdapter
from dasnet_conformance.proof.faults.registry import PARTS, made_of
from dasnet_conformance.proof.faults.sound import Implementation

#: The files of variants, with what each is about.
THEMES: Final = {
    "listening": "Listening",
    "accepting": "Taking clients",
    "delivering": "Delivering",
    "late": "Working late, on a thread",
    "sending": "Sending",
    "refusing": "Refusing, and saying false",
    "leaving": "Departures, and the end",
    "calling_back": "Callbacks and ticks",
    "reloading": "Saving and restoring",
    "connecting": "Clients: connecting",
    "conversing": "Clients: bytes, departures and the end",
    "turning_down": "Clients: refusing, and saying false",
    "speaking_http": "HTTP servers",
    "reading_http": "HTTP servers: what is read",
    "answering_http": "HTTP servers: what is answered",
    "serving_http": "HTTP servers: connections, and how much in a tick",
    "choosing_http": "HTTP servers: what strangers chose",
    "asking_http": "HTTP clients: requests, and when they go out",
    "hearing_http": "HTTP clients: what is made of answers",
    "side_by_side_http": "HTTP clients: several connections at once",
    "keeping_http": "HTTP clients: connections, queues and reloads",
}

_CLIENT_PARTS: Final = tuple(sound for argument, sound in PARTS.items() if argument.startswith("client"))

_HTTP_CLIENT_PARTS: Final = tuple(
    PARTS[argument] for argument in ("http_client", "http_client_handle", "http_response", "http_asking")
)
_HTTP_PARTS: Final = tuple(
    sound for argument, sound in PARTS.items() if argument.startswith("http") and sound not in _HTTP_CLIENT_PARTS
)

#: The profiles of the two halves of the module.
SERVER_HALF: Final = frozenset({CORE, LOWLEVEL})
CLIENT_HALF: Final = frozenset({CLIENT, CLIENT_LOWLEVEL})
HTTP_HALF: Final = frozenset({HTTP})
HTTP_CLIENT_HALF: Final = frozenset({HTTP_CLIENT})
#: The section in which both talk to each other.
BOTH: Final = "together"

#: The profiles that every variant offers.
PROFILES: Final = (CORE, LOWLEVEL, CLIENT, CLIENT_LOWLEVEL, HTTP, HTTP_CLIENT)

Part = TypeVar("Part", bound=type)


@dataclass(frozen=True)
class Variant:
    """One right implementation.

    `choice` is what the documentation leaves open, in a few words, and `sentence` what this one does and why it may.
    `shows` are allowed outcomes of the catalogue that are seen on it, by requirement. `waits` says that judging it
    takes time and hardly any processor, so that many of its checks can run at once; `counts_ticks` that it lets ticks
    pass which bring nothing, between which the suite would wait longer and longer for nothing. `falls_short` are the
    SHOULD requirements that the choice is against: by these it is not judged, and must fail nothing else.
    """

    name: str
    theme: str
    choice: str
    sentence: str
    shows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[type, ...] = ()
    peer_host: str = "127.0.0.1"
    waits: bool = False
    counts_ticks: bool = False
    falls_short: tuple[str, ...] = ()

    @property
    def halves(self) -> frozenset[str]:
        """The profiles that the choice is about: those of the server, of the client, of both, or one of HTTP."""
        if all(any(issubclass(part, sound) for sound in _HTTP_CLIENT_PARTS) for part in self.parts):
            return HTTP_CLIENT_HALF
        if all(any(issubclass(part, sound) for sound in _HTTP_PARTS) for part in self.parts):
            return HTTP_HALF
        of_client = [any(issubclass(part, sound) for sound in _CLIENT_PARTS) for part in self.parts]
        server = SERVER_HALF if not all(of_client) else frozenset[str]()
        return server | (CLIENT_HALF if any(of_client) else frozenset[str]())

    def shown(self) -> set[tuple[str, str]]:
        """Each allowed outcome that is seen on it, with its requirement."""
        return {(requirement, outcome) for requirement, outcomes in self.shows.items() for outcome in outcomes}

    def implementation(self) -> Implementation:
        """The implementation as an object that offers the documented names, made anew."""
        return made_of(self.parts, f"variant {self.name}", PROFILES)


_VARIANTS: Final[dict[str, Variant]] = {}


def variant(
    choice: str,
    *,
    name: str = "",
    shows: Mapping[str, str | tuple[str, ...]] | None = None,
    also: tuple[type, ...] = (),
    peer_host: str = "127.0.0.1",
    waits: bool = False,
    counts_ticks: bool = False,
    falls_short: tuple[str, ...] = (),
) -> Callable[[Part], Part]:
    """Enter a class as a variant; its docstring is the sentence, its name in lower case the variant's unless given.

    Arguments: `also`, further parts of the same variant; the others are those of `Variant`. Raises `ValueError` for a
    name that is taken.
    """

    def enter(part: Part) -> Part:
        called = name or re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "_", part.__name__).lower()
        if called in _VARIANTS:
            raise ValueError(f"there are two variants named {called}")
        outcomes = {key: (each,) if isinstance(each, str) else each for key, each in (shows or {}).items()}
        _VARIANTS[called] = Variant(
            called,
            theme=part.__module__.rpartition(".")[2],
            choice=choice,
            sentence=" ".join((part.__doc__ or "").split()),
            shows=outcomes,
            parts=(part, *also),
            peer_host=peer_host,
            waits=waits,
            counts_ticks=counts_ticks,
            falls_short=falls_short,
        )
        return part

    return enter


@cache
def load_variants() -> dict[str, Variant]:
    """All variants by name, theme by theme."""
    for theme in THEMES:
        importlib.import_module(f"{__package__}.{theme}")
    order = list(THEMES)
    return dict(sorted(_VARIANTS.items(), key=lambda item: order.index(item[1].theme)))


def plain() -> Implementation:
    """The sound implementation, which the variants are variations of."""
    return Implementation("the sound implementation", profiles=PROFILES)


def adapter_of(name: str) -> InProcessAdapter:
    """The way to the variant of that name, or to the sound server."""
    entry = load_variants().get(name)
    return InProcessAdapter(f"{__package__}:{name}", peer_host=entry.peer_host if entry else "127.0.0.1")
