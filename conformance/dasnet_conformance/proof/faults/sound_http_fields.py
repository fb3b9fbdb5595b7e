"""What the sound HTTP server and the sound HTTP client let a program put into a field; each decision a method.

The sections named are those of RFC 9110. Imports nothing of ours but the data beside it.
"""

from __future__ import annotations

from .sound_http_request import TOKEN

Text = str | bytes


class FieldRules:
    """The fields of a message that goes out. Whatever HTTP forbids is a `ValueError`."""

    def to_bytes(self, text: Text) -> bytes:
        """Text as the wire has it."""
        return text if isinstance(text, bytes) else text.encode("latin-1")

    def check_field(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """A field that cannot be taken for anything else: a token, and no control characters (5.5)."""
        self.check_name(name)
        self.check_value(value)
        return name, value.strip(b" \t")

    def check_name(self, name: bytes) -> None:
        """A name is a token."""
        if not name or not all(byte in TOKEN for byte in name):
            raise ValueError(f"{name!r} is no name of a field")

    def check_value(self, value: bytes) -> None:
        """No control characters but the tab."""
        if any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in value):
            raise ValueError(f"{value!r} is no value of a field")
