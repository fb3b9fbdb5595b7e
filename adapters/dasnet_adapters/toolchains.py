"""Programs that build or run a port in its language, and what to install where one is not there.

A missing compiler is nobody's mistake but the machine's: it must not be told as a port or a driver that is broken. May
import the standard library.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import Final

#: Program -> what to install for it.
INSTALL: Final[dict[str, str]] = {
    "cc": "a C compiler (Debian: gcc)",
    "gcc": "GCC (Debian: gcc)",
    "clang": "Clang (Debian: clang)",
    "c++": "a C++ compiler (Debian: g++)",
    "g++": "GCC for C++ (Debian: g++)",
    "clang++": "Clang (Debian: clang)",
    "make": "make (Debian: make)",
    "cmake": "CMake (Debian: cmake)",
    "ninja": "Ninja (Debian: ninja-build)",
    "meson": "Meson (Debian: meson)",
    "node": "Node.js (Debian: nodejs)",
    "npm": "npm (Debian: npm)",
    "cargo": "Rust (Debian: cargo)",
    "rustc": "Rust (Debian: rustc)",
    "go": "Go (Debian: golang-go)",
    "java": "a Java runtime (Debian: default-jre)",
    "javac": "a JDK (Debian: default-jdk)",
    "daslang": "daslang (pip install daslang)",
    "dotnet": "the .NET SDK",
    "ruby": "Ruby (Debian: ruby)",
    "perl": "Perl (Debian: perl)",
    "gdb": "gdb (Debian: gdb)",
    "valgrind": "valgrind (Debian: valgrind)",
    "rr": "rr (Debian: rr)",
}


def missing_toolchain(words: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """The program of a command, if it is a toolchain of the table that is not on the path; else nothing.

    Arguments: `words`, the command; `env`, its environment (None: that of this process).
    """
    program = words[0] if words else ""
    path = (os.environ if env is None else env).get("PATH")
    return program if program in INSTALL and shutil.which(program, path=path) is None else ""


def advice(program: str) -> str:
    """What to do about a program of the table that is not installed."""
    return f"install {INSTALL[program]}, or put the folder that holds {program} on PATH"
