"""The record stream: whole lines only, also while somebody writes, and from several processes. Temporary files only."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dasnet_conformance.running.room import UNRECORDED
from dasnet_conformance.running.stream import StreamReader, StreamWriter

#: Appends records of one process, long ones among them, as fast as it can once its input ends.
WRITING = """\
import sys
from dasnet_conformance.running.stream import StreamWriter

writer = StreamWriter(sys.argv[1])
sys.stdin.read()
for number in range(200):
    writer.write("case", number=number, filling="x" * (number * 97 % 3000))
writer.close()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stream"


@pytest.fixture
def writer(path: Path) -> Iterator[StreamWriter]:
    writer = StreamWriter(path)
    yield writer
    writer.close()


@pytest.fixture
def reader(path: Path, writer: StreamWriter) -> Iterator[StreamReader]:
    reader = StreamReader(path)
    yield reader
    reader.close()


def test_a_record_carries_its_type_its_process_and_its_fields(writer: StreamWriter, reader: StreamReader) -> None:
    writer.write("start", requirement="init.free-port", case="test[1]")
    expected = {"type": "start", "process": os.getpid(), "requirement": "init.free-port", "case": "test[1]"}
    assert list(reader.read()) == [expected]


def test_a_read_gives_what_was_appended_since_the_last(writer: StreamWriter, reader: StreamReader) -> None:
    assert list(reader.read()) == []
    writer.write("one")
    assert [record["type"] for record in reader.read()] == ["one"]
    writer.write("two")
    writer.write("three")
    assert [record["type"] for record in reader.read()] == ["two", "three"]
    assert list(reader.read()) == []


@pytest.mark.parametrize("text", ["line\nfeed", "\x00\x1b[31m", "\u2028", "\ud800", "ä"])
def test_any_text_comes_back_as_it_was(writer: StreamWriter, reader: StreamReader, text: str) -> None:
    writer.write("case", message=text)
    assert [record["message"] for record in reader.read()] == [text]


def test_an_unfinished_line_waits_until_it_is_whole(path: Path, reader: StreamReader) -> None:
    line = b'{"type": "case", "message": "late"}\n'
    with path.open("ab", buffering=0) as file:
        for index in range(len(line) - 1):
            file.write(line[index : index + 1])
            assert list(reader.read()) == []
        file.write(line[-1:] + b'{"type"')
    assert list(reader.read()) == [{"type": "case", "message": "late"}]
    assert list(reader.read()) == []


def test_a_writer_appends_to_what_is_there(path: Path, writer: StreamWriter, reader: StreamReader) -> None:
    writer.write("one")
    other = StreamWriter(path)
    other.write("two")
    other.close()
    assert [record["type"] for record in reader.read()] == ["one", "two"]


def test_a_writer_may_be_closed_twice(writer: StreamWriter) -> None:
    writer.close()
    writer.close()


def test_a_write_that_the_system_cuts_short_is_finished(
    writer: StreamWriter, reader: StreamReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:10]))
    writer.write("case", message="more than ten bytes")
    assert [record["message"] for record in reader.read()] == ["more than ten bytes"]


def test_lines_of_several_processes_do_not_mix(path: Path, reader: StreamReader) -> None:
    command = [sys.executable, "-c", WRITING, str(path)]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for child in children:
        assert child.stdin is not None
        child.stdin.close()
    for child in children:
        assert child.wait(100) == 0
    numbers: dict[int, list[int]] = {child.pid: [] for child in children}
    for record in reader.read():
        numbers[record["process"]].append(record["number"])
        assert len(record["filling"]) == record["number"] * 97 % 3000
    assert list(numbers.values()) == [list(range(200))] * 3


def test_what_an_interruption_left_unread_is_read_the_next_time(writer: StreamWriter, reader: StreamReader) -> None:
    for number in range(3):
        writer.write("case", number=number)
    assert next(iter(reader.read()))["number"] == 0  # and whoever read it was interrupted
    writer.write("case", number=3)
    assert [record["number"] for record in reader.read()] == [1, 2, 3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limit of a file's size")
def test_a_process_that_cannot_write_its_records_ends_and_says_so(path: Path, reader: StreamReader) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
    ended = subprocess.run(
        [sys.executable, "-c", limited + WRITING, path], input=b"", capture_output=True, timeout=60, check=False
    )
    assert ended.returncode == UNRECORDED
    assert ended.stderr == b"dasnet: the records of the run cannot be written: File too large\n"
    assert [record["number"] for record in reader.read()] == list(range(len(path.read_bytes().splitlines()) - 1))


def test_a_line_that_is_no_record_is_passed_over(path: Path, writer: StreamWriter, reader: StreamReader) -> None:
    writer.write("case", number=1)
    with path.open("ab") as file:
        file.write(b'{"type": "ca{"type"}\n')
    writer.write("case", number=2)
    assert [record["number"] for record in reader.read()] == [1, 2]
