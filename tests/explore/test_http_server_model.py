"""The model of HTTP servers by itself: what it lets pass, and what it names. No server, and no socket."""

from __future__ import annotations

import random

import pytest
from http_server_scenes import DATE, Scene, answer

from dasnet_adapters.contract import Event, Refusal, Value
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.explore.chance.http_servers import make_exchanges
from dasnet_conformance.explore.http_server.content import Given, Unit, answer_fields, request, wrong
from dasnet_conformance.explore.http_server.model.allowed import of_request
from dasnet_conformance.explore.http_server.model.duties import due_by_http
from dasnet_conformance.explore.scripts import http_server_words as words
from dasnet_conformance.explore.scripts.script import Script, parse_script
from dasnet_conformance.explore.scripts.steps import is_of_http
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_reference._http_limits import HTTP_DEFAULTS
from dasnet_reference._http_reader import Request, RequestReader


def test_made_up_scripts_read_back_and_are_about_http() -> None:
    chance = random.Random(5)
    for _ in range(30):
        made = make_exchanges(lambda choices: chance.choice(list(choices)), 40, profiles=("http",))
        assert list(parse_script(Script(made).text()).steps) == made
    assert any(is_of_http(step.name) for step in made)


@pytest.mark.parametrize("manner", words.MANNERS)
@pytest.mark.parametrize("framing", words.FRAMINGS)
def test_a_right_request_is_right(framing: str, manner: str) -> None:
    for number, method in enumerate(words.METHODS):
        unit = request(1, number, method, "HTTP/1.1", framing, 1000, manner)
        assert unit.data[: unit.head].endswith(b"\r\n\r\n")
        reader = RequestReader(HTTP_DEFAULTS)
        reader.feed(unit.data)
        while not isinstance(found := reader.step(), Request):
            assert found
        assert (found.method, found.target, found.body) == (unit.method, unit.target, unit.body)
        assert not reader.waiting


def test_what_is_wrong_is_never_served() -> None:
    assert len(words.wrong_requests()) > 100
    assert all(not vector.serve for vector in words.wrong_requests().values())
    assert wrong("no such thing") is None


def refuses(requirement: str) -> pytest.RaisesExc[Divergence]:
    assert requirement in load_catalogue().requirements
    return pytest.raises(Divergence, match=rf"^{requirement}: ")


# Callbacks


@pytest.mark.parametrize(
    ("changes", "requirement"),
    [
        ({"method": "get"}, "http-request.get"),
        ({"version": "HTTP/1.0"}, "http-request.version-told"),
        ({"target": "/0/0?a=b c/&d"}, "http-request.target-unchanged"),
        ({"data": b"?"}, "http-framing.length-body"),
        ({"headers": b"host: localhost\r\n"}, "http-request.value-bytes"),
        ({"headers": b"host: elsewhere\r\n"}, "http-request.value-bytes"),
    ],
)
def test_a_callback_with_something_else(changes: dict[str, object], requirement: str) -> None:
    scene = Scene()
    unit = scene.asks(method="POST", framing="a length", size=10, manner=words.MANY_FIELDS)
    with refuses(requirement):
        scene.told_of(unit, **changes)


def test_what_a_server_may_make_of_fields() -> None:
    scene = Scene()
    unit = scene.asks(method="POST", framing="chunks", size=10, manner=words.MANY_FIELDS)
    headers = (
        b"host: localhost\r\naccept: text/html, */*\r\nx-colon: a:b:c\r\nx-empty: \r\ncookie: a=1, b=2\r\n"
        b"x-bytes: caf\xe9\t\xff\r\ncontent-length: 10\r\n"
    )
    scene.told_of(unit, headers=headers)
    assert unit.called
    late = scene.asks(manner=words.CLOSE)
    scene.told_of(late, headers=b"host: localhost\r\n")


