"""Where a handle waits while its script is reloaded. Touches `sys.modules` alone, to outlive reloads."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from ._http_client_handle import NetworkHttpClient
    from ._http_handle import NetworkHttpServer
    from ._network_server import NetworkServer

# The named cells live in a module of their own that has no source: a reload of the user's script does not know it, and
# neither a reload of this package nor its removal from sys.modules runs anything that would empty it.
_REGISTRY: Final = "_dasnet_reference_orphans"


class SharedOrphan:
    """A cell that holds one handle, or none, between `Server.save` and `Server.restore`.

    The attribute `server` is the handle or None. An orphan is true while it holds one. Forgetting an orphan closes what
    it holds; a named one is never forgotten.

    Clause: Server.save, Server.restore (the parameter `shared_orphan`)
    """

    def __init__(self) -> None:
        self.server: NetworkServer | NetworkHttpServer | NetworkHttpClient | None = None

    def __bool__(self) -> bool:
        return self.server is not None

    def close(self) -> None:
        """Close the handle it holds, if any, and be empty. May be called twice."""
        server, self.server = self.server, None
        if server is not None:
            server.close()

    @classmethod
    def named(cls, name: str) -> SharedOrphan:
        """The cell of that name, the same one in the whole process, made when first asked for.

        It survives `importlib.reload` of the caller's module and of this package.
        """
        registry = sys.modules.setdefault(_REGISTRY, types.ModuleType(_REGISTRY, "Named orphans, by name."))
        return cast(SharedOrphan, vars(registry).setdefault("cells", {}).setdefault(name, cls()))
