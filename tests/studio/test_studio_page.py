"""The studio in a real browser: begin, shape, hear, make; two windows, a stopped server, a long text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ..conftest import ROOT
from ..support.chromium import needs_chromium
from .conftest import TEXT, RunningStudio, begin_gate, start_studio

pytestmark = [pytest.mark.loopback, needs_chromium]

PICTURES = ROOT / "build" / "pictures"

Open = Callable[..., Any]


@pytest.fixture
def context(browser: Any, studio: RunningStudio) -> Iterator[Any]:
    """A browser that has come in, with the door's cookie."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900}, permissions=["microphone"])
    name, _, value = studio.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{studio.port}"}])
    yield context
    context.close()


@pytest.fixture
def trouble() -> list[str]:
    return []


@pytest.fixture
def open_project(context: Any, studio: RunningStudio, trouble: list[str]) -> Iterator[Open]:
    """Opens a project in a window of its own; whatever the page complains of fails the test."""

    def opened(name: str) -> Any:
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(f"http://127.0.0.1:{studio.port}/#project={name}")
        page.locator(".rest").first.wait_for()
        return page

    yield opened
    assert trouble == []


def _script(studio: RunningStudio, name: str) -> str:
    return (studio.projects / name / "script.md").read_text(encoding="utf-8")


def _wait_saved(page: Any) -> None:
    page.wait_for_function("studio.desk.doc.state === 'saved' && !studio.desk.doc.isDirty")


def _edit(which: str, change: str) -> str:
    return f"studio.desk.doc.edit((cues) => cues.map((cue) => {which} ? {{ ...cue, {change} }} : cue))"


def _say(before: str, after: str) -> str:
    return _edit(f"cue.text === '{before}'", f"text: '{after}'")


def _drag(page: Any, rest: Any, by_px: float) -> None:
    rest.scroll_into_view_if_needed()
    box = rest.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3 + by_px / 2, y)
    page.mouse.move(box["x"] + box["width"] - 3 + by_px, y)
    page.mouse.up()


def test_a_dropped_text_becomes_a_project(context: Any, studio: RunningStudio):
    """Files through the picker are cards, made in one go; a pasted text opens at once, with its silences."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{studio.port}/")
    files = [{"name": f"{name}.md", "mimeType": "text/markdown", "buffer": TEXT.replace("slow gate", name).encode()}
             for name in ("first door", "second door")]  # fmt: skip
    page.locator("#picker").set_input_files(files)
    page.locator("#fresh .card", has_text="second door").get_by_text("words").wait_for()
    assert re.search(r"about \d:\d\d, \d\d words", page.locator("#fresh .card").first.inner_text())
    for name in ("the-first-door", "the-second-door"):
        studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"voice": "tone"}})
    page.locator("#make-all").click()
    page.locator("#queue", has_text="the-first-door").get_by_text("1 more wait").wait_for()
    page.locator("#queue button").click()
    page.locator("#queue progress").wait_for(state="detached")
    assert {job["project"]: job["state"] for job in studio.json("GET", "/api/jobs")} == {
        "the-first-door": "stopped",
        "the-second-door": "stopped",
    }
    page.locator("#paste").fill("A pasted thought. It has two sentences.")
    page.locator("#begin-pasted").click()
    page.locator(".say", has_text="It has two sentences.").wait_for()
    assert page.locator(".rest.why-sentence").count() == 1
    page.close()


def test_a_single_text_opens_by_itself(context: Any, studio: RunningStudio):
    """One file that has nothing to warn of is shown with its silences, without another click."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{studio.port}/")
    text = TEXT.replace("slow gate", "only door").encode()
    page.locator("#picker").set_input_files([{"name": "only.md", "mimeType": "text/markdown", "buffer": text}])
    page.locator("#score .say", has_text="The only door").wait_for()
    page.close()


