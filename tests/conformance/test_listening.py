"""Listening in a real browser: words light up, the show plays, links lead to a moment, silences stretch and wait."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import audio_builder
from audio_builder.audio.samples import ffmpeg_program
from audio_builder.episode.phrase_times import Phrase, times_in
from audio_builder.episode.record import beside_of, read_record
from audio_builder.podcast.publisher import publish
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.voices.word_alignment import words_with_places

from ..support.chromium import needs_chromium, running_chromium
from ..support.firefox import needs_firefox, running_firefox
from ..support.show_helpers import SHOW, put_episode, put_show, serving

GATE = """---
title: The Gate
date: 2026-11-02
---

# The Gate

The gate is open. Nobody asks who comes. What would you leave behind here?

The grass is long. Walk through it once more.
"""
LANE = "---\ntitle: The Lane\ndate: 2026-11-01\n---\n\nThe lane is quiet. Étude.\n\n## In\n\nThe hedge is green.\n"

pytestmark = [pytest.mark.slow, needs_chromium]

SOUND = "audioBuilder.sound"

WATCH = """() => { const audio = document.getElementById('audio'); window.seen = []; let last = null, before = 0;
    const look = () => { const lit = document.querySelector('i.lit'), now = audio.currentTime;
    if (lit !== last) seen.push([lit && lit.textContent, before, now]);
    last = lit; before = now; requestAnimationFrame(look); }; look(); }"""
"""With each change, when it was seen and when the page was looked at before: a busy machine draws few pictures."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show of two elastic episodes."""
    folder = tmp_path_factory.mktemp("show")
    put_show(folder, msgspec.structs.replace(SHOW, elastic=True))
    for name, text in (("gate.md", GATE), ("lane.md", LANE)):
        source = tmp_path_factory.mktemp("text") / name
        source.write_text(text, encoding="utf-8")
        audio_builder.build(source, make_recipe({"voice": "tone"}), folder)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a page and fails the test if the page complains of anything."""
    context = browser.new_context(bypass_csp=True)
    trouble: list[str] = []

    def open_at(address: str) -> Any:
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(address)
        return page

    yield open_at
    context.close()
    assert trouble == []


def assert_lit_in_time(seen: list[tuple[str | None, float, float]], phrase: Phrase) -> None:
    """Each word of a phrase was lit within 120 ms of its time in the record."""
    words = words_with_places(phrase.text)
    lit = {word: (before, now) for word, before, now in seen if word}
    for (_, word), start_s in zip(words, times_in(phrase, [at for at, _ in words]), strict=True):
        before, now = lit[word]
        assert before - 0.12 <= start_s <= now + 0.12, word


def test_words_light_up_when_they_are_heard(opened: Any, folder: Path) -> None:
    """Each word is lit within 120 ms of the record's time, one after the other, and a tap on one plays from there."""
    page = opened((folder / "episodes" / "the-gate.html").as_uri())
    phrase = read_record(folder / "the-gate.episode.json").phrases[2]
    page.wait_for_function("audio.readyState >= 1")
    page.evaluate(WATCH)
    page.evaluate(f"audio.currentTime = {phrase.start_s - 1.5}")
    page.locator("#play").click()
    page.wait_for_function(f"audio.currentTime > {phrase.end_s + 0.3}")
    assert_lit_in_time(page.evaluate("seen"), phrase)
    words = words_with_places(phrase.text)
    page.locator("i", has_text=words[2][1]).first.click()
    assert page.evaluate("audio.currentTime") == pytest.approx(next(times_in(phrase, [words[2][0]])), abs=0.5)


def test_the_show_plays_and_goes_on(opened: Any, folder: Path) -> None:
    """Play, and go on after a reload; next; what was heard to its end is marked; a chapter plays from its start."""
    page = opened((folder / "index.html").as_uri())
    page.locator(".listen").first.click()
    page.wait_for_function("!audio.paused && audio.currentTime > 0")
    assert page.locator("#small").is_visible()
    assert page.locator("#bar-title").inner_text() == "The Gate"
    page.evaluate("audio.currentTime = 8")
    page.wait_for_function("document.getElementById('small-now').textContent === '0:08'")
    page.reload()
    assert page.locator(".listen").all_inner_texts() == ["Go on", "Play"]
    page.locator(".listen").first.click()
    page.wait_for_function("audio.currentTime >= 7.9 && !audio.paused")
    page.locator("#next").click()
    page.wait_for_function("!audio.paused && audio.src.includes('the-lane') && audio.duration > 1")  # its head is read
    assert page.locator("#next").is_disabled()
    page.evaluate("audio.currentTime = audio.duration - 0.3")
    page.wait_for_function("document.querySelectorAll('.state')[1].textContent.includes('Heard')")
    page.locator("details.scripted summary").last.click()
    page.locator(".chapter").last.click()
    start_s = read_record(folder / "the-lane.episode.json").report.chapters[-1].start_s
    page.wait_for_function(f"Math.abs(audio.currentTime - {start_s}) < 2")


