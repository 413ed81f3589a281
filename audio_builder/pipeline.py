"""The line from a text to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify.

Each stage takes a value and returns a new one. Render to verify are one call, `produce`, because the last may ask for
another take. docs/architecture.md has a row for each stage.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.episode.identity import IfThere
from audio_builder.episode.produce import bed_maker, commit_episode, episode_draft, produce, produce_beside
from audio_builder.episode.record import remembered_text_factors
from audio_builder.episode.report import BuildReport, report_on
from audio_builder.mix.arrange import arrange
from audio_builder.mix.fit_duration import fit_duration
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import Wanted, check_everything
from audio_builder.progress import Clock, Progress, Step, silent
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script
from audio_builder.script.from_document import Document, make_script, own_settings, read_document


def build(  # noqa: PLR0913 - the line's one call: what, how, where, what is wanted beside it, and who speaks
    source: str | Path | SourceText | Document,
    recipe: Recipe | None = None,
    target: str | Path = "output",
    *,
    voice_only: bool = False,
    elastic: bool = False,
    lengths: Sequence[float] = (),
    if_there: IfThere = "new version",
    listen: bool = False,
    progress: Progress = silent,
    pool: Pool | None = None,
    text_factors: Mapping[str, float] | None = None,
) -> BuildReport:
    """Turn an article or a script into an episode, and return the report on what was delivered.

    Args:
        source: the path of a text, or what `from_document.read_document` made of it.
        recipe: None for the defaults, and for a script its own pacing.
        target: folder for the episode, made if it isn't there; or its file, such as `episode.mp3`.
        voice_only: make a twin beside it with nothing but the voice, at the same times.
        elastic: put beside it what lets a page stretch its silences, whatever the folder's show says.
        lengths: in seconds; the first is that of the episode, the others are put beside it. Empty for the recipe's.
        if_there: what happens to an earlier version: `new version`, `refuse`, or `replace` whatever is there.
        listen: hear each clip when it is spoken, and speak it again where it isn't what it should be.
        progress: called with each step.
        pool: whose processes speak; None for one of its own, with a process for each core.
        text_factors: of an earlier version (see `BuildReport`); None for those of the one in the folder.

    Raises:
        AudioBuilderError: one of the tree in `audio_builder.errors`; the earlier episode is untouched then.
    """
    clock = Clock()
    document = source if isinstance(source, Article | Script) else read_document(source)
    recipe = recipe or make_recipe(own_settings(document))
    script = make_script(document, recipe)
    plan = check_everything(script, recipe, Path(target), if_there, Wanted(tuple(lengths), voice_only, elastic))
    for warning in plan.warnings:
        progress(Step("warn", 0, 0, warning))
    clock.lap("prepare")
    # The background and the cover need no speech. The executor is opened first: leaving ends the decoding of music.
    with ThreadPoolExecutor(2) as aside, bed_maker(script, plan.recipe) as maker:
        beds, cover = aside.submit(maker.make), aside.submit(plan.cover)
        with contextlib.nullcontext(pool) if pool else Pool() as workers:
            rate_hz = plan.recipe.mastering.sample_rate_hz
            speak = functools.partial(narrate, cache=ClipCache(), rate_hz=rate_hz, progress=progress, pool=workers)
            factors = remembered_text_factors(plan.place.path) if text_factors is None else text_factors
            rates = RateControl(script, plan.voice, plan.others, functools.partial(speak, listen=listen), factors)
            timed = [fit_duration(script, each, rates.narrate, rates.reached_wpm) for each in plan.recipes]
        clock.lap("narrate")
        timelines = [arrange(one.script, one.narration, plan.recipe.soundscape) for one in timed]
        mixes = [plan.mix(*each, cover.result()) for each in zip(timed, timelines, plan.recipes, strict=True)]
        with episode_draft(plan.place.path, progress) as draft:
            place = plan.settle()
            findings = produce(draft, mixes[0].content, mixes[0].recipe, beds.result(), progress)
            clock.lap("deliver")
            wanted = {"twin": plan.beside.voice_only, "elastic": plan.beside.elastic}
            beside = produce_beside(place.path, mixes, beds.result(), progress, **wanted)
            report = report_on(place, mixes[0], timed[0], findings, beside, laps=clock.laps)
            commit_episode(draft, place, mixes[0].content, report, beside.elastic)
    return report
