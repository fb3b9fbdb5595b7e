"""The reference as it is where the system has neither epoll nor poll. For the suite; nothing else may import it."""

import select

for name in ("epoll", "poll"):
    if hasattr(select, name):
        delattr(select, name)

from dasnet_reference import *  # noqa: E402, F403
from dasnet_reference import PROFILES as PROFILES  # noqa: E402
