"""The exploration as a whole, with a player that diverges on demand: no sockets, no process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dasnet_conformance.explore.chance.machine import visit_scripts
from dasnet_conformance.explore.explorer import Explored, Explorer, Options
from dasnet_conformance.explore.playing.in_process import PATIENT, Manner
from dasnet_conformance.explore.scripts.steps import Step, is_of_http
from dasnet_conformance.explore.shared.verdicts import Divergence

#: Conversations about servers alone, so that the examples are counted once.
SERVERS = ("core", "lowlevel")


class Player:
    """Diverges on scripts that hold a reset; in haste only, or always."""

    def __init__(self, confirms: Callable[[], bool]) -> None:
        self.scripts: list[list[Step]] = []
        self._confirms = confirms

    def play(self, steps: Sequence[Step], manner: Manner) -> Divergence | None:
        self.scripts.append(list(steps))
        if not any(step.name == "reset" for step in steps) or (manner == PATIENT and not self._confirms()):
            return None
        return Divergence("data.abortive-close", "a reset")


def explored(player: Player, notes: list[str], *, seed: int = 0) -> Explored:
    return Explorer(player, Options(examples=60, steps=30, profiles=SERVERS, seed=seed), notes.append).run()


def test_a_finding_is_short_and_confirmed() -> None:
    notes: list[str] = []
    result = explored(Player(lambda: True), notes)
    assert result.finding is not None
    assert [step.name for step in result.finding.steps] == ["reset"]
    assert result.examples == result.finding.example
    assert "making it short" in notes[0]


def test_what_is_not_confirmed_is_dropped_and_the_rest_is_explored() -> None:
    notes: list[str] = []
    player = Player(lambda: False)
    result = explored(player, notes)
    assert result.finding is None
    assert result.dropped >= 1
    assert result.examples == 60
    assert any("not confirmed with full patience, and dropped" in note for note in notes)


def test_what_is_known_is_counted_and_the_rest_is_explored() -> None:
    player = Player(lambda: True)
    options = Options(examples=60, steps=30, profiles=SERVERS, known=("data.abortive-close",))
    result = Explorer(player, options, lambda _: None).run()
    assert result.finding is None
    assert result.known["data.abortive-close"] >= 1
    assert result.examples == 60


def test_several_seeds_share_the_examples() -> None:
    player = Player(lambda: True)
    options = Options(examples=60, steps=30, profiles=SERVERS, seeds=3, known=("data.abortive-close",))
    assert Explorer(player, options, lambda _: None).run().examples == 60
    alone = Player(lambda: True)
    Explorer(
        alone, Options(examples=20, steps=30, profiles=SERVERS, seed=1, known=("data.abortive-close",)), lambda _: None
    ).run()
    assert player.scripts[20:40] == alone.scripts


def test_a_seed_makes_the_same_scripts_and_another_one_others() -> None:
    played = []
    for seed in (1, 1, 2):
        player = Player(lambda: True)
        explored(player, [], seed=seed)
        played.append(player.scripts[:5])
    assert played[0] == played[1] != played[2]


def test_conversations_are_about_what_the_profiles_name_and_as_many_about_each() -> None:
    assert Options(profiles=("core", "lowlevel", "client", "http")).parts == ["core", "client", "http"]
    assert Options(profiles=("core", "lowlevel")).parts == ["core"]
    assert Options(profiles=("http",)).parts == ["http"]
    assert Options(profiles=("http-client", "http")).parts == ["http", "http-client"]
    assert Options(profiles=("lowlevel",)).parts == ["core"]
    player = Player(lambda: True)
    known = ("data.abortive-close",)
    assert Explorer(player, Options(examples=20, profiles=("core", "http"), known=known), print).run().examples == 40
    about_http = [any(is_of_http(step.name) for step in script) for script in player.scripts]
    assert not any(about_http[:20])
    assert sum(about_http[20:]) > 10


def test_the_same_scripts_whatever_the_hashes_are_and_whatever_is_imported(tmp_path: Path) -> None:
    (tmp_path / "a_port.py").write_text("".join(f"CONSTANT_{n} = {n}\n" for n in range(400)), "utf-8")
    program = (
        "import sys\n"
        "if sys.argv[1:]: __import__(sys.argv[1])\n"
        "from dasnet_conformance.explore.chance.machine import visit_scripts\n"
        "visit_scripts(lambda script: print(script), examples=500, most=40, seed=0, profiles=('core', 'lowlevel'))\n"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", program, *imported],
            env={**os.environ, "PYTHONHASHSEED": hashes},
            cwd=tmp_path,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for hashes, imported in (("1", []), ("2", []), ("1", ["a_port"]))
    ]
    assert made[0] == made[1] == made[2]
    assert made[0].count(b"\n") == 500


def test_no_script_twice_and_an_end_where_there_are_no_more() -> None:
    scripts: list[tuple[Step, ...]] = []
    visit_scripts(
        lambda script: scripts.append(tuple(script)), examples=100_000, most=1, seed=1, profiles=("core", "lowlevel")
    )
    assert len(set(scripts)) == len(scripts) > 10
    assert len(scripts) < 5_000
