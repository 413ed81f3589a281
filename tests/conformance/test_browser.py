"""The page in a real browser, from its folder and served: it plays, follows, seeks, and axe-core finds nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import audio_builder
from audio_builder.episode.phrase_times import Phrase
from audio_builder.episode.record import read_record
from audio_builder.episode.report import to_json
from audio_builder.podcast.feed import Item
from audio_builder.podcast.ledger import Entry
from audio_builder.podcast.pages import episode_page
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.recipe_file import make_recipe

from ..conftest import ROOT
from ..support.chromium import needs_chromium, running_chromium
from ..support.show_helpers import SHOW, put_show, record_of, serving

PICTURES = ROOT / "build" / "pictures"
"""Where the pages are pictured, for those who want to look at them; not kept in the repository."""

ARABIC = "episodes/ms-hdi-b2c56ce5.html"
LONG = "episodes/on-the-slow-and-unhurried-art-of-walking-home-and-80451ce9.html"
HOSTILE = "</script><img src=x onerror=\"document.title='broken'\"> " + "a long way home " * 17

OTHERS = {
    "night.md": "---\ntitle: مساء هادئ\nlanguage: ar\n---\n\nالمصباح مضاء.\n\n# الطريق\n\nماذا يبقى؟\n",
    "walk.md": f"# On the Slow and Unhurried Art of {'Walking Home and ' * 8}Resting\n\nThe gate.\n\n## In\n\nSit.\n",
}

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show of three real episodes, one of them Arabic, and a fourth under a hostile title."""
    folder = tmp_path_factory.mktemp("show")
    put_show(folder)
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})
    report = audio_builder.build(ROOT / "examples" / "one-quiet-minute.md", recipe, folder)
    for name, text in OTHERS.items():
        source = tmp_path_factory.mktemp("text") / name
        source.write_text(text, encoding="utf-8")
        audio_builder.build(source, recipe, folder)
    record = read_record(folder / "one-quiet-minute.episode.json")
    tags = msgspec.structs.replace(record.tags, title=HOSTILE, author="كاتب", language="ar")
    shutil.copyfile(report.path, folder / "hostile.mp3")
    (folder / "hostile.episode.json").write_bytes(to_json(msgspec.structs.replace(record, tags=tags)))
    publish(folder)
    many = folder / "forty"
    put_show(many)
    for number in range(40):
        again = msgspec.structs.replace(
            record.tags, title=f"Evening {number + 1}", date=f"2026-10-{number % 28 + 1:02d}"
        )
        shutil.copyfile(report.path, many / f"evening-{number}.mp3")
        of_it = to_json(msgspec.structs.replace(record, tags=again))
        (many / f"evening-{number}.episode.json").write_bytes(of_it)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: (50,) * 240)
        publish(many)
    # The Arabic episode once more, in a show whose own words are Arabic too.
    from_right = folder / "arabic"
    put_show(from_right, msgspec.structs.replace(SHOW, title="صفحات المساء", language="ar", base_url=""))
    for name in (Path(ARABIC).stem + ".mp3", Path(ARABIC).stem + ".episode.json"):
        shutil.copyfile(folder / name, from_right / name)
    publish(from_right)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module", params=["folder", "served"])
