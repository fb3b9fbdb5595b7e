"""What a language's own tools say of an implementation's sources: silence is well, anything else is told and fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from judge_adapter import BUILDS, ROOT, TIDY, TOOLCHAINS, nothing_to_say


def test_a_tool_that_is_silent_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nothing_to_say([sys.executable, "-c", ""], tmp_path)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("print('handle.go')", "ended with 0 and said:\nhandle.go"),
        ("import sys; sys.exit('unused result')", "ended with 1 and said:\nunused result"),
        ("import sys; sys.exit(2)", "ended with 2"),
    ],
)
def test_a_tool_that_finds_something_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, told: str
) -> None:
    assert not nothing_to_say([sys.executable, "-c", script], tmp_path)
    assert told in capsys.readouterr().err


def test_tools_and_builds_belong_to_implementations_that_are_there() -> None:
    assert TIDY.keys() <= TOOLCHAINS.keys()
    assert not BUILDS.keys() & TOOLCHAINS.keys()
    assert all((ROOT / "adapters" / file).is_file() for file, _, _ in BUILDS.values())
