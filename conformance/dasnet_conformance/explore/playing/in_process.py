"""Plays one script against an implementation, on a fresh session and fresh ports, and says how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from dasnet_adapters.contract import Adapter
from dasnet_conformance.explore.http_client.steps import ASKER_STEPS
from dasnet_conformance.explore.http_client.world import HttpClientWorld
from dasnet_conformance.explore.http_server.steps import HTTP_STEPS
from dasnet_conformance.explore.http_server.world import HttpServerWorld
from dasnet_conformance.explore.scripts.steps import Step, is_of_askers, is_of_http
from dasnet_conformance.explore.shared.verdicts import Divergence, NoVerdict
from dasnet_conformance.explore.shared.world import World
from dasnet_conformance.explore.tcp.client_steps import CALLER_STEPS
from dasnet_conformance.explore.tcp.peer_steps import PEER_STEPS
from dasnet_conformance.explore.tcp.server_steps import HOST_STEPS
from dasnet_conformance.explore.tcp.world import TcpWorld
from dasnet_conformance.stage import bounds
from dasnet_conformance.stage.expect import Mismatch, PartUnsupported
from dasnet_conformance.stage.ports import Ports

#: Ports of one claim are given back after so many, so that a long exploration does not use up the machine's.
_PORTS_OF_A_CLAIM: Final = 4000


AnyWorld = TypeVar("AnyWorld", bound=World)

#: What carries out each step, by its name.
_TCP_STEPS: Final[dict[str, Callable[[TcpWorld, Step], None]]] = {**HOST_STEPS, **PEER_STEPS, **CALLER_STEPS}


# A script is about HTTP servers, HTTP clients or the rest, and the steps that they share are carried out by each.
def _kind_of(steps: Sequence[Step]) -> type[TcpWorld | HttpServerWorld | HttpClientWorld]:
    for step in steps:
        if is_of_http(step.name):
            return HttpServerWorld
        if is_of_askers(step.name):
            return HttpClientWorld
    return TcpWorld


# A step of another part is passed over, as any that cannot be meant.
def _pass(doers: Mapping[str, Callable[[AnyWorld, Step], None]], world: AnyWorld, step: Step) -> None:
    doer = doers.get(step.name)
    if doer is not None:
        doer(world, step)


@dataclass(frozen=True)
class Manner:
    """How patiently a script is played: `patience` scales the pauses, `call_bound` is the seconds that a call has."""

    patience: float
    call_bound: float


#: For finding and shrinking, where most of the time would go into waiting for what does not come.
HASTY: Final = Manner(patience=0.05, call_bound=3.0)
#: For what is told to people: the bounds of `dasnet run`.
PATIENT: Final = Manner(patience=1.0, call_bound=15.0)


class InProcessPlayer:
    """Plays scripts, one after another, on one adapter. Close it when done; the adapter stays open."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._ports = Ports()
        self._taken = 0
        #: Scripts that were played to their end or to a divergence; the others came to where nothing can be said.
        self.judged = 0
        #: Steps of the last script that could not be meant where they stood.
        self.passed_over = 0

    def play(
        self,
        steps: Sequence[Step],
        manner: Manner,
        trace: Callable[[str, str], None] | None = None,
        at_step: Callable[[int], None] = lambda count: None,  # noqa: ARG005
    ) -> Divergence | None:
        """How the script diverged, or None; `trace` is told of each call before it is made, as `World` says.

        `at_step` is told after each step how many there were.
        Raises `AdapterBroken` when no session can be opened, and `NoPortsLeft`.
        """
        self._taken += 4
        if self._taken > _PORTS_OF_A_CLAIM:
            self._ports.close()
            self._ports, self._taken = Ports(), 0
        with bounds.patience(manner.patience):
            world = _kind_of(steps)(self._adapter, self._ports, manner.call_bound, trace)
            try:
                self.passed_over = 0
                self._carry_out(world, steps, at_step)
                # A script of a lone settle asks nothing of anybody.
                self.judged += world.began
            except Divergence as divergence:
                self.judged += 1
                return divergence
            except Mismatch as mismatch:
                self.judged += 1
                return Divergence(mismatch.blocked_by or world.fallback, str(mismatch))
            except (NoVerdict, PartUnsupported):
                return None
            finally:
                world.close()
        return None

    def close(self) -> None:
        """Give the ports back."""
        self._ports.close()

    def _carry_out(self, world: World, steps: Sequence[Step], at_step: Callable[[int], None]) -> None:
        # Raises what a step raises: `Divergence`, `NoVerdict`, `PartUnsupported` or `NoPortsLeft`.
        for count, step in enumerate(steps, 1):
            before = world.deeds
            if isinstance(world, HttpServerWorld):
                _pass(HTTP_STEPS, world, step)
            elif isinstance(world, HttpClientWorld):
                _pass(ASKER_STEPS, world, step)
            elif isinstance(world, TcpWorld):
                _pass(_TCP_STEPS, world, step)
            self.passed_over += world.deeds == before
            world.step_peers()
            at_step(count)
        # Whoever stopped reading is owed what was accepted for it all the while.
        world.read_again()
        world.settle("tick")
