"""The HTTP server under adapters/asyncio, from inside: its reader on every vector however cut, and what it needs.

The suite judges it over sockets; here is what it would take too long to try there, or what a driver cannot show.
"""

from __future__ import annotations

import http.client
import importlib
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import parsers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dasnet_conformance.catalogue.vectors import Vector, load_vectors

ADAPTER = Path(__file__).parents[2] / "adapters" / "asyncio"
# An implementation under adapters/ is no installed package.
sys.path.append(str(ADAPTER))
network_asyncio: Any = importlib.import_module("network_asyncio")
reader_module: Any = importlib.import_module("network_asyncio._http_reader")
rules: Any = importlib.import_module("network_asyncio._http_rules")

VECTORS = [vector for vectors in load_vectors().values() for vector in vectors]
of_each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector.requirement}, {vector.name}")


def read(pieces: Iterable[bytes]) -> parsers.Reading:
    """What the reader makes of some bytes: requests up to the first behind which it ends, or up to a refusal."""
    reading = parsers.Reading()
    reader = reader_module.RequestReader(network_asyncio.HttpLimits())
    for piece in pieces:
        reader.feed(piece)
        try:
            while step := reader.step():
                if step is not True:
                    found = parsers.Request(step.method, step.target, step.headers, step.body, step.keeps)
                    reading.requests.append(found)
                    if not step.keeps:
                        return reading
        except rules.RejectedError:
            reading.refused = True
            return reading
    return reading


@of_each_vector
def test_it_reads_each_vector_as_it_may(vector: Vector) -> None:
    assert parsers.agrees(read([vector.data]), vector)


@of_each_vector
def test_no_cut_changes_what_is_read(vector: Vector) -> None:
    whole = read([vector.data])
    assert read(bytes((byte,)) for byte in vector.data) == whole
    for place in range(1, len(vector.data)):
        assert read([vector.data[:place], vector.data[place:]]) == whole


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_two_requests_run_together(data: st.DataObject) -> None:
    bodies = data.draw(st.lists(st.binary(max_size=40), min_size=1, max_size=4))
    wire = b""
    for number, body in enumerate(bodies):
        wire += b"POST /%d HTTP/1.1\r\nHost: a\r\nEmpty:\r\n" % number
        if data.draw(st.booleans()):
            wire += b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        else:
            chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:]) if part)
            wire += b"Transfer-Encoding: chunked\r\n\r\n%b0\r\nT: a\r\n\r\n" % chunks
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    reading = read(wire[start:end] for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True))
    assert [request.body for request in reading.requests] == bodies
    assert all(request.fields[:2] == [(b"Host", b"a"), (b"Empty", b"")] for request in reading.requests)


@pytest.mark.parametrize("name", [b"Upgrade", b"upgrade"])
def test_a_body_behind_an_upgrade_is_no_request(name: bytes) -> None:
    inner = b"GET /inner HTTP/1.1\r\nHost: a\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n%b: h2c\r\nContent-Length: %d\r\n\r\n"
    reading = read([head % (name, len(inner)) + inner])
    assert [(request.target, request.body) for request in reading.requests] == [("/", inner)]
    assert reading.requests[0].fields[2] == (name, b"h2c")


# --- served to a client that people use


@contextmanager
def serving(server: Any) -> Iterator[int]:
    """The port of a server that is ticked on a thread of its own."""
    server.make_http_server_adapter()
    assert server.init(0)
    over = threading.Event()

    def tick() -> None:
        while not over.wait(0.001):
            server.tick()

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        yield server.port
    finally:
        over.set()
        ticking.join()
        server.close()


class Mirror(network_asyncio.HttpServer):  # type: ignore[misc]
    """Answers with the body that came."""

    def on_request(self, exchange: int, method: str, target: str, version: str, headers: Any, body: bytes) -> None:
        self.respond(exchange, 200, [("X-Target", target)], body)


def test_http_client_is_served_on_one_connection() -> None:
    with serving(Mirror()) as port, closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as client:
        for body in (b"", b"a" * 100_000, iter([b"in", b"chunks"])):
            client.request("POST", "/mirror", body=body, encode_chunked=True)
            answer = client.getresponse()
            given = answer.read()
            assert (answer.status, answer.getheader("X-Target")) == (200, "/mirror")
            assert given == (body if isinstance(body, bytes) else b"inchunks")
            assert client.sock is not None, "the connection goes on"


# --- and what it needs


def _without_httptools(code: str, cwd: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    (tmp_path / "httptools.py").write_text("raise ImportError\n")
    hidden = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.path.append('.'); {code}"
    return subprocess.run(
        [sys.executable, "-c", hidden], cwd=cwd, capture_output=True, text=True, check=False, input="1 hello 1\n2 bye\n"
    )


def test_without_httptools_it_says_so(tmp_path: Path) -> None:
    done = _without_httptools("import network_asyncio as n; n.Server(); n.Client(); n.HttpClient()", ADAPTER, tmp_path)
    assert done.stderr.splitlines()[-1].startswith(
        "ImportError: HttpServer and HttpClient stand on httptools 0.6.4 or later"
    )


def test_without_httptools_the_driver_claims_the_other_profiles(tmp_path: Path) -> None:
    code = "import runpy; runpy.run_path('driver.py', run_name='__main__')"
    done = _without_httptools(code, ADAPTER, tmp_path)
    assert done.stdout.splitlines()[0].endswith(" core,lowlevel,client,client-lowlevel")
    assert done.stderr.startswith(
        "the profiles http and http-client are not claimed. HttpServer and HttpClient stand on httptools"
    )