def test_search_finds_titles_and_words(opened: Any, folder: Path) -> None:
    """Small letters without accents find what is written; every word of the search must be there."""
    page = opened((folder / "index.html").as_uri())
    for wanted, titles in (("LANE", ["The Lane"]), ("etude", ["The Lane"]), ("grass gate", ["The Gate"]), ("xyz", [])):
        page.locator("#search").fill(wanted)
        assert page.locator("li[data-key]:not([hidden]) h3").all_inner_texts() == titles
        assert page.locator("#found").inner_text() == f"Found: {len(titles)}"


def test_a_link_leads_to_its_moment(opened: Any, folder: Path) -> None:
    """`#t=12` begins there, whatever was remembered; the link on offer has it too, under the show's address."""
    address = (folder / "episodes" / "the-gate.html").as_uri()
    page = opened(f"{address}#t=12")
    page.wait_for_function("Math.abs(audio.currentTime - 12) < 0.1")
    page.locator("#share summary").click()
    page.locator("#at-moment").check()
    assert page.locator("#link").input_value() == "https://example.org/pages/episodes/the-gate.html#t=12"
    embed = opened((folder / "episodes" / "the-gate.embed.html").as_uri() + "#t=0:12")
    embed.locator("#play").click()
    embed.wait_for_function("!audio.paused && audio.currentTime > 12")


def test_a_timer_that_ran_out_leaves_the_next_play_alone(opened: Any, folder: Path) -> None:
    """Paused while the minutes go by, it plays when it is asked to."""
    page = opened((folder / "episodes" / "the-gate.html").as_uri())
    page.wait_for_function("audio.readyState >= 1")
    page.locator("#sleep").select_option("5")
    page.evaluate("(now => { Date.now = () => now() + 400000; })(Date.now.bind(Date))")
    page.locator("#play").click()
    page.wait_for_function("!audio.paused && audio.currentTime > 1")
    assert page.evaluate("[audio.volume, sleep.value]") == [1, ""]


def test_the_ending_leads_on(opened: Any, folder: Path) -> None:
    """After the end it is silent for as long as was chosen; what is written stays, and the next episode is there."""
    page = opened((folder / "episodes" / "the-gate.html").as_uri())
    page.wait_for_function("audio.readyState >= 1")
    page.locator("#own-words").fill("my coat")
    page.locator("#silence").select_option("1")
    page.evaluate("audio.currentTime = audio.duration - 0.5")
    page.locator("#play").click()
    page.wait_for_function("document.getElementById('said').textContent.startsWith('Silence: 0:5')")
    page.evaluate("(now => { Date.now = () => now() + 60000; })(Date.now.bind(Date))")
    page.wait_for_function("document.getElementById('ending').classList.contains('now')")
    with page.expect_download() as saved:
        page.locator("#save").click()
    assert saved.value.suggested_filename.endswith(".txt")
    assert "my coat" in Path(saved.value.path()).read_text(encoding="utf-8")
    page.reload()
    assert page.locator("#own-words").input_value() == "my coat"
    page.locator(".following a").click()
    assert page.locator("h1").inner_text() == "The Lane"


def test_the_page_waits_after_a_question(opened: Any, folder: Path) -> None:
    """In the silence after it the sound stands until a tap."""
    page = opened((folder / "episodes" / "the-gate.html").as_uri())
    page.wait_for_function("audio.readyState >= 1")
    pairs = itertools.pairwise(read_record(folder / "the-gate.episode.json").phrases)
    asked, following = next(pair for pair in pairs if pair[0].text[-1] == "?")
    page.locator("#waits").check()
    page.evaluate(f"audio.currentTime = {following.start_s - 1.2}")
    page.locator("#play").click()
    page.wait_for_function("audio.paused && document.getElementById('said').textContent.includes('to go on')")
    assert asked.end_s < page.evaluate("audio.currentTime") < following.start_s
    page.mouse.click(4, 4)
    page.wait_for_function(f"!audio.paused && audio.currentTime > {following.start_s}")


