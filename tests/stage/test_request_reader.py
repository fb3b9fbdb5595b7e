"""The reader of HTTP requests takes what RFC 9112 lets a client write, in any pieces, and nothing else."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage.answer_reader import BY_CHUNKS, BY_LENGTH, BY_NATURE
from dasnet_conformance.stage.expect import Mismatch
from dasnet_conformance.stage.request_reader import expects_continue, read_head, read_requests

PLAIN = b"GET /a?b HTTP/1.1\r\nHost: a\r\nX-A:\t1 \r\n\r\n"
LENGTH = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKS = b"PUT /c HTTP/1.0\r\ntransfer-encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-T: a\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "framing", "body"),
    [
        pytest.param(PLAIN, BY_NATURE, b"", id="none"),
        pytest.param(LENGTH, BY_LENGTH, b"hello", id="a length"),
        pytest.param(CHUNKS, BY_CHUNKS, b"hello", id="chunks"),
    ],
)
def test_a_request_is_read_when_it_is_whole(data: bytes, framing: str, body: bytes) -> None:
    for cut in range(len(data)):
        assert read_requests(data[:cut]) == []
    (request,) = read_requests(data)
    assert (request.framing, request.body, request.size) == (framing, body, len(data))


@pytest.mark.parametrize(
    ("data", "head"),
    [
        pytest.param(PLAIN, ("GET", "/a?b", len(PLAIN)), id="none"),
        pytest.param(LENGTH, ("POST", "/", len(LENGTH)), id="a length"),
        pytest.param(CHUNKS, ("PUT", "/c", CHUNKS.index(b"5;")), id="chunks"),
    ],
)
def test_a_head_is_read_before_its_body(data: bytes, head: tuple[str, str, int]) -> None:
    end = data.index(b"\r\n\r\n") + 4
    assert all(read_head(data[:cut]) is None for cut in range(end))
    assert read_head(data[:end]) == read_head(data) == head


def test_method_target_version_and_fields() -> None:
    (request,) = read_requests(PLAIN)
    assert (request.method, request.target, request.version) == ("GET", "/a?b", "HTTP/1.1")
    assert request.fields == (("host", b"a"), ("x-a", b"1"))
    assert request.values("x-a") == [b"1"]
    assert request.values("x-b") == []


def test_several_stand_behind_each_other() -> None:
    assert [request.target for request in read_requests(PLAIN + LENGTH + CHUNKS + PLAIN[:-1])] == ["/a?b", "/", "/c"]


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n" + PLAIN,
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1 \r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\n\n",
        b"G(T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n",
    ],
)
def test_what_no_client_may_write_is_a_mismatch(data: bytes) -> None:
    with pytest.raises(Mismatch):
        read_requests(data)


def test_who_waits_for_a_word_is_known_by_the_head() -> None:
    waiting = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\n\r\n"
    assert expects_continue(waiting)
    assert not expects_continue(waiting[:-1])
    assert not expects_continue(PLAIN + waiting)
    assert expects_continue(PLAIN + waiting, len(PLAIN))
