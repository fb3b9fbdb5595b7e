"""The conversation: the script is played with the driver and the clients, and what comes is kept."""

from __future__ import annotations

import time

from .driver import Driver
from .hearing import Heard
from .listener import Listener
from .peer import Peer
from .script import Script
from .words import number, payload, short, totals

#: Rounds of fruitless ticks after which a wait is given up, when the check did not wait longer.
PATIENCE = 32
#: The same after two waits were in vain: the conversation goes another way, and nothing more is to be waited for.
SHORT_PATIENCE = 4
#: Ports tried for one that is taken.
PORTS = 20
TICKS = ("tick", "server_tick", "client_tick")


#: The commands with which a client connects to a listener of this side.
CONNECTS = ("connect", "client_connect")


class Conversation:
    """Plays the steps and keeps what came."""

    def __init__(self, driver: Driver, peer_host: str) -> None:
        self.driver = driver
        self.peer_host = peer_host
        self.heard = Heard()
        #: The number of the script -> the number that was free today.
        self.ports: dict[int, int] = {}
        #: Numbers of the script on which this conversation listens or has listened: those are not another program's.
        self.ours: set[int] = set()
        self.peers: dict[str, Peer] = {}
        #: What clients connect to, by the number of the script.
        self.listeners: dict[int, Listener] = {}
        self.differences: list[str] = []
        self.descriptors: list[tuple[int, int]] = []
        self._vain = 0

    def call(self, command: str, recorded: str = "", again: bool = False) -> str:
        """Give one command to the driver; what it led to, as far as it can be compared. `again` prints less."""
        words = command.split()
        name = words[0]
        if name in TICKS:
            self.heard.tick += 1
        port = int(words[2]) if name in ("init", "server_init") else 0
        if not again:
            self.heard.show("host", ">", f"{self.driver.sequence + 1} {command}")
        for _ in range(PORTS):
            if 0 < port < 65536:
                words[2] = str(self.ports.get(port, port))
            if name in CONNECTS:
                words[3] = str(self.ports.get(int(words[3]), int(words[3])))
            given = [payload(word).hex() if word.startswith("random(") else word for word in words]
            lines = list(self.driver.ask(" ".join(given)))
            outcome = lines[-1]
            if outcome[:2] == ["value", "true"]:
                self.ours.add(port)
            if port in self.ours or not 0 < port < 65536 or recorded != "value true":
                break
            self.heard.show("host", "<", f"{' '.join(outcome)} (port {words[2]} may be taken: trying the next)")
            self.ports[port] = self.ports.get(port, port) + 1
        if again and len(lines) == 1 and outcome == ["value"]:
            self.heard.pass_quietly()
            return "value"
        for line in lines:
            self.heard.show("host", "<", " ".join(line))
            if line[0] == "event":
                self.heard.hear(line, name)
        if name in TICKS and outcome != ["value"]:
            self.heard.grow(f"object {words[1]}", "refused", 1)
            self.heard.channel(f"object {words[1]}").say(f"tick {short(outcome)}", once=True)
        return short(outcome)

    def step_peers(self) -> None:
        """Let every client send and receive."""
        for peer in self.peers.values():
            peer.step()

    def wait(self, rounds: int, until: dict[tuple[str, str], int], cycle: list[str]) -> None:
        """Repeat ticks, until the totals are reached if there are any."""
        limit = max(rounds, PATIENCE) if self._vain < 2 else SHORT_PATIENCE
        fruitless = done = 0
        self.step_peers()
        while True:
            reached = bool(until) and all(self.heard.totals.get(key, 0) >= total for key, total in until.items())
            if (reached and (done or not cycle)) or (not until and done >= rounds):
                return
            if until and fruitless >= limit:
                self._vain += 1
                self.heard.show("wait", "#", f"given up after {fruitless} rounds: when it was recorded, something came")
                return
            # Patience is for what comes late; the rest of a long row of idle ticks needs none.
            if 3 <= fruitless <= PATIENCE:
                time.sleep(min(0.0005 * (1 << min(fruitless - 3, 16)), 0.2))  # what comes late comes by itself
            before = dict(self.heard.totals)
            for command in cycle:
                self.call(command, again=done > 0)
            self.step_peers()
            done += 1
            fruitless = 0 if self.heard.totals != before else fruitless + 1
            if not until and not fruitless:
                # Something came where nothing did: it is told in the end, and the rest of the row shows no more.
                rounds = min(rounds, done + SHORT_PATIENCE)

    def play(self, script: Script) -> None:
        """Play the whole script. Raises Gone when the driver gives no answer."""
        for tick, side, rest, recorded, cycle in script.steps:
            if side == "host":
                name = rest.split()[0]
                if name in TICKS:
                    self.step_peers()
                word = self.call(rest, recorded)
                if name == "descriptors":
                    self.descriptors.append((number(recorded), number(word)))
                elif recorded and word != recorded:
                    self.differences.append(f"tick {tick}: {rest[:60]}: recorded {recorded}, this time {word}")
            elif side == "wait":
                count, _, until = rest.partition(" until ")
                self.wait(int(count.split()[0]), totals(until), cycle)
            elif side == "pause":
                time.sleep(float(rest.split()[0]))  # a window of silence of the check, as it was recorded
                self.step_peers()
            else:
                self.heard.show(side, ">", rest)
                if side not in self.peers:
                    self.peers[side] = Peer(side, self.heard, self.peer_host, self.listeners)
                self.peers[side].act(rest.split(), self.ports)
        self.heard.show_quiet()
