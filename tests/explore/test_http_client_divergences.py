"""Short scripts on wrong HTTP clients: what the model finds in each, which requirement it names, and in which words.

Every script is also played on the sound client, where it must come to its end.
"""

from __future__ import annotations

import pytest
from divergence_scenes import Case, check, named
from http_client_scenes import (
    CLOSE,
    DESTROY,
    INIT,
    NAMED,
    NOBODY,
    OPEN,
    QUERY,
    RELOAD,
    REST,
    RESTORE,
    RESTORE_2,
    SAVE,
    SETTLE,
    SILENCE,
    SIXTH,
    TALKED,
    TICK,
    UNASKED,
    WAITS,
    asks,
    cancels,
    ends,
    part,
    reacts,
    replies,
    wrong,
)

from conftest import Play

pytestmark = pytest.mark.usefixtures("wrong_servers")

SAVED_INSIDE = WAITS + asks() + reacts("save") + replies() + TICK + RESTORE_2 + SETTLE

ASKED: list[Case] = [
    ("decodes_target", OPEN + asks(), "http-client-request.target-exact", "which nobody asked for"),
    ("no_host", OPEN + asks(), "http-client-request.host", "Host is []"),
    ("literals_only", NAMED + asks(), "http-client-connection.by-name", "a failure of exchange 1"),
    ("host_is_the_address", NAMED + asks(), "http-client-connection.by-name", "Host is [b'127.0.0.1"),
    ("no_brackets", SIXTH + asks(), "http-client-connection.ipv-six", "Host is [b'::1"),
    ("two_hosts", OPEN + asks("GET", "a host"), "http-client-request.host-own", "Host is"),
    ("speaks_old_version", OPEN + asks(), "http-client-request.version", "HTTP/1.0"),
    ("get_with_length", OPEN + asks(), "http-client-request.get-without-length", "a length"),
    ("post_without_length", OPEN + asks("POST"), "http-client-request.post-without-body", "no Content-Length"),
    ("fields_lost", OPEN + asks("GET", "many fields"), "http-client-request.fields-arrive", "for [b'text/html, */*']"),
    ("keeps_no_connection", TALKED + asks(), "http-client-connection.keep-alive", "could be used"),
    ("last_asked_first", WAITS + asks() + asks() + replies(), "http-client-connection.order", "before GET"),
    (
        "own_close_is_ignored",
        OPEN + asks("GET", "a close") + SETTLE + replies() + SETTLE + asks(),
        "http-client-connection.close-sent",
        "nothing may be asked any more",
    ),
    (
        "asks_anything_again",
        TALKED + asks("POST", "no field", 10) + SETTLE + ends("close"),
        "http-client-connection.not-sent-twice",
        "which was there before",
    ),
]

TOLD: list[Case] = [
    ("failures_are_told_twice", WAITS + cancels(), "http-client-outcome.one-each", "after a failure"),
    ("cancel_tells_at_once", WAITS + cancels(), "http-client-outcome.inside-tick", "in a call of cancel"),
    ("cancelled_is_forgotten", WAITS + cancels(), "http-client-outcome.cancel-under-way", "a failure of exchange"),
    ("failures_have_code_zero", WAITS + cancels(), "http-client-outcome.failure-code", "code 0"),
    ("close_forgets_all", WAITS + CLOSE, "http-client-outcome.close-fails-all", "a failure of exchange"),
    ("init_once", WAITS + CLOSE + INIT, "http-client-outcome.init-again", "expected true"),
    ("stays_open", WAITS + CLOSE + QUERY, "http-client-outcome.is-open", "is_open"),
    ("never_connected", WAITS + QUERY, "http-client-outcome.is-connected", "is_connected"),
    ("refusal_is_not_noticed", NOBODY + asks(), "http-client-connection.refused", "where nobody listens"),
    ("no_requests_inside", WAITS + reacts("a request") + replies(), "http-client-outcome.request-inside", "above 0"),
    ("reason_of_its_own", WAITS + replies(), "http-client-answer.reason", "Just so"),
    (
        "interim_is_the_answer",
        WAITS + replies(200, "a length", 10, "interim answers"),
        "http-client-answer.interim",
        "which is no final answer",
    ),
    (
        "values_untrimmed",
        WAITS + replies(200, "a length", 10, "many fields"),
        "http-client-answer.value-trimmed",
        "x-colon",
    ),
    (
        "folded_is_refused",
        WAITS + replies(200, "a length", 10, "a folded field"),
        "http-client-answer.folded",
        "which was answered",
    ),
]

FRAMED: list[Case] = [
    ("one_chunk_only", WAITS + replies(200, "chunks", 1000), "http-client-framing.chunked", "a body of"),
    (
        "extensions_refused",
        WAITS + replies(200, "chunks and extensions"),
        "http-client-framing.chunk-extension",
        "answered",
    ),
    (
        "trailers_refused",
        WAITS + replies(200, "chunks and a trailer"),
        "http-client-framing.trailers",
        "answered",
    ),
    ("no_framing_is_no_body", WAITS + replies(200, "until close"), "http-client-framing.until-close", "of 0 bytes"),
    ("waits_behind_head", OPEN + asks("HEAD") + SETTLE + replies(), "http-client-framing.head", "answered"),
    ("waits_behind_no_content", WAITS + replies(304), "http-client-framing.no-content", "answered"),
    (
        "short_body_is_an_answer",
        WAITS + replies(how="prepare") + part(70) + TICK + ends("close"),
        "http-client-framing.length-short",
        "a response 200",
    ),
    (
        "extra_bytes_are_kept",
        WAITS + replies(200, "a length", 10, "extra bytes behind it") + SETTLE + asks(),
        "http-client-connection.extra-bytes",
        "which is not answered yet",
    ),
    ("unsolicited_is_called_back", TALKED + UNASKED, "http-client-outcome.one-each", "a response"),
    ("drops_unsolicited", TALKED + UNASKED, "http-client-connection.unsolicited-closes", "the end of"),
    (
        "any_version",
        WAITS + wrong("http-client-answer.version-major (HTTP/2.0)"),
        "http-client-answer.version-major",
        "a response",
    ),
]

