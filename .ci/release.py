"""Makes a release and tries it as a stranger would: `tox -e release`, results in out/release.

It builds the sdist and, from that, the wheel; has their descriptions checked; installs the wheel without an index, from
a folder of wheels, into a fresh environment of each supported Python that is here, and judges the reference there, away
from the checkout; and writes the notes of the release from CHANGELOG.md. The network is needed to build and to fill the
folder of wheels, and for nothing after that. It writes below the folder it is given, and publishes nothing.

    python .ci/release.py [-o FOLDER] [--tag v0.2.0]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from email.parser import HeaderParser
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

ROOT: Final = Path(__file__).resolve().parents[1]

#: A dated section of the changelog.
_HEADING: Final = re.compile(r"^## (\S+) \((\d{4}-\d{2}-\d{2})\)$", re.MULTILINE)
#: A link that leads nowhere on an index page.
_RELATIVE: Final = re.compile(r"\]\((?![a-z]+:|#)[^)\s]+\)")


def main(given: Sequence[str] | None = None) -> int:
    """Make the release; returns 0, or ends with one line that says what is not as it has to be."""
    parser = argparse.ArgumentParser(description="Make a release and try it.")
    parser.add_argument("-o", dest="folder", default=str(ROOT / "out" / "release"), help="where all of it is written")
    parser.add_argument("--tag", default="", help="the tag that is released, which has to be that of the version")
    arguments = parser.parse_args(given)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    if arguments.tag and arguments.tag != f"v{project['version']}":
        give_up(f"the tag {arguments.tag} is not v{project['version']}, the version in pyproject.toml")
    notes = notes_of(project["version"], (ROOT / "CHANGELOG.md").read_text("utf-8"))
    folder = Path(arguments.folder).resolve()
    # All of it is made anew: what an earlier release left there would be checked in its place.
    for name in ("dist", "wheelhouse", "installed"):
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    sdist, wheel = build(folder / "dist", project["version"])
    say("twine", "check")
    run([sys.executable, "-m", "twine", "check", "--strict", str(sdist), str(wheel)])
    problem = problem_of(metadata_of(wheel), project["version"])
    if problem:
        give_up(f"{wheel.name}: {problem}")
    tried = try_everywhere(wheel, pythons(project), folder)
    # Nor does the page of a release know the repository's files.
    notes = description().for_an_index(notes, description().place_of(f"v{project['version']}"))
    (folder / "notes.md").write_text(notes, "utf-8")
    print(f"{wheel.name} and {sdist.name}: checked, and judged the reference with Python {', '.join(tried)}")
    print(f"notes: {folder / 'notes.md'}")
    return 0


def give_up(told: str) -> NoReturn:
    """End with one line."""
    raise SystemExit(f"release: {told}")


def say(*words: str) -> None:
    """A heading in the log, before what the next program says."""
    print(f"== {' '.join(words)}", flush=True)


def run(command: Sequence[str], **options: Any) -> None:
    """Run a program to its end; gives up where it fails."""
    if subprocess.run(command, check=False, **options).returncode != 0:
        give_up(f"{' '.join(command[:4])} ... failed, as told above")


def description() -> ModuleType:
    """hatch_build.py, which makes the description of the package."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    if spec is None or spec.loader is None:
        give_up("hatch_build.py cannot be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def notes_of(version: str, changelog: str) -> str:
    """What the changelog says of a version, with its date; gives up where that is not its first section."""
    headings = list(_HEADING.finditer(changelog))
    if not headings or headings[0][1] != version:
        give_up(f"CHANGELOG.md does not begin with '## {version} (DATE)'; date its section")
    if "## Unreleased" in changelog:
        give_up(f"CHANGELOG.md has a section Unreleased; move what it says to {version}, or raise the version")
    end = headings[1].start() if len(headings) > 1 else len(changelog)
    said = changelog[headings[0].end() : end].strip()
    if not said:
        give_up(f"CHANGELOG.md says nothing of {version}")
    return f"Released {headings[0][2]}.\n\n{said}\n"


def build(folder: Path, version: str) -> tuple[Path, Path]:
    """Build the sdist, and the wheel from it; returns both paths."""
    say("build")
    run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)])
    found = sorted(folder.glob(f"*-{version}*"))
    sdists, wheels = [p for p in found if p.suffix == ".gz"], [p for p in found if p.suffix == ".whl"]
    if len(sdists) != 1 or len(wheels) != 1 or len(list(folder.iterdir())) != 2:
        give_up(f"expected one sdist and one wheel of {version}, found {', '.join(p.name for p in folder.iterdir())}")
    return sdists[0], wheels[0]


