"""The whole way as a new user goes it, by keyboard and with a microphone; axe-core finds nothing on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audio_builder.podcast.show_settings import read_show
from audio_builder.recipe.defaults import DEFAULTS_FILE
from audio_builder.recipe.settings import Tags

from ..conftest import ROOT
from ..support.chromium import needs_chromium
from ..support.firefox import needs_firefox, running_firefox
from ..support.show_helpers import put_episode, put_show, record_of
from .conftest import TEXT, RunningStudio, begin_gate

pytestmark = [pytest.mark.loopback, needs_chromium]

PICTURES = ROOT / "build" / "pictures"


def _context(browser: Any, studio: RunningStudio, **settings: Any) -> Any:
    context = browser.new_context(bypass_csp=True, permissions=["microphone"], **settings)
    name, _, value = studio.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{studio.port}"}])
    return context


@pytest.fixture
def page(browser: Any, studio: RunningStudio) -> Iterator[Any]:
    context = _context(browser, studio, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"http://127.0.0.1:{studio.port}/")
    yield page
    context.close()
    assert trouble == []


def _press_until(page: Any, condition: str, most: int = 60, key: str = "Tab") -> None:
    for _ in range(most):
        if page.evaluate(condition):
            return
        page.keyboard.press(key)
    raise AssertionError(condition)


def test_the_whole_way_by_keyboard_alone(page: Any, studio: RunningStudio):
    """Paste, shape, hear, choose, build, publish: Tab, Enter, Space and arrows are enough."""
    _press_until(page, "document.activeElement.id === 'paste'")
    page.keyboard.insert_text(TEXT.replace("slow gate", "keyboard's gate"))
    _press_until(page, "document.activeElement.id === 'begin-pasted'")
    page.keyboard.press("Enter")
    page.locator(".rest").first.wait_for()
    name = page.evaluate("studio.desk.doc.name")
    studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"voice": "tone", "pacing.wpm": 150}})
    page.wait_for_function("studio.desk.doc.recipe.voice === 'tone'")
    _press_until(page, "document.activeElement.dataset.id !== undefined")
    _press_until(page, "document.activeElement.classList.contains('why-before-heading')", key="ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("e")
    page.wait_for_function("studio.desk.player.state === 'playing'")
    page.keyboard.press("Space")
    page.wait_for_function("studio.desk.player.state === 'paused'")
    page.wait_for_function("studio.desk.doc.state === 'saved'")
    page.keyboard.press("Shift+Tab")
    _press_until(page, "document.activeElement.dataset.view === 'make'", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.locator("#build").wait_for()
    _press_until(page, "document.activeElement.id === 'build'")
    page.keyboard.press("Enter")
    page.locator(".episode.newest audio").wait_for(timeout=120_000)
    _press_until(page, "document.activeElement.dataset.view === 'show'", key="Shift+Tab")
    page.keyboard.press("Enter")
    page.locator("#publish").wait_for()
    _press_until(page, "document.activeElement.id === 'publish'")
    page.keyboard.press("Enter")
    page.locator(".job .good", has_text="Published").wait_for(timeout=60_000)
    assert (studio.projects / "show" / "feed.xml").is_file()
    assert "[pause 6s]" in (studio.projects / name / "script.md").read_text(encoding="utf-8")
    page.locator("#home").press("Enter")
    page.locator("#cards h3 button", has_text="Reflections").press("Enter")
    page.locator(".turns li", has_text="out since").wait_for()


def test_a_phrase_is_read_into_the_microphone(page: Any, studio: RunningStudio):
    """Record, stop: the phrase is the person's own voice, in the file too; it is heard; other words take it back."""
    name = begin_gate(studio)
    page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
    page.locator(".say", has_text="Sit where you are.").click()
    page.locator("#inspector summary", has_text="Read it yourself").click()
    page.locator("#inspector .record").click()
    page.wait_for_timeout(2500)
    page.locator("#inspector .record").click()
    page.locator(".say.voiced", has_text="Sit where you are.").wait_for()
    page.wait_for_function("studio.desk.doc.state === 'saved'")
    script = (studio.projects / name / "script.md").read_text(encoding="utf-8")
    assert "[voice own-" in script
    page.locator("#inspector button", has_text="Hear it").first.click()
    page.wait_for_function("studio.desk.player.state === 'playing'")
    facts = page.evaluate("studio.desk.sounds.facts(studio.desk.doc.says()[1])")
    assert facts["frames"] > 20_000
    page.locator(".say", has_text="Sit where you are.").dblclick()
    page.keyboard.type(" Now.")
    page.keyboard.press("Enter")
    page.wait_for_function("studio.desk.doc.state === 'saved' && !studio.desk.doc.isDirty")
    assert "[voice own-" not in (studio.projects / name / "script.md").read_text(encoding="utf-8")