def test_a_callback_is_told_once_in_its_turn_and_whole() -> None:
    scene = Scene()
    first, second = scene.asks(), scene.asks()
    with refuses("http-connection.pipelining"):
        scene.told_of(second)
    scene.told_of(first)
    scene = Scene()
    unit = scene.asks()
    scene.told_of(unit)
    with refuses("http-callbacks.once"):
        scene.told_of(unit)
    with refuses("http-callbacks.exchanges-differ"):
        scene.told_of(scene.asks(), exchange=1)
    scene = Scene()
    unit = scene.asks(method="POST", framing="a length", size=10)
    scene.connection.sent -= 1
    with refuses("http-framing.partial-body"):
        scene.told_of(unit)
    scene.connection.sent -= 10
    with refuses("http-request.after-head"):
        scene.told_of(unit)
    scene.connection.end = "half-closed"
    with refuses("http-connection.leaves-in-head"):
        scene.told_of(unit)


def test_a_callback_belongs_to_a_tick_and_to_the_object_of_the_handle() -> None:
    scene = Scene()
    event = Event(1, "request", exchange=1, target=scene.asks().target)
    scene.hearing.begin("respond", 1)
    for stray in (False, True):
        with refuses("http-callbacks.nothing-between-ticks"):
            scene.hearing.event(1, event, stray=stray)
    scene.state.saved(scene.object, 1)
    scene.hearing.begin("tick", 1)
    with refuses("http-reload.old-object"):
        scene.hearing.event(1, event, stray=False)


def test_nothing_is_called_back_behind_the_last_request() -> None:
    scene = Scene()
    first, second = scene.asks(manner=words.CLOSE_LISTED), scene.asks()
    scene.told_of(first)
    with refuses("http-connection.behind-close"):
        scene.told_of(second)


def test_what_is_hidden_is_not_called_back_and_the_rest_is_open() -> None:
    name = next(name for name, vector in words.wrong_requests().items() if vector.hidden)
    for target in ("/", words.wrong_requests()[name].hidden):
        scene = Scene()
        unit = wrong(name)
        assert unit is not None
        scene.sends(unit)
        if target == "/":
            scene.told_of(unit, target="/")
            assert scene.connection.wild
        else:
            with refuses("http-smuggling.lengths"):
                scene.told_of(unit, target=target)


def test_a_strangers_mistake_is_no_error() -> None:
    scene = Scene()
    unit = wrong("http-request.host-missing (none)")
    assert unit is not None
    scene.hearing.begin("tick", 1)
    scene.hearing.event(1, Event(1, "error", message="of its own"), stray=False)
    scene.sends(unit)
    with refuses("http-callbacks.strangers-are-no-errors"):
        scene.hearing.event(1, Event(1, "error", message="no Host"), stray=False)


# respond


def allowed(scene: Scene, unit: Unit, status: int = 200, kind: str = "no field", body: bytes = b"") -> str:
    given = Given(status, answer_fields(kind)[1], body, "later", kind)
    names, requirement = of_request(scene.state, scene.connection, unit, given)
    assert requirement in load_catalogue().requirements
    return " ".join(sorted(names))


def test_what_respond_may_say() -> None:
    scene = Scene()
    unit, behind = scene.asks(), scene.asks()
    scene.told_of(unit)
    assert allowed(scene, unit) == "true"
    for status, kind in ((100, "no field"), (600, "no field"), (200, "a name with a space")):
        assert allowed(scene, unit, status, kind) == "false refused"
    for kind in ("a field with LF", "a length", "a close"):
        assert allowed(scene, unit, 200, kind) == "false refused true"
    assert allowed(scene, unit, 204, body=b"body") == "false refused true"
    scene.gives(unit)
    assert allowed(scene, unit) == "false refused"
    # The answer before it may turn out to be the last.
    scene.told_of(behind)
    assert allowed(scene, behind) == "false refused true"


def test_what_respond_may_say_of_a_client_that_left() -> None:
    scene = Scene()
    unit = scene.asks()
    scene.told_of(unit)
    scene.connection.end = "half-closed"
    assert allowed(scene, unit) == "true"
    scene.connection.end = "reset"
    assert allowed(scene, unit) == "false refused true"
    scene.connection.noticed = True
    assert allowed(scene, unit) == "false refused"


