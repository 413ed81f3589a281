"""The line from a text to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify.

Each stage takes a value and returns a new one. Render to verify are one call, `produce`, because the last may ask for
another take. docs/architecture.md has a row for each stage.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.episode.identity import IfThere
from audio_builder.episode.naming import length_path
from audio_builder.episode.produce import (
    bed_maker,
    commit_episode,
    encoder_name,
    episode_draft,
    produce,
    produce_elastic,
    produce_length,
    produce_twin,
)
from audio_builder.episode.record import remembered_text_factors
from audio_builder.episode.report import BuildReport, LengthReport, report_on
from audio_builder.episode.tag.write_tag import TagContent, credit_voices
from audio_builder.files import check_named
from audio_builder.mix.arrange import arrange
from audio_builder.mix.fit_duration import TimedScript, fit_duration
from audio_builder.narration.clip_cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.rate_control import RateControl
from audio_builder.narration.workers.pool import Pool
from audio_builder.preflight import BuildPlan, check_everything, recipe_at, recipe_lasting
from audio_builder.progress import Clock, Progress, silent
from audio_builder.recipe.recipe_file import make_recipe
from audio_builder.recipe.settings import Recipe
from audio_builder.script.cues import Script
from audio_builder.script.from_document import Document, make_script, own_settings, read_document
from audio_builder.sound.bed import Bed


def build(  # noqa: PLR0913 - the line's one call: what, how, where, what is wanted beside it, and who speaks
    source: str | Path | SourceText | Document,
    recipe: Recipe | None = None,
    target: str | Path = "output",
    *,
    voice_only: bool = False,
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
    recipe = recipe_lasting(recipe, lengths[0]) if lengths else recipe
    script = make_script(document, recipe)
    plan = check_everything(script, recipe, Path(target), if_there)
    for seconds in lengths[1:]:
        check_named(length_path(plan.place.path, seconds), force=if_there == "replace")
    clock.lap("prepare")
    # The background and the cover need no speech. The executor is opened first: leaving ends the decoding of music.
    with ThreadPoolExecutor(2) as aside, bed_maker(script, plan.recipe) as maker:
        beds, cover = aside.submit(maker.make), aside.submit(plan.cover)
        with contextlib.nullcontext(pool) if pool else Pool() as workers:
            rate_hz = plan.recipe.mastering.sample_rate_hz
            speak = functools.partial(
                narrate, cache=ClipCache(), rate_hz=rate_hz, progress=progress, pool=workers, listen=listen
            )
            factors = remembered_text_factors(plan.place.path) if text_factors is None else text_factors
            rates = RateControl(script, plan.voice, plan.others, speak, factors)
            timed, *others = (
                fit_duration(script, recipe_lasting(plan.recipe, seconds), rates.narrate, rates.reached_wpm)
                for seconds in (plan.recipe.pacing.duration_s, *lengths[1:])
            )
        clock.lap("narrate")
        recipe = recipe_at(plan.recipe, timed.wpm)
        content = _content(plan, timed, recipe, cover.result())
        with episode_draft(plan.place.path, progress) as draft:
            place = plan.settle()
            findings = produce(draft, content, recipe, beds.result(), progress)
            clock.lap("deliver")
            twin = produce_twin(place.path, content, recipe, progress) if voice_only or plan.elastic else None
            elastic = produce_elastic(place.path, content, recipe, beds.result()) if plan.elastic else None
            beside = tuple(
                _produce_lengths(
                    place.path, plan, tuple(zip(lengths[1:], others, strict=True)), beds.result(), content, progress
                )
            )
            report = report_on(
                place, recipe, content.timeline, timed, findings, laps=clock.laps, twin=twin, lengths=beside
            )
            commit_episode(draft, place, content, report, elastic)
    return report


def _produce_lengths(
    episode: Path,
    plan: BuildPlan,
    lengths: Iterable[tuple[float, TimedScript]],
    beds: Mapping[str, Bed],
    content: TagContent,
    progress: Progress,
) -> Iterator[LengthReport]:
    """Make an episode's other lengths, and yield the report on each."""
    for seconds, timed in lengths:
        recipe = recipe_at(recipe_lasting(plan.recipe, seconds), timed.wpm)
        yield produce_length(episode, _content(plan, timed, recipe, content.cover), recipe, beds, progress)


def _content(plan: BuildPlan, timed: TimedScript, recipe: Recipe, cover: bytes) -> TagContent:
    return TagContent(
        tags=recipe.tags,
        script=timed.script,
        timeline=arrange(timed.script, timed.narration, recipe.soundscape),
        voices=credit_voices(voice.voice.profile for voice in (plan.voice, *plan.others.values())),
        cover=cover,
        encoder=encoder_name(recipe.mastering),
        source=plan.source,
        cover_note=plan.cover_note,
        made_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
