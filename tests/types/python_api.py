"""For the type checker alone: the protocols of a Python module take the reference, and turn down what lacks a part.

`tox -e types` reads this file; nothing runs it. An ignored error that does not occur is an error there.
"""

from __future__ import annotations

import json

import dasnet_reference
import dasnet_reference.grouped
from dasnet_adapters import (
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

plain: LowlevelModule = dasnet_reference
grouped: LowlevelModule = dasnet_reference.grouped
core: CoreModule = dasnet_reference
server: ServerObject = dasnet_reference.Server()
client_half: ClientLowlevelModule = dasnet_reference
grouped_client_half: ClientLowlevelModule = dasnet_reference.grouped
client_class: ClientModule = dasnet_reference
client: ClientObject = dasnet_reference.Client()
http_half: HttpModule = dasnet_reference
http_server: HttpServerObject = dasnet_reference.HttpServer()
http_client_half: HttpClientModule = dasnet_reference
http_client: HttpClientObject = dasnet_reference.HttpClient()


class Deaf(dasnet_reference.Server):
    """Its `send` takes the data alone."""

    def send(self, data: object) -> bool:  # type: ignore[override]
        return bool(data)


nothing: CoreModule = json  # type: ignore[assignment]
short: ServerObject = Deaf()  # type: ignore[assignment]
