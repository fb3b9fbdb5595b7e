"""Plays scripts in a process of their own, and tells its death from an answer. May start and end that process.

When the process dies, the script is played once more with a trace, in a new one, to learn in which call it happened.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from dasnet_adapters.contract import AdapterBroken
from dasnet_adapters.parent_death import before_the_program
from dasnet_conformance.explore.scripts.steps import Step
from dasnet_conformance.explore.shared.verdicts import Divergence
from dasnet_conformance.running.endings import spell_exit

from .in_process import Manner

#: Seconds beyond the bound of a call after which a process is held to be frozen, and ended.
_FROZEN_AFTER: Final = 90.0
_START_BOUND: Final = 60.0


class Player(Protocol):
    """Whoever can play a script."""

    def play(self, steps: Sequence[Step], manner: Manner) -> Divergence | None:
        """How the script diverged, or None. Raises `AdapterBroken` when nothing can be played."""


class ProcessPlayer:
    """Plays scripts on the implementation of that name, in a child process that is replaced when it dies.

    `profiles` are those that the implementation claims; `judged` tells whether any script came to its end, rather than
    to a part that the implementation says it has not. Raises `AdapterBroken` when it cannot be reached.
    """

    def __init__(self, implementation: str) -> None:
        self._implementation = implementation
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.profiles: Sequence[str] = ()
        self.judged = False
        #: Steps of the last script that could not be meant where they stood.
        self.passed_over = 0
        #: Told after each step of a script how many there were, where somebody wants to know.
        self.at_step: Callable[[int], None] | None = None
        self._start()

    def play(self, steps: Sequence[Step], manner: Manner) -> Divergence | None:
        """How the script diverged, or None; a death and a freeze are divergences too. Raises `AdapterBroken`."""
        divergence, died = self._attempt(steps, manner, trace=False)
        if not died:
            return divergence
        divergence, died_again = self._attempt(steps, manner, trace=True)
        if died_again or divergence is not None:
            return divergence
        return Divergence("destroy.calls-after", f"the process {died}, and did not when the script was played again")

    def close(self) -> None:
        """End the process. May be called twice."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            try:
                child.stdin.close()
            except OSError:
                pass
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def _start(self) -> None:
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "dasnet_conformance.explore.playing.worker", self._implementation],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=before_the_program(),
        )
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._answers = answers

        def read() -> None:
            assert child.stdout is not None
            try:
                for line in child.stdout:
                    answers.put(line)
            except (OSError, ValueError):
                pass
            answers.put(b"")

        threading.Thread(target=read, daemon=True).start()
        try:
            first = self._answer(_START_BOUND)
        except AdapterBroken:
            self.close()
            raise
        if first is None:
            raise AdapterBroken(
                f"while the implementation was loaded, the process {self._end()}",
                culprit="implementation",
                hint="try it by itself first: dasnet run tells more",
            )
        self.profiles = first["profiles"]

    # One playing: the divergence, and how the process died (empty when it did not).
    def _attempt(self, steps: Sequence[Step], manner: Manner, *, trace: bool) -> tuple[Divergence | None, str]:
        if self._child is None:
            self._start()
        asked = {"steps": list(map(str, steps)), "trace": trace, "counting": self.at_step is not None, **vars(manner)}
        child = self._child
        assert child is not None
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(asked).encode("ascii") + b"\n")
            child.stdin.flush()
        except OSError:
            pass  # it has died, which the missing answer tells
        call, requirement = "", "destroy.calls-after"
        while (answer := self._answer(manner.call_bound + _FROZEN_AFTER)) is not None:
            if "diverged" in answer:
                told, self.judged = answer["diverged"], self.judged or answer["judged"] > 0
                self.passed_over = answer["passed_over"]
                return (None if told is None else Divergence(*told)), ""
            if "step" not in answer:
                call, requirement = answer["call"], answer["requirement"]
            elif self.at_step is not None:
                self.at_step(answer["step"])
        how = self._end()
        return Divergence(requirement, f"{call or 'the script'}: the process {how}"), how

    def _answer(self, bound: float) -> dict[str, Any] | None:
        try:
            line = self._answers.get(timeout=bound)
        except queue.Empty:
            return None
        if not line:
            return None
        answer: dict[str, Any] = json.loads(line)
        if "broken" in answer:
            message, culprit, hint = answer["broken"]
            raise AdapterBroken(message, culprit=culprit, hint=hint)
        return answer

    def _end(self) -> str:
        child = self._child
        assert child is not None
        try:
            child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            self.close()
            return "made no progress and was ended"
        self.close()
        return spell_exit(child.returncode)
