"""Memory in use, counted after blocks of rounds.

An implementation whose memory comes to rest, whatever it took before, is done with; only one that goes on to grow,
block after block and far beyond what an allocator or a collector of garbage keeps in reserve, is told off.
"""

from __future__ import annotations

from collections.abc import Callable

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.optional import offered
from dasnet_conformance.suite.scenes import rounds

#: Bytes that memory may grow by in each block and for ever: a collector of garbage may need as much before it works.
ALLOWED_PER_BLOCK = 1 << 20
#: Bytes that it has to have grown by before it is told to grow without an end.
WITHOUT_END = 64 << 20
#: Blocks that stay below the allowance, after which memory has come to rest. In fewer, a leak could live on what was
#: in use before and is free again, which the process keeps.
AT_REST = 5
#: Blocks at most: each that counts brings it nearer to the end.
BLOCKS = WITHOUT_END // ALLOWED_PER_BLOCK + AT_REST


def number_of(host: Host, of: str) -> int:
    """What an optional command counts."""
    outcome = offered(host, of)
    if not isinstance(outcome, Value) or type(outcome.value) is not int:
        raise expect.Mismatch(of, "a number", expect.spell(outcome))
    return outcome.value


def memory_comes_to_rest(host: Host, turn: Callable[[], object], block: int, each: str) -> None:
    """Expect memory not to grow without end, however often there is a turn.

    Arguments: `block`, turns from count to count; `each`, what a block is, for people. A server that is slow gets
    through fewer blocks, and is not wrong.
    """
    # The question is put before the work.
    before = first = number_of(host, "memory")
    at_rest = 0
    for turns in rounds((1 + BLOCKS) * block, least=1):
        turn()
        if turns % block:
            continue
        now = number_of(host, "memory")
        if turns == block:
            # The first block is for what is made once and kept for good.
            before = first = now
            continue
        at_rest += now - before <= ALLOWED_PER_BLOCK
        if at_rest == AT_REST:
            return
        expect.that(
            now - first < WITHOUT_END,
            f"memory in use, counted {turns // block} times after {each}",
            expected="no growth, or one that comes to rest",
            got=f"{(now - first) >> 20} MiB more than after the first of them, and still growing",
        )
        before = now