def test_what_cannot_be_read_is_said_on_its_card(context: Any, studio: RunningStudio):
    """A picture and an empty text get a card that says why, and the others go on."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{studio.port}/")
    page.locator("#picker").set_input_files([
        {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(range(256))},
        {"name": "b.md", "mimeType": "text/markdown", "buffer": b"   "},
        {"name": "c.md", "mimeType": "text/markdown", "buffer": b"# The third door\n\nSit down here. Listen.\n"},
    ])  # fmt: skip
    page.locator("#fresh .card", has_text="The third door").wait_for()
    assert page.locator("#fresh .warn").count() == 2
    page.close()


def test_a_silence_is_as_wide_as_it_is_long_and_is_dragged(open_project: Open, studio: RunningStudio):
    """Its width is its seconds; dragged it is the person's own, the total follows, and the file has it."""
    name = begin_gate(studio)
    page = open_project(name)
    px = page.evaluate("studio.desk.score.pixels")
    rest = page.locator(".rest.why-paragraph").first
    assert rest.bounding_box()["width"] == pytest.approx(3.2 * px, abs=1)
    total = page.evaluate("studio.desk.player.timeline.total / 44100")
    _drag(page, rest, 2.0 * px)
    _wait_saved(page)
    assert page.evaluate("studio.desk.player.timeline.total / 44100") == pytest.approx(total + 2.0, abs=0.3)
    assert "[pause 5.2s]" in _script(studio, name)
    assert page.locator(".rest.why-mark.has-ghost").count() == 1
    page.close()


def test_keys_nudge_select_undo_and_redo(open_project: Open, studio: RunningStudio):
    """Arrows move and nudge, Enter changes the words, Ctrl+Z and Ctrl+Shift+Z go back and forth; all of it is saved."""
    name = begin_gate(studio)
    page = open_project(name)
    page.locator(".say", has_text="Sit where you are.").click()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-valuenow')") == "1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-valuenow')") == "2.1"
    _wait_saved(page)
    assert "Sit where you are. [pause 2.1s]" in _script(studio, name)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    _wait_saved(page)
    assert "Sit where you are. [pause 1s sentence]" in _script(studio, name)
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.type(" And rest.")
    page.keyboard.press("Enter")
    _wait_saved(page)
    assert "Sit where you are. And rest. [pause 1.1s]" in _script(studio, name)
    page.close()


