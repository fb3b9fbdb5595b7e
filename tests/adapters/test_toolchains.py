"""A toolchain that is not installed is told as that, with what to install, and not as a port or a driver at fault."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance_tools import Workshop
from dasnet_adapters.toolchains import INSTALL, advice, missing_toolchain


@pytest.fixture
def without(workshop: Workshop) -> str:
    """A path on which no toolchain is."""
    (workshop.folder / "empty").mkdir()
    return str(workshop.folder / "empty")


@pytest.mark.parametrize("command", ["run", "doctor"])
@pytest.mark.parametrize(
    ("file", "told"),
    [
        (
            'command = "./build/driver"\nbuild = ["go", "build", "./driver"]\n',
            "go is not installed, and the implementation is built with it; install Go",
        ),
        ('command = ["node", "driver.js"]\n', "node is not installed, and the driver is run by it; install Node.js"),
    ],
    ids=["building", "running"],
)
def test_it_is_not_installed(workshop: Workshop, without: str, command: str, file: str, told: str) -> None:
    (workshop.folder / "dasnet.toml").write_text(file)
    ran = workshop.dasnet(command, PATH=without)
    assert told in ran.out + ran.err
    assert "could not be built" not in ran.out + ran.err
    if command == "doctor":
        assert ran.status == 1
        assert ran.out.splitlines()[-1].startswith("Nothing was examined: ")
    else:
        assert ran.status in (2, 3)


def test_a_command_that_is_no_toolchain_is_what_it_was(workshop: Workshop, without: str) -> None:
    (workshop.folder / "dasnet.toml").write_text('command = "x"\nbuild = ["no-such-tool"]\n')
    ran = workshop.dasnet("run", PATH=without)
    assert "could not be built: 'no-such-tool' cannot be started: No such file or directory" in ran.err


def test_what_is_installed_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "go").write_text("#!/bin/sh\n")
    (tmp_path / "go").chmod(0o755)
    assert missing_toolchain(["go", "build"], {"PATH": str(tmp_path)}) == ""
    assert missing_toolchain(["go", "build"], {"PATH": os.devnull}) == "go"
    assert missing_toolchain(["./go"], {"PATH": os.devnull}) == ""
    assert missing_toolchain([]) == ""


def test_every_program_has_an_advice() -> None:
    assert all(name in advice(name) and advice(name).startswith("install ") for name in INSTALL)