RELOADED: list[Case] = [
    (
        "saving_inside_is_refused",
        WAITS + reacts("save") + replies(),
        "http-client-reload.inside-callback",
        "save inside a callback",
    ),
    (
        "saving_inside_stops_ticks",
        SAVED_INSIDE + replies(label=2) + SETTLE,
        "http-client-reload.waiting",
        "the outcome of exchange 2",
    ),
    ("saving_forgets_the_server", OPEN + RELOAD + QUERY, "http-client-reload.open", "is_open"),
    ("saving_fails_what_waits", WAITS + RELOAD, "http-client-reload.waiting", "nothing went wrong"),
    ("numbers_begin_anew", TALKED + RELOAD + asks(), "http-client-reload.numbers-go-on", "which another one had"),
    (
        "saving_forgets_half_a_body",
        WAITS + replies(how="prepare") + part(75) + TICK + RELOAD + REST,
        "http-client-reload.in-body",
        "",
    ),
    ("old_object_is_told", WAITS + SAVE + RESTORE + replies(label=2), "http-client-reload.old-is-silent", "the handle"),
]


@pytest.mark.parametrize("case", named([*ASKED, *TOLD, *FRAMED, *RELOADED]))
def test_it_is_found_and_named(play: Play, case: Case) -> None:
    check(play, case)


FINE = {
    "every framing, whole and in pieces": OPEN
    + "".join(
        asks() + SETTLE + replies(200, framing, 1000, how="prepare") + (part(40) + TICK) * 5 + REST + SETTLE
        for framing in ("a length", "chunks", "chunks and extensions", "chunks and a trailer", "until close")
    ),
    "large ones": OPEN + asks("POST", "no field", 300_000) + SETTLE + replies(size=300_000) + SETTLE,
    "every end of an idle connection": TALKED + ends("close") + asks() + SETTLE + replies() + SETTLE + ends("reset"),
    "until the end, and less": WAITS + replies(200, "until close", 1000, how="prepare") + part(500) + ends("close"),
    "what is wrong, then right": WAITS
    + wrong("http-client-answer.version-major (HTTP/2.0)")
    + SETTLE
    + asks()
    + SETTLE
    + replies(),
    "no byte of an answer on a connection that was used": TALKED
    + asks("PUT", "no field", 10)
    + SETTLE
    + wrong("http-client-answer.cut (nothing at all)")
    + SETTLE
    + replies(),
    "cancelled, waiting and under way": WAITS + asks() + cancels("the last request that waits") + TICK + cancels(),
    "cancelled that cannot be": TALKED + cancels("a request that is over") + cancels("a request that never was"),
    "everything inside a response": "".join(
        OPEN.replace("client 1", f"client {label}")
        + asks(label=label)
        + SETTLE
        + f"host: HTTP client {label} reacts to a response by {action}\n"
        + replies(label=label)
        + SETTLE
        for label, action in enumerate(("a request", "raise", "tick", "close", "destroy"), 1)
    ),
    "what is forbidden": OPEN + "host: HTTP client 1 requests what is forbidden: a field with LF\n" + asks() + SETTLE,
    "nobody": NOBODY + asks() + asks("POST", "no field", 10) + SETTLE + CLOSE + INIT + asks() + SETTLE + replies(),
    "by its name": NAMED + asks() + SETTLE + replies() + CLOSE + INIT + asks() + SETTLE + replies(),
    "an address of IPv6": SIXTH + asks() + SETTLE + replies() + RELOAD + asks() + SETTLE + replies(),
    "a part of what is behind an answer": WAITS
    + replies(200, "a length", 0, "extra bytes behind it", how="prepare")
    + part(75)
    + SETTLE,
    "a save inside a response": SAVED_INSIDE + replies(label=2) + SETTLE,
    "the end of a client": WAITS + asks() + replies() + DESTROY + TICK + QUERY + asks(),
    "a reload in everything": OPEN
    + RELOAD
    + asks()
    + asks()
    + RELOAD
    + TICK
    + RELOAD
    + replies(how="prepare")
    + part(20)
    + SAVE
    + part(50)
    + RESTORE
    + REST
    + SETTLE,
    "silence": WAITS + replies() + SILENCE + UNASKED + SILENCE,
    "a step that cannot be meant": OPEN + replies() + REST + ends("close") + UNASKED + cancels() + RESTORE,
}


@pytest.mark.parametrize("name", FINE)
@pytest.mark.parametrize("implementation", ["reference", "python:dasnet_conformance.proof.faults.sound"])
def test_what_is_right_is_let_pass(play: Play, implementation: str, name: str) -> None:
    assert play(implementation, FINE[name]) is None
