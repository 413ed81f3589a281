"""From a timeline to an episode in its folder: render, master, encode, tag, verify, and move into place."""

from __future__ import annotations

import contextlib
import datetime
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from audio_builder import __version__
from audio_builder.audio.samples import Samples
from audio_builder.episode.elastic import Elastic, write_bed
from audio_builder.episode.encode.encoder import Mp3Format, encode, encoder_gain_db
from audio_builder.episode.naming import Place, bed_path, length_path, twin_path
from audio_builder.episode.record import (
    Beside,
    EpisodeRecord,
    Sound,
    beside_of,
    make_record,
    record_path,
    sound_of,
)
from audio_builder.episode.report import BuildReport, LengthReport, Mix, SoundsBeside, TwinReport, to_json
from audio_builder.episode.tag.write_tag import TagContent, tag
from audio_builder.episode.verify.standard import BACKGROUND, LETTERS, Finding, Findings
from audio_builder.episode.verify.streaming_verifier import StreamingVerifier
from audio_builder.episode.verify.verifier import Expected, verify
from audio_builder.errors import OutputError, VerificationError
from audio_builder.files import commit, draft_beside, folder_locked, note_writing, output_errors, write_draft
from audio_builder.mix.automation import FadeDown
from audio_builder.mix.levels import SpeechLevels, measure_speech
from audio_builder.mix.master import master
from audio_builder.mix.plan import plan_mix
from audio_builder.mix.render import render
from audio_builder.mix.separation import SeparationMeter
from audio_builder.mix.timeline import Timeline
from audio_builder.progress import Progress, Step, silent
from audio_builder.recipe.settings import Mastering, Recipe, Soundscape
from audio_builder.script.cues import Background, Script
from audio_builder.sound.background import BedMaker, as_one, open_beds
from audio_builder.sound.bed import Bed, BedFormat

_TAKES = 3
"""How often the mix is encoded at most. The first nearly always lands; each next corrects what the encoder changed."""


def bed_maker(script: Script, recipe: Recipe) -> BedMaker:
    """Return what makes all backgrounds of a script; leaving its block ends the decoding of music."""
    names = [cue.name for cue in script.cues if isinstance(cue, Background)]
    return BedMaker(recipe.soundscape, bed_format(recipe), names)


def encoder_name(mastering: Mastering) -> str:
    """Return what makes the file and how, such as `audio-builder 0.1.0, LAME, CBR 128 kbps`."""
    return f"audio-builder {__version__}, LAME, CBR {mastering.bitrate_kbps} kbps"


@contextlib.contextmanager
def episode_draft(path: Path, on_progress: Progress = silent) -> Iterator[Path]:
    """Give a draft of an episode, which is removed unless it is committed; nobody else writes to the folder meanwhile.

    Args:
        path: where the episode will be.
        on_progress: called with a step if another build is waited for.

    Raises:
        OutputError: the folder can't be written.
    """
    with (
        folder_locked(path.parent, lambda: on_progress(Step("wait", 0, 0, "another build is writing here"))),
        draft_beside(path) as draft,
    ):
        yield draft


def produce(
    draft: Path, content: TagContent, recipe: Recipe, beds: Mapping[str, Bed], on_progress: Progress = silent
) -> Findings:
    """Render, master, encode and tag an episode into a draft, and return what was measured on it.

    The gain is found before mixing, with what is known of the encoder; what the encoder changes beyond that is
    measured on the file and corrected in another take.

    Args:
        draft: the file to write.
        content: what its tag says, and the timeline that is rendered.
        recipe: its tags resolved.
        beds: from `bed_maker`.
        on_progress: called with each step.

    Raises:
        VerificationError: the draft misses the standard after three takes.
        NarrationError: a clip can't be loaded any more.
        EncoderError: ffmpeg failed.
        DiskFull: no space is left.
    """
    timeline, mastering = content.timeline, recipe.mastering
    bed = as_one(beds, timeline.backgrounds, bed_format(recipe))
    inputs = _MixInputs(recipe, measure_speech(timeline), bed, FadeDown(timeline, recipe.pacing))
    loss_lu = inputs.fade_down.loss_lu(inputs.levels)
    target = msgspec.structs.replace(mastering, target_lufs=mastering.target_lufs + loss_lu)
    for _ in range(_TAKES):
        findings = _take(draft, content, inputs, target, on_progress)
        if findings.ok or not math.isfinite(findings.loudness_lufs):
            break
        target = _corrected(target, findings, mastering)
    if not findings.ok:
        raise VerificationError(
            f"the finished episode misses the standard: {'; '.join(str(finding) for finding in findings.failed)}",
            hint="The earlier episode, if there was one, is untouched. Please report this with your text and recipe.",
        )
    notes = [*((BACKGROUND, note) for note in bed.notes), (LETTERS, content.cover_note)]
    return Findings(lines=(*findings.lines, *(Finding(name=name, value=note) for name, note in notes if note)))


