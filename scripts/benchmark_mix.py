"""Measure what mixing costs (.venv/bin/python scripts/benchmark_mix.py BACKGROUND).

CPU time of rendering and mastering in stereo (encoder and verification aside) for each second
of the episode, and the memory of the process, from a minute to three hours. Each length runs in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

from audio_builder.audio.samples import AudioSegment, segment_from_samples
from audio_builder.mix.arrange import arrange
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.render import render
from audio_builder.mix.separation import SeparationMeter
from audio_builder.narration.clip import Clip, Narration
from audio_builder.recipe.settings import Mastering, Soundscape
from audio_builder.script.cues import Rest, Role, Say, Script
from audio_builder.sound.background import open_bed
from audio_builder.sound.bed import BedFormat

RATE_HZ = 44100
MINUTES = (1, 10, 60, 180)
_PHRASE_S, _PAUSE_S = 4.0, 4.0


def phrase(key: str) -> AudioSegment:
    """Return noise in syllables of a quarter of a second, another one for each key."""
    time_s = np.arange(round(_PHRASE_S * RATE_HZ)) / RATE_HZ
    sound = np.random.default_rng(int(key)).standard_normal(len(time_s)) * (0.15 + np.sin(np.pi * time_s / 0.25) ** 2)
    sound = np.convolve(sound, np.ones(8) / 8, mode="same")
    return segment_from_samples((0.5 * sound / np.abs(sound).max()).astype(np.float32), RATE_HZ)


def run(background: str, minutes: int) -> None:
    """Mix an episode of this length, drop it, and print what it took."""
    count = round(minutes * 60 / (_PHRASE_S + _PAUSE_S))
    say = Say("Some words.", Role.PROSE)
    clips = tuple(Clip(say, str(number), round(_PHRASE_S * RATE_HZ), RATE_HZ, 0, 0, phrase) for number in range(count))
    cues = [cue for _ in range(count) for cue in (say, Rest(_PAUSE_S, "benchmark"))]
    script = Script("", "", "", "en", "", "gentle", tuple(cues))
    soundscape = Soundscape(background=background)
    timeline = arrange(script, Narration(clips, RATE_HZ, 0, 0, 125.0), soundscape)
    made = time.process_time()
    for number in range(count):
        phrase(str(number))
    making_s = time.process_time() - made
    started = time.process_time()
    bed = open_bed(soundscape, BedFormat(RATE_HZ, 2))
    opened = time.process_time()
    plan = plan_mix(measure_speech(timeline), timeline, bed, soundscape, Mastering())
    meter = SeparationMeter(timeline)
    frames = sum(len(block) // 4 for block in master(render(timeline, plan, bed, soundscape, meter), plan, RATE_HZ))
    # Each phrase is made twice, once to be measured and once to be mixed, where an episode would read a file.
    mixed_s = time.process_time() - opened - 2 * making_s
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{minutes:4} min: {1000 * mixed_s / (frames / RATE_HZ):.2f} ms of CPU for each second,"
        f" {opened - started:.2f} s for the background once, {memory_mb} MB at most",
        flush=True,
    )


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run(sys.argv[1], int(sys.argv[2]))
    else:
        wanted = sys.argv[1] if len(sys.argv) > 1 else "drone"
        for length in MINUTES:
            subprocess.run([sys.executable, __file__, wanted, str(length)], check=True)
