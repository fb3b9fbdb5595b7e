"""What tests do where a program is not installed: a skip that says what to install; in CI (CI=true) a failure.

A person who runs the tests reads what was skipped; nobody reads the log of a job that is green.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Sequence
from typing import NoReturn, ParamSpec, TypeVar

import pytest

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def in_ci() -> bool:
    """Whether this is a job of continuous integration."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def missing(programs: Sequence[str]) -> list[str]:
    """Those of the programs that are not on the path."""
    return [program for program in programs if shutil.which(program) is None]


def excused(programs: Sequence[str]) -> bool:
    """Whether CI has said of each of them that it could not be had, after a line about why: WITHOUT_NAME=1."""
    return all(os.environ.get(f"WITHOUT_{program.upper()}", "") not in ("", "0") for program in programs)


def skip_or_fail(told: str) -> NoReturn:
    """Skip the test here, fail it in CI. `told` says what is missing and what to install."""
    if in_ci():
        pytest.fail(told)
    pytest.skip(told)


def need(programs: Sequence[str], install: str) -> None:
    """Go on with the test where every program is there. `install` is what to install where one is not."""
    absent = missing(programs)
    if absent and excused(absent):
        pytest.skip(f"no {', '.join(absent)}, as CI has said before")
    if absent:
        skip_or_fail(f"no {', '.join(absent)}; install {install}")


def needs(
    programs: Sequence[str], install: str
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """`need` as a decorator of a test."""

    def decorate(test: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @functools.wraps(test)
        def guarded(*positional: Parameters.args, **named: Parameters.kwargs) -> Result:
            need(programs, install)
            return test(*positional, **named)

        return guarded

    return decorate
