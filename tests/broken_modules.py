"""Ten small breakages of the reference, each a module's source: what a porter might get wrong, one thing at a time."""

from __future__ import annotations

from typing import Final

#: Intercepts a callback of the object, whatever class overrides it.
_INTERCEPT = """\
class Server(Sound):
    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        return self.intercept(found) if name == "{}" else found

"""

BREAKAGES: Final = {
    "a wrong return": """\
class Server(Sound):
    def has_session(self):
        return False
""",
    "a lost byte": _INTERCEPT.format("on_data")
    + """\
    def intercept(self, on_data):
        return lambda data: on_data(data.replace(b"\\x1a", b""))
""",
    "a callback too many": """\
class Server(Sound):
    def restore(self, orphan):
        super().restore(orphan)
        if self.is_connected():
            self.on_connect()
""",
    "a delivery outside a tick": """\
class Server(Sound):
    def is_connected(self):
        self.tick()
        return super().is_connected()
""",
    "a delivery of nothing": _INTERCEPT.format("on_disconnect")
    + """\
    def intercept(self, on_disconnect):
        self.on_data(b"")
        return on_disconnect
""",
    "a port that is wrapped": """\
class Server(Sound):
    def init(self, port):
        return super().init(port & 0xFFFF)
""",
    "a size that is ignored": """\
class Server(Sound):
    def send(self, data, size=None):
        return super().send(data)
""",
    "a destroy that does nothing": """\
class Server(Sound):
    def close(self):
        pass
""",
    "a failure that is swallowed": """\
class Server(Sound):
    def tick(self):
        try:
            super().tick()
        except Exception:
            pass
""",
    "an empty orphan that is accepted": """\
class Server(Sound):
    def restore(self, orphan):
        if orphan.server is not None:
            super().restore(orphan)
""",
}
