"""Judges one of the implementations under adapters/ through its dasnet.toml; their tox environments call it.

    python tests/judge_adapter.py NAME

A toolchain that is missing is a skip that says what to install, on a user's machine; in CI (CI=true) it is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: The programs that an implementation is built and run with, and what to install where they are missing.
TOOLCHAINS: dict[str, tuple[tuple[str, ...], str]] = {
    "c": (("make", "cc"), "a C compiler and make (Debian: gcc make)"),
    "node": (("node",), "Node.js 18 or later (Debian: nodejs)"),
    "rust": (("cargo", "rustc"), "Rust 1.78 or later (Debian: cargo)"),
    "java": (("java", "javac"), "a JDK, 17 or later (Debian: openjdk-17-jdk-headless)"),
    "asyncio": ((), ""),
    "python": ((), ""),
    "daslang": (
        ("daslang",),
        "daslang 0.6.4 (pip install daslang; on a Linux whose C library is too old for it, PATH=$(dirname "
        '"$(.ci/daslang)"):$PATH)',
    ),
}
#: What pip brings into this environment where a wheel fits, when the program is not there. Pip alone knows whether one
#: does: no marker names the C library.
PACKAGES: dict[str, str] = {"daslang": "daslang==0.6.4"}
#: Further options of `dasnet run`. Calls that never return make the original slow: two at a time.
OPTIONS: dict[str, tuple[str, ...]] = {"daslang": ("-n", "2")}


def main(arguments: list[str]) -> int:
    """Judge; returns the exit status of dasnet, 0 for a skip."""
    if len(arguments) != 1 or arguments[0] not in TOOLCHAINS:
        print(f"usage: judge_adapter.py {'|'.join(TOOLCHAINS)}", file=sys.stderr)
        return 3
    name = arguments[0]
    programs, install = TOOLCHAINS[name]
    missing = _missing(programs)
    if missing and name in PACKAGES:
        install_package = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", PACKAGES[name]]
        subprocess.run(install_package, capture_output=True, check=False)
        missing = _missing(programs)
    if missing:
        needed = _in_ci() and not _known_to_be_missing(name)
        print(f"{'missing' if needed else 'skipped'}: no {', '.join(missing)}; install {install}")
        return 1 if needed else 0
    file, report = ROOT / "adapters" / name / "dasnet.toml", ROOT / "out" / name
    options = OPTIONS.get(name, ())
    return subprocess.call(["dasnet", "run", str(file), "--strict", *options, "--report-dir", str(report)])


def _missing(programs: tuple[str, ...]) -> list[str]:
    return [program for program in programs if shutil.which(program) is None]


# CI says so of a package that could not be had (WITHOUT_DASLANG=1), after one line about it.
def _known_to_be_missing(name: str) -> bool:
    return _is_set(f"WITHOUT_{name.upper()}")


def _in_ci() -> bool:
    return _is_set("CI")


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0", "false")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
