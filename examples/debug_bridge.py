"""A bridge of the Debug Adapter Protocol: an editor on one side, a debug adapter on the other, one frame loop.

    python examples/debug_bridge.py ADAPTER_PORT [PORT]

Without a PORT it takes a free one; it prints which. Have the editor attach there: the bridge connects to the adapter,
passes on what either says, with a line for each message, and ends when one of the two leaves. One request is its own:

    reloadBridge    loads this file again, as it is on disk now; the editor, the adapter and the program that is being
                    debugged notice nothing of it

What lives here: the editor's side, which a reload replaces, the adapter's side and the `Desk`, which outlive it, and
the frame loop. It may touch its server, its client and standard output.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time

from dasnet_reference import Client, Server, SharedOrphan

FRAME = 0.005  # seconds
CONNECT_TIMEOUT = 1000  # milliseconds; the one call of the loop that may wait
ORPHAN = "debug_bridge"


class Desk:
    """What a reload must not lose: who is in charge, the way to the adapter, and how it ended."""

    def __init__(self, adapter_port: int) -> None:
        self.adapter_port = adapter_port
        self.adapter = AdapterSide(self)
        self.editor = EditorSide(self)
        self.running = True
        self.status = 0

    def end(self, why: str, status: int = 0) -> None:
        """The session is over; the frame loop ends with this status."""
        print(why, flush=True)
        self.running, self.status = False, status


class AdapterSide(Client):
    """The connection to the debug adapter.

    A client has no `save`, so a reload leaves this object as it is; it asks the desk each time who is in charge.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.make_client_adapter()

    def on_data(self, data: bytes) -> None:
        self.desk.editor.hear_adapter(data)

    def on_disconnect(self) -> None:
        self.desk.end("the adapter left")

    def on_error(self, message: str, code: int) -> None:
        print(f"adapter: {message} (error {code})", file=sys.stderr, flush=True)


class EditorSide(Server):
    """Where the editor connects. The two `from_...` hold what arrived and was not passed on yet."""

    def __init__(self, desk: Desk, from_editor: bytes = b"", from_adapter: bytes = b"") -> None:
        super().__init__()
        self.desk = desk
        self.from_editor = from_editor
        self.from_adapter = from_adapter

    def on_connect(self) -> None:
        # Not before: what the adapter says first is for an editor to hear.
        if not self.desk.adapter.connect("127.0.0.1", self.desk.adapter_port, CONNECT_TIMEOUT):
            self.desk.end("no debug adapter answers there", 1)

    def on_data(self, data: bytes) -> None:
        self.from_editor += data
        self.pass_on()

    def on_disconnect(self) -> None:
        self.desk.end("the editor left")

    def on_error(self, message: str, code: int) -> None:
        print(f"editor: {message} (error {code})", file=sys.stderr, flush=True)

    def hear_adapter(self, data: bytes) -> None:
        """Bytes of the adapter; called by its side."""
        self.from_adapter += data
        self.pass_on()

    def frame(self) -> None:
        """One frame of the host. First what an earlier object left behind, for nothing new may overtake it."""
        self.pass_on()
        self.tick()
        self.desk.adapter.tick()

    def pass_on(self) -> None:
        """Pass on the whole messages that are there, up to one that ends this object's time."""
        try:
            while message := whole_message(self.from_adapter):
                self.from_adapter = self.from_adapter[len(message) :]
                self.tell("adapter", message)
                self.deliver(self, message)
            while self.desk.editor is self and (message := whole_message(self.from_editor)):
                self.from_editor = self.from_editor[len(message) :]
                said = self.tell("editor", message)
                if said.get("command") == "reloadBridge":
                    self.reload(said)
                else:
                    self.deliver(self.desk.adapter, message)
        except ValueError as error:
            self.desk.end(f"that is not the protocol: {error}", 1)

    def tell(self, who: str, message: bytes) -> dict[str, object]:
        """Print what passes in a line; the message as an object. Raises `ValueError` if it is none."""
        said: dict[str, object] = json.loads(message.partition(b"\r\n\r\n")[2])
        print(f"{who}: {said.get('type')} {said.get('command') or said.get('event')}", flush=True)
        return said

    def deliver(self, side: Server | Client, message: bytes) -> None:
        """Send a message to one of the two. A session that lost one is worth nothing any more."""
        if self.desk.running and not side.send(message):
            self.desk.end("a message could not be delivered", 1)

    def reload(self, request: dict[str, object]) -> None:
        """Give way to an object of the class that this file defines now. Called in the middle of `on_data`."""
        # Named, because the new code must find it without knowing this object.
        orphan = SharedOrphan.named(ORPHAN)
        self.save(orphan)
        heir = self
        trouble = ""
        try:
            module = importlib.reload(sys.modules[__name__])
            heir = module.EditorSide(self.desk, self.from_editor, self.from_adapter)
        except Exception as error:
            # A slip in the new code must not cost the session that it is to help with.
            trouble = repr(error)
        heir.restore(orphan)
        self.desk.editor = heir
        answer = {"type": "response", "command": request["command"], "request_seq": request.get("seq", 0)}
        # The adapter numbers what it says; this is none of it.
        answer |= {"seq": 0, "success": not trouble, "message": trouble}
        heir.deliver(heir, framed(answer))


def whole_message(data: bytes) -> bytes:
    """The first message with its header, empty while it is not whole. Raises `ValueError` for another protocol."""
    header, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return b""
    length = re.search(rb"(?mi)^content-length: *([0-9]+)\r?$", header)
    if length is None:
        raise ValueError("a header without Content-Length")
    size = int(length[1])
    return data[: len(header + end) + size] if len(rest) >= size else b""


def framed(message: dict[str, object]) -> bytes:
    """A message with its header."""
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def main(arguments: list[str]) -> int:
    """Serve one debug session. Returns the exit code."""
    desk = Desk(int(arguments[0]))
    desk.editor.make_server_adapter()
    if not desk.editor.init(int(arguments[1]) if arguments[1:] else 0):
        return 1
    print(f"port {desk.editor.port}", flush=True)
    try:
        while desk.running:
            # Asked of the desk in every frame: a reload changes who sits there.
            desk.editor.frame()
            time.sleep(FRAME)
    except KeyboardInterrupt:
        pass
    finally:
        desk.adapter.close()
        desk.editor.close()
    return desk.status


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    # A script that runs as __main__ cannot be reloaded, its module by name can; so the program runs in that one.
    sys.exit(importlib.import_module("debug_bridge").main(sys.argv[1:]))
