"""Stems: voice, background and bells apart, as WAV files that add up to the episode before its limiter."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import soundfile

from audio_builder.episode.encode.encoder import encoder_gain_db
from audio_builder.episode.produce import bed_maker
from audio_builder.episode.tag.embedded_source import read_source
from audio_builder.exports import Export, FinishedEpisode
from audio_builder.mix.arrange import arrange
from audio_builder.mix.automation import FadeDown
from audio_builder.mix.fit_duration import fit_duration
from audio_builder.mix.levels import measure_speech
from audio_builder.mix.plan import MixPlan, plan_mix
from audio_builder.mix.render import render
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import prepare_voices
from audio_builder.progress import Progress
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script
from audio_builder.sound.background import as_one
from audio_builder.sound.bed import BedFormat

_VOICE, _BED, _BELLS = ".voice.wav", ".bed.wav", ".bells.wav"


def alone(plan: MixPlan, stem: str) -> MixPlan:
    """Return a plan in which one stem alone can be heard."""
    silent = -math.inf
    return replace(
        plan,
        clip_gains_db=plan.clip_gains_db if stem == _VOICE else (silent,) * len(plan.clip_gains_db),
        bed_gain_db=plan.bed_gain_db if stem == _BED else silent,
        tone_gain_db=plan.tone_gain_db if stem == _BELLS else silent,
    )


def _write(episode: FinishedEpisode, drafts: Mapping[str, Path], progress: Progress) -> None:
    source = read_source(episode.path)
    script, recipe = source.read_script(episode.path.name), source.read_recipe()
    timeline = _timeline(script, recipe, episode.record.report.text_factors, progress)
    mastering, soundscape = recipe.mastering, recipe.soundscape
    with bed_maker(script, recipe) as maker:
        bed = as_one(maker.make(), timeline.backgrounds, BedFormat(timeline.rate_hz, mastering.channels))
        levels = measure_speech(timeline)
        gain_db = encoder_gain_db(mastering.bitrate_kbps)
        plan = plan_mix(levels, timeline, bed, soundscape, mastering, gain_db)
        fade = FadeDown(timeline, recipe.pacing)
        for stem, draft in drafts.items():
            blocks = fade.applied_to(render(timeline, alone(plan, stem), bed, soundscape))
            form = {"format": "WAV", "subtype": "PCM_24"}
            with soundfile.SoundFile(draft, "w", timeline.rate_hz, plan.channels, **form) as file:
                for block in blocks:
                    file.write(block)


def _timeline(script: Script, recipe: Recipe, factors: dict[str, float], progress: Progress) -> Timeline:
    """Return the timeline of an episode; clips that the cache doesn't have any more are spoken again."""
    voice, others = prepare_voices(script, recipe)
    with Pool() as pool:
        rate_hz = recipe.mastering.sample_rate_hz
        speak = functools.partial(narrate, cache=ClipCache(), rate_hz=rate_hz, progress=progress, pool=pool)
        rates = RateControl(script, voice, others, speak, factors)
        timed = fit_duration(script, recipe, rates.narrate, rates.reached_wpm)
    return arrange(timed.script, timed.narration, recipe.soundscape)


EXPORT = Export("stems", "voice, background and bells as WAV files of 24 bits", (_VOICE, _BED, _BELLS), _write)
