"""What becomes of the sockets of `HttpServer` and `HttpClient` that nobody closes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from http_client_tools import Asker
from http_server_tools import Site, browser, get, later, push, until

import dasnet_reference


@pytest.mark.parametrize("ending", ["", "site.me, asker.me = site, asker", "site.me = site; del site"])
@pytest.mark.parametrize("collecting", ["", "import gc; gc.disable()"])
def test_a_program_that_ends_without_closing_says_nothing(ending: str, collecting: str) -> None:
    script = f"""
{collecting}
from dasnet_reference import HttpClient, HttpServer
class Site(HttpServer):
    def on_request(self, *request):
        if request[0] == 1:
            self.respond(1, 200, [], b"")
site = Site()
site.make_http_server_adapter()
assert site.init(0)
asker = HttpClient()
asker.make_http_client_adapter()
assert asker.init("localhost", site.port)
asker.request("GET", "/")
asker.request("GET", "/")
while site._server._last_exchange < 2:
    site.tick()
    asker.tick()
{ending}
"""
    # Not under coverage: what it holds on to changes the order in which a program's objects go.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    environment["PYTHONPATH"] = str(Path(dasnet_reference.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "always", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors cannot be counted here")
def test_no_descriptor_is_lost() -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = descriptors()
    for number in range(30):
        site, asker = Site(), Asker()
        site.answering = later
        site.make_http_server_adapter()
        if number % 2:
            site.make_http_server_adapter()
        assert site.init(0)
        asker.make_http_client_adapter()
        assert asker.init("127.0.0.1", site.port or 0)
        asker.request("GET", "/")
        client = browser(site)
        push(site, client, get("/"))
        asker.until(lambda asker=asker: asker.is_connected())
        until(site, lambda site=site: site.connections() == 2)
        client.close()
        if number % 3:
            site.close()
            asker.close()
        # What it answers with is a cycle of its own.
        del site.answering
        del site, asker
    gc.collect()
    assert descriptors() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system makes no copies of a process")
def test_a_copy_of_the_process_leaves_connections_alone(site: Site) -> None:
    site.answering = later
    client = browser(site)
    push(site, client, get("/"))
    until(site, lambda: site.asked)
    child = os.fork()
    if not child:
        status = 1
        try:
            answered = site.respond(1, 200, [], b"from the copy")
            site.tick()
            site.close()
            status = int(answered)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert site.respond(1, 200, [], b"from the original")
    client.setblocking(True)
    assert client.recv(65536).endswith(b"from the original")
    client.close()
