"""Section http-framing: the body of a request.

By vectors: what is sent, and what may come of it, stands in `catalogue/http_vectors`.
"""

from __future__ import annotations

from dasnet_conformance.catalogue.vectors import Vector
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.http_vectors import check_vectors, judge


@check_vectors("http-framing.length-body")
def test_length_body(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-absent")
def test_length_absent(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.body-with-any-method")
def test_body_with_any_method(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-invalid")
def test_length_invalid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-differ")
def test_length_differ(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-same")
def test_length_same(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-huge")
def test_length_huge(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.length-leading-zero")
def test_length_leading_zero(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunked")
def test_chunked(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-extension")
def test_chunk_extension(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-size-invalid")
def test_chunk_size_invalid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-size-blank")
def test_chunk_size_blank(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-size-huge")
def test_chunk_size_huge(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-data-end")
def test_chunk_data_end(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-bare-lf")
def test_chunk_bare_lf(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.chunk-bare-cr")
def test_chunk_bare_cr(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.trailers")
def test_trailers(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-and-length")
def test_coding_and_length(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-not-final")
def test_coding_not_final(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-unknown")
def test_coding_unknown(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-twice")
def test_coding_twice(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-obfuscated")
def test_coding_obfuscated(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-case")
def test_coding_case(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-old-version")
def test_coding_old_version(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-framing.coding-parameters")
def test_coding_parameters(host: Host, vector: Vector) -> None:
    judge(host, vector)
