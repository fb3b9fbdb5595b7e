"""The tests of the draft `http` run where it is there: `DASNET_DRAFTS=http python -m pytest tests/http`."""

from __future__ import annotations

from dasnet_adapters.contract import HTTP, PROFILES

collect_ignore_glob = [] if HTTP in PROFILES else ["test_*.py"]
