"""The vectors of answers that a client of HTTP gets: bytes of a server, with what a client may make of them.

`http_vectors/README.md` tells their keys. Their requirements are those of the client half of HTTP. May read packaged
files; nothing of ours stands below it but the error of the loader and the reader of tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from .loader import CatalogueError
from .tables import read_table

_FILE: Final = "response.toml"


@dataclass(frozen=True)
class Responded:
    """How an answer may be handed over; what is None may be anything.

    `fields` maps a name in lower case to the values that it may have, of several lines joined by a comma; without any
    value the field must not be there. `keeps` says whether another request may be sent on the connection.
    """

    status: int
    reason: str | None = None
    body: bytes | None = None
    fields: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    keeps: bool | None = None


@dataclass(frozen=True)
class ResponseVector:
    """What a server sends to one request, and what the client may make of it.

    `method` is that of the request; `closes` says that the server ends the connection behind the bytes. `respond` holds
    the ways in which an answer may be handed over; `fail` says that the request may fail, `waits` that nothing may come
    of it yet.
    """

    name: str
    requirement: str
    data: bytes
    respond: tuple[Responded, ...] = ()
    method: str = "GET"
    closes: bool = False
    fail: bool = False
    waits: bool = False
    note: str = ""


@cache
def load_response_vectors() -> dict[str, tuple[ResponseVector, ...]]:
    """Every vector, by requirement, in the order of the file. Raises `CatalogueError` for one that is incomplete."""
    found: dict[str, list[ResponseVector]] = {}
    for entry in read_table(files(__package__).joinpath("http_vectors"), _FILE)["vector"]:
        try:
            vector = response_vector(**entry)
        except (TypeError, ValueError) as error:
            raise CatalogueError(f"http_vectors/{_FILE}: {entry.get('name', entry)}: {error}") from error
        others = found.setdefault(vector.requirement, [])
        if any(other.name == vector.name for other in others):
            raise CatalogueError(f"http_vectors/{_FILE}: {vector.requirement} has {vector.name} twice")
        others.append(vector)
    return {requirement: tuple(vectors) for requirement, vectors in found.items()}


def response_vector(*, name: str, requirement: str, bytes: str, **rest: Any) -> ResponseVector:
    """One entry as a vector. Raises `TypeError` for a key that is none, `ValueError` where nothing may come of it."""
    respond = tuple(_responded(**entry) for entry in rest.pop("respond", ()))
    vector = ResponseVector(name, requirement, bytes.encode("latin-1"), respond, **rest)
    if not (vector.respond or vector.fail or vector.waits):
        raise ValueError("nothing may come of it")
    return vector


def _responded(*, body: str | None = None, fields: dict[str, list[str]] | None = None, **rest: Any) -> Responded:
    allowed = {name: tuple(value.encode("latin-1") for value in values) for name, values in (fields or {}).items()}
    return Responded(body=None if body is None else body.encode("latin-1"), fields=allowed, **rest)
