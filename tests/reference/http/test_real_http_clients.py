"""`HttpServer` and the clients that people have: curl, wget, node and Python's own, each as the program that it is."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from http_server_tools import Asked, Site

from toolchains import needs

PATIENCE = 120.0
MEBIBYTE = 1024 * 1024
TIMES = 20

with_curl = needs(["curl"], "curl (Debian: apt-get install curl)")
with_wget = needs(["wget"], "wget (Debian: apt-get install wget)")
with_node = needs(["node"], "Node.js (Debian: apt-get install nodejs)")

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program while a server is ticked, and returns what it wrote; it has to end well."""

    def go(site: Site, command: Sequence[str], stdin: Path | None = None) -> str:
        written, complained = tmp_path / "written", tmp_path / "complained"
        with (
            written.open("wb") as out,
            complained.open("wb") as err,
            (stdin or Path("/dev/null")).open("rb") as given,
            subprocess.Popen(command, stdin=given, stdout=out, stderr=err) as process,
        ):
            deadline = time.monotonic() + PATIENCE
            try:
                while process.poll() is None:
                    assert time.monotonic() < deadline, f"{command[0]} does not end: {complained.read_text()}"
                    site.tick()
                    time.sleep(0.0002)
            finally:
                process.kill()
        told = complained.read_text(errors="replace")
        assert process.returncode == 0, told
        return written.read_bytes().decode("latin-1")

    return go


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A file of three megabytes, of all byte values."""
    file = tmp_path / "upload"
    file.write_bytes(bytes(range(256)) * 12_288)
    return file


def at(site: Site, path: str) -> str:
    return f"http://127.0.0.1:{site.port}{path}"


def told_size(site: Site) -> None:
    """Have each request answered with the size of its body."""

    def answer(asked: Asked) -> None:
        assert site.respond(asked.exchange, 200, [("Content-Type", "text/plain")], b"%d bytes\n" % len(asked.body))

    site.answering = answer


# --- curl


@with_curl
def test_curl_uploads_without_waiting_for_a_time(site: Site, run: Run, upload: Path) -> None:
    told_size(site)
    # It would wait longer than the test for a word that never comes.
    patient = ["--expect100-timeout", "600", "-H", "Expect: 100-continue"]
    seen = run(site, ["curl", "-sSv", "--stderr", "-", *patient, "--data-binary", f"@{upload}", at(site, "/")])
    assert "< HTTP/1.1 100 Continue" in seen
    assert f"{upload.stat().st_size} bytes" in seen
    assert site.asked[0].body == upload.read_bytes()


@with_curl
def test_curl_uploads_in_chunks(site: Site, run: Run, upload: Path) -> None:
    told_size(site)
    assert f"{upload.stat().st_size} bytes" in run(site, ["curl", "-sS", "-T", "-", at(site, "/up")], upload)
    (asked,) = site.asked
    assert (asked.method, asked.value(b"transfer-encoding")) == ("PUT", b"chunked")
    assert asked.body == upload.read_bytes()


@with_curl
def test_curl_speaks_http_1_0(site: Site, run: Run) -> None:
    assert run(site, ["curl", "-sS", "--http1.0", at(site, "/a"), at(site, "/b")]) == "/a/b"
    assert [asked.version for asked in site.asked] == ["HTTP/1.0", "HTTP/1.0"]


@with_curl
def test_curl_keeps_its_connection(site: Site, run: Run) -> None:
    pages = [at(site, f"/{number}") for number in range(5)]
    assert run(site, ["curl", "-sS", "-w", " %{num_connects}\n", *pages]) == "/0 1\n/1 0\n/2 0\n/3 0\n/4 0\n"


@with_curl
def test_curl_asks_for_a_head(site: Site, run: Run) -> None:
    head = run(site, ["curl", "-sSI", at(site, "/twelve-bytes")])
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert re.search(r"(?m)^Content-Length: 13\r$", head)
    assert site.asked[0].method == "HEAD"


@with_curl
def test_curl_loads_many_at_once(site: Site, run: Run) -> None:
    pages = [word for number in range(32) for word in ("-o", "-", at(site, f"/{number}"))]
    written = run(site, ["curl", "-sS", "--parallel", "--parallel-immediate", "--parallel-max", "16", *pages])
    assert sorted(written.strip("/").split("/"), key=int) == [str(number) for number in range(32)]


@with_curl
@pytest.mark.parametrize("expect", ["Expect:", "Expect: 100-continue"])
def test_curl_sees_why_a_large_post_is_not_taken(serve: type[Site], run: Run, tmp_path: Path, expect: str) -> None:
    site, large = serve(largest_body=MEBIBYTE), tmp_path / "large"
    large.write_bytes(bytes(8 * MEBIBYTE))
    for _ in range(TIMES):
        command = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", expect, "--data-binary", f"@{large}"]
        assert run(site, [*command, at(site, "/")]) == "413"
    assert site.asked == []


# --- wget


@with_wget
def test_wget_loads_pages(site: Site, run: Run) -> None:
    plain = ["wget", "--no-verbose", "--no-proxy", "--tries=1"]
    assert run(site, [*plain, "-O", "-", at(site, "/a"), at(site, "/b")]) == "/a/b"
    run(site, [*plain, "--spider", at(site, "/c")])
    assert [asked.method for asked in site.asked] == ["GET", "GET", "HEAD"]


@with_wget
def test_wget_posts_a_file(site: Site, run: Run, upload: Path) -> None:
    told_size(site)
    command = ["wget", "--no-verbose", "--no-proxy", "--tries=1", "-O", "-", f"--post-file={upload}", at(site, "/")]
    assert f"{upload.stat().st_size} bytes" in run(site, command)
    assert site.asked[0].body == upload.read_bytes()


# --- Python's http.client

PYTHON = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
"""