def root(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Where the show is: in its folder, or at `audio-builder serve`."""
    if request.param == "folder":
        yield folder.as_uri()
        return
    if sys.platform == "win32":
        pytest.skip("a process is told to stop as Ctrl-C does")
    with serving(folder) as port:
        yield f"http://127.0.0.1:{port}"


from_its_folder = pytest.mark.parametrize("root", ["folder"], indirect=True)
"""For what is the same however the page came."""


@pytest.fixture
def page(browser: Any, root: str) -> Iterator[Any]:
    """The page of the episode; whatever it complains of or asks elsewhere for fails the test."""
    # Playwright waits by evaluating texts, which the page's policy forbids; another test holds the page to it.
    page = browser.new_page(bypass_csp=True)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if not request.url.startswith(root) else None)
    page.goto(f"{root}/episodes/one-quiet-minute.html")
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
    page.locator("span[data-start]").nth(5).click()
    page.wait_for_function(f"Math.abs(audio.currentTime - {phrase.start_s}) < 3")
    assert page.locator("span[aria-current]").all_inner_texts() == [phrase.text]


def test_the_policy_of_the_page_lets_the_page_itself_work(browser: Any, folder: Path):
    """Under its Content-Security-Policy the page plays its sound and shows its picture, and nothing is refused."""
    page = browser.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.goto((folder / "episodes" / "one-quiet-minute.html").as_uri())
    page.locator("#play").click()
    page.wait_for_timeout(1500)
    assert page.evaluate("[audio.paused, audio.error, document.images[0].naturalWidth]") == [False, None, 440]
    assert trouble == []
    page.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_served_at_home_it_plays_and_seeks_in_stretches(browser: Any, folder: Path):
    """From `audio-builder serve`: the show's page tells that address, leads to the episode, and a chapter is a 206."""
    start_s = read_record(folder / "one-quiet-minute.episode.json").report.chapters[1].start_s
    with serving(folder) as port:
        page = browser.new_page(bypass_csp=True)
        answers: list[tuple[str, int]] = []
        trouble: list[str] = []
        page.on("response", lambda answer: answers.append((answer.url.rpartition(".")[2], answer.status)))
        page.on("console", lambda message: trouble.append(message.text))
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator(".subscribe summary").click()
        assert page.locator(".address").inner_text() == f"http://127.0.0.1:{port}/feed.xml"
        page.get_by_role("link", name="One Quiet Minute").click()
        page.wait_for_function("audio.readyState >= 1")
        page.locator(".chapters button").nth(1).click()
        page.wait_for_function(f"!audio.paused && audio.currentTime > {start_s}")
        page.close()
    assert ("mp3", 206) in answers
    # What is named by its content isn't asked for again: no 304 for a cover that the show's page had already.
    assert {status for kind, status in answers if kind != "html"} <= {200, 206}
    assert trouble == []


@from_its_folder
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
    page.locator("span[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("!audio.paused")


@from_its_folder
def test_every_control_is_reached_with_the_tab_key_and_seen(page: Any):
    """Tab goes through all controls in the order in which they are seen, each with an outline, and out again."""
    page.evaluate("audio.currentTime = 12")
    page.wait_for_selector("span[aria-current]")  # the sentence that is there takes the place of the first one
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        named = "one => [one.id || one.className || one.tagName, getComputedStyle(one).outlineStyle]"
        name, outline = page.evaluate(f"({named})(document.activeElement)")
        if name == "BODY":
            break
        assert outline == "solid", name
        reached.append(name)
    buttons = page.locator(".chapters button").count()
    links = ["A"] * 4
    settings = ["speed", "sleep", "silence", "waits", "SUMMARY"]
    order = ["skip", "A", "seek", "back", "play", "forward", *settings, *["BUTTON"] * buttons, "SPAN"]
    # What lies below is out of the first player's sight, so the small one is there before the links of the footer.
    order += ["own-words", "save", *["A"] * page.locator(".following").count(), "small-play", *links]
    assert reached == order


def test_the_speed_is_kept_for_every_episode(page: Any, root: str):
    """What is chosen once plays at that speed, here and on the page of the next episode."""
    page.locator("#speed").select_option("1.25")
    assert page.evaluate("audio.playbackRate") == 1.25
    page.goto(f"{root}/episodes/hostile.html")
    page.wait_for_function("audio.readyState >= 1")
    assert page.evaluate("[audio.playbackRate, speed.value]") == [1.25, "1.25"]


@from_its_folder
def test_the_sleep_timer_fades_and_stops(page: Any):
    """Near its end the sound gets softer; then it stands still, at its own loudness for the next time, and says so."""
    page.locator("#sleep").select_option("5")
    assert page.locator("#said").inner_text() == "It will stop in 5 minutes, softly."
    page.locator("#play").click()
    page.wait_for_function("!audio.paused && audio.volume === 1")
    page.evaluate("(now => { Date.now = () => now() + 295000; })(Date.now.bind(Date))")
    page.wait_for_function("audio.volume > 0 && audio.volume < 0.6 && !audio.paused")
    page.evaluate("(now => { Date.now = () => now() + 10000; })(Date.now.bind(Date))")
    page.wait_for_function("audio.paused")
    assert page.evaluate("[audio.volume, sleep.value]") == [1, ""]
    assert page.locator("#said").inner_text() == "Stopped, as you asked."


@from_its_folder
def test_it_stops_after_the_chapter(page: Any, folder: Path):
    """The end of the chapter is where it stops, not the one of the episode."""
    end_s = read_record(folder / "one-quiet-minute.episode.json").report.chapters[0].end_s
    page.evaluate(f"audio.currentTime = {end_s - 1.5}")
    page.locator("#sleep").select_option("chapter")
    page.locator("#play").click()
    page.wait_for_function(f"audio.paused && Math.abs(audio.currentTime - {end_s}) < 0.6")


@from_its_folder
def test_who_moves_on_is_not_stopped_at_once(page: Any, folder: Path):
    """“After this chapter” means the one that is heard, wherever the listener has gone in the meantime."""
    _, second, *_ = read_record(folder / "one-quiet-minute.episode.json").report.chapters
    page.locator("#sleep").select_option("chapter")
    page.locator(".chapters button").nth(1).click()
    page.wait_for_function(f"audio.currentTime > {second.start_s + 0.5}")
    assert page.evaluate("[audio.paused, audio.volume]") == [False, 1]
    page.evaluate(f"audio.currentTime = {second.end_s - 1.5}")
    page.wait_for_function(f"audio.paused && Math.abs(audio.currentTime - {second.end_s}) < 0.6")


@from_its_folder
def test_the_player_that_is_out_of_sight_can_be_stopped(page: Any):
    """While its button isn't seen, a small one is, with the same button and the chapter."""
    assert page.locator("#small").is_hidden()
    page.set_viewport_size({"width": 390, "height": 400})
    page.locator(".chapters button").nth(1).click()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("#small-play").wait_for(state="visible")
    page.wait_for_function("!audio.paused && document.getElementById('small-play').textContent === 'Pause'")
    assert page.locator("#small-chapter").inner_text() == page.locator(".chapters .name").nth(1).inner_text()
    page.locator("#small-play").click()
    page.wait_for_function("audio.paused")
    page.locator("#play").scroll_into_view_if_needed()
    page.locator("#small").wait_for(state="hidden")


@from_its_folder
def test_the_words_follow_the_sound_unless_the_listener_looks_around(page: Any, folder: Path):
    """What is heard comes into view by itself; for a while after turning the wheel the page stays where it was put."""
    phrases = read_record(folder / "one-quiet-minute.episode.json").phrases
    heard = "document.querySelector('span[aria-current]')?.getBoundingClientRect()"
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 400})
    page.locator("#play").click()
    page.evaluate(f"audio.currentTime = {phrases[-2].start_s}")
    page.wait_for_function(f"scrollY > 0 && {heard}?.top > 0 && {heard}?.bottom < innerHeight")
    page.mouse.move(195, 200)
    page.mouse.wheel(0, -5000)
    page.wait_for_function("scrollY === 0")
    page.evaluate(f"audio.currentTime = {phrases[-1].start_s - 0.5}")
    page.wait_for_function(f"audio.currentTime > {phrases[-1].start_s + 0.5}")
    assert page.evaluate("scrollY") == 0


