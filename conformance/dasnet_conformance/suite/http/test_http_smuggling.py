"""Section http-smuggling: requests hidden in requests.

By vectors: what is sent, and what may come of it, stands in `catalogue/http_vectors`.
"""

from __future__ import annotations

from dasnet_conformance.catalogue.vectors import Vector
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.http_vectors import check_vectors, judge


@check_vectors("http-smuggling.lengths")
def test_lengths(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-smuggling.codings")
def test_codings(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-smuggling.chunks")
def test_chunks(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-smuggling.heads")
def test_heads(host: Host, vector: Vector) -> None:
    judge(host, vector)
