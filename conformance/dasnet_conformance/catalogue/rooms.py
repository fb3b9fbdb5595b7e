"""Where the parts of a profile stand: its catalogue, its checks and its wrong servers, built in or from outside.

It names packages and finds files in them; it imports none of them.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal

from dasnet_adapters.profiles import PROFILES, Profile

Room = Literal["catalogue", "suite", "faults"]

_BUILT_IN: Final[dict[Room, str]] = {
    "catalogue": "dasnet_conformance.catalogue",
    "suite": "dasnet_conformance.suite",
    "faults": "dasnet_conformance.proof.faults",
}


def package_of(profile: Profile, room: Room) -> str:
    """The package with one part of a profile: a folder of ours, or of the package that adds the profile.

    A folder of ours has the profile's name, with an underscore for each hyphen.
    """
    return f"{profile.package}.{room}" if profile.package else f"{_BUILT_IN[room]}.{_in_python(profile.name)}"


# A name of a profile or a section as that of a package or module.
def _in_python(name: str) -> str:
    return name.replace("-", "_")


def is_loaded(folder: str) -> bool:
    """Whether a folder of the suite is that of a profile which is there; a draft is not, unless it was asked for."""
    return folder == "__pycache__" or any(_in_python(name) == folder for name in PROFILES)


def folder_of(profile: Profile, room: Room) -> Traversable:
    """The same as a folder of files."""
    package, _, name = package_of(profile, room).rpartition(".")
    return files(package).joinpath(name)


def modules_of(profile: Profile, room: Room, prefix: str = "") -> list[str]:
    """The modules of that part whose names begin with `prefix`, in the order of the profile's sections.

    A file is named after its section, with an underscore for each hyphen, and where a section has several,
    `SECTION_more`.
    """
    names = [
        entry.name.removesuffix(".py")
        for entry in folder_of(profile, room).iterdir()
        if entry.name.endswith(".py") and entry.name.startswith(prefix) and entry.name != "__init__.py"
    ]
    sections = list(profile.sections)
    return sorted(names, key=lambda name: (sections.index(section_of(name.removeprefix(prefix), profile)), name))


def section_of(name: str, profile: Profile) -> str:
    """The section that a file of that name belongs to. Raises `ValueError` where the profile has none."""
    for section in sorted(profile.sections, key=len, reverse=True):
        if name == _in_python(section) or name.startswith(f"{_in_python(section)}_"):
            return section
    raise ValueError(f"{name}: the profile {profile.name} has no section of that name")


#: Every section, in the order of reports, with its profile.
SECTIONS: Final = {section: profile for profile in PROFILES.values() for section in profile.sections}
