"""`tox -e http-servers`: judge the HTTP servers that people run from outside, and write docs/http-servers.md.

    python tests/http_servers/run.py [--write] [NAME ...]

The servers stand in servers.toml. One that is not installed is left out, with what to install. Each is started on a
port of loopback that was free a moment ago, which a server that is told its port can have in no better way; one that
does not come up is tried once more on another. Reports go to out/http-servers.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
PLACE: Final = ROOT / "out" / "http-servers"
PAGE: Final = ROOT / "docs" / "http-servers.md"

_MARKS: Final = {"pass": "yes", "fail": "**no**", "inconclusive": "?", "unsupported": "-"}
_APACHE: Final = """
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {place}/apache.pid
ErrorLog {place}/apache.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
DocumentRoot {place}
DirectoryIndex index.html
"""
_NGINX: Final = """
error_log {place}/nginx.log;
pid {place}/nginx.pid;
events {{ }}
http {{
  access_log off;
  server {{ listen 127.0.0.1:{port}; root {place}; index index.html; }}
}}
"""


def main(words: list[str]) -> int:
    """Judge those that are named, or all; returns 1 if one that is installed could not be judged."""
    names = [word for word in words if word != "--write"]
    servers = tomllib.loads((HERE / "servers.toml").read_text("utf-8"))["server"]
    judged: dict[str, dict[str, Any]] = {}
    broken = False
    for server in servers:
        if names and server["name"] not in names:
            continue
        if not _installed(server):
            print(f"{server['name']}: not installed ({server['install']})")
            continue
        results = _judge(server)
        broken = broken or results is None
        if results is not None:
            judged[server["name"]] = {**server, "results": results, "told": _version(server)}
    if "--write" in words:
        PAGE.write_text(_page(judged), "utf-8")
    return 1 if broken else 0


def _installed(server: dict[str, Any]) -> bool:
    return (
        shutil.which(server.get("build", server["command"])[0]) is not None
        and subprocess.run(_words(server["version"], 0, PLACE), capture_output=True, check=False).returncode == 0
    )


def _version(server: dict[str, Any]) -> str:
    ran = subprocess.run(_words(server["version"], 0, PLACE), capture_output=True, text=True, check=False)
    line = (ran.stdout + ran.stderr).splitlines()[0]
    return line.removeprefix("nginx version: nginx/").removeprefix("Server version: Apache/").partition(" (")[0]


def _words(command: list[str], port: int, place: Path) -> list[str]:
    swaps = {"PORT": str(port), "FOLDER": str(HERE), "PLACE": str(place)}
    words = []
    for word in command:
        for name, value in swaps.items():
            word = word.replace(name, value)
        words.append(sys.executable if word == "python" else word)
    return words


def _judge(server: dict[str, Any]) -> dict[str, Any] | None:
    place = PLACE / server["name"].replace(" ", "-")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / "index.html").write_text("hello\n", "utf-8")
    if "build" in server:
        subprocess.run(_words(server["build"], 0, place), check=True)
    for _ in range(2):
        port = _port()
        (place / "nginx.conf").write_text(_NGINX.format(port=port, place=place), "utf-8")
        (place / "apache.conf").write_text(_APACHE.format(port=port, place=place), "utf-8")
        with _running(_words(server["command"], port, place), port, place) as up:
            if not up:
                continue
            command = [
                "dasnet",
                "run",
                f"http-port:127.0.0.1:{port}",
                "--strict",
                "--report-dir",
                str(place / "report"),
            ]
            ended = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        if ended not in (0, 1):
            break
        results: dict[str, Any] = json.loads((place / "report" / "results.json").read_text("utf-8"))
        rows = results["requirements"]
        print(f"{server['name']}: {sum(row['verdict'] == 'pass' for row in rows)} of {len(rows)} pass", flush=True)
        return results
    print(f"{server['name']}: could not be judged; {place} holds its output", flush=True)
    return None


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(words: list[str], port: int, place: Path) -> Iterator[bool]:
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    with (place / "output.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env=environment, cwd=place)
        try:
            yield _comes_up(process, port)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _comes_up(process: subprocess.Popen[bytes], port: int) -> bool:
    for _ in range(200):
        if process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def _page(judged: dict[str, dict[str, Any]]) -> str:
    names = list(judged)
    lines = [
        "# HTTP servers from outside",
        "",
        "What people run, judged by the vectors of the profile `http` as far as they can be seen from outside:",
        "`dasnet run http-port:HOST:PORT` tells the same of any server. Made by `tox -e http-servers -- --write`,",
        "which keeps each report, with the transcript of each failure, in `out/http-servers`.",
        "",
        "A **no** is not a hole by itself: much of it is leniency that RFC 9112 advises against, and some of it can",
        "only hurt together with another server that reads the same bytes otherwise. `dasnet explain ID` tells more,",
        "and [http-vectors.md](http-vectors.md) has every vector with its allowed outcomes.",
        "",
        "| server | version | requirements met | MUST | how it was run |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in names:
        rows = judged[name]["results"]["requirements"]
        met = sum(row["verdict"] == "pass" for row in rows)
        musts = [row for row in rows if row["level"] == "MUST"]
        must = sum(row["verdict"] == "pass" for row in musts)
        note = judged[name].get("note", "an application that reads the body and answers 200")
        lines.append(f"| {name} | {judged[name]['told']} | {met} of {len(rows)} | {must} of {len(musts)} | {note} |")
    lines += ["", f"| requirement | level | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    verdicts = {name: {row["id"]: row["verdict"] for row in judged[name]["results"]["requirements"]} for name in names}
    first = judged[names[0]]["results"]["requirements"] if names else []
    for row in first:
        marks = [_MARKS.get(verdicts[name].get(row["id"], "?"), "?") for name in names]
        lines.append(f"| `{row['id']}` | {row['level']} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
