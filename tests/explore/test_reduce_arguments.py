"""Shortening what is left: two become one, pairs are not tried in long scripts, and each argument has its plainest."""

from __future__ import annotations

import pytest

from dasnet_conformance.explore.scripts.reduce import Reducer, Steps
from dasnet_conformance.explore.scripts.script import parse_script
from dasnet_conformance.explore.scripts.steps import step, told


def names(steps: Steps) -> list[str]:
    return [each.name for each in steps]


def shortened(script: str) -> str:
    """What is left when every step is needed and no argument is."""
    steps = parse_script(script).steps
    needed = names(tuple(steps))
    return told(Reducer(steps, lambda candidate: names(candidate) == needed).run())


def test_two_objects_and_two_peers_become_one() -> None:
    script = (
        "host: open object 2 of class A\nhost: destroy object 3\n"
        "peer 3: connect to object 2\npeer 2: close\nhost: server_restore the handle of object 3 to object 2"
    )
    expected = (
        "host: open object 1 of class A\nhost: destroy object 1\n"
        "peer 1: connect to object 1\npeer 1: close\nhost: server_restore the handle of object 1 to object 1"
    )
    assert shortened(script) == expected


def test_two_objects_stay_two_where_that_is_what_it_takes() -> None:
    steps = parse_script("host: open object 3 of class A\nhost: query object 2").steps

    def diverges(candidate: Steps) -> bool:
        return names(candidate) == ["open", "query"] and candidate[0].get("object") != candidate[1].get("object")

    assert told(Reducer(steps, diverges).run()) == "host: open object 1 of class A\nhost: query object 2"


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("host: save object 1 to orphan 2", "host: save object 1 to orphan 1"),
        ("host: construct object 1 of class B", "host: construct object 1 of class A"),
        ("host: object 1 sends 0 of 5000 bytes", "host: object 1 sends 0 of 1 bytes"),
        ("peer 1: send 70000 bytes", "peer 1: send 1 bytes"),
        (
            "peer 2: ask by PUT of HTTP/1.0 with chunks and a trailer of 70000 bytes and close in a list",
            "peer 1: ask by GET of HTTP/1.1 with no body of 0 bytes and nothing else",
        ),
        (
            "host: HTTP server 2 answers a request that never was with 404, fields and 5000 bytes",
            "host: HTTP server 1 answers the first request that waits with 200, no field and 0 bytes",
        ),
        ("host: HTTP server 1 reacts to a request by raise", "host: HTTP server 1 reacts to a request by nothing"),
        ("host: object 1 sends 5000 of 5000 bytes", "host: object 1 sends 1 of 1 bytes"),
    ],
)
def test_an_argument_becomes_its_plainest(line: str, plain: str) -> None:
    assert shortened(line) == plain


def test_an_argument_is_made_no_plainer_than_still_diverges() -> None:
    steps = [step("peer_send", 1, 70_000)]
    assert told(Reducer(steps, lambda found: int(found[0].get("count")) > 500).run()) == "peer 1: send 1000 bytes"


@pytest.mark.parametrize(
    ("low", "method"),
    [
        ("host: make_server on object 1", "host: make the adapter of object 1"),
        ("host: server_init object 1 on port free", "host: init object 1 on port free"),
        ("host: settle by server_tick", "host: settle"),
        ("host: query the handle of object 1", "host: query object 1"),
        ("host: server_send on object 1 0 of 1 bytes", "host: object 1 sends 0 of 1 bytes"),
    ],
)
def test_a_low_level_call_becomes_the_method_it_stands_for(low: str, method: str) -> None:
    assert told(Reducer(parse_script(low).steps, lambda _: True).run()) == method


def test_pairs_are_tried_in_short_scripts_only() -> None:
    def matched(steps: Steps) -> bool:
        return names(steps).count("save") == names(steps).count("restore") and "reset" in names(steps)

    pair = [step("save", 1, 1), step("restore", 1, 1)]
    for pairs, left in ((11, ["reset"]), (13, ["save"] * 13 + ["reset"] + ["restore"] * 13)):
        steps = [pair[0]] * pairs + [step("reset", 1)] + [pair[1]] * pairs
        reducer = Reducer(steps, matched)
        reducer._drop_pairs()
        assert names(reducer.best) == left
