"""A WSGI application that reads the body of each request and answers 200."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer one request."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    environ["wsgi.input"].read(length)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    # A server of WSGI need not leave out the content of an answer to HEAD: that is for the application.
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello\n"]
