"""Section http-client-framing: where the body of an answer ends."""

from __future__ import annotations

import pytest

from dasnet_conformance.catalogue.response_vectors import ResponseVector
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_client_side import (
    answer_of,
    asked,
    asking,
    await_failure,
    await_response,
    chunked_answer_of,
    talk,
)
from dasnet_conformance.suite.http_client_vectors import check_answers, judge

_MEBIBYTE = 1 << 20


@check_answers("http-client-framing.no-content")
def test_no_content(host: Host, vector: ResponseVector) -> None:
    """Their fields tell of another answer."""
    judge(host, vector)


@check_answers("http-client-framing.head")
def test_head(host: Host, vector: ResponseVector) -> None:
    """The fields are those that GET would have had."""
    judge(host, vector)


@check_answers("http-client-framing.length")
def test_length(host: Host, vector: ResponseVector) -> None:
    """Bytes of any kind count."""
    judge(host, vector)


@check_answers("http-client-framing.length-short")
def test_length_short(host: Host, vector: ResponseVector) -> None:
    """Half a body is none."""
    judge(host, vector)


@check_answers("http-client-framing.length-invalid")
def test_length_invalid(host: Host, vector: ResponseVector) -> None:
    """A length that is guessed is one that two readers guess apart."""
    judge(host, vector)


@check_answers("http-client-framing.length-differ")
def test_length_differ(host: Host, vector: ResponseVector) -> None:
    """Nobody can say which is right."""
    judge(host, vector)


@check_answers("http-client-framing.length-same")
def test_length_same(host: Host, vector: ResponseVector) -> None:
    """A list of equal values may be taken as one."""
    judge(host, vector)


@check_answers("http-client-framing.length-huge")
def test_length_huge(host: Host, vector: ResponseVector) -> None:
    """A number that wraps is 5."""
    judge(host, vector)


@check_answers("http-client-framing.chunked")
def test_chunked(host: Host, vector: ResponseVector) -> None:
    """Sizes in any form that the rules allow."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-extension")
def test_chunk_extension(host: Host, vector: ResponseVector) -> None:
    """Nobody knows any."""
    judge(host, vector)


@check_answers("http-client-framing.trailers")
def test_trailers(host: Host, vector: ResponseVector) -> None:
    """Handed over, or dropped."""
    judge(host, vector)


@check_answers("http-client-framing.coding-case")
def test_coding_case(host: Host, vector: ResponseVector) -> None:
    """Names of codings have no case."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-size-invalid")
def test_chunk_size_invalid(host: Host, vector: ResponseVector) -> None:
    """Digits, and nothing else."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-size-huge")
def test_chunk_size_huge(host: Host, vector: ResponseVector) -> None:
    """It is waited for, or the request fails."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-data-end")
def test_chunk_data_end(host: Host, vector: ResponseVector) -> None:
    """One byte more or less, and nothing behind it is where it should be."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-truncated")
def test_chunk_truncated(host: Host, vector: ResponseVector) -> None:
    """Without the last chunk something is missing."""
    judge(host, vector)


@check_answers("http-client-framing.chunk-no-final-line")
def test_chunk_no_final_line(host: Host, vector: ResponseVector) -> None:
    """The trailer may have been cut."""
    judge(host, vector)


@check_answers("http-client-framing.coding-and-length")
def test_coding_and_length(host: Host, vector: ResponseVector) -> None:
    """A length that was believed would show in the body."""
    judge(host, vector)


@check_answers("http-client-framing.coding-not-final")
def test_coding_not_final(host: Host, vector: ResponseVector) -> None:
    """What cannot be decoded is handed over as it is, or not at all."""
    judge(host, vector)


@check_answers("http-client-framing.coding-old-version")
def test_coding_old_version(host: Host, vector: ResponseVector) -> None:
    """HTTP/1.0 has no codings, and some servers do not know that."""
    judge(host, vector)


@check_answers("http-client-framing.until-close")
def test_until_close(host: Host, vector: ResponseVector) -> None:
    """The oldest framing of all."""
    judge(host, vector)


@check("http-client-framing.reset")
@pytest.mark.parametrize(
    "data",
    [answer_of(b"a whole body")[:-4], chunked_answer_of(b"a whole ", b"body")[:-12], chunked_answer_of(b"whole")[:-5]],
    ids=["length", "in a chunk", "behind a chunk"],
)
def test_reset(host: Host, data: bytes) -> None:
    """The client has read all that came before it. It is a POST, for which nobody may ask again."""
    _expect_failure_by_reset(host, data)


@check("http-client-framing.until-close-reset")
def test_until_close_reset(host: Host) -> None:
    """A server that died looks so, and half of a file is no file."""
    _expect_failure_by_reset(host, b"HTTP/1.1 200 OK\r\n\r\nhalf of a")


def _expect_failure_by_reset(host: Host, data: bytes) -> None:
    site = asking(host)
    number, peer = asked(site, "/cut", "POST", b"a body")
    peer.send(data)
    host.settle(site.client)
    peer.reset()
    await_failure(host, site.client, number)
    talk(site, "/next")


@check("http-client-framing.large")
@pytest.mark.parametrize("framing", ["length", "chunks", "end"])
def test_large(host: Host, framing: str) -> None:
    """Sent as fast as the client reads."""
    site = asking(host)
    body = host.random.randbytes(_MEBIBYTE)
    number, peer = asked(site, "/large")
    if framing == "length":
        peer.send(answer_of(body))
    elif framing == "chunks":
        peer.send(chunked_answer_of(*(body[at : at + 40_000] for at in range(0, len(body), 40_000))))
    else:
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n" + body)
        peer.half_close()
    event = await_response(host, site.client, number, size=_MEBIBYTE)
    expect.same_bytes(event.data, body, f"a body of a mebibyte, by {framing}")
