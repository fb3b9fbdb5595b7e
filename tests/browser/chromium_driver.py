"""Drives Chromium for the tests: opens files, sets what a reader's system would, and tells what went wrong."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)

# Before any script of a page: what a page must never do leaves a trace.
WATCH = """
window.__seen = [];
for (const name of ["alert", "confirm", "prompt", "open"]) {
  window[name] = () => { window.__seen.push("called " + name); };
}
addEventListener("error", (event) => window.__seen.push("error: " + event.message), true);
addEventListener("unhandledrejection", (event) => window.__seen.push("rejected: " + event.reason));
document.addEventListener("securitypolicyviolation", (event) =>
  window.__seen.push("blocked " + event.effectiveDirective + " " + event.blockedURI));
"""


def start(program: str | None, driver: str | None, folder: Path) -> Browser:
    """Start Chromium with an empty profile in `folder`."""
    options = webdriver.ChromeOptions()
    options.binary_location = program or ""
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # A home of its own as well: Chromium keeps crash reports there, and may have none to keep them in.
    service = webdriver.ChromeService(driver, env={**os.environ, "HOME": str(folder)})
    return Browser(webdriver.Chrome(options=options, service=service))


class Browser:
    """Chromium, as the tests use it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self._requests: list[str] = []
        # Seconds; axe looks at every text of a page, of which the longest has tens of thousands.
        driver.set_script_timeout(180)
        self.command("Page.addScriptToEvaluateOnNewDocument", source=WATCH)

    def quit(self) -> None:
        """End it."""
        self.driver.quit()

    def command(self, name: str, **arguments: Any) -> Any:
        """One command of the browser's own protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def refresh_settings(self) -> None:
        """Back to a wide window, a light screen, scripts on, nothing logged.

        What a page stores is not taken back, for the browser ends that command before its pages have heard of it: a
        test whose page stores something serves it from a host of its own.
        """
        self.open("about:blank")
        self.command("Emulation.setScriptExecutionDisabled", value=False)
        self.set_window(1280, 900)
        self.set_media()
        self.driver.get_log("browser")
        self.requests()

    def set_window(self, width: int, height: int) -> None:
        """The size of the page's window."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def set_media(self, *, scheme: str = "light", media: str = "") -> None:
        """What the reader's system asks for: "light" or "dark", and "print" to see the page as paper does."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)

    def open(self, page: Path | str, anchor: str = "") -> None:
        """Open a file or an address. From another page first: a new anchor alone would not load anything."""
        address = page.as_uri() if isinstance(page, Path) else page
        if anchor:
            self.driver.get("about:blank")
        self.driver.get(address + (f"#{anchor}" if anchor else ""))

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page and return what it returns."""
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str) -> WebElement:
        """The first element that matches."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Every element that matches."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def by_id(self, name: str) -> WebElement:
        """The element of this id, whatever characters are in it."""
        return self.driver.find_element(By.ID, name)

    def shown(self, selector: str) -> list[str]:
        """The ids, within what matches, of the rows that can be seen."""
        script = """
            return [...document.querySelectorAll(arguments[0])].filter((row) => row.checkVisibility())
              .map((row) => row.id || row.querySelector("[id]").id)"""
        found: list[str] = self.run(script, selector)
        return found

    def focused(self) -> WebElement:
        """The element that has the keyboard."""
        return self.driver.switch_to.active_element

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the keyboard is."""
        for key in keys:
            webdriver.ActionChains(self.driver).send_keys(key).perform()

    def press_until(self, key: str, selector: str, limit: int = 60) -> WebElement:
        """Press a key until what has the keyboard matches."""
        for _ in range(limit):
            self.press(key)
            if self.run("return document.activeElement.matches(arguments[0])", selector):
                return self.focused()
        raise AssertionError(f"{limit} times {key!r} lead to no {selector}")

    def wait(self, script: str) -> None:
        """Wait until a script returns something true."""
        WebDriverWait(self.driver, 10).until(lambda _: self.run(f"return {script}"))

    def open_until(self, page: str, script: str) -> None:
        """Open an address again and again until a script in it returns something true.

        For what another page has stored: the browser's processes hear of that in their own time.
        """
        WebDriverWait(self.driver, 10).until(lambda _: self.open(page) or self.run(f"return {script}"))

    def axe(self) -> list[str]:
        """The violations that axe-core finds in the page as it is now, a line each."""
        self.run(resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document).then(done, (error) => done({ error: String(error) }))"
        )
        assert "error" not in found, found
        assert found["passes"], "axe looked at nothing"
        return [
            f"{violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
            for violation in found["violations"]
            for node in violation["nodes"][:5]
        ]

    def requests(self) -> list[str]:
        """The addresses that were asked for since this was last called, but for blank pages and data in the page."""
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
        asked, self._requests = self._requests, []
        return [address for address in asked if not address.startswith(("about:", "data:"))]

    def complaints(self) -> list[str]:
        """What scripts, the policy and the console complained about in this page and since the last look."""
        seen: list[str] = self.run("return window.__seen || []")
        return seen + [line["message"] for line in self.driver.get_log("browser")]


TAB, ENTER, SPACE = Keys.TAB, Keys.ENTER, Keys.SPACE
