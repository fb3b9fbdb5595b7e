"""Section http-request: the head of a request.

By vectors: what is sent, and what may come of it, stands in `catalogue/http_vectors`.
"""

from __future__ import annotations

from dasnet_conformance.catalogue.vectors import Vector
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.http_vectors import check_vectors, judge


@check_vectors("http-request.get")
def test_get(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.target-unchanged")
def test_target_unchanged(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.fields-in-order")
def test_fields_in_order(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.names-without-case")
def test_names_without_case(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.value-trimmed")
def test_value_trimmed(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.value-bytes")
def test_value_bytes(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.method-case")
def test_method_case(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.method-unknown")
def test_method_unknown(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.connect-refused")
def test_connect_refused(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.options-star")
def test_options_star(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.absolute-form")
def test_absolute_form(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.target-form")
def test_target_form(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.leading-empty-line")
def test_leading_empty_line(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.line-invalid")
def test_line_invalid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.line-rejected")
def test_line_rejected(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.line-spaces")
def test_line_spaces(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.target-beyond-ascii")
def test_target_beyond_ascii(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.version-syntax")
def test_version_syntax(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.version-major")
def test_version_major(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.version-minor")
def test_version_minor(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.without-version")
def test_without_version(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.host-missing")
def test_host_missing(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.host-twice")
def test_host_twice(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.host-invalid")
def test_host_invalid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.host-valid")
def test_host_valid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.host-old-version")
def test_host_old_version(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.space-before-colon")
def test_space_before_colon(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.name-invalid")
def test_name_invalid(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.space-before-first-field")
def test_space_before_first_field(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.folded")
def test_folded(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.bare-cr")
def test_bare_cr(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.bare-lf")
def test_bare_lf(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.nul-in-value")
def test_nul_in_value(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.control-in-value")
def test_control_in_value(host: Host, vector: Vector) -> None:
    judge(host, vector)


@check_vectors("http-request.upgrade-ignored")
def test_upgrade_ignored(host: Host, vector: Vector) -> None:
    judge(host, vector)
