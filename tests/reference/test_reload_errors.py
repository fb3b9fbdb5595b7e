"""The package is reloaded while a handle lives on: the new names catch what that handle raises, and so do the old."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import importlib, sys
import dasnet_reference as package

old_error, old_base = package.ClosedHandleError, package.NetworkError
server = package.Server()
server.make_server_adapter()
handle = server._server
server.close()

def reload_it():
    global package
    {how}

for _ in range(2):
    reload_it()
    for error in (package.ClosedHandleError, package.CallerError, package.NetworkError, old_error, old_base):
        try:
            handle.init(0)
        except error as caught:
            assert "new handle" in str(caught), caught
        else:
            raise SystemExit("nothing was raised")
    try:
        package.server_tick(None)
    except old_base:
        pass
"""

WAYS = {
    "the package": "package = importlib.reload(package)",
    "each of its modules": (
        "[importlib.reload(sys.modules[name]) for name in list(sys.modules) if name.startswith('dasnet_reference.')]"
        "; package = importlib.reload(package)"
    ),
    "imported anew": (
        "[sys.modules.pop(name) for name in list(sys.modules) if name.split('.')[0] == 'dasnet_reference']"
        "; package = importlib.import_module('dasnet_reference')"
    ),
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS)
def test_errors_are_caught_across_reloads(how: str) -> None:
    import dasnet_reference

    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{how}", how)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(Path(dasnet_reference.__file__).parents[1])},
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_changed_advice_is_told_after_the_reload() -> None:
    from dasnet_reference import _errors

    class_before, advice = _errors.NoHandleError, _errors.NoHandleError.advice
    _errors.NoHandleError.advice = "advice of another version"
    importlib.reload(_errors)
    assert _errors.NoHandleError is class_before
    assert _errors.NoHandleError.advice == advice
