"""What failed the last time, for `--last-failed` and `--failed-first`: a small file in the current directory.

It keeps `.dasnet_cache`, which tells version control to pass it over, and touches nothing else. That it cannot be
written loses nothing but those two options the next time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from .files import replace_text

#: The folder, beside which `dasnet run` is called.
FOLDER: Final = ".dasnet_cache"
_FILE: Final = "failed.json"


def failed_last(implementation: str) -> list[str]:
    """The requirements that this implementation did not pass the last time they were judged from here, in order.

    Arguments: `implementation`, as it is named on the command line.
    """
    return _read().get(implementation, [])


def remember(implementation: str, judged: Iterable[str], failed: Iterable[str]) -> None:
    """Keep what did not pass. Of what was not judged this time, what was known stays. Raises nothing."""
    known = _read()
    gone = set(judged)
    kept = [name for name in known.get(implementation, []) if name not in gone]
    known[implementation] = [*failed, *kept]
    if not any(known.values()) and not Path(FOLDER).exists():
        return
    try:
        Path(FOLDER).mkdir(exist_ok=True)
        (Path(FOLDER) / ".gitignore").write_text("*\n", "utf-8")
        replace_text(Path(FOLDER) / _FILE, json.dumps(known, indent=1, ensure_ascii=False))
    except OSError:
        pass


def _read() -> dict[str, list[str]]:
    try:
        found = json.loads((Path(FOLDER) / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): [str(name) for name in names] for key, names in found.items() if isinstance(names, list)}
