"""The line from an article to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify, move."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.beside import Beside
from audio_builder.episode.report import BuildReport
from audio_builder.episode.tagging.source_frame import carries
from audio_builder.length import fit_length
from audio_builder.memory import give_back
from audio_builder.narration.cache import ClipCache
from audio_builder.narration.clip import Narration
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import narrate_at_rate
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import Plan, prepare
from audio_builder.progress import Clock, Progress, Step, silent
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script
from audio_builder.script.from_document import Document, make_script, own_settings, read_document
from audio_builder.sound.bed import Bed


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
        pool: processes to speak, ended when all is spoken; None for some of its own.

    Raises:
        AudioBuilderError: one of the tree in `audio_builder.errors`; the earlier episode is untouched then.
    """
    clock = Clock()
    with pool or Pool() as speakers:
        document = source if isinstance(source, Article | Script) else read_document(source)
        recipe = recipe or make_recipe(own_settings(document))
        plan = prepare(make_script(document, recipe), recipe, Path(target))
        clock.lap("prepare")
        give_back()
        # Beds and covers depend on nothing that is spoken; they are made while this process waits for others.
        beds, cover = Beside(functools.partial(_beds, plan.script, recipe)), Beside(plan.cover)

        def tell(step: Step) -> None:
            if step.detail:  # a phrase is being spoken: from now on this process waits
                beds.begin()
                cover.begin()
            progress(step)

        fitted = fit_length(plan, lambda at_rate: speak(at_rate, tell, speakers))
    beds.begin()
    cover.begin()
    clock.lap("narrate")
    fitted = replace(fitted, plan=replace(fitted.plan, cover=cover.result))
    # To import what delivers takes a tenth of a second, which has passed while the workers began.
    from audio_builder.delivery import deliver

    return deliver(fitted, beds.result, clock, voice_only=voice_only, progress=progress)


def built_already(document: Document, recipe: Recipe, target: str | Path = "output") -> Path | None:
    """Return the path of the episode if it is there, made from the same words by the same recipe and versions.

    Raises:
        AudioBuilderError: as `build`, for what is wrong with the recipe, the voice or the folder.
    """
    from audio_builder.episode.record import record_path

    plan = prepare(make_script(document, recipe), recipe, Path(target))
    return plan.path if carries(plan.path, plan.source) and record_path(plan.path).is_file() else None


def speak(
    plan: Plan,
    progress: Progress = silent,
    pool: Pool | None = None,
    remembered: Mapping[str, float] = MappingProxyType({}),
) -> Narration:
    """Return the narration of a plan at the rate it asks for, from the cache of this machine or from the engine.

    Args:
        plan: what to speak.
        progress: called with each clip.
        pool: whose processes speak; None for one of its own each time that something is spoken.
        remembered: `Narration.text_factors` of an earlier narration of this text.
    """
    rate_hz = plan.recipe.mastering.sample_rate_hz
    spoken = functools.partial(narrate, cache=ClipCache(), rate_hz=rate_hz, progress=progress, pool=pool)
    return narrate_at_rate(plan.script, plan.voice, plan.others, spoken, remembered=remembered)


def _beds(script: Script, recipe: Recipe) -> dict[str, Bed]:
    from audio_builder.delivery import make_beds

    return make_beds(script, recipe)
