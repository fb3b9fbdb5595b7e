"""Jobs in processes of their own: a death or a standstill is charged to the check that ran, and the rest goes on."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from dasnet_adapters.contract import Adapter
from dasnet_conformance.proof.kill_matrix import CONTROL, adapter_of
from dasnet_conformance.running import isolation
from dasnet_conformance.running.direct import Outcome
from dasnet_conformance.running.isolation import Job, RunnerBroken, run_jobs


def _run(*jobs: Job, adapters: Any = adapter_of, workers: int = 2) -> list[list[Outcome]]:
    return run_jobs(jobs, adapters, workers=workers, factor=0.02)


def test_jobs_give_their_outcomes_in_order() -> None:
    names = ("init.free-port", "send.arrives")
    told: list[str] = []
    jobs = [Job(CONTROL, names, 10), Job("loses_last_chunk", ("data.send-and-close",), 10)]
    first, second = run_jobs(jobs, adapter_of, workers=2, factor=0.02, told=lambda job: told.append(job.name))
    assert [(outcome.requirement, outcome.verdict) for outcome in first] == [(name, "pass") for name in names]
    assert second[0].failed
    assert sorted(told) == ["loses_last_chunk", "sound_server"]


def test_a_death_is_charged_to_the_check_that_ran() -> None:
    names = ("init.free-port", "save.without-handle", "state.new-object.send", "adapter.opens-nothing")
    (outcomes,) = _run(Job("save_of_nothing_dies", names, 10))
    assert [outcome.verdict for outcome in outcomes] == ["pass", "fail", "pass", "pass"]
    assert outcomes[1].message == "the process ended by itself with exit status 139"


def test_a_death_only_ends_a_check_that_is_not_about_surviving() -> None:
    (outcomes,) = _run(Job("tick_before_init_dies", ("make-server.opens-nothing",), 10))
    assert [outcome.verdict for outcome in outcomes] == ["inconclusive"]


def _stopped(name: str) -> Adapter:
    # Neither a deadline nor anything else inside the process helps against this.
    os.kill(os.getpid(), signal.SIGSTOP)
    return adapter_of(name)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here")
def test_a_frozen_process_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "GRACE", -1.9)
    (outcomes,) = _run(Job(CONTROL, ("tick.idle-returns",), 0.1), adapters=_stopped)
    assert [(outcome.verdict, outcome.message) for outcome in outcomes] == [
        ("fail", "the process made no progress and was ended")
    ]


def _mistaken(name: str) -> Adapter:
    raise LookupError(name)


def test_our_own_mistake_is_no_verdict() -> None:
    with pytest.raises(RunnerBroken, match="LookupError"):
        _run(Job(CONTROL, ("tick.idle-returns",), 10), adapters=_mistaken)
