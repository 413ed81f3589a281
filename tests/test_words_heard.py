"""Where words begin, told by a recogniser of speech that knows nothing of how they were made (CMU PocketSphinx)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio_builder.audio.samples import samples_from_segment
from audio_builder.narration.clip import Clip
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.trim import resample
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Say
from audio_builder.script.from_document import make_script, read_document
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.status import voice_status
from tests.voice_helpers import ready, script_of

pocketsphinx = pytest.importorskip("pocketsphinx", reason="pocketsphinx isn't installed (pip install pocketsphinx)")
pytestmark = pytest.mark.engine

ARTICLE = Path(__file__).parent.parent / "examples" / "the-hour-before-the-house-wakes.md"
RATE_HZ = 16_000
QUIET = np.zeros(RATE_HZ // 5, dtype="<i2")


@cache
def _recogniser() -> Any:
    """PocketSphinx with its English model, and beams so wide that it finds a way through any phrase."""
    return pocketsphinx.Decoder(lm=None, loglevel="FATAL", beam=1e-80, pbeam=1e-80, wbeam=1e-60)


def _heard(clip: Clip) -> dict[int, float]:
    """When each word of a clip begins, in seconds, by its place; empty for a phrase with a word that isn't known."""
    text = clip.say.text
    found = [(word.start(), word.group().lower().replace("’", "'")) for word in re.finditer(r"[A-Za-z’']+", text)]
    decoder = _recogniser()
    if any(decoder.lookup_word(word) is None for _, word in found):
        return {}
    sound = resample(samples_from_segment(clip.load()), clip.rate_hz, RATE_HZ)
    pcm = np.concatenate((QUIET, np.rint(sound * 32767).astype("<i2"), QUIET))
    pcm += np.random.default_rng(0).integers(-3, 4, len(pcm)).astype("<i2")
    decoder.set_align_text(" ".join(word for _, word in found))
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    starts = [part.start_frame / 100 - 0.2 for part in decoder.seg() if part.word[0].isalpha()]
    # Where it finds no way through the phrase, the words end early.
    return {at: start_s for (at, _), start_s in zip(found, starts, strict=True)} if len(starts) == len(found) else {}


@pytest.mark.parametrize(("name", "phrases"), [("lark", 20), ("joe", 6), ("system", 12), ("heart", 1)])
def test_words_inside_phrases_begin_when_a_recogniser_hears_them(tmp_path: Path, name: str, phrases: int) -> None:
    """Of the words inside the longest phrases of an article, 92 % within 80 ms, and half within 25 ms."""
    if not voice_status(find_voice(name)).ready:
        pytest.skip(f"the voice {name} isn't installed (audio-builder voices install {name})")
    says = [cue.text for cue in make_script(read_document(ARTICLE), Recipe()).cues if isinstance(cue, Say)]
    texts = sorted(says, key=len)[-phrases:]
    clips = narrate(script_of(*texts), ready(name, 125), cache=ClipCache(tmp_path), rate_hz=44100).clips
    apart = []
    for clip in clips:
        told = {word.at: word.frame / clip.rate_hz for word in clip.words(clip.say.text)}
        apart += [abs(told[at] - start_s) for at, start_s in _heard(clip).items() if at and at in told]
    assert len(apart) > 10 * phrases
    assert np.mean(np.array(apart) <= 0.08) >= 0.92
    assert np.median(apart) <= 0.025