def in_python(site: Site, script: str) -> list[str]:
    return [sys.executable, "-c", PYTHON + script, str(site.port)]


def test_http_client_goes_on_with_its_connection(site: Site, run: Run) -> None:
    script = """
for number in range(5):
    connection.request("GET" if number != 3 else "HEAD", f"/{number}")
    if number == 0:
        first = connection.sock
    assert connection.sock is first
    print(connection.getresponse().read().decode())
"""
    assert run(site, in_python(site, script)) == "/0\n/1\n/2\n\n/4\n"


def test_http_client_uploads_in_chunks(site: Site, run: Run) -> None:
    told_size(site)
    script = """
connection.request("POST", "/", body=(bytes(number) for number in range(1, 1000)), encode_chunked=True,
                   headers={"Transfer-Encoding": "chunked"})
print(connection.getresponse().read().decode())
"""
    assert run(site, in_python(site, script)).startswith("499500 bytes")


def test_http_client_sees_why_a_large_post_is_not_taken(serve: type[Site], run: Run) -> None:
    site = serve(largest_body=MEBIBYTE)
    script = f"""
for _ in range({TIMES}):
    connection.request("POST", "/", body=bytes({8 * MEBIBYTE}))
    print(connection.getresponse().status)
    connection.close()
"""
    assert run(site, in_python(site, script)).split() == ["413"] * TIMES


# --- node

NODE = """
const http = require("http");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const port = Number(process.argv[1]);
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, agent }, (answer) => {
      let text = "";
      answer.setEncoding("latin1");
      answer.on("data", (part) => { text += part; });
      answer.on("end", () => resolve({ status: answer.statusCode, text, reused: request.reusedSocket }));
    });
    request.on("error", reject);
    request.end(body);
  });
}
"""


def in_node(site: Site, script: str) -> list[str]:
    ending = ".then(() => agent.destroy(), (error) => { console.error(error); process.exit(1); });"
    return ["node", "-e", f"{NODE}(async () => {{{script}}})(){ending}", str(site.port)]


@with_node
def test_node_goes_on_with_its_connection(site: Site, run: Run) -> None:
    script = """
for (let number = 0; number < 5; number++) {
  const { status, text, reused } = await ask(number == 3 ? "HEAD" : "GET", "/" + number);
  console.log(status, text, reused);
}"""
    answers = run(site, in_node(site, script)).splitlines()
    assert answers == ["200 /0 false", "200 /1 true", "200 /2 true", "200  true", "200 /4 true"]


@with_node
def test_node_asks_for_many_at_once(site: Site, run: Run) -> None:
    script = """
agent.maxSockets = 16;
const answers = await Promise.all([...Array(64).keys()].map((number) => ask("POST", "/" + number, "x".repeat(number))));
console.log(answers.map(({ text }) => text).join(" "));"""
    assert run(site, in_node(site, script)).split() == [f"/{number}" for number in range(64)]
    assert sorted(len(asked.body) for asked in site.asked) == list(range(64))


@with_node
def test_node_sees_why_a_large_post_is_not_taken(serve: type[Site], run: Run) -> None:
    site = serve(largest_body=MEBIBYTE)
    script = f"""
for (let time = 0; time < {TIMES}; time++) {{
  console.log((await ask("POST", "/", Buffer.alloc({8 * MEBIBYTE}))).status);
}}"""
    assert run(site, in_node(site, script)).split() == ["413"] * TIMES
