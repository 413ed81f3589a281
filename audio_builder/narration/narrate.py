"""From a script to a narration: every phrase spoken once, and never again."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from audio_builder.narration.cache import ClipCache, StoredClip
from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.narration.key import clip_key, identity_of
from audio_builder.narration.pool import Job, Pool, PoolEvent
from audio_builder.narration.protocol import Spoken, Task
from audio_builder.narration.speak import spoken_text
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Say, Script
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice


def narrate(  # noqa: PLR0913 - a stage's one call: what to speak, with which voice, and where the clips are kept
    script: Script,
    voice: Voice,
    *,
    others: Mapping[str, Voice] = MappingProxyType({}),
    cache: ClipCache,
    rate_hz: int,
    progress: Progress = silent,
    note: str = "",
    workers: int | None = None,
) -> Narration:
    """Return a clip for each phrase of a script, from the cache or spoken by worker processes.

    A phrase that occurs twice is spoken once. No process is started if all clips are in the cache.

    Args:
        script: its `Say` cues are spoken.
        voice: the narrator's, from `prepare_voice`.
        others: by the name that a phrase gives in `Say.voice`; a name that isn't here is the narrator.
        cache: where clips are kept; each is there as soon as it is finished, whatever happens after.
        rate_hz: the episode's sample rate.
        progress: told of each clip that begins and is finished; its unit is clips.
        note: from `prepare_voice`, passed on as `rate_note`.
        workers: how many processes speak at once; by default one for each core.

    Raises:
        EngineFailed: the engine failed on a sentence, twice.
        EngineTimedOut: it did not answer in time, twice.
        ClipRejected: its sound can't be the sentence.
        MissingExtra: its packages aren't installed.
        OutputError: the cache can't be written.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    says = tuple(cue for cue in script.cues if isinstance(cue, Say))
    speakers = [others.get(say.voice, voice) for say in says]
    engines = {one.profile.name: load_engine(one.profile.engine) for one in (voice, *others.values())}
    identities = {
        one.profile.name: identity_of(one, engines[one.profile.name].fingerprint(), rate_hz)
        for one in (voice, *others.values())
    }
    spoken_texts = [
        spoken_text(say.text, one, engines[one.profile.name]) for say, one in zip(says, speakers, strict=True)
    ]
    keys = [
        clip_key(text, say.role, identities[one.profile.name])
        for text, say, one in zip(spoken_texts, says, speakers, strict=True)
    ]
    texts = {key: (one.profile.name, text) for key, text, one in zip(keys, spoken_texts, speakers, strict=True)}
    stored = {key: clip for key in texts if (clip := cache.find(key)) is not None}
    missing = [(name, Job(key, text)) for key, (name, text) in texts.items() if key not in stored]
    done, total = len(stored), len(texts)
    progress(Step("narrate", done, total))

    def store(job: Job, spoken: Spoken) -> None:
        frames = len(spoken.pcm) // 2
        clip = StoredClip(frames, rate_hz, spoken.lead_frames, spoken.tail_frames)
        cache.store(job.key, clip, spoken.pcm)
        stored[job.key] = clip

    def tell(event: PoolEvent) -> None:
        nonlocal done
        done += event.finished
        progress(Step("narrate", done, total, event.job.text))

    if missing:
        cache.sweep()
    for one in {each.profile.name: each for each in speakers}.values():
        jobs = [job for name, job in missing if name == one.profile.name]
        if jobs:
            Pool(Task(voice=one, rate_hz=rate_hz), store, workers=workers).run(jobs, tell)
    clips = tuple(
        _clip(say, key, stored[key], cache, "" if one is voice else one.profile.name)
        for say, key, one in zip(says, keys, speakers, strict=True)
    )
    return Narration(
        clips=clips,
        rate_hz=rate_hz,
        synthesized=len(missing),
        cached=len(clips) - len(missing),
        wpm=measured_wpm(clips),
        rate_note=note,
    )


def _clip(say: Say, key: str, stored: StoredClip, cache: ClipCache, voice: str) -> Clip:
    return Clip(
        say=say,
        key=key,
        frames=stored.frames,
        rate_hz=stored.rate_hz,
        lead_frames=stored.lead_frames,
        tail_frames=stored.tail_frames,
        loader=cache.load,
        voice=voice,
    )
