"""What ends a conversation before its end."""

from __future__ import annotations


class Gone(Exception):
    """The driver gave no answer."""


class Unusable(Exception):
    """The driver or the script cannot be used at all."""
