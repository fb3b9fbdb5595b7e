"""Completion scripts for bash, zsh and fish, made from what `completion_words` reads out of the parsers.

Everything is written into the script, so that a press of the key starts no Python: it answers at once, and is renewed
with the script after an update. Not the library made for this: it wants one parser that holds all commands, and every
porter would install it for a few lines per shell. The bash script keeps to what bash 3.2 has.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import Final

from .completion_words import EITHER, CommandWords, Value, all_commands, words_of_kinds


def _kind(value: Value) -> str:
    # Choices travel in the kind itself, so that the scripts need no further table.
    return f"choice:{' '.join(value.choices)}" if value.kind == "choice" else value.kind


def _cases(commands: list[CommandWords]) -> Iterator[str]:
    """The branches of a shell's `case` over "COMMAND OPTION" or "COMMAND PLACE", which bash and zsh read alike."""
    for command in commands:
        for option in command.options:
            if option.value is not None:
                patterns = "|".join(f"'{command.name} {name}'" for name in option.names)
                yield f"        {patterns}) kind={shlex.quote(_kind(option.value))} ;;"
        for index, place in enumerate(command.places):
            pattern = f"'{command.name} '[{index}-9]" if place.many else f"'{command.name} {index}'"
            yield f"        {pattern}) kind={shlex.quote(_kind(place.value))} ;;"


def _options(commands: list[CommandWords]) -> Iterator[str]:
    for command in commands:
        names = " ".join(name for option in command.options for name in option.names)
        yield f"        {command.name}) list='{names}' ;;"


def _lists() -> Iterator[str]:
    for kind, words in words_of_kinds().items():
        yield f"        {kind}) list='{' '.join(words)}' ;;"


#: What bash and zsh have in common. They differ in where the line's words are and in how candidates are handed over.
_COMMON: Final = """\
_dasnet_kind() {{  # the command, and an option or the number of a place -> kind, "flag" if it takes none
    kind=flag
    case "$1 $2" in
{cases}
    esac
}}

_dasnet_options() {{  # the command -> list
    list=
    case "$1" in
{options}
    esac
}}

_dasnet_list() {{  # the kind -> list
    list=
    case "$1" in
        choice:*) list=${{1#choice:}} ;;
{lists}
    esac
}}

# The words before the current one, from the command on -> kind, "taken" when an option waits for its value.
_dasnet_before() {{
    local command=$1 word place=0
    taken=
    shift
    for word in "$@"; do
        if [ -n "$taken" ]; then
            taken=
            continue
        fi
        case "$word" in
            --*=*) ;;
            -?*)
                _dasnet_kind "$command" "$word"
                if [ "$kind" != flag ]; then taken=yes; fi
                ;;
            *) place=$((place + 1)) ;;
        esac
    done
    if [ -z "$taken" ]; then _dasnet_kind "$command" "$place"; fi
}}
"""

_BASH: Final = """\
# Completion of dasnet for bash. Put into ~/.bashrc:  eval "$(dasnet completion bash)"
{common}
_dasnet_reply() {{  # the beginning of a word, and what it may become
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -W "${{2// /$IFS}}" -- "$1"))
    case "${{COMPREPLY[0]}}" in
        *[=:]) [ ${{#COMPREPLY[@]}} -ne 1 ] || compopt -o nospace 2>/dev/null ;;
    esac
}}

_dasnet_paths() {{  # an option of compgen, and the beginning of a path
    local IFS=$'\\n'
    COMPREPLY+=($(compgen "$1" -- "$2"))
    compopt -o filenames 2>/dev/null
}}

_dasnet() {{
    # COMP_WORDS is cut at = and :, so the words are taken from the line itself.
    local line=${{COMP_LINE:0:COMP_POINT}} kind list taken value words
    COMPREPLY=()
    read -r -a words <<<"$line"
    case "$line" in *[[:space:]]) words+=("") ;; esac
    local last=$((${{#words[@]}} - 1))
    value=${{words[last]}}
    if [ $last -le 1 ]; then
        _dasnet_reply "$value" "{names}"
        return
    fi
    _dasnet_before "${{words[@]:1:last-1}}"
    if [ -z "$taken" ]; then
        case "$value" in
            --*=*)
                _dasnet_kind "${{words[1]}}" "${{value%%=*}}"
                value=${{value#*=}}
                ;;
            -*)
                _dasnet_options "${{words[1]}}"
                _dasnet_reply "$value" "$list"
                return
                ;;
        esac
    fi
    case "$kind" in
        file) _dasnet_paths -f "$value" ;;
        directory) _dasnet_paths -d "$value" ;;
        *)
            _dasnet_list "$kind"
            case "$kind:$value" in
                implementation*:driver:*) _dasnet_paths -f "${{value#driver:}}" ;;
                implementation*) _dasnet_paths -f "$value" ;;
            esac
            _dasnet_reply "$value" "$list"
            ;;
    esac
}}
complete -F _dasnet dasnet"""

