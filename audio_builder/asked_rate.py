"""The rate that was asked for, held by what is measured: what is foreseen of a text can be wrong by more than 5 %.

A text is spoken at the setting that was foreseen for it; what its clips last is measured, and where that misses the
asked rate by more than 4 % the text is spoken once more at another setting. Of a long text some phrases are spoken and
measured first, so that little is spoken twice. Never is a clip stretched.

A setting decides every clip, so an edit must not change it lightly. Settings come in steps of 3 %, and where the edit
moves a text over the edge of a step, or of the 4 %, it stays at the setting at which the rest of it is spoken already,
as long as that is near enough. So what is in the cache has a say, but only between two settings that are both right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from audio_builder.narration.clip import Narration
from audio_builder.narration.stand import Stand, stand_of_clips
from audio_builder.preflight import Plan
from audio_builder.script.cues import Say, Speaker
from audio_builder.script.phrases import count_words
from audio_builder.voices.prepare import PreparedVoice
from audio_builder.voices.rate.cadence import WHOLE_TEXT_WORDS, density_at, nearest_step
from audio_builder.voices.rate.rates import solve_rate

_NEAR = 0.04
"""How far from the asked rate a text may be measured, as a difference of logarithms."""

_STILL_NEAR = 0.045
"""The same, for a text most of which is spoken already."""

_MOST = 0.8
"""Share of a part's words that must be spoken already to keep it at its setting."""

_LONG_WORDS = 2000
"""A text of so many words, most of which is to be spoken, is sampled first."""

_SAMPLE_WORDS = 400
"""Words in a sample, about: some thirty phrases, whose mean rate is that of the text to 1.5 %."""

_MOST_TIMES = 3
"""How often a text is spoken at most: as foreseen, as measured, and once more if that changed more than the rate."""


def at_asked_rate(
    plan: Plan, narrate: Callable[[Plan], Narration], look: Callable[[Plan], Mapping[Speaker, Stand]]
) -> Narration:
    """Return a plan's narration, each of its voices within 4.5 % of its rate as far as it can go that slow or fast.

    Texts under 300 words are left as foreseen: a title alone must not be hurried.

    Args:
        plan: its voices at the rates that were foreseen.
        narrate: speaks a plan.
        look: what of a plan is spoken already (see `stand_of_cache`).

    Raises:
        NarrationError: a phrase can't be spoken.
    """
    known = _Known(plan, look)
    steps = known.first_steps()
    tries: list[Narration] = []
    if known.is_long(steps):
        tries.append(narrate(_sample(_at_steps(plan, steps))))
        heard = stand_of_clips(tries[0].clips)
        steps = {speaker: known.better_step(speaker, step, heard) for speaker, step in steps.items()}
    for _ in range(_MOST_TIMES):
        tried = _at_steps(plan, steps)
        stands, narration = known.mostly(steps), None
        if stands is None:
            narration = narrate(tried)
            tries.append(narration)
            stands = stand_of_clips(narration.clips)
        better = {speaker: known.better_step(speaker, step, stands) for speaker, step in steps.items()}
        if better == steps:
            break
        steps = better
    if narration is None:
        narration = narrate(tried)
        tries.append(narration)
    notes = dict.fromkeys(voice.note for voice in _measured(tried, stand_of_clips(narration.clips)) if voice.note)
    spoken = frozenset().union(*(each.spoken for each in tries))
    used = len(spoken.intersection(clip.key for clip in narration.clips))
    return replace(narration, synthesized=used, tried=len(spoken) - used, rate_note="; ".join(notes), spoken=spoken)


