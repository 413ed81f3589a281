"""What is measured of the speech before mixing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from audio_builder.audio import AudioSegment, segment_from_samples
from audio_builder.mix.levels import SpeechLevels, measure_speech
from audio_builder.mix.loudness import LoudnessMeter
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
    assert levels.usual_peak_dbfs == pytest.approx(-20.0, abs=0.05)
    assert min(levels.quietest_seconds_dbfs) == pytest.approx(-23.0, abs=0.05)


def test_the_cells_hold_the_energy_where_it_is() -> None:
    """The cells of a timeline give the loudness that a meter reads on the same timeline."""
    segment = speech(3.0)
    levels = levels_of(segment, segment, rest_s=2.0)
    sound = np.concatenate([np.frombuffer(segment.raw_data, "<i2"), np.zeros(2 * RATE_HZ - 8820, "<i2")] * 2)
    meter = LoudnessMeter(RATE_HZ, 1)
    meter.push(sound.astype(np.float32) / 32768)
    from audio_builder.mix.levels import hops_from_cells
    from audio_builder.mix.loudness import integrated_lufs

    assert integrated_lufs(hops_from_cells(levels.energies)) == pytest.approx(meter.integrated_lufs(), abs=0.05)
    assert levels.peaks.max() == pytest.approx(0.5, abs=1e-3)


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
