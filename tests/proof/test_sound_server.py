"""The sound server conforms in all, as a user would run it: otherwise a fault's failure would prove nothing."""

from __future__ import annotations

import subprocess
import sys

from dasnet_conformance.catalogue.loader import load_catalogue


def test_the_sound_server_conforms_strictly() -> None:
    main = "import sys; from dasnet_conformance.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", main, "run", "python:dasnet_conformance.proof.faults.sound", "--strict"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert ran.returncode == 0, ran.stdout
    assert f"sound server: conforming ({len(load_catalogue().requirements)} pass)" in ran.stdout
