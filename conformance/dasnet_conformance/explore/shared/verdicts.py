"""How a script is judged: what no conforming implementation does, and where nothing can be said any more."""

from __future__ import annotations

from dasnet_adapters.contract import Outcome
from dasnet_conformance.stage.expect import name_of, spell


class Divergence(Exception):
    """The implementation did what no conforming one does: the requirement it violates, and what happened."""

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(f"{requirement}: {message}")
        self.requirement = requirement
        self.message = message


class NoVerdict(Exception):
    """The script has come to where nothing can be said any more; that is nobody's fault."""


def expect_one(outcome: Outcome, allowed: frozenset[str] | tuple[str, ...], requirement: str, what: str) -> str:
    """The outcome's name, when it is allowed. Raises `Divergence`."""
    name = name_of(outcome)
    if name not in allowed:
        raise Divergence(requirement, f"{what}: expected {' or '.join(sorted(allowed))}, got {spell(outcome)}")
    return name
