"""A page about a running game, for a browser: what it is doing, six pictures, and a form that changes it.

    python examples/debug_page.py [PORT]

Without a PORT it takes a free one; it prints the address to open. The page follows the game by itself. Its button
`Load the script again` takes this file as it is on disk now, from inside the handler of that very request: the game
goes on, and so does every download under way. `Stop` ends the program.

What lives here: the game, which outlives a reload, the page, which a reload replaces, and the frame loop. It may touch
its server and standard output. It needs the extra `http`.
"""

from __future__ import annotations

import html
import importlib
import json
import sys
import time
from collections import deque
from collections.abc import Iterable
from urllib.parse import parse_qs

from dasnet_reference import HttpServer, SharedOrphan

FRAME = 0.01  # seconds
ORPHAN = "debug_page"
TITLE = "Six ships"
WIDTH, HEIGHT = 160, 100
MAP_WIDTH, MAP_HEIGHT = 2048, 4096

Headers = list[tuple[bytes, bytes]]


class Ship:
    """A ship that flies to and fro, and where it has been."""

    def __init__(self, number: int) -> None:
        self.x, self.y = 20.0 + 20 * number, 10.0 + 12 * number
        self.across, self.down = 0.6, 0.25 + 0.1 * number
        self.speed = 1.0
        self.trail: deque[tuple[float, float]] = deque(maxlen=120)

    def step(self) -> None:
        """One frame on."""
        self.x += self.across * self.speed
        self.y += self.down * self.speed
        if not 0 <= self.x <= WIDTH:
            self.x, self.across = min(max(self.x, 0), WIDTH), -self.across
        if not 0 <= self.y <= HEIGHT:
            self.y, self.down = min(max(self.y, 0), HEIGHT), -self.down
        self.trail.append((self.x, self.y))


