"""What the tests of voices and narration share: scripts, voices, and engines in packages made on the spot."""

from __future__ import annotations

import functools
import textwrap
from pathlib import Path

import pytest

from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl, narrate_at_rate
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import BuildPlan
from audio_builder.script.cues import ChapterStart, Reason, Rest, Role, Say, Script
from audio_builder.voices.catalogue import find_voice
from audio_builder.voices.prepare import prepare_voice
from audio_builder.voices.profile import RatePoint, Voice, VoiceProfile


def script_of(*texts: str) -> Script:
    """A script that says these phrases as prose, with a rest after each."""
    cues = [cue for text in texts for cue in (Say(text, Role.PROSE), Rest(1.0, Reason.SENTENCE))]
    return Script("", "", "", "en", "", "gentle", (ChapterStart("One"), *cues))


def ready(name: str, wpm: float = 125.0, text_factor: float = 1.0) -> Voice:
    """A shipped voice, ready at a rate for a text of that factor."""
    return prepare_voice(find_voice(name), wpm).for_text(text_factor).voice


def narrated_at_rate(script: Script, name: str, wpm: float, folder: Path, pool: Pool | None = None) -> Narration:
    """A script spoken by a shipped voice at a rate, with the clips in a folder."""
    with Pool(workers=1) as own_pool:
        speak = functools.partial(narrate, cache=ClipCache(folder), rate_hz=44100, pool=pool or own_pool)
        return narrate_at_rate(script, prepare_voice(find_voice(name), wpm), {}, speak)


def rates_of(plan: BuildPlan) -> RateControl:
    """The rate control of a build, with the clips where this machine keeps them."""
    speak = functools.partial(narrate, cache=ClipCache(), rate_hz=plan.recipe.mastering.sample_rate_hz)
    return RateControl(plan.script, plan.voice, plan.others, speak)


def word_at(text: str, place: int) -> str:
    """The word that begins there."""
    return text[place:].split(maxsplit=1)[0]


def voice_of(engine: str, **settings: str | float | bool) -> Voice:
    """A voice of an engine that a test made; it speaks at 125 words per minute."""
    profile = VoiceProfile(
        name="made-up",
        engine=engine,
        language="en",
        description="made for a test",
        licence="CC0-1.0",
        settings=settings,
        calibration=(RatePoint(setting=125, wpm=125),),
    )
    return Voice(profile=profile, rate=125.0)


def install_engine(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, speak: str) -> None:
    """Put a third party's package on the path: an engine whose `speak` has this body.

    `good(text, voice)` in the body gives sound of the right length.
    """
    package = folder / f"{name}_engine"
    package.mkdir(parents=True)
    body = textwrap.indent(textwrap.dedent(speak).strip(), "        ")
    (package / "__init__.py").write_text(
        "import os, sys, time, signal\n"
        "from pathlib import Path\n"
        "from audio_builder.audio.samples import AudioSegment\n"
        "from audio_builder.voices.engines.tone import ToneEngine\n"
        "good = ToneEngine().speak\n"
        "class TheirEngine:\n"
        "    def voices(self):\n        return ('theirs',)\n"
        f"    def fingerprint(self):\n        return '{name} 1.0'\n"
        f"    def speak(self, text, voice):\n{body}\n"
    )
    info = folder / f"{name}_engine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-engine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[audio_builder.engines]\n{name} = {name}_engine:TheirEngine\n")
    monkeypatch.syspath_prepend(str(folder))
