"""Ways to an implementation: the adapter contract, and the adapters that keep it.

`contract` is what everything else is written against; `resolve` turns what a user writes into an adapter.
"""

from __future__ import annotations

from .contract import (
    Adapter,
    AdapterBroken,
    Answer,
    Command,
    Description,
    Event,
    Outcome,
    Refusal,
    Session,
    Unsupported,
    Value,
)
from .errors import UsageError
from .python_api import (
    ClientLowlevelModule,
    ClientModule,
    ClientObject,
    CoreModule,
    HttpClientModule,
    HttpClientObject,
    HttpModule,
    HttpServerObject,
    LowlevelModule,
    ServerObject,
)
from .resolve import forms, resolve

__all__ = [
    "Adapter",
    "AdapterBroken",
    "Answer",
    "ClientLowlevelModule",
    "ClientModule",
    "ClientObject",
    "Command",
    "CoreModule",
    "Description",
    "Event",
    "HttpClientModule",
    "HttpClientObject",
    "HttpModule",
    "HttpServerObject",
    "LowlevelModule",
    "Outcome",
    "Refusal",
    "ServerObject",
    "Session",
    "Unsupported",
    "UsageError",
    "Value",
    "forms",
    "resolve",
]
