"""What went otherwise than when it was recorded, and whether the failure shows all the same."""

from __future__ import annotations

import time
from typing import NamedTuple

from .conversation import Conversation
from .hearing import Heard, say
from .script import Script
from .words import first_size, is_less, total


class Comparison(NamedTuple):
    """What is different, in words, and what is to be made of it."""

    differences: list[str]
    #: Whether the differences are only that less came, where something was waited for in vain.
    less: bool
    #: Where the check counted bytes: whether it is again another number than it expected.
    missed: bool


def compare(script: Script, conversation: Conversation) -> Comparison:
    """What went otherwise than when it was recorded."""
    heard = conversation.heard
    for _ in range(25):  # bytes may still be on their way to a client
        if all(heard.channel(name).words() == words for name, words in script.results.items()):
            break
        conversation.step_peers()
        time.sleep(0.01)  # a pace, no bound: whoever is early looks again
    found = list(conversation.differences)
    less = not found
    missed = not found and misses(script, heard)
    for name in sorted({*script.results, *heard.channels}):
        recorded, channel = script.results.get(name, []), heard.channel(name)
        if not script.ends_quietly:
            channel.cut(recorded)
        now = channel.words()
        if not script.ends_quietly and name.startswith("peer"):
            # The check ended before the clients were looked after again.
            now = now[: len(recorded)]
        if now != recorded:
            less = less and script.gave_up and is_less(now, recorded)
            told = "; ".join(recorded) or "nothing", "; ".join(now) or "nothing"
            found.append(f"{name}: recorded {told[0]}\n{'':>{len(name)}}  this time {told[1]}")
    if conversation.descriptors:
        first, last = conversation.descriptors[0], conversation.descriptors[-1]
        then, now_grown = last[0] - first[0], last[1] - first[1]
        if abs(then - now_grown) > max(2, then // 10):
            found.append(f"open descriptors: recorded {then:+d}, this time {now_grown:+d}")
    if less and found:
        # What was waited for may have come by a connection that was not there when it was recorded.
        more = [listener.port for listener in conversation.listeners.values() if listener.has_more()]
        found += [f"port {port}: this time a client connected that was not there when it was recorded" for port in more]
        less = not more
    return Comparison(found, less, missed)


def misses(script: Script, heard: Heard) -> bool:
    """Whether the bytes that the check counted are not those it expected, though perhaps not as many as recorded.

    How many came of too many or too few depends on the system's buffers, and is not the same every time.
    """
    wanted, came = (first_size(script.told.get(key, "")) for key in ("expected", "came"))
    if not came or wanted == came:
        return False
    counted = [name for name, words in script.results.items() if total(words) == came]
    return len(counted) == 1 and total(heard.channel(counted[0]).words()) != wanted


def conclude(script: Script, comparison: Comparison, gone: str) -> int:
    """Tell what was expected and what came; the exit status."""
    say("")
    for key in ("requirement", "text", "case", "setup", "expected", "came"):
        if key in script.told:
            say(f"{key:<12} {script.told[key]}")
    if script.no_answer and gone:
        say(f"this time    {gone}, as recorded: the failure shows")
        return 1
    if gone:
        say(f"this time    {gone}, which is not what was recorded")
        return 2
    if comparison.less and comparison.differences:
        say("this time    even less came, so the check would have waited in vain as well: the failure shows")
        return 1
    if comparison.missed and comparison.differences:
        say("this time    another number of bytes came, and not the expected one either: the failure shows")
        return 1
    if not comparison.differences:
        say("this time    everything went as recorded: the failure shows")
        return 1
    say("this time    it went otherwise: the failure did not show. What is different:")
    for difference in comparison.differences:
        for line in difference.splitlines():
            say(f"  {line}")
    return 0
