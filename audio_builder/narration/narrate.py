"""From a script to a narration: every phrase spoken once, and never again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.narration.clip_cache.cache import ClipCache
from audio_builder.narration.clip_cache.entry import StoredClip
from audio_builder.narration.clip_cache.key import clip_key, identity_of
from audio_builder.narration.clip_cache.stock import LARGEST_BYTES
from audio_builder.narration.workers.pool import Job, Pool, PoolEvent
from audio_builder.narration.workers.protocol import Spoken, Task
from audio_builder.progress import Progress, Step, silent
from audio_builder.script.cues import Part, Say, Script
from audio_builder.store import clear
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.profile import Voice
from audio_builder.voices.wording.spoken import spoken_text


def narrate(  # noqa: PLR0913 - a stage's one call: what to speak, with which voice, and where the clips are kept
    script: Script,
    voice: Voice,
    *,
    others: Mapping[Part, Voice] = MappingProxyType({}),
    cache: ClipCache,
    rate_hz: int,
    progress: Progress = silent,
    workers: int | None = None,
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
        workers: how many processes speak at once; by default one for each core.

    Raises:
        EngineFailed: the engine failed on a sentence, twice.
        EngineTimedOut: it did not answer in time, twice.
        ClipRejected: its sound can't be the sentence.
        MissingExtra: its packages aren't installed.
        OutputError: the cache can't be written.
        KeyboardInterrupt: Ctrl-C; finished clips are kept.
    """
    phrases = _phrases(script, voice, others, rate_hz)
    unique = {phrase.key: phrase for phrase in phrases}
    stored = {key: clip for key in unique if (clip := cache.find(key)) is not None}
    missing = [phrase for key, phrase in unique.items() if key not in stored]
    done, total = len(stored), len(unique)
    progress(Step("narrate", done, total))

    def store(job: Job, spoken: Spoken) -> None:
        frames = len(spoken.pcm) // 2
        clip = StoredClip(frames, rate_hz, spoken.lead_frames, spoken.tail_frames, spoken.levels)
        cache.store(job.key, clip, spoken.pcm)
        stored[job.key] = clip

    def tell(event: PoolEvent) -> None:
        nonlocal done
        done += event.finished
        progress(Step("narrate", done, total, event.job.text))

    if missing:
        task, jobs = _work(missing, rate_hz)
        Pool(task, store, workers=workers).run(jobs, tell)
        clear((cache.files,), LARGEST_BYTES)
    clips = tuple(_clip(phrase, stored[phrase.key], cache, narrator=voice) for phrase in phrases)
    return Narration(
        clips=clips,
        rate_hz=rate_hz,
        synthesized=len(missing),
        cached=len(clips) - len(missing),
        wpm=measured_wpm(clips),
    )


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase with all that decides its sound.

    Attributes:
        say: as it stands in the script.
        voice: who speaks it.
        text: what its engine is given.
        key: its clip's content address.
    """

    say: Say
    voice: Voice
    text: str
    key: str


def _phrases(script: Script, voice: Voice, others: Mapping[Part, Voice], rate_hz: int) -> tuple[_Phrase, ...]:
    """Return the phrases of a script, each with its voice; engines are loaded once, and speak nothing yet."""
    voices = (*others.values(), voice)
    engines = {one.profile.name: load_engine(one.profile.engine) for one in voices}
    identities = {_setting(one): identity_of(one, engines[one.profile.name].fingerprint(), rate_hz) for one in voices}

    def phrase_of(say: Say) -> _Phrase:
        speaker = others.get(say.part, voice)
        text = spoken_text(say.text, speaker, engines[speaker.profile.name])
        return _Phrase(say, speaker, text, clip_key(text, say.role, identities[_setting(speaker)]))

    return tuple(phrase_of(cue) for cue in script.cues if isinstance(cue, Say))


def _work(missing: Sequence[_Phrase], rate_hz: int) -> tuple[Task, list[Job]]:
    """Return what the pool is to speak, and with which voices: each of them once."""
    speakers = {_setting(phrase.voice): phrase.voice for phrase in missing}
    places = {setting: place for place, setting in enumerate(speakers)}
    jobs = [Job(phrase.key, phrase.text, places[_setting(phrase.voice)]) for phrase in missing]
    return Task(voices=tuple(speakers.values()), rate_hz=rate_hz), jobs


def _setting(voice: Voice) -> tuple[str, float]:
    """Return the name and the rate of a voice, which tell it from the others of an episode."""
    return voice.profile.name, voice.rate


def _clip(phrase: _Phrase, stored: StoredClip, cache: ClipCache, *, narrator: Voice) -> Clip:
    return Clip(
        say=phrase.say,
        key=phrase.key,
        frames=stored.frames,
        rate_hz=stored.rate_hz,
        lead_frames=stored.lead_frames,
        tail_frames=stored.tail_frames,
        loader=cache.load,
        packed_levels=stored.levels,
        voice="" if phrase.voice.profile.name == narrator.profile.name else phrase.voice.profile.name,
    )
