"""The register of faults agrees with the catalogue, and each fault is the small thing that it is meant to be."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

import dasnet_conformance.proof.faults as package
from dasnet_adapters import AdapterBroken, resolve
from dasnet_adapters.contract import PROFILES
from dasnet_conformance.catalogue.loader import load_catalogue
from dasnet_conformance.catalogue.rooms import modules_of
from dasnet_conformance.proof.faults.null_controls import NULL_CONTROLS
from dasnet_conformance.proof.faults.registry import Fault, load_faults, proving, register
from dasnet_conformance.proof.faults.sound import Implementation

FAULTS = load_faults()
REQUIREMENTS = load_catalogue().requirements


def test_every_must_and_should_has_a_fault() -> None:
    wanted = {name for name, requirement in REQUIREMENTS.items() if requirement.level != "MAY"}
    assert wanted == set(proving())


@pytest.mark.parametrize("entry", FAULTS.values(), ids=FAULTS)
def test_a_fault_names_requirements_that_exist(entry: Fault) -> None:
    assert entry.kills
    assert set(entry.kills) | set(entry.may_kill) <= set(REQUIREMENTS)
    assert not set(entry.kills) & set(entry.may_kill)
    assert all(REQUIREMENTS[name].level != "MAY" for name in entry.kills)


@pytest.mark.parametrize("entry", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_in_one_sentence(entry: Fault) -> None:
    assert entry.sentence.endswith(".")
    assert not re.search(r"\. [A-Z]", entry.sentence)
    assert 20 < len(entry.sentence) < 160


def test_sentences_are_all_different() -> None:
    sentences = [entry.sentence for entry in FAULTS.values()]
    assert len(set(sentences)) == len(sentences)


def test_names_can_be_addressed_and_hide_nothing() -> None:
    files_of_package = {file.name.removesuffix(".py") for file in files(package).iterdir()}
    names = [*FAULTS, *NULL_CONTROLS]
    assert all(name.isidentifier() for name in names)
    assert not set(names) & files_of_package
    assert len(set(names)) == len(names)


def test_every_file_of_faults_is_registered() -> None:
    found = {name for profile in PROFILES.values() for name in modules_of(profile, "faults")}
    assert found == {part.__module__.rpartition(".")[2] for entry in FAULTS.values() for part in entry.parts}


def test_a_name_is_given_once() -> None:
    entry = next(iter(FAULTS.values()))
    with pytest.raises(ValueError, match=entry.name):
        register(entry)


@pytest.mark.parametrize("name", ["loses_last_chunk", "do_nothing", "echo_everything"])
def test_a_wrong_server_is_addressed_like_an_object_of_a_module(name: str) -> None:
    adapter = resolve(f"python:dasnet_conformance.proof.faults:{name}")
    assert name in adapter.describe().name
    adapter.close()


@pytest.mark.parametrize(
    ("name", "told"),
    [("no_such_fault", "there is no fault named no_such_fault"), ("counts_wide_characters", "on the way to the suite")],
)
def test_what_cannot_be_addressed_says_why(name: str, told: str) -> None:
    with pytest.raises(AdapterBroken, match=told) as caught:
        resolve(f"python:dasnet_conformance.proof.faults:{name}").describe()
    assert caught.value.culprit == "caller"


def test_each_implementation_has_classes_of_its_own() -> None:
    entry = FAULTS["handle_on_the_class"]
    first, second = entry.implementation(), entry.implementation()
    assert isinstance(first, Implementation)
    assert first.Server is not second.Server
