"""From a script to a narration: every phrase spoken once, and never again."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.clip_cache.entry import StoredClip
from audio_builder.narration.clip_cache.stock import LARGEST_BYTES
from audio_builder.narration.phrases import Phrase, phrases_of, setting_of
from audio_builder.narration.workers.jobs import Job, PoolEvent
from audio_builder.narration.workers.pool import Pool
from audio_builder.narration.workers.protocol import Spoken, Task
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Script, Speaker
from audio_builder.store import clear
from audio_builder.voices.profile import Voice


def narrate(  # noqa: PLR0913 - a stage's one call: what to speak, with which voice, and where the clips are kept
    script: Script,
    voice: Voice,
    *,
    others: Mapping[Speaker, Voice] = MappingProxyType({}),
    cache: ClipCache,
    rate_hz: int,
    progress: Progress = silent,
    pool: Pool | None = None,
) -> Narration:
    """Return a clip for each phrase of a script, from the cache or spoken by worker processes.

    A phrase that occurs twice is spoken once. No process is started if all clips are in the cache.

    Args:
        script: its `Say` cues are spoken.
        voice: the narrator's, from `prepare_voice`.
        others: by the part that a phrase has; one that isn't here is the narrator's.
        cache: where clips are kept; each is there as soon as it is finished, whatever happens after.
        rate_hz: the episode's sample rate.
        progress: told of each clip that begins and is finished; its unit is clips.
        pool: whose processes speak; None for one of its own, with a process for each core.

    Raises:
        EngineFailed: the engine failed on a sentence, twice.
        EngineTimedOut: it did not answer in time, twice.
        ClipRejected: its sound can't be the sentence.
        MissingExtra: its packages aren't installed.
        OutputError: the cache can't be written.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    phrases = phrases_of(script, voice, others, rate_hz)
    unique = {phrase.key: phrase for phrase in phrases}
    stored = {key: clip for key in unique if (clip := cache.find(key)) is not None}
    missing = [phrase for key, phrase in unique.items() if key not in stored]
    done, total = len(stored), len(unique)
    progress(Step("narrate", done, total))

    def store(job: Job, spoken: Spoken) -> None:
        clip = _to_store(spoken, rate_hz)
        cache.store(job.key, clip, spoken.pcm)
        stored[job.key] = clip

    def tell(event: PoolEvent) -> None:
        nonlocal done
        done += event.finished
        progress(Step("narrate", done, total, event.job.text))

    if missing:
        with contextlib.nullcontext(pool) if pool else Pool() as speakers:
            speakers.run(*_work(missing, rate_hz), store, tell)
        clear((cache.files,), LARGEST_BYTES)
    clips = tuple(_clip(phrase, stored[phrase.key], cache) for phrase in phrases)
    return Narration(
        clips=clips,
        rate_hz=rate_hz,
        synthesized=len(missing),
        wpm=measured_wpm(clips),
        spoken=frozenset(phrase.key for phrase in missing),
    )


def _work(missing: Sequence[Phrase], rate_hz: int) -> tuple[Task, list[Job]]:
    """Return what the pool is to speak, and with which voices: each of them once."""
    speakers = {setting_of(phrase.voice): phrase.voice for phrase in missing}
    places = {setting: place for place, setting in enumerate(speakers)}
    jobs = [Job(phrase.key, phrase.text, places[setting_of(phrase.voice)]) for phrase in missing]
    return Task(voices=tuple(speakers.values()), rate_hz=rate_hz), jobs


def _to_store(spoken: Spoken, rate_hz: int) -> StoredClip:
    frames = len(spoken.pcm) // 2
    return StoredClip(frames, rate_hz, spoken.lead_frames, spoken.tail_frames, spoken.levels, spoken.words)


def _clip(phrase: Phrase, stored: StoredClip, cache: ClipCache) -> Clip:
    return Clip(
        say=phrase.say,
        key=phrase.key,
        frames=stored.frames,
        rate_hz=stored.rate_hz,
        lead_frames=stored.lead_frames,
        tail_frames=stored.tail_frames,
        loader=cache.load,
        packed_levels=stored.levels,
        packed_words=stored.words,
        spoken=phrase.text,
        voice=phrase.speaker,
    )
