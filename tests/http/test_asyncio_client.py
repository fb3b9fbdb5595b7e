"""The HTTP client under adapters/asyncio, from inside: its reader on every vector of responses, however cut.

The suite judges it over sockets; here is what it would take too long to try there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import response_parsers
from hypothesis import given, settings
from hypothesis import strategies as st
from mirror import serving

from dasnet_conformance.catalogue.response_vectors import ResponseVector, load_response_vectors

# An implementation under adapters/ is no installed package.
sys.path.append(str(Path(__file__).parents[2] / "adapters" / "asyncio"))
network_asyncio: Any = importlib.import_module("network_asyncio")
response_module: Any = importlib.import_module("network_asyncio._http_response")
rules: Any = importlib.import_module("network_asyncio._http_rules")
asking: Any = importlib.import_module("network_asyncio._http_asking")

VECTORS = [vector for vectors in load_response_vectors().values() for vector in vectors]
of_each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.requirement}, {vector.name}")


def read(vector: ResponseVector, pieces: Iterable[bytes]) -> response_parsers.ResponseReading:
    """What the reader makes of some bytes, and of their end where the vector's server closes."""
    reading = response_parsers.ResponseReading()
    reader = response_module.ResponseReader(network_asyncio.HttpClientLimits(), vector.method == "HEAD")
    found: Any = False
    try:
        for piece in pieces:
            reader.feed(piece)
            while not isinstance(found, response_module.Response) and (found := reader.step()):
                pass
        if not found and vector.closes:
            found = reader.end()
    except rules.RejectedError:
        reading.refused = True
        return reading
    if found:
        reading.complete = True
        reading.status, reading.reason, reading.fields = found.status, found.reason, found.headers
        reading.body = found.body
        reading.keeps = found.goes_on and not reader.waiting and not vector.closes
    return reading


@of_each_vector
def test_it_reads_each_vector_as_it_may(vector: ResponseVector) -> None:
    assert response_parsers.agrees(read(vector, [vector.data]), vector)


@of_each_vector
def test_no_cut_changes_what_is_read(vector: ResponseVector) -> None:
    whole = read(vector, [vector.data])
    assert read(vector, (bytes((byte,)) for byte in vector.data)) == whole
    for place in range(1, len(vector.data)):
        assert read(vector, [vector.data[:place], vector.data[place:]]) == whole


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("status", [b"204", b"304"])
def test_fields_of_a_response_without_a_body_are_handed_over_and_not_believed(method: str, status: bytes) -> None:
    data = b"HTTP/1.1 %b A\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n" % status
    reading = read(ResponseVector("both", "none", data, method=method), [data])
    assert reading.fields == [(b"Content-Length", b"9"), (b"Transfer-Encoding", b"chunked"), (b"X", b"1")]
    assert (reading.body, reading.keeps) == (b"", True)


def test_a_folded_value_is_one_value() -> None:
    data = b"HTTP/1.1 200 A\r\nX: a \r\n\t b\r\n  c\r\nContent-Length: 0\r\n\r\n"
    assert read(ResponseVector("folded", "none", data), [data]).fields[0] == (b"X", b"a b c")


def test_the_field_host_of_a_server_and_what_is_none() -> None:
    assert asking.host_field("fe80::1%lo", 8000) == b"[fe80::1]:8000"
    assert asking.host_field("b\xfccher.example", 80) == b"xn--bcher-kva.example"
    for host in ("", "a b", "a/b", "a" * 70 + ".\xfc"):
        with pytest.raises(ValueError, match=r"name of a host|label|empty"):
            asking.host_field(host, 80)


# --- asked of a server that people use


class Noting(network_asyncio.HttpClient):  # type: ignore[misc]
    """Keeps what comes of its requests."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []
        self.connections = 0

    def on_response(self, exchange: int, status: int, reason: str, headers: Any, body: bytes) -> None:
        """A body."""
        self.bodies.append(body)

    def on_failure(self, exchange: int, message: str, code: int) -> None:
        """What is no body."""
        self.bodies.append(message.encode())

    def on_log(self, message: str) -> None:
        """Of connections."""
        self.connections += message.startswith("connected")


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.sampled_from([0, 1, 1000, 70_000, 3_000_000]), min_size=1, max_size=5))
def test_a_server_of_the_standard_library_answers_it_on_one_connection(sizes: list[int]) -> None:
    with serving() as port:
        client = Noting()
        client.make_http_client_adapter()
        assert client.init("localhost", port)
        bodies = [b"%d" % number * size for number, size in enumerate(sizes)]
        for body in bodies:
            assert client.request("POST", "/", (), body)
        while len(client.bodies) < len(bodies):
            client.tick()
        assert client.bodies == bodies
        assert client.connections == 1
        client.close()