def test_a_word_is_said_otherwise_and_every_place_is_shown(page: Any, studio: RunningStudio):
    """A respelling lands in the lexicon of the project, and the phrases that have the word are listed."""
    name = begin_gate(studio)
    page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
    page.locator(".say", has_text="A gate is a kind of question.").click()
    page.locator("#inspector summary", has_text="Say it right").click()
    page.locator("#inspector .say-right button", has_text="gate").click()
    page.locator("[data-field=respelling]").fill("gayt")
    page.locator("#inspector button", has_text="Keep it").click()
    page.locator(".places li").nth(1).wait_for()
    assert page.locator(".places li").all_inner_texts() == ["The slow gate", "A gate is a kind of question."]
    assert (studio.projects / name / "lexicon.toml").read_text(encoding="utf-8") == 'gate = "gayt"\n'


def test_two_settings_are_compared_at_the_same_place(page: Any, studio: RunningStudio):
    """x changes to the other settings and back; the files have what is heard."""
    name = begin_gate(studio)
    page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
    page.locator("[data-view=choose]").click()
    page.locator("button", has_text="Compare").click()
    page.locator("input[name='soundscape.background'][value=rain]").click()
    page.wait_for_function("studio.desk.doc.recipe.soundscape.background === 'rain'")
    page.locator("#view-choose h2").click()
    page.keyboard.press("x")
    page.wait_for_function("studio.desk.doc.recipe.soundscape.background === 'drone'")
    page.keyboard.press("x")
    page.wait_for_function("studio.desk.doc.recipe.soundscape.background === 'rain'")
    assert 'background = "rain"' in (studio.projects / name / "recipe.toml").read_text(encoding="utf-8")
    page.locator("input[name=pacing][value=spacious]").click()
    page.wait_for_function("studio.desk.doc.recipe.pacing.preset === 'spacious'")
    assert "[pause 1.6s sentence]" in (studio.projects / name / "script.md").read_text(encoding="utf-8")


def test_the_show_has_its_order_its_days_and_what_is_hidden(page: Any, studio: RunningStudio):
    """By keyboard: an episode is moved, a day chosen, one hidden; show.toml says so, and the list has the dates."""
    name = begin_gate(studio)
    (studio.projects / name / DEFAULTS_FILE).unlink()  # as a project was that had a show of its own
    show = studio.projects / name / "show"
    put_show(show)
    for number, stem in enumerate(("dawn", "noon", "dusk")):
        tags = Tags(title=stem.title(), language="en")
        put_episode(show, stem, stem.encode(), record_of(stem.encode(), tags, built=f"2026-11-20T18:0{number}:00Z"))
    page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
    page.locator("[data-view=show]").click()
    page.locator(".turns li").nth(2).wait_for()
    titles = page.locator(".turns li > span")
    assert [text.split(" (")[0] for text in titles.all_inner_texts()] == ["Dawn", "Noon", "Dusk"]
    page.get_by_label("Earlier: Dusk").focus()
    page.keyboard.press("Enter")
    page.locator(".turns li:nth-child(2)", has_text="Dusk").wait_for()
    assert page.evaluate("document.activeElement.ariaLabel") == "Earlier: Dusk"
    page.keyboard.press("Enter")
    page.locator(".turns li:first-child", has_text="Dusk").wait_for()
    assert page.evaluate("document.activeElement.ariaLabel") == "Later: Dusk"
    page.get_by_label("Hide: Noon").press("Enter")
    page.locator(".turns li:last-child", has_text="hidden").wait_for()
    page.get_by_label("From").fill("2099-12-01")
    page.get_by_label("Monday").press("Space")
    page.locator(".turns li:nth-child(2)", has_text="comes out Dec 14, 2099").wait_for()
    settings = read_show(show)
    assert (settings.order, settings.hidden) == (("dusk", "dawn", "noon"), ("noon",))
    assert settings.dates == "every Monday at 18:00 from 2099-12-01"
    page.locator("#publish").click()
    page.locator(".job p", has_text="Dawn is held back until Dec 14, 2099").wait_for()
    assert page.locator("#view-show pre").first.inner_text() == f'audio-builder publish "{show}"'
    page.get_by_label("Show again: Noon").press("Enter")
    page.locator(".turns li:nth-child(3)", has_text="Noon").wait_for()