@dataclass(slots=True)
class _Known:
    """What was spoken before this build, looked up when it is first asked for, which is before it is spoken now.

    Attributes:
        plan: the voices as foreseen.
        look: what of a plan is spoken.
        stands: what was found, by speaker and step.
    """

    plan: Plan
    look: Callable[[Plan], Mapping[Speaker, Stand]]
    stands: dict[tuple[str, int], dict[Speaker, Stand]] = field(default_factory=dict)

    def first_steps(self) -> dict[str, int]:
        """Return the foreseen step of each speaker, or the one beside it at which most is spoken already."""
        steps = {part.voice: nearest_step(voice.density) for part, voice in _parts(self.plan).items()}
        return {speaker: self._kept(speaker, (step, step - 1, step + 1)) for speaker, step in steps.items()}

    def is_long(self, steps: Mapping[str, int]) -> bool:
        """Return whether there is so much to speak at these steps that a sample is worth its while."""
        stands = [stand for speaker, step in steps.items() for stand in self._found(speaker, step).values()]
        words, spoken = sum(stand.words for stand in stands), sum(stand.spoken for stand in stands)
        return words >= _LONG_WORDS and spoken < _MOST * words

    def mostly(self, steps: Mapping[str, int]) -> dict[Speaker, Stand] | None:
        """Return what is spoken at these steps, if it is most of each voice's words but not all of the text."""
        found = [self._found(speaker, step) for speaker, step in steps.items()]
        shares = [_share(stands) for stands in found]
        if min(shares) < _MOST or min(shares) == 1:
            return None
        return {part: stand for stands in found for part, stand in stands.items()}

    def better_step(self, speaker: str, step: int, measured: Mapping[Speaker, Stand]) -> int:
        """Return the step at which a speaker meets the rate, told from what was measured at `step`."""
        parts = [Speaker(speaker, slower) for slower in (False, True)]
        part = next((part for part in parts if measured.get(part, Stand()).words >= WHOLE_TEXT_WORDS), None)
        if part is None or not measured[part].wpm:
            return step
        voice = _parts(self.plan)[part]
        off = math.log(measured[part].wpm / voice.wpm)
        if abs(off) <= _NEAR:
            return step
        now = _on_passage(voice, step)
        wanted = nearest_step(now / measured[part].wpm)

        def is_near(other: int) -> bool:
            return abs(off + math.log(_on_passage(voice, other) / now)) <= _STILL_NEAR

        better = self._kept(speaker, (wanted, *filter(is_near, (wanted - 1, wanted + 1))))
        return step if _on_passage(voice, better) == now else better

    def _kept(self, speaker: str, steps: tuple[int, ...]) -> int:
        """Return the first of some steps at which most of a speaker's words are spoken already, or the first."""
        return next((step for step in steps if _share(self._found(speaker, step)) >= _MOST), steps[0])

    def _found(self, speaker: str, step: int) -> dict[Speaker, Stand]:
        if (speaker, step) not in self.stands:
            looked = self.look(_at_steps(self.plan, {speaker: step}))
            self.stands[speaker, step] = {part: stand for part, stand in looked.items() if part.voice == speaker}
        return self.stands[speaker, step]


def _sample(plan: Plan) -> Plan:
    """Return a plan of some phrases from all over a plan's text."""
    says = [cue for cue in plan.script.cues if isinstance(cue, Say)]
    words = sum(count_words(say.text) for say in says)
    return replace(plan, script=replace(plan.script, cues=tuple(says[:: max(1, words // _SAMPLE_WORDS)])))


def _parts(plan: Plan) -> dict[Speaker, PreparedVoice]:
    """Return a plan's voices by who really speaks: a mark may name the narrator too, whose part is empty."""
    narrator = plan.voice.voice.profile.name
    parts = {Speaker(): plan.voice}
    for part, voice in plan.others.items():
        name = voice.voice.profile.name
        parts[Speaker("" if name == narrator else name, part.slower)] = voice
    return parts


def _at_steps(plan: Plan, steps: Mapping[str, int]) -> Plan:
    """Return a plan with the voices of some speakers at other steps."""
    narrator = plan.voice.voice.profile.name

    def moved(voice: PreparedVoice) -> PreparedVoice:
        name = voice.voice.profile.name
        step = steps.get("" if name == narrator else name)
        return voice if step is None else voice.at_density(density_at(step))

    return replace(plan, voice=moved(plan.voice), others={part: moved(voice) for part, voice in plan.others.items()})


def _measured(plan: Plan, stands: Mapping[Speaker, Stand]) -> list[PreparedVoice]:
    """Return the voices with notes that tell what was measured."""
    parts = _parts(plan)
    return [voice.measured_at(stands[part].wpm) if part in stands else voice for part, voice in parts.items()]


def _on_passage(voice: PreparedVoice, step: int) -> float:
    """Return how fast a voice would speak the calibration passage at the setting of a step, in words per minute."""
    density = density_at(step)
    return solve_rate(voice.voice.profile, voice.wpm, density).wpm * density


def _share(stands: Mapping[Speaker, Stand]) -> float:
    """Return how much of a speaker's words is spoken; 1 where there are none to speak."""
    words = sum(stand.words for stand in stands.values())
    return sum(stand.spoken for stand in stands.values()) / words if words else 1.0
