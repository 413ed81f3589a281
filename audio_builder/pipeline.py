"""The line from an article to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify, move."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.asked_rate import at_asked_rate
from audio_builder.beside import Beside
from audio_builder.episode.report import BuildReport
from audio_builder.episode.tagging.source_frame import carries
from audio_builder.memory import give_back
from audio_builder.mix.fit_duration import fit_duration
from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.stand import Stand, stand_of_cache
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import Plan, at_rate, prepare, reached_wpm
from audio_builder.progress import Clock, Progress, Step, silent
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script, Speaker
from audio_builder.script.cues import Background, Part, Script
from audio_builder.script.from_document import Document, make_script, own_settings, read_document
from audio_builder.sound.background import BedMaker
from audio_builder.sound.bed import BedFormat
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
    with ExitStack() as leaving:
        with pool or Pool() as speakers:
            if pool is not None:
                pool.begin(2)
            document = source if isinstance(source, Article | Script) else read_document(source)
            recipe = recipe or make_recipe(own_settings(document))
            plan = prepare(make_script(document, recipe), recipe, Path(target))
            clock.lap("prepare")
            give_back()
            # Beds and covers depend on nothing that is spoken; they are made while this process waits for others.
            beds, cover = Beside(leaving.enter_context(_bed_maker(plan.script, recipe)).make), Beside(plan.cover)

            def tell(step: Step) -> None:
                if step.detail:  # a phrase is being spoken: from now on this process waits
                    beds.begin()
                    cover.begin()
                progress(step)

            timed = fit_duration(
                plan.script,
                plan.recipe,
                lambda wpm: speak(at_rate(plan, wpm), tell, speakers),
                lambda wpm: reached_wpm(plan, wpm),
            )
        beds.begin()
        cover.begin()
        clock.lap("narrate")
        plan = replace(at_rate(plan, timed.wpm), script=timed.script, cover=cover.result)
        # To import what delivers takes a tenth of a second, which has passed while the workers began.
        from audio_builder.delivery import deliver

        return deliver(plan, timed, beds.result, clock, voice_only=voice_only, progress=progress)


def built_already(document: Document, recipe: Recipe, target: str | Path = "output") -> Path | None:
    """Return the path of the episode if it is there, made from the same words by the same recipe and versions.

    Raises:
        AudioBuilderError: as `build`, for what is wrong with the recipe, the voice or the folder.
    """
    from audio_builder.episode.record import record_path

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


def _bed_maker(script: Script, recipe: Recipe) -> BedMaker:
    """Return what makes all backgrounds of a script; leaving its block ends the decoding of music."""
    names = [cue.name for cue in script.cues if isinstance(cue, Background)]
    return BedMaker(recipe.soundscape, BedFormat(recipe.mastering.sample_rate_hz, recipe.mastering.channels), names)
