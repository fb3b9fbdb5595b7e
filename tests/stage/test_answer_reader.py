"""The reader of HTTP answers takes what RFC 9112 lets a server write, in any pieces, and nothing else."""

from __future__ import annotations

import pytest

from dasnet_conformance.stage.answer_reader import (
    BY_CHUNKS,
    BY_END,
    BY_LENGTH,
    BY_NATURE,
    read_answers,
    rest_of,
)
from dasnet_conformance.stage.expect import Mismatch

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a:\t2 \r\n\r\nhello"
CHUNKS = (
    b"HTTP/1.1 404 \r\ntransfer-encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-T: a\r\n\r\n"
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
EMPTY = b"HTTP/1.0 204 No Content\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\nall the rest"


@pytest.mark.parametrize(
    ("data", "framing", "body"),
    [
        pytest.param(LENGTH, BY_LENGTH, b"hello", id="a length"),
        pytest.param(CHUNKS, BY_CHUNKS, b"hello0123456789", id="chunks"),
        pytest.param(INTERIM, BY_NATURE, b"", id="100"),
        pytest.param(EMPTY, BY_NATURE, b"", id="204"),
        pytest.param(b"HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n", BY_NATURE, b"", id="304 with a length"),
    ],
)
def test_an_answer_is_whole_with_its_last_byte_and_not_before(data: bytes, framing: str, body: bytes) -> None:
    for cut in range(len(data)):
        assert read_answers(data[:cut], ended=False) == [], f"after {cut} bytes"
    (answer,) = read_answers(bytearray(data) + b"HTTP", ended=False)
    assert (answer.framing, answer.body, answer.size) == (framing, body, len(data))
    assert rest_of(data + b"HTTP", [answer]) == b"HTTP"


def test_one_without_a_length_ends_with_its_connection() -> None:
    assert read_answers(ENDLESS, ended=False) == []
    (answer,) = read_answers(ENDLESS, ended=True)
    assert (answer.framing, answer.body) == (BY_END, b"all the rest")
    assert answer.closes


def test_several_are_read_by_the_methods_of_their_requests() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    answers = read_answers(INTERIM + head + INTERIM + LENGTH + CHUNKS, ["HEAD", "GET"], ended=False)
    assert [(answer.status, answer.body) for answer in answers] == [
        (100, b""),
        (200, b""),
        (100, b""),
        (200, b"hello"),
        (404, b"hello0123456789"),
    ]
    assert [answer.interim for answer in answers] == [True, False, True, False, False]


def test_fields_keep_order_and_lose_the_white_space_around_them() -> None:
    (answer,) = read_answers(LENGTH, ended=False)
    assert answer.fields == (("content-length", b"5"), ("x-a", b"1"), ("x-a", b"2"))
    assert answer.values("x-a") == [b"1", b"2"]
    assert not answer.closes
    (closing,) = read_answers(ENDLESS, ended=True)
    assert closing.words("connection") == [b"x", b"close"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"HTTP/1.1 200\r\n\r\n", id="no space behind the status"),
        pytest.param(b"HTTP/1.1 20 OK\r\n\r\n", id="two digits"),
        pytest.param(b"HTTP/1.1  200 OK\r\n\r\n", id="two spaces"),
        pytest.param(b"http/1.1 200 OK\r\n\r\n", id="small letters"),
        pytest.param(b"HTTP/11 200 OK\r\n\r\n", id="no dot"),
        pytest.param(b"HTTP/1.1 200 O\x00K\r\n\r\n", id="NUL in the reason"),
        pytest.param(b"\r\nHTTP/1.1 200 OK\r\n\r\n", id="an empty line before it"),
        pytest.param(b"hello\r\n", id="no answer at all"),
        pytest.param(b"HTTP/1.1 200 OK\n\n", id="LF alone"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: 1\n\r\n", id="LF alone behind a field"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX A: 1\r\n\r\n", id="a space in a name"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n", id="a space before the colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A\r\n\r\n", id="no colon"),
        pytest.param(b"HTTP/1.1 200 OK\r\n: a\r\n\r\n", id="no name"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: a\rb\r\n\r\n", id="CR in a value"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n\r\n", id="a folded field"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", id="a length with a sign"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", id="a list of lengths"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", id="two lengths"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", id="both framings"),
        pytest.param(b"HTTP/1.1 204 x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", id="both with 204"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", id="a coding that nobody asked for"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", id="a size that is none"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n", id="a size in C"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n", id="a blank behind a size"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n", id="data too long"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n", id="LF behind a size"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n", id="a trailer without a colon"
        ),
        pytest.param(b"a" * ((1 << 20) + 2), id="a line without an end"),
    ],
)
def test_what_is_no_answer_is_a_mismatch(data: bytes) -> None:
    with pytest.raises(Mismatch):
        read_answers(data, ended=True)


def test_a_faulty_one_behind_a_good_one_is_seen() -> None:
    with pytest.raises(Mismatch):
        read_answers(LENGTH + b"hello\r\n", ended=False)


def test_what_is_cut_short_is_no_answer_even_when_the_connection_has_ended() -> None:
    for data in (LENGTH, CHUNKS, EMPTY):
        assert all(read_answers(data[:cut], ended=True) == [] for cut in range(len(data) - 1))
