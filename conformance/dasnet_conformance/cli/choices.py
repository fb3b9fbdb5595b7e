"""Words of which a command knows all: taken in any case, and told with what is near where they are misspelt."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from .mistakes import UsageMistake


def chosen(word: str, known: Iterable[str], noun: str, otherwise: str = "") -> str:
    """The word as it is known, whatever its case.

    Arguments: `known`, every word there is; `noun`, what they are; `otherwise`, what to say where none is near (else
    all of them are named). Raises `UsageMistake`, with what is near, for none.
    """
    words = list(known)
    folded = {each.casefold(): each for each in reversed(words)}
    if word in words or word.casefold() in folded:
        return word if word in words else folded[word.casefold()]
    if len(word.split(",")) > 1 and all(each.strip().casefold() in folded for each in word.split(",")):
        raise UsageMistake(f"{word} is several {noun}s, and one is taken here")
    near = [folded[each] for each in difflib.get_close_matches(word.casefold(), folded, 3)]
    told = _either(near) or otherwise or f"the {noun}s are {', '.join(words)}"
    raise UsageMistake(f"no {noun} {word or repr(word)}; {told}")


class _Words(tuple[str, ...]):
    """The words of an option that takes several at once: what is joined by commas is in it if each part is."""

    __slots__ = ()

    def __contains__(self, word: object) -> bool:
        """Whether the word, or each of those joined by commas, is one of them."""
        return isinstance(word, str) and all(super(_Words, self).__contains__(each) for each in word.split(","))


class Several(argparse.Action):
    """An option that takes words of `choices`: given again, it takes more, and one time takes several with commas.

    The greeting of a driver joins its profiles by commas, and so does a user who has read it.
    """

    def __init__(self, option_strings: Sequence[str], dest: str, **more: Any) -> None:
        super().__init__(option_strings, dest, default=[], **{**more, "choices": _Words(more["choices"])})

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse calls with it
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002 - and with this
    ) -> None:
        """Add what was given to what was given before."""
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *values.split(",")])


def fold_choices(parser: argparse.ArgumentParser) -> None:
    """Have every argument of the parser that takes one of several words take them as `chosen` does."""
    for action in parser._actions:
        if action.choices is not None and action.type is None:
            words, noun = [str(choice) for choice in action.choices], action.dest
            read = _each_chosen if isinstance(action, Several) else chosen
            action.type = lambda word, read=read, words=words, noun=noun: read(word, words, noun)


def _each_chosen(word: str, known: Iterable[str], noun: str) -> str:
    words = list(known)
    return ",".join(chosen(each.strip(), words, noun) for each in word.split(","))


def near_option(message: str, parser: argparse.ArgumentParser) -> str:
    """What to add to the parser's word about an option that it does not know: the one that was meant, perhaps."""
    _, unknown, given = message.partition("unrecognized arguments: ")
    word = given.split()[0].partition("=")[0] if unknown and given.split() else ""
    known: Sequence[str] = list(parser._option_string_actions)
    told = _either(difflib.get_close_matches(word, known, 2, cutoff=0.75)) if word.startswith("--") else ""
    return f"; {told}" if told else ""


def choices_missing(message: str, parser: argparse.ArgumentParser) -> str:
    """What to add to the parser's word about arguments that are missing: the words of which one is taken."""
    _, missing, names = message.partition("arguments are required: ")
    known = {action.dest: action.choices for action in parser._actions if action.choices and not action.option_strings}
    told = [f"; {name} is {' or '.join(map(str, known[name]))}" for name in names.split(", ") if name in known]
    return "".join(told) if missing else ""


def _either(words: Sequence[str]) -> str:
    return f"did you mean {' or '.join(words)}?" if words else ""
