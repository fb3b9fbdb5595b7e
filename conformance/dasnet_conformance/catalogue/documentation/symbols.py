"""What a page declares: structures, their fields, and functions with typed arguments and results.

Text in, symbols out. The generator has written one and the same declaration in several ways; here they become one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from .words import plain

_FUNCTION: Final = re.compile(
    r"^(?P<name>[A-Za-z_][\w.:`]*(?:->\w+)?)\s*\((?P<arguments>.*)\)\s*(?:(?::|->|→)\s*(?P<result>\S.*))?$"
)
_STRUCTURE: Final = re.compile(r"^(?P<name>[A-Za-z_][\w.:]*?)\s*(?::(?!:)\s*(?P<type>\S.*)|\(\s*(?P<base>[^()]*)\))?$")
#: What the generator calls an argument whose name it does not know.
UNNAMED: Final = re.compile(r"^arg\d+$")
#: Types of arguments that the language passes by itself and a caller never sees.
_HIDDEN: Final = ("__context", "Context", "LineInfo")


@dataclass(frozen=True)
class Symbol:
    """One documented symbol: "structure", "field" or "function"; arguments as "name: type", in order.

    `result` is the type of a function's result or of a field, empty where there is none; `anchor` is its label on the
    page, which may move without a change of meaning and is not compared.
    """

    kind: str
    name: str
    arguments: tuple[str, ...] = ()
    result: str = ""
    anchor: str = ""

    @property
    def signature(self) -> str:
        """The symbol as the page would write it, in one line."""
        called = f"({'; '.join(self.arguments)})" if self.kind == "function" else ""
        return f"{self.name}{called}{f' : {self.result}' if self.result else ''}"

    def same_as(self, other: Symbol) -> bool:
        """Whether both declare the same: an argument that a page could not name (`arg0`) may have any name."""
        return (
            (self.kind, self.name, self.result) == (other.kind, other.name, other.result)
            and len(self.arguments) == len(other.arguments)
            and all(_same_argument(a, b) for a, b in zip(self.arguments, other.arguments, strict=True))
        )

    def agrees_with(self, other: Symbol) -> bool:
        """Whether a second mention on the same page fits: such mentions leave out `const` and `implicit` at will."""
        return _loose_symbol(self).same_as(_loose_symbol(other))


def _same_argument(one: str, other: str) -> bool:
    (name, _, type_), (other_name, _, other_type) = one.partition(": "), other.partition(": ")
    return type_ == other_type and (name == other_name or bool(UNNAMED.match(name) or UNNAMED.match(other_name)))


def _loose_symbol(symbol: Symbol) -> Symbol:
    arguments = tuple(f"{name}: {loose(type_)}" for name, _, type_ in (a.partition(": ") for a in symbol.arguments))
    return replace(symbol, arguments=arguments, result=loose(symbol.result))


def loose(type_text: str) -> str:
    """A type without `const`, `implicit` and blanks: what two mentions of one argument have in common."""
    return re.sub(r"\s|\bconst\b|\bimplicit\b", "", type_text)


def type_of(text: str) -> str:
    """A type in one way of writing: no module before it, no blanks at brackets, no `const` of the argument itself."""
    text = re.sub(r"\b\w+::", "", plain(text))
    text = re.sub(r"\s*<\s*|\s+(?=[>?&])", lambda match: "<" if "<" in match[0] else "", text)
    text = re.sub(r">(?=\w)", "> ", text)
    return re.sub(r"\s*(?<![\w])-?const(?=(?:\s+implicit)?$)", "", text).strip()


def function_of(text: str, anchor: str = "", container: str = "") -> Symbol | None:
    """The function that a declaration names, or None where it cannot be read.

    `container` is the structure in whose body the declaration stands, for a method written without it.
    """
    match = _FUNCTION.match(plain(text))
    if match is None or text.count("(") != text.count(")"):
        return None
    name = name_of(match["name"])
    if container and "." not in name:
        name = f"{container}.{name}"
    arguments = [_argument(part) for part in _parted(match["arguments"])]
    if arguments and is_receiver(arguments[0], name):
        del arguments[0]
    kept = tuple(argument for argument in arguments if argument.partition(": ")[2] not in _HIDDEN)
    result = type_of(match["result"] or "")
    return Symbol("function", name, kept, "" if result == "void" else result, anchor)


def is_receiver(argument: str, function: str) -> bool:
    """Whether an argument is only the object that a method is called on, which newer pages leave out."""
    name, _, type_text = argument.partition(": ")
    return name == "self" and type_text in ("", function.rpartition(".")[0]) and "." in function


def structure_of(text: str, anchor: str = "", container: str = "", *, attribute: bool = False) -> Symbol | None:
    """The structure, or with a type or inside a structure's body the field, that a declaration names, or None."""
    match = _STRUCTURE.match(plain(text))
    if match is None:
        return None
    name = name_of(match["name"])
    if attribute and (match["type"] or container):
        name = f"{container}.{name}" if container and "." not in name else name
        return Symbol("field", name, (), type_of(match["type"] or ""), anchor)
    return Symbol("structure", name, (), type_of(match["type"] or match["base"] or ""), anchor)


def name_of(text: str) -> str:
    """A name in one way of writing: `Server.init` for `Server->init`, and no module before it."""
    return re.sub(r"^.*::", "", text.replace("->", ".").replace("`", "."))


def _argument(text: str) -> str:
    name, colon, type_text = text.strip().partition(":")
    return f"{name.strip()}: {type_of(type_text)}" if colon else name.strip()


def _parted(arguments: str) -> list[str]:
    # At semicolons, or where there is none at commas, outside of all brackets.
    separator = ";" if ";" in arguments else ","
    parts, depth = [""], 0
    for sign in arguments:
        depth += (sign in "<([") - (sign in ">)]")
        if sign == separator and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part for part in parts if part.strip()]
