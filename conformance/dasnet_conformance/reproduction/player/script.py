"""The script: the steps that are done again, and what came when they were recorded."""

from __future__ import annotations

import re

from .trouble import Unusable
from .words import short

LINE = re.compile(r"\s*(\d+)\s+(host|peer \d+|listener \d+|wait|pause|result)\s+([<>#=]) (.*)")


class Script:
    """The script: what is told of the failure, the steps, and what came to whom."""

    def __init__(self, text: str) -> None:
        self.told: dict[str, str] = {}
        self.steps: list[tuple[int, str, str, str, list[str]]] = []
        self.results: dict[str, list[str]] = {}
        self.no_answer = False
        #: Whether the check ended as it waited for something in vain.
        self.gave_up = False
        inside = False
        for line in text.splitlines():
            if line.startswith("# "):
                key, _, value = line[2:].partition(": ")
                self.told.setdefault(key, value)
            match = LINE.match(line)
            if match is None:
                continue
            tick, side, mark, rest = int(match[1]), match[2], match[3], match[4]
            if side == "result":
                name, *words = rest.split(" | ")
                self.results[name] = words
            elif mark == "<" and side == "host" and not inside:
                self._recorded(rest)
            elif mark == "<" and side == "wait":
                inside = False
            elif mark == ">" and inside and side == "host":
                command = rest.split(" ", 1)[1]
                if command not in self.steps[-1][4]:
                    self.steps[-1][4].append(command)
            elif mark == "#" and side == "wait" and not inside:
                self.gave_up = True
            elif mark == ">":
                inside = side == "wait"
                self.gave_up = self.gave_up and inside and " until " not in rest
                self.steps.append((tick, side, rest.split(" ", 1)[1] if side == "host" else rest, "", []))
        if not self.steps:
            raise Unusable(f"there is no step in the script; {self.told.get('incomplete', 'it is no script')}")
        last = self.steps[-1]
        self.ends_quietly = last[1] == "pause" or (last[1] == "wait" and " until " not in last[2])

    def _recorded(self, rest: str) -> None:
        self.no_answer = rest.startswith("(")
        words = rest.split()
        if self.steps and (self.no_answer or words[1:2] not in (["event"], [])):
            tick, side, command, _, cycle = self.steps[-1]
            word = "no answer" if self.no_answer else short(words[1:])
            self.steps[-1] = (tick, side, command, word, cycle)