def metadata_of(wheel: Path) -> str:
    """The METADATA of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name).decode("utf-8")


def problem_of(metadata: str, version: str) -> str:
    """What would be wrong with the page of an index that is made from this metadata, or nothing."""
    told = HeaderParser().parsestr(metadata)
    if told["Version"] != version:
        return f"its version is {told['Version']}, not {version}"
    if told["Description-Content-Type"] != "text/markdown":
        return "its description is not told to be Markdown"
    description = str(told.get_payload())
    if len(description) < 1000:
        return "its description is not the README"
    dead = _RELATIVE.findall(description)
    if dead:
        return f"its description has links that an index cannot follow: {', '.join(dead[:3])}"
    return ""


def pythons(project: dict[str, Any]) -> dict[str, str]:
    """The supported versions of Python -> the program of each, empty where it is not installed."""
    versions = [text.rpartition(" :: ")[2] for text in project["classifiers"] if "Python :: 3." in text]
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {each: sys.executable if each == own else _working(each) for each in versions}


# A program of that name may be a stand-in for a Python that is not installed.
def _working(version: str) -> str:
    program = shutil.which(f"python{version}") or ""
    asked = [program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False) if program else None
    except OSError:
        return ""
    return program if done is not None and done.stdout.strip() == version else ""


def try_everywhere(wheel: Path, programs: dict[str, str], folder: Path) -> list[str]:
    """Try the wheel with each Python that is here; returns their versions. In CI all have to be here."""
    absent = [version for version, program in programs.items() if not program]
    if absent:
        told = f"Python {', '.join(absent)} not installed"
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            give_up(f"{told}, and a release is tried with every one that it names")
        print(f"skipped: {told}")
    tried = [version for version, program in programs.items() if program]
    if not tried:
        give_up("no Python that the package names is installed")
    for version in tried:
        say("Python", version)
        try_wheel(wheel, programs[version], folder / "wheelhouse" / version, folder / "installed" / version)
    return tried


def try_wheel(wheel: Path, program: str, wheelhouse: Path, place: Path) -> None:
    """Install the wheel without an index into a fresh environment, and judge the reference with it.

    Arguments: `program`, a Python; `wheelhouse`, where its wheels are gathered; `place`, for the environment.
    """
    run([program, "-m", "venv", str(place)])
    python = str(next(path for path in (place / "bin" / "python", place / "Scripts" / "python.exe") if path.exists()))
    run([python, "-m", "pip", "download", "--quiet", "--dest", str(wheelhouse), str(wheel)])
    # Nothing of the checkout, of this environment or of an index.
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "PYTEST"))}
    offline = {**kept, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    away: dict[str, Any] = {"cwd": place, "env": offline}
    run([python, "-m", "pip", "install", "--quiet", "--find-links", str(wheelhouse), str(wheel)], **away)
    run([python, "-m", "pip", "check"], **away)
    dasnet = [python, "-m", "dasnet_conformance"]
    run([*dasnet, "version", "--verbose"], **away)
    run([*dasnet, "run", "reference", "--strict", "--report-dir", "report"], **away)
    run([*dasnet, "verify-report", "report"], **away)


if __name__ == "__main__":
    raise SystemExit(main())
