"""Makes reports/published/: the results of every shipped implementation, their matrix, and the kill matrix.

    python reports/publish.py [--full] [NAME...]

Without names it judges all of them; `tox -e matrix` does that. With `--full` the kill matrix asks every requirement of
every wrong server, which takes twenty minutes, and not only those that each one names. It runs the installed `dasnet`
and writes below reports/published/ only. An implementation that does not conform is published all the same, and the
exit status says so.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PUBLISHED = Path("reports") / "published"
FULL = "--full"

#: Name -> what `dasnet run` is given, from the root of the checkout, so that no path of this machine is published.
IMPLEMENTATIONS: dict[str, str] = {
    "reference": "reference",
    "python": "adapters/python/dasnet.toml",
    "c": "adapters/c/dasnet.toml",
    "rust": "adapters/rust/dasnet.toml",
    "node": "adapters/node/dasnet.toml",
    "java": "adapters/java/dasnet.toml",
    "go": "adapters/go/dasnet.toml",
    "asyncio": "adapters/asyncio/dasnet.toml",
}


def _dasnet(*arguments: str) -> int:
    return subprocess.call(["dasnet", *arguments], cwd=ROOT)


def main(arguments: list[str]) -> int:
    """Publish; returns the worst exit status."""
    names = [argument for argument in arguments if argument != FULL]
    unknown = [name for name in names if name not in IMPLEMENTATIONS]
    if unknown:
        print(f"no implementation {unknown[0]}; there are {', '.join(IMPLEMENTATIONS)}", file=sys.stderr)
        return 3
    worst = 0
    for name in names or IMPLEMENTATIONS:
        folder = str(PUBLISHED / name)
        worst = max(worst, _dasnet("run", IMPLEMENTATIONS[name], "--strict", "--report-dir", folder))
    made = [str(PUBLISHED / name) for name in IMPLEMENTATIONS if (ROOT / PUBLISHED / name / "results.json").exists()]
    worst = max(worst, _dasnet("matrix", *made, "-o", str(PUBLISHED)))
    if not names:
        full = [FULL] if FULL in arguments else []
        worst = max(worst, _dasnet("prove", *full, "-n", "2", "-o", str(PUBLISHED / "kill-matrix")))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
