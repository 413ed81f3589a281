"""The asked rate, where what was foreseen of a text turns out to be wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audio_builder import asked_rate
from audio_builder.article.source import source_from_bytes
from audio_builder.narration.clip import Narration
from audio_builder.pipeline import speak
from audio_builder.preflight import prepare
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.script.from_document import make_script, read_document
from audio_builder.voices.rate import cadence
from tests.voice_helpers import install_engine

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

SLOW_AT_LUTES = """
rate = voice.rate * (0.5 if 'lute' in text else 0.9)
return good(text, type(voice)(profile=voice.profile, rate=rate))
"""
"""An engine that speaks a tenth more slowly than its setting says, and phrases with a lute in them at half of it."""


@pytest.fixture(autouse=True)
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A voice whose profile claims that it speaks as fast as it is set, which it doesn't."""
    install_engine(monkeypatch, tmp_path / "packages", "hasty", SLOW_AT_LUTES)
    folder = tmp_path / "data" / "voices"
    folder.mkdir(parents=True)
    (folder / "hasty.toml").write_text(
        'name = "hasty"\nengine = "hasty"\nlanguage = "en"\ndescription = "for a test"\nlicence = "CC0-1.0"\n'
        "[cadence]\nletter = 0\nsyllable = 0\nword = 1\npause = 0\nphrase = 0\n"
        "[[calibration]]\nsetting = 70\nwpm = 70.0\n[[calibration]]\nsetting = 200\nwpm = 200.0\n"
    )
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))


def narrated(folder: Path, text: str, voice: str = "hasty", wpm: float = 125.0) -> Narration:
    """A text, spoken at a rate as a build does."""
    recipe = make_recipe({"voice": voice, "pacing": {"wpm": wpm}})
    document = read_document(source_from_bytes(text.encode(), "text.md"))
    return speak(prepare(make_script(document, recipe), recipe, folder))


def text_of(sentences: int, lutes: int = 0, first: str = "Here") -> str:
    """Sentences of nine words, each another; some with a lute in them."""
    said = [
        f"{first if n == 0 else 'Now'} is {NUMBERS[n % 10]} {NUMBERS[n // 10]} and a "
        f"{'lute' if n >= sentences - lutes else 'lamp'} on it."
        for n in range(sentences)
    ]
    return "\n\n".join(" ".join(said[start : start + 5]) for start in range(0, sentences, 5))


def keys(narration: Narration) -> list[str]:
    return [clip.key for clip in narration.clips]


def test_a_text_that_misses_the_rate_is_spoken_at_another_setting(tmp_path: Path) -> None:
    """Measured 10 per cent too slow, it is corrected to within 4 of the 125 that were asked for."""
    narration = narrated(tmp_path, text_of(36))
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert (narration.synthesized, narration.tried) == (36, 36)
    assert narration.rate_note == ""


def test_of_a_long_text_a_sample_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few phrases from all over it show what the whole text would have: the rest is spoken once."""
    monkeypatch.setattr(asked_rate, "_LONG_WORDS", 600)
    monkeypatch.setattr(asked_rate, "_SAMPLE_WORDS", 80)
    monkeypatch.setattr(cadence, "WHOLE_TEXT_WORDS", 70)
    monkeypatch.setattr(asked_rate, "WHOLE_TEXT_WORDS", 70)
    narration = narrated(tmp_path, text_of(72))
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert (narration.synthesized, narration.tried) == (72, 9)
    again = narrated(tmp_path, text_of(72))
    assert (again.synthesized, again.tried, keys(again)) == (0, 0, keys(narration))


def test_it_comes_from_the_cache_the_second_time_the_same(tmp_path: Path) -> None:
    """The same words, the same clips: what was only tried isn't taken for what was found."""
    first, again = (narrated(tmp_path, text_of(36)) for _ in range(2))
    assert (again.synthesized, again.tried) == (0, 0)
    assert keys(again) == keys(first)


def test_where_it_was_corrected_one_changed_sentence_is_one_clip(tmp_path: Path) -> None:
    """They are measured on the thirty-five that are there; the changed one is spoken at the right setting alone."""
    narrated(tmp_path, text_of(36))
    again = narrated(tmp_path, text_of(36, first="There"))
    assert (again.synthesized, again.tried) == (1, 0)
    assert again.wpm == pytest.approx(125, rel=0.04)


@pytest.mark.parametrize("voice", ["hasty", "tone"])
@pytest.mark.parametrize("place", [0, 35])
def test_wherever_the_edges_of_the_steps_lie_one_changed_sentence_is_one_clip(
    voice: str, place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change takes the foreseen setting over an edge and to the next; the text stays where it is spoken already."""
    before = narrated(tmp_path, text_of(36), voice)
    monkeypatch.setattr("audio_builder.voices.rate.cadence.nearest_step", lambda _: 1)
    sentences = re.findall(r"[^.]+\.", text_of(36))
    sentences[place] = sentences[place].replace("lamp", "loaf")
    again = narrated(tmp_path, "".join(sentences), voice)
    assert (again.synthesized, again.tried) == (1, 0)
    assert len(set(keys(again)) - set(keys(before))) == 1
    assert again.wpm == pytest.approx(125, rel=0.05)


def test_a_voice_that_is_at_its_limit_says_what_was_measured(tmp_path: Path) -> None:
    """Set to 200 it speaks at 180: that is told, not what its profile claims."""
    narration = narrated(tmp_path, text_of(36), wpm=230)
    assert narration.wpm == pytest.approx(180, rel=0.01)
    assert narration.rate_note == (
        "the voice “hasty” can't speak this text faster than 180 words per minute; 230 was asked for, 180 is used"
    )


def test_a_limit_that_was_only_foreseen_is_not_told(tmp_path: Path) -> None:
    """Asked for 64, of a voice whose slowest setting is said to give 70, and gives 63."""
    narration = narrated(tmp_path, text_of(36), wpm=64)
    assert narration.wpm == pytest.approx(63, rel=0.01)
    assert narration.rate_note == ""


def test_one_that_meets_it_is_spoken_once(tmp_path: Path) -> None:
    """As nearly every text is."""
    narration = narrated(tmp_path, text_of(36), "tone")
    assert (narration.synthesized, narration.tried) == (36, 0)
    assert narration.wpm == pytest.approx(125, rel=0.04)


def test_a_short_text_is_left_as_it_is(tmp_path: Path) -> None:
    """Under 300 words the rate says little."""
    narration = narrated(tmp_path, text_of(24))
    assert (narration.synthesized, narration.tried) == (24, 0)
    assert narration.wpm == pytest.approx(112.5, rel=0.02)


def test_each_of_two_voices_is_held_to_the_rate(tmp_path: Path) -> None:
    """The narrator's phrases meet it as they were foreseen; those of the second voice, by mark, are corrected."""
    text = f"{text_of(36)}\n\n[voice hasty]\n\n{text_of(36, first='There')}\n\n[voice]"
    narration = narrated(tmp_path, text, "tone")
    assert (narration.synthesized, narration.cached, narration.tried) == (72, 0, 36)
    for voice in ("", "hasty"):
        own = [clip for clip in narration.clips if clip.voice == voice]
        words, minutes = 9 * len(own), sum(clip.speech_s for clip in own) / 60
        assert words / minutes == pytest.approx(125, rel=0.04)


def test_a_step_is_found_for_every_density() -> None:
    """A step's density lies nearest to that step, and steps are 3 per cent."""
    for step in range(-60, 90):
        assert cadence.nearest_step(cadence.density_at(step)) == step
    assert cadence.density_at(1) == pytest.approx(1.0305, abs=0.0001)
