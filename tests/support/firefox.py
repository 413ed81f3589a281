"""Debian's Firefox without a window, driven by its own protocol (Marionette), which needs no driver besides.

Web Audio stands still in it where there is no sound device, so it gets one that swallows all.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

needs_firefox = pytest.mark.skipif(
    FIREFOX is None or importlib.util.find_spec("marionette_driver") is None or shutil.which("pulseaudio") is None,
    reason="needs Firefox (Debian: apt install firefox-esr pulseaudio) and pip install marionette-driver",
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
def _sound_device(folder: Path) -> Iterator[dict[str, str]]:
    """Run a sound server that swallows what is played; the environment in which programs find it."""
    address = folder / "sound"
    server = f"module-native-protocol-unix socket={address} auth-anonymous=1"
    command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--disable-shm=yes", "--exit-idle-time=-1"]
    command += ["-L", "module-null-sink", "-L", server]
    own = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=own) as process:
        try:
            yield {**own, "PULSE_SERVER": f"unix:{address}"}
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Firefox doesn't listen on port {port}")


@contextmanager
def running_firefox(folder: Path) -> Iterator[Firefox]:
    """Start Firefox with a fresh profile in an empty folder, and end it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # what it imports warns of what it imports itself
        from marionette_driver.marionette import Marionette
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
    lines.append(f'user_pref("marionette.port", {port});')
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [str(FIREFOX), "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with _sound_device(folder) as environment, subprocess.Popen(command, **silent, env=environment) as process:
        driver = Marionette("127.0.0.1", port=port)
        try:
            _wait_for(port)
            driver.start_session()
            yield Firefox(driver)
        finally:
            driver.cleanup()
            process.terminate()
            process.wait(30)
