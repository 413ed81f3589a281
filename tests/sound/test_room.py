"""The room around the voice: off unless asked for, short, soft and wide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from audio_builder import build
from audio_builder.article.source import source_from_bytes
from audio_builder.audio.samples import Samples
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.render import render
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Mastering, Recipe, Soundscape
from audio_builder.script.cues import ChapterStart, Reason, Rest, Role, Say
from audio_builder.sound.bed import NoBed
from audio_builder.sound.room import ROOM_BELOW_VOICE_DB, decay_s, in_the_room, room_response
from tests import instruments
from tests.sound_helpers import RATE_HZ, Clips, noise, rms_dbfs, speech, timeline_of


def rendered(room: str, channels: int = 2, block_frames: int = 32768) -> tuple[Samples, int]:
    """A phrase and its rest without a bed, and the frame after its last sound."""
    cues = [ChapterStart("A"), Say("Some words.", Role.PROSE), Rest(3.0, Reason.CLOSING)]
    timeline = timeline_of(cues, [Clips().clip(speech(2.0, peak=0.3))])
    soundscape = Soundscape(room="small" if room == "small" else "none")
    bed = NoBed(channels)
    plan = replace(
        plan_mix(measure_speech(timeline), timeline, bed, soundscape, Mastering(channels=1 if channels == 1 else 2)),
        clip_gains_db=(0.0,),
    )
    blocks = render(timeline, plan, bed, soundscape, block_frames=block_frames)
    return np.concatenate(list(blocks)), timeline.clips[0].speech_end


def test_there_is_no_room_unless_one_is_asked_for() -> None:
    """The default adds nothing: both sides are the dry voice, and silence follows it."""
    dry, end = rendered("none")
    assert Recipe().soundscape.room == "none"
    assert np.array_equal(dry[:, 0], dry[:, 1])
    assert not dry[end + RATE_HZ // 2 :].any()


def test_the_room_lies_so_far_below_the_voice() -> None:
    """Where voices have their power, what a room answers to white noise lies 17 dB below that noise."""
    noise = np.random.default_rng(1).standard_normal(4 * RATE_HZ).astype(np.float32)
    wet = in_the_room(noise, room_response(RATE_HZ, 2))[: len(noise)]
    hz = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    voiced = (hz > 200) & (hz < 4000)
    dry_power = np.square(np.abs(np.fft.rfft(noise)[voiced])).mean()
    wet_power = np.square(np.abs(np.fft.rfft(wet, axis=0)[voiced])).mean()
    assert 10 * np.log10(dry_power / wet_power) == pytest.approx(ROOM_BELOW_VOICE_DB, abs=0.3)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_it_dies_away_as_sabine_foretells(rate_hz: int) -> None:
    """From −5 to −35 dB of what is still to come (Schroeder, 1965), it decays 60 dB in 0.25 s, evenly on both sides."""
    response = room_response(rate_hz, 2).astype(np.float64)
    assert decay_s() == pytest.approx(0.248, abs=0.001)
    for side in response.T:
        left_db = 10 * np.log10(np.cumsum(side[::-1] ** 2)[::-1] / np.sum(side**2))
        begin, end = np.argmax(left_db < -5), np.argmax(left_db < -35)
        assert 2 * (end - begin) / rate_hz == pytest.approx(decay_s(), rel=0.05)
    assert rms_dbfs(response[:, 0]) == pytest.approx(rms_dbfs(response[:, 1]), abs=1.0)
    assert abs(np.corrcoef(response.T)[0, 1]) < 0.4, "as wide as a room"


def test_the_voice_itself_stays_where_and_as_it_was() -> None:
    """The room begins after the direct sound and adds to it: the dry voice is in the mix untouched."""
    (dry, end), (wet, _) = rendered("none"), rendered("small")
    added = wet - dry
    first = np.argmax(np.abs(dry[:, 0]) > 0)
    assert np.argmax(np.abs(added).max(axis=1) > 1e-7) > first
    assert rms_dbfs(dry[:end, 0]) - rms_dbfs(added[:end, 0]) == pytest.approx(ROOM_BELOW_VOICE_DB, abs=3.0)
    tail = slice(end + round(0.35 * RATE_HZ), None)
    assert np.abs(added[tail]).max() < 1e-6, "it is over long before the next phrase"


def test_the_samples_do_not_depend_on_the_blocks() -> None:
    """Whatever the size of the blocks, the room sounds the same."""
    assert np.array_equal(rendered("small")[0], rendered("small", block_frames=777)[0])


def test_in_mono_it_is_the_left_ear() -> None:
    """One channel hears what the left of two hears."""
    mono, stereo = rendered("small", channels=1)[0], rendered("small")[0]
    assert mono.shape == (len(stereo), 1)
    assert np.abs(mono[:, 0] - stereo[:, 0]).max() < 1e-6


def test_an_episode_in_a_room_meets_the_standard(tmp_path: Path) -> None:
    """Built from a recipe, it lands at −16 ± 0.5 LUFS and −1 dBTP, and the two sides of the voice differ."""
    recipe = make_recipe({"voice": "tone", "soundscape": {"room": "small", "background": "none"}})
    text = "# The Room\n\nThe lamp is on, and the window is dark. Nothing is asked of you now.\n"
    report = build(source_from_bytes(text.encode(), "room.md"), recipe, tmp_path)
    meter = instruments.loudness(Path(report.path))
    assert meter.integrated_lufs == pytest.approx(-16.0, abs=0.5)
    assert meter.true_peak_dbtp <= -1.0
    sound, _ = instruments.decoded(Path(report.path))
    assert 10.0 < rms_dbfs(sound[:, 0]) - rms_dbfs(sound[:, 0] - sound[:, 1]) < 25.0


@pytest.mark.parametrize("frames", [1, 40_000, 54_000, 200_000])
def test_the_room_is_a_convolution(frames: int) -> None:
    """What it adds is the voice convolved with its response, whatever the length, to the precision of float32."""
    voice, response = noise(frames, 1)[:, 0], room_response(RATE_HZ, 2)
    added = in_the_room(voice, response)
    expected = signal.fftconvolve(voice.astype(np.float64)[:, np.newaxis], response.astype(np.float64), axes=0)
    assert added.shape == expected.shape
    assert np.abs(added - expected).max() < 1e-6
