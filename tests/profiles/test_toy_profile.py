"""A profile is data: one from outside the packages is listed, judged, proved and examined without a change in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import toy_profile_files

from conformance_tools import Workshop
from dasnet_adapters.profiles import ProfileError, read_profiles

GREETING = "greeting.counted"
POLITE = "python:polite"
WRONG = "python:dasnet_conformance.proof.faults:greets_once_only"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    toy_profile_files.write(tmp_path)
    return Workshop(tmp_path)


def test_its_requirement_is_listed_and_explained(workshop: Workshop) -> None:
    listed = workshop.dasnet("list", "--profile", "toy", "--json")
    assert [entry["id"] for entry in json.loads(listed.out)] == [GREETING]
    explained = workshop.dasnet("explain", GREETING)
    assert "check toy_profile/suite/test_greeting.py:" in explained.out
    assert "greets_once_only: Says hello once, however often it is asked to." in explained.out


def test_a_port_that_claims_it_is_judged_by_its_check(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", POLITE, "--profile", "toy", "--json")
    assert ran.status == 0, ran.err
    assert ran.verdicts() == {GREETING: "pass"}


def test_the_profiles_that_are_built_in_are_judged_beside_it(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", POLITE, "--json", "-n", "2")
    assert ran.status == 0, ran.err
    assert ran.with_verdict("pass") > {GREETING, "init.free-port"}


def test_its_wrong_server_fails_the_run_and_is_caught_by_the_proof(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", WRONG, "--profile", "toy", "--json")
    assert ran.status == 1
    assert "2 times" not in ran.row(GREETING)["message"]
    assert ran.row(GREETING)["message"] == "greet(3): expected 3, got 1"
    proved = workshop.dasnet("prove", "--fault", "greets_once_only")
    assert proved.status == 0, proved.out + proved.err


def test_the_doctor_tries_its_commands_behind_a_driver(workshop: Workshop) -> None:
    examined = workshop.dasnet("doctor", f"driver:{sys.executable} -m dasnet_adapters.python_driver polite")
    assert examined.status == 0, examined.out + examined.err
    assert "toy: " in examined.out


def test_a_port_that_does_not_claim_it_sees_nothing_of_it(workshop: Workshop) -> None:
    ran = workshop.dasnet("run", "reference", "--json", "-k", "query.fires-nothing or greeting")
    assert ran.status == 0, ran.err
    assert GREETING not in ran.verdicts()


TABLE = toy_profile_files.FILES["toy_profile/profile.toml"]


@pytest.mark.parametrize(
    ("sound", "wrong", "said"),
    [
        ('result = "number"', 'result = "text"', "'text' is no kind of value"),
        ("times:number", "times:often", "often is none of object"),
        ('name = "toy"', 'title = "toy"', "place: "),
        ("[profile.commands.greet]", '[profile.callbacks]\nsaid = "words:text"\n[profile.commands.greet]', "'words'"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_its_place(sound: str, wrong: str, said: str) -> None:
    assert [profile.name for profile in read_profiles(TABLE, "place")] == ["toy"]
    with pytest.raises(ProfileError, match=r"^place: ") as raised:
        read_profiles(TABLE.replace(sound, wrong, 1), "place")
    assert said in str(raised.value)


@pytest.mark.parametrize(("there", "instead"), [('"greeting"', '"init"'), ("commands.greet", "commands.tick")])
def test_a_profile_that_takes_a_name_is_refused_in_one_line(workshop: Workshop, there: str, instead: str) -> None:
    place = workshop.folder / "toy_profile" / "profile.toml"
    place.write_text(place.read_text("utf-8").replace(there, instead), "utf-8")
    ran = workshop.dasnet("list")
    assert ran.status == 3
    assert ran.err.startswith("dasnet: entry point toy = toy_profile of dasnet.profiles: ")
    assert ran.err.count("\n") == 1
