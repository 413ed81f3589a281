"""The whole mix: planned, rendered, limited, and measured again."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_builder.audio.loudness import LoudnessMeter
from audio_builder.audio.samples import Samples
from audio_builder.audio.true_peak import TruePeakMeter
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import MixPlan, encoder_headroom_db, plan_mix
from audio_builder.mix.render import load_voice, render
from audio_builder.mix.separation import SeparationMeter
from audio_builder.mix.timeline import Timeline
from audio_builder.recipe.settings import Mastering, Soundscape
from audio_builder.script.cues import Bell, Breath, ChapterStart, Cue, Reason, Rest, Role, Say
from audio_builder.sound.bed import REFERENCE_DBFS, Bed, NoBed
from tests.sound_helpers import RATE_HZ, Clips, noise, rms_dbfs, speech, timeline_of

SAY = Say("Some words.", Role.PROSE)


class HissBed:
    """A bed of steady noise, quick to make."""

    loudest_second_dbfs = REFERENCE_DBFS + 0.1

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._sound = noise(7 * RATE_HZ + 13, channels)

    def read(self, start: int, frames: int) -> Samples:
        return np.take(self._sound, np.arange(start, start + frames), axis=0, mode="wrap")


def episode(clips: Clips, peaks: Sequence[float] = (0.5, 0.4, 0.6, 0.45)) -> Timeline:
    """Some 40 s with everything in it."""
    cues: list[Cue] = [ChapterStart("A"), Rest(6.0, Reason.OPENING)]
    for _ in peaks[:2]:
        cues += [SAY, Rest(1.0, Reason.SENTENCE)]
    cues += [Rest(5.0, Reason.BEFORE_HEADING), ChapterStart("B"), Bell(), Rest(3.0, Reason.BELL)]
    for _ in peaks[2:]:
        cues += [SAY, Rest(1.0, Reason.SENTENCE)]
    cues += [Breath(2.0, 2.0, 1), Rest(8.0, Reason.CLOSING)]
    return timeline_of(cues, [clips.clip(speech(3.0 + n % 2, peak=peak, seed=n)) for n, peak in enumerate(peaks)])


def mixed(
    timeline: Timeline, bed: Bed, mastering: Mastering, encoder_db: float = 0.0
) -> tuple[MixPlan, Samples, float]:
    """The plan, the master as it would be encoded, and the separation that was measured."""
    soundscape = Soundscape()
    plan = plan_mix(measure_speech(timeline), timeline, bed, soundscape, mastering, encoder_db)
    separation = SeparationMeter(timeline)
    pcm = b"".join(master(render(timeline, plan, bed, soundscape, separation), plan, timeline.rate_hz))
    sound = np.frombuffer(pcm, "<i2").astype(np.float32).reshape(-1, mastering.channels) / 32768
    return plan, sound, separation.worst_second_db()


def loudness(sound: Samples) -> float:
    meter = LoudnessMeter(RATE_HZ, sound.shape[1])
    meter.push(sound)
    return meter.integrated_lufs()


def true_peak(sound: Samples) -> float:
    meter = TruePeakMeter(sound.shape[1])
    meter.push(sound)
    return meter.true_peak_dbtp()


@pytest.mark.parametrize(
    ("channels", "target", "with_bed", "peaks"),
    [
        (2, -16.0, True, (0.5, 0.4, 0.6, 0.45)),
        (1, -16.0, True, (0.5, 0.4, 0.6, 0.45)),
        (2, -23.0, False, (0.1, 0.9, 0.3, 0.2)),
        (2, -12.0, True, (0.9, 0.9, 0.9, 0.9)),
    ],
)
def test_the_mix_lands_on_its_target(channels: int, target: float, with_bed: bool, peaks: Sequence[float]) -> None:
    """Mono and stereo, with and without a bed, even where the limiter works hard: near the target, below the ceiling.

    The hiss of this bed lies so near the relative gate that a few of its blocks more or less move the
    integrated loudness by 0.4 LU; without it the forecast is far nearer.
    """
    timeline = episode(Clips(), peaks)
    mastering = Mastering(channels=channels, target_lufs=target)
    bed: Bed = HissBed(channels) if with_bed else NoBed(channels)
    plan, sound, separation = mixed(timeline, bed, mastering)
    assert len(sound) == timeline.frames
    assert loudness(sound) == pytest.approx(target, abs=0.45 if with_bed else 0.1)
    assert plan.predicted_lufs == pytest.approx(target, abs=0.05)
    assert true_peak(sound) <= mastering.ceiling_dbtp - encoder_headroom_db(128) + 0.05
    assert separation >= 21.5 if with_bed else separation == math.inf


def test_low_bit_rates_get_more_headroom() -> None:
    """Below 96 kbps an MP3 overshoots by up to 0.8 dB, so the limiter stays 1 dB below the ceiling instead of 0.5."""
    timeline = episode(Clips())
    levels = measure_speech(timeline)
    ceilings = [
        plan_mix(levels, timeline, NoBed(1), Soundscape(), Mastering(channels=1, bitrate_kbps=kbps)).ceiling_dbtp
        for kbps in (64, 96, 128)
    ]
    assert ceilings == [-2.0, -1.5, -1.5]


def test_what_the_encoder_takes_is_given_beforehand() -> None:
    """What an encoder takes away is added beforehand, after the limiter's own effect."""
    timeline = episode(Clips())
    first = loudness(mixed(timeline, NoBed(2), Mastering())[1])
    second = loudness(mixed(timeline, NoBed(2), Mastering(), encoder_db=-0.6)[1])
    assert second - first == pytest.approx(0.6, abs=0.05)  # a whole number of the steps that gains are taken in


