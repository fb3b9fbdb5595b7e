"""Makes scripts up about HTTP clients and time: limits in ticks, answers bit by bit or early, bodies that nobody reads.

As `http_clients`, whose guesses it takes over: what is here needs a long sequence, which it would seldom come to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dasnet_conformance.explore.scripts import http_client_words as words
from dasnet_conformance.explore.scripts.steps import WORDS, Step

from .composing import Choice, Pick
from .http_clients import ASKERS, Asking, make_reply, make_request

#: Limits in ticks that clients are made with: stall, deadline.
LIMITS: Final = ((60, 0), (100, 0), (100, 0), (0, 60), (0, 100), (0, 0), (0, 0))
_TICKS: Final = (1, 10, 20, 30, 40, 40, 200)
#: As many as it takes until a body that nobody reads is certain to be stuck.
_STUCK: Final = 1_700
#: A body beyond what systems hold for a server that does not read.
_KIBIBYTES: Final = 8_192
_BREAKS: Final = ("site_close", "site_reset")
_PIECES: Final = (1, 7, 20, 40)


@dataclass
class Waiting(Asking):
    """The rough picture of a script in which servers and clients take their time."""

    stall: int = 0
    deadline: int = 0
    #: Clients whose server does not read, and those that have a body under way that is too large for that.
    paused: set[int] = field(default_factory=set)
    sending: set[int] = field(default_factory=set)
    #: Those whose server reads such a body after it had stopped.
    late: set[int] = field(default_factory=set)
    #: Those that were answered before, and that no tick has let know.
    early: set[int] = field(default_factory=set)

    def follow(self, step: Step) -> None:
        """What the step probably leads to."""
        name = step.name
        super().follow(step)
        if name == "asker_limits":
            self.stall, self.deadline = step.number("stall"), step.number("deadline")
            return
        label = step.number("object") if step.arguments else 0
        if name in ("reply", "reply_rest") and label in self.sending & self.paused:
            self.early.add(label)
        elif name in ("tick", "settle") or name.startswith("site_"):
            self.early.clear()
        if name == "asker_upload" and self.open.get(label):
            self.waiting[label] = self.waiting.get(label, 0) + 1
            self.fresh = True
            self.sending.add(label)
        elif name == "site_pause":
            self.paused.add(label)
        elif name == "site_resume":
            self.paused.discard(label)
            self.late |= {label} & self.sending
        elif name.startswith(("reply", "site_")):
            self.late.discard(label)
        if not self.waiting.get(label) or name == "site_resume":
            self.sending.discard(label)

    def sensible(self) -> list[Choice]:
        """What can be meant next, each with its weight."""
        found: list[Choice] = [(8, lambda _: Step("settle"))]
        unused = [label for label in ASKERS if label not in self.held]
        asked = any(self.held.values())
        if unused:
            found.append((1 if asked else 30, lambda pick: _open(unused[0], pick)))
            often = 10 if self.orphans else 0
            found.append((often, lambda pick: Step("asker_new", (unused[0], pick(WORDS["class"])))))
        for label in self.early:
            # An answer that is there is there, though the connection breaks behind it.
            found.append((20, lambda pick, label=label: Step(pick(_BREAKS), (label,))))  # type: ignore[misc]
        for label in self.held:
            found += self._client(label)
            if self.waiting.get(label):
                found += self._answers(label)
            if label in self.paused:
                often = 16 if label in self.sending and self.stall else 8
                found.append((often, lambda _, label=label: Step("site_resume", (label,))))  # type: ignore[misc]
        return found

    def _client(self, label: int) -> list[Choice]:
        if label in self.destroyed:
            return []
        waits, idle = self.waiting.get(label, 0), not self.waiting.get(label)
        found: list[Choice] = [(24 if waits else 6, lambda pick: Step("tick", (label, pick(_TICKS))))]
        if not self.held[label]:
            for orphan in self.orphans:
                found.append((20, lambda _, orphan=orphan: Step("restore", (label, orphan))))  # type: ignore[misc]
            return found
        if not self.open[label]:
            return [*found, (10, lambda _: Step("asker_init", (label, words.SERVER)))]
        stuck = label in self.sending and label in self.paused
        if stuck and self.stall:
            found.append((3, lambda _: Step("tick", (label, _STUCK))))
        if self.stall and (stuck or label in self.late):
            # It has the client send more than half of its time after it began, and see the rest of it pass.
            found.append((40, lambda pick: Step("tick", (label, pick((30, 40))))))
        found.append((16 if idle else 6 if waits < 3 else 1, lambda pick: make_request(label, pick)))
        if label in self.paused:
            found.append((20 if idle else 1, lambda pick: _upload(label, pick)))
        else:
            found.append((12 if idle else 2, lambda _: Step("site_pause", (label,))))
            found.append((2 if idle else 0, lambda pick: _upload(label, pick)))
        found += [
            (3, lambda pick: Step("reloads", (label, pick((1, 1, 3))))),
            (2, lambda pick: Step("save", (label, pick((1, 2))))),
            (1, lambda _: Step("asker_close", (label,))),
            (1, lambda pick: Step("asker_cancel", (label, pick(words.WHICH)))),
            (1, lambda pick: Step("asker_react_failure", (label, pick(WORDS["asker_inside_failure"])))),
            (1, lambda _: Step("query", (label,))),
        ]
        return found

    def _answers(self, label: int) -> list[Choice]:
        often = 2 if self.fresh else 8
        # Bit by bit is what a limit is about.
        slowly = 2 if self.stall or self.deadline else 1
        found: list[Choice] = [(often * slowly, lambda _: Step("reply_interim", (label,)))]
        if label in self.prepared:
            found.append((20, lambda pick: Step("reply_part", (label, pick(_PIECES)))))
            found.append((6 // slowly, lambda _: Step("reply_rest", (label,))))
        else:
            early = label in self.sending
            found.append((often * (2 if early else 1), lambda pick: make_reply("reply", label, pick)))
            found.append((often * 2 * slowly, lambda pick: make_reply("reply_prepare", label, pick)))
        ends = ("site_half_close", "site_close", "site_reset", "site_reset")
        found.append((6 if self.told and label in self.paused else 1, lambda pick: Step(pick(ends), (label,))))
        return found


def opening(pick: Pick) -> list[Step]:
    """How a script begins: limits, and in every other one a body that nobody reads, to which chance seldom leads."""
    steps = [Step("asker_limits", pick(LIMITS))]
    if pick((False, True)):
        label = ASKERS[0]
        steps.append(Step("asker_open", (label, pick(WORDS["class"]), words.SERVER)))
        steps.append(Step("site_pause", (label,)))
        steps.append(_upload(label, pick))
    return steps


def _upload(label: int, pick: Pick) -> Step:
    return Step("asker_upload", (label, _KIBIBYTES, pick(WORDS["upload_method"])))


def _open(label: int, pick: Pick) -> Step:
    towards = pick((*5 * (words.SERVER,), words.SILENT))
    return Step("asker_open", (label, pick(WORDS["class"]), towards))