def test_an_answer_for_nobody() -> None:
    scene = Scene()
    given = Given(200, (), b"", "later", "no field")
    scene.hearing.responded(scene.object, None, None, given, Refusal("none"), "respond")
    with refuses("http-callbacks.respond-unknown"):
        scene.hearing.responded(scene.object, None, None, given, Value(True), "respond")
    scene.state.saved(scene.object, 1)
    with refuses("http-reload.old-object"):
        scene.hearing.responded(scene.object, None, None, given, Value(True), "respond")


# What arrives


def answered(status: int = 200, body: bytes = b"given", **wish: object) -> Scene:
    scene = Scene()
    unit = scene.asks(**wish)
    scene.told_of(unit)
    scene.gives(unit, status, body)
    return scene


@pytest.mark.parametrize(
    ("data", "requirement"),
    [
        (answer(404), "http-response.status-line"),
        (answer(body=b"other"), "http-response.body-exact"),
        (answer(date=b""), "http-response.date"),
        (answer(date=DATE * 2), "http-response.date"),
        (answer(fields=b"Transfer-Encoding: chunked\r\n"), "http-response.framing"),
        (answer(fields=b"Connection: close, keep-alive\r\n"), "http-response.framing-fields-given"),
        (answer().replace(b"HTTP/1.1", b"HTTP/1.0"), "http-response.version"),
        (answer() + b"more", "http-connection.upgrade-of-nothing"),
        (answer() + answer(), "http-connection.upgrade-of-nothing"),
        (answer(fields=b"Connection: close\r\n") + b"H", "http-connection.keep-alive"),
        (b"HTTP/1.1 101 \r\n\r\n", "http-connection.upgrade-of-nothing"),
        (b"HTTP/1.1 100 \r\n\r\n", "http-connection.upgrade-of-nothing"),
        (answer().replace(b"\r\n", b"\n"), "http-response.status-line"),
    ],
)
def test_an_answer_that_cannot_be(data: bytes, requirement: str) -> None:
    with refuses(requirement):
        answered().arrives(data)


@pytest.mark.parametrize(
    "data",
    [
        answer(),
        answer(fields=b"Connection: close\r\nServer: right\r\n"),
        b"HTTP/1.1 103 \r\n\r\n" + answer(),
        b"HTTP/1.1 200 OK\r\n" + DATE + b"Transfer-Encoding: chunked\r\n\r\n2;a\r\ngi\r\n3\r\nven\r\n0\r\n\r\n",
    ],
    ids=["by length", "the last", "behind another interim one", "in chunks"],
)
def test_an_answer_that_may_be(data: bytes) -> None:
    scene = answered()
    scene.arrives(data[:20])
    scene.arrives(data[20:])
    assert scene.connection.final == 1


def test_an_answer_up_to_the_end_of_the_connection() -> None:
    scene = answered()
    scene.arrives(b"HTTP/1.1 200 \r\nConnection: close\r\n" + DATE + b"\r\ngi")
    assert [requirement for requirement, _ in due_by_http(scene.state)] == ["http-response.framing"]
    scene.arrives(b"ven", "end of file")
    assert (scene.connection.final, scene.connection.ended) == (1, True)


def test_answers_without_content() -> None:
    answered(method="HEAD").arrives(answer()[: -len(b"given")])
    with refuses("http-response.head-has-no-content"):
        answered(method="HEAD").arrives(answer())
    with refuses("http-response.head-has-the-fields"):
        answered(method="HEAD").arrives(answer(body=b""))
    answered(304).arrives(b"HTTP/1.1 304 \r\nContent-Length: 12\r\n" + DATE + b"\r\n")
    with refuses("http-response.no-content"):
        answered(204, b"").arrives(b"HTTP/1.1 204 \r\nContent-Length: 0\r\n" + DATE + b"\r\n")


def test_nothing_comes_without_an_answer() -> None:
    scene = Scene()
    scene.told_of(scene.asks())
    with refuses("http-callbacks.answered-later"):
        scene.arrives(b"H")
    with refuses("http-connection.upgrade-of-nothing"):
        Scene().arrives(b"H")


