"""Wrong servers, each with one small named deviation, that prove that the suite sees.

`python:dasnet_conformance.proof.faults:NAME` is the fault of that name; `registry` lists them, `sound` is the
conforming server that they are variations of, `null_controls` holds servers that are no servers at all.
"""

from __future__ import annotations

from typing import Final

#: The name of the conforming server of all profiles, beside those of the faults.
CONTROL: Final = "sound_server"


def __getattr__(name: str) -> object:
    # Looked up here, so that a fault is addressed like an object of a module, and made when it is asked for.
    if name.startswith("_"):
        raise AttributeError(name)
    from .null_controls import NULL_CONTROLS
    from .registry import load_faults, sound_server

    if name == CONTROL:
        return sound_server()
    if name in NULL_CONTROLS:
        return NULL_CONTROLS[name]
    entry = load_faults().get(name)
    if entry is None:
        raise AttributeError(f"there is no fault named {name}; `dasnet prove --list` names them all")
    if not entry.address:
        raise AttributeError(f"the fault {name} is on the way to the suite; `dasnet prove --fault {name}` runs it")
    return entry.implementation()