@needs_firefox
def test_the_whole_way_in_firefox(studio: RunningStudio, tmp_path: Path):
    """Drop, shape, hear, read into the microphone, build, publish, listen."""
    address = f"http://127.0.0.1:{studio.port}/"
    key, _, value = studio.cookie.partition("=")
    drop = """const carried = new DataTransfer(); carried.items.add(new File([arguments[0]], "fox.md"));
        const dropped = new DragEvent("drop", { dataTransfer: carried, cancelable: true });
        document.getElementById("drop").dispatchEvent(dropped);"""
    with running_firefox(tmp_path) as firefox:
        firefox.driver.navigate(address)
        firefox.driver.add_cookie({"name": key, "value": value})
        firefox.driver.navigate(address)
        firefox.one("#drop")
        firefox.js(drop, TEXT.replace("slow gate", "fox's gate"))
        rest = firefox.one(".rest.why-paragraph")
        name = firefox.js("return studio.desk.doc.name")
        studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"voice": "tone"}})
        firefox.wait("studio.desk.doc.recipe.voice === 'tone'")
        rest.click()
        before = firefox.js("return document.activeElement.getAttribute('aria-valuenow')")
        firefox.js("return document.activeElement").send_keys("\ue014")  # the right arrow
        firefox.wait(f"document.activeElement.getAttribute('aria-valuenow') !== '{before}'")
        firefox.wait("studio.desk.doc.state === 'saved' && !studio.desk.doc.isDirty")
        assert "[pause 3.3s]" in (studio.projects / name / "script.md").read_text(encoding="utf-8")
        firefox.one(".say").click()
        firefox.one("#inspector details.takes summary").click()
        firefox.one("#inspector .record").click()
        firefox.wait("document.querySelector('#inspector meter')?.value > 0")
        time.sleep(1.5)
        firefox.one("#inspector .record").click()
        firefox.one(".say.voiced")
        firefox.one("#play").click()
        firefox.wait("studio.desk.player.state === 'playing'")
        firefox.one("#play").click()
        firefox.one("[data-view=make]").click()
        firefox.one("#build").click()
        firefox.wait("document.querySelector('.episode.newest audio')", 120)
        firefox.js("document.querySelector('.episode.newest audio').play()")
        firefox.wait("document.querySelector('.episode.newest audio').currentTime > 0.5")
        firefox.one("[data-view=show]").click()
        firefox.one("#publish:not(:disabled)").click()
        firefox.wait("document.querySelector('.job .good')", 60)
    assert (studio.projects / "show" / "feed.xml").is_file()


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 390), ("dark", 390), ("light", 820), ("light", 1440), ("dark", 1440)]
)
def test_axe_finds_nothing_in_any_view(browser: Any, studio: RunningStudio, scheme: str, width: int):
    """No violation of WCAG 2.2 AA in any view, and nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    context = _context(browser, studio, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{studio.port}/")
    page.locator(".card").first.wait_for()
    found = {"begin": Axe().run(page).response["violations"]}
    page.goto(f"http://127.0.0.1:{studio.port}/#project=the-slow-gate")
    page.locator(".rest.why-paragraph").first.click()
    found["silence"] = Axe().run(page).response["violations"]
    page.locator(".say").nth(2).click()
    for summary in page.locator("#inspector summary").all():
        summary.click()
    found["phrase"] = Axe().run(page).response["violations"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"studio-{width}-{scheme}.png")
    for view, ready in (("choose", "fieldset"), ("make", "#build"), ("show", "#publish")):
        page.locator(f"[data-view={view}]").click()
        page.locator(f"#view-{view} {ready}").first.wait_for()
        found[view] = Axe().run(page).response["violations"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
    complaints = [(view, one["id"], one["nodes"][0]["html"][:200]) for view, all_ in found.items() for one in all_]
    context.close()
    assert complaints == []


def test_the_policy_of_the_page_lets_the_page_itself_work(browser: Any, studio: RunningStudio):
    """Under its Content-Security-Policy it plays, records and shows its pictures, and nothing is refused."""
    context = browser.new_context(permissions=["microphone"])
    key, _, value = studio.cookie.partition("=")
    context.add_cookies([{"name": key, "value": value, "url": f"http://127.0.0.1:{studio.port}"}])
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("request", lambda one: trouble.append(one.url) if f"127.0.0.1:{studio.port}" not in one.url else None)
    page.goto(f"http://127.0.0.1:{studio.port}/#project=the-slow-gate")
    page.locator(".say", has_text="Come back when you like.").click()
    page.locator("#inspector button", has_text="Hear it").first.click()
    page.wait_for_timeout(4000)
    page.locator("#inspector summary", has_text="Read it yourself").click()
    page.locator("#inspector .record").click()
    page.wait_for_timeout(1500)
    assert page.locator("#inspector [role=status]").first.inner_text() == "Read now."
    assert page.evaluate("studio.desk.player.timeline.total") > 0
    context.close()
    assert [text for text in trouble if not text.startswith(("data:", "blob:"))] == []
