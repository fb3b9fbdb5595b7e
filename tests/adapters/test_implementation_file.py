"""The implementation file: what it may say, what it leads to, and one clear line for whatever is wrong with it."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path

import pytest
from driver_scripts import GOOD, OPENING

from dasnet_adapters import AdapterBroken, UsageError, resolve
from dasnet_adapters.driver_process import DriverProcessAdapter
from dasnet_adapters.driver_socket import DriverSocketAdapter
from dasnet_adapters.implementation_file import BUILD_LINES, KEYS, build, find_file, load_file
from dasnet_adapters.in_process import InProcessAdapter


def write(folder: Path, text: str) -> Path:
    path = folder / "dasnet.toml"
    path.write_text(text, "utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    file = load_file(
        write(
            tmp_path,
            """
            name = "mine"
            command = "./driver --flag 'a b'"
            cwd = "src"
            build = [["make", "all"], ["make", "check"]]
            deadline = 3
            start = 4.5
            stop = 0.5
            check-deadline = 30
            profiles = ["core"]
            baseline = "../old.json"
            peer-host = "10.0.0.9"
            env = { LEVEL = "2" }
            exclude = { "init.free-port" = "no port is free" }
            """,
        )
    )
    assert (file.name, file.words, file.spec) == ("mine", ("./driver", "--flag", "a b"), "")
    assert file.cwd == (tmp_path / "src").resolve()
    assert file.build == (("make", "all"), ("make", "check"))
    assert (file.deadline, file.start, file.stop, file.check_deadline) == (3, 4.5, 0.5, 30)
    assert (file.profiles, file.peer_host) == (("core",), "10.0.0.9")
    assert file.baseline == tmp_path / ".." / "old.json"
    assert file.exclude == {"init.free-port": "no port is free"}
    assert file.environment() == {**os.environ, "LEVEL": "2"}


def test_what_is_left_out_is_left_open(tmp_path: Path) -> None:
    file = load_file(write(tmp_path, 'command = ["./driver"]\nbuild = ["make"]'))
    assert (file.cwd, file.build, file.environment()) == (tmp_path.resolve(), (("make",),), None)
    assert (file.deadline, file.start, file.stop, file.check_deadline) == (None, None, None, None)


def test_no_deadline_can_be_the_implementations_own(tmp_path: Path) -> None:
    assert load_file(write(tmp_path, 'command = "x"\ndeadline = "none"')).deadline == math.inf


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "command"),
        ('command = "x"\nimplementation = "tcp:a:1"', "command"),
        ('comand = "x"', "unknown key 'comand'; did you mean command?"),
        ('command = "x"\ncheck_deadline = 3', "unknown key 'check_deadline'; did you mean check-deadline?"),
        ('driver = "x"', "unknown key 'driver'; did you mean command?"),
        ('command = "x"\ncall-deadline = 3', "unknown key 'call-deadline'; did you mean deadline?"),
        ('command = "x"\n[run]\nname = "x"', "unknown key 'run'; the keys are name, "),
        ('command = "x"\ndeadline = 1e300', "deadline"),
        ("command = 3", "command"),
        ("command = []", "command"),
        ('command = [""]', "command"),
        ('command = "it\'s"', "command"),
        ('command = ["a", 3]', "command"),
        ('command = "a\\u0000b"', "command"),
        ('implementation = "driver:x"', "implementation"),
        ('implementation = "reference"', "implementation"),
        ('implementation = "python:x"\nenv = { A = "b" }', "env"),
        ('implementation = "python:x"\ndeadline = 3', "deadline"),
        ('implementation = "tcp:a:1"\nenv = { A = "b" }', "env"),
        ('command = "x"\ncwd = "nowhere"', "cwd"),
        ('command = "x"\ncwd = ["."]', "cwd"),
        ('command = "x"\nname = ""', "name"),
        ('command = "x"\nbuild = [["make"], "x"]', "build"),
        ('command = "x"\nbuild = [[]]', "build"),
        ('command = "x"\nbuild = true', "build"),
        ('command = "x"\ndeadline = 0', "deadline"),
        ('command = "x"\ndeadline = -1', "deadline"),
        ('command = "x"\ndeadline = 0.01', "deadline"),
        ('command = "x"\nworkers = 257', "workers"),
        ('command = "x"\ndeadline = true', "deadline"),
        ('command = "x"\ndeadline = "soon"', "deadline"),
        ('command = "x"\ndeadline = nan', "deadline"),
        ('command = "x"\nstart = inf', "start"),
        ('command = "x"\nstop = "none"', "stop"),
        ('command = "x"\ncheck-deadline = "9"', "check-deadline"),
        ('command = "x"\nprofiles = "core"', "profiles"),
        ('command = "x"\nprofiles = []', "profiles"),
        ('command = "x"\nbaseline = 1', "baseline"),
        ('command = "x"\npeer-host = 1', "peer-host"),
        ('command = "x"\nenv = { A = 1 }', "env"),
        ('command = "x"\nenv = { "A=B" = "c" }', "env"),
        ('command = "x"\nexclude = ["init.free-port"]', "exclude"),
        ('command = "x"\nexclude = { "init.free-port" = "" }', "exclude"),
        ("command = ", "line"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load_file(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert named in said
    assert "\n" not in said


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_file(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    with pytest.raises(UsageError, match="line 1 is not UTF-8 text"):
        load_file(tmp_path / "latin.toml")


def test_a_file_or_its_directory_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, 'command = "x"')
    assert find_file(str(path)) == path
    assert find_file(str(tmp_path)) == path
    assert find_file("no/such/file.toml") == Path("no/such/file.toml")
    assert find_file("python:module") is None
    assert find_file("") is None
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"holds no dasnet\.toml"):
        find_file(str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("line", "adapter", "peer_host"),
    [
        ('command = ["./driver"]', DriverProcessAdapter, "127.0.0.1"),
        ('implementation = "python:some_module"', InProcessAdapter, "127.0.0.1"),
        ('implementation = "tcp:console:4000"', DriverSocketAdapter, "console"),
        ('implementation = "tcp:console:4000"\npeer-host = "10.0.0.9"', DriverSocketAdapter, "10.0.0.9"),
    ],
)
def test_it_leads_to_the_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, adapter: type, peer_host: str
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = write(tmp_path, line)
    resolved = resolve(str(path))
    assert isinstance(resolved, adapter)
    assert resolved.peer_host == peer_host
    assert resolve(str(tmp_path), peer_host="10.0.0.1").peer_host == "10.0.0.1"


def test_the_driver_runs_in_its_directory_with_its_environment(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "driver.py").write_text(
        f"{OPENING}\nsys.stderr.write(os.getcwd() + ' ' + os.environ['LEVEL'])\nsys.stderr.flush()\n{GOOD}"
    )
    write(tmp_path, 'command = ["{python}", "-I", "-S", "driver.py"]\ncwd = "work"\nenv = { LEVEL = "11" }\nstop = 20')
    adapter = resolve(str(tmp_path))
    assert adapter.describe().name == "fake"
    session = adapter.open_session()
    adapter.close()
    assert session.diagnostics() in ("", f"{(tmp_path / 'work').resolve()} 11")


def test_a_module_is_found_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "beside_the_file.py").write_text("class Server: pass\nIMPLEMENTATION_NAME = 'found'\n")
    write(tmp_path, 'implementation = "python:beside_the_file"')
    assert resolve(str(tmp_path)).describe().name == "found"


def script(*lines: str) -> str:
    return json.dumps(["{python}", "-c", "\n".join(lines)])


def test_the_build_runs_in_order_where_the_file_says(tmp_path: Path) -> None:
    first = script("print('a' * 10)", "open('made', 'w').write('1')")
    second = script("import os", "open('made', 'a').write(os.environ['LEVEL'])")
    path = write(tmp_path, f'command = "x"\nenv = {{ LEVEL = "2" }}\nbuild = [{first}, {second}]')
    build(load_file(path), sys.executable)
    assert (tmp_path / "made").read_text() == "12"


def test_a_build_that_fails_is_told_with_its_last_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Coverage says its own last words at the end of a child.
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
    failing = script("import sys", "[print(n, flush=True) for n in range(100)]", "sys.exit('no compiler')")
    never = script("open('made', 'w')")
    path = write(tmp_path, f'command = "x"\nbuild = [{failing}, {never}]')
    with pytest.raises(AdapterBroken, match=r"could not be built: .* ended with status 1") as caught:
        build(load_file(path), sys.executable)
    assert caught.value.culprit == "implementation"
    lines = caught.value.exchange.splitlines()
    assert len(lines) == BUILD_LINES
    assert {"99", "no compiler"} <= set(lines)
    assert str(path) in caught.value.hint
    assert not (tmp_path / "made").exists()


def test_a_build_that_cannot_start_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, 'command = "x"\nbuild = ["./no-such-program"]')
    with pytest.raises(AdapterBroken, match="cannot be started: No such file"):
        build(load_file(path), sys.executable)


def test_every_key_has_its_words() -> None:
    assert all(KEYS.values())
