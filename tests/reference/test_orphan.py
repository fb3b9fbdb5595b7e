"""Handles between two owners: the cell, its names, and reloads of everything while a client stays."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from reference_tools import Recorder, pump, read_exactly

import dasnet_reference
from dasnet_reference import EmptyOrphanError, OrphanOccupiedError, SharedOrphan

Listen = Callable[..., Recorder]
Join = Callable[[Recorder], socket.socket]


def test_an_orphan_is_true_while_it_holds_a_handle(listen: Listen) -> None:
    server, orphan = listen(), SharedOrphan()
    assert not orphan
    server.save(orphan)
    assert orphan
    assert not server.is_open()
    server.restore(orphan)
    assert not orphan
    assert server.is_open()


def test_a_full_orphan_takes_no_second_handle(listen: Listen) -> None:
    first, second, orphan = listen(), listen(), SharedOrphan()
    first.save(orphan)
    held = orphan.server
    with pytest.raises(OrphanOccupiedError, match="restore"):
        second.save(orphan)
    assert orphan.server is held
    assert second.is_open()


def test_an_empty_orphan_changes_nothing(listen: Listen, join: Join) -> None:
    server = listen()
    join(server)
    with pytest.raises(EmptyOrphanError):
        server.restore(SharedOrphan())
    assert server.is_connected()


def test_restoring_closes_the_handle_that_was_there(listen: Listen, join: Join) -> None:
    first, second, orphan = listen(), listen(), SharedOrphan()
    client, port = join(second), first.port
    first.save(orphan)
    second.restore(orphan)
    assert second.port == port
    assert client.recv(1) == b""


def test_restoring_the_handle_that_is_there_keeps_it(listen: Listen) -> None:
    server, orphan = listen(), SharedOrphan()
    orphan.server = server._server
    server.restore(orphan)
    assert server.is_open()
    assert not orphan


def test_an_orphan_can_be_closed(listen: Listen, join: Join) -> None:
    server, orphan = listen(), SharedOrphan()
    client = join(server)
    server.save(orphan)
    orphan.close()
    orphan.close()
    assert not orphan
    assert client.recv(1) == b""


def test_an_orphan_delivers_nothing_and_loses_nothing(listen: Listen, join: Join, queue_up: Join) -> None:
    server, orphan, heir = listen(), SharedOrphan(), Recorder()
    client = join(server)
    server.save(orphan)
    noted = len(server.events)
    client.sendall(b"meanwhile")
    client.close()
    assert orphan.server is not None
    port = orphan.server.port
    dasnet_reference.server_tick(orphan.server)
    server.tick()
    with heir:
        heir.restore(orphan)
        assert heir.port == port
        assert heir.is_connected()
        queue_up(heir)
        pump(heir, lambda: heir.seen().count("connect") == 1)
        assert heir.seen() == ["data", "disconnect", "connect"]
        assert heir.data() == b"meanwhile"
    assert len(server.events) == noted


def test_a_name_means_the_same_cell_everywhere() -> None:
    assert SharedOrphan.named("cell a") is SharedOrphan.named("cell a")
    assert SharedOrphan.named("cell a") is not SharedOrphan.named("cell b")


# In a process of its own, as it replaces the very modules that the other tests have imported.
RELOADS = """
import importlib, socket, sys
import dasnet_reference
from dasnet_reference import Server, SharedOrphan

class Echo(Server):
    def on_data(self, data):
        self.send(data)

def reload_modules():
    for name in sorted(name for name in sys.modules if name.startswith("dasnet_reference")):
        importlib.reload(sys.modules[name])
    importlib.reload(dasnet_reference)

def forget_modules():
    for name in [name for name in sys.modules if name.startswith("dasnet_reference")]:
        del sys.modules[name]

old = Echo()
old.make_server_adapter()
assert old.init(0)
port = old.port
client = socket.create_connection(("127.0.0.1", port))
client.settimeout(10)
old.tick()
assert old.is_connected()
old.save(SharedOrphan.named("across"))

{change}()
import dasnet_reference
assert dasnet_reference.Server is not Server
cell = dasnet_reference.SharedOrphan.named("across")
assert cell

class NewEcho(dasnet_reference.Server):
    def on_data(self, data):
        self.send(data.upper())

new = NewEcho()
new.restore(cell)
assert (new.has_session(), new.is_open(), new.is_connected()) == (True, True, True)
client.sendall(b"still there")
received = b""
while len(received) < 11:
    new.tick()
    client.settimeout(0.01)
    try:
        received += client.recv(99)
    except TimeoutError:
        pass
assert received == b"STILL THERE"
client.close()
while new.is_connected():
    new.tick()
with socket.create_connection(("127.0.0.1", port)):
    while not new.is_connected():
        new.tick()
assert not new.init(0)
new.save(cell)
new.restore(cell)
new.close()
for error in ("EmptyOrphanError", "NoHandleError"):
    try:
        new.restore(cell) if error == "EmptyOrphanError" else new.save(cell)
    except getattr(dasnet_reference, error):
        pass
    else:
        raise SystemExit(error)
print("done")
"""


@pytest.mark.parametrize("change", ["reload_modules", "forget_modules"])
def test_a_client_stays_while_the_package_itself_is_replaced(change: str, tmp_path: Path) -> None:
    script = tmp_path / "reloads.py"
    script.write_text(textwrap.dedent(RELOADS).replace("{change}", change))
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={"PYTHONPATH": str(Path(dasnet_reference.__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_a_script_that_is_reloaded_in_its_own_callback_keeps_its_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "script_that_reloads"
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    file = tmp_path / f"{name}.py"
    source = """
from reference_tools import Recorder
VERSION = 1
class Script(Recorder):
    def version(self):
        return VERSION
"""
    file.write_text(source)
    script = importlib.import_module(name)
    cell = SharedOrphan.named(name)
    server = script.Script()
    server.make_server_adapter()
    assert server.init(0)
    heirs: list[Recorder] = []

    def reload() -> None:
        server.save(SharedOrphan.named(name))
        file.write_text(source.replace("VERSION = 1", "VERSION = 2"))
        importlib.invalidate_caches()
        heir = importlib.reload(script).Script()
        heir.restore(SharedOrphan.named(name))
        heirs.append(heir)
        heir.send(b"hi")

    server.reactions["data"] = reload
    with socket.create_connection(("127.0.0.1", server.port), 10) as client:
        client.sendall(b"reload")
        pump(server, lambda: heirs)
        (heir,) = heirs
        assert heir.version() == 2  # type: ignore[attr-defined]
        assert not cell
        assert read_exactly(client, 2) == b"hi"
        client.sendall(b"on we go")
        pump(heir, lambda: heir.data() == b"on we go")
    pump(heir, lambda: not heir.is_connected())
    assert heir.seen() == ["data", "disconnect"]
    assert server.seen() == ["connect", "data"]
    heir.close()
    del sys.modules[name]
