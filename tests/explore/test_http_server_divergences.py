"""Short scripts on wrong HTTP servers: what the model finds in each, which requirement it names, and in which words.

Every script is also played on the sound server, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import Case, check, named
from http_server_scenes import (
    ANSWERED,
    FIRST,
    LAST,
    NEVER_WAS,
    NEW_2,
    OPEN,
    PEER_1,
    PEER_2,
    RELOAD,
    RESTORE,
    SAVE,
    SETTLE,
    SILENCE,
    START,
    TICK,
    answers,
    asks,
    reacts,
    wrong,
)

from conftest import Play

pytestmark = pytest.mark.usefixtures("wrong_servers")

WAITS = START + asks() + SETTLE

CALLED_BACK: list[Case] = [
    (
        "calls_back_twice",
        START + asks(),
        "http-callbacks.once",
        "there was a request of that number",
    ),
    ("queries_call_back", START + asks() + "host: query object 1\n", "http-callbacks.nothing-between-ticks", "is_open"),
    ("decodes_the_target", START + asks(), "http-request.target-unchanged", "which nobody asked for"),
    ("every_version_is_the_newest", START + asks(version="HTTP/1.0"), "http-request.version-told", "for HTTP/1.0"),
    (
        "hands_fields_over_backwards",
        START + asks(manner="many fields"),
        "http-request.fields-in-order",
        "[b'b=2', b'a=1'] for [b'a=1', b'b=2']",
    ),
    (
        "trims_spaces_but_no_tabs",
        START + asks(manner="many fields"),
        "http-request.value-trimmed",
        "accept is",
    ),
    (
        "numbers_start_anew_per_connection",
        START + PEER_2 + asks() + asks(peer=2),
        "http-callbacks.exchanges-differ",
        "there was a request of that number",
    ),
    (
        "half_a_body_is_a_request",
        START + asks("POST", "a length", 10, how="prepare") + "peer 1: send 78 bytes\npeer 1: half-close\n",
        "http-connection.leaves-in-body",
        "of its 82 bytes",
    ),
    (
        "reads_on_behind_close",
        START + asks(manner="close") + asks() + SETTLE,
        "http-connection.behind-close",
        "behind one after which nothing is read",
    ),
    (
        "takes_the_first_of_two_hosts",
        START + wrong("http-request.host-twice (different)"),
        "http-request.host-twice",
        "different is never called back",
    ),
    (
        "length_beside_a_coding_is_passed_over",
        START + wrong("http-smuggling.codings (both, the length covers all)"),
        "http-smuggling.codings",
        "which is hidden",
    ),
    (
        "reports_strangers_mistakes",
        START + wrong("http-request.host-missing (none)"),
        "http-callbacks.strangers-are-no-errors",
        "error on the server",
    ),
    (
        "serves_while_it_is_saved",
        START + asks() + SAVE + TICK,
        "http-reload.old-object",
        "which holds no handle",
    ),
]


@pytest.mark.parametrize("case", named(CALLED_BACK))
def test_a_wrong_callback_is_found(play: Play, case: Case) -> None:
    check(play, case)


GIVEN: list[Case] = [
    ("any_number_is_answered", WAITS + answers(NEVER_WAS), "http-callbacks.respond-unknown", "got true"),
    ("second_answer_goes_out", WAITS + answers() + answers(ANSWERED), "http-callbacks.respond-twice", "got true"),
    (
        "answers_who_has_left",
        WAITS + "peer 1: reset\n" + SETTLE + answers(),
        "http-callbacks.respond-departed",
        "expected false or refused, got true",
    ),
    ("interim_statuses_are_final", WAITS + answers(status=100), "http-response.interim-refused", "got true"),
    ("any_number_is_a_status", WAITS + answers(status=1000), "http-response.status-refused", "got true"),
    ("names_are_not_looked_at", WAITS + answers(given="a name with a space"), "http-response.name-refused", "got true"),
    ("cannot_be_answered_inside", START + reacts("an answer") + asks(), "http-callbacks.answered-inside", "got false"),
    ("forgets_exchanges_with_the_tick", WAITS + answers(), "http-callbacks.answered-later", "expected true, got false"),
    ("old_object_still_answers", WAITS + SAVE + answers(), "http-reload.old-object", "got true"),
    ("forgets_unanswered_requests", WAITS + RELOAD + answers(), "http-reload.unanswered", "got false"),
]


@pytest.mark.parametrize("case", named(GIVEN))
def test_a_wrong_word_of_respond_is_found(play: Play, case: Case) -> None:
    check(play, case)


ARRIVES: list[Case] = [
    ("always_ok", WAITS + answers(status=404), "http-response.status-line", "for one of 404"),
    ("bodies_end_at_a_nul", WAITS + answers(size=5000), "http-response.body-exact", "for one of 5000"),
    ("no_date", WAITS + answers(), "http-response.date", "with the Date []"),
    (
        "chunks_for_old_clients",
        START + asks(version="HTTP/1.0") + SETTLE + answers(),
        "http-response.old-version-framing",
        "chunks",
    ),
    ("fields_of_the_host_are_lost", WAITS + answers(given="fields"), "http-response.fields-arrive", "content-type"),
    ("one_field_of_a_name", WAITS + answers(given="fields"), "http-response.fields-arrive", "set-cookie"),
    (
        "head_has_a_body",
        START + asks("HEAD") + SETTLE + answers(),
        "http-response.head-has-no-content",
        "asked for nothing",
    ),
    ("length_for_no_content", WAITS + answers(status=204, size=0), "http-response.no-content", "Content-Length"),
    ("only_pairs_are_looked_for", WAITS + answers(given="a field with LF"), "http-response.injection", ""),
    ("length_and_coding", WAITS + answers(), "http-response.framing", "both"),
    (
        "answers_as_they_are_given",
        START + asks() + asks() + SETTLE + answers(LAST) + SETTLE,
        "http-connection.pipelining-crossed",
        "given to /0/1",
    ),
    (
        "oldest_connection_is_answered",
        START + PEER_2 + asks() + TICK + asks(peer=2) + SETTLE + answers(LAST) + SETTLE,
        "http-callbacks.answers-crossed",
        "given to /1/0",
    ),
    (
        "answers_inside_the_callback_alone",
        WAITS,
        "http-callbacks.answered-later",
        "an answer 404 at peer 1, whose request waits for its answer",
    ),
    (
        "does_not_say_close",
        START + asks(manner="close") + SETTLE + answers(),
        "http-connection.close-said",
        "does not say close",
    ),
    (
        "closes_without_saying_so",
        WAITS + answers() + SETTLE,
        "http-connection.close-said",
        "and nobody had said close",
    ),
    (
        "takes_a_half_close_for_leaving",
        WAITS + "peer 1: half-close\n" + SETTLE,
        "http-connection.half-close",
        "instead of the answer to /0/0",
    ),
    (
        "slow_readers_miss_some",
        WAITS + "peer 1: stop reading\n" + answers(size=6_000_000),
        "http-connection.slow-reader-whole",
        "",
    ),
    (
        "a_raise_ends_all_connections",
        START + asks() + SETTLE + reacts("raise") + PEER_2 + asks(peer=2) + SETTLE,
        "http-callbacks.raises-alone",
        "nobody had said close",
    ),
]


@pytest.mark.parametrize("case", named(ARRIVES))
def test_a_wrong_answer_or_end_is_found(play: Play, case: Case) -> None:
    check(play, case)


DUE: list[Case] = [
    ("forgets_the_beginning_of_a_line", "", "http-request.partial-head", "an answer 400"),
    ("reads_one_request_per_connection", "", "http-connection.keep-alive", "is not called back"),
    ("loses_answers_between_ticks", WAITS + answers(), "http-callbacks.answered-between-ticks", "does not come"),
    ("leaves_the_client_of_a_raise_waiting", "", "http-callbacks.raises", "neither a 5xx nor the end"),
    ("keeps_old_connections", "", "http-connection.old-version", "does not see the end"),
    ("never_closes", START + asks(manner="close") + SETTLE + answers(), "http-connection.close", "the end"),
    (
        "refuses_an_empty_port",
        START + asks(manner="a host with an empty port"),
        "http-request.host-valid",
        "is a right one",
    ),
    ("refuses_chunk_extensions", "", "http-framing.chunk-extension", "is a right one"),
    ("forgets_half_a_head", "", "http-reload.in-head", ""),
    ("a_silent_visitor_is_an_exception", START + TICK + "peer 1: close\n", "http-connection.leaves-in-head", "tick of"),
    ("a_leaving_client_ends_the_server", "", "http-connection.leaves-in-head", "is_open of object 1"),
    ("saving_ends_idle_connections", START + SETTLE + RELOAD, "http-reload.idle-connection", "sees"),
    ("forgets_queued_answers", "", "http-connection.slow-reader-whole", "does not come to peer 1"),
    ("forgets_half_a_body", "", "http-reload.in-body", ""),
    ("errors_leave_the_connection_open", "", "http-framing.length-invalid", "does not see the end"),
    ("an_unanswered_request_holds_all", "", "http-callbacks.never-answered", "is not called back"),
    ("destruction_leaves_connections_open", WAITS + "host: destroy object 1\n", "http-connection.destroyed", "the end"),
]
CUT = START + asks(how="prepare") + "peer 1: send 30 bytes\n" + TICK
SCRIPTS = {
    "forgets_the_beginning_of_a_line": CUT + "peer 1: send the rest\n",
    "reads_one_request_per_connection": START + reacts("an answer") + asks() + SETTLE + asks(),
    "leaves_the_client_of_a_raise_waiting": START + reacts("raise") + asks(),
    "keeps_old_connections": START + asks(version="HTTP/1.0") + SETTLE + answers(),
    "refuses_chunk_extensions": START + asks("POST", "chunks and extensions", 10),
    "a_leaving_client_ends_the_server": CUT + "peer 1: close\n" + SETTLE + PEER_2,
    "forgets_queued_answers": WAITS + "peer 1: stop reading\n" + answers(size=6_000_000) + TICK + RELOAD,
    "forgets_half_a_body": START
    + asks("POST", "a length", 1000, how="prepare")
    + "peer 1: send 500 bytes\n"
    + TICK
    + RELOAD
    + "peer 1: send the rest\n",
    "errors_leave_the_connection_open": START + wrong("http-framing.length-invalid (a plus sign)"),
    "an_unanswered_request_holds_all": WAITS + PEER_2 + asks(peer=2),
    "forgets_half_a_head": CUT + RELOAD + "peer 1: send the rest\n",
}


@pytest.mark.parametrize("case", named(DUE))
def test_what_does_not_come_is_found(play: Play, case: Case) -> None:
    name, script, requirement, words = case
    check(play, (name, script or SCRIPTS[name], requirement, words))


#: What is let pass, for a right server may or has to do it.
FINE = {
    "a handle that goes on in another object": WAITS + SAVE + RESTORE + SETTLE + answers(label=2),
    "what is destroyed inside a callback": START + reacts("destroy") + asks() + asks(),
    "what is saved inside a callback": START + reacts("save to 1") + asks() + asks() + SETTLE + RESTORE + SETTLE,
    "a tick inside a callback": START + reacts("tick") + asks() + asks(),
    "three at once, crossed": START + PEER_2 + asks() + asks(peer=2) + SETTLE + answers(LAST) + answers(FIRST),
    "a word for a body": START
    + asks("POST", "a length", 10, "an expectation", how="prepare")
    + "peer 1: send the rest of a head\n"
    + SETTLE
    + "peer 1: send the rest\n"
    + SETTLE
    + answers(),
    "an answer that is read late, through reloads": WAITS
    + "peer 1: stop reading\n"
    + answers(size=6_000_000)
    + "host: tick object 1 40 times\n"
    + "host: reload object 1 300 times\n"
    + "peer 1: read again\n"
    + SETTLE,
    "clients that leave": WAITS + "peer 1: reset\n" + answers() + SETTLE + PEER_1 + asks() + "peer 1: close\n" + SETTLE,
    "a destroyed server's answers, read late": START
    + "peer 1: stop reading\n"
    + asks("HEAD")
    + SETTLE
    + asks()
    + answers()
    + SETTLE
    + answers(size=6_000_000)
    + TICK
    + "host: destroy object 1\n",
    "the end of a server": WAITS + "host: destroy object 1\n" + SETTLE + answers() + TICK + PEER_2,
    "silence": START + asks() + SILENCE + wrong("http-request.host-missing (none)") + SILENCE,
    "a step that cannot be meant": OPEN + asks() + answers() + NEW_2 + PEER_1.replace("object 1", "object 2"),
    "old clients have no chunks": START + asks("POST", "chunks", 10, version="HTTP/1.0"),
}


@pytest.mark.parametrize("name", FINE)
def test_what_is_right_is_let_pass(play: Play, name: str) -> None:
    assert play("reference", FINE[name]) is None