class Game:
    """What a reload must not lose: the ships, the page in charge, and whether to go on. Old and new code share it."""

    def __init__(self) -> None:
        self.ships = [Ship(number) for number in range(6)]
        self.frames = 0
        self.reloads = 0
        self.running = True
        self.page: DebugPage | None = None
        stripes = bytes(range(256)) * (MAP_WIDTH // 256 + 1)
        rows = (stripes[row % 256 : row % 256 + MAP_WIDTH] for row in range(MAP_HEIGHT))
        self.map = b"P5 %d %d 255\n" % (MAP_WIDTH, MAP_HEIGHT) + b"".join(rows)

    def frame(self) -> None:
        """One frame: the ships, then whoever looks at them."""
        self.frames += 1
        for ship in self.ships:
            ship.step()
        # Asked in every frame: a reload changes which page that is.
        if self.page is not None:
            self.page.tick()


class DebugPage(HttpServer):
    """The page in charge."""

    def __init__(self, game: Game) -> None:
        super().__init__()
        self.game = game

    def on_log(self, message: str) -> None:
        print(message, flush=True)

    def on_error(self, message: str, code: int) -> None:
        print(f"error {code}: {message}", file=sys.stderr, flush=True)

    def on_request(
        self,
        exchange: int,
        method: str,
        target: str,
        version: str,  # noqa: ARG002
        headers: Headers,
        body: bytes,
    ) -> None:
        path = target.partition("?")[0]
        fields = dict(headers)
        host, origin = fields.get(b"host", b""), fields.get(b"origin")
        if host.rpartition(b":")[0] not in (b"127.0.0.1", b"localhost"):
            # A name of somebody else's that leads here: whoever owns it must not read the game.
            self.say(exchange, 421, "ask for 127.0.0.1 or localhost")
        elif method in ("GET", "HEAD"):
            self.show(exchange, path)
        elif method != "POST":
            self.say(exchange, 405, "GET, HEAD or POST", [("Allow", "GET, HEAD, POST")])
        elif origin not in (None, b"http://" + host):
            # Nor may a page from elsewhere press the buttons.
            self.say(exchange, 403, "only this page's own forms")
        else:
            self.do(exchange, path, parse_qs(body.decode("latin-1")))

    def say(self, exchange: int, status: int, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Answer with a line of text."""
        self.respond(exchange, status, [("Content-Type", "text/plain; charset=utf-8"), *headers], f"{text}\n".encode())

    def back(self, exchange: int) -> None:
        """Answer a form: the browser is to look at the page again."""
        self.respond(exchange, 303, [("Location", "/")], b"")

    # --- what there is to see

    def show(self, exchange: int, path: str) -> None:
        """Answer one GET or HEAD."""
        kind, body = "", b""
        if path == "/":
            kind, body = "text/html; charset=utf-8", self.document().encode()
        elif path == "/status":
            kind, body = "application/json", json.dumps(self.status()).encode()
        elif path in [f"/ship-{number}.svg" for number in range(len(self.game.ships))]:
            kind, body = "image/svg+xml", self.picture(int(path[6:-4])).encode()
        elif path == "/map.pgm":
            kind, body = "image/x-portable-graymap", self.game.map
        if kind:
            self.respond(exchange, 200, [("Content-Type", kind), ("Cache-Control", "no-store")], body)
        else:
            self.say(exchange, 404, "no such page")

    def status(self) -> dict[str, object]:
        """The game in a few words."""
        game = self.game
        speeds = ", ".join(f"{ship.speed:g}" for ship in game.ships)
        return {"frames": game.frames, "reloads": game.reloads, "speeds": speeds}

    def picture(self, number: int) -> str:
        """One ship and its trail."""
        ship = self.game.ships[number]
        trail = " ".join(f"{x:.1f},{y:.1f}" for x, y in ship.trail)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="170" height="110" '
            f'viewBox="-5 -5 {WIDTH + 10} {HEIGHT + 10}">'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#102030"/>'
            f'<polyline points="{trail}" fill="none" stroke="#7fd4ff"/>'
            f'<circle cx="{ship.x:.1f}" cy="{ship.y:.1f}" r="4" fill="#ffd27f"/></svg>'
        )

    def document(self) -> str:
        """The page."""
        numbers = range(len(self.game.ships))
        rows = "".join(f"<dt>{name}</dt><dd id={name}>{value}</dd>" for name, value in self.status().items())
        pictures = "".join(f'<img src="/ship-{n}.svg" alt="Ship {n}" width="170" height="110">\n' for n in numbers)
        options = "".join(f"<option>{number}</option>" for number in numbers)
        return PAGE.format(title=html.escape(TITLE), rows=rows, pictures=pictures, options=options)

    # --- what there is to do

    def do(self, exchange: int, path: str, form: dict[str, list[str]]) -> None:
        """Answer one POST."""
        if path == "/speed":
            self.set_speed(exchange, form)
        elif path == "/reload":
            self.reload(exchange)
        elif path == "/stop":
            self.game.running = False
            self.say(exchange, 200, "stopped")
        else:
            self.say(exchange, 404, "no such form")

    def set_speed(self, exchange: int, form: dict[str, list[str]]) -> None:
        """Change the speed of one ship."""
        try:
            number, speed = int(form["ship"][0]), float(form["speed"][0])
        except (KeyError, ValueError):
            number, speed = -1, -1.0
        if 0 <= number < len(self.game.ships) and 0 <= speed <= 10:
            self.game.ships[number].speed = speed
            self.back(exchange)
        else:
            self.say(exchange, 400, "a ship and a speed from 0 to 10")

    def reload(self, exchange: int) -> None:
        """Give way to an object of the class that this file defines now. Called in the middle of `on_request`."""
        # Named, because the new code must find it without knowing this object.
        orphan = SharedOrphan.named(ORPHAN)
        self.save(orphan)
        try:
            heir: DebugPage = importlib.reload(sys.modules[__name__]).DebugPage(self.game)
        except Exception as error:
            # A slip in the new code must not cost the page on which it is going to be seen.
            self.restore(orphan)
            self.say(exchange, 500, f"not loaded: {error!r}")
            return
        heir.restore(orphan)
        self.game.page = heir
        self.game.reloads += 1
        # The number of the request is good for the new object too.
        heir.back(exchange)


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
  :root {{ font: 16px/1.5 system-ui, sans-serif; color-scheme: light dark }}
  body {{ max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
  dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem }}
  dd {{ margin: 0; font-variant-numeric: tabular-nums }}
  form {{ display: flex; gap: .5rem; align-items: center; margin: 1rem 0 }}
</style>
<main>
<h1>{title}</h1>
<dl>{rows}</dl>
<div>
{pictures}</div>
<form method="post" action="/speed">
  <label>Ship <select name="ship">{options}</select></label>
  <label>Speed <input name="speed" type="number" min="0" max="10" step="any" value="2" required></label>
  <button>Set</button>
</form>
<form method="post" action="/reload"><button id="reload">Load the script again</button></form>
<form method="post" action="/stop"><button>Stop</button></form>
<p><a href="/map.pgm" download>The map, 8 MiB</a></p>
</main>
<script>
  async function follow() {{
    const status = await (await fetch("/status")).json();
    for (const [name, value] of Object.entries(status)) document.getElementById(name).textContent = value;
    for (const image of document.images) image.src = image.src.split("?")[0] + "?" + status.frames;
    setTimeout(follow, 1000);
  }}
  setTimeout(follow, 1000);
</script>
</html>
"""


def main(arguments: list[str]) -> int:
    """Run the game until somebody presses `Stop`. Returns the exit code."""
    game = Game()
    game.page = page = DebugPage(game)
    page.make_http_server_adapter()
    if not page.init(int(arguments[0]) if arguments else 0):
        return 1
    print(f"open http://127.0.0.1:{page.port}/", flush=True)
    try:
        while game.running:
            game.frame()
            time.sleep(FRAME)
    except KeyboardInterrupt:
        pass
    finally:
        game.page.close()
    return 0


if __name__ == "__main__":
    # A script that runs as __main__ cannot be reloaded, its module by name can; so the program runs in that one.
    sys.exit(importlib.import_module("debug_page").main(sys.argv[1:]))
