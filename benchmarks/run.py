"""Takes every figure and writes them down.

    python benchmarks/run.py [-o DIR] [--page FILE] [FIGURE ...]

FIGURE is one of idle, echo, bulk, clients, memory, suite, client, original_client, http_server; all of them unless
named. Writes DIR/figures.json, DIR/samples.json (for pyperf) and DIR/figures.md; with --page, also the blocks within
that page: those of the client and of HTTP are blocks of their own, and one of which no figure was taken stays as it
is. The exit status tells of errors alone: no time and no missed target fails.

It uses loopback only. Linux, because the bare loops ask epoll and memory is read from /proc.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).parent.parent
FIGURES = ("idle", "echo", "bulk", "clients", "memory", "suite", "client", "original_client", "http_server")
#: Figures that stand in another block of the page than "figures".
_BLOCKS = {"client": "client", "original_client": "original", "http_server": "http"}


def main() -> int:
    """Take the figures that were asked for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=_ROOT / "out" / "bench", metavar="DIR")
    parser.add_argument("--page", type=Path, metavar="FILE", help="a page to put the table into")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    arguments = parser.parse_args()
    unknown = set(arguments.figures) - set(FIGURES)
    if unknown:
        parser.error(f"there is no figure {', '.join(sorted(unknown))}: choose from {', '.join(FIGURES)}")

    import alternating
    import machine
    import table

    described = machine.description()
    blocks: dict[str, list[alternating.Figure]] = {}
    for name in arguments.figures or FIGURES:
        start = time.monotonic()
        blocks.setdefault(_BLOCKS.get(name, "figures"), []).extend(importlib.import_module(name).figures())
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    found = [figure for figures in blocks.values() for figure in figures]
    arguments.output.mkdir(parents=True, exist_ok=True)
    table.write_json(arguments.output / "figures.json", described, found)
    table.write_samples(arguments.output / "samples.json", found)
    block = table.markdown(described, found)
    (arguments.output / "figures.md").write_text(block + "\n", "utf-8")
    if arguments.page is not None:
        for name, figures in blocks.items():
            table.insert(arguments.page, name, table.markdown(described, figures))
    print(block)
    return 0


if __name__ == "__main__":
    sys.exit(main())
