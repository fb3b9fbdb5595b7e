"""One fault of each kind that takes a sequence to show is found in so many examples, and the requirement is named.

Examples are counted and time is not: a slow machine finds the same. Each is looked for in a process of its own.
"""

from __future__ import annotations

import pytest

from dasnet_conformance.explore.explorer import Explorer, Options
from dasnet_conformance.explore.players import ProcessPlayer
from dasnet_conformance.proof.faults.registry import PACKAGE

#: Conversations in which one has to be found, and among how many seeds they are shared out: what a user is promised.
EXAMPLES = 1_000
SEEDS = 4
STEPS = 40

#: The kind, a fault of it, and the requirements of which one is to be named: which of them depends on what comes first.
KINDS = {
    "long use": ("reloads_in_a_byte", "restore. query. endurance. state. callbacks."),
    "time in ticks": ("waits_in_vain", "tick.second-client-not-lost"),
    "buffers, sent": ("sends_from_the_buffer_later", "buffers."),
    "buffers, delivered": ("reads_into_one_buffer", "buffers.delivered-stays"),
    "after an exception": ("failed_data_is_delivered_again", "exceptions.data-waiting"),
    "order under pressure": ("small_ones_overtake", "save.queued-bytes-survive send.many-calls"),
    "half-close": ("answers_half_closed_in_vain", "endings.accepted-before-half-close"),
    "agreement after a change": ("refused_init_drops_the_client", "query. agreement. state. init. restore."),
    "who hears what": ("errors_stay_with_the_maker", "restore.callbacks-to-new-object"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_of_each_kind_is_found(kind: str) -> None:
    fault, named = KINDS[kind]
    player = ProcessPlayer(f"python:{PACKAGE}:{fault}")
    try:
        options = Options(examples=EXAMPLES, steps=STEPS, seeds=SEEDS, profiles=("core", "lowlevel"))
        finding = Explorer(player, options, lambda _: None).run().finding
    finally:
        player.close()
    assert finding is not None, f"{fault} was not found in {EXAMPLES} examples"
    assert finding.divergence.requirement.startswith(tuple(named.split())), finding.divergence