def test_the_bed_is_where_the_recipe_says() -> None:
    """Its loudest second lies 22 dB under a usual quietest second of speech, and 5 dB higher in long pauses."""
    timeline = episode(Clips())
    soundscape = Soundscape(fade_in_s=0, fade_out_s=0)
    bed = HissBed(2)
    plan = plan_mix(measure_speech(timeline), timeline, bed, soundscape, Mastering())
    quiet = np.concatenate(list(render(timeline, plan, bed, soundscape)))
    opening = rms_dbfs(quiet[:RATE_HZ])
    assert opening == pytest.approx(REFERENCE_DBFS + plan.bed_gain_db + 5.0, abs=0.1)
    between = quiet[timeline.clips[0].speech_end + 5000 : timeline.clips[1].speech_start - 5000]
    assert rms_dbfs(between) == pytest.approx(REFERENCE_DBFS + plan.bed_gain_db + plan.bed_ducks_db[0], abs=0.2)


def test_the_voice_is_in_the_middle_and_in_its_place() -> None:
    """Without bed and tones each clip is found at its frames, the same on both sides, times its gain."""
    clips = Clips()
    segment = speech(2.0)
    timeline = timeline_of(
        [ChapterStart("A"), Rest(1.0, Reason.OPENING), SAY, Rest(1.0, Reason.CLOSING)], [clips.clip(segment)]
    )
    plan = MixPlan(2, (-6.0,), -math.inf, (0.0,), -20.0, -1.5, -16.0)
    sound = np.concatenate(list(render(timeline, plan, NoBed(2), Soundscape(), block_frames=1000)))
    placed = timeline.clips[0]
    expected = load_voice(placed.clip) * np.float32(10 ** (-6 / 20))
    assert np.array_equal(sound[placed.start : placed.end, 0], expected)
    assert np.array_equal(sound[:, 0], sound[:, 1])
    assert not sound[: placed.start].any()
    assert not sound[placed.end :].any()


