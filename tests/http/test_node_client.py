"""The HTTP client under adapters/node, from inside: its reader on every vector of responses, however cut, and a server
of the standard library. Runs Node.js.

The suite judges it over sockets; here is what it would take too long to try there.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import response_parsers
from mirror import serving

from dasnet_conformance.catalogue.response_vectors import ResponseVector, load_response_vectors
from toolchains import need

SCRIPTS = Path(__file__).parent / "javascript"
VECTORS = [vector for vectors in load_response_vectors().values() for vector in vectors]
#: Vectors that llhttp turns down, and a client may not: adapters/node/baseline.toml has where that is reported. A later
#: version than its 9.3 may turn down fewer; the gate tells.
TURNED_DOWN = {
    ("http-client-answer.version-minor", "HTTP/1.2"),
    ("http-client-answer.folded", "by a space"),
    ("http-client-answer.folded", "by a tab"),
    ("http-client-answer.folded", "twice, from the first line on, and with blanks behind"),
    ("http-client-answer.folded", "a close"),
    ("http-client-framing.length", "blanks around it"),
}


def run(script: str, *arguments: int, given: Any = None) -> Any:
    """What a script writes, as data."""
    need(["node"], "Node.js 18 or later (Debian: nodejs)")
    command = ["node", str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def readings() -> list[dict[str, Any]]:
    """What is made of each vector."""
    given = [{"method": each.method, "data": each.data.hex(), "closes": each.closes} for each in VECTORS]
    results: list[dict[str, Any]] = run("read_responses.mjs", given=given)
    return results


def as_reading(told: dict[str, Any]) -> response_parsers.ResponseReading:
    """What a script told, in the form in which it is compared with a vector."""
    reading = response_parsers.ResponseReading(refused=told["failed"], keeps=told["keeps"])
    if told["response"] is not None:
        reading.complete = True
        reading.status, reading.reason, fields, body = told["response"]
        reading.fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        reading.body = bytes.fromhex(body)
    return reading


def named(vector: ResponseVector) -> tuple[str, str]:
    """The vector in a list."""
    return vector.requirement, vector.name


def test_it_reads_each_vector_as_it_may_but_those_that_its_parser_turns_down(readings: list[dict[str, Any]]) -> None:
    pairs = list(zip(VECTORS, (as_reading(each["whole"]) for each in readings), strict=True))
    wrong = {named(vector): reading for vector, reading in pairs if not response_parsers.agrees(reading, vector)}
    assert set(wrong) <= TURNED_DOWN
    assert all(reading.refused for reading in wrong.values())


def test_no_cut_changes_what_is_read(readings: list[dict[str, Any]]) -> None:
    cuts = {named(vector): each["differing"] for vector, each in zip(VECTORS, readings, strict=True)}
    assert {name: differing for name, differing in cuts.items() if differing} == {}


def test_a_server_of_the_standard_library_answers_it_on_one_connection() -> None:
    sizes = [0, 1, 1_000, 70_000, 3_000_000, 5]
    with serving() as port:
        told = run("post_bodies.mjs", port, *sizes)
    assert told == {"mirrored": [True] * len(sizes), "connections": 1}


def test_a_response_to_head_ends_the_connection_only_where_it_says_so() -> None:
    heads = {
        b"HTTP/1.1 200 OK\r\n\r\n": True,
        b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n": False,
        b"HTTP/1.0 200 OK\r\n\r\n": False,
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n": True,
    }
    given = [{"method": "HEAD", "data": head.hex(), "closes": False} for head in heads]
    told = [each["whole"]["keeps"] for each in run("read_responses.mjs", given=given)]
    assert told == list(heads.values())
