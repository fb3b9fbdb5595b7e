"""dasnet: the conformance suite for daslang's NETWORK module.

What lives here: the catalogue (clauses and requirements as data), the pytest plugin, the command line, the peer (the
client side) and the checks. It reaches an implementation only through `dasnet_adapters` and hands plain records to
`dasnet_reports`. It never imports the reference.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("dasnet-conformance")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"

SUITE_NAME = "dasnet-conformance"
