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

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from .comparison import Comparison, compare, conclude
from .conversation import Conversation
from .driver import Driver
from .script import Script
from .trouble import Gone, Unusable


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
        comparison = compare(script, conversation)
    except Gone as error:
        gone, comparison = str(error), Comparison([], less=False, missed=False)
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
    return conclude(script, comparison, gone)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
