"""The pacing `sleep`: slower and quieter towards the end, and still an episode that meets the standard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import audio_builder
from audio_builder.article.read import read
from audio_builder.article.source import source_from_bytes
from audio_builder.mix.automation import FadeDown
from audio_builder.mix.timeline import Timeline
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import PACING_PRESETS, Pacing
from audio_builder.script.cues import Reason, Rest
from audio_builder.script.pace import pace
from tests import instruments

SLEEP = PACING_PRESETS["sleep"]


def test_pauses_grow_from_word_to_word():
    """The first sentence rests as the table says, the last 1.6 times as long, and nothing beyond the cap."""
    article = read(source_from_bytes(("One two three four five. " * 20).encode(), "a.md"))
    rests = [cue for cue in pace(article, SLEEP).cues if isinstance(cue, Rest)]
    sentences = [rest.seconds for rest in rests if rest.reason is Reason.SENTENCE]
    assert sentences == sorted(sentences)
    assert (sentences[0], sentences[-1]) == (1.4, 2.2)
    assert rests[0].seconds == SLEEP.opening_s
    assert rests[-1].seconds == SLEEP.longest_s


def test_the_mix_is_untouched_to_its_middle_and_then_falls_evenly():
    """Nothing changes in the first half; three quarters through it is 3 dB softer, at the end 6 dB."""
    blocks = [np.ones((size, 2), dtype=np.float32) for size in (300, 1, 699)]
    fade_down = FadeDown(Timeline(44100, 1000, (), (), ()), Pacing(quieting_db=6.0))
    mix = np.concatenate(list(fade_down.applied_to(iter(blocks))))[:, 0]
    assert np.array_equal(mix[:501], np.ones(501, dtype=np.float32))
    assert 20 * np.log10(mix[750]) == pytest.approx(-3.0, abs=0.02)
    assert 20 * np.log10(mix[999]) == pytest.approx(-6.0, abs=0.02)


def test_the_delivered_episode_is_softer_at_its_end_and_meets_the_standard(tmp_path: Path):
    """The last fifth of the MP3 is 4 dB softer than its first half; loudness, peak and separation are in order."""
    text = "The lamp is on and the window is open a little way tonight. " * 12
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "sleep", "opening_s": 0, "closing_s": 0, "slowing": 1}})
    report = audio_builder.build(source_from_bytes(text.encode(), "a.txt"), recipe, tmp_path)
    assert report.findings.ok
    samples, _ = instruments.decoded(Path(report.path))
    half, fifth = len(samples) // 2, len(samples) // 5
    fallen_db = instruments.rms_dbfs(samples[:half]) - instruments.rms_dbfs(samples[-fifth:])
    assert 4.0 < fallen_db < 6.5
    assert instruments.loudness(Path(report.path)).integrated_lufs == pytest.approx(-16.0, abs=0.5)
