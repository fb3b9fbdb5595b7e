"""What `dasnet init-ci` finds out: the top of the repository, where the port is in it, and where dasnet comes from.

What a job installs has to exist. A dasnet that came from a git repository is pinned to the commit it came from; one
that came from an index, to its version; of one that came from a folder or a file nobody knows, and that is said. It
reads the file system and what the installer has written down of this package.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from dasnet_adapters.implementation_file import FILE_NAME
from dasnet_conformance import SUITE_NAME, __version__

from . import UsageMistake

_ADDRESS: Final = re.compile(r"(https|http|ssh|git|file)://[^\s'\"`$\\#;@]*(@[^\s'\"`$\\#;@]+)?")
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
#: Characters of a commit that are told.
_SHORT: Final = 12
#: Folders that hold no port of their own.
_PASSED_OVER: Final = {"node_modules", "target", "build", "dist"}


@dataclass(frozen=True)
class Origin:
    """Where a job installs dasnet from: what pip is given, what a person is told, and what is not known of it."""

    package: str
    told: str
    doubt: str = ""


def top_of(start: Path) -> Path:
    """The top of the git repository that a directory is in, or the directory itself where it is in none."""
    whole = start.resolve()
    for directory in (whole, *whole.parents):
        if (directory / ".git").exists():
            return start if directory == whole else Path(os.path.relpath(directory))
    return start


def home_of(start: Path, top: Path) -> Path:
    """The directory of the `dasnet.toml` that is meant: at `start` or above, else the one below it, else `start`.

    Arguments: `top`, of the repository, above which nobody looks. Raises `UsageMistake` where several are below.
    """
    whole, end = start.resolve(), top.resolve()
    for directory in (whole, *whole.parents):
        if (directory / FILE_NAME).is_file():
            return start if directory == whole else directory
        if directory == end:
            break
    below = [path.parent for path in sorted(whole.rglob(FILE_NAME)) if not _is_passed_over(path.relative_to(whole))]
    if len(below) > 1:
        names = ", ".join(str(path.relative_to(whole)) for path in below[:4])
        raise UsageMistake(f"several directories hold a {FILE_NAME} ({names}); name the one that is to be judged")
    return below[0] if below else start


def _is_passed_over(path: Path) -> bool:
    return any(part in _PASSED_OVER or part.startswith(".") for part in path.parts[:-1])


def origin_of(git: str, commit: str) -> Origin:
    """Where a job is to install dasnet from.

    Arguments: `git` and `commit`, what the user asked for, empty where nothing. Raises `UsageMistake` for one without
    the other, and for what pip could not be given.
    """
    if bool(git) != bool(commit):
        raise UsageMistake("--git and --commit go together: an address, and the commit to install from there")
    if git:
        if not _ADDRESS.fullmatch(git):
            raise UsageMistake(f"--git takes an address such as https://git.example.org/dasnet.git, not {git}")
        if not _COMMIT.fullmatch(commit):
            raise UsageMistake(
                f"--commit takes the hash of a commit, not {commit}: a branch moves, and a gate must not"
            )
        return _from_git(git, commit)
    came = _came_from()
    told = came.get("vcs_info", {})
    if told.get("vcs") == "git" and _COMMIT.fullmatch(str(told.get("commit_id", ""))):
        return _from_git(_without_credentials(str(came.get("url", ""))), told["commit_id"])
    doubt = (
        f"see that {SUITE_NAME} {__version__} is published where the job looks for packages; this one was installed "
        "from a folder or a file. If it is not, write the job with --git ADDRESS --commit HASH"
    )
    return Origin(f"{SUITE_NAME}=={__version__}", __version__, doubt if came else "")


def _from_git(address: str, commit: str) -> Origin:
    return Origin(f"{SUITE_NAME} @ git+{address}@{commit}", f"of commit {commit[:_SHORT]}")


# What the installer wrote down of where this package came from; nothing for one from an index.
def _came_from() -> dict[str, Any]:
    try:
        text = distribution(SUITE_NAME).read_text("direct_url.json")
        came = json.loads(text) if text else {}
    except (PackageNotFoundError, OSError, ValueError):
        return {}
    return came if isinstance(came, dict) else {}


# A name and a password in an address are the user's, and a job's file is for everyone.
def _without_credentials(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
