"""The line from an article to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify, move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.asked_rate import at_asked_rate
from audio_builder.episode.produce import bed_maker, commit_episode, episode_draft, produce, produce_twin
from audio_builder.episode.record import record_path
from audio_builder.episode.report import BuildReport, DurationReport, StageReport, report_on
from audio_builder.episode.tag.embedded_source import carries
from audio_builder.episode.tag.write_tag import TagContent, credit_voices
from audio_builder.mix.arrange import arrange
from audio_builder.mix.fit_duration import TimedScript, fit_duration
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.stand import Stand, stand_of_cache
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import Plan, at_rate, prepare, reached_wpm
from audio_builder.progress import Clock, Progress, silent
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script, Speaker
from audio_builder.script.from_document import Document, make_script, own_settings, read_document
from audio_builder.voices.profile import Voice


def build(
    source: str | Path | SourceText | Document,
    recipe: Recipe | None = None,
    target: str | Path = "output",
    *,
    voice_only: bool = False,
    progress: Progress = silent,
    pool: Pool | None = None,
) -> BuildReport:
    """Turn an article or a script into an episode, and return the report on what was delivered.

    Args:
        source: the path of a text, or what `document.read_document` made of it.
        recipe: None for the defaults, and for a script its own pacing.
        target: folder for the episode; made if it isn't there.
        voice_only: make a twin beside it with nothing but the voice, at the same times.
        progress: called with each step.
        pool: processes to speak, begun already perhaps, and ended when all is spoken; None for some of its own.

    Raises:
        AudioBuilderError: one of the tree in `audio_builder.errors`; the earlier episode is untouched then.
    """
    clock = Clock()
    # Backgrounds and the cover depend on nothing that is spoken.
    with ThreadPoolExecutor(2, thread_name_prefix="aside") as aside, ExitStack() as leaving:
        with pool or Pool() as speakers:
            if pool is not None:
                pool.begin(2)
            document = source if isinstance(source, Article | Script) else read_document(source)
            recipe = recipe or make_recipe(own_settings(document))
            plan = prepare(make_script(document, recipe), recipe, Path(target))
            clock.lap("prepare")
            beds = aside.submit(leaving.enter_context(bed_maker(plan.script, recipe)).make)
            cover = aside.submit(plan.cover)
            timed = fit_duration(
                plan.script,
                plan.recipe,
                lambda wpm: speak(at_rate(plan, wpm), progress, speakers),
                lambda wpm: reached_wpm(plan, wpm),
            )
        clock.lap("narrate")
        plan = replace(at_rate(plan, timed.wpm), script=timed.script)
        timeline = arrange(plan.script, timed.narration, plan.recipe.soundscape)
        content = _tag_content(plan, timeline, cover.result())
        with episode_draft(plan.path, progress) as draft:
            findings = produce(draft, content, plan.recipe, beds.result(), progress)
            clock.lap("deliver")
            twin = produce_twin(plan.path, content, plan.recipe, progress) if voice_only else None
            stages = tuple(StageReport(stage=stage, seconds=seconds) for stage, seconds in clock.laps)
            report = report_on(plan.path, plan.recipe, timeline, timed.narration, findings, stages)
            report = msgspec.structs.replace(report, duration=_duration_report(timed, recipe), voice_only=twin)
            commit_episode(draft, plan.path, content, report)
    return report


def _tag_content(plan: Plan, timeline: Timeline, cover: bytes) -> TagContent:
    return TagContent(
        tags=plan.recipe.tags,
        script=plan.script,
        timeline=timeline,
        voices=credit_voices(voice.voice.profile for voice in (plan.voice, *plan.others.values())),
        cover=cover,
        encoder=f"audio-builder {__version__}, LAME, CBR {plan.recipe.mastering.bitrate_kbps} kbps",
        source=plan.source,
        cover_note=plan.cover_note,
    )


def _duration_report(timed: TimedScript, recipe: Recipe) -> DurationReport | None:
    """Return how the duration was met; None where the recipe asks for none."""
    if timed.pauses_scale is None:
        return None
    return DurationReport(asked_s=recipe.pacing.duration_s, pauses_scale=timed.pauses_scale, wpm=timed.wpm)


def built_already(document: Document, recipe: Recipe, target: str | Path = "output") -> Path | None:
    """Return the path of the episode if it is there, made from the same words by the same recipe and versions.

    Raises:
        AudioBuilderError: as `build`, for what is wrong with the recipe, the voice or the folder.
    """
    plan = prepare(make_script(document, recipe), recipe, Path(target))
    return plan.path if carries(plan.path, plan.source) and record_path(plan.path).is_file() else None


def speak(plan: Plan, progress: Progress = silent, pool: Pool | None = None) -> Narration:
    """Return the narration of a plan at the rate it asks for, from the cache of this machine or from the engine.

    Args:
        plan: what to speak.
        progress: told of each clip.
        pool: whose processes speak; None for one of its own each time that something is spoken.
    """
    cache, rate_hz = ClipCache(), plan.recipe.mastering.sample_rate_hz

    def spoken(tried: Plan) -> Narration:
        voice, others = _voices(tried)
        return narrate(tried.script, voice, others=others, cache=cache, rate_hz=rate_hz, progress=progress, pool=pool)

    def look(tried: Plan) -> dict[Speaker, Stand]:
        return stand_of_cache(tried.script, *_voices(tried), cache, rate_hz)

    return at_asked_rate(plan, spoken, look)


def _voices(plan: Plan) -> tuple[Voice, dict[Speaker, Voice]]:
    return plan.voice.voice, {part: other.voice for part, other in plan.others.items()}
