"""`tox -e mutation`: mutate a copy of the reference and judge every mutant by the suite.

Names of files, `_client.py` say, restrict it to these. `--resume` goes on with a run that was cut off, with the files
it had; `--write` puts the outcome into docs/mutation.md. Everything lies in out/mutation: the copy that is mutated,
the untouched one beside it, the tool's configuration and its session.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent.parent
PLACE: Final = ROOT / "out" / "mutation"
CONFIGURATION: Final = HERE / "cosmic-ray.toml"
PACKAGE: Final = "dasnet_reference"

#: How often the untouched copy has to pass, before and after: a suite that fails at times would lay that to mutants.
CONTROLS: Final = 1


def main() -> int:
    """Run all of it; the exit status is that of the score."""
    resuming = "--resume" in sys.argv[1:]
    if not resuming:
        shutil.rmtree(PLACE, ignore_errors=True)
        copy = shutil.ignore_patterns("__pycache__")
        for place in (PLACE, PLACE / "pristine"):
            shutil.copytree(ROOT / "reference" / PACKAGE, place / PACKAGE, ignore=copy)
        _configure([word for word in sys.argv[1:] if not word.startswith("--")])
    else:
        (PLACE / "judge.sock").unlink(missing_ok=True)
        # The file that was mutated when the run was cut off.
        shutil.copytree(PLACE / "pristine" / PACKAGE, PLACE / PACKAGE, dirs_exist_ok=True)
    with _judge():
        return _all(resuming)


def _configure(files: list[str]) -> None:
    # The tool's configuration of this run: that of every run, for these files of the package, or for all.
    missing = [name for name in files if not (PLACE / PACKAGE / name).is_file()]
    if missing:
        sys.exit(f"no file of the reference: {', '.join(missing)}; name them as in reference/{PACKAGE}")
    text = CONFIGURATION.read_text("utf-8")
    if files:
        every = f'module-path = "{PACKAGE}"'
        assert every in text, f"{CONFIGURATION} has no line {every}"
        text = text.replace(every, f"module-path = {json.dumps([f'{PACKAGE}/{name}' for name in files])}")
    (PLACE / CONFIGURATION.name).write_text(text, "utf-8")


def _all(resuming: bool) -> int:
    _control()
    if not resuming:
        _run("cosmic-ray", "init", CONFIGURATION.name, "session.sqlite")
        _run("cr-filter-operators", "session.sqlite", CONFIGURATION.name)
        _run(sys.executable, HERE / "leave_out.py", "session.sqlite", CONFIGURATION.name)
    _run("cosmic-ray", "exec", CONFIGURATION.name, "session.sqlite")
    _control()
    written = [word for word in sys.argv[1:] if word == "--write"]
    command = [sys.executable, str(HERE / "score.py"), str(PLACE / "session.sqlite"), *written]
    return subprocess.run(command, check=False).returncode


@contextmanager
def _judge() -> Iterator[None]:
    # Starts the process that has the suite loaded, and ends it.
    judge = subprocess.Popen([sys.executable, HERE / "judge_mutant.py", "--serve"], cwd=PLACE)
    try:
        while judge.poll() is None and not (PLACE / "judge.sock").exists():
            time.sleep(0.05)
        yield
    finally:
        judge.kill()
        judge.wait()


def _control() -> None:
    for _ in range(CONTROLS):
        _run(sys.executable, HERE / "judge_mutant.py")


def _run(*command: str | Path) -> None:
    # The scripts of this very environment go first.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    told = " ".join(Path(word).name for word in command)
    print(told, flush=True)
    ended = subprocess.run(
        [shutil.which(str(command[0]), path=path) or command[0], *command[1:]],
        cwd=PLACE,
        env={**os.environ, "PATH": path},
        check=False,
    )
    if ended.returncode:
        sys.exit(f"failed with status {ended.returncode}: {told}")


if __name__ == "__main__":
    sys.exit(main())
