"""From what a user writes to an adapter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dasnet_adapters import UsageError, forms, resolve
from dasnet_adapters.driver_process import DriverProcessAdapter
from dasnet_adapters.driver_socket import DriverSocketAdapter
from dasnet_adapters.in_process import InProcessAdapter


@pytest.mark.parametrize(
    ("spec", "adapter", "reached", "peer_host"),
    [
        ("reference", InProcessAdapter, "in-process", "127.0.0.1"),
        ("python:some.module", InProcessAdapter, "in-process", "127.0.0.1"),
        ("driver:./driver --flag 'a b'", DriverProcessAdapter, "driver", "127.0.0.1"),
        ("tcp:console:4000", DriverSocketAdapter, "driver on TCP", "console"),
        ("tcp:[::1]:4000", DriverSocketAdapter, "driver on TCP", "::1"),
    ],
)
def test_each_form_gives_its_adapter_and_touches_nothing_yet(
    spec: str, adapter: type, reached: str, peer_host: str
) -> None:
    resolved = resolve(spec)
    assert isinstance(resolved, adapter)
    assert resolved.reached == reached
    assert resolved.peer_host == peer_host
    assert resolve(spec, deadline=None, peer_host="10.0.0.9").peer_host == "10.0.0.9"
    resolved.close()


@pytest.mark.parametrize("spec", ["Python:dasnet_reference", "REFERENCE"])
def test_a_form_is_taken_in_any_case(spec: str) -> None:
    assert isinstance(resolve(spec), InProcessAdapter)


@pytest.mark.parametrize("spec", ["", "refrence", "python", "c:\\driver.exe", "http:x", "reference:x", "Pyton:x"])
def test_an_unknown_form_is_answered_with_the_known_ones(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(spec)
    assert "\n" not in str(caught.value)
    for form in forms():
        assert form in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        "python:",
        "python:a b",
        "python:a.",
        "python:./a.py",
        "driver:",
        "driver:  ",
        "driver:'open",
        "tcp:",
        "tcp:host",
        "tcp:host:",
        "tcp::4000",
        "tcp:host:0",
        "tcp:host:65536",
        "tcp:host:4\u0660",
        "tcp:host:-1",
    ],
)
def test_a_form_that_is_not_filled_in_says_what_it_takes(spec: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(spec)
    assert "\n" not in str(caught.value)
    assert spec.partition(":")[0] in str(caught.value)


@pytest.mark.parametrize("deadline", [0, -1, float("nan")])
def test_a_deadline_is_above_zero(deadline: float) -> None:
    with pytest.raises(UsageError, match="deadline"):
        resolve("reference", deadline=deadline)


def test_a_module_of_the_current_directory_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that start a child find it by `python -m`; the others must not say that it is not there."""
    (tmp_path / "lies_here.py").write_text("from dasnet_reference import *\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    assert resolve("python:lies_here").describe().name == "lies_here"
