"""`python -m dasnet_conformance` is `dasnet`, for where the command is not on the path."""

from __future__ import annotations

import sys

from dasnet_conformance.cli import main

if __name__ == "__main__":
    sys.exit(main())
