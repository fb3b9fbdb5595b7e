"""The vectors of the profile `http`: requests as bytes, with what may come of each.

`http_vectors/README.md` tells their keys. May read packaged files; nothing of ours stands below it but the error of the
loader and the reader of tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from .loader import CatalogueError
from .tables import read_table

_FILES: Final = ("request", "framing", "smuggling")
_WORDS: Final = frozenset({"error", "close", "waits"})


@dataclass(frozen=True)
class Served:
    """How a request may be called back; what is None may be anything.

    `fields` maps a name in lower case to the values that it may have, of several lines joined by a comma; without any
    value the field must not be there. `closes` says that the connection has to end behind the answer.
    """

    method: str | None = None
    target: str | None = None
    body: bytes | None = None
    fields: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    closes: bool = False


@dataclass(frozen=True)
class Vector:
    """One request as bytes, and what may come of it.

    `reject` holds statuses and the words `error`, `close` and `waits`; `serve` the ways in which it may be called back;
    `ends` says that a rejected one has to end the connection; `hidden` is a target that must never be called back.
    """

    name: str
    requirement: str
    data: bytes
    reject: tuple[str, ...] = ()
    serve: tuple[Served, ...] = ()
    ends: bool = False
    hidden: str = ""
    note: str = ""

    @property
    def method(self) -> str:
        """The method as far as the reader of answers needs it: an answer to HEAD has no content."""
        return "HEAD" if self.data.startswith(b"HEAD ") else "GET"

    def rejects_with(self, status: int) -> bool:
        """Whether an answer of this status is one of the ways to reject it."""
        return str(status) in self.reject or ("error" in self.reject and 400 <= status < 600)


@cache
def load_vectors() -> dict[str, tuple[Vector, ...]]:
    """Every vector, by requirement, in the order of the files. Raises `CatalogueError` for one that is incomplete."""
    found: dict[str, list[Vector]] = {}
    for name in _FILES:
        for entry in read_table(files(__package__).joinpath("http_vectors"), f"{name}.toml")["vector"]:
            try:
                vector = _vector(**entry)
            except (TypeError, ValueError, KeyError) as error:
                raise CatalogueError(f"http_vectors/{name}.toml: {entry.get('name', entry)}: {error}") from error
            others = found.setdefault(vector.requirement, [])
            if any(other.name == vector.name for other in others):
                raise CatalogueError(f"http_vectors/{name}.toml: {vector.requirement} has {vector.name} twice")
            others.append(vector)
    return {requirement: tuple(vectors) for requirement, vectors in found.items()}


def vectors_of(requirement: str) -> tuple[Vector, ...]:
    """The vectors of one requirement. Raises `KeyError` where it has none."""
    return load_vectors()[requirement]


def _vector(*, name: str, requirement: str, bytes: str, **rest: Any) -> Vector:
    reject = tuple(rest.pop("reject", ()))
    for word in reject:
        if word not in _WORDS and not (word.isdigit() and 200 <= int(word) < 600):
            raise ValueError(f"{word!r} is no way to reject a request")
    serve = tuple(_served(**entry) for entry in rest.pop("serve", ()))
    return Vector(name, requirement, bytes.encode("latin-1"), reject, serve, **rest)


def _served(*, body: str | None = None, fields: dict[str, list[str]] | None = None, **rest: Any) -> Served:
    allowed = {name: tuple(value.encode("latin-1") for value in values) for name, values in (fields or {}).items()}
    return Served(body=None if body is None else body.encode("latin-1"), fields=allowed, **rest)
