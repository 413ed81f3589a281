"""Levels in steps: what was encoded before a change is found again."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import audio_builder
from audio_builder.episode.encoding import encode as encoding
from audio_builder.episode.encoding import stretches
from audio_builder.mix.steps import STEP_DB, in_steps
from audio_builder.recipe.recipe_file import make_recipe

UNIT_BYTES = 4 * stretches.FRAME_SAMPLES
"""Of an MPEG frame's stereo sound."""


@given(st.floats(-100, 100))
def test_a_level_is_moved_by_half_a_step_at_most(level_db: float) -> None:
    """And lands on a whole number of steps."""
    stepped = in_steps(level_db)
    assert abs(stepped - level_db) <= STEP_DB / 2 + 1e-9
    assert stepped / STEP_DB == pytest.approx(round(stepped / STEP_DB), abs=1e-6)


def test_silence_stays_silence() -> None:
    """A level of minus infinity is no number of steps."""
    assert in_steps(-math.inf) == -math.inf


def test_another_last_sentence_leaves_the_encoded_sound_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a text of sixty sentences two stretches at most are encoded again, in parts; the file is a first build's."""
    monkeypatch.setattr(stretches, "STRETCH", 512)
    newly, encoded = encoding._newly_encoded, [0.0]

    def counted(stretch: stretches.Stretch, work: object) -> bytes:
        encoded[0] += len(stretch.pcm) / UNIT_BYTES - stretch.skip
        return newly(stretch, work)  # type: ignore[arg-type]

    monkeypatch.setattr(encoding, "_newly_encoded", counted)
    sentences = [f"This is sentence number {number} of a text that goes on." for number in range(60)]
    recipe = make_recipe({"voice": "tone", "pacing": {"preset": "reading"}})

    def built(name: str, last: str, cache: str) -> Path:
        monkeypatch.setenv("AUDIO_BUILDER_CACHE", str(tmp_path / cache))
        paragraphs = [" ".join(sentences[at : at + 5]) for at in range(0, 60, 5)]
        text = tmp_path / "a.txt"
        text.write_text("A Title\n\n" + "\n\n".join(paragraphs) + f" {last}\n", encoding="utf-8")
        encoded[0] = 0.0
        return Path(audio_builder.build(text, recipe, tmp_path / name).path)

    built("first", "And this is where it ends.", "cache")
    whole = encoded[0]
    changed = built("second", "Here it ends now, in other and in more words.", "cache")
    again = encoded[0]
    assert whole > 10 * 512
    # The four last stretches are two full ones together; each is encoded with a few frames after it.
    assert 0 < again < 2 * 512 + 5 * stretches.AFTER + 64
    assert changed.read_bytes() == built("third", "Here it ends now, in other and in more words.", "fresh").read_bytes()
