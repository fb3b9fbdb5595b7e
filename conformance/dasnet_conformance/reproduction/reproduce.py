"""Play a recorded conversation with a driver again, and tell whether the failure shows. Needs Python 3.8, nothing else.

    python3 reproduce.py [OPTION...] COMMAND [ARGUMENT...]
    python3 reproduce.py [OPTION...] --tcp HOST:PORT

COMMAND starts the driver, which speaks the line protocol on its standard input and output; with --tcp it waits there.
The conversation is read from script.txt beside this program. Options: --cwd DIR and --env NAME=VALUE for the command,
--peer-host HOST where the clients reach the server, --deadline SECONDS for one answer (10), --script FILE.
Exit status: 1 the failure shows, 0 it does not, 2 the driver or the script cannot be used, 3 a mistake in the call.

A line of script.txt is TICK SIDE MARK REST. `>` is done again: `host` lines go to the driver, `peer` lines are done
by a client on a socket, `pause` lets time pass. `<` is what came when it was recorded. A `wait` repeats the ticks in
it until the totals it names are reached, at most as long as the check waited; without totals it repeats them as often
as the check did. Ports may be taken today: where an init that succeeded fails, the next number is tried, and taken
from then on.
"""

from __future__ import annotations

import hashlib
import os
import queue
import random
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any, BinaryIO, Iterator  # noqa: UP035 - where Python 3.8 has it

#: Rounds of fruitless ticks after which a wait is given up, when the check did not wait longer.
PATIENCE = 32
#: The same after two waits were in vain: the conversation goes another way, and nothing more is to be waited for.
SHORT_PATIENCE = 4
#: Ports tried for one that is taken.
PORTS = 20
LINE = re.compile(r"\s*(\d+)\s+(host|peer \d+|wait|pause|result)\s+([<>#=]) (.*)")
TICKS = ("tick", "server_tick")
WIDTH = 150


def say(text: str) -> None:
    """Print a line that may hold anything."""
    shown = text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."
    sys.stdout.write("".join(c if c.isprintable() else "?" for c in shown) + "\n")
    sys.stdout.flush()


class Gone(Exception):
    """The driver gave no answer."""


class Unusable(Exception):
    """The driver or the script cannot be used at all."""


class Driver:
    """The driver: commands go there, lines come back."""

    def __init__(self, output: BinaryIO, lines: BinaryIO, deadline: float) -> None:
        self._output = output
        self._deadline = deadline
        self.sequence = 0
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: BinaryIO) -> None:
        try:
            for line in lines:
                self._lines.put(line)
        except (OSError, ValueError):
            pass
        self._lines.put(None)

    def ask(self, command: str) -> Iterator[list[str]]:
        """Send one command; the words of each line of the answer, the outcome last. Raises Gone."""
        self.sequence += 1
        try:
            self._output.write(f"{self.sequence} {command}\n".encode("ascii"))
            self._output.flush()
        except OSError:
            raise Gone("the driver does not listen any more") from None
        end = time.monotonic() + self._deadline
        while True:
            try:
                line = self._lines.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise Gone(f"no answer within {self._deadline:g} seconds") from None
            if line is None:
                raise Gone("the driver ended")
            words = line.decode("ascii", "replace").split()
            if len(words) < 2 or not words[0].isdigit():
                raise Gone(f"this is no answer: {line!r:.80}")
            yield [*words[1:], "stray"] if words[0] == "0" else words[1:]
            if words[1] != "event":
                return


