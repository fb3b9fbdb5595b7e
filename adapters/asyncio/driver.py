"""The driver of this port. The line protocol is `dasnet_adapters.python_driver`, which serves any Python module.

To judge it: `driver:python adapters/asyncio/driver.py`, in an environment that has the packages.
"""

from __future__ import annotations

import sys

from network_asyncio import MISSING

from dasnet_adapters.python_driver import main

if __name__ == "__main__":
    if MISSING:
        sys.stderr.write(f"the profiles http and http-client are not claimed. {MISSING}\n")
    sys.exit(main(["network_asyncio"]))
