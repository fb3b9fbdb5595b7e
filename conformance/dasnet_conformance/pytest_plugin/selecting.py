"""Which checks run: those of the profiles that were asked for or claimed, less the excluded, in the catalogue's order.

It reads the options and, where `dasnet run` gives one, the file of the requirements that are left to be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from dasnet_adapters import UsageError
from dasnet_conformance.catalogue.loader import Catalogue, Requirement, problems
from dasnet_conformance.catalogue.selection import SelectionError, exclusions
from dasnet_conformance.running.target import Target
from dasnet_conformance.stage.checks import MARKER

from .process import Process

# Asked half a dozen times of each of a thousand items.
_REQUIREMENT: Final = pytest.StashKey[str]()


def requirement_of(item: pytest.Item) -> str:
    """The id of the requirement that an item checks, or nothing."""
    known = item.stash.get(_REQUIREMENT, None)
    if known is None:
        marker = item.get_closest_marker(MARKER)
        known = item.stash[_REQUIREMENT] = str(marker.args[0]) if marker is not None else ""
    return known


def _begins(item: pytest.Item, requirement: Requirement) -> int:
    # What lets seconds pass is first, then what waits for most of its time: where several processes share the checks,
    # the others are done meanwhile.
    marker = item.get_closest_marker(MARKER)
    if requirement.unhurried:
        return 0
    return 1 if marker is not None and marker.kwargs.get("waits") else 2


def excluded_by(config: pytest.Config, catalogue: Catalogue, target: Target) -> dict[str, str]:
    """The requirements that are left out, by the implementation's file and by options, with the reasons.

    Raises `UsageError` for a word that means none, and for an option without a reason.
    """
    try:
        return target.excluded(catalogue) | exclusions(config.getoption("--dasnet-exclude"), catalogue)
    except SelectionError as error:
        raise UsageError(str(error)) from None


class Selection:
    """The plugin that chooses among the collected checks, and writes down what it chose.

    Arguments: `excluded`, requirements that are left out, with the reasons.
    """

    def __init__(self, process: Process, excluded: dict[str, str]) -> None:
        #: The profiles that are judged; known when the session has started.
        self.profiles: tuple[str, ...] = ()
        #: Those that the implementation claims, known as well then.
        self.claimed: tuple[str, ...] = ()
        self._process = process
        self._catalogue = process.catalogue
        self._excluded = excluded

    def choose_profiles(self, claimed: Sequence[str]) -> None:
        """Set the profiles: those that were asked for, or those claimed. Raises `UsageError` for an unknown one."""
        known = {requirement.profile for requirement in self._catalogue.requirements.values()}
        asked: list[str] = self._process.config.getoption("--dasnet-profile")
        unknown = [name for name in asked if name not in known]
        if unknown:
            raise UsageError(f"no profile {', '.join(unknown)}; the profiles are {', '.join(sorted(known))}")
        self.profiles = tuple(asked) or tuple(name for name in claimed if name in known)
        self.claimed = tuple(claimed)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Let -k match requirement ids."""
        requirement = requirement_of(item)
        if requirement:
            item.extra_keyword_matches.add(requirement)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks of the selected profiles; the catalogue and the checks must agree, or nothing is judged."""
        checks = [item for item in items if requirement_of(item)]
        self._insist_on_agreement(checks)
        profiles = set(self.profiles)
        only = self._listed("--dasnet-only")
        chosen: list[pytest.Item] = []
        selected: dict[str, int] = {}
        for item in checks:
            requirement = self._catalogue.requirements[requirement_of(item)]
            if requirement.profile not in profiles or (only is not None and requirement.id not in only):
                continue
            selected[requirement.id] = selected.get(requirement.id, 0) + 1
            if requirement.needs and requirement.needs not in self.claimed:
                reason = f"it needs an object of the profile {requirement.needs} as well, which is not claimed"
                self._excluded.setdefault(requirement.id, reason)
            if requirement.id in self._excluded:
                continue
            item.add_marker(pytest.mark.timeout(self._process.target.check_deadline, func_only=False))
            chosen.append(item)
        # In the order of the catalogue, whatever files the cases stand in, but for those that are to come first.
        order = {name: index for index, name in enumerate(self._catalogue.requirements)}
        first = set(self._listed("--dasnet-first") or ())

        def place(item: pytest.Item) -> tuple[bool, int, int]:
            name = requirement_of(item)
            return name not in first, _begins(item, self._catalogue.requirements[name]), order[name]

        chosen.sort(key=place)
        ours = set(checks)
        others = [item for item in items if item not in ours]
        items[:] = chosen + others
        self._process.stream.write("selected", requirements=list(selected), cases=selected, excluded=self._excluded)

    def _listed(self, option: str) -> set[str] | None:
        file = self._process.config.getoption(option)
        return set(Path(file).read_text("utf-8").split()) if file else None

    def _insist_on_agreement(self, checks: list[pytest.Item]) -> None:
        # Only a whole collection can be compared with the whole catalogue; ids must exist in any case.
        unknown = {requirement_of(item) for item in checks} - set(self._catalogue.requirements)
        found = [f"a check names the unknown requirement {name}" for name in sorted(unknown)]
        found += [text for text in problems(self._catalogue, list(self._catalogue.requirements)) if not unknown]
        if found:
            raise pytest.UsageError("dasnet: the catalogue is inconsistent: " + "; ".join(found))