def produce_beside(
    episode: Path,
    mixes: Sequence[Mix],
    beds: Mapping[str, Bed],
    on_progress: Progress = silent,
    *,
    twin: bool,
    elastic: bool,
) -> SoundsBeside:
    """Put beside an episode what is wanted there: the voice alone, what lets a page stretch it, other lengths.

    Args:
        episode: where it will be.
        mixes: of the episode, and of each other length.
        beds: from `bed_maker`.
        on_progress: called with each step.
        twin: whether the voice alone is wanted.
        elastic: whether what lets its silences be stretched is wanted.

    Raises:
        VerificationError: one misses the standard; nothing of it was moved then.
        OutputError: one can't be written.
    """
    mix, *other_lengths = mixes
    return SoundsBeside(
        twin=_produce_twin(episode, mix.content, mix.recipe, on_progress) if twin else None,
        elastic=_produce_elastic(episode, mix.content, mix.recipe, beds) if elastic else None,
        lengths=tuple(_produce_length(episode, other, beds, on_progress) for other in other_lengths),
    )


def _produce_twin(episode: Path, content: TagContent, recipe: Recipe, on_progress: Progress = silent) -> TwinReport:
    """Put an episode's voice in place alone: the same timeline without bed, bells and breaths, and without a source.

    Raises:
        VerificationError: it misses the standard; nothing was moved then.
    """
    path = twin_path(episode)
    tags = msgspec.structs.replace(recipe.tags, title=f"{recipe.tags.title} (voice only)")
    recipe = msgspec.structs.replace(recipe, soundscape=Soundscape(background="none", bell="none"), tags=tags)
    timeline = replace(content.timeline, tones=(), backgrounds=())
    silence = open_beds(recipe.soundscape, bed_format(recipe), ())
    with draft_beside(path) as draft:
        alone = replace(content, tags=tags, timeline=timeline, source=b"")
        findings = produce(draft, alone, recipe, silence, on_progress)
        _move(draft, path)
    return TwinReport(path=str(path), findings=findings)


def _produce_length(episode: Path, mix: Mix, beds: Mapping[str, Bed], on_progress: Progress) -> LengthReport:
    path = length_path(episode, mix.recipe.pacing.duration_s)
    with draft_beside(path) as draft:
        findings = produce(draft, replace(mix.content, source=b""), mix.recipe, beds, on_progress)
        _move(draft, path)
    return LengthReport(path=str(path), duration_s=mix.content.timeline.seconds, findings=findings)


def _produce_elastic(episode: Path, content: TagContent, recipe: Recipe, beds: Mapping[str, Bed]) -> Elastic:
    """Put a stretch of an episode's background in place, with its bells, and return how its silences may be stretched.

    Raises:
        OutputError: it can't be written.
    """
    path = bed_path(episode)
    with draft_beside(path) as draft:
        elastic = write_bed(draft, content.timeline, recipe, beds)
        _move(draft, path)
    return elastic


def commit_episode(
    draft: Path, place: Place, content: TagContent, report: BuildReport, elastic: Elastic | None = None
) -> None:
    """Move a finished draft into place, and its record beside it.

    The record names the hash of its MP3, so that a stop between the two moves is noticed when the
    show is published.

    Raises:
        OutputError: one of them can't be written.
    """
    built = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = place.path
    record = make_record(
        sound_of(draft),
        built,
        content,
        report,
        place.origin,
        elastic=elastic,
        beside=_beside(path, report, elastic),
    )
    with draft_beside(record_path(path)) as record_draft:
        write_draft(record_draft, to_json(record))
        _move(draft, path)
        commit(record_draft, record_path(path))


def _beside(episode: Path, report: BuildReport, elastic: Elastic | None) -> tuple[Beside, ...]:
    """Return what the record says of the sounds that were put beside an episode."""
    found = [beside_of("length", Path(other.path), episode, other.duration_s) for other in report.lengths]
    if report.voice_only:
        found.append(beside_of("voice", Path(report.voice_only.path), episode, report.duration_s))
    if elastic:
        found.append(beside_of("bed", bed_path(episode), episode))
    return tuple(found)


