"""What the tests of the faults share: outcomes made by hand, and a matrix filled with them."""

from __future__ import annotations

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import Fault, load_faults
from dasnet_conformance.proof.kill_matrix import Matrix
from dasnet_conformance.running.direct import Outcome

REQUIREMENTS = load_catalogue().requirements


def outcomes(verdict: str, *names: str, blocked_by: str = "") -> dict[str, Outcome]:
    """The same outcome for each of these requirements, or for all."""
    return {
        name: Outcome(name, verdict, "as <told>", blocked_by, duration_s=0.1, case="test_it[1]")
        for name in names or REQUIREMENTS
    }


def proved(*faults: Fault, full: bool = False) -> Matrix:
    """A matrix in which everything is as it has to be: of these faults, or of all."""
    entries = list(faults or load_faults().values())
    return Matrix(
        entries,
        full=full,
        chosen=bool(faults),
        control=outcomes("pass"),
        controls={} if faults else {name: outcomes("fail") for name in NULL_CONTROLS},
        outcomes={entry.name: outcomes("fail", *entry.kills) for entry in entries},
        duration_s=1.5,
    )
