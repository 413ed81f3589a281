"""The asked rate, where what was foreseen of a text turns out to be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_builder.article.source import source_from_bytes
from audio_builder.document import make_script, read_document
from audio_builder.narration.clip import Narration
from audio_builder.pipeline import speak
from audio_builder.prepare import prepare
from audio_builder.recipe_file import make_recipe

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A voice whose profile claims that it speaks a tenth faster than it does."""
    folder = tmp_path / "data" / "voices"
    folder.mkdir(parents=True)
    (folder / "hasty.toml").write_text(
        'name = "hasty"\nengine = "tone"\nlanguage = "en"\ndescription = "for a test"\nlicence = "CC0-1.0"\n'
        "[cadence]\nletter = 0\nsyllable = 0\nword = 1\npause = 0\nphrase = 0\n"
        "[[calibration]]\nsetting = 60\nwpm = 66.0\n[[calibration]]\nsetting = 240\nwpm = 264.0\n"
    )
    monkeypatch.setenv("AUDIO_BUILDER_DATA", str(tmp_path / "data"))
    return "hasty"


def narrated(voice: str, text: str, folder: Path) -> Narration:
    """A text, spoken at 125 words per minute as a build does."""
    recipe = make_recipe({"voice": voice})
    document = read_document(source_from_bytes(text.encode(), "text.md"))
    return speak(prepare(make_script(document, recipe), recipe, folder))


def text_of(sentences: int, first: str = "Here") -> str:
    """Sentences of ten words, each another."""
    said = [
        f"{first if n == 0 else 'Now'} is {NUMBERS[n % 10]} {NUMBERS[n // 10]} and a lamp on it."
        for n in range(sentences)
    ]
    return "\n\n".join(" ".join(said[start : start + 5]) for start in range(0, sentences, 5))


def test_a_text_that_misses_the_rate_is_spoken_at_another_setting(hasty: str, tmp_path: Path) -> None:
    """Measured 9 per cent too slow, it is corrected to within 4 of the 125 that were asked for."""
    narration = narrated(hasty, text_of(32), tmp_path)
    assert narration.wpm == pytest.approx(125, rel=0.04)
    assert narration.synthesized == 64, "thirty-two sentences, twice"


def test_one_that_was_corrected_stays_so_when_a_sentence_changes(hasty: str, tmp_path: Path) -> None:
    """The correction comes in steps, so the other sentences are in the cache, at both settings."""
    narrated(hasty, text_of(32), tmp_path)
    again = narrated(hasty, text_of(32, first="There"), tmp_path)
    assert again.synthesized == 2
    assert again.wpm == pytest.approx(125, rel=0.04)


def test_one_that_meets_it_is_spoken_once(tmp_path: Path) -> None:
    """As nearly every text is."""
    narration = narrated("tone", text_of(32), tmp_path)
    assert narration.synthesized == 32
    assert narration.wpm == pytest.approx(125, rel=0.04)


def test_a_short_text_is_left_as_it_is(hasty: str, tmp_path: Path) -> None:
    """Under 300 words the rate says little."""
    narration = narrated(hasty, text_of(20), tmp_path)
    assert narration.synthesized == 20
    assert narration.wpm == pytest.approx(113.6, rel=0.02)


def test_a_text_of_several_rates_is_left_as_it_is(hasty: str, tmp_path: Path) -> None:
    """What the whole was measured at says nothing of its parts."""
    narration = narrated(hasty, f"{text_of(20)}\n\n[slower]\n\n{text_of(20, first='There')}", tmp_path)
    assert narration.synthesized == 40
