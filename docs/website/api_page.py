"""The page of the reference's public names, each with its docstring; Sphinx reads those of the installed package."""

from __future__ import annotations

import inspect

import dasnet_reference

_GROUPS = {
    "Classes": lambda thing: inspect.isclass(thing) and not issubclass(thing, BaseException),
    "Functions": inspect.isfunction,
    "Errors": lambda thing: inspect.isclass(thing) and issubclass(thing, BaseException),
}


def api_page() -> str:
    """The page, in the order of kinds and then of names."""
    parts = [
        "# The reference's API",
        "Made from the docstrings of `dasnet_reference`; the [reference guide](../docs/reference-guide.md) tells how "
        "they go together.",
    ]
    for title, belongs in _GROUPS.items():
        parts.append(f"## {title}")
        for name in dasnet_reference.__all__:
            thing = getattr(dasnet_reference, name)
            if belongs(thing):
                kind = "autofunction" if inspect.isfunction(thing) else "autoclass"
                parts.append(f"```{{eval-rst}}\n.. {kind}:: dasnet_reference.{name}\n```")
    return "\n\n".join(parts) + "\n"
