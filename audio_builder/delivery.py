"""From clips in their places to an episode in its folder: render, master, encode, tag, verify, move."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.audio.samples import Samples
from audio_builder.episode.encoding.encode import Mp3Form, encode, encoder_gain_db
from audio_builder.episode.encoding.kept import KeptStretches
from audio_builder.episode.naming import twin_path
from audio_builder.episode.record import make_record, record_as_json, record_path, sound_of
from audio_builder.episode.report import BuildReport, DurationReport, StageReport, TwinReport, report_on
from audio_builder.episode.tagging.tags import Labels, Narrator, tag
from audio_builder.episode.verification.listener import Listener
from audio_builder.episode.verification.standard import BACKGROUND, LETTERS, Finding, Findings
from audio_builder.episode.verification.verify import Promise, verify
from audio_builder.errors import VerificationError
from audio_builder.files import commit, draft_beside, folder_locked, write_draft
from audio_builder.memory import give_back
from audio_builder.mix.arrange import arrange
from audio_builder.mix.automation import FadeDown
from audio_builder.mix.fit_duration import TimedScript
from audio_builder.mix.levels import SpeechLevels, measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.render import render
from audio_builder.mix.separation import SeparationMeter
from audio_builder.mix.timeline import Timeline
from audio_builder.preflight import Plan
from audio_builder.progress import Clock, Progress, Step, silent
from audio_builder.recipe.settings import Mastering, Recipe, Soundscape
from audio_builder.sound.background import as_one, open_beds
from audio_builder.sound.bed import Bed, BedFormat

_TAKES = 3
"""How often the mix is encoded at most. The first nearly always lands; each next corrects what the encoder changed."""


def deliver(
    plan: Plan,
    timed: TimedScript,
    beds: Callable[[], Mapping[str, Bed]],
    clock: Clock,
    *,
    voice_only: bool = False,
    progress: Progress = silent,
) -> BuildReport:
    """Put what was spoken in place as an episode, and return the report on it.

    Args:
        plan: its script and its rate are those of the narration.
        timed: the narration, and what was done for its duration.
        beds: gives what `BedMaker.make` made.
        clock: of the build.
        voice_only: make a twin with nothing but the voice, at the same times.
        progress: called with each step.

    Raises:
        AudioBuilderError: as `pipeline.build`; the earlier episode is untouched then.
    """
    narration = timed.narration
    timeline = arrange(plan.script, narration, plan.recipe.soundscape)
    with (
        folder_locked(plan.path.parent, lambda: progress(Step("wait", 0, 0, "another build is writing here"))),
        draft_beside(plan.path) as draft,
    ):
        findings = _deliver_into(draft, timeline, plan, beds(), progress)
        clock.lap("deliver")
        twin = _make_twin(timeline, plan, progress) if voice_only else None
        stages = tuple(StageReport(stage=stage, seconds=seconds) for stage, seconds in clock.laps)
        report = report_on(plan.path, plan.recipe, timeline, narration, findings, stages)
        report = msgspec.structs.replace(report, duration=_duration_report(plan, timed), voice_only=twin)
        _keep(draft, timeline, plan, report)
    return report


def _duration_report(plan: Plan, timed: TimedScript) -> DurationReport | None:
    """Return how the duration was met; None where the recipe asks for none."""
    if timed.pauses_scale is None:
        return None
    return DurationReport(asked_s=plan.recipe.pacing.duration_s, pauses_scale=timed.pauses_scale, wpm=timed.wpm)


def _bed_format(recipe: Recipe) -> BedFormat:
    return BedFormat(recipe.mastering.sample_rate_hz, recipe.mastering.channels)


def _deliver_into(
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
    fade_down = FadeDown(timeline, plan.recipe.pacing)
    aim = msgspec.structs.replace(mastering, target_lufs=mastering.target_lufs + fade_down.loss_lu(levels))
    give_back()
    for _ in range(_TAKES):
        findings = _take(draft, timeline, plan, MixInputs(levels, bed, fade_down, aim), progress)
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


def _keep(draft: Path, timeline: Timeline, plan: Plan, report: BuildReport) -> None:
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
        findings = _deliver_into(draft, replace(timeline, tones=(), backgrounds=()), alone, silence, progress)
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
class MixInputs:
    """What one take is mixed from.

    Attributes:
        levels: of the speech.
        bed: the background.
        fade_down: where the mix is softer.
        aim: what to master to, corrected by what earlier takes missed.
    """

    levels: SpeechLevels
    bed: Bed
    fade_down: FadeDown
    aim: Mastering


def _take(draft: Path, timeline: Timeline, plan: Plan, stems: MixInputs, progress: Progress) -> Findings:
    """Write one take into the draft and measure it."""
    recipe = plan.recipe
    encoder_db = encoder_gain_db(recipe.mastering.bitrate_kbps)
    gains = plan_mix(stems.levels, timeline, stems.bed, recipe.soundscape, stems.aim, encoder_db)
    separation = SeparationMeter(timeline)
    blocks = _watched(render(timeline, gains, stems.bed, recipe.soundscape, separation), timeline, progress)
    pcm = master(stems.fade_down.applied_to(blocks), gains, timeline.rate_hz)
    sound = recipe.mastering
    form = Mp3Form(timeline.rate_hz, sound.channels, sound.bitrate_kbps)
    with Listener(frames=timeline.frames, rate_hz=timeline.rate_hz, channels=sound.channels) as listener:
        encode(pcm, draft, form, frames=timeline.frames, tell=listener.hear, kept=KeptStretches())
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
