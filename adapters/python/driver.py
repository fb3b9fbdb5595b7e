"""The reference behind the line protocol, to show what the protocol itself costs.

To judge it: `driver:python adapters/python/driver.py`, in an environment that has the packages.
Everything is in `dasnet_adapters.python_driver`, which serves any Python module that offers the documented API.
"""

from __future__ import annotations

import sys

from dasnet_adapters.python_driver import main

if __name__ == "__main__":
    sys.exit(main(["dasnet_reference"]))
