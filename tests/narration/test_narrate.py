"""From a script to clips, with real worker processes and the tone engine."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.workers.pool import Pool
from audio_builder.progress import Step
from audio_builder.script.cues import Role, Say, Script, Speaker
from tests.voice_helpers import install_engine, ready, script_of, voice_of

RATE = 44100


def test_every_phrase_becomes_a_clip_in_the_scripts_order(tmp_path: Path) -> None:
    """Each with the sound of its own words, at the rate that was asked for."""
    texts = ("One.", "Two words, then three.", "A question, is it?")
    narration = narrate(script_of(*texts), ready("tone", 120), cache=ClipCache(tmp_path), rate_hz=RATE)
    assert tuple(clip.say.text for clip in narration.clips) == texts
    assert (narration.synthesized, narration.cached, narration.rate_hz) == (3, 0, RATE)
    assert narration.wpm == pytest.approx(120, rel=0.02)
    for clip in narration.clips:
        sound = clip.load()
        assert (sound.channels, sound.sample_width, sound.frame_rate) == (1, 2, RATE)
        assert sound.frame_count() == clip.frames


def test_a_phrase_that_occurs_twice_is_spoken_once(tmp_path: Path) -> None:
    """Also when its spaces or its way of writing accents differ."""
    narration = narrate(
        script_of("A café.", "And.", "A  cafe\u0301."), ready("tone"), cache=ClipCache(tmp_path), rate_hz=RATE
    )
    assert (narration.synthesized, narration.cached) == (2, 1)
    assert narration.clips[0].key == narration.clips[2].key


def test_what_changes_the_sound_changes_the_key_and_nothing_else_does(tmp_path: Path) -> None:
    """Rate, sample rate, role and settings do; the voice's name and description don't."""
    voice, say = ready("tone"), Say("Be here.", Role.PROSE)

    def key(cue: Say = say, spoken_by: object = voice, rate_hz: int = RATE) -> str:
        script = Script("", "", "", "", "", "gentle", (cue,))
        return narrate(script, spoken_by, cache=ClipCache(tmp_path), rate_hz=rate_hz).clips[0].key  # type: ignore[arg-type]

    def with_profile(**changes: object) -> object:
        return msgspec.structs.replace(voice, profile=msgspec.structs.replace(voice.profile, **changes))

    assert key(spoken_by=with_profile(name="other", description="other", licence="MIT")) == key()
    others = {
        key(Say("Be there.", Role.PROSE)),
        key(Say("Be here.", Role.TITLE)),
        key(spoken_by=msgspec.structs.replace(voice, rate=126.0)),
        key(rate_hz=48000),
        key(spoken_by=with_profile(settings={"pitch": 1.0})),
        key(),
    }
    assert len(others) == 6


def test_a_damaged_entry_is_spoken_again(tmp_path: Path) -> None:
    """One clip is made anew, and the cache counts what it found."""
    cache, script = ClipCache(tmp_path), script_of("One.", "Two.", "Three.")
    first = narrate(script, ready("tone"), cache=cache, rate_hz=RATE)
    damaged = next(iter(tmp_path.rglob(f"{first.clips[1].key}.flac")))
    damaged.write_bytes(damaged.read_bytes()[:-2])
    second = narrate(script, ready("tone"), cache=cache, rate_hz=RATE)
    assert (second.synthesized, cache.damaged) == (1, 1)
    assert second.clips[1].load().raw_data  # whole again


def test_no_process_is_started_when_all_is_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second build with another pacing speaks nothing."""
    cache, script = ClipCache(tmp_path), script_of("One.", "Two.")
    narrate(script, ready("tone"), cache=cache, rate_hz=RATE)
    monkeypatch.setattr("sys.executable", "/nonexistent")
    assert narrate(script, ready("tone"), cache=cache, rate_hz=RATE).synthesized == 0


def test_progress_tells_what_is_spoken_and_how_much_is_done(tmp_path: Path) -> None:
    """It begins at what is cached and ends at the number of clips."""
    steps: list[Step] = []
    cache = ClipCache(tmp_path)
    narrate(script_of("One."), ready("tone"), cache=cache, rate_hz=RATE)
    narrate(script_of("One.", "Two.", "Three."), ready("tone"), cache=cache, rate_hz=RATE, progress=steps.append)
    assert steps[0] == Step("narrate", 1, 3)
    assert steps[-1].done == steps[-1].total == 3
    assert {step.detail for step in steps[1:]} == {"Two.", "Three."}
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_script_without_words_passes_through(tmp_path: Path) -> None:
    """Nothing is spoken, and there is nothing to tell of the rate."""
    narration = narrate(script_of(), ready("tone"), cache=ClipCache(tmp_path), rate_hz=RATE)
    assert (narration.clips, narration.wpm, narration.rate_note) == ((), 0.0, "")


def test_a_third_partys_engine_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with an entry point is enough, from the profile to the clip."""
    install_engine(monkeypatch, tmp_path / "site", "theirs", "return good(text.upper(), voice)")
    narration = narrate(script_of("Spoken elsewhere."), voice_of("theirs"), cache=ClipCache(tmp_path), rate_hz=RATE)
    assert narration.clips[0].speech_s == pytest.approx(0.96, abs=0.03)


def test_same_words_same_bytes_whatever_the_order_and_the_processes(tmp_path: Path) -> None:
    """Two narrations from nothing give the same sound."""
    texts = ["One river.", "Two rivers, meeting.", "Three."]
    with Pool(workers=1) as alone, Pool(workers=3) as three:
        one = narrate(script_of(*texts), ready("tone"), cache=ClipCache(tmp_path / "1"), rate_hz=48000, pool=alone)
        two = narrate(
            script_of(*texts[::-1]), ready("tone"), cache=ClipCache(tmp_path / "2"), rate_hz=48000, pool=three
        )
    assert [clip.load().raw_data for clip in one.clips] == [clip.load().raw_data for clip in two.clips][::-1]


def test_each_phrase_is_spoken_by_the_voice_that_it_names(tmp_path: Path) -> None:
    """The others' clips say so; a name that nobody has is the narrator; a clip belongs to its voice's content."""
    cues = (
        Say("One.", Role.PROSE),
        Say("Two.", Role.QUOTE, "low"),
        Say("One.", Role.PROSE, "low"),
        Say("Four.", Role.PROSE, "x"),
    )
    script = Script("", "", "", "en", "", "gentle", cues)
    narrator = ready("tone", 120)
    low = msgspec.structs.replace(narrator, rate=80.0, profile=msgspec.structs.replace(narrator.profile, name="low"))
    others = {Speaker("low"): low}
    narration = narrate(script, narrator, others=others, cache=ClipCache(tmp_path), rate_hz=RATE)
    assert [clip.voice for clip in narration.clips] == ["", "low", "low", ""]
    assert narration.synthesized == 4
    assert narration.clips[2].speech_s == pytest.approx(60 / 80, abs=0.03)
    again = narrate(script, narrator, others=others, cache=ClipCache(tmp_path), rate_hz=RATE)
    assert (again.synthesized, again.cached) == (0, 4)
