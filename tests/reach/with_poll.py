"""The reference as it is where the system has no epoll. For the suite; nothing else may import it."""

import select

if hasattr(select, "epoll"):
    del select.epoll

from dasnet_reference import *  # noqa: F403
from dasnet_reference import PROFILES as PROFILES
