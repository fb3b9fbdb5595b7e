"""A whole driver in less than a hundred lines of code: every command and reaction for the class Server, no library.

The page of the protocol is docs/driver-protocol.md. This drives dasnet_reference, which is judged through it by
`dasnet run "driver:python examples/small_driver.py" --strict`. Put your own module in its place, or carry it over to
your language; the class Client, where a port has it, is small_client_driver.py. It may call the port and write to
standard output.
"""

import sys
from pathlib import Path
from urllib.parse import quote

import dasnet_reference as port

objects, orphans, reactions = {}, {}, {}
sequence, under_way = "0", []


def write(words):
    print(sequence, words, flush=True)


def outcome(call, *arguments):
    try:
        answer = call(*arguments)
    except Exception as error:
        kind = "driver" if isinstance(error, KeyError) else type(error).__name__.lower()
        return f"refused {kind} {text(str(error))}"
    return "value" if answer is None else f"value {str(answer).lower()}"


def text(words):
    return "-" if not words else "%2D" if words == "-" else quote(words, safe="")


def fire(self, callback, words="", data=b""):
    write(f"event {self.number} {callback}{words}")
    action, argument = reactions.get((self.number, callback), ("none", "-"))
    if action == "none":
        return
    if action == "raise":
        raise RuntimeError("raised on request")
    under_way.append(action)
    did = outcome(ACTIONS[action], self, argument, data) if len(under_way) < 20 else "refused recursion -"
    write(f"event {self.number} did {action} {did}")
    under_way.pop()


ACTIONS = {
    "send": lambda self, argument, _: self.send(unhex(argument), len(unhex(argument))),
    "echo": lambda self, _, data: self.send(data, len(data)),
    "save": lambda self, argument, _: self.save(orphan(argument)),
    "tick": lambda self, *_: self.tick(),
    "destroy": lambda self, *_: self.close(),
    "query": lambda self, *_: f"{self.has_session()} {self.is_open()} {self.is_connected()}",
}


class Recording:
    def on_connect(self):
        fire(self, "connect")

    def on_disconnect(self):
        fire(self, "disconnect")

    def on_data(self, data):
        fire(self, "data", f" {len(data)} {bytes(data).hex() or '-'}", data)

    def on_error(self, message, code):
        fire(self, "error", f" {code} {text(message)}")

    def on_log(self, message):
        fire(self, "log", f" {text(message)}")


A, Silent = type("A", (Recording, port.Server), {}), type("Silent", (port.Server,), {})
CLASSES = {"0": type("Plain", (), {}), "1": A, "2": type("B", (A,), {}), "3": Silent}


def unhex(word):
    return b"" if word == "-" else bytes.fromhex(word)


def orphan(word):
    return orphans.setdefault(word, port.SharedOrphan())


def handle(word, field="_server"):
    return None if word == "0" else getattr(objects[word], field, None)


def new(number, kind):
    objects[number] = CLASSES[kind]()
    objects[number].number = number


def forget():
    for each in (*objects.values(), *orphans.values()):
        getattr(each, "close", lambda: None)()
    for table in (objects, orphans, reactions):
        table.clear()


COMMANDS = {
    "hello": lambda _version: f"1 small {port.__version__} Python core,lowlevel",
    "reset": forget,
    "bye": forget,
    "new": new,
    "adapter": lambda o: objects[o].make_server_adapter(),
    "init": lambda o, number: objects[o].init(int(number)),
    "has_session": lambda o: objects[o].has_session(),
    "is_open": lambda o: objects[o].is_open(),
    "is_connected": lambda o: objects[o].is_connected(),
    "tick": lambda o: objects[o].tick(),
    "send": lambda o, data, repeat, size: objects[o].send(unhex(data) * int(repeat), int(size)),
    "save": lambda o, into: objects[o].save(orphan(into)),
    "restore": lambda o, from_: objects[o].restore(orphan(from_)),
    "holds": lambda o: orphan(o).server is not None,
    "destroy": lambda o: getattr(objects[o], "close", lambda: None)(),
    "react": lambda o, callback, action, word="-": reactions.update({(o, callback): (action, word)}),
    "descriptors": lambda: len(list(Path("/dev/fd").iterdir())) - 1,
    "make_server": lambda o: port.make_server(objects[o], type(objects[o])),
    "server_init": lambda o, number: port.server_init(handle(o), int(number)),
    "server_is_open": lambda o: port.server_is_open(handle(o)),
    "server_is_connected": lambda o: port.server_is_connected(handle(o)),
    "server_tick": lambda o: port.server_tick(handle(o)),
    "server_send": lambda o, data, repeat, size: port.server_send(handle(o), unhex(data) * int(repeat), int(size)),
    "server_restore": lambda o, t: port.server_restore(handle(o), objects[t], type(objects[t])),
}


def main():
    global sequence
    for line in sys.stdin:
        sequence, name, *arguments = line.split()
        write(outcome(COMMANDS[name], *arguments) if name in COMMANDS else "unsupported")
        sequence = "0"
        if name == "bye":
            break


if __name__ == "__main__":
    main()
