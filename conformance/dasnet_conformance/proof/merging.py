"""Merging the shards of one proof: their matrices become that of the whole, or it is said why they cannot.

A matrix is taken from its kill-matrix.json, which keeps all that the conclusions rest on; they are drawn anew from all
shards. It reads the files it is given and prints nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.shard import (
    OPTION,
    MergeError,
    Shard,
    insist_on_all,
    insist_on_this_suite,
    read_shard,
)
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import load_faults
from dasnet_conformance.running.direct import Outcome

from .kill_matrix import PATIENCE, Matrix

_COMMAND = "dasnet prove"


@dataclass(frozen=True)
class ProofPart:
    """One shard that was read: where from, which part it is, which suite made it, and its matrix."""

    name: str
    shard: Shard
    version: str
    hashes: dict[str, str]
    matrix: Matrix


def read_proof_part(path: Path) -> ProofPart:
    """Read the kill-matrix.json of one shard.

    Raises `OSError` for one that cannot be read, and `MergeError` for a file that is none, or none of a shard.
    """
    anew = f"write it anew with {_COMMAND} {OPTION} K/N -o DIR"
    try:
        document = json.loads(path.read_text("utf-8"))
        shard, version = document["shard"], str(document["suite"]["version"])
        hashes, patience = dict(document["hashes"]), document["patience"]
    except (ValueError, KeyError, TypeError) as error:
        raise MergeError(f"{path} is no kill matrix of this suite ({type(error).__name__}: {error}); {anew}") from None
    if not shard:
        raise MergeError(f"{path} is a whole proof or one of chosen faults, and no shard; {anew}")
    # Before the rest is read: what another suite wrote may look otherwise.
    insist_on_this_suite(str(path), version, hashes)
    try:
        part = ProofPart(str(path), read_shard(shard), version, hashes, _matrix(document, read_shard(shard)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MergeError(f"{path} is not as it was written ({type(error).__name__}: {error}); {anew}") from None
    if patience != PATIENCE:
        raise MergeError(f"{path} was made with patience {patience}, and it is {PATIENCE} here; {anew}")
    return part


def _matrix(document: dict[str, Any], shard: Shard) -> Matrix:
    known = load_faults()
    messages, durations = document["control_messages"], document["control_durations_s"]
    outcomes: dict[str, dict[str, Outcome]] = {}
    for row in document["faults"]:
        kills = [Outcome(**told) for told in row["kills"]]
        also = [Outcome(name, "fail") for name in row["also_caught_by"]]
        outcomes[row["name"]] = {outcome.requirement: outcome for outcome in (*kills, *also)}
    return Matrix(
        [known[name] for name in outcomes],
        full=document["full"],
        shard=shard,
        control={
            name: Outcome(name, verdict, messages.get(name, ""), duration_s=float(durations[name]))
            for name, verdict in document["control"].items()
        },
        controls={
            control: {name: Outcome(name, verdict) for name, verdict in verdicts.items()}
            for control, verdicts in document["null_controls"].items()
        },
        outcomes=outcomes,
        duration_s=float(document["duration_s"]),
    )


def merge_proofs(parts: Sequence[ProofPart]) -> Matrix:
    """The matrix of the whole.

    Arguments: `parts`, at least one. Raises `MergeError` when a shard is missing or there twice, when one lacks or has
    too many faults or requirements, and when some were made with `--full` and some without.
    """
    insist_on_all([(part.name, part.shard) for part in parts], _COMMAND)
    ordered = sorted(parts, key=lambda part: part.shard)
    for part in ordered:
        if part.matrix.full != ordered[0].matrix.full:
            told = f"{ordered[0].name} and {part.name} differ in the use of --full"
            raise MergeError(f"{told}; give it to every shard or to none, and run again what differs")
        _insist_on_rows(part)
    requirements = load_catalogue().requirements
    control = {name: outcome for part in ordered for name, outcome in part.matrix.control.items()}
    outcomes = {name: told for part in ordered for name, told in part.matrix.outcomes.items()}
    controls = {
        name: {key: outcome for part in ordered for key, outcome in part.matrix.controls[name].items()}
        for name in NULL_CONTROLS
    }
    return Matrix(
        list(load_faults().values()),
        full=ordered[0].matrix.full,
        control={name: control[name] for name in requirements},
        controls={name: {key: told[key] for key in requirements} for name, told in controls.items()},
        outcomes={name: outcomes[name] for name in load_faults()},
        duration_s=sum(part.matrix.duration_s for part in ordered),
    )


def _insist_on_rows(part: ProofPart) -> None:
    matrix = part.matrix
    of_requirements = {name for name in load_catalogue().requirements if part.shard.holds(name)}
    faults = {name: entry for name, entry in load_faults().items() if part.shard.holds(name)}
    whole = [("faults", set(matrix.outcomes), set(faults)), ("requirements", set(matrix.control), of_requirements)]
    whole += [(f"null control {name}", set(matrix.controls.get(name, ())), of_requirements) for name in NULL_CONTROLS]
    whole += [
        (f"fault {name}", set(each.kills) & set(matrix.outcomes.get(name, ())), set(each.kills))
        for name, each in faults.items()
    ]
    for what, there, due in whole:
        if there != due:
            told = f"{part.name}: {min(there ^ due)} of the {what} is not where it belongs"
            raise MergeError(f"{told}; run shard {part.shard} again")