@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_silences_stretch_while_it_plays(opened: Any, folder: Path) -> None:
    """The sound goes on from where it was, and lasts as long as was asked, here the most that the pacing allows."""
    with serving(folder) as port:
        page = opened(f"http://127.0.0.1:{port}/episodes/the-gate.html")
        page.locator("#have").wait_for(state="visible")
        page.locator("#play").click()
        page.wait_for_function("audio.currentTime > 1")
        page.evaluate("minutes.value = minutes.max; minutes.dispatchEvent(new Event('change'))")
        page.wait_for_function(
            "audio.paused && !audioBuilder.sound.paused && audioBuilder.sound.time > 2", timeout=60000
        )
        assert page.evaluate(f"{SOUND}.length") == pytest.approx(float(page.evaluate("minutes.max")) * 60, abs=0.1)


@pytest.fixture(scope="module")
def eight_minutes(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show of one episode of eight minutes: that of the gate twelve times, and silence at the end."""
    eight, seconds = tmp_path_factory.mktemp("eight"), 480.0
    gate = read_record(folder / "the-gate.episode.json")
    loops, length_s = 12, gate.report.duration_s
    assert gate.elastic is not None
    again = f"aloop=loop={loops - 1}:size={round(length_s * 44100)},apad=whole_dur={seconds}"
    command = [ffmpeg_program(), "-v", "error", "-i", str(folder / "the-gate.voice.mp3"), "-af", again]
    subprocess.run([*command, "-ac", "1", "-b:a", "64k", str(eight / "lane.voice.mp3")], check=True)
    shutil.copyfile(folder / "the-gate.bed.mp3", eight / "lane.bed.mp3")
    shifts = [number * length_s for number in range(loops)]
    phrases = [_later(phrase, shift_s, "start_s", "end_s") for shift_s in shifts for phrase in gate.phrases]
    rests = [_later(rest, shift_s, "start_s", "end_s") for shift_s in shifts for rest in gate.rests]
    rests[-1] = msgspec.structs.replace(rests[-1], end_s=seconds)
    beside = [beside_of(kind, eight / f"lane.{kind}.mp3", eight / "lane.mp3") for kind in ("voice", "bed")]
    changes = {
        "phrases": tuple(msgspec.structs.replace(phrase, word_starts_s=(), clauses=()) for phrase in phrases),
        "rests": tuple(rests),
        "report": msgspec.structs.replace(gate.report, duration_s=seconds, chapters=()),
        "elastic": msgspec.structs.replace(gate.elastic, ducks_db=gate.elastic.ducks_db * loops),
        "beside": tuple(beside),
    }
    put_show(eight, msgspec.structs.replace(SHOW, elastic=True))
    # Only what is stretched is heard here: the plain episode can be that of the gate.
    put_episode(eight, "lane", (folder / "the-gate.mp3").read_bytes(), msgspec.structs.replace(gate, **changes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audio_builder.podcast.publisher.waveform_of", lambda *_: (50,) * 240)
        publish(eight)
    return eight


def _later(part: Any, by_s: float, *names: str) -> Any:
    return msgspec.structs.replace(part, **{name: getattr(part, name) + by_s for name in names})


@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_eight_minutes_become_twelve(opened: Any, eight_minutes: Path) -> None:
    """The end of the last word moves by what the silences before it gained, within 0.2 s, and nothing clicks."""
    last_s = read_record(eight_minutes / "lane.episode.json").phrases[-1].end_s
    drawn = """async (wanted) => { const { map, buffer } = await audioBuilder.renderElastic(wanted);
        const sound = buffer.getChannelData(0), last = map.toNew(%f);
        let at = Math.round((last + 0.3) * 44100);
        while (at > 0 && Math.abs(sound[at]) < 0.05) at -= 1;
        const load = async (name) => {
          const answer = await fetch(document.getElementById('player').dataset[name]);
          const content = await answer.arrayBuffer();
          return (await new OfflineAudioContext(1, 1, 44100).decodeAudioData(content)).getChannelData(0); };
        const cells = (samples) => { const jumps = new Float32Array(Math.ceil(samples.length / 441));
          for (let i = 1; i < samples.length; i += 1) {
            const cell = Math.floor(i / 441);
            jumps[cell] = Math.max(jumps[cell], Math.abs(samples[i] - samples[i - 1])); }
          return jumps; };
        const voice = cells(await load('voice'));
        const bed = cells(await load('bed')).reduce((most, jump) => Math.max(most, jump), 0);
        let excess = -1;
        cells(sound).forEach((jump, cell) => { const old = Math.round(map.toOld(cell / 100) * 100);
          excess = Math.max(excess, jump - Math.max(...voice.slice(Math.max(0, old - 3), old + 4))); });
        return { length: map.length, sounding: buffer.duration, planned: last, heard: at / 44100, excess, bed }; }"""
    with serving(eight_minutes) as port:
        page = opened(f"http://127.0.0.1:{port}/episodes/lane.html")
        page.locator("#have").wait_for(state="visible")
        made, longer = (page.evaluate(drawn % last_s, minutes * 60) for minutes in (8, 12))
    assert (made["length"], longer["length"]) == pytest.approx((480, 720), abs=0.01)
    assert longer["sounding"] == pytest.approx(720, abs=0.01)
    added_s = longer["planned"] - made["planned"]
    assert added_s > 200
    assert longer["heard"] - made["heard"] == pytest.approx(added_s, abs=0.2)
    # A click would be a larger jump from sample to sample than the voice has there and the background at its most.
    assert longer["excess"] <= longer["bed"] * 10 ** (5 / 20)


def test_the_feed_is_a_page_to_read(opened: Any, folder: Path) -> None:
    """A browser that opens it shows what it is, the titles, and none of the addresses between."""
    page = opened((folder / "feed.xml").as_uri())
    assert "The Gate" in page.evaluate("[...document.querySelectorAll('item > title')].map(t => t.textContent)")
    style = "getComputedStyle(document.querySelector('%s')).display"
    assert page.evaluate(style % "item > title") == "block"
    assert page.evaluate(style % "enclosure") == "none"
    assert "podcast player" in page.evaluate("getComputedStyle(document.documentElement, '::before').content")


@needs_firefox
@pytest.mark.loopback
@pytest.mark.skipif(sys.platform == "win32", reason="a process is told to stop as Ctrl-C does")
def test_in_firefox_it_plays_lights_words_and_goes_on(folder: Path, tmp_path: Path) -> None:
    """The show's page plays and goes on after a reload; words are lit in time; silences stretch while it plays."""
    sound = "document.getElementById('audio')"
    phrase = read_record(folder / "the-gate.episode.json").phrases[2]
    with serving(folder) as port, running_firefox(tmp_path) as firefox:
        firefox.driver.navigate(f"http://127.0.0.1:{port}/")
        firefox.one(".listen").click()
        firefox.wait(f"!{sound}.paused && {sound}.currentTime > 0.3")
        firefox.js(f"{sound}.currentTime = 8")
        firefox.wait("document.getElementById('small-now').textContent === '0:08'")
        firefox.driver.refresh()
        assert firefox.one(".listen").text == "Go on"
        firefox.one(".listen").click()
        firefox.wait(f"!{sound}.paused && {sound}.currentTime >= 7.9")
        firefox.driver.navigate(f"http://127.0.0.1:{port}/episodes/the-gate.html")
        firefox.wait(f"{sound}.readyState >= 1")
        firefox.js(f"({WATCH})()")
        firefox.js(f"{sound}.currentTime = {phrase.start_s - 1.5}")
        firefox.one("#play").click()
        firefox.wait(f"{sound}.currentTime > {phrase.end_s + 0.3}")
        assert_lit_in_time(firefox.js("return window.seen"), phrase)
        firefox.js("minutes.value = minutes.max; minutes.dispatchEvent(new Event('change'))")
        firefox.wait(f"{sound}.paused && !audioBuilder.sound.paused && audioBuilder.sound.time > {phrase.end_s}")
        longest_s = firefox.js("return minutes.max * 60")
        assert firefox.js(f"return {SOUND}.length") == pytest.approx(longest_s, abs=0.1)
