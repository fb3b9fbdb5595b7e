"""The process in which a run judges, as whoever runs it has it: started ahead, told later, ended in any case."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from dasnet_conformance.running import child

LONG = 60


def test_a_child_that_is_told_nothing_ends_without_a_word() -> None:
    idle = child.Child()
    assert idle.process.stdin is not None
    idle.process.stdin.close()
    assert idle.process.wait(LONG) == 0
    assert idle.said() == []


def test_a_child_runs_pytest_with_the_arguments_that_it_is_given() -> None:
    told = child.Child()
    told.begin(["--version", "--version"])
    assert told.process.wait(LONG) == 0
    told.end()
    assert any("pytest" in line for line in told.said())


def test_a_prepared_child_is_handed_out_once() -> None:
    child.prepare()
    first, second = child.take(), child.take()
    try:
        assert first.process.pid != second.process.pid
    finally:
        for each in (first, second):
            each.end()
            each.said()


def test_what_was_prepared_for_nothing_is_ended() -> None:
    child.prepare()
    idle = child.take()
    child._ready.append(idle)
    child.discard()
    assert idle.process.returncode is not None
    following = child.take()
    assert following is not idle
    following.end()
    following.said()


def test_a_child_that_cannot_begin_says_why() -> None:
    dead = child.Child()
    dead.process.kill()
    dead.process.wait()
    dead.begin(["--version"])
    dead.end()
    assert dead.process.returncode != 0
    assert dead.said() == []


def test_nobody_is_left_when_the_run_is_killed_before_it_began() -> None:
    program = textwrap.dedent(
        """
        import os, signal
        from dasnet_conformance.running import child
        print(child.Child().process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=LONG)
    # The end of its pipe tells the child, whose own end closes the output that it shares with nobody else by then.
    pid = int(ended.stdout)
    assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    waiting = subprocess.run(
        [sys.executable, "-c", _WAIT, str(pid)], capture_output=True, text=True, timeout=LONG, check=True
    )
    return waiting.stdout.strip() == "gone"


_WAIT = """
import os, sys, time
pid = int(sys.argv[1])
for _ in range(500):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                break
    except OSError:
        break
    time.sleep(0.1)
else:
    sys.exit("still there")
print("gone")
"""
