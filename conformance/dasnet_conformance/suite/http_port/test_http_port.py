"""Section http-port: the vectors of the profile `http`, sent to a server that is seen from outside.

Each goes out whole, and in two pieces. What comes of it is told by answers alone (`suite/http_outside`).
"""

from __future__ import annotations

from dasnet_conformance.catalogue.vectors import Vector
from dasnet_conformance.stage.host import Host
from dasnet_conformance.suite.http_outside import check_outside, judge_outside


@check_outside("http-port.request-get", "http-request.get")
def test_request_get(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-names-without-case", "http-request.names-without-case")
def test_request_names_without_case(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-method-case", "http-request.method-case")
def test_request_method_case(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-connect-refused", "http-request.connect-refused")
def test_request_connect_refused(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-options-star", "http-request.options-star")
def test_request_options_star(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-absolute-form", "http-request.absolute-form")
def test_request_absolute_form(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-target-form", "http-request.target-form")
def test_request_target_form(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-leading-empty-line", "http-request.leading-empty-line")
def test_request_leading_empty_line(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-line-invalid", "http-request.line-invalid")
def test_request_line_invalid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-line-rejected", "http-request.line-rejected")
def test_request_line_rejected(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-target-beyond-ascii", "http-request.target-beyond-ascii")
def test_request_target_beyond_ascii(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-version-syntax", "http-request.version-syntax")
def test_request_version_syntax(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-version-major", "http-request.version-major")
def test_request_version_major(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-version-minor", "http-request.version-minor")
def test_request_version_minor(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-without-version", "http-request.without-version")
def test_request_without_version(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-host-missing", "http-request.host-missing")
def test_request_host_missing(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-host-twice", "http-request.host-twice")
def test_request_host_twice(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-host-invalid", "http-request.host-invalid")
def test_request_host_invalid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-host-valid", "http-request.host-valid")
def test_request_host_valid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-space-before-colon", "http-request.space-before-colon")
def test_request_space_before_colon(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-name-invalid", "http-request.name-invalid")
def test_request_name_invalid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-space-before-first-field", "http-request.space-before-first-field")
def test_request_space_before_first_field(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-folded", "http-request.folded")
def test_request_folded(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-bare-cr", "http-request.bare-cr")
def test_request_bare_cr(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-nul-in-value", "http-request.nul-in-value")
def test_request_nul_in_value(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-control-in-value", "http-request.control-in-value")
def test_request_control_in_value(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.request-upgrade-ignored", "http-request.upgrade-ignored")
def test_request_upgrade_ignored(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-length-body", "http-framing.length-body")
def test_framing_length_body(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-length-absent", "http-framing.length-absent")
def test_framing_length_absent(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-body-with-any-method", "http-framing.body-with-any-method")
def test_framing_body_with_any_method(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-length-invalid", "http-framing.length-invalid")
def test_framing_length_invalid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-length-differ", "http-framing.length-differ")
def test_framing_length_differ(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-length-huge", "http-framing.length-huge")
def test_framing_length_huge(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunked", "http-framing.chunked")
def test_framing_chunked(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-extension", "http-framing.chunk-extension")
def test_framing_chunk_extension(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-size-invalid", "http-framing.chunk-size-invalid")
def test_framing_chunk_size_invalid(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-size-blank", "http-framing.chunk-size-blank")
def test_framing_chunk_size_blank(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-size-huge", "http-framing.chunk-size-huge")
def test_framing_chunk_size_huge(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-data-end", "http-framing.chunk-data-end")
def test_framing_chunk_data_end(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-bare-lf", "http-framing.chunk-bare-lf")
def test_framing_chunk_bare_lf(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-chunk-bare-cr", "http-framing.chunk-bare-cr")
def test_framing_chunk_bare_cr(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-trailers", "http-framing.trailers")
def test_framing_trailers(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-and-length", "http-framing.coding-and-length")
def test_framing_coding_and_length(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-not-final", "http-framing.coding-not-final")
def test_framing_coding_not_final(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-unknown", "http-framing.coding-unknown")
def test_framing_coding_unknown(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-twice", "http-framing.coding-twice")
def test_framing_coding_twice(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-obfuscated", "http-framing.coding-obfuscated")
def test_framing_coding_obfuscated(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-case", "http-framing.coding-case")
def test_framing_coding_case(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-old-version", "http-framing.coding-old-version")
def test_framing_coding_old_version(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.framing-coding-parameters", "http-framing.coding-parameters")
def test_framing_coding_parameters(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.smuggling-lengths", "http-smuggling.lengths")
def test_smuggling_lengths(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.smuggling-codings", "http-smuggling.codings")
def test_smuggling_codings(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.smuggling-chunks", "http-smuggling.chunks")
def test_smuggling_chunks(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)


@check_outside("http-port.smuggling-heads", "http-smuggling.heads")
def test_smuggling_heads(host: Host, vector: Vector) -> None:
    judge_outside(host, vector)