def test_a_phrase_is_split_joined_and_given_a_role(open_project: Open, studio: RunningStudio):
    """Ctrl+Enter splits at the caret, j joins again, the panel makes a line of verse of it."""
    name = begin_gate(studio)
    page = open_project(name)
    page.locator(".say", has_text="Walk a little way").dblclick()
    page.keyboard.press("Home")
    for _ in range(len("Walk a little way ")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    _wait_saved(page)
    assert "Walk a little way [pause 1s]\nin thought." in re.sub(r"\n+", "\n", _script(studio, name))
    page.locator(".say", has_text=re.compile("^Walk a little way$")).click()
    page.keyboard.press("j")
    _wait_saved(page)
    assert "Walk a little way in thought. [pause" in _script(studio, name)
    page.locator("#inspector [data-field=role]").select_option("verse")
    _wait_saved(page)
    assert "| Walk a little way in thought." in _script(studio, name)
    page.close()


def test_all_of_a_kind_and_marks_from_the_panel(open_project: Open, studio: RunningStudio):
    """One length for all silences of a kind keeps their kind, and the recipe has it; a bell is put in by its button."""
    name = begin_gate(studio)
    page = open_project(name)
    page.locator(".rest.why-sentence").first.click()
    page.locator("#inspector [data-field='inspect.seconds'], #inspector input[type=number]").first.fill("1.7")
    page.keyboard.press("Enter")
    page.locator("#inspector button", has_text="of this kind").click()
    _wait_saved(page)
    page.wait_for_function("studio.desk.doc.recipe.pacing.sentence_s === 1.7")
    assert "[pause 1s sentence]" not in _script(studio, name)
    assert _script(studio, name).count("[pause 1.7s sentence]") >= 3
    assert "sentence_s = 1.7" in (studio.projects / name / "recipe.toml").read_text(encoding="utf-8")
    page.locator(".say", has_text="The grass is wet").click()
    page.locator("#inspector summary", has_text="Put something after it").click()
    page.locator("#inspector button", has_text="Bell").click()
    _wait_saved(page)
    assert "[bell] [pause 3s bell]" in _script(studio, name)
    page.close()


def test_it_plays_from_what_is_selected_and_a_moved_pause_needs_no_server(open_project: Open, studio: RunningStudio):
    """Space plays from the phrase; a pause that is dragged meanwhile moves what follows, with no request for sound."""
    name = begin_gate(studio)
    page = open_project(name)
    page.wait_for_function("studio.desk.sounds.mix?.version === studio.desk.doc.version")
    page.locator(".say", has_text="Sit where you are.").click()
    page.keyboard.press("Space")
    page.wait_for_function("studio.desk.player.state === 'playing'")
    page.wait_for_function("!studio.desk.player.fetching")
    started = page.evaluate("studio.desk.player.now() / 44100")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.evaluate("[...studio.desk.player.desk.sources.values()].map(one => one.start)")
    page.evaluate("""() => {
        const { doc, player } = studio.desk;
        const index = player.indexAt();
        const rest = doc.cues.find((cue, n) => n >= index && cue.t === 'rest');
        doc.edit((cues) => cues.map((cue) => cue.id === rest.id ? { ...cue, s: cue.s + 1.5, why: 'mark' } : cue));
    }""")
    after = page.evaluate("[...studio.desk.player.desk.sources.values()].map(one => one.start)")
    assert page.evaluate("studio.desk.player.lastChangeMs") < 50
    assert page.evaluate("studio.desk.player.state") == "playing"
    assert started > 0
    shifted = [round(late - early, 2) for early, late in zip(sorted(before)[1:], sorted(after)[1:], strict=False)]
    assert shifted[:1] == [1.5]
    assert [url for url in asked if "sound" in url or "phrases" in url] == []
    page.keyboard.press("Space")
    page.close()


def test_two_windows_and_an_editor_lose_nothing(open_project: Open, studio: RunningStudio, trouble: list[str]):
    """What one window saves appears in the other; where both have changed it, both versions are kept."""
    name = begin_gate(studio)
    first, second = open_project(name), open_project(name)
    first.evaluate(_say("Sit where you are.", "Sit here."))
    _wait_saved(first)
    second.bring_to_front()
    second.locator(".say", has_text="Sit here.").wait_for()
    path = studio.projects / name / "script.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Sit here.", "Sit there."), encoding="utf-8")
    second.evaluate(_say("Sit here.", "Sit by me."))
    second.locator("#notice button", has_text="Keep what is here").click()
    second.locator("#notice", has_text="script.other-1.md").wait_for()
    assert "Sit by me." in _script(studio, name)
    assert "Sit there." in (studio.projects / name / "script.other-1.md").read_text(encoding="utf-8")
    assert all("409" in message for message in trouble)
    trouble.clear()
    first.close()
    second.close()


def test_nothing_typed_is_lost_when_the_server_is_killed(browser: Any, tmp_path: Path):
    """What was typed while it was away is saved when it is back; in a page that was closed meanwhile, too."""
    projects, clips = tmp_path / "projects", tmp_path / "clips"
    running = start_studio(projects, clips)
    running.enter()
    name = begin_gate(running)
    context = browser.new_context(bypass_csp=True)
    key, _, value = running.cookie.partition("=")
    context.add_cookies([{"name": key, "value": value, "url": f"http://127.0.0.1:{running.port}"}])
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{running.port}/#project={name}")
    page.locator(".rest").first.wait_for()
    running.process.kill()
    running.process.wait()
    page.locator(".say", has_text="Sit where you are.").dblclick()
    page.keyboard.type(" Here.")
    page.keyboard.press("Enter")
    page.wait_for_function("studio.desk.doc.state === 'unsaved'")
    page.wait_for_function("localStorage.getItem(studio.desk.doc.draftKey) !== null")
    page.close(run_before_unload=False)
    port = running.port
    assert running.process.stdout is not None
    running.process.stdout.close()
    again = start_studio(projects, clips, "--port", str(port))
    page = context.new_page()
    page.goto(f"{again.address}#project={name}")
    page.locator(".say", has_text="Sit where you are. Here.").wait_for()
    _wait_saved(page)
    assert "Sit where you are. Here." in (projects / name / "script.md").read_text(encoding="utf-8")
    context.close()
    again.stop()