def adopt_episode(record: EpisodeRecord, sounds: Mapping[str, Path | bytes], place: Place) -> BuildReport:
    """Put an episode that another process has built into its place, with what is beside it, and return its report.

    Called under the lock of the folder.

    Args:
        record: of the episode; where it came from is set anew.
        sounds: the episode and what is beside it, by what their names end with: files, or their bytes.
        place: of the episode.

    Raises:
        OutputError: a file can't be written, or isn't the one that the record is about.
    """
    path, report = place.path, record.report
    first = place.origin.first_built or record.built
    origin = msgspec.structs.replace(place.origin, first_built=first)
    if report.voice_only:
        report = msgspec.structs.replace(
            report, voice_only=msgspec.structs.replace(report.voice_only, path=str(twin_path(path)))
        )
    report = msgspec.structs.replace(report, path=path.name, note=place.note)
    record = msgspec.structs.replace(record, report=report, origin=origin)
    with draft_beside(path) as draft, draft_beside(record_path(path)) as record_draft:
        _fill(draft, sounds.get(".mp3", b""), record.sound, path)
        write_draft(record_draft, to_json(record))
        for beside in record.beside:
            with draft_beside(beside.path(path)) as other:
                _fill(other, sounds.get(beside.suffix, b""), beside.sound, beside.path(path))
                _move(other, beside.path(path))
        _move(draft, path)
        commit(record_draft, record_path(path))
    return msgspec.structs.replace(report, path=str(path))


def _fill(draft: Path, content: Path | bytes, sound: Sound, path: Path) -> None:
    """Fill a draft with a sound.

    Raises:
        OutputError: it can't be written, or isn't the sound that the record is about.
    """
    with output_errors(draft):
        if isinstance(content, bytes):
            write_draft(draft, content)
        else:
            shutil.copyfile(content, draft)
    if sound_of(draft) != sound:
        raise OutputError(f"{path} came damaged from its worker", hint="Run the same command again.")


def _move(draft: Path, path: Path) -> None:
    """Move a sound into place; noted before, so that a stop at any moment leaves one that is known as ours."""
    note_writing(path, sound_of(draft).sha256)
    commit(draft, path)


@dataclass(frozen=True, slots=True)
class _MixInputs:
    """What every take is mixed from."""

    recipe: Recipe
    levels: SpeechLevels
    bed: Bed
    fade_down: FadeDown


def _take(draft: Path, content: TagContent, inputs: _MixInputs, target: Mastering, on_progress: Progress) -> Findings:
    """Write one take into the draft and measure it.

    Args:
        draft: the file to write.
        content: of its tag.
        inputs: what is mixed.
        target: what to master to, corrected by what earlier takes missed.
        on_progress: called with each step.
    """
    timeline, recipe = content.timeline, inputs.recipe
    mastering, soundscape = recipe.mastering, recipe.soundscape
    gains = plan_mix(inputs.levels, timeline, inputs.bed, soundscape, target, encoder_gain_db(mastering.bitrate_kbps))
    separation = SeparationMeter(timeline)
    blocks = _watched(render(timeline, gains, inputs.bed, soundscape, separation), timeline, on_progress)
    pcm = master(inputs.fade_down.applied_to(blocks), gains, timeline.rate_hz)
    mp3_format = Mp3Format(timeline.rate_hz, mastering.channels, mastering.bitrate_kbps)
    with StreamingVerifier(frames=timeline.frames, rate_hz=timeline.rate_hz, channels=mastering.channels) as verifier:
        encode(pcm, draft, mp3_format, frames=timeline.frames, on_frames=verifier.feed)
        streamed = verifier.finish()
    tag(draft, content)
    return verify(draft, Expected(timeline, mastering, separation.worst_second_db()), on_progress, streamed)


def _corrected(target: Mastering, findings: Findings, wanted: Mastering) -> Mastering:
    """Return the next target, when a take with `target` was found to miss what is wanted."""
    over_db = max(0.0, findings.true_peak_dbtp - wanted.ceiling_dbtp)
    return msgspec.structs.replace(
        target,
        target_lufs=target.target_lufs + wanted.target_lufs - findings.loudness_lufs,
        ceiling_dbtp=target.ceiling_dbtp - (over_db + 0.1 if over_db else 0.0),
    )


def bed_format(recipe: Recipe) -> BedFormat:
    """Return the format in which the mix of a recipe reads its background."""
    return BedFormat(recipe.mastering.sample_rate_hz, recipe.mastering.channels)


def _watched(blocks: Iterable[Samples], timeline: Timeline, on_progress: Progress) -> Iterator[Samples]:
    """Yield blocks, and report how many seconds have gone by."""
    frames = 0
    for block in blocks:
        yield block
        frames += len(block)
        on_progress(Step("render", frames / timeline.rate_hz, timeline.seconds))
