"""The rate that was asked for, held by what was measured: what is foreseen of a text can be wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from audio_builder.narration.clip import Narration
from audio_builder.prepare import Plan, at_rate
from audio_builder.script.cues import Say
from audio_builder.script.words import count_words

_NEAR_ENOUGH = 0.04
"""A share of the asked rate. Most texts lie within 3 %."""

_WHOLE_TEXT_WORDS = 300
"""Of a shorter text the rate says little, and a title alone must not be hurried."""

_STEP = math.log(1.03)
"""A correction comes in steps, as the foreseen rate does, so that a changed sentence leaves the others as they are."""


def at_asked_rate(plan: Plan, narrate: Callable[[Plan], Narration]) -> Narration:
    """Return a plan's narration, spoken once more if it was measured to be further from the asked rate than 4 %.

    That is rare: texts of two-word phrases, of terms or of rhymes. A voice that can't go further, and a text of
    several voices or rates, of which the whole tells nothing of each, are left as they are.

    Args:
        plan: with the rate that is asked for.
        narrate: speaks a plan.

    Raises:
        NarrationError: a phrase can't be spoken.
    """
    narration = narrate(plan)
    asked = plan.recipe.pacing.wpm
    words = sum(count_words(cue.text) for cue in plan.script.cues if isinstance(cue, Say))
    if plan.others or words < _WHOLE_TEXT_WORDS or not narration.wpm:
        return narration
    if abs(narration.wpm / asked - 1) <= _NEAR_ENOUGH:
        return narration
    share = math.exp(round(math.log(asked / narration.wpm) / _STEP) * _STEP)
    corrected = at_rate(plan, asked * share)
    if corrected.voice.voice.rate == plan.voice.voice.rate:
        return narration
    again = narrate(corrected)
    # What the voice can't do is told of the rate that was asked for, not of the one that was tried.
    return replace(again, synthesized=narration.synthesized + again.synthesized, rate_note=narration.rate_note)
