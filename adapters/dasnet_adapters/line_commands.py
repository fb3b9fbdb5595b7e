"""Command lines of the line protocol, version 1: from a `Command` to its line, and back.

Driven by `contract.COMMANDS`: a command added there needs nothing here. `hello`, `reset` and `bye` are the three that
the contract does not have, as they are about the connection. May import the standard library, the contract and the
words.
"""

from __future__ import annotations

import re
from collections.abc import Sized
from functools import lru_cache
from typing import Final

from .contract import CALLBACKS, COMMANDS, REACTIONS, Argument, Command, ParameterKind
from .line_words import (
    ProtocolError,
    decode_bytes,
    decode_number,
    decode_positive,
    decode_size,
    decode_text,
    encode_bytes,
    encode_text,
    show,
    split_line,
)

#: The longest command line, in bytes. What is larger is sent as a repeated buffer.
LONGEST_COMMAND: Final = 1 << 20
#: The commands about the connection, with the kinds of their arguments.
CONNECTION_COMMANDS: Final[dict[str, tuple[ParameterKind, ...]]] = {"hello": ("number",), "reset": (), "bye": ()}

_KINDS: Final[dict[str, tuple[ParameterKind, ...]]] = CONNECTION_COMMANDS | {
    name: tuple(kind for _, kind in form.parameters) for name, form in COMMANDS.items()
}
_WORD: Final = re.compile(r"[!-~]+")
_LIMIT: Final = 1 << 63


def encode_command(sequence: int, command: Command) -> bytes:
    """One command as a line with its line feed.

    Arguments: `sequence`, from 1 up; `command`, whose name need not be known: the arguments of a stranger are written
    for what they are (a text as the word it is).
    Raises `ValueError` for arguments that the command does not take, and for a line beyond `LONGEST_COMMAND`.
    """
    plain = all(type(argument) is int for argument in command.arguments)
    line = f"{sequence} {_words_again(command) if plain else _words(command)}\n".encode("ascii")
    if len(line) > LONGEST_COMMAND:
        raise ValueError(f"{command.name} makes a line of {len(line)} bytes; send a shorter buffer, repeated")
    return line


def _words(command: Command) -> str:
    kinds = _KINDS.get(command.name)
    try:
        if kinds is None:
            return " ".join([command.name, *(_encode_stranger(argument) for argument in command.arguments)])
        return " ".join([command.name, *_encode_known(kinds, command.arguments)])
    except ValueError as error:
        raise ValueError(f"{command.name}{command.arguments!r:.200}: {error}") from None


# Ticks and queries are the same few commands again and again.
_words_again = lru_cache(maxsize=1_000)(_words)


def _encode_known(kinds: tuple[ParameterKind, ...], arguments: tuple[Argument, ...]) -> list[str]:
    reacts = kinds[-1:] == ("argument",)
    plain = kinds[:-1] if reacts else kinds
    if len(arguments) < len(plain) or (len(arguments) > len(plain) and not reacts):
        raise ValueError(f"takes {len(kinds)} arguments, not {len(arguments)}")
    words = [_encode_argument(kind, argument) for kind, argument in zip(plain, arguments, strict=False)]
    if reacts:
        wanted, given = REACTIONS[words[-1]], arguments[len(plain) :]
        # An empty argument stands for none.
        if not wanted and given in ((b"",), ("",)):
            given = ()
        if len(given) != len(wanted):
            raise ValueError(f"{words[-1]} takes {_counted(wanted)}")
        words += [_encode_argument(kind, argument) for (_, kind), argument in zip(wanted, given, strict=True)]
    return words


def _counted(arguments: Sized) -> str:
    count = len(arguments)
    return f"{count or 'no'} argument{'' if count <= 1 else 's'}"


def _encode_argument(kind: ParameterKind, argument: Argument) -> str:
    if kind == "bytes":
        if isinstance(argument, bytes):
            return encode_bytes(argument)
    elif kind == "text":
        if isinstance(argument, str):
            return encode_text(argument)
    elif kind in ("callback", "action"):
        if argument in (CALLBACKS if kind == "callback" else REACTIONS):
            return str(argument)
    elif isinstance(argument, int) and (0 if kind != "number" else -_LIMIT) <= argument < _LIMIT:
        return str(int(argument))
    raise ValueError(f"{argument!r:.60} is no {kind}")


def _encode_stranger(argument: Argument) -> str:
    if isinstance(argument, bytes):
        return encode_bytes(argument)
    if not _WORD.fullmatch(str(argument)):
        raise ValueError(f"{argument!r:.60} is not one word")
    return str(argument)


def decode_command(line: bytes) -> tuple[int, Command]:
    """The number and the command in a line without its line feed.

    An unknown command is a `Command` with its words as they are, so that the driver can answer "unsupported".
    Raises `ProtocolError`, whose `sequence` is set where the number could be read.
    """
    words = split_line(line)
    sequence = decode_positive(words[0])
    try:
        if len(words) < 2:
            raise ProtocolError("a number without a command", "not-in-protocol")
        return sequence, _decode_named(words[1], words[2:])
    except ProtocolError as error:
        error.sequence = sequence
        raise


def _decode_named(name: str, words: list[str]) -> Command:
    kinds = _KINDS.get(name)
    if kinds is None:
        return Command(name, tuple(words))
    arguments: list[Argument] = []
    for kind, word in zip(kinds, words, strict=False):
        if kind == "argument":
            break
        arguments.append(_decode_argument(kind, word))
    if kinds[-1:] == ("argument",) and len(arguments) == len(kinds) - 1:
        action = str(words[len(arguments) - 1])
        wanted, given = REACTIONS[action], words[len(arguments) :]
        if len(given) != len(wanted):
            message = f"{name} ... {action} takes {_counted(wanted)}, not {len(given)}"
            raise ProtocolError(message, "not-in-protocol")
        arguments += [_decode_argument(kind, word) for (_, kind), word in zip(wanted, given, strict=True)]
        if not wanted:
            arguments.append(b"")
    elif len(words) != len(kinds):
        raise ProtocolError(f"{name} takes {len(kinds)} arguments, not {len(words)}", "not-in-protocol")
    return Command(name, tuple(arguments))


def _decode_argument(kind: str | None, word: str) -> Argument:
    if kind == "bytes":
        return decode_bytes(word)
    if kind == "number":
        return decode_number(word)
    if kind == "text":
        return decode_text(word)
    if kind in ("object", "orphan", "class"):
        return decode_size(word)
    known = {"callback": CALLBACKS, "action": tuple(REACTIONS)}.get(kind or "", ())
    if word not in known:
        raise ProtocolError(f"'{show(word)}' is no {kind or 'argument that the action takes'}", "not-in-protocol")
    return word
