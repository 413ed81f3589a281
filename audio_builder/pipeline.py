"""The line from an article to an episode: read, pace, narrate, arrange, render, master, encode, tag, verify, move."""

from __future__ import annotations

import datetime
import functools
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.article.model import Article
from audio_builder.article.source import SourceText
from audio_builder.asked_rate import at_asked_rate
from audio_builder.audio import Samples
from audio_builder.beside import beside
from audio_builder.document import Document, make_script, own_settings, read_document
from audio_builder.episode.encoding.encode import Mp3Form, encode, encoder_gain_db
from audio_builder.episode.encoding.kept import KeptStretches
from audio_builder.episode.naming import twin_path
from audio_builder.episode.record import make_record, record_as_json, record_path, sound_of
from audio_builder.episode.report import BuildReport, StageReport, TwinReport, report_on
from audio_builder.episode.tagging.source_frame import carries
from audio_builder.episode.tagging.tags import Labels, Narrator, tag
from audio_builder.episode.verification.listener import Listener
from audio_builder.episode.verification.standard import BACKGROUND, LETTERS, Finding, Findings
from audio_builder.episode.verification.verify import Promise, verify
from audio_builder.errors import VerificationError
from audio_builder.files import commit, draft_beside, folder_locked, write_draft
from audio_builder.length import fit_length
from audio_builder.memory import give_back
from audio_builder.mix.arrange import arrange
from audio_builder.mix.levels import SpeechLevels, measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.quieting import Quieting
from audio_builder.mix.render import render
from audio_builder.mix.separation import SeparationMeter
from audio_builder.mix.timeline import Timeline
from audio_builder.narration.clip import Narration
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.narrate import narrate
from audio_builder.narration.stand import Stand, stand_of_cache
from audio_builder.narration.workers.pool import Pool
from audio_builder.prepare import Plan, prepare
from audio_builder.progress import Progress, Step, silent
from audio_builder.recipe import Mastering, Recipe, Soundscape
from audio_builder.recipe_file import make_recipe
from audio_builder.script.cues import Background, Part, Script
from audio_builder.sound.bed import Bed, BedFormat
from audio_builder.sound.changing import as_one, open_beds
from audio_builder.voices.profile import Voice

_TAKES = 3
"""How often the mix is encoded at most. The first nearly always lands; each next corrects what the encoder changed."""


def build(
    source: str | Path | SourceText | Document,
    recipe: Recipe | None = None,
    target: str | Path = "output",
    *,
    voice_only: bool = False,
    progress: Progress = silent,
) -> BuildReport:
    """Turn an article or a script into an episode, and return the report on what was delivered.

    Args:
        source: the path of a text, or what `document.read_document` made of it.
        recipe: None for the defaults, and for a script its own pacing.
        target: folder for the episode; made if it isn't there.
        voice_only: make a twin beside it with nothing but the voice, at the same times.
        progress: called with each step.

    Raises:
        AudioBuilderError: one of the tree in `audio_builder.errors`; the earlier episode is untouched then.
    """
    clock = _Clock()
    document = source if isinstance(source, Article | Script) else read_document(source)
    recipe = recipe or make_recipe(own_settings(document))
    plan = prepare(make_script(document, recipe), recipe, Path(target))
    clock.lap("prepare")
    give_back()
    # Beds and covers depend on nothing that is spoken; they are made while this process waits for others.
    beds, cover = beside(functools.partial(_beds, plan.script, recipe)), beside(plan.cover)
    with Pool() as pool:
        fitted = fit_length(plan, lambda at_rate: speak(at_rate, progress, pool))
    plan, narration = replace(fitted.plan, cover=cover.result), fitted.narration
    clock.lap("narrate")
    timeline = arrange(plan.script, narration, recipe.soundscape)
    with (
        folder_locked(plan.path.parent, lambda: progress(Step("wait", 0, 0, "another build is writing here"))),
        draft_beside(plan.path) as draft,
    ):
        findings = deliver(draft, timeline, plan, beds.result(), progress)
        clock.lap("deliver")
        twin = _make_twin(timeline, plan, progress) if voice_only else None
        report = report_on(plan.path, plan.recipe, timeline, narration, findings, tuple(clock.laps))
        report = msgspec.structs.replace(report, duration=fitted.duration, voice_only=twin)
        keep(draft, timeline, plan, report)
    return report


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

    def look(tried: Plan) -> dict[Part, Stand]:
        return stand_of_cache(tried.script, *_voices(tried), cache, rate_hz)

    return at_asked_rate(plan, spoken, look)


def _voices(plan: Plan) -> tuple[Voice, dict[Part, Voice]]:
    return plan.voice.voice, {part: other.voice for part, other in plan.others.items()}


def _beds(script: Script, recipe: Recipe) -> dict[str, Bed]:
    """Return all backgrounds that a script has."""
    names = [cue.name for cue in script.cues if isinstance(cue, Background)]
    return open_beds(recipe.soundscape, _bed_format(recipe), names)


def _bed_format(recipe: Recipe) -> BedFormat:
    return BedFormat(recipe.mastering.sample_rate_hz, recipe.mastering.channels)


