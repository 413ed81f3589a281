"""What is measured of the speech before mixing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import AudioSegment, segment_from_samples
from audio_builder.mix.levels import SpeechLevels, measure_speech
from audio_builder.mix.render import load_voice
from audio_builder.script.cues import ChapterStart, Cue, Reason, Rest, Role, Say
from tests.sound_helpers import RATE_HZ, Clips, rms_dbfs, sine, speech, timeline_of

SAY = Say("Some words.", Role.PROSE)


def levels_of(*segments: AudioSegment, rest_s: float = 1.0, margin: int = 4410) -> SpeechLevels:
    clips = Clips()
    cues: list[Cue] = [ChapterStart("A")]
    for _ in segments:
        cues += [SAY, Rest(rest_s, Reason.SENTENCE)]
    levels = measure_speech(timeline_of(cues, [clips.clip(segment, margin) for segment in segments]))
    assert len(clips.loads) == len(segments)
    return levels


def tone(peak_dbfs: float, seconds: float) -> AudioSegment:
    return segment_from_samples(sine(997, peak_dbfs, seconds, rate_hz=RATE_HZ, channels=1)[:, 0], RATE_HZ)


def test_joined_speech_is_measured_without_its_pauses() -> None:
    """Lines too short for a meter are measured together: tones of 0.3 s at −20 dBFS are −23.0 LUFS in one channel."""
    levels = levels_of(*[tone(-20.0, 0.3)] * 10, rest_s=5.0, margin=0)
    assert levels.loudness_lufs == pytest.approx(-23.0, abs=0.15)
    # Behind the high-pass a tone that begins at once swings a tenth higher in its first waves.
    assert levels.usual_peak_dbfs == pytest.approx(-19.5, abs=0.5)
    # The middle of all clips is taken in steps of 0.2 dB, to which every clip is then evened.
    assert min(levels.quietest_seconds_dbfs) - levels.clip_gains_db[0] == pytest.approx(-23.0, abs=0.05)


def test_the_cells_hold_the_energy_where_it_is() -> None:
    """The cells of a timeline give the loudness that a meter reads on the same timeline."""
    segment = speech(3.0)
    levels = levels_of(segment, segment, rest_s=2.0)
    sound = np.concatenate([np.frombuffer(segment.raw_data, "<i2"), np.zeros(2 * RATE_HZ - 8820, "<i2")] * 2)
    meter = LoudnessMeter(RATE_HZ, 1)
    meter.push(sound.astype(np.float32) / 32768)
    from audio_builder.audio.loudness import integrated_lufs
    from audio_builder.mix.levels import hops_from_cells

    told = integrated_lufs(hops_from_cells(levels.energies)) - levels.clip_gains_db[0]
    assert told == pytest.approx(meter.integrated_lufs(), abs=0.05)
    heard = load_voice(Clips().clip(segment))
    evened = 10 ** (levels.clip_gains_db[0] / 20)
    assert levels.peaks.max() == pytest.approx(evened * float(np.abs(heard).max()), abs=1e-6)


def test_clips_are_brought_nearer_to_the_middle() -> None:
    """Of clips at −26, −20, −19 and −14 dBFS the outer ones move by 3 dB at most, the middle hardly."""
    levels = levels_of(*(tone(level, 2.0) for level in (-26.0, -20.0, -19.0, -14.0)), margin=0)
    assert levels.clip_gains_db == pytest.approx([3.0, 0.5, -0.5, -3.0], abs=0.05)


def test_the_quietest_second_is_inside_a_phrase() -> None:
    """A phrase whose last second is 8 dB softer counts with that second; a pause inside it does not count."""
    loud, soft = sine(400, -20, 3.0, rate_hz=RATE_HZ, channels=1)[:, 0], 10 ** (-8 / 20)
    gains = np.ones(3 * RATE_HZ, dtype=np.float32)
    gains[2 * RATE_HZ :] = soft
    segment = segment_from_samples(loud * gains, RATE_HZ)
    assert levels_of(segment, margin=0).quietest_seconds_dbfs[0] == pytest.approx(-23.0 - 8, abs=0.1)
    gains[RATE_HZ : 2 * RATE_HZ + RATE_HZ // 2] = 0.0
    gains[2 * RATE_HZ + RATE_HZ // 2 :] = 1.0
    paused = segment_from_samples(loud * gains, RATE_HZ)
    assert levels_of(paused, margin=0).quietest_seconds_dbfs[0] == pytest.approx(-23.0, abs=0.1)


def test_silence_is_no_speech() -> None:
    """Clips without a sound, or no clips at all, have a loudness of −inf and gains of 0 dB."""
    silent = segment_from_samples(np.zeros(RATE_HZ, dtype=np.float32), RATE_HZ)
    for levels in (levels_of(silent), levels_of()):
        assert levels.loudness_lufs == -math.inf
        assert not any(levels.clip_gains_db)
    mixed = levels_of(silent, speech(2.0))
    assert mixed.clip_gains_db[0] == 0.0
    assert [math.isfinite(level) for level in mixed.quietest_seconds_dbfs] == [False, True]
    assert rms_dbfs(np.array([0.1])) == pytest.approx(-20.0)


def test_two_voices_are_equally_loud() -> None:
    """A voice 14 dB softer, in three lines among seven, is brought within 0.1 LU of the one that says most."""
    clips = Clips()
    loud = [clips.clip(speech(2.0, peak=0.5, seed=seed)) for seed in range(7)]
    soft = [replace(clips.clip(speech(1.5, peak=0.1, seed=seed)), voice="emma") for seed in range(20, 23)]
    order = [*loud[:3], soft[0], *loud[3:5], *soft[1:], *loud[5:]]
    cues: list[Cue] = [ChapterStart("A"), *(cue for _ in order for cue in (SAY, Rest(1.0, Reason.SENTENCE)))]
    levels = measure_speech(timeline_of(cues, order))

    def loudness(voice: str) -> float:
        meter = LoudnessMeter(RATE_HZ, 1)
        for clip, gain_db in zip(order, levels.clip_gains_db, strict=True):
            if clip.voice == voice:
                sound = np.frombuffer(clip.load().raw_data, "<i2").astype(np.float32) / 32768
                meter.push(sound * np.float32(10 ** (gain_db / 20)))
        return meter.integrated_lufs()

    assert loudness("emma") == pytest.approx(loudness(""), abs=0.1)
    assert max(abs(gain) for gain, clip in zip(levels.clip_gains_db, order, strict=True) if not clip.voice) < 1


def test_a_voice_of_one_short_word_is_matched_too() -> None:
    """A quarter of a second is too short for the meter, and is brought near by its mean power."""
    clips = Clips()
    word = replace(clips.clip(tone(-40.0, 0.25), 0), voice="emma")
    levels = measure_speech(
        timeline_of([ChapterStart("A"), SAY, Rest(1.0, Reason.SENTENCE), SAY], [clips.clip(tone(-20.0, 2.0), 0), word])
    )
    assert levels.clip_gains_db == pytest.approx((0.0, 20.0), abs=1.0)
