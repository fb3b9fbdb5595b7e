"""The process that plays scripts: it reads one per line, and answers how each ended. Its other end is `players`.

An implementation may end or freeze the process that it runs in; here that is not the one which makes scripts up and
tells of findings. What goes to and fro are JSON objects, a line each:

    in    {"steps": [text, ...], "patience": P, "call_bound": S, "trace": true or false}
    out   {"profiles": [...]}                  once, at the start
    out   {"call": name, "requirement": id}    before each call, when a trace is asked for
    out   {"diverged": [requirement, message], "judged": N, "passed_over": P}, or null in place of the list
                                               N scripts so far came to their end or to a divergence; P steps of this
                                               one could not be meant where they stood
    out   {"broken": [message, culprit, hint]} the implementation cannot be reached; the process ends
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from dasnet_adapters.contract import AdapterBroken
from dasnet_adapters.resolve import resolve
from dasnet_conformance.explore.scripts.steps import parse_step
from dasnet_conformance.stage.ports import NoPortsLeft

from .in_process import InProcessPlayer, Manner

#: Seconds that a driver has for one command, less than in a judged run: much of what hangs here is meant to be found.
DRIVER_DEADLINE = 5.0


def _play(player: InProcessPlayer, asked: dict[str, Any], answer: Any) -> dict[str, Any]:
    def trace(call: str, requirement: str) -> None:
        answer({"call": call, "requirement": requirement})

    def at_step(count: int) -> None:
        if asked.get("counting"):
            answer({"step": count})

    steps = [parse_step(line) for line in asked["steps"]]
    manner = Manner(asked["patience"], asked["call_bound"])
    divergence = player.play(steps, manner, trace if asked["trace"] else None, at_step)
    told = None if divergence is None else [divergence.requirement, divergence.message]
    return {"diverged": told, "judged": player.judged, "passed_over": player.passed_over}


def main(arguments: list[str]) -> int:
    """Play what is asked for on standard input until it ends. `arguments` holds the implementation."""
    # The implementation may print, or read: neither must get between the lines.
    asking, answering = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)

    def answer(record: dict[str, Any]) -> None:
        answering.write(json.dumps(record).encode("ascii") + b"\n")

    adapter = resolve(arguments[0], deadline=DRIVER_DEADLINE)
    try:
        player = InProcessPlayer(adapter)
        answer({"profiles": list(adapter.describe().profiles)})
        for line in asking:
            answer(_play(player, json.loads(line), answer))
        player.close()
    except AdapterBroken as broken:
        answer({"broken": [str(broken), broken.culprit, broken.hint]})
    except NoPortsLeft as error:
        answer({"broken": [str(error), "adapter", ""]})
    except Exception as error:
        # What an implementation raises is an outcome long before it could get here: this is no death of its process.
        traceback.print_exc()
        answer(
            {"broken": [f"the suite itself broke: {error!r}", "adapter", "please report it, with what stands above"]}
        )
    finally:
        adapter.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
