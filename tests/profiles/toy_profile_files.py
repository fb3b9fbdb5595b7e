"""A profile from outside, written on the spot: one command, one requirement, one check, one wrong server, and a port.

`write` puts a package `toy_profile` with its entry point into a folder, as an installation would; who has the folder on
PYTHONPATH has the profile.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Path in the folder -> content.
FILES: Final = {
    "toy_profile/__init__.py": '"""A server that greets."""\n',
    "toy_profile/profile.toml": """
[[profile]]
name = "toy"
title = "a server that greets"
sections = ["greeting"]
trial = ["new 1 1", "greet 1 2", "destroy 1"]

[profile.commands.greet]
parameters = "object times:number"
result = "number"
python = "Server.greet"
meaning = "Server.greet: says hello so many times"
""",
    "toy_profile/catalogue/clauses.toml": """
[[clause]]
id = "greet.counts"
symbol = "Server.greet"
anchor = "greet"
text = "A greeting tells how often hello was said."
""",
    "toy_profile/catalogue/greeting.toml": """
title = "Greeting"

[[requirement]]
id = "greeting.counted"
level = "MUST"
text = "A greeting returns how often hello was to be said."
clauses = ["greet.counts"]
""",
    "toy_profile/suite/__init__.py": "",
    "toy_profile/suite/test_greeting.py": """
from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host


@check("greeting.counted")
def test_counted(host: Host) -> None:
    server = host.new()
    expect.returns(server.call("greet", 3), 3, "greet(3)")
    server.destroy()
""",
    "toy_profile/faults/__init__.py": """
from dasnet_conformance.proof.faults.sound import Server


class Polite(Server):
    def greet(self, times):
        return times


SOUND = {"server": Polite}
""",
    "toy_profile/faults/greeting.py": '''
from dasnet_conformance.proof.faults.registry import fault

from . import Polite


@fault("greeting.counted")
class GreetsOnceOnly(Polite):
    """Says hello once, however often it is asked to."""

    def greet(self, times):
        return min(times, 1)
''',
    "polite.py": """
from dasnet_reference import *
from dasnet_reference import Server as _Server

PROFILES = ("core", "lowlevel", "toy")


class Server(_Server):
    def greet(self, times):
        return times
""",
    "toy_profile-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: toy-profile\nVersion: 1.0\n",
    "toy_profile-1.0.dist-info/entry_points.txt": "[dasnet.profiles]\ntoy = toy_profile\n",
}


def write(folder: Path) -> None:
    """Write the package, its entry point and a port that claims the profile into the folder."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip("\n"), "utf-8")
