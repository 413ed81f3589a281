"""The asked rate, met by measuring: speak, measure, and if a voice is off by more than 4 %, speak once more.

An engine's setting fixes how fast it makes sounds. How many *words* a minute that gives depends on the text: on how
long its words are and how often it pauses. A voice's calibration says what a setting gives on the calibration text;
what is measured here is one number for each voice, the text factor: how much longer a word of this text takes it.

The factor is kept (in the episode's record) and handed in again for the next build. It then decides every setting, so
that a changed sentence is one new clip and all others come from the cache. No clip is ever stretched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from audio_builder.narration.clip import Clip, Narration, measured_wpm
from audio_builder.script.cues import Role, Say, Script, Speaker
from audio_builder.script.phrases import count_words
from audio_builder.voices.prepare import PreparedVoice
from audio_builder.voices.profile import Voice
from audio_builder.voices.rate import expected_wpm, solve_rate

_TOLERANCE = 0.04
"""How far a voice may be from its rate, as a difference of logarithms."""

_REMEMBERED_TOLERANCE = 0.045
"""The same at a remembered factor: an edit must not move a text back and forth over the edge."""

_STEP = 0.02
"""Factors are rounded to steps of this, so that nearly the same text gets the same settings; that costs 1 % at most."""

_FACTOR_DIGITS = 3
"""Factors are kept in a record with so many digits: one that has more would be another one when it is read again."""

_MIN_WORDS = 60
"""A voice with fewer words in sentences and lines isn't corrected: the rate of a title alone says nothing."""

_TITLES = frozenset({Role.TITLE, Role.SUBTITLE, Role.HEADING})

_MAX_PASSES = 3
"""How often the text is spoken at most. A factor that was measured on all of it is right nearly always."""

