"""SHA-256 of what a verdict depends on: the installed suite, its catalogue, and single files. It reads files.

It stands at the bottom because the proof and the gate both keep these hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def _package_hash(suffix: str, folder: str) -> str:
    # Names and contents, in the order of the names, so that a file that moved counts as a change.
    digest = hashlib.sha256()
    for name, content in sorted(_walk(files("dasnet_conformance").joinpath(folder), suffix)):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _walk(place: Traversable, suffix: str, prefix: str = "") -> Iterable[tuple[str, bytes]]:
    for entry in place.iterdir():
        if entry.is_dir():
            yield from _walk(entry, suffix, f"{prefix}{entry.name}/")
        elif entry.name.endswith(suffix):
            # Line ends are the checkout's choice, not the suite's.
            yield f"{prefix}{entry.name}", entry.read_bytes().replace(b"\r\n", b"\n")


def suite_hashes() -> dict[str, str]:
    """SHA-256 of the installed suite's code and of its catalogue, by the names under which results keep them."""
    return {"suite": _package_hash(".py", "."), "catalogue": _package_hash(".toml", "catalogue")}


def file_hash(path: Path) -> str:
    """SHA-256 of a file. Raises `OSError`."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
