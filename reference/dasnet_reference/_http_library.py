"""h11, the parser behind `HttpServer`, or None where it is not installed: the rest of the package does without it."""

from __future__ import annotations

try:
    import h11 as h11
except ImportError:  # Told when a server is made, with what to install.
    h11 = None  # type: ignore[assignment]

__all__ = ["h11"]