class Channel:
    """What came to one object or client: words in order, bytes that came one after another joined."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def say(self, word: str, once: bool = False) -> None:
        """Something came that is no bytes; with `once`, told once however often it comes in a row."""
        if not once or self.items[-1:] != [word]:
            self.items.append(word)

    def bring(self, word: str, data: bytes) -> None:
        """Bytes came."""
        if not self.items or not isinstance(self.items[-1], tuple) or self.items[-1][0] != word:
            self.items.append((word, bytearray()))
        self.items[-1][1].extend(data)

    def words(self) -> list[str]:
        """All of it."""
        return [item if isinstance(item, str) else f"{item[0]} {fingerprint(item[1])}" for item in self.items]

    def cut(self, recorded: list[str]) -> None:
        """Forget bytes at the end that came after the recording had ended."""
        place = len(recorded) - 1
        if 0 <= place < len(self.items) and isinstance(self.items[place], tuple):
            word, data = self.items[place]
            size = recorded[place].split()[-2:-1]
            if recorded[place].startswith(word + " ") and size and size[0].isdigit():
                del data[int(size[0]) :]


def fingerprint(data: bytes | bytearray) -> str:
    """Bytes as their number and the first digits of their SHA-256."""
    return f"{len(data)} {hashlib.sha256(data).hexdigest()[:12]}"


class Peer:
    """A client. It never waits: it sends and receives what the system takes and has."""

    def __init__(self, name: str, world: Conversation) -> None:
        self.name = name
        self.world = world
        self.channel = world.channel(name)
        self.socket: socket.socket | None = None
        self.reading = True
        self.connecting = False
        self.half_close = False
        self.outgoing = bytearray()

    def act(self, words: list[str]) -> None:
        """Do what a line of the script says."""
        action = words[0]
        if action.startswith("connect"):
            self.connect(self.world.ports.get(int(words[1]), int(words[1])), wait=action == "connect")
        elif action == "send":
            self.outgoing += payload(words[1]) * int(words[2])
            self.step()
        elif action == "half-close":
            self.half_close = True
            self.step()
        elif action in ("close", "reset"):
            self.drop(abortive=action == "reset")
        elif action in ("pause-reading", "resume-reading"):
            self.reading = action == "resume-reading"
        else:
            raise Unusable(f"the script has an unknown action: {action}")

    def connect(self, port: int, wait: bool) -> None:
        """Connect to a port of the server."""
        family, _, _, _, address = socket.getaddrinfo(self.world.peer_host.strip("[]"), port, type=socket.SOCK_STREAM)[
            0
        ]
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connecting = True
        code = self.socket.connect_ex(address)
        if wait and code:
            select.select([], [self.socket], [self.socket], 10.0)
        self.connected()

    def connected(self) -> bool:
        """Whether the connection is there; says so when it is refused."""
        if self.connecting and self.socket is not None:
            _, writable, broken = select.select([], [self.socket], [self.socket], 0)
            if not writable and not broken:
                return False
            self.connecting = False
            error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                self.end("refused", os.strerror(error))
        return self.socket is not None

    def step(self) -> None:
        """Send and receive."""
        if self.socket is None or not self.connected():
            return
        while self.outgoing:
            try:
                del self.outgoing[: self.socket.send(self.outgoing[: 1 << 20])]
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self.outgoing.clear()
        if self.half_close and not self.outgoing:
            self.half_close = False
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        while self.reading and self.socket is not None:
            try:
                chunk = self.socket.recv(1 << 18)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.end("reset", "")
                return
            if not chunk:
                self.end("end of file", "")
                return
            self.channel.bring("received", chunk)
            self.world.grow(self.name, "received", len(chunk))
            self.world.show(self.name, "<", f"{len(chunk)} bytes {chunk[:24]!r}")

    def end(self, how: str, why: str) -> None:
        """The connection ended from the other side."""
        self.drop(abortive=False)
        self.channel.say(how)
        self.world.grow(self.name, "ended", 1)
        self.world.show(self.name, "<", f"{how} {why}")

    def drop(self, abortive: bool) -> None:
        """Close, in the orderly way or by a reset."""
        if self.socket is not None:
            if abortive:
                form = "hh" if os.name == "nt" else "ii"
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
            self.socket.close()
            self.socket = None


class Conversation:
    """Plays the steps and keeps what came."""

    def __init__(self, driver: Driver, peer_host: str) -> None:
        self.driver = driver
        self.peer_host = peer_host
        self.tick = 0
        #: The number of the script -> the number that was free today.
        self.ports: dict[int, int] = {}
        #: Numbers of the script on which this conversation listens or has listened: those are not another program's.
        self.ours: set[int] = set()
        self.channels: dict[str, Channel] = {}
        self.peers: dict[str, Peer] = {}
        self.totals: dict[tuple[str, str], int] = {}
        self.differences: list[str] = []
        self.descriptors: list[tuple[int, int]] = []
        self.vain = 0
        #: Whether the differences are only that less came, where something was waited for in vain.
        self.less = False
        #: Where the check counted bytes: whether it is again another number than it expected.
        self.missed = False
        self._quiet = 0

    def channel(self, name: str) -> Channel:
        """The channel of an object or a client."""
        return self.channels.setdefault(name, Channel())

    def grow(self, side: str, what: str, amount: int) -> None:
        """Count what came."""
        self.totals[side, what] = self.totals.get((side, what), 0) + amount

    def show(self, side: str, mark: str, text: str) -> None:
        """Print a line; ticks in which nothing came are only counted before it."""
        self.show_quiet()
        say(f"{self.tick:>6}  {side:<8} {mark} {text}")

    def show_quiet(self) -> None:
        """Print how many ticks went by of which nothing was printed."""
        if self._quiet:
            say(f"{self.tick:>6}  {'wait':<8} # {self._quiet} more ticks, in which nothing came")
            self._quiet = 0

    def call(self, command: str, recorded: str = "", again: bool = False) -> str:
        """Give one command to the driver; what it led to, as far as it can be compared. `again` prints less."""
        words = command.split()
        name = words[0]
        if name in TICKS:
            self.tick += 1
        port = int(words[2]) if name in ("init", "server_init") else 0
        if not again:
            self.show("host", ">", f"{self.driver.sequence + 1} {command}")
        for _ in range(PORTS):
            if 0 < port < 65536:
                words[2] = str(self.ports.get(port, port))
            given = [payload(word).hex() if word.startswith("random(") else word for word in words]
            lines = list(self.driver.ask(" ".join(given)))
            outcome = lines[-1]
            if outcome[:2] == ["value", "true"]:
                self.ours.add(port)
            if port in self.ours or not 0 < port < 65536 or recorded != "value true":
                break
            self.show("host", "<", f"{' '.join(outcome)} (port {words[2]} may be taken: trying the next)")
            self.ports[port] = self.ports.get(port, port) + 1
        if again and len(lines) == 1 and outcome == ["value"]:
            self._quiet += 1
            return "value"
        for line in lines:
            self.show("host", "<", " ".join(line))
            if line[0] == "event":
                self.hear(line, name)
        if name in TICKS and outcome != ["value"]:
            self.grow(f"object {words[1]}", "refused", 1)
            self.channel(f"object {words[1]}").say(f"tick {short(outcome)}", once=True)
        return short(outcome)

    def hear(self, line: list[str], during: str) -> None:
        """Take one event of the driver."""
        if line[-1] == "stray":
            line, during = line[:-1], "none"
        at = "" if during == "tick" else f"@{during}"
        what, side, rest = line[2], f"object {line[1]}", line[3:]
        channel = self.channel(side)
        if what == "data":
            data = b"" if rest[1] == "-" else bytes.fromhex(rest[1])
            if int(rest[0]) != len(data):
                channel.say(f"data{at} with a wrong size")
            if data:
                channel.bring(f"data{at}", data)
            else:
                channel.say(f"data{at} without bytes")
            self.grow(side, what, len(data))
        elif what == "error":
            channel.say(f"error{at} {rest[0]} {'with' if spoken(rest[1]) else 'without'} a message", once=True)
            self.grow(side, what, 1)
        elif what == "did":
            told = rest[2:] if rest[1] == "value" else rest[1:2]
            self.channel(f"{side} did").say(" ".join([rest[0], *(told or ["none"])]), once=True)
        elif what == "log":
            self.channel(f"{side} log").say(f"log{at}", once=True)
        else:
            channel.say(f"{what}{at}")
            self.grow(side, what, 1)

    def step_peers(self) -> None:
        """Let every client send and receive."""
        for peer in self.peers.values():
            peer.step()

    def wait(self, rounds: int, until: dict[tuple[str, str], int], cycle: list[str]) -> None:
        """Repeat ticks, until the totals are reached if there are any."""
        limit = max(rounds, PATIENCE) if self.vain < 2 else SHORT_PATIENCE
        fruitless = done = 0
        self.step_peers()
        while True:
            reached = bool(until) and all(self.totals.get(key, 0) >= total for key, total in until.items())
            if (reached and (done or not cycle)) or (not until and done >= rounds):
                return
            if until and fruitless >= limit:
                self.vain += 1
                self.show("wait", "#", f"given up after {fruitless} rounds: when it was recorded, something came")
                return
            # Patience is for what comes late; the rest of a long row of idle ticks needs none.
            if 3 <= fruitless <= PATIENCE:
                time.sleep(min(0.0005 * (1 << min(fruitless - 3, 16)), 0.2))
            before = dict(self.totals)
            for command in cycle:
                self.call(command, again=done > 0)
            self.step_peers()
            done += 1
            fruitless = 0 if self.totals != before else fruitless + 1
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
                time.sleep(float(rest.split()[0]))
                self.step_peers()
            else:
                self.show(side, ">", rest)
                if side not in self.peers:
                    self.peers[side] = Peer(side, self)
                self.peers[side].act(rest.split())
        self.show_quiet()

    def misses(self, script: Script) -> bool:
        """Whether the bytes that the check counted are not those it expected, though perhaps not as many as recorded.

        How many came of too many or too few depends on the system's buffers, and is not the same every time.
        """
        wanted, came = (first_size(script.told.get(key, "")) for key in ("expected", "came"))
        if not came or wanted == came:
            return False
        counted = [name for name, words in script.results.items() if total(words) == came]
        return len(counted) == 1 and total(self.channel(counted[0]).words()) != wanted

    def compare(self, script: Script) -> list[str]:
        """What went otherwise than when it was recorded."""
        for _ in range(25):  # bytes may still be on their way to a client
            if all(self.channel(name).words() == words for name, words in script.results.items()):
                break
            self.step_peers()
            time.sleep(0.01)
        found = list(self.differences)
        self.less = not found
        self.missed = not found and self.misses(script)
        for name in sorted({*script.results, *self.channels}):
            recorded, channel = script.results.get(name, []), self.channel(name)
            if not script.ends_quietly:
                channel.cut(recorded)
            now = channel.words()
            if not script.ends_quietly and name.startswith("peer"):
                # The check ended before the clients were looked after again.
                now = now[: len(recorded)]
            if now != recorded:
                self.less = self.less and script.gave_up and is_less(now, recorded)
                told = "; ".join(recorded) or "nothing", "; ".join(now) or "nothing"
                found.append(f"{name}: recorded {told[0]}\n{'':>{len(name)}}  this time {told[1]}")
        if self.descriptors:
            first, last = self.descriptors[0], self.descriptors[-1]
            then, now_grown = last[0] - first[0], last[1] - first[1]
            if abs(then - now_grown) > max(2, then // 10):
                found.append(f"open descriptors: recorded {then:+d}, this time {now_grown:+d}")
        return found


def first_size(text: str) -> int:
    """The first number of bytes that a text tells, 0 without one."""
    found = re.search(r"(\d+) bytes", text)
    return int(found[1]) if found else 0


def total(words: list[str]) -> int:
    """How many bytes the words of a channel tell of."""
    return sum(int(parts[1]) for parts in map(str.split, words) if len(parts) == 3 and len(parts[2]) == 12)


def short(outcome: list[str]) -> str:
    """An outcome as far as it can be compared."""
    return " ".join(outcome[:2]) if outcome[0] == "value" else outcome[0]


def spoken(word: str) -> bool:
    """Whether there is anything to read in a text of the protocol."""
    return bool(urllib.parse.unquote(word).strip()) and word != "-"


def payload(word: str) -> bytes:
    """The bytes behind a word: hex, - for none, or random(SEED,PLACE,SIZE) for a piece of a row of random bytes."""
    drawn = re.match(r"random\((.*),(\d+),(\d+)\)$", word)
    if drawn is None:
        return b"" if word == "-" else bytes.fromhex(word)
    place, size = int(drawn[2]), int(drawn[3])
    whole = (place + size + 3) & ~3
    return random.Random(drawn[1]).getrandbits(8 * whole).to_bytes(whole, "little")[place : place + size]


def number(word: str) -> int:
    """The number in an outcome, 0 without one."""
    return int(word.split()[-1]) if word.split()[-1:] and word.split()[-1].isdigit() else 0


def totals(text: str) -> dict[tuple[str, str], int]:
    """What a wait waits for, from its words."""
    found = {}
    for part in filter(None, text.split(", ")):
        kind, index, *words = part.split()
        for word in words:
            what, _, total = word.partition("=")
            found[f"{kind} {index}", what] = int(total)
    return found


class Script:
    """The script: what is told of the failure, the steps, and what came to whom."""

    def __init__(self, text: str) -> None:
        self.told: dict[str, str] = {}
        self.steps: list[tuple[int, str, str, str, list[str]]] = []
        self.results: dict[str, list[str]] = {}
        self.no_answer = False
        #: Whether the check ended as it waited for something in vain.
        self.gave_up = False
        inside = False
        for line in text.splitlines():
            if line.startswith("# "):
                key, _, value = line[2:].partition(": ")
                self.told.setdefault(key, value)
            match = LINE.match(line)
            if match is None:
                continue
            tick, side, mark, rest = int(match[1]), match[2], match[3], match[4]
            if side == "result":
                name, *words = rest.split(" | ")
                self.results[name] = words
            elif mark == "<" and side == "host" and not inside:
                self._recorded(rest)
            elif mark == "<" and side == "wait":
                inside = False
            elif mark == ">" and inside and side == "host":
                command = rest.split(" ", 1)[1]
                if command not in self.steps[-1][4]:
                    self.steps[-1][4].append(command)
            elif mark == "#" and side == "wait" and not inside:
                self.gave_up = True
            elif mark == ">":
                inside = side == "wait"
                self.gave_up = self.gave_up and inside and " until " not in rest
                self.steps.append((tick, side, rest.split(" ", 1)[1] if side == "host" else rest, "", []))
        if not self.steps:
            raise Unusable(f"there is no step in the script; {self.told.get('incomplete', 'it is no script')}")
        last = self.steps[-1]
        self.ends_quietly = last[1] == "pause" or (last[1] == "wait" and " until " not in last[2])

    def _recorded(self, rest: str) -> None:
        self.no_answer = rest.startswith("(")
        words = rest.split()
        if self.steps and (self.no_answer or words[1:2] not in (["event"], [])):
            tick, side, command, _, cycle = self.steps[-1]
            word = "no answer" if self.no_answer else short(words[1:])
            self.steps[-1] = (tick, side, command, word, cycle)


def is_less(now: list[str], recorded: list[str]) -> bool:
    """Whether what came now is what came first of the recorded, its last bytes perhaps not all of them."""
    if now == recorded[: len(now)]:
        return True
    if len(now) > len(recorded) or now[:-1] != recorded[: len(now) - 1]:
        return False
    last, then = now[-1].split(), recorded[len(now) - 1].split()
    return len(last) == len(then) == 3 and last[0] == then[0] and int(last[1]) < int(then[1])


def conclude(script: Script, differences: list[str], gone: str, less: bool, missed: bool) -> int:
    """Tell what was expected and what came; the exit status."""
    say("")
    for key in ("requirement", "text", "case", "setup", "expected", "came"):
        if key in script.told:
            say(f"{key:<12} {script.told[key]}")
    if script.no_answer and gone:
        say(f"this time    {gone}, as recorded: the failure shows")
        return 1
    if gone:
        say(f"this time    {gone}, which is not what was recorded")
        return 2
    if less and differences:
        say("this time    even less came, so the check would have waited in vain as well: the failure shows")
        return 1
    if missed and differences:
        say("this time    another number of bytes came, and not the expected one either: the failure shows")
        return 1
    if not differences:
        say("this time    everything went as recorded: the failure shows")
        return 1
    say("this time    it went otherwise: the failure did not show. What is different:")
    for difference in differences:
        for line in difference.splitlines():
            say(f"  {line}")
    return 0


def options(arguments: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Options by their names, and the command. Exits with a word on usage for anything else."""
    beside = Path(__file__).resolve().with_name("script.txt")
    given: dict[str, Any] = {"cwd": None, "tcp": "", "peer-host": "", "deadline": "10", "script": beside, "env": []}
    rest = list(arguments)
    while rest and rest[0].startswith("--"):
        name = rest.pop(0)[2:]
        if name not in given or not rest:
            rest = []
            break
        if name == "env":
            given["env"].append(rest.pop(0))
        else:
            given[name] = rest.pop(0)
    if bool(given["tcp"]) == bool(rest):
        sys.stderr.write((__doc__ or "") + "\n")
        raise SystemExit(3)
    return given, rest


