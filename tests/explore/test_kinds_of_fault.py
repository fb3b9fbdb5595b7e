"""One fault of each kind that takes a sequence to show is found in so many examples, and the requirement is named.

Examples are counted and time is not: a slow machine finds the same. Each is looked for in a process of its own.
"""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import HTTP_CLIENT
from dasnet_conformance.explore.chance.machine import Enough, visit_scripts
from dasnet_conformance.explore.explorer import Explorer, Finding, Options
from dasnet_conformance.explore.playing.in_process import HASTY
from dasnet_conformance.explore.playing.players import ProcessPlayer
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.proof.faults.registry import PACKAGE

#: Conversations in which one has to be found, and among how many seeds they are shared out: what a user is promised.
EXAMPLES = 1_000
SEEDS = 4
STEPS = 40
#: Steps of what a conversation is made into.
SHORT = 12

#: The kind, a fault of it, and the requirements of which one is to be named: which of them depends on what comes first.
KINDS = {
    "long use": ("reloads_in_a_byte", "restore. query. endurance. state. callbacks."),
    "time in ticks": ("waits_in_vain", "tick.second-client-not-lost"),
    "buffers, sent": ("sends_from_the_buffer_later", "buffers."),
    "buffers, delivered": ("reads_into_one_buffer", "buffers.delivered-stays"),
    "after an exception": ("failed_data_is_delivered_again", "exceptions.data-waiting"),
    "order under pressure": ("small_ones_overtake", "save.queued-bytes-survive send.many-calls"),
    "half-close": ("answers_half_closed_in_vain", "endings.accepted-before-half-close"),
    "agreement after a change": ("refused_init_drops_the_client", "query. agreement. state. init. restore. callbacks."),
    "who hears what": ("errors_stay_with_the_maker", "restore.callbacks-to-new-object"),
}


#: The same of clients, in half as many conversations.
CLIENT_KINDS = {
    "connect": ("failed_for_good", "connect."),
    "state": ("second_connection_cannot_send", "client-state.connected-again.send"),
    "data": ("client_repeats_the_last_of_the_one_before", "client-data. client-tick.only-inside"),
    "send": ("client_keeps_what_it_refused", "client-send. client-state."),
    "close": ("close_delivers_what_waits", "close. client-tick."),
    "callbacks": ("error_of_disconnect_tells_it_again", "client-callbacks."),
    "lifetime": ("client_is_closed_by_number_twice", "client- close. connect. together."),
}


#: The same of HTTP servers, by section, in as many conversations as about clients.
HTTP_KINDS = {
    "request": ("decodes_the_target", "http-request.target-unchanged"),
    "request, fields": ("hands_fields_over_backwards", "http-request.fields-in-order"),
    "request, cut": ("forgets_the_beginning_of_a_line", "http-request. http-reload. http-framing."),
    "framing": ("body_is_what_came_with_the_head", "http-framing. http-reload."),
    "framing, extensions": ("refuses_chunk_extensions", "http-framing. http-reload. http-request."),
    "framing, sizes": ("knows_no_capital_digits", "http-framing. http-reload. http-request."),
    "smuggling": ("chunk_sizes_stop_at_noise", "http-framing. http-smuggling."),
    "callbacks": ("calls_back_again_until_answered", "http-callbacks.once"),
    "callbacks, numbers": (
        "numbers_start_anew_per_connection",
        "http-callbacks.exchanges-differ http-reload.exchanges-",
    ),
    "callbacks, nobody": ("any_number_is_answered", "http-callbacks.respond-"),
    "callbacks, strangers": ("reports_strangers_mistakes", "http-callbacks.strangers-are-no-errors"),
    "response": ("chunks_for_old_clients", "http-response.old-version-framing"),
    "response, HEAD": ("head_has_a_body", "http-response. http-connection."),
    "response, injection": ("only_pairs_are_looked_for", "http-response.injection"),
    "connection": ("goes_on_after_close", "http-connection."),
    "connection, old version": ("keeps_old_connections", "http-connection.old-version"),
    "connection, half-close": ("takes_a_half_close_for_leaving", "http-connection.half-close"),
    "connection, leaving": ("half_a_body_is_a_request", "http-connection.leaves-in-body"),
    "connection, order": ("answers_as_they_are_given", "http-connection. http-callbacks. http-response."),
    "reload": ("calls_back_again_after_a_reload", "http-reload.unanswered"),
    "reload, old object": ("serves_while_it_is_saved", "http-reload.old-object"),
}


