"""The pytest plugin's door: options and the marker. It loads in every pytest run of the environment, so it stays light.

Nothing happens unless `--dasnet-implementation` is given; then `session` puts the others to work.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from dasnet_conformance.stage.checks import MARKER

OPTION_GROUP = "dasnet"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, all prefixed; `dasnet run` passes the same ones."""
    group = parser.getgroup(OPTION_GROUP, "dasnet conformance suite")
    add = group.addoption
    add("--dasnet-implementation", metavar="IMPLEMENTATION", help="what to judge: reference, python:MODULE, ...")
    add("--dasnet-profile", action="append", default=[], metavar="P", help="only this profile (may be repeated)")
    add("--dasnet-strict", action="store_true", help="SHOULD requirements gate too")
    add("--dasnet-report-dir", metavar="DIR", help="write results.json and the reports there")
    add("--dasnet-seed", type=int, default=0, metavar="S", help="seed of the generated contents (default 0)")
    add(
        "--dasnet-exclude",
        action="append",
        default=[],
        metavar="ID=REASON",
        help="leave a requirement out, for a stated reason (may be repeated)",
    )
    add("--dasnet-deadline", type=float, default=None, metavar="SECONDS", help="bound of one check")
    add("--dasnet-restart-each", action="store_true", help="start a driver anew for each check")
    add("--dasnet-call-deadline", type=float, default=None, metavar="SECONDS", help="bound of one command")
    add("--dasnet-no-deadline", action="store_true", help="no bound of any kind, for stepping through a driver")
    add("--dasnet-peer-host", default="", metavar="HOST", help="where peers reach the implementation's server")
    add("--dasnet-stream", metavar="FILE", help="append records to this file instead of reporting (used by dasnet run)")
    add("--dasnet-workers", type=int, default=0, metavar="N", help="share the checks among N copies of this process")
    add("--dasnet-no-haste", action="store_true", help="full patience from the start (used by dasnet stability)")
    add("--dasnet-cut-idling", action="store_true", help="idle only as long as other checks run (used by dasnet run)")
    add("--dasnet-maxfail", type=int, default=0, metavar="N", help="stop after N requirements that failed")
    add("--dasnet-first", metavar="FILE", help="run the requirements listed in this file first (used by dasnet run)")
    add("--dasnet-only", metavar="FILE", help="run only the requirements listed in this file (used by dasnet run)")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the working part when an implementation is named."""
    config.addinivalue_line("markers", f"{MARKER}(id): the requirement that this check judges")
    if config.getoption("--dasnet-implementation"):
        from .session import register

        register(config)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out our checks of a profile that is not loaded: a draft that nobody asked for."""
    room = collection_path.parent
    if room.name != "suite" or room.parent.name != "dasnet_conformance" or not collection_path.is_dir():
        return None
    from dasnet_conformance.catalogue.rooms import is_loaded

    return None if is_loaded(collection_path.name) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say in one line what is missing when our checks are to run and nothing is there to be judged."""
    if config.getoption("--dasnet-implementation") or config.option.collectonly:
        return
    if any(item.get_closest_marker(MARKER) for item in items):
        raise pytest.UsageError("dasnet: say what to judge, as in --dasnet-implementation reference")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Name the implementation under test in the header of a plain pytest run."""
    implementation = config.getoption("--dasnet-implementation")
    return f"dasnet: judging {implementation}" if implementation else None
