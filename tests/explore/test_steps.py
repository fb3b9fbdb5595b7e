"""Steps and scripts: what is printed is what is read, and what cannot be read is told with its line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dasnet_adapters.contract import CORE, PROFILES
from dasnet_conformance.explore.chance.tcp_clients import make_talk
from dasnet_conformance.explore.chance.tcp_servers import make_script
from dasnet_conformance.explore.scripts.script import BadScript, Script, parse_script, read_script
from dasnet_conformance.explore.scripts.steps import (
    FORMS,
    WORDS,
    BadStep,
    Step,
    fields,
    is_of_askers,
    is_of_http,
    parse_step,
    profile_of,
    step,
)


def an_example(name: str) -> Step:
    return Step(name, tuple(WORDS[field][-1] if field in WORDS else 2 for field in fields(name)))


@pytest.mark.parametrize("name", FORMS)
def test_every_form_reads_back(name: str) -> None:
    example = an_example(name)
    assert parse_step(str(example)) == example
    assert parse_step(f"   {str(example).replace(' ', '  ')} ") == example


def test_the_arguments_by_name() -> None:
    send = step("send", 1, -1, 10)
    assert (send.number("object"), send.get("size"), send.get("length")) == (1, -1, 10)
    assert str(send.replaced("size", 5)) == "host: object 1 sends 5 of 10 bytes"


@pytest.mark.parametrize("line", ["host: dance", "peer 1: send many bytes", "host: construct object 1 of class C", ""])
def test_a_line_that_is_no_step(line: str) -> None:
    with pytest.raises(BadStep, match="no step reads"):
        parse_step(line)


def test_made_up_scripts_read_back() -> None:
    chance = random.Random(3)
    for _ in range(50):
        made = make_script(lambda choices: chance.choice(list(choices)), 40, profiles=PROFILES)
        assert list(parse_script(Script(made).text()).steps) == made


def test_without_the_low_level_profile_no_such_step_is_made() -> None:
    chance = random.Random(4)
    made = [make_script(lambda choices: chance.choice(list(choices)), 40, profiles=(CORE,)) for _ in range(50)]
    assert {profile_of(each.name) for script in made for each in script} == {CORE}


def test_no_step_of_http_is_made_up_where_servers_or_clients_are_what_it_is_about() -> None:
    chance = random.Random(6)
    for make in (make_script, make_talk):
        made = [make(lambda choices: chance.choice(list(choices)), 40, profiles=PROFILES) for _ in range(30)]
        assert not any(is_of_http(each.name) or is_of_askers(each.name) for script in made for each in script)


def test_the_header_comes_back_and_remarks_are_passed_over() -> None:
    text = Script([step("settle")], {"seed": "7", "finding": "two\nlines"}).text()
    read = parse_script(text + "# later: not header\n\nhost: wait without a tick\n")
    assert read.header == {"seed": "7", "finding": "two lines"}
    assert [each.name for each in read.steps] == ["settle", "silence"]


def test_a_bad_script_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.script"
    path.write_text("# seed: 0\nhost: settle\nhost: dance\n")
    with pytest.raises(BadScript, match=r"bad\.script: line 3: no step reads 'host: dance'"):
        read_script(path)


def test_an_empty_script_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadScript, match="no step in it"):
        parse_script("# seed: 0\n")
    with pytest.raises(BadScript, match="cannot be read: No such file"):
        read_script(tmp_path / "missing")
