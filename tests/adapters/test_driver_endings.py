"""However a driver ends, well or badly, nothing of it stays behind and how it ended is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from driver_scripts import GOOD, GRANDCHILD, OPENING, STUBBORN, MakeDriver, Witness, assert_symptom

from dasnet_adapters.contract import AdapterBroken, Answer, Command, Value

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts use signals and process groups")

TICK = Command("tick", (1,))
LOOP = "greet(); serve(tick=tick)"
#: A grandchild that no polite word reaches: what is ignored stays ignored in a child.
STUBBORN_GRANDCHILD = STUBBORN + GRANDCHILD


@pytest.mark.parametrize("deadline", [5.0, None])
@pytest.mark.parametrize("grandchild", [GRANDCHILD, STUBBORN_GRANDCHILD], ids=["grandchild", "stubborn grandchild"])
def test_a_grandchild_that_keeps_the_pipes_hides_no_death(
    driver: MakeDriver, witness: Witness, grandchild: str, deadline: float | None
) -> None:
    adapter = driver(f"hold({str(witness.path)!r})\n{grandchild}def tick(n, w): os._exit(4)\n{LOOP}", deadline=deadline)
    with pytest.raises(AdapterBroken, match="exited with status 4") as caught:
        adapter.open_session().call(TICK)
    assert_symptom(caught.value, "exited")
    assert witness.everyone_is_gone()


ENDINGS = {
    "well": ("", None),
    "leaving a grandchild": (GRANDCHILD, "left-behind"),
    "hanging on bye": ("BYE = lambda n, w: hang()\n", "no-answer"),
    "living on after bye": ("BYE = lambda n, w: (say(f'{n} value\\n'), hang())\n", "stop-ignored"),
    "deaf": (STUBBORN + "BYE = lambda n, w: (say(f'{n} value\\n'), hang())\n", "stop-ignored"),
    "with an error": ("BYE = lambda n, w: (say(f'{n} value\\n'), os._exit(5))\n", "exited"),
    "without an answer": ("BYE = lambda n, w: os._exit(0)\n", "exited"),
    "by a signal": ("BYE = lambda n, w: (say(f'{n} value\\n'), os.abort())\n", "killed"),
    "hanging in reset": ("RESET = lambda n, w: hang()\n", "no-answer"),
    "refusing reset": ("RESET = lambda n, w: say(f'{n} refused os-error stuck\\n')\n", "reset-refused"),
}


@pytest.mark.parametrize(("script", "symptom"), ENDINGS.values(), ids=ENDINGS)
def test_nothing_stays_behind_however_a_driver_ends(
    driver: MakeDriver, witness: Witness, script: str, symptom: str | None
) -> None:
    adapter = driver(
        f"hold({str(witness.path)!r})\nBYE = RESET = plain\n{script}greet(); serve(bye=BYE, reset=RESET)",
        stop=1 if "hang()" in script else 20,
        deadline=1 if "RESET = lambda n, w: hang" in script else 20,
    )
    session = adapter.open_session()
    assert session.call(TICK) == Answer(Value())
    adapter.close()
    assert witness.everyone_is_gone()
    if symptom is None:
        assert adapter.closing_failures == []
    else:
        (failure,) = adapter.closing_failures
        assert_symptom(failure, symptom)


@pytest.mark.parametrize("signal", [KeyboardInterrupt, pytest.fail.Exception])
def test_an_interrupt_ends_the_driver_and_passes_on(
    driver: MakeDriver, witness: Witness, monkeypatch: pytest.MonkeyPatch, signal: type[BaseException]
) -> None:
    adapter = driver(f"hold({str(witness.path)!r})\n{GRANDCHILD}{GOOD}")
    session = adapter.open_session()

    def interrupted(deadline: float | None) -> bytes:
        raise signal

    monkeypatch.setattr(session.conversation.peer.channel, "read_line", interrupted)
    with pytest.raises(signal):
        session.call(TICK)
    assert witness.everyone_is_gone()
    with pytest.raises(AdapterBroken, match="interrupted"):
        session.call(TICK)
    assert adapter.open_session().call(TICK) == Answer(Value())


@pytest.mark.parametrize("ending", ["", "raise KeyboardInterrupt", "import sys; sys.exit(3)"])
def test_the_end_of_the_suite_is_the_end_of_its_drivers(tmp_path: Path, witness: Witness, ending: str) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text(f"{OPENING}{STUBBORN}hold({str(witness.path)!r})\n{GRANDCHILD}greet(); hang()")
    suite = (
        "import sys; from dasnet_adapters.driver_process import DriverProcessAdapter\n"
        f"DriverProcessAdapter([sys.executable, '-I', '-S', {str(deaf)!r}]).describe()\n{ending}"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", suite], env=environment, timeout=30, capture_output=True, check=False)
    assert witness.everyone_is_gone()


def test_a_forked_process_leaves_the_driver_alone(driver: MakeDriver) -> None:
    adapter = driver(GOOD)
    session = adapter.open_session()
    child = session.conversation.peer.child  # type: ignore[attr-defined]
    child._owner += 1  # as a fork sees it
    child.end_now()
    assert child.alive()
    assert session.call(TICK) == Answer(Value())


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells children of their parent's death")
@pytest.mark.parametrize("threads", [False, True], ids=["alone", "with threads"])
def test_a_driver_is_arranged_for_where_nothing_can_be_held_for_ever(threads: bool) -> None:
    script = (
        "import threading; from dasnet_adapters.parent_death import before_the_program\n"
        f"threads = {threads}\n"
        "if threads: threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print(before_the_program() is None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == f"{threads}\n"


def test_children_end_with_a_process_that_is_killed_outright(tmp_path: Path, witness: Witness) -> None:
    deaf = tmp_path / "deaf.py"
    deaf.write_text(f"{OPENING}{STUBBORN}hold({str(witness.path)!r})\ngreet(); hang()")
    suite = (
        "import os, signal, sys; from dasnet_adapters.driver_process import DriverProcessAdapter\n"
        f"DriverProcessAdapter([sys.executable, '-I', '-S', {str(deaf)!r}]).describe()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", suite], timeout=30, capture_output=True, check=False)
    if sys.platform == "linux":
        assert witness.everyone_is_gone()