def test_bells_ring_at_their_level() -> None:
    """A bell's peak lies 8 dB under the usual peak of speech, or under the ceiling if the limiter lowers that."""
    timeline = episode(Clips())
    levels = measure_speech(timeline)
    plan = plan_mix(levels, timeline, NoBed(2), Soundscape(), Mastering())
    sound = np.concatenate(list(render(timeline, plan, NoBed(2), Soundscape())))
    bell = timeline.tones[0].start
    speech_peak = levels.usual_peak_dbfs + plan.clip_gains_db[0] - levels.clip_gains_db[0]
    peak = 20 * math.log10(float(np.abs(sound[bell : bell + RATE_HZ]).max()))
    # The bell itself peaks 0.9 dB below full scale.
    assert peak == pytest.approx(min(speech_peak, plan.ceiling_dbtp) - 8.0 - 0.9, abs=0.1)


def test_each_clip_is_loaded_once_and_late() -> None:
    """Rendering loads a clip when its block comes, and once only."""
    clips = Clips()
    timeline = episode(clips)
    plan = plan_mix(measure_speech(timeline), timeline, NoBed(2), Soundscape(), Mastering())
    clips.loads.clear()
    blocks = render(timeline, plan, NoBed(2), Soundscape(), block_frames=RATE_HZ)
    list(itertools.islice(blocks, 5))
    assert clips.loads == []
    next(blocks)
    assert len(clips.loads) == 1
    list(blocks)
    assert len(clips.loads) == len(set(clips.loads)) == len(timeline.clips)


@settings(max_examples=12)
@given(st.integers(700, 300000))
def test_block_size_makes_no_difference(block_frames: int) -> None:
    """The same samples come out whatever the size of the blocks, and the same separation is measured."""
    assert np.array_equal(WHOLE, rendered(block_frames))


TIMELINE = episode(Clips())
BED = HissBed(2)
PLAN = plan_mix(measure_speech(TIMELINE), TIMELINE, BED, Soundscape(), Mastering())


def rendered(block_frames: int) -> Samples:
    return np.concatenate(list(render(TIMELINE, PLAN, BED, Soundscape(), block_frames=block_frames)))


WHOLE = rendered(TIMELINE.frames)


def test_separation_is_the_worst_second() -> None:
    """Speech at −20 dBFS over a bed at −45, but at −40 in one second, is 20 dB apart there."""
    clips = Clips()
    timeline = timeline_of([ChapterStart("A"), SAY, Rest(1.0, Reason.CLOSING)], [clips.clip(speech(5.0))])
    voice = np.full(timeline.frames, 0.1, dtype=np.float32)
    bed = np.full((timeline.frames, 2), 10 ** (-45 / 20), dtype=np.float32)
    bed[2 * RATE_HZ : 3 * RATE_HZ + 8820] = 10 ** (-40 / 20)
    # What lies outside the phrase does not count.
    bed[timeline.clips[0].speech_end :] = 1.0
    meter = SeparationMeter(timeline)
    for start in range(0, timeline.frames, 10000):
        meter.push(start, voice[start : start + 10000], bed[start : start + 10000])
    assert meter.worst_second_db() == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize("block", [4096, 10_000, 10**7])
def test_separation_keeps_no_phrase_that_is_over(block: int) -> None:
    """The worst second of three phrases is the same whatever the blocks, and where those between them are left out."""
    clips = Clips()
    cues: list[Cue] = [ChapterStart("A")]
    for _ in range(3):
        cues += [SAY, Rest(4.0, Reason.PARAGRAPH)]
    timeline = timeline_of(cues, [clips.clip(speech(5.0)) for _ in range(3)])
    voice = np.full(timeline.frames, 0.1, dtype=np.float32)
    bed = np.full((timeline.frames, 2), 10 ** (-45 / 20), dtype=np.float32)
    worst = timeline.clips[1].speech_start + RATE_HZ
    bed[worst : worst + RATE_HZ + 8820] = 10 ** (-41 / 20)
    meter, kept = SeparationMeter(timeline), []
    for start in range(0, timeline.frames, block):
        end = start + block
        if any(placed.start < end and placed.end > start for placed in timeline.clips):
            meter.push(start, voice[start:end], bed[start:end])
            kept.append(len(meter._speech))
    assert meter.worst_second_db() == pytest.approx(21.0, abs=0.01)
    assert kept[-1] <= 1
    assert max(kept) <= 50 * 6
