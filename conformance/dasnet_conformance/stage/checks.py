"""How a check names its requirement. It imports pytest and nothing of ours, so that every check file may use it."""

from __future__ import annotations

from typing import Final

import pytest

#: The pytest marker that carries a requirement's id.
MARKER: Final = "dasnet_requirement"


def check(requirement_id: str, *, waits: bool = False) -> pytest.MarkDecorator:
    """Mark a test function, or one `pytest.param`, as the check of a requirement of the catalogue.

    A requirement has one check; its parametrised cases together are that check, and the worst verdict among them is
    the requirement's. One that `waits` is mostly silence, for longer than other checks take: a run begins it early, so
    that nobody is left to wait for it alone.
    """
    return pytest.mark.dasnet_requirement(requirement_id, waits=waits)