def test_an_episode_is_made_and_its_progress_survives_reload(open_project: Open, studio: RunningStudio):
    """The button builds; a page that is loaded again shows how far it is, then the player and the checks."""
    name = begin_gate(studio)
    page = open_project(name)
    page.locator("[data-view=make]").click()
    page.locator("#build").click()
    page.locator(".job progress").wait_for()
    page.reload()
    page.locator(".rest").first.wait_for()
    page.locator("[data-view=make]").click()
    page.locator(".episode.newest audio").wait_for(timeout=90_000)
    assert page.locator(".episode .good").count() == 1
    assert "dB" not in page.locator("#view-make").inner_text()
    assert (studio.projects / "show" / f"{name}.mp3").is_file()
    page.close()


def test_the_same_again_keeps_the_version_before(open_project: Open, studio: RunningStudio):
    """A second build of a changed text shows the new version and the one before."""
    name = begin_gate(studio)
    page = open_project(name)
    page.locator("[data-view=make]").click()
    page.locator("#build").click()
    page.locator(".episode.newest audio").wait_for(timeout=90_000)
    page.evaluate(_edit("cue.why === 'closing'", "s: 4"))
    _wait_saved(page)
    page.locator("#build").click()
    page.locator(".episode").nth(1).wait_for(timeout=90_000)
    lengths = [one["seconds"] for one in studio.json("GET", f"/api/projects/{name}/episodes")]
    assert lengths[1] - lengths[0] == pytest.approx(6.0, abs=0.1)
    page.close()


def test_a_text_of_twenty_thousand_words_stays_usable(open_project: Open, studio: RunningStudio):
    """It is shown within seconds; typing, dragging and scrolling answer within a frame or two."""
    paragraph = "The path goes on between the trees. You walk, and the light moves with you. Nobody asks how long. "
    text = "# The long walk\n\n" + "\n\n".join(paragraph * 4 for _ in range(20_000 // (4 * 19)))
    name = studio.json("POST", "/api/projects?name=long.md", text.encode())["name"]
    studio.json("PATCH", f"/api/projects/{name}/recipe", {"changes": {"voice": "tone"}})
    began = time.monotonic()
    page = open_project(name)
    assert time.monotonic() - began < 60
    assert page.evaluate("studio.desk.doc.says().length") > 1500
    page.wait_for_timeout(500)
    moved = page.evaluate("""async () => {
        const { doc } = studio.desk;
        const times = [];
        for (let n = 0; n < 12; n++) {
            const rest = doc.cues.filter((cue) => cue.t === 'rest')[400 + n * 20];
            doc.edit((cues) => cues.map((cue) => cue.id === rest.id ? { ...cue, s: cue.s + 1, why: 'mark' } : cue));
            times.push(studio.desk.player.lastChangeMs);
            await new Promise(requestAnimationFrame);
        }
        return times.sort((a, b) => a - b)[6];
    }""")
    assert moved < 50
    page.locator(".say").nth(300).dblclick()
    frames = page.evaluate("""async () => {
        const element = document.querySelector('.editing');
        const times = [];
        for (const letter of 'and so it goes') {
            const began = performance.now();
            document.execCommand('insertText', false, letter);
            element.getBoundingClientRect();
            times.push(performance.now() - began);
            await new Promise(requestAnimationFrame);
        }
        return times.sort((a, b) => a - b)[7];
    }""")
    assert frames < 16
    page.close()
