"""Judges one of the implementations under adapters/ through its dasnet.toml; their tox environments call it.

The list of those implementations is here too, and here alone: reports/publish.py reads it.

    python tests/judge_adapter.py NAME

A toolchain that is missing is a skip that says what to install, on a user's machine; in CI (CI=true) it is a failure.
What a language's own tools have to say of the sources (`TIDY`) comes first, and anything they say is a failure.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from toolchains import excused, in_ci, missing

ROOT = Path(__file__).parent.parent

#: The implementations under adapters/: the programs that each is built and run with, and what to install where they are
#: missing.
TOOLCHAINS: dict[str, tuple[tuple[str, ...], str]] = {
    "c": (("make", "cc"), "a C compiler and make (Debian: gcc make)"),
    "cpp": (("make", "c++"), "a C++17 compiler and make (Debian: g++ make)"),
    "node": (("node",), "Node.js 18 or later (Debian: nodejs)"),
    "rust": (("cargo", "rustc"), "Rust 1.78 or later (Debian: cargo)"),
    "java": (("java", "javac"), "a JDK, 17 or later (Debian: openjdk-17-jdk-headless)"),
    "go": (("go", "gofmt"), "Go 1.19 or later (Debian: golang-go)"),
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
#: Further options of `dasnet run`. Calls that never return make the original slow, and waiting for them costs no
#: processor: five at a time.
OPTIONS: dict[str, tuple[str, ...]] = {"daslang": ("-n", "5")}

#: Further builds of an implementation, which are judged like one and published as none: the implementation file, below
#: adapters/, and as above what it takes.
BUILDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "go-race": (
        "go/race.toml",
        ("go", "cc"),
        "Go 1.19 or later, and a C compiler for its race detector (Debian: golang-go gcc)",
    ),
}

#: Commands that find nothing to say of sources that are in order; they run in the implementation's folder.
TIDY: dict[str, tuple[tuple[str, ...], ...]] = {"go": (("gofmt", "-l", "."), ("go", "vet", "./..."))}


def main(arguments: list[str]) -> int:
    """Judge; returns the exit status of dasnet, 0 for a skip."""
    if len(arguments) != 1 or arguments[0] not in TOOLCHAINS.keys() | BUILDS.keys():
        print(f"usage: judge_adapter.py {'|'.join((*TOOLCHAINS, *BUILDS))}", file=sys.stderr)
        return 3
    name = arguments[0]
    lack = lacking(name)
    if lack:
        print(lack)
        return 1 if in_ci() and not excused(_what_it_takes(name)[0]) else 0
    file = ROOT / "adapters" / (BUILDS[name][0] if name in BUILDS else f"{name}/dasnet.toml")
    if not all(nothing_to_say(command, file.parent) for command in TIDY.get(name, ())):
        return 1
    report, options = ROOT / "out" / name, OPTIONS.get(name, ())
    return subprocess.call(["dasnet", "run", str(file), "--strict", *options, "--report-dir", str(report)])


def lacking(name: str) -> str:
    """What is missing to judge the implementation or build of that name, and what to install; empty if nothing is.

    Where pip may have a wheel of what is missing, it is asked for one, and installs it beside this Python.
    """
    programs, install = _what_it_takes(name)
    if missing(programs) and name in PACKAGES:
        install_package = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", PACKAGES[name]]
        subprocess.run(install_package, capture_output=True, check=False)
    absent = missing(programs)
    failing = in_ci() and not excused(absent)
    return f"{'missing' if failing else 'skipped'}: no {', '.join(absent)}; install {install}" if absent else ""


def _what_it_takes(name: str) -> tuple[tuple[str, ...], str]:
    return BUILDS[name][1:] if name in BUILDS else TOOLCHAINS[name]


def nothing_to_say(command: Sequence[str], folder: Path) -> bool:
    """Whether a command ends well and prints nothing when it is run in a folder; otherwise what it said is told."""
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if ran.returncode or ran.stdout:
        print(f"{' '.join(command)} in {folder} ended with {ran.returncode} and said:\n{ran.stdout}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
