"""The option `--shard`, alike for `run` and `prove`. Prints nothing."""

from __future__ import annotations

import argparse

from dasnet_conformance.catalogue.shard import OPTION, Shard, read_shard

from . import UsageMistake


def add_shard(parser: argparse.ArgumentParser, told: str) -> None:
    """Declare the option. Arguments: `told`, what is done with a part."""
    parser.add_argument(OPTION, default="", metavar="K/N", help=told)


def shard_of(arguments: argparse.Namespace) -> Shard | None:
    """The part that was asked for, None for the whole. Raises `UsageMistake` for what is no part."""
    if not arguments.shard:
        return None
    try:
        return read_shard(arguments.shard)
    except ValueError as error:
        raise UsageMistake(f"{OPTION}: {error}") from None
