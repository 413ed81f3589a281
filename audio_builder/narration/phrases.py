"""The phrases of a script, each with all that decides its sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audio_builder.narration.clip_cache.key import clip_key, identity_of
from audio_builder.script.cues import Say, Script, Speaker
from audio_builder.voices.engines.registry import load_engine
from audio_builder.voices.normalize import spoken_text
from audio_builder.voices.profile import Voice


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with all that decides its sound.

    Attributes:
        say: as it stands in the script.
        voice: who speaks it.
        speaker: name of the voice; empty for the narrator's own.
        text: what its engine is given.
        key: its clip's content address.
    """

    say: Say
    voice: Voice
    speaker: str
    text: str
    key: str

    @property
    def part(self) -> Speaker:
        """Who really speaks it, and how fast: a mark may name the narrator too."""
        return Speaker(self.speaker, self.say.slower)


def phrases_of(script: Script, voice: Voice, others: Mapping[Speaker, Voice], rate_hz: int) -> tuple[Phrase, ...]:
    """Return the phrases of a script, each with its voice; engines are loaded once, and speak nothing yet.

    Args:
        script: its `Say` cues.
        voice: the narrator's.
        others: by the part that a phrase has; one that isn't here is the narrator's.
        rate_hz: the episode's sample rate.

    Raises:
        VoiceError: an engine is unknown, or what it needs isn't installed.
    """
    voices = (*others.values(), voice)
    engines = {one.profile.name: load_engine(one.profile.engine) for one in voices}
    identities = {setting_of(one): identity_of(one, engines[one.profile.name].fingerprint(), rate_hz) for one in voices}

    def phrase_of(say: Say) -> Phrase:
        speaker = others.get(say.speaker, voice)
        name = speaker.profile.name
        text = spoken_text(say.text, speaker, engines[name])
        key = clip_key(text, say.role, identities[setting_of(speaker)])
        return Phrase(say, speaker, "" if name == voice.profile.name else name, text, key)

    return tuple(phrase_of(cue) for cue in script.cues if isinstance(cue, Say))


def setting_of(voice: Voice) -> tuple[str, float]:
    """Return the name and the rate of a voice, which tell it from the others of an episode."""
    return voice.profile.name, voice.rate