_ZSH: Final = """\
#compdef dasnet
# Completion of dasnet for zsh. Put into ~/.zshrc, after compinit:  eval "$(dasnet completion zsh)"
{common}
_dasnet() {{
    local kind list taken
    local -a described
    if (( CURRENT == 2 )); then
        described=(
{described}
        )
        _describe -t commands command described
        return
    fi
    _dasnet_before "${{(@)words[2,CURRENT-1]}}"
    if [[ -z $taken ]]; then
        if [[ $PREFIX == --*=* ]]; then
            _dasnet_kind "$words[2]" "${{PREFIX%%=*}}"
            compset -P '*='
        elif [[ $PREFIX == -* ]]; then
            _dasnet_options "$words[2]"
            compadd -- ${{=list}}
            return
        fi
    fi
    _dasnet_list "$kind"
    case $kind in
        file) _files ;;
        directory) _files -/ ;;
        implementation*)
            if compset -P 'driver:'; then
                _files
            else
                compadd -S '' -- ${{(M)${{=list}}:#*:}}
                compadd -- ${{${{=list}}:#*:}}
                _files
            fi
            ;;
        exclusion) compadd -S '' -- ${{=list}} ;;
        nothing|flag) ;;
        *) compadd -- ${{=list}} ;;
    esac
}}
# Read from a directory of functions it is the body of _dasnet; read by eval it has to be announced.
if [[ ${{funcstack[1]-}} == _dasnet ]]; then _dasnet "$@"; else compdef _dasnet dasnet; fi"""


def _common(commands: list[CommandWords]) -> str:
    return _COMMON.format(
        cases="\n".join(_cases(commands)),
        options="\n".join(_options(commands)),
        lists="\n".join(_lists()),
    )


def bash() -> str:
    """The script for bash."""
    commands = all_commands()
    names = " ".join(command.name for command in commands)
    return _BASH.format(common=_common(commands), names=names)


def zsh() -> str:
    """The script for zsh, for `eval` or as a file `_dasnet` in a directory of `fpath`."""
    commands = all_commands()
    entries = [f"{command.name}:{command.help}" for command in commands]  # only the first colon counts
    described = "\n".join(f"            {shlex.quote(entry)}" for entry in entries)
    return _ZSH.format(common=_common(commands), described=described)


def fish() -> str:
    """The script for fish."""
    lines = [
        "# Completion of dasnet for fish.",
        "# Write it to a file:  dasnet completion fish > ~/.config/fish/completions/dasnet.fish",
        "complete -c dasnet -f",
    ]
    for kind, words in words_of_kinds().items():
        lines.append(f"set -g __dasnet_{kind} {' '.join(map(shlex.quote, words))}")
    for command in all_commands():
        lines.append(f"complete -c dasnet -n __fish_use_subcommand -a {command.name} -d {shlex.quote(command.help)}")
        start = f"complete -c dasnet -n '__fish_seen_subcommand_from {command.name}'"
        for option in command.options:
            names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
            taken = "" if option.value is None else f" -r {_fish_words(option.value)}"
            lines.append(f"{start} {names}{taken} -d {_fish_quote(option.help.replace('%%', '%'))}")
        lines += [f"{start} {_fish_words(place.value)}" for place in command.places]
    return "\n".join(lines)


def _fish_quote(text: str) -> str:
    # Within single quotes fish knows two escapes, and sh knows none.
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_words(value: Value) -> str:
    match value.kind:
        case "choice":
            return f"-f -a '{' '.join(value.choices)}'"
        case "file":
            return "-F"
        case "directory":
            return "-f -a '(__fish_complete_directories (commandline -ct))'"
        case kind if kind in ("implementation", EITHER):
            return f"-F -a '$__dasnet_{kind}'"
        case "nothing":
            return "-f"
        case kind:
            return f"-f -a '$__dasnet_{kind}'"


#: Shell -> what makes its script.
SHELLS: Final[dict[str, Callable[[], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}
