"""Text files that people write: UTF-8, with a byte order mark or without; what is none is told by its line.

May import the standard library.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class NotText(ValueError):
    """The file is not the text that it has to be; the message says where, and no more than a person can use."""


def read_text(path: Path) -> str:
    """The text of a file. Raises `OSError`, and `NotText` for bytes that are no UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotText(f"line {line} is not UTF-8 text; save it as UTF-8") from None


def read_toml(path: Path) -> dict[str, Any]:
    """The table of a TOML file. Raises `OSError`, and `NotText` for what is no UTF-8 or no TOML."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = " ".join(str(error).split())
        raise NotText(f"is no TOML: {said}; correct that line") from None
