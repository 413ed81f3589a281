"""A sentence after the last words that says what spoke them, where the recipe asks for one."""

from __future__ import annotations

from dataclasses import replace

from audio_builder.recipe.settings import Pacing
from audio_builder.script.cues import Cue, Reason, Rest, Role, Say, Script
from audio_builder.script.sentences import phrases
from audio_builder.script.timing import seconds_for


def with_disclosure(script: Script, text: str, pacing: Pacing) -> Script:
    """Return the script with a few words at its end, after a rest like that before a heading.

    The narrator speaks them, in a paragraph of their own. A script that ends with them already stays as it is, so
    one that was written with them and is built under the same recipe says them once.

    Args:
        script: with at least one phrase.
        text: without marks; empty for none.
        pacing: for the rests.
    """
    said = [Say(phrase.text, Role.PROSE) for phrase in phrases(text, script.language)]
    spoken = [cue.text for cue in script.cues if isinstance(cue, Say)]
    if not said or spoken[-len(said) :] == [say.text for say in said]:
        return script
    cues = list(script.cues)
    closing = cues.pop() if isinstance(cues[-1], Rest) else None
    reason = Reason.BEFORE_HEADING
    for say in said:
        cues += _rest(reason, pacing)
        cues.append(say)
        reason = Reason.SENTENCE
    cues += [closing] if closing else _rest(Reason.CLOSING, pacing)
    return replace(script, cues=tuple(cues))


def _rest(reason: Reason, pacing: Pacing) -> list[Cue]:
    seconds = seconds_for(reason, pacing)
    return [Rest(seconds, reason)] if seconds > 0 else []
