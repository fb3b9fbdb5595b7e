"""What grows with what: an idle tick with the number of servers, an echo with its size, a visit with those before it.

    python benchmarks/growth.py [-o FILE] [--page PAGE]

Prints a Markdown table with a row for each point, writes it to FILE and into PAGE too. All sides at all points of a
chart are measured in turn in one run, so that the curves can be laid over each other. It takes less than a minute and
uses loopback only; the site draws its curves from the table on the page.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import clients
import echo
import idle
import machine
import sides
import table
from alternating import Measure, alternate, quartiles
from dasnet_reference import Server, ServerGroup

_SERVERS = (1, 10, 100, 1_000)
_PAYLOADS = (64, 256, 1_024, 4_096, 16_384, 65_536)
_CLIENTS = (100, 1_000, 10_000)
_VISITS = 50
_ROUNDS = 25


@dataclass(frozen=True)
class Chart:
    """What is measured, what it grows with, and every side at every point. The unit is microseconds."""

    what: str
    grows_with: str
    measures: Mapping[tuple[str, int], Measure]


def main() -> int:
    """Measure all charts; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, metavar="FILE")
    parser.add_argument("--page", type=Path, metavar="FILE", help="a page to put the table into")
    arguments = parser.parse_args()
    described = {name: told for name, told in machine.description().items() if name not in ("uvloop", "Twisted")}
    rows = []
    for chart in (_idle_servers, _payload, _clients_before):
        with contextlib.ExitStack() as stack:
            rows += _rows(chart(stack))
    head = ", ".join(f"{name}: {value}" for name, value in described.items()) + "."
    lines = [
        head,
        "",
        "| what | grows with | side | at | median (µs) | quartiles |",
        "| --- | --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    block = "\n".join(lines)
    if arguments.output is not None:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(block + "\n", "utf-8")
    if arguments.page is not None:
        table.insert(arguments.page, "growth", block)
    print(block)
    return 0


def _rows(chart: Chart) -> list[list[str]]:
    samples = alternate({f"{side} {at}": measure for (side, at), measure in chart.measures.items()}, _ROUNDS)
    rows = []
    for side, at in chart.measures:
        low, middle, high = (f"{value * 1e6:.3g}" for value in quartiles(samples[f"{side} {at}"]))
        rows.append([chart.what, chart.grows_with, side, f"{at:,}", middle, f"{low} to {high}"])
    return rows


def _idle_servers(stack: contextlib.ExitStack) -> Chart:
    measures: dict[tuple[str, int], Measure] = {}
    for count in _SERVERS:
        servers = [_listening(stack) for _ in range(count)]
        measures["each by itself", count] = idle.turns(_all(servers), max(1, 1_000 // count))
    for count in _SERVERS:
        group = stack.enter_context(ServerGroup())
        for _ in range(count):
            group.add(_listening(stack))
        measures["group", count] = idle.turns(group.tick, 1_000)
    for count in _SERVERS:
        side = sides.on_asyncio("sink", count)
        stack.callback(side.close)
        for _ in range(20):
            side.turn()
        measures["asyncio", count] = idle.turns(side.turn, 200)
    return Chart("idle tick of all servers", "idle servers", measures)


def _listening(stack: contextlib.ExitStack) -> Server:
    server = stack.enter_context(Server())
    server.make_server_adapter()
    if not server.init(0):
        raise OSError("no port")
    return server


def _all(servers: list[Server]) -> Callable[[], None]:
    def tick() -> None:
        for server in servers:
            server.tick()

    return tick


def _payload(stack: contextlib.ExitStack) -> Chart:
    measures: dict[tuple[str, int], Measure] = {}
    for size in _PAYLOADS:
        measures["bare loop", size] = stack.enter_context(echo.bare(bytes(size)))
    for name, make in (("reference", sides.reference), ("asyncio", sides.on_asyncio)):
        for size in _PAYLOADS:
            side = make("echo")
            stack.callback(side.close)
            client = stack.enter_context(contextlib.closing(sides.dial(side.port)))
            sides.taken(side)
            measures[name, size] = echo.trips(side, client, bytes(size), echo.TRIPS // 2)
    return Chart("echo round trip", "bytes of the message", measures)


# Those before come from another address than those that are measured, and these from a new one in each round: what the
# system remembers of closed connections would slow the search for a port.
def _clients_before(stack: contextlib.ExitStack) -> Chart:
    addresses = (f"127.0.{block}.{number}" for block in itertools.count(1) for number in range(1, 255))
    measures: dict[tuple[str, int], Measure] = {}
    for name, make in (("reference", sides.reference), ("asyncio", sides.on_asyncio)):
        for count in _CLIENTS:
            side = make("echo")
            stack.callback(side.close)
            clients.visits(side, count, f"127.1.{len(measures)}.1")()
            measures[name, count] = _visit(side, addresses)
    return Chart("connect, serve, disconnect", "clients served before", measures)


def _visit(side: sides.Side, addresses: Iterator[str]) -> Measure:
    def measure() -> float:
        return clients.visits(side, _VISITS, next(addresses))()

    return measure


if __name__ == "__main__":
    sys.exit(main())
