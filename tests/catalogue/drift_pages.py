"""Pages of documentation in every form that the module's generator has written, with sentences of our own in them.

Each form is made from the symbols that the catalogue knows, so that a reader that misses a form misses symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dasnet_conformance.catalogue.documentation import Symbol
from dasnet_conformance.catalogue.drift import known_symbols

#: What the pages say of each symbol: sentences made up for these tests.
SENTENCES: Final[dict[str, list[str]]] = {
    "network": ["A lighthouse keeper looks after ships.", "One ship moors, the others wait outside."],
    "NetworkServer": ["The lamp that every keeper holds."],
    "Server": ["The keeper with one pier."],
    "Server.make_server_adapter": ["Hands the keeper a lamp."],
    "Server.init": ["Lights the lamp at that pier; ``true`` says that it burns."],
    "Server.restore": ["Takes the lamp out of the shed.", "A new keeper goes on where the old one stopped."],
    "Server.save": ["Puts the lamp into the shed.", "A new keeper goes on where the old one stopped."],
    "Server.has_session": ["Says ``true`` while a ship is moored."],
    "Server.is_open": ["Says ``true`` while the lamp burns."],
    "Server.is_connected": ["Says ``true`` while a rope holds a ship."],
    "Server.tick": ["Looks out of the window once; whoever forgets it meets no ship."],
    "Server.send": ["Carries a crate to the ship."],
    "make_server": ["Makes a lamp for a keeper."],
    "server_init": ["Lights the lamp."],
    "server_is_open": ["Says ``true`` while this lamp burns."],
    "server_is_connected": ["Says ``true`` while this lamp has a ship."],
    "server_tick": ["Turns the lamp once."],
    "server_send": ["Carries a crate from the lamp to the ship."],
    "server_restore": ["Gives the lamp to another keeper."],
}

Sentences = Mapping[str, list[str]]


def _said(sentences: Sentences, name: str) -> str:
    return "\n".join(sentences.get(name, []))


def _split(symbol: Symbol) -> list[tuple[str, str]]:
    return [(name, type_) for name, _, type_ in (argument.partition(": ") for argument in symbol.arguments)]


def _head(sentences: Sentences, between: str = "") -> str:
    return (
        "\n.. _stdlib_network:\n\n===============\nLamps and piers\n===============\n\n"
        f"{between}{_said(sentences, 'network')}\n\n"
    )


def _heading(title: str, sign: str = "+") -> str:
    return f"{sign * len(title)}\n{title}\n{sign * len(title)}\n\n"


def _structure(symbol: Symbol, sentences: Sentences, directive: str = "das:attribute") -> str:
    return f".. _{symbol.anchor}:\n\n.. {directive}:: {symbol.name}\n\n {_said(sentences, symbol.name)}\n\n"


def _referring(type_: str) -> str:
    return type_.replace("<NetworkServer>", "< :ref:`NetworkServer <handle-network-NetworkServer>` >")


def listed(sentences: Sentences = SENTENCES) -> str:
    """Signatures with results, and the arguments listed in a field: the form that the catalogue was made from."""
    text = _head(sentences)
    for symbol in known_symbols():
        if symbol.kind == "structure":
            text += _heading(symbol.name) + _structure(symbol, sentences)
        elif symbol.kind == "field":
            name = symbol.name.partition(".")[2]
            text += f":Fields: * **{name}** : {_referring(symbol.result)} - {_said(sentences, symbol.name)}\n\n\n"
        else:
            text += f".. _{symbol.anchor}:\n\n.. das:function:: {symbol.signature}\n\n"
            # A constructor is named like its class, of which all is said at the class.
            text += f"{'' if symbol.name == symbol.result else _said(sentences, symbol.name)}\n\n"
            items = [f"* **{name}** : {_referring(type_)}\n\n" for name, type_ in _split(symbol)]
            text += ":Arguments: " + (" " * 12).join(items) if items else ""
    return text + _heading("Low level") + "".join(_mention(s) for s in known_symbols() if s.name.startswith("server_"))


def _mention(symbol: Symbol) -> str:
    shown = symbol.signature.replace("(", " (", 1).replace("<", "\\<").replace(">", "\\>")
    return f"  *  :ref:`{shown} <{symbol.anchor}>` \n"


def _older_types(symbol: Symbol, *, named: bool = True) -> list[tuple[str, str]]:
    # The module's name before its types, and `const` behind the type of every argument.
    pairs = [("self", "Server")] if "." in symbol.name else []
    for at, (name, type_) in enumerate(_split(symbol)):
        older = type_.replace("NetworkServer", "network::NetworkServer").replace("StructInfo", "rtti::StructInfo")
        older = older.replace(" implicit", " const implicit") if "implicit" in older else f"{older} const"
        pairs.append((name if named else f"arg{at}", older.replace("& const", "&")))
    return pairs


def _grid(rows: list[tuple[str, str]], separator: str = "+", head: bool = True) -> str:
    first, second = (max(len(row[at]) for row in [*rows, ("argument", "argument type")]) for at in (0, 1))
    border = f"+{'-' * first}+{'-' * second}+\n"
    lines = [f"{separator}{a:{first}}{separator}{b:{second}}{separator}\n{border}" for a, b in rows]
    titles = f"{separator}{'argument':{first}}{separator}{'argument type':{second}}{separator}\n"
    return border + (titles + border.replace("-", "=") if head else "") + "".join(lines) + "\n\n"


def _tabled(
    sentences: Sentences,
    declare: Callable[[Symbol, list[tuple[str, str]]], str],
    *,
    named: bool = True,
    separator: str = "+",
    head: bool = True,
    result: str = "{name} returns {type}\n\n",
    frame: str = "",
    fields: str = "it defines as follows\n\n  | {name} : {type}\n\n",
    class_directive: str = "das:attribute",
) -> str:
    text = _head(sentences)
    for symbol in known_symbols():
        if symbol.kind == "structure":
            directive = class_directive if symbol.name == "Server" else "das:attribute"
            text += _heading(symbol.name) + _structure(symbol, sentences, directive)
        elif symbol.kind == "field":
            type_ = symbol.result.replace("NetworkServer", "network::NetworkServer")
            text += fields.format(name=symbol.name.partition(".")[2], type=type_)
        elif symbol.name != symbol.result:
            pairs = _older_types(symbol, named=named)
            text += f"{declare(symbol, pairs)}\n\n"
            if symbol.result:
                text += result.format(name=symbol.name.rpartition(".")[2], type=symbol.result)
            text += frame + _grid(pairs, separator, head) if pairs else ""
            text += f"{_said(sentences, symbol.name)}\n\n"
    return text


def _typed(pairs: list[tuple[str, str]], colon: str = ": ") -> str:
    return "; ".join(f"{name}{colon}{type_}" for name, type_ in pairs)


def tables_with_heads(sentences: Sentences = SENTENCES) -> str:
    """Results in a sentence of the generator, arguments in a table with a head."""
    return _tabled(sentences, lambda s, pairs: f".. das:function:: {s.name}({_typed(pairs)})")


def tables_of_bars(sentences: Sentences = SENTENCES) -> str:
    """The same, with bars between the cells."""
    return _tabled(sentences, lambda s, pairs: f".. das:function:: {s.name}({_typed(pairs)})", separator="|")


def unnamed_arguments(sentences: Sentences = SENTENCES) -> str:
    """Arguments of functions without their names, tables without heads."""
    return _tabled(
        sentences,
        lambda s, pairs: f".. das:function:: {s.name}({_typed(pairs)})",
        named=False,
        head=False,
        frame="arguments are\n\n",
        fields="it defines as follows\n\n  {name} : {type}\n\n",
    )


def methods(sentences: Sentences = SENTENCES) -> str:
    """Classes and methods by directives of their own, blanks within the brackets, the result behind them."""

    def declare(symbol: Symbol, pairs: list[tuple[str, str]]) -> str:
        directive = "das:method" if "." in symbol.name else "das:function"
        result = f" : {symbol.result} " if symbol.result else ""
        return f".. {directive}:: {symbol.name} ( {_typed(pairs, ':')} ) {result}"

    return _tabled(sentences, declare, head=False, frame="method arguments are\n\n", class_directive="das:class")


def untyped(sentences: Sentences = SENTENCES) -> str:
    """Arrows to methods, types in tables alone, results and fields as blocks of code: the oldest form."""
    return _tabled(
        sentences,
        lambda s, pairs: f".. das:function:: {s.name.replace('.', '->')} ({';'.join(name for name, _ in pairs)}) ",
        head=False,
        result="{name} returns ::\n\n {type}\n\n",
        frame="function arguments are\n\n",
        fields="it defines as follows ::\n\n  {name} : {type}\n\n",
        class_directive="das:class",
    )


def nested(sentences: Sentences = SENTENCES) -> str:
    """Everything of a class within its directive, indented, as other documentation is written."""
    text = _head(sentences).replace("=", "*") + ".. das:module:: network\n\n"
    for symbol in known_symbols():
        name = symbol.name.partition(".")[2]
        said = _said(sentences, symbol.name).replace("\n", "\n      ")
        if symbol.kind == "structure":
            text += f".. das:struct:: {symbol.name}\n   :noindex:\n\n   {said}\n\n"
        elif symbol.kind == "field":
            text += f"   .. das:attribute:: {name} : {symbol.result}\n\n      {said}\n\n"
        elif name:
            text += f"   .. das:method:: {symbol.signature.partition('.')[2]}\n\n      {said}\n\n"
        elif symbol.name != symbol.result:
            # A long declaration goes on in the next line.
            broken = symbol.signature.replace("; ", ";\n                  ")
            text += f".. das:function:: {broken}\n\n   {said}\n\n"
    return text


#: Every form, by its name. In those of OLDER, the constructor of the class has no entry.
FORMS: Final[dict[str, Callable[[Sentences], str]]] = {
    form.__name__: form
    for form in (listed, tables_with_heads, tables_of_bars, unnamed_arguments, methods, untyped, nested)
}
