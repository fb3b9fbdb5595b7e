"""Right servers and clients that chose otherwise than the reference, wherever the documentation leaves a choice.

The counterpart of the wrong ones: every one of these has to conform, and a requirement that fails on one of them is
a false alarm of the suite. `python:latitude:NAME` is the variant of that name, with `tests/latitude` on the path;
`registry` lists them. Each is the sound implementation with one of its parts made to choose in another way.
"""

from __future__ import annotations

#: The sound server itself, to compare with.
PLAIN = "plain"


def __getattr__(name: str) -> object:
    # Looked up here, so that a variant is addressed like an object of a module, and made when it is asked for.
    if name.startswith("_"):
        raise AttributeError(name)
    from .registry import load_variants, plain

    if name == PLAIN:
        return plain()
    entry = load_variants().get(name)
    if entry is None:
        raise AttributeError(f"there is no variant named {name}; docs/latitude.md names them all")
    return entry.implementation()