#: And of HTTP clients, in as many.
ASKER_KINDS = {
    "request, target": ("decodes_target", "http-client-request.target-exact"),
    "request, host": ("two_hosts", "http-client-request.host-own"),
    "request, fields": ("fields_lost", "http-client-request.fields-arrive"),
    "request, empty body": ("post_without_length", "http-client-request.post-without-body"),
    "answer, reason": ("reason_of_its_own", "http-client-answer.reason"),
    "answer, interim": ("interim_is_the_answer", "http-client-answer.interim"),
    "answer, white space": ("values_untrimmed", "http-client-answer.value-trimmed"),
    "answer, folded": ("folded_is_refused", "http-client-answer.folded http-client-framing. http-client-reload."),
    "framing, chunks": ("one_chunk_only", "http-client-framing. http-client-reload."),
    "framing, extensions": ("extensions_refused", "http-client-framing.chunk-extension http-client-"),
    "framing, until the end": ("no_framing_is_no_body", "http-client-framing. http-client-reload."),
    "framing, no content": ("waits_behind_no_content", "http-client-framing. http-client-reload."),
    "framing, cut": ("short_body_is_an_answer", "http-client-framing.length-short"),
    "framing, cut chunk": ("truncated_is_an_answer", "http-client-framing.chunk-truncated"),
    "connection, kept": ("keeps_no_connection", "http-client-connection.keep-alive http-client-reload."),
    "connection, close": ("leaves_closed_open", "http-client-connection.close-ends http-client-outcome."),
    "connection, order": ("last_asked_first", "http-client-connection. http-client-reload. http-client-request."),
    "connection, unasked": ("drops_unsolicited", "http-client-connection.unsolicited"),
    "outcome, once": ("failures_are_told_twice", "http-client-outcome.one-each"),
    "outcome, inside a tick": ("cancel_tells_at_once", "http-client-outcome.inside-tick"),
    "outcome, cancelled": (
        "under_way_cannot_be_cancelled",
        "http-client-outcome.cancel-under-way http-client-reload.failure-to-tell",
    ),
    "outcome, closed": ("close_forgets_all", "http-client-outcome.close-fails-all http-client-reload.failure-to-tell"),
    "outcome, again": ("init_once", "http-client-outcome.init-again"),
    "reload": ("saving_fails_what_waits", "http-client-reload."),
    "reload, numbers": ("numbers_begin_anew", "http-client-reload. http-client-request. http-client-outcome."),
    "reload, inside": ("saving_inside_loses_outcomes", "http-client-reload."),
}

#: The requirements of both limits, of which the name depends on what the request waited for.
STALL = "http-client-limits.stall http-client-reload.limits"
DEADLINE = "http-client-limits.deadline http-client-reload.deadline-goes-on"
#: And of HTTP clients that count ticks, or have a body to send; it takes steps until such a thing shows.
TIME_KINDS = {
    "time, stall": ("stall_is_ignored", STALL),
    "time, half a stall": ("stall_at_half", STALL),
    "time, a stall within an answer": ("stall_before_the_first_byte_only", STALL),
    "time, a stall by drops": ("stall_counts_all_ticks", "http-client-limits.stall-not-"),
    "time, a stall of what waits": ("waiting_is_stalling", "http-client-limits.stall-not-"),
    "time, a stall of what was idle": ("stalls_since_the_last_received", "http-client-limits.stall-not-"),
    "time, a stall without a connection": ("connecting_never_stalls", STALL),
    "time, a stall of a body": ("sending_never_stalls", STALL),
    "time, no stall of a body": ("sent_bytes_are_no_move", "http-client-limits.stall-not-"),
    "time, deadline": ("deadline_is_ignored", DEADLINE),
    "time, half a deadline": ("deadline_is_early", DEADLINE),
    "time, deadline and drops": ("deadline_from_the_last_byte", DEADLINE),
    "time, deadline and interim answers": ("interim_begins_the_deadline_anew", DEADLINE),
    "time, deadline of what waits": ("waiting_is_never_late", DEADLINE),
    "time, deadline without a connection": ("connecting_is_never_late", DEADLINE),
    "time, deadline of a body": ("sending_is_never_late", DEADLINE),
    "time, limits over a reload": ("reload_forgets_limits", f"{STALL} {DEADLINE}"),
    "time, stall over a reload": ("reload_forgets_to_stall", f"{STALL} {DEADLINE}"),
    "upload, early answer": ("reads_when_all_is_sent", "http-client-connection.early-answer"),
    "upload, early answer and a reset": ("broken_pipe_is_the_outcome", "http-client-connection.early-answer-reset"),
    "upload, answered early": ("early_answer_stops_the_body", "http-client-connection.early-body-whole"),
    "upload, read late": ("unsent_is_lost", "http-client-connection.server-slow-to-read http-client-reload.sending"),
}