Speak = Callable[[Script, Voice, Mapping[Speaker, Voice]], Narration]
"""Speaks a script with the narrator's voice and those of the other parts: `narrate` with its cache and workers."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """When a part of a text is spoken first, so that a slow voice never speaks a book twice.

    Measured on an article of 590 words with joe, samples of 150 words are off by 2.6 % (standard deviation).

    Attributes:
        from_words: how long a text has to be.
        max_words: how many words are spoken at most, in phrases from all over it.
        share: the share of its words that are spoken, where that is fewer.
    """

    from_words: int = 500
    max_words: int = 400
    share: float = 0.25


def narrate_at_rate(
    script: Script,
    voice: PreparedVoice,
    others: Mapping[Speaker, PreparedVoice],
    speak: Speak,
    *,
    remembered: Mapping[str, float] = MappingProxyType({}),
    sampling: Sampling = Sampling(),
) -> Narration:
    """Return a script's narration, each of its voices within 4.5 % of its rate as far as it can go that slow or fast.

    Args:
        script: its `Say` cues are spoken.
        voice: the narrator's.
        others: by the part that a phrase has; one that isn't here is the narrator's.
        speak: what speaks them.
        remembered: `text_factors` of an earlier narration of this text, perhaps at another rate.
        sampling: when only a part of the text is spoken first.

    Raises:
        NarrationError: a phrase can't be spoken.
    """
    cast = _Cast(voice, others)
    factors = {name: remembered.get(name, 1.0) for name in cast.names}
    is_known = all(name in remembered for name in cast.names)
    tolerance = _REMEMBERED_TOLERANCE if is_known else _TOLERANCE
    spoken: frozenset[str] = frozenset()
    passes = [script] * _MAX_PASSES
    if not is_known and _words_of(script) >= sampling.from_words:
        passes[0] = _sample(script, sampling)
    for number, part in enumerate(passes):
        current = cast.for_text(factors)
        narration = speak(part, current.voice.voice, {key: other.voice for key, other in current.others.items()})
        spoken |= narration.spoken
        better = {name: _better_factor(current, name, narration.clips, tolerance) for name in cast.names}
        if part is script and (number == _MAX_PASSES - 1 or cast.for_text(better).settings == current.settings):
            break
        factors, tolerance = better, _TOLERANCE
    used = len(spoken.intersection(clip.key for clip in narration.clips))
    return replace(
        narration,
        synthesized=used,
        tried=len(spoken) - used,
        spoken=spoken,
        rate_note="; ".join(current.notes(narration.clips)),
        text_factors=factors,
    )


@dataclass(slots=True)
class RateControl:
    """Narrates one script at one rate after another; what is measured at one is used at the next.

    Attributes:
        script: its `Say` cues are spoken.
        voice: the narrator's, at the recipe's rate.
        others: by the part that a phrase has, each at its own rate.
        speak: what speaks them.
        text_factors: as in `Narration`; of an earlier narration of this text, then of the latest one.
    """

    script: Script
    voice: PreparedVoice
    others: Mapping[Speaker, PreparedVoice]
    speak: Speak
    text_factors: Mapping[str, float] = field(default_factory=dict)

    def narrate(self, wpm: float) -> Narration:
        """Return the script's narration at a rate of the narrator, in words per minute; other rates keep their ratio.

        Raises:
            NarrationError: a phrase can't be spoken.
        """
        ratio = wpm / self.voice.wpm
        others = {part: other.at_rate(other.wpm * ratio) for part, other in self.others.items()}
        narration = narrate_at_rate(
            self.script, self.voice.at_rate(wpm), others, self.speak, remembered=self.text_factors
        )
        self.text_factors = narration.text_factors
        return narration

    def reached_wpm(self, wpm: float) -> float:
        """Return how fast the narrator speaks this text when a rate is asked for, within what was measured of it."""
        return solve_rate(self.voice.voice.profile, wpm, self.text_factors.get(self.voice.name, 1.0)).wpm


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who speaks: the narrator, and others by their part."""

    voice: PreparedVoice
    others: Mapping[Speaker, PreparedVoice]

    @property
    def all(self) -> tuple[PreparedVoice, ...]:
        """Every voice at every rate; the narrator's first."""
        return (self.voice, *self.others.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the voices, each once."""
        return tuple(dict.fromkeys(voice.name for voice in self.all))

    @property
    def settings(self) -> tuple[float, ...]:
        """What the engines are set to."""
        return tuple(voice.voice.rate for voice in self.all)

    def for_text(self, factors: Mapping[str, float]) -> _Cast:
        """Return them at the settings that meet their rates on a text with these factors, by their names."""
        others = {part: other.for_text(factors[other.name]) for part, other in self.others.items()}
        return _Cast(self.voice.for_text(factors[self.voice.name]), others)

    def of(self, say: Say) -> PreparedVoice:
        """Return who speaks a phrase."""
        return self.others.get(say.speaker, self.voice)

    def notes(self, clips: Iterable[Clip]) -> dict[str, None]:
        """Return what to tell the user about the voices, with their measured rates, each note once."""
        spoken: dict[tuple[str, float], list[Clip]] = {}
        for clip in clips:
            speaker = self.of(clip.say)
            spoken.setdefault((speaker.name, speaker.voice.rate), []).append(clip)
        notes = []
        for voice in self.all:
            own = spoken.get((voice.name, voice.voice.rate))
            notes.append((voice.measured_at(measured_wpm(tuple(own))) if own else voice).rate_note)
        return dict.fromkeys(filter(None, notes))


def _better_factor(cast: _Cast, name: str, clips: Iterable[Clip], tolerance: float) -> float:
    """Return the text factor that was measured of a voice, or the one it has if that is near enough."""
    words, speech_s, target_s, usual_s = 0, 0.0, 0.0, 0.0
    for clip in clips:
        speaker = cast.of(clip.say)
        if speaker.name == name:
            count = count_words(clip.say.text)
            words += count if clip.say.role not in _TITLES else 0
            speech_s += clip.speech_s
            target_s += 60 * count / speaker.wpm
            usual_s += 60 * count / expected_wpm(speaker.voice.profile, speaker.voice.rate)
    now = next(voice.text_factor for voice in cast.all if voice.name == name)
    if words < _MIN_WORDS or abs(math.log(speech_s / target_s)) <= tolerance:
        return now
    return round(math.exp(_STEP * round(math.log(speech_s / usual_s) / _STEP)), _FACTOR_DIGITS)


def _sample(script: Script, sampling: Sampling) -> Script:
    """Return a script of phrases from all over another."""
    says = tuple(cue for cue in script.cues if isinstance(cue, Say))
    words = _words_of(script)
    return replace(script, cues=says[:: round(words / min(sampling.max_words, sampling.share * words))])


def _words_of(script: Script) -> int:
    return sum(count_words(cue.text) for cue in script.cues if isinstance(cue, Say))
