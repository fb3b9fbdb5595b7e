"""Draws docs/failing-ladder.svg, the README's picture of a check that fails, from a real run.

    python docs/failing_ladder.py          judges the wrong server and draws the picture
    python docs/failing_ladder.py --check  ends with 1 if the picture tells anything else than the run gives

One wrong server of the proof room is judged by the one check that it has to fail, and the transcript of that is drawn
as the report draws it. The port, which differs from run to run, is written as 27778. It needs the installed `dasnet`,
uses loopback only, and writes the one file.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FunctionLoader

from dasnet_reports import load
from dasnet_reports.ladder import draw
from dasnet_reports.model import TranscriptEntry, Verdict
from dasnet_reports.pages import packaged

PICTURE = Path(__file__).parent / "failing-ladder.svg"
FAULT = "low_send_whole_buffer"
REQUIREMENT = "server-send.first-size-bytes"
PORT = "27778"


def picture() -> str:
    """Judge the wrong server and draw what came of it. Raises `RuntimeError` where it was not caught."""
    with tempfile.TemporaryDirectory() as folder:
        server = f"python:dasnet_conformance.proof.faults:{FAULT}"
        command = [sys.executable, "-m", "dasnet_conformance", "run", server, REQUIREMENT, "--report-dir", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode != 1:
            raise RuntimeError(f"{FAULT} is to fail {REQUIREMENT}, and the run ended with {done.returncode}")
        results = load(Path(folder) / "results.json")
    (failed,) = (each for each in results.requirements if each.verdict is Verdict.FAIL)
    drawing = draw([_with_one_port(entry) for entry in failed.transcript or ()], divergence=failed.message)
    engine = Environment(loader=FunctionLoader(packaged), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return _alone(str(engine.get_template("ladder.svg").module.ladder(drawing, 1, REQUIREMENT)))


def _with_one_port(entry: TranscriptEntry) -> TranscriptEntry:
    return replace(entry, text=re.sub(r"\bport([ =])\d+", rf"port\g<1>{PORT}", entry.text))


# What a page has around a drawing and a file has not: the style, the colours of both themes, and a ground of its own.
def _alone(svg: str) -> str:
    style = packaged("page.css")
    colours = style[style.index(":root {") : style.index("}", style.index(":root {")) + 1]
    whole = f"<style>{colours}\n{packaged('ladder.css')}\nsvg {{ background: var(--sheet); }}</style>"
    head = svg.strip().replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return head.replace("<title", f"{whole}<title", 1) + "\n"


def told(svg: str) -> list[str]:
    """What a picture says, line by line, but for what the hour decides: how bytes came, and idle ticks."""
    lines = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    return [line for line in lines if not line.startswith(("receive", "tick"))]


def main(arguments: list[str]) -> int:
    """Draw, or with --check compare; returns the exit status."""
    text = picture()
    if "--check" not in arguments:
        PICTURE.write_text(text, "utf-8")
        return 0
    if told(PICTURE.read_text("utf-8")) != told(text):
        sys.stderr.write(f"{PICTURE.name} is out of date; run python docs/failing_ladder.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
