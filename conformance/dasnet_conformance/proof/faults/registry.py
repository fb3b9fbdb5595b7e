"""The register of faults: what each is called, what it does wrong, and which requirements have to fail on it.

A fault is a variation of the sound server: a class derived from one of its parts that does one step wrong. Its
docstring is its sentence, the bug as a user would tell it. `@fault` enters it here; the files of faults are named after
the sections of the catalogue and are imported when somebody asks.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from dasnet_adapters.contract import CLIENT, CLIENT_LOWLEVEL, CORE, LOWLEVEL, PROFILES, Adapter
from dasnet_adapters.in_process import InProcessAdapter
from dasnet_adapters.patience import DEFAULT_DEADLINE
from dasnet_conformance.catalogue.rooms import SECTIONS, modules_of, package_of, section_of

from .sound import Implementation, LowLevel, Server, SharedOrphan
from .sound_client import Client, ClientHandle, ClientLowLevel
from .sound_handle import Handle
from .sound_http import HttpServer
from .sound_http_answer import HttpAnswer
from .sound_http_asking import HttpAsking
from .sound_http_client import HttpClient
from .sound_http_client_handle import HttpClientHandle
from .sound_http_connection import HttpConnection
from .sound_http_handle import HttpHandle
from .sound_http_parser import HttpParser
from .sound_http_response import HttpResponse

PACKAGE: Final = "dasnet_conformance.proof.faults"
#: The module that the faults are variations of.
SOUND: Final = f"{PACKAGE}.sound"

#: Seconds after which a call of a fault that hangs is given up.
HANGING_AFTER: Final = 1.5

#: Which argument of `Implementation` takes a part derived from which class.
PARTS: Final = {
    "handle": Handle,
    "low_level": LowLevel,
    "server": Server,
    "orphan": SharedOrphan,
    "client_handle": ClientHandle,
    "client_low_level": ClientLowLevel,
    "client": Client,
    "http_server": HttpServer,
    "http_handle": HttpHandle,
    "http_connection": HttpConnection,
    "http_parser": HttpParser,
    "http_answer": HttpAnswer,
    "http_client": HttpClient,
    "http_client_handle": HttpClientHandle,
    "http_response": HttpResponse,
    "http_asking": HttpAsking,
}
#: What a fault claims of the client half, if it is one of that.
_CLIENT_HALF: Final = (CLIENT, CLIENT_LOWLEVEL)

Part = TypeVar("Part", bound=type)


@dataclass(frozen=True)
class Fault:
    """One wrong server.

    `kills` are the requirements that must fail on it, each by itself and not in its setup; `may_kill` are others that
    can. `parts` are the classes in which it differs from the sound server. `hangs` says that what it does wrong is not
    to return, which a check finds by its deadline. `attempts` is above 1 where the system has a say in whether anything
    goes wrong: a thread that is not let run in time, a wrong port that happens to be taken; then it is tried again.
    `twist` wraps the adapter, for what only shows on the way to the suite.
    """

    name: str
    section: str
    sentence: str
    kills: tuple[str, ...]
    may_kill: tuple[str, ...] = ()
    parts: tuple[type, ...] = ()
    hangs: bool = False
    attempts: int = 1
    twist: Callable[[Adapter], Adapter] | None = None

    @property
    def address(self) -> str:
        """How the command line takes it, or nothing where that is not possible."""
        return "" if self.twist is not None else f"python:{PACKAGE}:{self.name}"

    def implementation(self) -> Implementation:
        """The wrong server as an object that offers the documented names, made anew."""
        own = SECTIONS[self.section].name
        added = () if own in (CORE, LOWLEVEL) else _CLIENT_HALF if own in _CLIENT_HALF else (own,)
        profiles = (CORE, LOWLEVEL, *added)
        return made_of(self.parts, f"fault {self.name}", profiles)

    def adapter(self) -> Adapter:
        """The way to the wrong server."""
        if self.twist is not None:
            return self.twist(InProcessAdapter(SOUND))
        deadline = HANGING_AFTER if self.hangs else DEFAULT_DEADLINE
        return InProcessAdapter(f"{PACKAGE}:{self.name}", deadline=deadline)


def made_of(parts: Iterable[type], name: str, profiles: tuple[str, ...]) -> Implementation:
    """The sound implementation with some of its parts replaced, made anew.

    Arguments: `parts`, classes derived from parts of the sound one (`PARTS`); `profiles`, what it claims.
    """
    given: dict[str, Any] = {
        argument: part for part in parts for argument, sound in PARTS.items() if issubclass(part, sound)
    }
    return Implementation(name, profiles=profiles, **given)


_FAULTS: Final[dict[str, Fault]] = {}


def fault(
    *kills: str,
    may_kill: tuple[str, ...] = (),
    also: tuple[type, ...] = (),
    hangs: bool = False,
    attempts: int = 1,
) -> Callable[[Part], Part]:
    """Enter a class as a fault; its docstring is the sentence, its name in lower case the fault's.

    Arguments: `also`, further parts of the same fault; the others are those of `Fault`.
    """

    def enter(part: Part) -> Part:
        words = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", part.__name__).lower()
        section = _section(part.__module__)
        sentence = " ".join((part.__doc__ or "").split())
        register(Fault(words, section, sentence, kills, may_kill, (part, *also), hangs, attempts))
        return part

    return enter


def register(entry: Fault) -> None:
    """Enter a fault. Raises `ValueError` for a name that is taken."""
    if entry.name in _FAULTS:
        raise ValueError(f"there are two faults named {entry.name}")
    _FAULTS[entry.name] = entry


def entered(name: str) -> Fault:
    """The fault of that name, which has to be in a file that comes earlier. Raises `KeyError` if it is not there."""
    return _FAULTS[name]


# A file of faults is named after its section.
def _section(module: str) -> str:
    package, _, name = module.rpartition(".")
    for profile in PROFILES.values():
        if package == package_of(profile, "faults"):
            return section_of(name, profile)
    raise ValueError(f"{module} is in the folder of no profile's faults")


@cache
def load_faults() -> dict[str, Fault]:
    """All faults by name, in the order of the catalogue's sections."""
    for profile in PROFILES.values():
        for name in modules_of(profile, "faults"):
            importlib.import_module(f"{package_of(profile, 'faults')}.{name}")
    order = {section: number for number, section in enumerate(SECTIONS)}
    return dict(sorted(_FAULTS.items(), key=lambda item: order[item[1].section]))


def sound_server() -> Implementation:
    """The conforming server of all profiles: the control of every proof.

    A profile from outside adds its parts to it: `SOUND` of its package of faults, a mapping from an argument of
    `Implementation` to a class that is derived from the part of that name.
    """
    parts: dict[str, list[type]] = {}
    for profile in PROFILES.values():
        if profile.package:
            module = importlib.import_module(package_of(profile, "faults"))
            for name, part in module.SOUND.items():
                parts.setdefault(name, []).append(part)
    given: dict[str, Any] = {name: type(name, tuple(classes), {}) for name, classes in parts.items()}
    return Implementation("sound server", profiles=tuple(PROFILES), **given)


def proving() -> dict[str, list[Fault]]:
    """Requirement id -> the faults that it has to catch."""
    found: dict[str, list[Fault]] = {}
    for entry in load_faults().values():
        for requirement in entry.kills:
            found.setdefault(requirement, []).append(entry)
    return found