@from_its_folder
def test_the_waveform_is_a_slider_with_a_mark_for_each_chapter(page: Any, folder: Path):
    """A click in the middle of it goes to the middle; each chapter after the first has its mark where it begins."""
    report = read_record(folder / "one-quiet-minute.episode.json").report
    page.locator("#seek").click()
    page.wait_for_function(f"Math.abs(audio.currentTime - {report.duration_s / 2}) < 2")
    box = page.locator("#wave").bounding_box()
    marks = [mark.bounding_box()["x"] for mark in page.locator("#wave .mark").all()]
    expected = [box["x"] + box["width"] * one.start_s / report.duration_s for one in report.chapters[1:]]
    assert marks == pytest.approx(expected, abs=3)


def test_the_place_is_remembered(page: Any):
    """Opened again, the page stands where it was left, and says so."""
    page.evaluate("audio.currentTime = 12")
    page.wait_for_function("document.getElementById('now').textContent === '0:12'")
    page.reload()
    page.wait_for_function("Math.abs(audio.currentTime - 12) < 0.2")
    assert page.locator("#said").inner_text() == "Going on at 0:12."


@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_the_place_is_kept_where_the_sound_never_came(browser: Any, folder: Path):
    """Opened and left again before there is a sound, the page still knows the place of the time before."""
    page = browser.new_page(bypass_csp=True)
    with serving(folder) as port:
        page.goto(f"http://127.0.0.1:{port}/episodes/one-quiet-minute.html")
        page.wait_for_function("audio.readyState >= 1")
        page.evaluate("audio.currentTime = 12")
        page.wait_for_function("document.getElementById('now').textContent === '0:12'")
        page.route("**/*.mp3", lambda route: route.abort())
        page.reload()
        page.unroute("**/*.mp3")
        page.reload()
        page.wait_for_function("Math.abs(audio.currentTime - 12) < 0.2")
    page.close()


