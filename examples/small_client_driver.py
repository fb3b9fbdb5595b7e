"""The class Client for the small driver: what the profiles `client` and `client-lowlevel` add to it, and nothing else.

That is three classes, three reactions and eight commands, in less than forty lines of code; the rest is
small_driver.py beside it. `dasnet run "driver:python examples/small_client_driver.py" --strict` judges dasnet_reference
through both. It may call the port; the lines are written by the other.
"""

from urllib.parse import unquote

import dasnet_reference as port
import small_driver
from small_driver import ACTIONS, CLASSES, COMMANDS, Recording, handle, objects, unhex


def make_adapter(o):
    which = objects[o]
    (which.make_client_adapter if isinstance(which, port.Client) else which.make_server_adapter)()


def connect(o, *arguments):
    objects[o].arguments = target(*arguments)  # kept for the reaction
    return objects[o].connect(*objects[o].arguments)


def target(host, number, timeout):
    return "" if host == "-" else unquote(host), int(number), int(timeout)


A, Silent = type("A", (Recording, port.Client), {}), type("Silent", (port.Client,), {})
CLASSES |= {"4": A, "5": type("B", (A,), {}), "6": Silent}
ACTIONS |= {
    "connect": lambda self, *_: self.connect(*self.arguments),
    "close": lambda self, *_: self.close(),
    "is_connected": lambda self, *_: self.is_connected(),
}
COMMANDS |= {
    "hello": lambda _version: f"1 small {port.__version__} Python core,lowlevel,client,client-lowlevel",
    "adapter": make_adapter,
    "connect": connect,
    "close": lambda o: objects[o].close(),
    "make_client": lambda o: port.make_client(objects[o], type(objects[o])),
    "client_connect": lambda o, *arguments: port.client_connect(handle(o, "_client"), *target(*arguments)),
    "client_is_connected": lambda o: port.client_is_connected(handle(o, "_client")),
    "client_tick": lambda o: port.client_tick(handle(o, "_client")),
    "client_send": lambda o, data, repeat, size: port.client_send(
        handle(o, "_client"), unhex(data) * int(repeat), int(size)
    ),
    "client_close": lambda o: port.client_close(handle(o, "_client")),
}

if __name__ == "__main__":
    small_driver.main()
