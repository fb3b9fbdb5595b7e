"""The errors of the caller's own making; what a client does is told through `on_error`."""

from __future__ import annotations


class NetworkError(Exception):
    """The caller did something that cannot be. What a client does wrong never raises."""


class NullHandleError(NetworkError):
    """A low-level function was given no handle."""


class NoHandleError(NetworkError):
    """The object holds no handle, or has no field for one."""


class ClosedHandleError(NetworkError):
    """The handle was closed, and a closed handle does not open again."""


class EmptyOrphanError(NetworkError):
    """There is nothing to restore."""


class OccupiedOrphanError(NetworkError):
    """The orphan holds a handle already, which saving another one would leak."""


class WrongHandleError(NetworkError):
    """The orphan holds the handle of another kind of server."""
