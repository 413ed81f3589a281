"""Debian's Firefox without a window, driven by its own protocol (Marionette), which needs no driver besides."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

needs_firefox = pytest.mark.skipif(
    FIREFOX is None or importlib.util.find_spec("marionette_driver") is None,
    reason="needs Firefox (Debian: apt install firefox-esr) and pip install marionette-driver",
)

_PREFERENCES = {
    "media.autoplay.default": 0,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
}
"""A microphone that hums, sound without a click, and no request of its own."""


@dataclass
class Firefox:
    """A window of Firefox."""

    driver: Any

    def js(self, body: str, *given: object) -> Any:
        """Run the body of a function in the page, with `arguments`, and return what it returns."""
        return self.driver.execute_script(body, script_args=given, sandbox=None)

    def wait(self, condition: str, seconds: float = 30.0) -> Any:
        """Wait until an expression is true, and return it."""
        end = time.monotonic() + seconds
        while not (found := self.js(f"return {condition};")):
            assert time.monotonic() < end, condition
            time.sleep(0.05)
        return found

    def one(self, selector: str) -> Any:
        """Wait for an element and return it."""
        self.wait(f"document.querySelector({json.dumps(selector)})")
        return self.driver.find_element("css selector", selector)


@contextmanager
def running_firefox(profile: Path) -> Iterator[Firefox]:
    """Start Firefox with a fresh profile in a folder, and end it."""
    from marionette_driver.marionette import Marionette

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    lines.append(f'user_pref("marionette.port", {port});')
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [str(FIREFOX), "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            driver = Marionette("127.0.0.1", port=port)
            driver.raise_for_port(timeout=60)
            driver.start_session()
            yield Firefox(driver)
        finally:
            process.terminate()
            process.wait(30)
