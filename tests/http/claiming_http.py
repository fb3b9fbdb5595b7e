"""The reference with the draft `http` among its profiles, for runs that judge it by that one."""

from __future__ import annotations

from dasnet_reference import *  # noqa: F403
from dasnet_reference import PROFILES as FINISHED
from dasnet_reference import __version__ as __version__

IMPLEMENTATION_NAME = "dasnet_reference"
PROFILES = (*FINISHED, "http")
