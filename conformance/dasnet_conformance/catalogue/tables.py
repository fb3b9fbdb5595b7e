"""The tables of the catalogue as data: TOML, or what the build made of it, which is read ten times as fast.

A wheel has `tables.json` beside the folders of the built-in profiles. It holds each table with the digest of the TOML
that it was made of, so that a file which was edited since is read anew; where there is no `tables.json`, as in the
source tree, and for a profile from outside, the TOML is all there is. It reads packaged files and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

#: The file that the build adds.
NAME: Final = "tables.json"


def compiled(tables: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What `tables.json` holds. Arguments: `tables`, the text of each table. Raises `tomllib.TOMLDecodeError`."""
    return {_digest(text): tomllib.loads(text) for text in tables}


def read_table(folder: Traversable, name: str) -> Mapping[str, Any]:
    """A table by its folder and the name of its TOML file.

    Raises `OSError` where there is none, and `tomllib.TOMLDecodeError` for one that is no TOML.
    """
    text = folder.joinpath(name).read_text(encoding="utf-8")
    made = _made().get(_digest(text))
    return made if made is not None else tomllib.loads(text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _made() -> dict[str, dict[str, Any]]:
    try:
        made: dict[str, dict[str, Any]] = json.loads(files(__package__).joinpath(NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return made
