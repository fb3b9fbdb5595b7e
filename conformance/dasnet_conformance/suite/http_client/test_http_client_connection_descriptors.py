"""Section http-client-connection: hosts that have many descriptors open, or as many as they may have."""

from __future__ import annotations

from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.descriptors import needs_shared_connection, none_left, taken_up_to
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    answer_of,
    ask,
    asking,
    await_outcome,
    expect_no_more,
    outcome_of,
    talk,
)

#: Where a set of descriptors of fixed size ends, and how many the check itself needs beyond that.
_SET_SIZE = 1_024
_ROOM = 100


@check("http-client-connection.high-descriptors")
def test_high_descriptors(host: Host) -> None:
    """A connection of before, and one whose descriptor is beyond the end of a set of them."""
    early = asking(host)
    needs_shared_connection(talk(early, "/before", needs="http-client-request.get"))
    with taken_up_to(_SET_SIZE, _ROOM):
        talk(early, "/kept")
        talk(asking(host), "/new")


@check("http-client-connection.no-descriptor")
def test_no_descriptor(host: Host) -> None:
    """Who keeps one in reserve may ask all the same, and whoever waits for one asks once there is."""
    early, late = asking(host), asking(host)
    needs_shared_connection(talk(early, "/before", needs="http-client-request.get"))
    number = ask(late.client, "/first")
    with none_left():
        for _ in range(4):
            host.tick_once(late.client)
    host.until(
        lambda: outcome_of(late.client, number) is not None or late.find("/first") is not None,
        late.client,
        what="an outcome, or the request at the server once there are descriptors",
        got=late.told,
    )
    found = late.find("/first")
    if found is not None:
        found[0].send(answer_of())
    await_outcome(host, late.client, number)
    talk(late, "/next")
    expect_no_more(host, late.client, 2)
    talk(early, "/after")
