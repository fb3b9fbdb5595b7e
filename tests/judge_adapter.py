"""Judges one of the implementations under adapters/ through its dasnet.toml; their tox environments call it.

The list of those implementations is here too, and here alone: reports/publish.py reads it.

    python tests/judge_adapter.py NAME

A toolchain that is missing is a skip that says what to install, on a user's machine; in CI (CI=true) it is a failure.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from toolchains import in_ci, missing

ROOT = Path(__file__).parent.parent

#: The implementations under adapters/: the programs that each is built and run with, and what to install where they are
#: missing.
TOOLCHAINS: dict[str, tuple[tuple[str, ...], str]] = {
    "c": (("make", "cc"), "a C compiler and make (Debian: gcc make)"),
    "cpp": (("make", "c++"), "a C++17 compiler and make (Debian: g++ make)"),
    "node": (("node",), "Node.js 18 or later (Debian: nodejs)"),
    "rust": (("cargo", "rustc"), "Rust 1.78 or later (Debian: cargo)"),
    "java": (("java", "javac"), "a JDK, 17 or later (Debian: openjdk-17-jdk-headless)"),
    "asyncio": ((), ""),
    "python": ((), ""),
}


def main(arguments: list[str]) -> int:
    """Judge; returns the exit status of dasnet, 0 for a skip."""
    if len(arguments) != 1 or arguments[0] not in TOOLCHAINS:
        print(f"usage: judge_adapter.py {'|'.join(TOOLCHAINS)}", file=sys.stderr)
        return 3
    name = arguments[0]
    lack = lacking(name)
    if lack:
        print(lack)
        return 1 if in_ci() else 0
    file, report = ROOT / "adapters" / name / "dasnet.toml", ROOT / "out" / name
    return subprocess.call(["dasnet", "run", str(file), "--strict", "--report-dir", str(report)])


def lacking(name: str) -> str:
    """What is missing to judge the implementation of that name, and what to install; empty when nothing is."""
    programs, install = TOOLCHAINS[name]
    absent = missing(programs)
    return f"{'missing' if in_ci() else 'skipped'}: no {', '.join(absent)}; install {install}" if absent else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
