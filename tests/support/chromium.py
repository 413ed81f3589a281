"""Chromium without a window, driven by playwright."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or not all(map(importlib.util.find_spec, ("playwright", "axe_playwright_python"))),
    reason="needs chromium (Debian: apt install chromium) and pip install playwright axe-playwright-python",
)


@contextmanager
def running_chromium(*flags: str) -> Iterator[Any]:
    """A browser; a process runs only one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *flags])
        yield chromium
        chromium.close()
