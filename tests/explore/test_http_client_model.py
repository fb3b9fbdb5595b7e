"""The model of HTTP clients by itself: what it makes up, answers and names. No client, and no socket."""

from __future__ import annotations

import random

import pytest

from dasnet_conformance.explore.chance.http_client_scripts import make_asking
from dasnet_conformance.explore.http_client.content import reply
from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.script import Script, parse_script
from dasnet_conformance.explore.scripts.steps import is_of_askers, profile_of
from dasnet_reference._http_limits import HTTP_CLIENT_DEFAULTS
from dasnet_reference._http_request import Exchange, make_head
from dasnet_reference._http_response import Response, ResponseReader


def test_made_up_scripts_read_back_and_are_about_http_clients() -> None:
    chance = random.Random(5)
    for _ in range(30):
        made = make_asking(lambda choices: chance.choice(list(choices)), 40, profiles=("http-client",))
        assert list(parse_script(Script(made).text()).steps) == made
        assert {profile_of(step.name) for step in made} <= {"core", "http-client"}
    assert any(is_of_askers(step.name) for step in made)


@pytest.mark.parametrize("manner", words.MANNERS)
@pytest.mark.parametrize("framing", words.FRAMINGS)
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_right_answer_is_right(method: str, status: int, framing: str, manner: str) -> None:
    made = reply(7, method, status, framing, 1000, manner)
    exchange = Exchange(1, make_head(method, "/", (), b"", "localhost", 80), b"", 0)
    reader = ResponseReader(exchange, HTTP_CLIENT_DEFAULTS)
    reader.feed(made.data)
    while (found := reader.step()) and not isinstance(found, Response):
        pass
    if not found:
        assert made.lasts
        reader.feed(b"")
        while not isinstance(found, Response):
            found = reader.step()
    assert isinstance(found, Response)
    assert (found.status, found.reason, found.body) == (made.status, made.reason, made.body)
    assert made.bare == (made.body == b"")
    assert {name.lower() for name, _ in made.fields} <= {name for name, _ in found.headers}


def test_what_is_wrong_is_never_an_answer() -> None:
    assert len(words.wrong_answers()) > 40
    assert all(vector.fail and not vector.respond for vector in words.wrong_answers().values())
