"""What is made when the package is built: its description and addresses for an index page, and its tables in the form
that is read fastest.

An index knows no file of the repository. With DASNET_REPOSITORY, the address of the repository (the release workflow
sets it), each link of the README to a file becomes one to that file at the release's tag, a picture becomes the file
itself, and the addresses of the project are told; without it a link becomes its text, and a picture what stands for it.
Every start of the suite reads the catalogue, and TOML takes ten times as long to read as JSON: so the wheel has each
table in both forms. hatchling calls it; it reads README.md and the tables, and writes into the build's folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A link of Markdown to a place in the repository: no address and no anchor of the same page.
_RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)")
#: What has no links, whatever it looks like.
_CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def for_an_index(text: str, place: str) -> str:
    """The text with its relative links made absolute, or made text where there is no place.

    Arguments: `text`, Markdown; `place`, the address below which the repository's files are, or nothing.
    """

    def resolved(link: re.Match[str]) -> str:
        # The page of a file is no picture: that is the file as it is.
        there = place.replace("/blob/", "/raw/", 1) if link[1] else place
        return f"{link[1]}[{link[2]}]({there}/{link[3]})" if place else link[2]

    parts = _CODE.split(text)
    return "".join(part if part.startswith("```") else _RELATIVE.sub(resolved, part) for part in parts)


def place_of(tag: str) -> str:
    """The address below which the repository's files are at a tag, or nothing where nobody has told the repository."""
    repository = _repository()
    return f"{repository}/blob/{tag}" if repository else ""


def _repository() -> str:
    return os.environ.get("DASNET_REPOSITORY", "").rstrip("/")


def addresses(repository: str, tag: str) -> dict[str, str]:
    """The project's addresses by their names. Arguments: `repository`, its address; `tag`, of the release."""
    return {
        "Homepage": repository,
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/{tag}/CHANGELOG.md",
    }


class DescriptionHook(MetadataHookInterface):
    """What hatchling asks for the fields that `dynamic` names."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in the description and the addresses."""
        repository = _repository()
        tag = f"v{metadata['version']}"
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_an_index(text, place_of(tag))}
        if repository:
            metadata["urls"] = addresses(repository, tag)


#: Where the tables of the catalogue are, and the module that knows the form in which a wheel has them besides.
_CATALOGUE = Path("conformance", "dasnet_conformance", "catalogue")


class TablesHook(BuildHookInterface[Any]):
    """What hatchling calls before it puts a wheel together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the tables of the catalogue in the form that is read fastest."""
        catalogue = Path(self.root) / _CATALOGUE
        description = importlib.util.spec_from_file_location("tables", catalogue / "tables.py")
        if description is None or description.loader is None:
            raise FileNotFoundError(catalogue / "tables.py")
        tables: Any = importlib.util.module_from_spec(description)
        description.loader.exec_module(tables)
        made = tables.compiled(path.read_text("utf-8") for path in sorted(catalogue.glob("*/*.toml")))
        self._made = Path(self.directory) / tables.NAME
        self._made.parent.mkdir(parents=True, exist_ok=True)
        self._made.write_text(json.dumps(made, separators=(",", ":")), "utf-8")
        build_data["force_include"][str(self._made)] = str(_CATALOGUE.relative_to("conformance") / tables.NAME)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing but the wheel in its folder, which is uploaded as it is."""
        self._made.unlink()