def test_answers_are_not_exchanged() -> None:
    scene = Scene()
    first, second = scene.asks(), scene.asks()
    for unit, body in ((first, b"one"), (second, b"two")):
        scene.told_of(unit)
        scene.gives(unit, body=body)
    with refuses("http-connection.pipelining-crossed"):
        scene.arrives(answer(body=b"two"))


def test_the_answer_to_what_is_wrong() -> None:
    name = "http-framing.length-invalid (a plus sign)"
    for status, fine in ((400, True), (200, False), (501, False)):
        scene = Scene()
        unit = wrong(name)
        assert unit is not None
        scene.sends(unit)
        assert [requirement for requirement, _ in due_by_http(scene.state)] == ["http-framing.length-invalid"]
        if fine:
            scene.arrives(answer(status))
            assert scene.connection.over == "http-framing.length-invalid"
        else:
            with refuses("http-framing.length-invalid"):
                scene.arrives(answer(status))


def test_a_request_may_be_turned_down_for_its_method_alone() -> None:
    scene = Scene()
    scene.asks(method="PUT", framing="a length", size=1)
    scene.arrives(answer(405))
    assert scene.connection.wild
    scene = Scene()
    scene.asks()
    with refuses("http-request.get"):
        scene.arrives(answer(405))


def test_a_client_that_waits_with_its_body_gets_a_word() -> None:
    scene = Scene()
    unit = scene.asks(method="POST", framing="a length", size=10, manner=words.EXPECTS)
    scene.connection.sent = unit.head
    assert [requirement for requirement, _ in due_by_http(scene.state)] == ["http-connection.expect-continue"]
    scene.arrives(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert not list(due_by_http(scene.state))
    with refuses("http-connection.upgrade-of-nothing"):
        scene.arrives(b"HTTP/1.1 100 Continue\r\n\r\n")


def test_after_a_callback_that_raised() -> None:
    for data, closed in ((answer(500), None), (b"", "end of file")):
        scene = Scene()
        scene.object.reaction = "raise"
        scene.told_of(scene.asks())
        assert [requirement for requirement, _ in due_by_http(scene.state)] == ["http-callbacks.raises"]
        scene.arrives(data, closed)
        assert not list(due_by_http(scene.state))
    scene = Scene()
    scene.object.reaction = "raise"
    scene.told_of(scene.asks())
    with refuses("http-callbacks.raises"):
        scene.arrives(answer(200))


# Ends


def test_how_a_connection_may_end() -> None:
    scene = answered()
    scene.arrives(answer(fields=b"Connection: close\r\n"), "end of file")
    with refuses("http-connection.close-said"):
        answered().arrives(answer(), "end of file")
    with refuses("http-response.body-exact"):
        answered().arrives(answer()[:-1], "end of file")
    with refuses("http-connection.stays-open"):
        Scene().arrives(b"", "end of file")
    scene = Scene()
    scene.connection.end = "half-closed"
    scene.arrives(b"", "end of file")
    scene = answered()
    scene.connection.end = "half-closed"
    with refuses("http-connection.half-close"):
        scene.arrives(b"", "end of file")


def test_what_is_due() -> None:
    scene = Scene()
    first, second = scene.asks(), scene.asks()
    due = lambda: [requirement for requirement, _ in due_by_http(scene.state)]  # noqa: E731 - a name for a question
    assert due() == ["http-request.get"]
    scene.told_of(first)
    assert due() == []
    scene.gives(first)
    assert due() == ["http-callbacks.answered-between-ticks"]
    scene.arrives(answer())
    assert due() == ["http-connection.keep-alive"]
    scene.told_of(second)
    scene.state.saved(scene.object, 1)
    scene.gives(second)
    assert due() == []
    scene.state.restored(scene.object, 1)
    assert due() == ["http-reload.queued"]
    scene.state.closed(scene.handle)
    assert due() == ["http-connection.destroyed"]
