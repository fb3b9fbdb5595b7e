"""dasnet: the conformance suite for daslang's NETWORK module.

What lives here: the catalogue (clauses and requirements as data), the pytest plugin, the command line, the peer (the
client side) and the checks. It reaches an implementation only through `dasnet_adapters` and hands plain records to
`dasnet_reports`. It never imports the reference.
"""

from __future__ import annotations

SUITE_NAME = "dasnet-conformance"


def __getattr__(name: str) -> str:
    # Looked up when it is asked for: the lookup costs half of the start-up time of `dasnet --help`.
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(SUITE_NAME)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"
