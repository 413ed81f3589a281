"""From a script to a narration: every phrase is spoken once, and found in the cache from then on."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from audio_builder.audio.samples import AudioSegment, wav_from_segment
from audio_builder.errors import EmptySource
from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.narration.clip_cache import ClipCache, StoredClip, clip_identity, clip_key
from audio_builder.narration.hearing import unpacked_hearing
from audio_builder.narration.recogniser import recogniser_name
from audio_builder.narration.workers.pool import Pool
from audio_builder.narration.workers.process import Job, Spoken
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Role, Say, Script, Speaker
from audio_builder.script.phrases import phrases
from audio_builder.voices.engines.base import voice_fingerprint
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.spoken.normalize import spoken_text

_TRIAL_RATE_HZ = 44100
_TRIAL_PAUSE_S = 0.6


def narrate(  # noqa: PLR0913 - a stage's one call: what to speak, with which voice, and where the clips are kept
    script: Script,
    voice: Voice,
    others: Mapping[Speaker, Voice] = MappingProxyType({}),
    *,
    cache: ClipCache,
    rate_hz: int,
    progress: Progress = silent,
    pool: Pool | None = None,
    listen: bool = False,
) -> Narration:
    """Return a clip for each phrase of a script, from the cache or spoken by worker processes.

    A phrase that occurs twice is spoken once. No process is started if all clips are in the cache.

    Args:
        script: its `Say` cues are spoken.
        voice: the narrator's, from `prepare_voice`.
        others: by the part that a phrase has; one that isn't here is the narrator's.
        cache: where clips are kept; each is there as soon as it is finished, whatever happens after.
        rate_hz: the episode's sample rate.
        progress: called with each clip that begins and is finished; its unit is clips.
        pool: whose processes speak; None for one of its own, with a process for each core.
        listen: whether each clip is heard when it is spoken, and spoken again where it isn't what it should be.

    Raises:
        EngineFailed: the engine failed on a sentence, twice.
        EngineTimedOut: it did not answer in time, twice.
        ClipRejected: its sound can't be the sentence.
        MissingExtra: its packages aren't installed, or nothing is that could listen.
        OutputError: the cache can't be written.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    cache.files.sweep()
    planned = _planned_clips(script, voice, others, rate_hz, listen=listen)
    jobs = {clip.job.key: clip.job for clip in planned}
    stored = {key: clip for key in jobs if (clip := cache.find(key)) is not None}
    missing = [job for key, job in jobs.items() if key not in stored]
    progress(Step("narrate", len(stored), len(jobs)))
    if missing:
        with contextlib.nullcontext(pool) if pool else Pool() as workers:
            stored |= _speak(missing, workers, cache, progress, done=len(stored))
        cache.prune()
    clips = tuple(_clip(clip, stored[clip.job.key], cache) for clip in planned)
    return Narration(
        clips=clips,
        rate_hz=rate_hz,
        synthesized=len(missing),
        wpm=measured_wpm(clips),
        spoken=frozenset(job.key for job in missing),
    )


def _speak(jobs: Sequence[Job], pool: Pool, cache: ClipCache, progress: Progress, done: int) -> dict[str, StoredClip]:
    """Speak phrases and return their clips by key, each of them in the cache as soon as it is finished.

    Args:
        jobs: with keys that differ.
        pool: whose processes speak.
        cache: where clips are kept.
        progress: called with each clip that begins and is finished.
        done: how many clips the script has besides.
    """
    clips: dict[str, StoredClip] = {}
    total = done + len(jobs)

    def keep(job: Job, spoken: Spoken) -> None:
        frames, margins = len(spoken.pcm) // 2, (spoken.lead_frames, spoken.tail_frames)
        clip = StoredClip(frames, job.rate_hz, *margins, spoken.levels, spoken.words, spoken.hearing)
        cache.store(job.key, clip, spoken.pcm)
        clips[job.key] = clip

    def on_event(job: Job, finished: bool) -> None:
        nonlocal done
        done += finished
        progress(Step("narrate", done, total, job.text))

    pool.run(jobs, keep, on_event)
    return clips


def say_as_wav(text: str, voice: Voice, progress: Progress = silent) -> bytes:
    """Return words spoken, as a WAV file: mono, 16 bit, 44,100 Hz. The clips are kept like those of an episode.

    Raises:
        EmptySource: there is no word in the text.
        NarrationError: a phrase can't be spoken.
    """
    says = tuple(Say(" ".join(phrase.text.split()), Role.PROSE) for phrase in phrases(text, voice.profile.language))
    if not says:
        raise EmptySource("there is no word to speak in that text", hint="Give a text with words in it.")
    script = Script("", "", "", "", "", "", says)
    narration = narrate(script, voice, cache=ClipCache(), rate_hz=_TRIAL_RATE_HZ, progress=progress)
    pause = bytes(2 * round(_TRIAL_PAUSE_S * _TRIAL_RATE_HZ))
    pcm = pause.join(clip.load().raw_data for clip in narration.clips)
    return wav_from_segment(AudioSegment(pcm, frame_rate=_TRIAL_RATE_HZ, sample_width=2, channels=1))


@dataclass(frozen=True, slots=True)
class _PlannedClip:
    """A phrase of the script, the name of its voice (empty for the narrator's own), and how its clip is made."""

    say: Say
    speaker: str
    job: Job


def _planned_clips(
    script: Script, voice: Voice, others: Mapping[Speaker, Voice], rate_hz: int, *, listen: bool
) -> tuple[_PlannedClip, ...]:
    """Return the phrases of a script with what decides their sound; engines are loaded once, and speak nothing yet.

    Raises:
        VoiceError: an engine is unknown, or what it needs isn't installed.
    """
    heard_by = recogniser_name() if listen else ""
    voices = (*others.values(), voice)
    engines = {one.profile.name: load_engine(one.profile.engine) for one in voices}
    # A voice has one identity at each of its rates, in each language that it follows.
    identities = {
        (one.profile.name, one.profile.language, one.rate): clip_identity(
            one, voice_fingerprint(engines[one.profile.name], one.profile), rate_hz, heard_by
        )
        for one in voices
    }

    def planned(say: Say) -> _PlannedClip:
        speaker = others.get(say.speaker, voice)
        name = speaker.profile.name
        text = spoken_text(say.text, speaker, engines[name])
        key = clip_key(text, say.role, identities[name, speaker.profile.language, speaker.rate])
        return _PlannedClip(say, "" if name == voice.profile.name else name, Job(key, text, speaker, rate_hz, listen))

    return tuple(planned(cue) for cue in script.cues if isinstance(cue, Say))


def _clip(planned: _PlannedClip, stored: StoredClip, cache: ClipCache) -> Clip:
    return Clip(
        say=planned.say,
        key=planned.job.key,
        frames=stored.frames,
        rate_hz=stored.rate_hz,
        lead_frames=stored.lead_frames,
        tail_frames=stored.tail_frames,
        loader=cache.load,
        packed_levels=stored.levels,
        packed_words=stored.words,
        hearing=unpacked_hearing(stored.hearing),
        spoken=planned.job.text,
        voice=planned.speaker,
    )