def main(arguments: list[str]) -> int:
    """Play the script beside this program; the exit status."""
    given, command = options(arguments)
    process: subprocess.Popen[bytes] | None = None
    try:
        script = Script(Path(given["script"]).read_text(encoding="utf-8"))
        deadline = float(given["deadline"])
        host, _, port = given["tcp"].rpartition(":")
        if command:
            env = {**os.environ, **dict(pair.split("=", 1) for pair in given["env"])}
            pipe = subprocess.PIPE
            process = subprocess.Popen(command, cwd=given["cwd"], env=env, stdin=pipe, stdout=pipe)
            driver = Driver(process.stdin, process.stdout, deadline)  # type: ignore[arg-type]
        else:
            stream = socket.create_connection((host.strip("[]"), int(port)), timeout=deadline)
            stream.settimeout(None)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            driver = Driver(stream.makefile("wb"), stream.makefile("rb"), deadline)
    except (OSError, ValueError, Unusable) as error:
        sys.stderr.write(f"reproduce.py: {error}\n")
        return 2
    conversation = Conversation(driver, given["peer-host"] or host.strip("[]") or "127.0.0.1")
    gone = ""
    try:
        conversation.play(script)
        differences = conversation.compare(script)
    except Gone as error:
        gone, differences = str(error), []
    except Unusable as error:
        sys.stderr.write(f"reproduce.py: {error}\n")
        return 2
    finally:
        for peer in conversation.peers.values():
            peer.drop(abortive=True)
        if process is not None:
            process.stdin.close()  # type: ignore[union-attr]
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return conclude(script, differences, gone, conversation.less, conversation.missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
