"""Judges one of the implementations under adapters/ through its dasnet.toml; their tox environments call it.

    python tests/judge_adapter.py NAME

A toolchain that is missing is a skip that says what to install, on a user's machine; in CI (CI=true) it is a failure.
An implementation that is judged in more than one build has a file for each (`FILES`). What its language's own tools
have to say of the sources (`TIDY`) comes first, and anything they say is a failure.
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
    "go": (("go", "gofmt"), "Go 1.19 or later (Debian: golang-go)"),
    "go-race": (("go", "cc"), "Go 1.19 or later, and a C compiler for its race detector (Debian: golang-go gcc)"),
    "asyncio": ((), ""),
    "python": ((), ""),
}

#: The implementation file, below adapters/, where it is not NAME/dasnet.toml.
FILES: dict[str, str] = {"go-race": "go/race.toml"}

#: Commands that find nothing to say of sources that are in order; they run in the implementation's folder.
TIDY: dict[str, tuple[tuple[str, ...], ...]] = {"go": (("gofmt", "-l", "."), ("go", "vet", "./..."))}


def main(arguments: list[str]) -> int:
    """Judge; returns the exit status of dasnet, 0 for a skip."""
    if len(arguments) != 1 or arguments[0] not in TOOLCHAINS:
        print(f"usage: judge_adapter.py {'|'.join(TOOLCHAINS)}", file=sys.stderr)
        return 3
    name = arguments[0]
    programs, install = TOOLCHAINS[name]
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"{'missing' if _in_ci() else 'skipped'}: no {', '.join(missing)}; install {install}")
        return 1 if _in_ci() else 0
    file, report = ROOT / "adapters" / FILES.get(name, f"{name}/dasnet.toml"), ROOT / "out" / name
    if not all(_has_nothing_to_say(command, file.parent) for command in TIDY.get(name, ())):
        return 1
    return subprocess.call(["dasnet", "run", str(file), "--strict", "--report-dir", str(report)])


def _has_nothing_to_say(command: tuple[str, ...], folder: Path) -> bool:
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode or ran.stdout:
        print(f"{' '.join(command)} in {folder} ended with {ran.returncode} and said:\n{ran.stdout}", file=sys.stderr)
        return False
    return True


def _in_ci() -> bool:
    return os.environ.get("CI", "") not in ("", "0", "false")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
