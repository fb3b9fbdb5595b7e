"""`dasnet new-driver`: what it writes builds and passes the doctor as it stands; what it cannot write, it refuses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dasnet_adapters.contract import CLIENT, CLIENT_LOWLEVEL, COMMANDS, CORE, LOWLEVEL, PROFILES
from dasnet_conformance.cli.new_driver_command import (
    ALIASES,
    LANGUAGES,
    PLACEHOLDER,
    language_of,
    port_name,
    skeleton,
)
from toolchains import need

#: The programs that a skeleton is built and run with, and what to install where they are missing.
TOOLCHAINS: dict[str, tuple[tuple[str, ...], str]] = {
    "c": (("make", "cc"), "a C compiler and make (Debian: gcc make)"),
    "cpp": (("make", "c++"), "a C++17 compiler and make (Debian: g++ make)"),
    "python": ((), ""),
    "node": (("node",), "Node.js 18 or later (Debian: nodejs)"),
    "rust": (("cargo", "rustc"), "Rust 1.73 or later (Debian: cargo)"),
    "go": (("go",), "Go 1.19 or later (Debian: golang-go)"),
    "java": (("java", "javac"), "a JDK, 17 or later (Debian: openjdk-17-jdk-headless)"),
    "daslang": (("daslang",), "daslang 0.6 or later (pip install daslang, or put what .ci/daslang prints on PATH)"),
}
#: The marked places that a skeleton cannot do without: a function to fill in for each command that asks the port.
OF_THE_DRIVER = ("new", "react", "descriptors", "holds")
ASKED = [
    name
    for name, form in COMMANDS.items()
    if not form.optional and name not in OF_THE_DRIVER and form.profile in (CORE, LOWLEVEL)
]
#: The same of a skeleton with the client half.
ASKED_OF_CLIENTS = [name for name, form in COMMANDS.items() if form.profile in (CLIENT, CLIENT_LOWLEVEL)]


def dasnet(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command from a directory of its own."""
    command = shutil.which("dasnet", path=sysconfig.get_path("scripts"))
    assert command, "the command dasnet is not installed beside this Python"
    return subprocess.run([command, *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=110)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Go insists on a cache, and finds no place for it where the home directory is not known."""
    with pytest.MonkeyPatch.context() as patch:
        if not {"GOCACHE", "XDG_CACHE_HOME", "HOME"} & os.environ.keys():
            patch.setenv("GOCACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@dataclass(frozen=True)
class Skeleton:
    """A skeleton that was written and examined, which builds it."""

    place: Path
    written: subprocess.CompletedProcess[str]
    files: frozenset[Path]
    examined: subprocess.CompletedProcess[str]


#: Languages in which it takes long to build one: with its other halves it is built in `tox -e long`.
COMPILED = ("cpp", "rust", "go", "java")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            (language, options),
            id="-".join((language, *options[1:])),
            marks=[pytest.mark.long] if options and language in COMPILED else [],
        )
        for language in LANGUAGES
        for options in ((), *(("--profile", profile) for profile in ("client", "http", "http-client")))
    ],
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Skeleton:
    """A skeleton in each language, in a directory whose name is no word."""
    language, options = request.param
    need(*TOOLCHAINS[language])
    folder = tmp_path_factory.mktemp(language)
    written = dasnet("new-driver", language, "my port", *options, cwd=folder)
    place = folder / "my port"
    files = frozenset(path for path in place.rglob("*") if path.is_file())
    return Skeleton(place, written, files, dasnet("doctor", cwd=place))


def test_a_skeleton_is_written_and_the_next_commands_are_told(made: Skeleton) -> None:
    assert (made.written.returncode, made.written.stderr) == (0, "")
    told = made.written.stdout.splitlines()
    assert "my-port" in told[0]
    assert told[1:] == ["    cd 'my port'", "    dasnet doctor", "    dasnet run construct"]


def test_a_skeleton_builds_and_passes_the_doctor(made: Skeleton) -> None:
    said = made.examined.stdout
    assert made.examined.returncode == 0, said + made.examined.stderr
    assert "my-port 0.1.0" in said
    # Two steps need a port that works, and say so; nothing else is to be found.
    notes = [line.partition(":")[0].split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("note")]
    assert notes == ["callbacks", "large amounts"]
    assert "not-ported" in said


def test_a_skeleton_that_is_not_filled_in_conforms_to_nothing(made: Skeleton) -> None:
    judged = dasnet("run", "construct", cwd=made.place)
    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert judged.stdout.splitlines()[-1].startswith("my-port: non-conforming")


def test_what_is_built_is_ignored_by_git(made: Skeleton) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=made.place, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=made.place,
        check=True,
        capture_output=True,
        text=True,
    )
    # A lock file is no output: it is kept with the sources.
    kept = {made.place / name for name in listed.stdout.split("\0") if name} - {made.place / "Cargo.lock"}
    assert kept == made.files


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_skeleton_has_the_client_half_when_it_is_asked_for(language: str) -> None:
    without, with_client = dict(skeleton(language, "mynet")), dict(skeleton(language, "mynet", "client"))
    assert without.keys() == with_client.keys()
    for texts in (without, with_client):
        assert not any(line.startswith("@") for text in texts.values() for line in text.splitlines())
    name = next(path for path in with_client if re.search(r"([Dd]river|main)\.\w+$", str(path)))
    here = {command for command in ASKED_OF_CLIENTS if command.replace("_", "") in _flat(with_client[name])}
    assert here == set(ASKED_OF_CLIENTS)
    assert _flat(with_client[name]).count("port:") > _flat(without[name]).count("port:")
    of_handles = [command.replace("_", "") for command in ASKED_OF_CLIENTS if "client" in command]
    assert [command for command in of_handles if command in _flat(without[name])] == []
    assert len(without[name]) < len(with_client[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_skeleton_has_the_class_http_server_when_it_is_asked_for(language: str) -> None:
    without, with_http = dict(skeleton(language, "mynet")), dict(skeleton(language, "mynet", "http"))
    assert without.keys() == with_http.keys()
    assert not any(line.startswith("@") for text in with_http.values() for line in text.splitlines())
    name = next(path for path in with_http if re.search(r"([Dd]river|main)\.\w+$", str(path)))
    for command in ("httpnew", "respond"):
        assert command in _flat(with_http[name])
        assert command not in _flat(without[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_skeleton_has_the_class_http_client_when_it_is_asked_for(language: str) -> None:
    without, with_client = dict(skeleton(language, "mynet")), dict(skeleton(language, "mynet", "http-client"))
    assert without.keys() == with_client.keys()
    assert not any(line.startswith("@") for text in with_client.values() for line in text.splitlines())
    name = next(path for path in with_client if re.search(r"([Dd]river|main)\.\w+$", str(path)))
    for command in ("httpclientnew", "httpinit", "cancel", "close"):
        assert command in _flat(with_client[name])
    for command in ("httpclientnew", "httpinit", "cancel"):
        assert command not in _flat(without[name])


def _flat(text: str) -> str:
    return text.lower().replace("_", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_of_a_skeleton(language: str) -> None:
    texts = {str(path): text for path, text in skeleton(language, "mynet")}
    assert {".gitignore", "README.md", "dasnet.toml"} <= texts.keys()
    everything = "".join(texts.values())
    assert PLACEHOLDER not in everything
    assert "mynet" in texts["README.md"]
    assert not any(name.endswith(".template") for name in texts)
    told = tomllib.loads(texts["dasnet.toml"])
    assert (told["name"], told["profiles"]) == ("mynet", [CORE])
    driver = next(text for name, text in texts.items() if re.search(r"([Dd]river|main)\.\w+$", name))
    flat = _flat(driver)
    assert [name for name in ASKED if name.replace("_", "") not in flat] == []
    assert [name for name in PROFILES[CORE].callbacks if f"on{name}" not in flat and f"fn {name}" not in flat] == []
    assert flat.count("port:") >= len(ASKED)


def test_a_directory_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "port").mkdir()
    (tmp_path / "port" / "precious").write_text("kept")
    refused = dasnet("new-driver", "python", "port", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert refused.stderr == "dasnet: port: is not empty; give a directory that is empty or does not exist yet\n"
    assert [path.name for path in (tmp_path / "port").iterdir()] == ["precious"]


def test_a_profile_that_no_skeleton_has_is_told(tmp_path: Path) -> None:
    refused = dasnet("new-driver", "python", "port", "--profile", "telepathy", cwd=tmp_path)
    assert refused.returncode == 3
    assert refused.stderr == "dasnet: no profile telepathy; the profiles are core, client, http, http-client\n"
    assert not (tmp_path / "port").exists()


def test_an_empty_directory_is_taken_and_gives_its_name(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    assert dasnet("new-driver", "python", ".", cwd=tmp_path / "here").returncode == 0
    assert 'name = "here"' in (tmp_path / "here" / "dasnet.toml").read_text("utf-8")


def test_a_file_in_the_way_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("a file")
    refused = dasnet("new-driver", "c", "port", cwd=tmp_path)
    assert refused.returncode == 3
    assert refused.stderr.startswith("dasnet: DIR port: it is a file; ")
    assert refused.stderr.count("\n") == 1


def test_an_unknown_language_is_told_all_of_them(tmp_path: Path) -> None:
    refused = dasnet("new-driver", "cobol", "port", cwd=tmp_path)
    assert refused.returncode == 3
    languages = "the languages are c, cpp, python, node, rust, go, java, daslang"
    another = "in another one, docs/driver-protocol.md is all that it takes"
    told = f"dasnet: there is no skeleton in 'cobol'; {languages}; {another}\n"
    assert refused.stderr == told
    assert not (tmp_path / "port").exists()


@pytest.mark.parametrize(
    ("given", "near"),
    [("pyhton", "python"), ("typescript", "node"), ("jaava", "java"), ("c#", "c"), ("rusty", "rust")],
)
def test_a_language_that_is_near_another_one_is_told_that(tmp_path: Path, given: str, near: str) -> None:
    refused = dasnet("new-driver", given, "port", cwd=tmp_path)
    assert refused.returncode == 3
    assert refused.stderr.startswith(
        f"dasnet: there is no skeleton in {given!r}; did you mean {near}? the languages are c,"
    )
    assert "docs/driver-protocol.md is all that it takes" in refused.stderr


@pytest.mark.parametrize(
    ("given", "language"),
    [*ALIASES.items(), *((language, language) for language in LANGUAGES), ("C++", "cpp"), ("Python", "python")],
)
def test_a_language_is_known_by_its_other_names(given: str, language: str) -> None:
    assert language in LANGUAGES
    assert language_of(given) == language


def test_an_alias_writes_the_skeleton_of_its_language(tmp_path: Path) -> None:
    assert dasnet("new-driver", "C++", "port", cwd=tmp_path).returncode == 0
    assert (tmp_path / "port" / "driver.cpp").exists()


@pytest.mark.parametrize(
    ("directory", "name"),
    [
        ("mynet", "mynet"),
        ("my net", "my-net"),
        ('a"b\\c', "a-b-c"),
        ("0.3_x", "0.3_x"),
        ("日本", "port"),
        ("/", "port"),
    ],
)
def test_the_name_of_the_port_is_safe_in_every_language(directory: str, name: str) -> None:
    assert port_name(Path(directory)) == name