def each(kinds: dict[str, tuple[str, str]]) -> pytest.MarkDecorator:
    """A case for each kind; one of four runs always, the others in `tox -e long`."""
    marks = {kind: [pytest.mark.long] if place % 4 else [] for place, kind in enumerate(kinds)}
    return pytest.mark.parametrize("kind", [pytest.param(kind, marks=marks[kind]) for kind in kinds])


def found(fault: str, profiles: tuple[str, ...], examples: int) -> Finding:
    player = ProcessPlayer(f"python:{PACKAGE}:{fault}")
    try:
        options = Options(examples=examples, steps=STEPS, seeds=SEEDS, profiles=profiles)
        finding = Explorer(player, options, lambda _: None).run().finding
    finally:
        player.close()
    assert finding is not None, f"{fault} was not found in {examples} examples"
    return finding


def first_divergence(fault: str, examples: int) -> Divergence | None:
    """The first one in the same conversations of HTTP clients that comes again when the script is played again."""
    player = ProcessPlayer(f"python:{PACKAGE}:{fault}")
    seen: list[Divergence] = []

    def visit(script: list[Step]) -> None:
        if player.play(script, HASTY) is not None and (again := player.play(script, HASTY)) is not None:
            seen.append(again)
            raise Enough

    try:
        for seed in range(SEEDS):
            if not seen:
                share = examples // SEEDS
                about = HTTP_CLIENT
                visit_scripts(visit, examples=share, most=STEPS, seed=seed, profiles=(about,), about=about)
    finally:
        player.close()
    return seen[0] if seen else None


@each(KINDS)
def test_a_fault_of_each_kind_is_found(kind: str) -> None:
    fault, named = KINDS[kind]
    finding = found(fault, ("core", "lowlevel"), EXAMPLES)
    assert finding.divergence.requirement.startswith(tuple(named.split())), finding.divergence


@each(CLIENT_KINDS)
def test_a_fault_of_clients_of_each_kind_is_found_and_made_short(kind: str) -> None:
    fault, named = CLIENT_KINDS[kind]
    finding = found(fault, ("client", "client-lowlevel"), EXAMPLES // 2)
    assert finding.divergence.requirement.startswith(tuple(named.split())), finding.divergence
    assert len(finding.steps) <= SHORT


@each(ASKER_KINDS)
def test_a_fault_of_http_clients_of_each_kind_is_found_and_made_short(kind: str) -> None:
    fault, named = ASKER_KINDS[kind]
    finding = found(fault, ("http-client",), EXAMPLES // 2)
    assert finding.divergence.requirement.startswith(tuple(named.split())), finding.divergence
    assert len(finding.steps) <= SHORT


# A script about time takes long to be made short, as each try that finds nothing waits: these are found, and no more.
@each(TIME_KINDS)
def test_a_fault_of_http_clients_and_time_of_each_kind_is_found(kind: str) -> None:
    fault, named = TIME_KINDS[kind]
    divergence = first_divergence(fault, EXAMPLES // 2)
    assert divergence is not None, f"{fault} was not found in {EXAMPLES // 2} examples"
    assert divergence.requirement.startswith(tuple(named.split())), divergence


@each(HTTP_KINDS)
def test_a_fault_of_http_servers_of_each_kind_is_found_and_made_short(kind: str) -> None:
    fault, named = HTTP_KINDS[kind]
    finding = found(fault, ("http",), EXAMPLES // 2)
    assert finding.divergence.requirement.startswith(tuple(named.split())), finding.divergence
    assert len(finding.steps) <= SHORT