def test_a_show_of_forty_episodes_leads_to_each(browser: Any, folder: Path):
    """The newest comes first; anywhere on its row leads to its page."""
    page = browser.new_page()
    page.goto((folder / "forty" / "index.html").as_uri())
    assert page.locator(".episodes li[data-key]").count() == 40
    page.locator(".episodes li .facts").first.click(force=True)
    assert page.locator("h1").inner_text() == "Evening 28"
    page.close()


def test_an_arabic_show_speaks_arabic_and_its_waveform_still_runs_to_the_right(browser: Any, folder: Path):
    """Words, buttons and messages are Arabic from the right; time runs as on every player."""
    page = browser.new_page(bypass_csp=True)
    page.goto((folder / "arabic" / ARABIC).as_uri())
    page.wait_for_function("audio.readyState >= 1")
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
    assert page.locator("#play").inner_text() == "تشغيل"
    page.locator("#play").click()
    page.wait_for_function("document.getElementById('play').textContent === 'إيقاف مؤقت'")
    page.locator("#sleep").select_option("15")
    assert page.locator("#said").inner_text() == "سيتوقف الصوت بهدوء بعد 15 دقيقة."
    now, left = (page.locator(name).bounding_box()["x"] for name in ("#now", "#left"))
    back, forward = (page.locator(name).bounding_box()["x"] for name in ("#back", "#forward"))
    chapters, words = (page.locator(name).bounding_box()["x"] for name in (".chapters", "#words"))
    assert now < left
    assert back < forward
    assert words < chapters
    page.close()


@from_its_folder
def test_the_questions_of_the_text_are_asked_again(page: Any):
    """What the text leaves open stands under the words, to write about."""
    assert page.locator(".questions li").all_inner_texts() == ["What changes when you stop waiting for silence?"]


AT_EVERY_SIZE = {"index.html", "episodes/one-quiet-minute.html", f"arabic/{ARABIC}"}
"""The others are of the same kinds, with other words in them."""


def test_a_page_of_two_hours_is_small_and_soon_ready(browser: Any, tmp_path: Path):
    """Of 1,200 phrases with the time of each word: under 1.5 MB, and under a second of the browser's processor time."""
    text = "The path goes on between the trees, and the light goes with you."
    phrases = [
        Phrase(
            start_s=6.0 * n, end_s=6.0 * n + 5, text=text, role="prose",
            word_starts_s=tuple(6.0 * n + 0.38 * word for word in range(13)),
        )
        for n in range(1200)
    ]  # fmt: skip
    record = record_of(phrases=tuple(phrases), words="\n\n".join([" ".join([text] * 4)] * 300))
    record = msgspec.structs.replace(record, report=msgspec.structs.replace(record.report, duration_s=7200.0))
    entry = Entry(
        guid="g",
        published="2026-11-01T12:00:00+00:00",
        sound=record.sound,
        waveform=(50,) * 240,
        made_from="",
        files=(),
    )
    path = tmp_path / "long.html"
    path.write_bytes(episode_page(SHOW, Item("long", record, entry)))
    assert path.stat().st_size < 1_500_000
    page = browser.new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(path.as_uri())
    page.locator("span[role=button]").last.wait_for(state="attached")
    spent = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    page.close()
    assert spent["TaskDuration"] < 1


@pytest.mark.parametrize(
    "name",
    [
        "index.html", "forty/index.html", "arabic/index.html",
        "episodes/one-quiet-minute.html", "episodes/hostile.html", ARABIC, LONG, f"arabic/{ARABIC}",
    ],
)  # fmt: skip
def test_axe_finds_nothing_at_any_size(browser: Any, folder: Path, name: str):
    """No violation of WCAG 2.2 AA, nothing wider than the window, and no stranger's markup has run."""
    from axe_playwright_python.sync_playwright import Axe

    # axe itself has to be let in past the page's policy.
    page = browser.new_page(bypass_csp=True)
    page.goto((folder / name).as_uri())
    if "episodes/" in name:
        page.wait_for_function("audio.readyState >= 1")
        page.evaluate("audio.currentTime = audio.duration / 2")
        page.locator("span[aria-current]").wait_for()
    # The small player, as it is once an episode was chosen.
    page.evaluate(
        "() => { document.getElementById('small').hidden = false;"
        " const title = document.getElementById('bar-title'); if (title) title.textContent = 'Evening'; }"
    )
    settings = [("light", 360), ("dark", 1280)]
    for scheme, width in [*settings, ("dark", 820), ("light", 1280)] if name in AT_EVERY_SIZE else settings:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colours on their way
        page.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], (scheme, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name.removesuffix('.html').replace('/', '-')}-{width}-{scheme}.png")
    assert page.title() != "broken"
    page.close()
