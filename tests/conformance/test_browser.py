"""The page in a real browser, opened from its folder: it plays, follows, seeks, and axe-core finds nothing."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import audio_builder
from audio_builder.episode.record import read_record, record_as_json
from audio_builder.podcast.publish import publish
from audio_builder.recipe_file import make_recipe

from ..conftest import ROOT
from ..show_helpers import put_show

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "</script><img src=x onerror=\"document.title='broken'\"> " + "a long way home " * 17

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not all(map(importlib.util.find_spec, ("playwright", "axe_playwright_python"))),
    reason="needs chromium (Debian: apt install chromium) and pip install playwright axe-playwright-python",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show of one real episode, and the same under a hostile title in Arabic."""
    folder = tmp_path_factory.mktemp("show")
    put_show(folder)
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})
    report = audio_builder.build(ROOT / "examples" / "one-quiet-minute.md", recipe, folder)
    record = read_record(folder / "one-quiet-minute.episode.json")
    tags = msgspec.structs.replace(record.tags, title=HOSTILE, author="كاتب", language="ar")
    shutil.copyfile(report.path, folder / "hostile.mp3")
    (folder / "hostile.episode.json").write_bytes(record_as_json(msgspec.structs.replace(record, tags=tags)))
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    flags = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
    sound = "--disable-sync --autoplay-policy=no-user-gesture-required"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=f"{flags} {sound}".split())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, folder: Path) -> Iterator[Any]:
    """The page of the episode; whatever it complains of or asks the network for fails the test."""
    # Playwright waits by evaluating texts, which the page's policy forbids; another test holds the page to it.
    page = browser.new_page(bypass_csp=True)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if not request.url.startswith("file:") else None)
    page.goto((folder / "episodes" / "one-quiet-minute.html").as_uri())
    page.wait_for_function("audio.readyState >= 1")
    yield page
    page.close()
    assert trouble == []


def test_a_chapter_and_a_sentence_are_played_when_asked_for(page: Any, folder: Path):
    """A click on a chapter plays from its start; a click on a sentence plays that and marks it."""
    record = read_record(folder / "one-quiet-minute.episode.json")
    page.locator(".chapters button").nth(1).click()
    page.wait_for_function(f"!audio.paused && audio.currentTime > {record.report.chapters[1].start_s}")
    phrase = record.phrases[5]
    page.locator("#words span[data-start]").nth(5).click()
    page.wait_for_function(f"Math.abs(audio.currentTime - {phrase.start_s}) < 3")
    assert page.locator("#words [aria-current]").all_inner_texts() == [phrase.text]


def test_the_policy_of_the_page_lets_the_page_itself_work(browser: Any, folder: Path):
    """Under its Content-Security-Policy the page plays its sound and shows its picture, and nothing is refused."""
    page = browser.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.goto((folder / "episodes" / "one-quiet-minute.html").as_uri())
    page.locator("#play").click()
    page.wait_for_timeout(1500)
    assert page.evaluate("[audio.paused, audio.error, document.images[0].naturalWidth]") == [False, None, 1400]
    assert trouble == []
    page.close()


def test_the_keyboard_is_enough(page: Any, folder: Path):
    """Space plays and pauses, arrows move, Shift and arrow go to the next chapter, Enter plays a sentence."""
    record = read_record(folder / "one-quiet-minute.episode.json")
    page.keyboard.press("Space")
    page.wait_for_function("!audio.paused")
    page.keyboard.press("Space")
    page.wait_for_function("audio.paused")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("audio.currentTime") == pytest.approx(record.report.chapters[1].start_s, abs=0.1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("audio.currentTime") <= record.report.chapters[1].start_s + 15.1
    page.locator("#words span[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("!audio.paused")


def test_the_place_is_remembered(page: Any):
    """Opened again, the page stands where it was left."""
    page.evaluate("audio.currentTime = 12")
    page.wait_for_function("document.getElementById('now').textContent === '0:12'")
    page.reload()
    page.wait_for_function("Math.abs(audio.currentTime - 12) < 0.2")


@pytest.mark.parametrize("name", ["index.html", "episodes/one-quiet-minute.html", "episodes/hostile.html"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 820), ("light", 1280), ("dark", 1280)])
def test_axe_finds_nothing_at_any_size(browser: Any, folder: Path, name: str, scheme: str, width: int):
    """No violation of WCAG 2.2 AA, nothing wider than the window, and no stranger's markup has run."""
    from axe_playwright_python.sync_playwright import Axe

    # axe itself has to be let in past the page's policy.
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((folder / name).as_uri())
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() != "broken"
    context.close()