def deliver(
    draft: Path, timeline: Timeline, plan: Plan, beds: Mapping[str, Bed], progress: Progress = silent
) -> Findings:
    """Mix, master, encode and tag a timeline into a draft, and return what was measured on it.

    The gain is found before mixing, with what is known of the encoder; what it changes beyond that is
    measured on the file and corrected in another take.

    Raises:
        VerificationError: it does not, after three takes.
    """
    mastering = plan.recipe.mastering
    levels = measure_speech(timeline)
    bed = as_one(beds, timeline.backgrounds, _bed_format(plan.recipe))
    quieting = Quieting(timeline, plan.recipe.pacing)
    aim = msgspec.structs.replace(mastering, target_lufs=mastering.target_lufs + quieting.loss_lu(levels))
    give_back()
    for _ in range(_TAKES):
        findings = _take(draft, timeline, plan, _Stems(levels, bed, quieting, aim), progress)
        if findings.ok or not math.isfinite(findings.loudness_lufs):
            break
        aim = _corrected(aim, findings, mastering)
    if findings.ok:
        notes = [*((BACKGROUND, note) for note in bed.notes), (LETTERS, plan.cover_note)]
        told = (Finding(name=name, value=note) for name, note in notes if note)
        return Findings(lines=(*findings.lines, *told))
    raise VerificationError(
        f"the finished episode misses the standard: {'; '.join(str(finding) for finding in findings.failed)}",
        hint="The earlier episode, if there was one, is untouched. Please report this with your text and recipe.",
    )


def keep(draft: Path, timeline: Timeline, plan: Plan, report: BuildReport) -> None:
    """Move a finished draft into place, and its record beside it.

    The record names the hash of its MP3, so that a stop between the two moves is noticed when the
    show is published.
    """
    built = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = make_record(sound_of(draft), built, _labels(timeline, plan), report)
    with draft_beside(record_path(plan.path)) as record_draft:
        write_draft(record_draft, record_as_json(record))
        commit(draft, plan.path)
        commit(record_draft, record_path(plan.path))


def _make_twin(timeline: Timeline, plan: Plan, progress: Progress) -> TwinReport:
    """Put the episode's voice in place alone: the same timeline without bed, bells and breaths, and without a source.

    Raises:
        VerificationError: it misses the standard; nothing was moved then.
    """
    path = twin_path(plan.path)
    recipe = msgspec.structs.replace(
        plan.recipe,
        soundscape=Soundscape(background="none", bell="none"),
        tags=msgspec.structs.replace(plan.recipe.tags, title=f"{plan.recipe.tags.title} (voice only)"),
    )
    with draft_beside(path) as draft:
        alone = replace(plan, recipe=recipe, path=path, source=b"")
        silence = open_beds(recipe.soundscape, _bed_format(recipe), ())
        findings = deliver(draft, replace(timeline, tones=(), backgrounds=()), alone, silence, progress)
        commit(draft, path)
    return TwinReport(path=str(path), findings=findings)


def _corrected(aim: Mastering, findings: Findings, wanted: Mastering) -> Mastering:
    """Return what to aim at next, when a take that aimed at `aim` was found to miss what is wanted."""
    over_db = max(0.0, findings.true_peak_dbtp - wanted.ceiling_dbtp)
    return msgspec.structs.replace(
        aim,
        target_lufs=aim.target_lufs + wanted.target_lufs - findings.loudness_lufs,
        ceiling_dbtp=aim.ceiling_dbtp - (over_db + 0.1 if over_db else 0.0),
    )


@dataclass(frozen=True, slots=True)
class _Stems:
    """What one take is mixed from.

    Attributes:
        levels: of the speech.
        bed: the background.
        quieting: where the mix is softer.
        aim: what to master to, corrected by what earlier takes missed.
    """

    levels: SpeechLevels
    bed: Bed
    quieting: Quieting
    aim: Mastering


def _take(draft: Path, timeline: Timeline, plan: Plan, stems: _Stems, progress: Progress) -> Findings:
    """Write one take into the draft and measure it."""
    recipe = plan.recipe
    encoder_db = encoder_gain_db(recipe.mastering.bitrate_kbps)
    gains = plan_mix(stems.levels, timeline, stems.bed, recipe.soundscape, stems.aim, encoder_db)
    separation = SeparationMeter(timeline)
    blocks = _watched(render(timeline, gains, stems.bed, recipe.soundscape, separation), timeline, progress)
    pcm = master(stems.quieting.applied_to(blocks), gains, timeline.rate_hz)
    sound = recipe.mastering
    form = Mp3Form(timeline.rate_hz, sound.channels, sound.bitrate_kbps)
    with Listener(frames=timeline.frames, rate_hz=timeline.rate_hz, channels=sound.channels) as listener:
        encode(pcm, draft, form, tell=listener.hear, kept=KeptStretches())
        heard = listener.finish()
    tag(draft, _labels(timeline, plan))
    return verify(draft, Promise(timeline, sound, separation.worst_second_db()), progress, heard)


def _labels(timeline: Timeline, plan: Plan) -> Labels:
    voices = (plan.voice, *plan.others.values())
    narrator, *others = (
        Narrator(profile.name, profile.engine, profile.licence, profile.attribution)
        for profile in {voice.voice.profile.name: voice.voice.profile for voice in voices}.values()
    )
    return Labels(
        tags=plan.recipe.tags,
        script=plan.script,
        timeline=timeline,
        narrator=narrator,
        others=tuple(dict.fromkeys(others)),
        cover=plan.cover(),
        encoder=f"audio-builder {__version__}, LAME, CBR {plan.recipe.mastering.bitrate_kbps} kbps",
        source=plan.source,
    )


def _watched(blocks: Iterable[Samples], timeline: Timeline, progress: Progress) -> Iterator[Samples]:
    """Yield blocks, and tell how many seconds have gone by."""
    frames = 0
    for block in blocks:
        yield block
        frames += len(block)
        progress(Step("render", frames / timeline.rate_hz, timeline.seconds))


@dataclass(slots=True)
class _Clock:
    """Elapsed seconds of each stage, for the report alone."""

    laps: list[StageReport] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps.append(StageReport(stage=stage, seconds=round(now - self.started, 3)))
        self.started = now
